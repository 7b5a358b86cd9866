// Figures in the drawer of a device: its load and the way there and back over the last hours, and each check with its
// state. Asked for when the drawer opens; what cannot be had is left out.
import { api, seg, withQuery } from '../base/api.js';
import { h } from '../base/html.js';
import { duration, number } from '../base/format.js';
import { t } from '../base/texts.js';
import { sparkPath } from '../parts/chart.js';
import { part } from '../parts/drawer.js';
import { mark } from '../parts/mark.js';
import { hasSeries, load, valueText } from '../parts/series.js';

const HOURS = 6, POINTS = 80, CHECKS_SHOWN = 12, MS = { text: 'ms', base: 1 }, PERCENT = { text: '%', base: 1 }, BITS = { text: 'bit/s', base: 1000 };
/* What is beyond a level comes first, then what is about to be. */
const ORDER = ['critical', 'major', 'minor', 'warning', 'indeterminate', 'pending', 'normal'];
const ofDevice = (x) => /^(icmp$|cpu-|memory-|storage-|sensor-)/.test(x.object);
const rank = (x) => ORDER.indexOf(x.state ?? 'normal') * 2 + (ofDevice(x) ? 0 : 1); /* ports after the device's own */

/* A column of a series as a line: {path, last}; null where nothing is kept of it. */
async function line(object, series, column, scale, signal) {
  const now = Date.now() / 1000;
  const answer = await load({ object, series }, { from: now - HOURS * 3600, to: now, points: POINTS, signal }).catch(() => null);
  const at = answer?.columns?.indexOf(column) ?? -1;
  const values = (answer?.rows ?? []).map((row) => { const v = row[at < 0 ? 1 : at + 1]; return v == null ? null : v * scale; });
  const known = values.filter((v) => v !== null);
  return known.length > 1 ? { path: sparkPath(values), last: known.at(-1), object, series } : null;
}

/* d: as GET devices/NAME; port: its busiest one, "" if none is known. */
export async function askFigures(d, port, signal) {
  const kept = hasSeries(d), cpu = kept && (d.metrics ?? []).find((m) => m.series === 'cpu');
  const [rtt, busy, traffic, rules] = await Promise.all([
    kept && d.rtt_ms !== undefined ? line(d.name, 'icmp', 'rtt_ms', 1, signal) : null, cpu ? line(d.name, `cpu:${cpu.object}`, 'usage_percent', 1, signal) : null,
    kept && port ? line(`${d.name}:${port}`, 'traffic', 'out_octets', 8, signal) : null,
    api.get(withQuery('alerts/rules', { object: d.name }), { signal }).then((v) => v.rules.filter((x) => x.applies), () => []),
  ]);
  return { at: Date.now(), rtt, busy, traffic, port, checks: rules.sort((a, b) => rank(a) - rank(b)) };
}

const row = (label, x, unit) => (x ? h`<a class="fig" href="/graphs?s=${encodeURIComponent(`${x.object}/${encodeURIComponent(x.series)}`)}&from=-6h"><span>${label}</span><svg class="spark" viewBox="0 0 100 22" preserveAspectRatio="none" role="img" aria-label="${t('fig.of', { what: label, n: HOURS, now: valueText(x.last, unit) })}"><path d="${x.path}"/></svg><b class="num">${valueText(x.last, unit)}</b></a>` : '');

const stateOf = (x) => (x.state === 'normal' ? mark('up', { label: t('rules.normal') }) : x.state === 'pending' ? mark('unknown', { label: t('rules.pending', { time: duration(x.held_s ?? 0) }) }) : mark(x.state));
const now = (x) => (x.now === undefined ? '' : `${number(x.now, Math.abs(x.now) < 10 ? 2 : 1)}${x.unit ? ` ${x.unit}` : ''}`);

export function figuresPart(f, name) {
  if (!f) return '';
  const lines = [row(t('fig.rtt'), f.rtt, MS), row(t('fig.cpu'), f.busy, PERCENT), row(t('fig.traffic', { port: f.port }), f.traffic, BITS)].filter(Boolean);
  return h`${lines.length > 0 && part(t('fig.load', { n: HOURS }), h`<div class="figs">${lines}</div>`)}${f.checks.length > 0 && part(t('fig.checks'), h`<ul class="rows checks" aria-label="${t('fig.checks')}">${f.checks.slice(0, CHECKS_SHOWN).map((x) => h`<li data-key="ck-${x.object}-${x.rule}">${stateOf(x)}<span class="cut" title="${x.object}">${x.descr || x.object} <span class="dimmer">${x.rule}</span></span><small class="num">${now(x)}</small></li>`)}</ul>${f.checks.length > CHECKS_SHOWN && h`<p><a class="link" href="/settings/rules?object=${seg(name)}">${t('fig.checks.all', { n: f.checks.length })}</a></p>`}`)}`;
}
