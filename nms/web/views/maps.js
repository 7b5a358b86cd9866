// The maps there are, by what they show; new ones from an empty sheet or a file.
import { api, seg } from '../base/api.js';
import { h, icon, onAct, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { age } from '../base/format.js';
import { go } from '../base/route.js';
import { live } from '../base/live.js';
import { may } from '../base/session.js';
import { confirm, dialog, field } from '../parts/dialog.js';
import { sayProblem } from '../parts/toast.js';
import { acceptDrops, importFile } from '../map/drop.js';
import { titleOf } from '../map/titles.js';

const GROUPS = ['whole', 'drawn', 'site', 'vlan', 'stp', 'prefix', 'near'];
const GROUP_OF = { physical: 'whole', network: 'whole', sites: 'whole', station: 'whole', inside: 'site' };
const SHOWN = 60;

const groupOf = m => GROUP_OF[m.view] || m.view;

export async function newMap() {
  const done = await dialog({
    title: t('map.new'), body: field({ label: t('map.new.name'), name: 'name', required: true, autofocus: true, hint: t('map.new.hint') }),
    actions: [{ name: 'make', label: t('map.new'), primary: true }], send: v => api.post('maps', { name: v.name.trim() }),
  });
  if (done) go('/maps/' + seg(done.values.name.trim()));
}

export default async function view(place) {
  place.title([t('nav.map')]);
  let maps = [], whole = new Set();
  const card = m => h`<a href="/maps/${seg(m.name)}" data-key="map-${m.name}"><b>${titleOf(m)}</b><small>${[m.made ? t('map.nodes', { n: m.nodes }) : t('map.devices', { n: m.nodes }), m.made && m.links !== undefined ? t('map.links.n', { n: m.links }) : '',
    m.revision ? t('map.edits', { n: m.revision }) : '', m.changed && m.made ? age(m.changed) : ''].filter(Boolean).join(' · ')}</small>
    ${m.view === 'drawn' && may('operator') && h`<span><button class="btn quiet small" type="button" data-act="delete" data-name="${m.name}">${t('map.delete')}</button></span>`}</a>`;
  const draw = () => render(place.root, h`<div class="page maps-page"><div class="bar-h"><span class="grow dim">${t('map.list.text')}</span>
      ${may('operator') && h`<button class="btn pri" type="button" data-act="new">${icon('ui-add')}${t('map.new')}</button><label class="btn">${icon('ui-export')}${t('map.import')}<input type="file" accept=".gv,.dot,.graphml,.xml,.json,.csv,.tsv" class="unseen" data-import></label>`}</div>
    ${GROUPS.map(g => {
      const list = maps.filter(m => groupOf(m) === g).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
      const seen = whole.has(g) ? list : list.slice(0, SHOWN);
      return list.length || g === 'drawn' ? h`<section data-key="g-${g}"><h3>${t('map.group.' + g)}</h3>${list.length ? h`<div class="maps-grid">${seen.map(card)}</div>` : h`<p class="dim">${t('map.group.drawn.none')}</p>`}
        ${seen.length < list.length && h`<button class="btn quiet" type="button" data-act="more" data-group="${g}">${t('more')} (${list.length - seen.length})</button>`}</section>` : '';
    })}</div>`);
  const load = async () => { maps = (await api.get('maps', { signal: place.signal })).maps; draw(); };
  onAct(place.root, {
    new: newMap,
    more: at => { whole.add(at.dataset.group); draw(); },
    delete: async (at, e) => {
      e.preventDefault();
      if (!await confirm({ title: t('map.delete'), text: t('map.delete.text', { name: at.dataset.name }), label: t('map.delete') })) return;
      await api.del('maps/' + seg(at.dataset.name)).catch(sayProblem);
      load();
    },
  }, place.signal);
  place.root.addEventListener('change', e => { if (e.target.matches('[data-import]') && e.target.files[0]) importFile(e.target.files[0]); }, { signal: place.signal });
  acceptDrops(place.root, place.signal);
  live.on('map', () => load().catch(() => {}), place.signal);
  await load();
}
