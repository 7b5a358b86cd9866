// A month as a grid of days, and when what repeats holds. The rules of time are pure.
import { h, icon } from '../base/html.js';
import { lang, t } from '../base/texts.js';

const DAY_MS = 86400000, MOST = 2000;

/* "2h30m" or "90s" as milliseconds; NaN if it is none. */
export function durationMs(text) {
  if (!/^(\d+[smhdw])+$/.test(text)) return Number.NaN;
  const units = { s: 1000, m: 60000, h: 3600000, d: DAY_MS, w: 7 * DAY_MS };
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, n, u]) => sum + Number(n) * units[u], 0);
}

/* A local moment some whole days later: the same time of the clock, in summer and winter. */
function daysLater(ms, days) {
  const at = new Date(ms);
  at.setDate(at.getDate() + days);
  return at.getTime();
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

const pad = (n) => String(n).padStart(2, '0');

/* "2026-11-30" of a local moment, and "2026-11-30T02:00" as a field wants it. */
export const dayText = (d) => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
export const fieldText = (d) => `${dayText(d)}T${pad(d.getHours())}:${pad(d.getMinutes())}`;

/* Weeks of a month, from Monday (from Sunday in Chinese and Japanese calendars). */
export function weeksOf(year, month, firstDay = lang() === 'en' ? 1 : 0) {
  const first = new Date(year, month, 1), lead = (first.getDay() - firstDay + 7) % 7;
  return Array.from({ length: 6 }, (_, w) => Array.from({ length: 7 }, (__, d) => new Date(year, month, 1 - lead + w * 7 + d)))
    .filter((week, i) => i < 4 || week.some((d) => d.getMonth() === month));
}

/* The month as a grid. marks(day): {planned, other} texts of what holds on it; picked: "2026-11-30". A day is a button
 * with data-day; data-month leads on. */
export function monthGrid({ year, month, picked, marks }) {
  const weeks = weeksOf(year, month), today = dayText(new Date());
  const title = new Intl.DateTimeFormat(lang(), { year: 'numeric', month: 'long' }).format(new Date(year, month, 1));
  const names = weeks[0].map((d) => [new Intl.DateTimeFormat(lang(), { weekday: 'short' }).format(d), new Intl.DateTimeFormat(lang(), { weekday: 'long' }).format(d)]);
  const whole = new Intl.DateTimeFormat(lang(), { dateStyle: 'full' });
  const day = (d) => {
    const text = dayText(d), m = marks(d), told = [whole.format(d), m.planned && t('silence.planned'), ...m.other].filter(Boolean).join(', ');
    return h`<td role="gridcell" aria-selected="${String(text === picked)}"><button type="button" data-day="${text}" data-key="d-${text}" tabindex="${text === picked ? 0 : -1}" class="${[d.getMonth() !== month && 'off', text === today && 'today', m.planned && 'planned', m.other.length > 0 && 'other'].filter(Boolean).join(' ')}" aria-label="${told}" ${m.other.length > 0 && h`title="${m.other.join('\n')}"`}>${d.getDate()}</button></td>`;
  };
  return h`<div class="cal"><div class="cal-head"><button class="icon" type="button" data-month="-1" aria-label="${t('cal.before')}">${icon('ui-chevron', 'back')}</button><b aria-live="polite">${title}</b><button class="icon" type="button" data-month="1" aria-label="${t('cal.next')}">${icon('ui-chevron')}</button></div>
    <table role="grid" aria-label="${title}"><thead><tr>${names.map(([short, long]) => h`<th scope="col" abbr="${long}">${short}</th>`)}</tr></thead>
    <tbody>${weeks.map((w) => h`<tr data-key="w-${dayText(w[0])}">${w.map(day)}</tr>`)}</tbody></table></div>`;
}
