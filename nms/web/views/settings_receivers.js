// Receivers of notifications: how they do, a test of each, and those that are set here.
import { api, seg } from '../base/api.js';
import { h, onAct, render } from '../base/html.js';
import { age, moment, number } from '../base/format.js';
import { may } from '../base/session.js';
import { hasText, t } from '../base/texts.js';
import { confirm } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { mark, stateWord } from '../parts/mark.js';
import { placeWord } from '../parts/place.js';
import { say, sayProblem } from '../parts/toast.js';
import { receiverDialog } from './settings_receiver.js';

const EVERY_MS = 5000;

export default async function receivers({ body, signal }) {
  const tests = new Map(); /* name: what the last test gave */
  const can = may('administrator');
  let list = [];

  const kind = (k) => (hasText(`receivers.kind.${k}`) ? t(`receivers.kind.${k}`) : k);
  const tried = (r) => {
    const test = tests.get(r.name);
    if (!test) return '';
    if (test.running) return h`<span class="dim">${t('receivers.testing')}</span>`;
    return test.problem ? '' : mark('up', { label: t('receivers.went') });
  };
  const state = (r) => (r.error ? mark('warning', { label: t('receivers.trouble') }) : r.sent > 0 ? mark('up', { label: t('receivers.well') }) : mark('unknown', { label: t('receivers.unused') }));
  const where = (r) => { const s = r.settings ?? {}; return s.to ?? s.webhook ?? s.mail?.join(', ') ?? s.run ?? ''; };
  /* What narrows it: severity, objects, types, hours. */
  const hears = (r) => {
    const s = r.settings ?? {};
    return h`${r.severity === 'indeterminate' ? t('receivers.all') : t('events.atleast', { severity: stateWord(r.severity) })}${[...(s.objects ?? []), ...(s.types ?? []), ...(s.when ?? [])].map((x) => h` <span class="chip mono">${x}</span>`)}`;
  };
  const count = (n) => (n > 0 ? number(n) : h`<span class="dimmer">0</span>`);
  const row = (r) => h`<tr class="two" data-key="r-${r.name}"><td><b>${r.name}</b><small class="under dimmer">${placeWord(r)}</small></td><td>${kind(r.kind)}${where(r) && h`<small class="under dim mono" title="${where(r)}">${where(r)}</small>`}</td><td class="dim wrap">${hears(r)}</td><td>${state(r)}</td>
    <td class="n num nw" title="${t('receivers.counts.hint')}">${number(r.sent)} · ${count(r.waiting)} · ${count(r.refused + r.dropped)}</td><td class="nw">${r.last_sent ? h`<time title="${moment(r.last_sent)}">${t('people.ago', { age: age(r.last_sent) })}</time>` : h`<span class="dimmer">${t('never')}</span>`}</td>
    <td class="r nw">${tried(r)} ${may('operator') && h`<button class="btn" type="button" data-act="test" data-name="${r.name}" ${tests.get(r.name)?.running && h`disabled`} aria-label="${t('receivers.testof', { name: r.name })}">${t('receivers.test')}</button>`}${can && r.from === 'page' && h`<button class="btn quiet" type="button" data-act="change" data-name="${r.name}" aria-label="${t('cred.change', { name: r.name })}">${t('edit')}</button><button class="btn quiet" type="button" data-act="remove" data-name="${r.name}" aria-label="${t('people.remove', { name: r.name })}">${t('remove')}</button>`}</td></tr>
    ${(r.error || tests.get(r.name)?.problem) && h`<tr class="set-error" data-key="e-${r.name}"><td></td><td colspan="6" role="status">${tests.get(r.name)?.problem ? `${t('receivers.test')}: ${tests.get(r.name).problem.detail}` : r.error}</td></tr>`}`;

  function draw() {
    render(body, h`<section class="card flush"><div class="bar-h"><h3>${t('settings.receivers')}</h3><span class="grow"></span>${can && h`<button class="btn pri" type="button" data-act="add">${t('receivers.add')}</button>`}</div>
      ${list.length ? h`<div class="scroll-x"><table aria-label="${t('settings.receivers')}"><thead><tr><th>${t('name')}</th><th>${t('kind')}</th><th>${t('receivers.hears')}</th><th>${t('state')}</th><th class="n" title="${t('receivers.counts.hint')}">${t('receivers.counts')}</th><th>${t('receivers.last')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table></div>
      <p class="set-note dim">${t('receivers.where')}</p>` : emptyPart({ icon: 'ui-alerts', title: t('receivers.none'), text: t('receivers.none.text') })}</section>`);
  }
  async function load() {
    list = (await api.get('receivers', { signal })).receivers;
    draw();
  }
  const named = (at) => list.find((r) => r.name === at.dataset.name);
  onAct(body, {
    add: async () => {
      const made = await receiverDialog(null);
      if (made) { say(t('receivers.added', { name: made.values.name.trim() })); load(); }
    },
    change: async (at) => { if (await receiverDialog(named(at))) { say(t('cred.changed', { name: at.dataset.name })); load(); } },
    remove: async (at) => {
      const { name } = at.dataset;
      if (await confirm({ title: t('people.remove', { name }), text: t('receivers.remove.text'), label: t('remove') })) await api.del(`receivers/${seg(name)}`).then(() => { say(t('people.removed', { name })); return load(); }, sayProblem);
    },
    test: async (at) => {
      const { name } = at.dataset;
      tests.set(name, { running: true });
      draw();
      try { await api.post(`receivers/${seg(name)}/test`); tests.set(name, {}); } catch (problem) { tests.set(name, { problem }); }
      await load().catch(() => draw());
    },
  }, signal);
  const timer = setInterval(() => load().catch(() => { /* the next time */ }), EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  await load();
}
