// Silences: those there are, when they hold, and ending them.
import { api } from '../base/api.js';
import { h, onAct, render } from '../base/html.js';
import { lang, t } from '../base/texts.js';
import { moment, when, zoneName } from '../base/format.js';
import { may } from '../base/session.js';
import { dayRange, monthAfter, monthGrid, timesOf, today } from '../parts/calendar.js';
import { confirm } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { silenceSay } from '../parts/silence.js';
import { say, sayProblem } from '../parts/toast.js';

const EVERY_MS = 15000;

export default async function silences({ body, signal }) {
  let list = [], month = today().slice(0, 7);

  const range = (s) => new Intl.DateTimeFormat(lang(), { dateStyle: 'medium', timeStyle: 'short', timeZone: zoneName() }).formatRange(new Date(s.from), new Date(s.until));
  const repeat = (s) => (!s.repeat ? t('silence.once') : s.repeat === 'daily' || s.repeat === 'weekly' ? t(`silence.${s.repeat}`) : t('silence.every', { time: s.repeat }));
  const row = (s) => h`<tr data-key="s-${s.id}"><td>${s.holds ? mark('silenced', { label: t('silence.holds') }) : h`<span class="dim">${s.next ? t('silence.next', { at: when(s.next) }) : t('silence.over')}</span>`}</td><td><b>${s.object}</b></td><td class="num nw">${range(s)}</td><td>${repeat(s)}</td><td class="cut">${s.text}</td><td class="dim" title="${moment(s.made)}">${s.who}</td>
    <td class="r">${may('operator') && h`<button class="btn quiet" type="button" data-act="end" data-id="${s.id}" aria-label="${t('silence.endof', { object: s.object })}">${t('silence.end')}</button>`}</td></tr>`;
  const marks = (day) => {
    const [begin, end] = dayRange(day);
    return { planned: false, other: list.filter((s) => timesOf(s, begin, end).length > 0).map((s) => s.object) };
  };

  function draw() {
    const make = may('operator') && h`<button class="btn pri" type="button" data-act="make">${t('silence.new')}</button>`;
    render(body, h`<div class="cols set-side"><section class="card flush"><div class="bar-h"><h3>${t('settings.silences')}</h3><span class="grow"></span>${make}</div>
      ${list.length ? h`<div class="scroll-x"><table aria-label="${t('settings.silences')}"><thead><tr><th>${t('state')}</th><th>${t('object')}</th><th>${t('silence.when')}</th><th>${t('silence.repeat')}</th><th>${t('silence.text')}</th><th>${t('people.by')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table></div>` : emptyPart({ icon: 'state-silenced', title: t('silence.none'), text: t('silence.none.text') })}</section>
      <section class="card set-cal"><h3>${t('silence.calendar')}</h3>${monthGrid({ month, picked: '', marks })}</section></div>`);
  }
  async function load() {
    list = (await api.get('silences', { signal })).silences.sort((a, b) => Number(b.holds) - Number(a.holds) || Date.parse(a.next ?? a.from) - Date.parse(b.next ?? b.from));
    draw();
  }
  onAct(body, {
    make: () => silenceSay('', load),
    end: async (at) => {
      const s = list.find((x) => x.id === Number(at.dataset.id));
      if (await confirm({ title: t('silence.endof', { object: s.object }), text: t('silence.end.text'), label: t('silence.end'), danger: false }))
        await api.del(`silences/${s.id}`).then(() => { say(t('silence.ended', { object: s.object })); return load(); }, sayProblem);
    },
  }, signal);
  body.addEventListener('click', (e) => {
    const turn = e.target.closest('[data-month]');
    if (!turn) return;
    month = monthAfter(month, Number(turn.dataset.month));
    draw();
  }, { signal });
  const timer = setInterval(() => load().catch(() => { /* the next time */ }), EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  await load();
}
