// When a discovery is done: sites that would make good clouds, folded with one
// click.
import { api } from '../base/api.js';
import { h, icon } from '../base/html.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { say, sayProblem } from '../parts/toast.js';
import { proposals } from './discovery_state.js';

const groupsOf = feed => proposals([...feed.devices.values()]).filter(g => !feed.folded?.has(g.name));

export function foldCard(feed) {
  if (!feed.d || feed.d.running || !feed.d.started || !may('operator')) return '';
  const list = groupsOf(feed);
  return list.length ? h`<section class="card" data-key="fold"><div class="bar-h"><h3>${t('disc.fold')}</h3><span class="dim">${t('disc.fold.text')}</span></div><ul class="rows folds mt">${list.map(g => h`<li data-key="g-${g.name}">${icon('kind-cloud', 'k')}<b>${g.name}</b><span class="dim">${t('disc.fold.members', { n: g.members.length })}</span><small><button class="btn" type="button" data-act="fold" data-name="${g.name}" aria-label="${t('disc.fold.do')} ${g.name}">${t('disc.fold.do')}</button></small></li>`)}</ul></section>` : '';
}

export async function foldSite(name, feed, draw) {
  const g = groupsOf(feed).find(x => x.name === name);
  if (!g) return;
  feed.folded ??= new Set();
  try {
    await api.patch('maps/physical', [{ op: 'cloud', name, nodes: g.members.map(d => d.id) }]);
    feed.folded.add(name);
    say(t('disc.fold.done', { name }), { undo: () => api.patch('maps/physical', [{ op: 'dissolve', name }]).then(() => { feed.folded.delete(name); draw(); }, sayProblem) });
  } catch (problem) { sayProblem(problem); }
  draw();
}
