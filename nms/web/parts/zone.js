// Clocks of the station's zone: what a field shows is what the station's clock shows, wherever the browser is.
import { zoneName } from '../base/format.js';

const formats = new Map();

function parts(ms, zone) {
  if (!formats.has(zone))
    formats.set(zone, new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }));
  return Object.fromEntries(formats.get(zone).formatToParts(new Date(ms)).map((p) => [p.type, Number(p.value)]));
}

/* How far the clock is ahead of UTC at a moment, in milliseconds. */
export function offsetAt(ms, zone = zoneName()) {
  if (!zone) return -new Date(ms).getTimezoneOffset() * 60000;
  const p = parts(ms, zone);
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(ms / 1000) * 1000;
}

/* The clock at a moment, as a Date whose UTC parts are the clock's. */
export const clockAt = (ms, zone) => new Date(ms + offsetAt(ms, zone));

/* "2026-11-30T02:00" of a moment, as a field wants it. */
export const toField = (ms, zone) => clockAt(ms, zone).toISOString().slice(0, 16);

/* The moment of what a field says; NaN if it says none. Of an hour that clocks leave out the next one. */
export function fromField(text, zone) {
  const wall = Date.parse(`${text.length <= 10 ? `${text}T00:00` : text}Z`);
  if (Number.isNaN(wall)) return Number.NaN;
  const first = wall - offsetAt(wall, zone);
  return wall - offsetAt(first, zone);
}

/* A day so many days later: "2026-11-30" and 1 is "2026-12-01". */
export const dayAfter = (day, days = 1) => new Date(Date.parse(`${day}T00:00Z`) + days * 86400000).toISOString().slice(0, 10);

/* 0 to 167: hours since the week began, by the clock. */
export function hourOfWeek(seconds) {
  const at = clockAt(seconds * 1000);
  return at.getUTCDay() * 24 + at.getUTCHours();
}
