// Series of the station as what a picture needs: curves, gaps, lines and figures. Pure but for load().
import { api } from '../base/api.js';
import { number, si } from '../base/format.js';

const MIRRORED = { below: true, area: true };

/* The pictures that come with the station (docs/graphs.md). Colours are numbers of the tokens --s1 to --s6. */
const pictures = {
  traffic: {
    unit: { text: 'bit/s', base: 1000 }, scale: 8, percentile: true,
    curves: [{ of: 'in_octets', label: 'chart.in', colour: 1, area: true },
      { of: 'out_octets', label: 'chart.out', colour: 2, ...MIRRORED }],
  },
  packets: {
    unit: { text: 'pps', base: 1000 },
    curves: [{ of: 'in_ucast', label: 'chart.in_ucast', colour: 1, area: true },
      { of: 'in_mcast', label: 'chart.in_mcast', colour: 3, alone: true },
      { of: 'in_bcast', label: 'chart.in_bcast', colour: 4, alone: true },
      { of: 'out_ucast', label: 'chart.out_ucast', colour: 2, ...MIRRORED },
      { of: 'out_mcast', label: 'chart.out_mcast', colour: 5, below: true, alone: true },
      { of: 'out_bcast', label: 'chart.out_bcast', colour: 6, below: true, alone: true }],
  },
  errors: {
    unit: { text: '/s', base: 1000 },
    curves: [{ of: 'in_errors', label: 'chart.in', colour: 5, area: true },
      { of: 'out_errors', label: 'chart.out', colour: 2, ...MIRRORED }],
  },
  discards: {
    unit: { text: '/s', base: 1000 },
    curves: [{ of: 'in_discards', label: 'chart.in', colour: 3, area: true },
      { of: 'out_discards', label: 'chart.out', colour: 2, ...MIRRORED }],
  },
  icmp: {
    unit: { text: 'ms', base: 1 },
    curves: [{ of: 'rtt_ms', label: 'chart.rtt', colour: 1, area: true },
      { of: 'jitter_ms', label: 'chart.jitter', colour: 3, alone: true }],
  },
  cpu: {
    unit: { text: '%', base: 1 }, ceiling: 100,
    curves: [{ of: 'usage_percent', label: 'chart.usage', colour: 1, area: true }],
  },
  memory: {
    unit: { text: '%', base: 1 }, ceiling: 100,
    curves: [{ of: 'used_percent', label: 'chart.used', colour: 3, area: true }],
  },
  storage: {
    unit: { text: '%', base: 1 }, ceiling: 100,
    curves: [{ of: 'used_percent', label: 'chart.used', colour: 4, area: true }],
  },
  sensor: {
    unit: { text: '', base: 1 },
    curves: [{ of: 'value', label: 'chart.value', colour: 1, area: true }],
  },
};

/* The group of a series: "cpu" of "cpu:1". */
export const groupOf = (series) => series.split(':')[0];

/* "sw1:Gi0/1/traffic" as {object: "sw1:Gi0/1", series: "traffic"}; null if it is neither. */
export function parseSubject(text) {
  const at = text.lastIndexOf('/');
  return at > 0 && at < text.length - 1 ? { object: text.slice(0, at), series: decodeURIComponent(text.slice(at + 1)) } : null;
}

export const subjectText = ({ object, series }) => `${object}/${encodeURIComponent(series)}`;

const PATH = (kind, { object, series }) => `${kind}/${encodeURIComponent(object)}/${encodeURIComponent(series)}`;

