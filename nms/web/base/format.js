// Figures and times as people read them. Nothing here touches the page.
import { lang, t } from './texts.js';

let zone; // undefined: the browser's
export const setZone = name => {
  try {
    zone = name ? new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone : undefined;
  } catch { zone = undefined; }
  cache.clear();
};
export const zoneName = () => zone;

const cache = new Map();
function formatter(kind, options) {
  const key = lang() + kind + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl[kind](lang(), options));
  return cache.get(key);
}

const NONE = '–';
const known = v => v !== null && v !== undefined && v !== '' && Number.isFinite(Number(v));

// 1234567 as 1,234,567; digits: how many after the point at most.
export const number = (v, digits = 0) =>
  known(v) ? formatter('NumberFormat', { maximumFractionDigits: digits }).format(Number(v)).replace(/^-/, '−') : NONE;

const three = v => {
  const a = Math.abs(v);
  const digits = a >= 100 ? 0 : a >= 10 ? 1 : 2;
  return formatter('NumberFormat', { minimumFractionDigits: digits, maximumFractionDigits: digits,
                                     useGrouping: false }).format(v).replace(/^-/, '−');
};

// 7100000000 bit/s as "7.10 Gbit/s".
export function si(v, unit = 'bit/s') {
  if (!known(v)) return NONE;
  let n = Number(v), i = 0;
  if (n === 0) return '0 ' + unit;
  while (Math.abs(n) >= 999.5 && i < 5) { n /= 1000; i++; }
  const prefix = ['', 'k', 'M', 'G', 'T', 'P'][i];
  return (i === 0 && Number.isInteger(n) ? number(n) : three(n)) + ' ' + prefix + unit;
}

// A speed without its unit: "40 G", "2.5 G", "100 M".
export function speed(v) {
  if (!known(v) || Number(v) <= 0) return '';
  let n = Number(v), i = 0;
  while (n >= 1000 && i < 4) { n /= 1000; i++; }
  return number(n, n < 10 ? 1 : 0) + ' ' + ['bit/s', 'k', 'M', 'G', 'T'][i];
}

// 1610612736 as "1.50 GiB".
export function binary(v) {
  if (!known(v)) return NONE;
  let n = Number(v), i = 0;
  while (Math.abs(n) >= 1023.5 && i < 5) { n /= 1024; i++; }
  return (i === 0 ? number(n) : three(n)) + ' ' + ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][i];
}

// A fraction as "61 %"; below one hundredth it is not called nothing.
export function percent(v) {
  if (!known(v)) return NONE;
  const n = Number(v) * 100;
  if (n > 0 && n < 0.5) return '<1 %';
  return number(Math.round(n)) + ' %';
}

// A reading with its unit: 24.5 C is "24.5 °C"; enough digits, no more.
const UNITS = { C: '°C', percent: '%' };
export function reading(v, unit = '') {
  if (!known(v)) return NONE;
  const n = Number(v), a = Math.abs(n);
  const shown = UNITS[unit] ?? unit;
  if (shown === 'Hz' || shown === 'bit/s') return si(n, shown);
  const text = a > 0 && a < 0.005 ? '<0.01' : number(n, a >= 100 ? 0 : a >= 10 ? 1 : 2);
  return text + (shown ? ' ' + shown : '');
}

// 93784 s as "1 d 2 h": the two largest parts.
export function duration(s) {
  if (!known(s)) return NONE;
  let left = Math.max(0, Math.floor(Number(s)));
  const parts = [[86400, 'unit.d'], [3600, 'unit.h'], [60, 'unit.min'], [1, 'unit.s']];
  const out = [];
  for (const [length, key] of parts) {
    const n = Math.floor(left / length);
    left -= n * length;
    if (n > 0) out.push(number(n) + ' ' + t(key));
    else if (out.length) break;
    if (out.length === 2 || (out.length === 1 && length === 86400 && n >= 10)) break;
  }
  return out.join(' ') || '0 ' + t('unit.s');
}

const ms = at => at instanceof Date ? at.getTime() : typeof at === 'number' ? at : Date.parse(at);

// How long ago: "42 s", "12 min", "3 h", "1 d".
export function age(at, now = Date.now()) {
  if (!at || Number.isNaN(ms(at))) return NONE;
  const s = Math.max(0, Math.round((now - ms(at)) / 1000));
  for (const [length, key] of [[86400, 'unit.d'], [3600, 'unit.h'], [60, 'unit.min']])
    if (s >= length * (key === 'unit.min' ? 2 : 1)) return number(Math.floor(s / length)) + ' ' + t(key);
  return number(s) + ' ' + t('unit.s');
}

const parts = (at, options) => {
  const out = {};
  for (const p of formatter('DateTimeFormat', { timeZone: zone, hour12: false, ...options }).formatToParts(new Date(ms(at))))
    out[p.type] = p.value;
  return out;
};

// 02:47:31
export function clock(at, seconds = true) {
  if (!at || Number.isNaN(ms(at))) return NONE;
  const p = parts(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return `${p.hour}:${p.minute}` + (seconds ? `:${p.second}` : '');
}

// Day and time to the second, by the reader's locale.
export const moment = at => !at || Number.isNaN(ms(at)) ? NONE :
  formatter('DateTimeFormat', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(ms(at)));

// 2026-11-21
export function day(at) {
  if (!at || Number.isNaN(ms(at))) return NONE;
  const p = parts(at, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${p.year}-${p.month}-${p.day}`;
}

// "Saturday, November 21, 2026".
export const dayName = at =>
  formatter('DateTimeFormat', { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', timeZone: zone }).format(new Date(at));

// "02:47:31" today, the whole otherwise.
export const when = (at, now = Date.now()) => day(at) === day(now) ? clock(at) : moment(at);

// ham-…-a12: the middle goes, both ends tell.
export function cut(text, most = 28) {
  const c = [...String(text ?? '')];
  if (c.length <= most) return c.join('');
  const head = Math.ceil((most - 1) / 2), tail = most - 1 - head;
  return c.slice(0, head).join('') + '…' + c.slice(c.length - tail).join('');
}

// Steps of load 0..7, as the map's colours.
export const loadStep = v =>
  v < 0.01 ? 0 : v < 0.1 ? 1 : v < 0.25 ? 2 : v < 0.4 ? 3 : v < 0.55 ? 4 : v < 0.7 ? 5 : v < 0.85 ? 6 : 7;

// Levels of risk 1..5 of 0..125.
export const riskLevel = v => v < 25 ? 1 : v < 50 ? 2 : v < 75 ? 3 : v < 100 ? 4 : 5;

// Names in the order people expect: Et2 before Et10.
let collator, collatorOf;
export function byName(a, b) {
  if (collatorOf !== lang()) {
    collator = new Intl.Collator(lang(), { numeric: true, sensitivity: 'base' });
    collatorOf = lang();
  }
  return collator.compare(String(a ?? ''), String(b ?? ''));
}
