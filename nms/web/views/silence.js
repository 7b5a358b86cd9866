// Silences: making one, now or planned, once or again and again, with a calendar of when it holds.
import { api } from '../base/api.js';
import { h, render, $ } from '../base/html.js';
import { lang, t } from '../base/texts.js';
import { zoneName } from '../base/format.js';
import { dialog, field } from '../parts/dialog.js';
import { dayText, durationMs, fieldText, monthGrid, timesOf } from '../parts/calendar.js';

const LENGTHS = ['30m', '1h', '2h', '8h', '1d', '7d'];

/* What the fields say: {from, until} (ISO), repeat; null while they say nothing. */
function planOf(values) {
  const length = durationMs(values.duration === 'other' ? (values.other ?? '').replaceAll(' ', '') : values.duration);
  if (!(length > 0)) return null;
  const from = values.when === 'later' && values.from ? new Date(values.from) : new Date();
  if (Number.isNaN(from.getTime())) return null;
  return { from: from.toISOString(), until: new Date(from.getTime() + length).toISOString(), repeat: values.repeat || '' };
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
  const picked = new Date(form.elements.from.value);
  let year = picked.getFullYear(), month = picked.getMonth();
  const values = () => Object.fromEntries(new FormData(form));
  const box = $('.silence-cal', form);

  function marks(d) {
    const begin = d.getTime(), end = new Date(d.getFullYear(), d.getMonth(), d.getDate() + 1).getTime(), plan = planOf(values());
    return {
      planned: plan !== null && timesOf(plan, begin, end).length > 0,
      other: silences.filter((s) => timesOf(s, begin, end).length > 0).map((s) => s.object),
    };
  }
  function update() {
    const v = values(), later = v.when === 'later';
    $('[data-field=other]', form).hidden = v.duration !== 'other';
    $('.silence-plan', form).hidden = !later;
    if (later) render(box, h`${monthGrid({ year, month, picked: v.from.slice(0, 10), marks })}<p class="cal-legend dim small"><i class="planned"></i>${t('silence.planned')}<i class="other"></i>${t('silence.there')}</p>`);
    $('.silence-told', form).textContent = told(planOf(v));
  }
  function pick(day, focus) {
    form.elements.from.value = `${day}T${form.elements.from.value.slice(11) || '02:00'}`;
    const at = new Date(`${day}T12:00`);
    [year, month] = [at.getFullYear(), at.getMonth()];
    update();
    if (focus) $(`[data-day="${day}"]`, box)?.focus();
  }

  form.addEventListener('input', (e) => {
    if (e.target.name === 'from' && e.target.value) {
      const at = new Date(e.target.value);
      [year, month] = [at.getFullYear(), at.getMonth()];
    }
    update();
  });
  box.addEventListener('click', (e) => {
    const day = e.target.closest('[data-day]'), turn = e.target.closest('[data-month]');
    if (day) pick(day.dataset.day, true);
    if (turn) {
      const at = new Date(year, month + Number(turn.dataset.month), 1);
      [year, month] = [at.getFullYear(), at.getMonth()];
      update();
    }
  });
  box.addEventListener('keydown', (e) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 }[e.key], day = e.target.closest('[data-day]');
    if (!by || !day) return;
    const at = new Date(`${day.dataset.day}T12:00`);
    at.setDate(at.getDate() + by);
    e.preventDefault();
    pick(dayText(at), true);
  });
  update();
}

/* Asks, and makes it; what was made, or null. */
export async function silenceDialog({ object = '' } = {}) {
  const silences = (await api.get('silences').catch(() => ({ silences: [] }))).silences;
  const next = new Date(Date.now() + 3600000);
  next.setMinutes(0);
  const answer = await dialog({
    title: t('silence.title'), cls: 'silence', body: body(object, fieldText(next)), actions: [{ name: 'make', label: t('silence.make'), primary: true }],
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