/* Octets have binary prefixes, what is per second has those of SI, unless a picture says otherwise. */
function unitOf(text) {
  if (text === 'B') return { text, base: 1024 };
  return { text: text === '/s' || text === 'B/s' ? text : text, base: /\/s$|^bit/.test(text) ? 1000 : 1 };
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/* A value and its prefix: {n, prefix}. */
export function scaled(value, base) {
  const names = base === 1024 ? BINARY : DECIMAL;
  let n = Math.abs(value), i = 0;
  if (base !== 1) while (n >= base && i < names.length - 1) { n /= base; i++; }
  return { n, prefix: base === 1 ? '' : names[i] };
}

const digits = (n) => (n >= 100 || n === 0 ? 0 : n >= 10 ? 1 : n >= 1 ? 2 : n >= 0.01 ? 3 : 5);

/* "7.10 Gbit/s", "1.50 GiB", "61.2 %", "0.42 ms"; a dash where nothing is known. */
export function valueText(value, unit) {
  if (value == null || !Number.isFinite(value)) return '–';
  if (unit.base === 1000 && unit.text === 'bit/s') return si(Math.abs(value), unit.text);
  const { n, prefix } = scaled(value, unit.base);
  const sign = value < 0 && unit.base === 1 ? '−' : '';
  const text = `${prefix}${unit.text}`;
  return `${sign}${number(n, digits(n))}${text && ` ${text}`}`;
}

/* A label of an axis: "5 G", "0", "−20", without the unit. */
export function tickText(value, unit, signed) {
  if (value === 0) return '0';
  const { n, prefix } = scaled(value, unit.base);
  return `${signed && value < 0 ? '−' : ''}${number(Number(n.toPrecision(4)), 6)}${prefix && ` ${prefix}`}`;
}

/* Runs of rows without any value, as bands with their reason's code; "" where nobody knows why. The last rows may
 * not be in yet: they are no gap. Rows tell of the time before them. */
export function gapsOf(answer, now) {
  const out = [];
  const { rows, row_gaps: why = [], step_s: step } = answer;
  let run = null;
  const end = () => { if (run) out.push(run); run = null; };
  rows.forEach((row, i) => {
    const empty = row.slice(1).every((v) => v === null);
    const reason = why[i] ?? '';
    if (!empty || (run && run.reason !== reason)) end();
    if (empty && !run) run = { from: row[0] - step, to: row[0], reason };
    else if (empty) run.to = row[0];
  });
  if (run && (run.reason || run.from < now - 3 * step)) end();
  return out;
}

/* What of an answer a picture draws: {x, curves, gaps, unit, ceiling, lines, columns}. */
export function pictureOf(answer, series, { now = Date.now() / 1000, several = false } = {}) {
  const known = pictures[groupOf(series)];
  const scale = known?.scale ?? 1;
  const unitText = answer.units[0] ?? '';
  const unit = known && (known.unit.text || !unitText) ? known.unit : unitOf(unitText);
  const wanted = known ? known.curves.filter((c) => !(several && c.alone))
    : answer.columns.slice(0, 6).map((of, i) => ({ of, name: of, colour: i + 1 }));
  const curves = [];
  for (const c of wanted) {
    const at = answer.columns.indexOf(c.of);
    if (at < 0) continue;
    const values = answer.rows.map((row) => (row[at + 1] === null ? null : row[at + 1] * scale * (c.below ? -1 : 1)));
    if (c.alone && !values.some((v) => v)) continue; /* multicast and the like: drawn where there is any */
    const figures = answer.summary.find((s) => s.column === c.of) ?? {};
    curves.push({ ...c, values, figures: figuresOf(figures, scale) });
  }
  return {
    x: answer.rows.map((row) => row[0]), curves, gaps: gapsOf(answer, now), unit,
    ceiling: known?.ceiling ?? 0, percentile: Boolean(known?.percentile), step: answer.step_s, object: answer.object,
  };
}

/* Figures in the unit of the picture; the volume stays in its own. */
function figuresOf(s, scale) {
  const out = {};
  for (const key of ['last', 'min', 'mean', 'max', 'p95']) out[key] = s[key] == null ? null : s[key] * scale;
  if (s.total != null) out.total = { value: s.total, unit: s.total_unit ? unitOf(s.total_unit) : { text: '', base: 1000 } };
  return out;
}

/* Several objects in one picture: one colour each, end labels, on the times of the first. */
export function compare(pictured) {
  const x = [...new Set(pictured.flatMap((p) => p.x))].sort((a, b) => a - b);
  const curves = pictured.flatMap((p, n) => {
    const at = new Map(p.x.map((t, i) => [t, i]));
    const below = p.curves.some((c) => c.below);
    return p.curves.map((c) => ({
      ...c, colour: n % 6 + 1, area: false, object: p.object, end: !c.below,
      values: x.map((t) => (at.has(t) ? c.values[at.get(t)] : undefined)),
      two: below,
    }));
  });
  const first = pictured[0];
  return { ...first, x, curves, gaps: pictured.length === 1 ? first.gaps : commonGaps(pictured), percentile: false };
}

/* Gaps that all objects have: what one alone lacks is a break in its curve. */
function commonGaps(pictured) {
  return pictured[0].gaps.filter((g) => pictured.every((p) => p.gaps.some((o) => o.from <= g.from && o.to >= g.to)));
}

/* Rows as CSV, times in ISO 8601, values as stored. */
export function csv(answers) {
  const quote = (s) => (/[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  const lines = [['time', 'object', ...answers[0].columns.map((c, i) => `${c} (${answers[0].units[i]})`)].map(quote).join(',')];
  for (const a of answers) {
    a.rows.forEach((row) => lines.push([new Date(row[0] * 1000).toISOString(), quote(a.object ?? ''),
      ...row.slice(1).map((v) => v ?? '')].join(',')));
  }
  return `${lines.join('\n')}\n`;
}

/* Asks the station: about `points` rows between from and to (seconds). */
/* Are there series of a device to ask for? The first values are on disk some polls after it was found. */
export const hasSeries = (device, now = Date.now()) => !device.first_seen || now - Date.parse(device.first_seen) > 2500 * (device.poll?.interval_s || 60);

export async function load(subject, { from, to, points = 800, signal, max = false }) {
  const step = Math.max(0, Math.floor((to - from) / points));
  const q = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) });
  if (step > 1) q.set('step', String(step));
  if (max) q.set('max', '1');
  return api.get(`${PATH('series', subject)}?${q}`, { signal });
}

/* The address of the same as a picture drawn by the station. */
export function pictureAddress(subjects, format, { from, to, dark, width = 1200, height = 400 }) {
  const q = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)), width: String(width), height: String(height) });
  for (const s of subjects.slice(1)) q.append('with', s.object);
  if (dark) q.set('dark', '1');
  return `/api/v1/${PATH('graphs', subjects[0])}.${format}?${q}`;
}
