// Which devices a filter keeps, and the list as CSV. Pure.
import { fits, holds, parse } from '../parts/filter.js';

// The state a person sees: its reach and its alerts together.
export const stateOf = d => d.silenced ? 'silenced' : d.status || d.state || 'unknown';

const TEXTS = {
  name: d => d.name, kind: d => d.kind, os: d => d.os, vendor: d => d.vendor, model: d => d.hardware,
  place: d => d.location, address: d => [d.address, ...(d.addresses || [])].join(' '), version: d => d.version,
  credential: d => d.credential,
};
const NUMBERS = { risk: d => d.risk ?? 0, rtt: d => d.rtt_ms, ports: d => d.interfaces, alerts: d => d.alerts ?? 0, level: d => d.level ?? 1 };
const ANYWHERE = ['name', 'kind', 'os', 'vendor', 'model', 'place', 'address', 'version'];

function term({ key, op, value }) {
  if (key === 'state') return d => [d.status, d.state, stateOf(d)].includes(value.toLowerCase());
  if (key === 'ack') return d => Boolean(d.acknowledged);
  if (key in NUMBERS && !Number.isNaN(Number(value))) return d => holds(NUMBERS[key](d) ?? NaN, op === ':' ? '=' : op, Number(value));
  if (key in TEXTS) return d => fits(value, TEXTS[key](d) ?? '');
  // What looks like a key and is none is text: an address of IPv6, say.
  const text = key + op + value;
  return d => ANYWHERE.some(k => fits(text, TEXTS[k](d) ?? ''));
}

// A function that tells whether a device fits all terms of the text.
export function deviceFilter(text) {
  const tests = parse(text).map(x => ({ not: x.not, test: term(x) }));
  return d => tests.every(({ not, test }) => test(d) !== not);
}

// A list as CSV after RFC 4180; what a spreadsheet would compute is made text.
export function toCsv(head, rows) {
  const cell = v => {
    let s = String(v ?? '');
    if (/^[=+\-@\t\r]/.test(s) && !/^-?[\d.]+$/.test(s)) s = "'" + s;
    return /[",\r\n]/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s;
  };
  return [head, ...rows].map(r => r.map(cell).join(',')).join('\r\n') + '\r\n';
}
