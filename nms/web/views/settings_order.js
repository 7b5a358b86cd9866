// A list of which the first that fits counts: those of portolan.yaml come first, those of the page are set as a whole.
import { api } from '../base/api.js';
import { h, onAct, render } from '../base/html.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { confirm, dialog } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { placeWord } from '../parts/place.js';
import { say, sayProblem } from '../parts/toast.js';

/* One change of a list, made to whatever the list is then; others are as they were. What the change is about may not be
 * there any more. */
const found = (all, one) => {
  const i = all.findIndex((x) => JSON.stringify(x) === JSON.stringify(one));
  if (i < 0) throw new Error(t('set.othergone'));
  return i;
};
export const added = (one) => (all) => [...all, one];
export const replaced = (was, one) => (all) => all.toSpliced(found(all, was), 1, one);
export const removed = (one) => (all) => all.toSpliced(found(all, one), 1);
export const putBack = (one, i) => (all) => all.toSpliced(i, 0, one);
export const earlier = (one) => (all) => { const i = found(all, one); return all.toSpliced(i, 1).toSpliced(Math.max(i - 1, 0), 0, one); };

// of: {path, key: its list in the answer, icon, title, add, none, noneText, where, removeText: texts, added(name), earlier(name):
// texts of one, columns: [head, cell(item)], plain(item): as it is sent, called(item), fields(item or undefined), read(values):
// an item as it is sent}.
export async function orderedList({ body, signal }, of) {
  let list = [];
  const can = may('administrator'), own = () => list.filter((s) => s.from === 'page').map(of.plain);

  const row = (s, i) => {
    const mine = s.from === 'page', at = i - (list.length - own().length), which = h`data-at="${at}"`, name = of.called(s);
    return h`<tr data-key="s-${i}"><td class="n num dim">${i + 1}</td>${of.columns.map(([, cell]) => cell(s))}<td class="dim nw">${placeWord(s)}</td>
      <td class="r nw">${mine && can && h`${at > 0 && h`<button class="btn quiet" type="button" data-act="up" ${which} aria-label="${of.earlier(name)}">${t('cred.earlier')}</button>`}<button class="btn quiet" type="button" data-act="change" ${which} aria-label="${t('cred.change', { name })}">${t('edit')}</button><button class="btn quiet" type="button" data-act="remove" ${which} aria-label="${t('people.remove', { name })}">${t('remove')}</button>`}</td></tr>`;
  };
  function draw() {
    render(body, h`<section class="card flush"><div class="bar-h"><h3>${of.title}</h3><span class="grow"></span>${can && h`<button class="btn pri" type="button" data-act="add">${of.add}</button>`}</div>
      ${list.length ? h`<table aria-label="${of.title}"><thead><tr><th class="n"></th>${of.columns.map(([head]) => h`<th>${head}</th>`)}<th>${t('cred.from')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table>` : emptyPart({ icon: of.icon, title: of.none, text: of.noneText })}
      <p class="set-note dim">${of.where}</p></section>`);
  }
  /* Somebody else may have changed the list since it was asked for: it is asked for again. */
  const take = (answer) => { list = answer[of.key]; draw(); };
  const set = async (change) => {
    take(await api.get(of.path, { signal }));
    take(await api.patch(of.path, { [of.key]: change(own()) }));
  };
  const ask = (was, send) => dialog({
    title: was ? t('cred.change', { name: of.called(was) }) : of.add, actions: [{ name: 'save', label: was ? t('save') : of.add, primary: true }],
    body: of.fields(was), send: (v) => send(of.read(v)),
  });
  onAct(body, {
    add: async () => { const made = await ask(null, (one) => set(added(one))); if (made) say(of.added(of.called(of.read(made.values)))); },
    change: async (at) => { const was = own()[at.dataset.at]; if (await ask(was, (one) => set(replaced(was, one)))) say(t('cred.changed', { name: of.called(was) })); },
    up: (at) => set(earlier(own()[at.dataset.at])).catch(sayProblem),
    remove: async (at) => {
      const i = Number(at.dataset.at), was = own()[i], name = of.called(was);
      if (await confirm({ title: t('people.remove', { name }), text: of.removeText, label: t('remove') })) await set(removed(was)).then(() => say(t('people.removed', { name }), { undo: () => set(putBack(was, i)).catch(sayProblem) }), sayProblem);
    },
  }, signal);
  take(await api.get(of.path, { signal }));
}
