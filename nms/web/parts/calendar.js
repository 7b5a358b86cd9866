// A month as a grid of days, and when what repeats holds. The rules of time are pure.
import { h, icon } from '../base/html.js';
import { lang, t } from '../base/texts.js';
import { dayAfter, fromField, toField } from './zone.js';

const DAY_MS = 86400000, MOST = 2000;

/* "2h30m" or "90s" as milliseconds; NaN if it is none. */
export function durationMs(text) {
  if (!/^(\d+[smhdw])+$/.test(text)) return Number.NaN;
  const units = { s: 1000, m: 60000, h: 3600000, d: DAY_MS, w: 7 * DAY_MS };
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, n, u]) => sum + Number(n) * units[u], 0);
}

/* Some whole days later: the same time of the station's clock, in summer and winter. */
function daysLater(ms, days) {
  const at = toField(ms);
  return fromField(`${dayAfter(at.slice(0, 10), days)}${at.slice(10)}`) + ms % 60000;
}

/* The times of a silence {from, until, repeat} that touch [begin, end): [{from, until}]. */
export function timesOf({ from, until, repeat }, begin, end) {
  const first = Date.parse(from), length = Date.parse(until) - first, out = [];
  if (!(length > 0)) return out;
  const every = repeat === 'daily' ? DAY_MS : repeat === 'weekly' ? 7 * DAY_MS : repeat ? durationMs(repeat) : 0;
  if (!(every > 0)) return first < end && first + length > begin ? [{ from: first, until: first + length }] : out;
  const whole = every % DAY_MS === 0, days = every / DAY_MS;
  let n = Math.max(0, Math.floor((begin - length - first) / every) - 1);
  for (let i = 0; i < MOST; i++, n++) {
    const at = whole ? daysLater(first, n * days) : first + n * every;
    if (at >= end) break;
    if (at + length > begin) out.push({ from: at, until: at + length });
  }
  return out;
}

/* Today by the station's clock: "2026-11-30". */
export const today = () => toField(Date.now()).slice(0, 10);

/* Begin and end of a day, in milliseconds. */
export const dayRange = (day) => [fromField(day), fromField(dayAfter(day))];

/* Weeks of a month as days, from Monday; from Sunday in Chinese and Japanese calendars. */
export function weeksOf(month, firstDay = lang() === 'en' ? 1 : 0) {
  const first = `${month}-01`, lead = (new Date(`${first}T00:00Z`).getUTCDay() - firstDay + 7) % 7;
  return Array.from({ length: 6 }, (_, w) => Array.from({ length: 7 }, (__, d) => dayAfter(first, w * 7 + d - lead)))
    .filter((week) => week.some((d) => d.startsWith(month)));
}

/* "2026-11" some months later. */
export function monthAfter(month, by) {
  const [y, m] = month.split('-').map(Number);
  return new Date(Date.UTC(y, m - 1 + by, 1)).toISOString().slice(0, 7);
}

/* The month as a grid. month: "2026-11", picked: "2026-11-30"; marks(day): {planned, other}, what holds on it. A day is a button
 * with data-day; data-month leads on. */
export function monthGrid({ month, picked, marks }) {
  const weeks = weeksOf(month), now = today(), at = (day) => new Date(`${day}T00:00Z`);
  const format = (options, day) => new Intl.DateTimeFormat(lang(), { timeZone: 'UTC', ...options }).format(at(day));
  const title = format({ year: 'numeric', month: 'long' }, `${month}-01`), focus = picked || (now.startsWith(month) ? now : `${month}-01`);
  const cell = (d) => {
    const m = marks(d), told = [format({ dateStyle: 'full' }, d), m.planned && t('silence.planned'), ...m.other].filter(Boolean).join(', ');
    const cls = [!d.startsWith(month) && 'off', d === now && 'today', m.planned && 'planned', m.other.length > 0 && 'other'].filter(Boolean).join(' ');
    return h`<td role="gridcell" aria-selected="${String(d === picked)}"><button type="button" data-day="${d}" data-key="d-${d}" tabindex="${d === focus ? 0 : -1}" class="${cls}" aria-label="${told}" ${m.other.length > 0 && h`title="${m.other.join('\n')}"`}>${Number(d.slice(8))}</button></td>`;
  };
  return h`<div class="cal"><div class="cal-head"><button class="icon" type="button" data-month="-1" aria-label="${t('cal.before')}">${icon('ui-chevron', 'back')}</button><b aria-live="polite">${title}</b><button class="icon" type="button" data-month="1" aria-label="${t('cal.next')}">${icon('ui-chevron')}</button></div>
    <table role="grid" aria-label="${title}"><thead><tr>${weeks[0].map((d) => h`<th scope="col" abbr="${format({ weekday: 'long' }, d)}">${format({ weekday: 'short' }, d)}</th>`)}</tr></thead>
    <tbody>${weeks.map((w) => h`<tr data-key="w-${w[0]}">${w.map(cell)}</tr>`)}</tbody></table></div>`;
}
