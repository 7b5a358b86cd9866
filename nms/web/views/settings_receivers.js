// Receivers of notifications: how they do, and a test of each.
import { api, seg } from '../base/api.js';
import { h, onAct, render } from '../base/html.js';
import { age, moment, number } from '../base/format.js';
import { may } from '../base/session.js';
import { hasText, t } from '../base/texts.js';
import { emptyPart } from '../parts/empty.js';
import { mark, stateWord } from '../parts/mark.js';

const EVERY_MS = 5000;

export default async function receivers({ body, signal }) {
  const tests = new Map(); /* name: what the last test gave */
  let list = [];

  const kind = (k) => (hasText(`receivers.kind.${k}`) ? t(`receivers.kind.${k}`) : k);
  const tried = (r) => {
    const test = tests.get(r.name);
    if (!test) return '';
    if (test.running) return h`<span class="dim">${t('receivers.testing')}</span>`;
    return test.problem ? '' : mark('up', { label: t('receivers.went') });
  };
  const state = (r) => (r.error ? mark('warning', { label: t('receivers.trouble') }) : r.sent > 0 ? mark('up', { label: t('receivers.well') }) : mark('unknown', { label: t('receivers.unused') }));
  const row = (r) => h`<tr data-key="r-${r.name}"><td><b>${r.name}</b></td><td>${kind(r.kind)}</td><td class="dim">${r.severity === 'indeterminate' ? t('receivers.all') : t('events.atleast', { severity: stateWord(r.severity) })}</td><td>${state(r)}</td>
    <td class="n num">${number(r.sent)}</td><td class="n num">${r.waiting > 0 ? number(r.waiting) : h`<span class="dimmer">0</span>`}</td><td class="n num">${r.refused + r.dropped > 0 ? number(r.refused + r.dropped) : h`<span class="dimmer">0</span>`}</td>
    <td class="nw">${r.last_sent ? h`<time title="${moment(r.last_sent)}">${t('people.ago', { age: age(r.last_sent) })}</time>` : t('never')}</td>
    <td class="r nw">${tried(r)} ${may('operator') && h`<button class="btn" type="button" data-act="test" data-name="${r.name}" ${tests.get(r.name)?.running && h`disabled`} aria-label="${t('receivers.testof', { name: r.name })}">${t('receivers.test')}</button>`}</td></tr>
    ${(r.error || tests.get(r.name)?.problem) && h`<tr class="set-error" data-key="e-${r.name}"><td></td><td colspan="8" role="status">${tests.get(r.name)?.problem ? `${t('receivers.test')}: ${tests.get(r.name).problem.detail}` : r.error}</td></tr>`}`;

  function draw() {
    if (!list.length) { render(body, h`<section class="card">${emptyPart({ icon: 'ui-alerts', title: t('receivers.none'), text: t('receivers.none.text') })}</section>`); return; }
    render(body, h`<section class="card flush"><div class="bar-h"><h3>${t('settings.receivers')}</h3></div><table aria-label="${t('settings.receivers')}"><thead><tr><th>${t('name')}</th><th>${t('kind')}</th><th>${t('receivers.hears')}</th><th>${t('state')}</th><th class="n">${t('receivers.sent')}</th><th class="n">${t('receivers.waiting')}</th><th class="n">${t('receivers.lost')}</th><th>${t('receivers.last')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table>
      <p class="set-note dim">${t('receivers.where')}</p></section>`);
  }
  async function load() {
    list = (await api.get('receivers', { signal })).receivers;
    draw();
  }
  onAct(body, {
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
