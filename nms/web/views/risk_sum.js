// How a risk comes about, and what would lower it: the station's reckoning again, from the numbers it tells. Pure.
const MOST = 125, LEVELS = [25, 50, 75, 100];

/* 1 to 5 of 0 to 125. */
export const levelOf = (risk) => 1 + LEVELS.filter((bound) => risk >= bound).length;

/* Risks of several alerts together: 125 x (1 - (1 - r1/125) x (1 - r2/125) ...). */
export const together = (risks) => MOST * (1 - risks.reduce((left, r) => left * (1 - Math.min(Math.max(r, 0), MOST) / MOST), 1));

const DEFAULT = /^severity \* value \* exposure \* if\(silenced, 0, if\(suppressed, 0\.2, 1\)\)$/;

/* Factors of an alert by the formula that the station has from the start; null by another one. */
export function factorsOf(part, formula) {
  if (!DEFAULT.test((formula ?? '').trim())) return null;
  const v = part.variables;
  return [v.severity, v.value, v.exposure, ...(v.silenced ? [0] : v.suppressed ? [0.2] : [])];
}

/* What would lower it, by how much, the most first: [{kind, part, from, to}]. */
export function lowering(report) {
  const parts = report.alerts ?? [], risks = parts.map((p) => p.risk), out = [];
  parts.forEach((part, i) => {
    if (part.risk > 0) out.push({ kind: 'alert', part, to: together(risks.filter((_, n) => n !== i)) });
  });
  const scaled = (share) => together(parts.map((p) => p.risk * share));
  if (DEFAULT.test((report.formula ?? '').trim()) && report.exposure > 1 && report.risk > 0)
    out.push({ kind: 'exposure', to: scaled((report.exposure - 1) / report.exposure) });
  return out.map((x) => ({ ...x, from: report.risk })).filter((x) => x.from - x.to >= 0.5).sort((a, b) => a.to - b.to);
}

/* Risk at a moment, by the changes that were kept: before the first one nothing is known, which counts as none. */
export function riskAt(history, ms) {
  let risk = 0;
  for (const p of history ?? []) {
    if (Date.parse(p.at) > ms) break;
    risk = p.risk;
  }
  return risk;
}

/* How much a report moved since: {from, to, by}. */
export function moved(report, since) {
  const from = riskAt(report.history, since);
  return { from, to: report.risk, by: report.risk - from };
}

/* Where the curve of a risk runs in a plane of threat x weakness (0 to 25) and value (0.5 to 5.5): [[x, y]]. */
export function curveOf(risk) {
  const out = [];
  for (let y = 0.5; y <= 5.5; y += 0.1) if (risk / y <= 25) out.push([risk / y, y]);
  return out;
}

/* A small shift that is a name's own, so that equal points lie beside one another: -1 to 1. */
export function shiftOf(name) {
  let hash = 0;
  for (const c of name) hash = Math.imul(hash ^ c.codePointAt(0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return ((hash ^ (hash >>> 12)) >>> 0) % 1000 / 500 - 1;
}
