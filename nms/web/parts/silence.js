// Silences: making one, now or planned, once or again and again, with a calendar of when it holds.
import { api } from '../base/api.js';
import { h, render, $ } from '../base/html.js';
import { lang, t } from '../base/texts.js';
import { zoneName } from '../base/format.js';
import { dialog, field } from './dialog.js';
import { dayRange, durationMs, monthAfter, monthGrid, timesOf } from './calendar.js';
import { say, sayProblem } from './toast.js';
import { dayAfter, fromField, toField } from './zone.js';

const LENGTHS = ['30m', '1h', '2h', '8h', '1d', '7d'];

/* What the fields say: {from, until} (ISO), repeat; null while they say nothing. */
function planOf(values) {
  const length = durationMs(values.duration === 'other' ? (values.other ?? '').replaceAll(' ', '') : values.duration);
  if (!(length > 0)) return null;
  const from = values.when === 'later' && values.from ? fromField(values.from) : Date.now();
  if (Number.isNaN(from)) return null;
  return { from: new Date(from).toISOString(), until: new Date(from + length).toISOString(), repeat: values.repeat || '' };
}

function told(plan) {
  if (!plan) return t('silence.incomplete');
  const when = new Intl.DateTimeFormat(lang(), { dateStyle: 'medium', timeStyle: 'short', timeZone: zoneName() });
  const range = when.formatRange(new Date(plan.from), new Date(plan.until));
  return plan.repeat ? t(`silence.tells.${plan.repeat}`, { range }) : t('silence.tells', { range });
}

const segment = (name, list, value) => h`<div class="seg choice" role="radiogroup" aria-label="${t(`silence.${name}`)}">${list.map(([v, text]) =>
  h`<label><input type="radio" name="${name}" value="${v}" ${v === value && h`checked`}><span>${text}</span></label>`)}</div>`;

const body = (object, from) => h`
  ${field({ label: t('silence.object'), name: 'object', value: object, required: true, hint: t('silence.object.hint'), autofocus: !object })}
  <div class="f"><span class="f-label">${t('silence.duration')}</span>${segment('duration', [...LENGTHS.map((d) => [d, t(`for.${d}`)]), ['other', t('silence.other')]], '2h')}</div>
  ${field({ label: t('silence.other.label'), name: 'other', placeholder: '3d12h', hidden: true })}
  <div class="f"><span class="f-label">${t('silence.when')}</span>${segment('when', [['now', t('silence.now')], ['later', t('silence.later')]], 'now')}</div>
  <div class="silence-plan" hidden><div class="silence-fields">
    ${field({ label: t('silence.from'), name: 'from', type: 'datetime-local', value: from })}
    <div class="f"><span class="f-label">${t('silence.repeat')}</span>${segment('repeat', [['', t('silence.once')], ['daily', t('silence.daily')], ['weekly', t('silence.weekly')]], '')}</div></div>
    <div class="silence-cal" data-keep></div></div>
  ${field({ label: t('silence.text'), name: 'text', placeholder: t('silence.text.example') })}
  <p class="silence-told dim" role="status"></p>`;

function bind(form, silences) {
  let month = form.elements.from.value.slice(0, 7);
  const values = () => Object.fromEntries(new FormData(form));
  const box = $('.silence-cal', form);

  function marks(day) {
    const [begin, end] = dayRange(day), plan = planOf(values());
    return {
      planned: plan !== null && timesOf(plan, begin, end).length > 0,
      other: silences.filter((s) => timesOf(s, begin, end).length > 0).map((s) => s.object),
    };
  }
  function update() {
    const v = values(), later = v.when === 'later';
    $('[data-field=other]', form).hidden = v.duration !== 'other';
    $('.silence-plan', form).hidden = !later;
    if (later) render(box, h`${monthGrid({ month, picked: v.from.slice(0, 10), marks })}<p class="cal-legend dim small"><i class="planned"></i>${t('silence.planned')}<i class="other"></i>${t('silence.there')}</p>`);
    $('.silence-told', form).textContent = told(planOf(v));
  }
  function pick(day) {
    form.elements.from.value = `${day}T${form.elements.from.value.slice(11) || '02:00'}`;
    month = day.slice(0, 7);
    update();
    $(`[data-day="${day}"]`, box)?.focus();
  }

  form.addEventListener('input', (e) => {
    if (e.target.name === 'from' && e.target.value) month = e.target.value.slice(0, 7);
    update();
  });
  box.addEventListener('click', (e) => {
    const day = e.target.closest('[data-day]'), turn = e.target.closest('[data-month]');
    if (day) pick(day.dataset.day);
    if (turn) {
      month = monthAfter(month, Number(turn.dataset.month));
      update();
    }
  });
  box.addEventListener('keydown', (e) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 }[e.key], day = e.target.closest('[data-day]');
    if (!by || !day) return;
    e.preventDefault();
    pick(dayAfter(day.dataset.day, by));
  });
  update();
}

/* Asks, and makes it; what was made, or null. */
async function silenceDialog(object) {
  const silences = (await api.get('silences').catch(() => ({ silences: [] }))).silences;
  const next = `${toField(Date.now() + 3600000).slice(0, 13)}:00`;
  const answer = await dialog({
    title: t('silence.title'), cls: 'silence', body: body(object, next), actions: [{ name: 'make', label: t('silence.make'), primary: true }],
    ready: (form) => bind(form, silences),
    send: (values) => {
      const plan = planOf(values);
      if (!plan) throw new Error(t('silence.incomplete'));
      const ms = Date.parse(plan.until) - Date.parse(plan.from), sent = { object: values.object, duration: `${Math.round(ms / 1000)}s`, text: values.text };
      if (values.when === 'later') {
        sent.from = String(Math.floor(Date.parse(plan.from) / 1000));
        if (plan.repeat) sent.repeat = plan.repeat;
      }
      return api.post('silences', sent);
    },
  });
  return answer?.result ?? null;
}

/* The same, said, with a way back; changed() when there is something new. */
export async function silenceSay(object, changed = () => {}) {
  const made = await silenceDialog(object);
  if (!made) return;
  say(t('alerts.silencedsay', { object: made.object }), { undo: () => api.del(`silences/${made.id}`).then(changed, sayProblem) });
  changed();
}
