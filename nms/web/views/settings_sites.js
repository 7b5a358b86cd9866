// Sites: by what a device is of one. The first that fits counts; those of portolan.yaml come first.
import { api } from '../base/api.js';
import { h, icon, onAct, render } from '../base/html.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { confirm, dialog, field } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { placeWord } from '../parts/place.js';
import { say, sayProblem } from '../parts/toast.js';

const KEYS = ['name', 'location', 'device', 'prefix'];
const plain = (s) => Object.fromEntries(KEYS.filter((k) => s[k]).map((k) => [k, s[k]]));

export default async function sites({ body, signal }) {
  let list = [];
  const can = may('administrator'), own = () => list.filter((s) => s.from === 'page').map(plain);

  const row = (s, i) => {
    const mine = s.from === 'page', at = i - (list.length - own().length), which = h`data-at="${at}"`;
    return h`<tr data-key="s-${i}"><td class="n num dim">${i + 1}</td><td>${icon('kind-cloud', 'k')}<b>${s.name}</b></td><td class="mono">${s.location ?? ''}</td><td class="mono">${s.device ?? ''}</td><td class="mono">${s.prefix ?? ''}</td><td class="dim nw">${placeWord(s)}</td>
      <td class="r nw">${mine && can && h`${at > 0 && h`<button class="btn quiet" type="button" data-act="up" ${which} aria-label="${t('sites.earlier.of', { name: s.name })}">${t('cred.earlier')}</button>`}<button class="btn quiet" type="button" data-act="change" ${which} aria-label="${t('cred.change', { name: s.name })}">${t('edit')}</button><button class="btn quiet" type="button" data-act="remove" ${which} aria-label="${t('people.remove', { name: s.name })}">${t('remove')}</button>`}</td></tr>`;
  };
  function draw() {
    render(body, h`<section class="card flush"><div class="bar-h"><h3>${t('settings.sites')}</h3><span class="grow"></span>${can && h`<button class="btn pri" type="button" data-act="add">${t('sites.add')}</button>`}</div>
      ${list.length ? h`<table aria-label="${t('settings.sites')}"><thead><tr><th class="n"></th><th>${t('name')}</th><th>${t('sites.location')}</th><th>${t('sites.device')}</th><th>${t('sites.prefix')}</th><th>${t('cred.from')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table>` : emptyPart({ icon: 'kind-cloud', title: t('sites.none'), text: t('sites.none.text') })}
      <p class="set-note dim">${t('sites.where')}</p></section>`);
  }
  const set = (next) => api.patch('sites', { sites: next }).then((answer) => { list = answer.sites; draw(); return answer; });
  const ask = (was, send) => dialog({
    title: was ? t('cred.change', { name: was.name }) : t('sites.add'), actions: [{ name: 'save', label: was ? t('save') : t('sites.add'), primary: true }],
    body: h`${field({ label: t('name'), name: 'name', value: was?.name ?? '', required: true, autofocus: true, placeholder: 'Hamburg' })}<p class="dim">${t('sites.text')}</p>
      ${field({ label: t('sites.location'), name: 'location', value: was?.location ?? '', placeholder: 'Hamburg*' })}${field({ label: t('sites.device'), name: 'device', value: was?.device ?? '', placeholder: 'ham-*' })}${field({ label: t('sites.prefix'), name: 'prefix', value: was?.prefix ?? '', placeholder: '192.0.2.0/24' })}`,
    send: (v) => send(plain(Object.fromEntries(KEYS.map((k) => [k, v[k].trim()])))),
  });
  onAct(body, {
    add: async () => { const made = await ask(null, (one) => set([...own(), one])); if (made) say(t('sites.added', { name: made.values.name.trim() })); },
    change: async (at) => { const all = own(), i = Number(at.dataset.at); if (await ask(all[i], (one) => set(all.toSpliced(i, 1, one)))) say(t('cred.changed', { name: all[i].name })); },
    up: (at) => { const all = own(), i = Number(at.dataset.at), [one] = all.splice(i, 1); all.splice(i - 1, 0, one); set(all).catch(sayProblem); },
    remove: async (at) => {
      const all = own(), i = Number(at.dataset.at), { name } = all[i];
      if (await confirm({ title: t('people.remove', { name }), text: t('sites.remove.text'), label: t('remove') })) await set(all.toSpliced(i, 1)).then(() => say(t('people.removed', { name }), { undo: () => set(all).catch(sayProblem) }), sayProblem);
    },
  }, signal);
  list = (await api.get('sites', { signal })).sites;
  draw();
}
