// Which alerts are shown, in which order, and under which cause. Pure.
import { fits, holds, parse, seconds } from '../parts/filter.js';
import { rank, readSeverity } from '../parts/severity.js';

const FLAGS = {
  ack: (a) => Boolean(a.acknowledged),
  silenced: (a) => a.silence > 0,
  shelved: (a, now) => Boolean(a.shelved_until) && Date.parse(a.shelved_until) > now,
  symptom: (a) => a.cause > 0,
  cleared: (a) => a.state === 'cleared',
  flapping: (a) => Boolean(a.flapping),
};
const ALIASES = { acknowledged: 'ack', acked: 'ack' };

/* Marks that an alert has: {ack, silenced, shelved, symptom, cleared, flapping}. */
export const marksOf = (a, now = Date.now()) =>
  Object.fromEntries(Object.entries(FLAGS).map(([name, is]) => [name, is(a, now)]));

const FIELDS = {
  object: (a) => [a.object, a.device], device: (a) => [a.device], type: (a) => [a.type], class: (a) => [a.class],
  rule: (a) => [a.rule], id: (a) => [String(a.id)], by: (a) => [a.acknowledged?.who], evidence: (a) => a.evidence ?? [],
};
const NUMBERS = {
  risk: (a) => a.risk ?? 0, count: (a) => a.count ?? 0, flaps: (a) => a.flaps ?? 0, value: (a) => a.value,
  symptoms: (a) => a.symptom_count ?? 0,
};

function fitsTerm(x, a, now) {
  if (x.key === 'sev' || x.key === 'severity') return holds(rank(a.severity), x.op === ':' ? '=' : x.op, readSeverity(x.value));
  if (x.key === 'age') return holds((now - Date.parse(a.raised)) / 1000, x.op, seconds(x.value));
  if (x.key in NUMBERS) return holds(NUMBERS[x.key](a), x.op === ':' ? '=' : x.op, Number(x.value));
  if (x.key in FIELDS) return FIELDS[x.key](a).some((text) => text && fits(x.value, text));
  const flag = ALIASES[x.value] ?? x.value;
  if ((x.key === '' || x.key === 'is') && flag in FLAGS) return FLAGS[flag](a, now);
  return [a.object, a.text, a.title, a.device].some((text) => text && fits(x.value, text));
}

/* What a filter asks for: {terms, cleared}; fits(alert). What is silenced, shelved or over is shown only to who names
 * it; symptoms stand under their cause. */
export function filterOf(text, now = () => Date.now()) {
  const terms = parse(text).filter((x) => !(x.key === '' && x.value === 'all'));
  const all = parse(text).some((x) => x.key === '' && x.value === 'all' && !x.not);
  const names = (flag) => terms.some((x) => (ALIASES[x.value] ?? x.value) === flag && (x.key === '' || x.key === 'is'));
  const hidden = all ? [] : ['silenced', 'shelved', 'cleared'].filter((flag) => !names(flag));
  return {
    terms, cleared: all || terms.some((x) => x.value === 'cleared' && !x.not),
    fits: (a) => hidden.every((flag) => !FLAGS[flag](a, now())) && terms.every((x) => fitsTerm(x, a, now()) !== x.not),
  };
}

/* What an alert is sorted by: over or not, severity, time, number. */
const keyOf = (a) => (a.state === 'cleared' ? [1, 0, Date.parse(a.cleared), a.id] : [0, rank(a.severity), Date.parse(a.raised), a.id]);
const byKey = (x, y) => x[0] - y[0] || y[1] - x[1] || y[2] - x[2] || y[3] - x[3];

/* The worst first, the newest first; what is over at the end. */
export const byUrgency = (a, b) => byKey(keyOf(a), keyOf(b));

/* The same of many, each looked at once. */
export function sortByUrgency(list, alertOf = (x) => x) {
  return list.map((x) => [keyOf(alertOf(x)), x]).sort((x, y) => byKey(x[0], y[0])).map((x) => x[1]);
}

/* Causes in order, each {alert, symptoms}. A symptom whose cause is not shown, or does not fit, stands by itself where
 * the filter asks for symptoms. */
export function treeOf(alerts, filter) {
  const children = new Map(), known = new Map(alerts.map((a) => [a.id, a]));
  for (const a of alerts) {
    if (!(a.cause > 0) || !known.has(a.cause)) continue;
    if (!children.has(a.cause)) children.set(a.cause, []);
    children.get(a.cause).push(a);
  }
  const out = [];
  for (const a of alerts) {
    if (a.cause > 0 && known.has(a.cause)) continue;
    const symptoms = sortByUrgency(children.get(a.id) ?? []);
    if (filter.fits(a) || symptoms.some((s) => filter.fits(s))) out.push({ alert: a, symptoms });
  }
  return sortByUrgency(out, (e) => e.alert);
}

/* What is known of an alert after news of it: what comes whole replaces what was, so that marks that went are gone; of the
 * many its symptoms are not told. One that lasted no more is told by its number and state alone; undefined if nothing else
 * is known of it. */
export const withNews = (was, a) => (a.type ? { ...a, symptoms: a.symptoms ?? was?.symptoms ?? [] } : was && { ...was, ...a });

/* Alerts by number, as they were answered and as was told since they were asked for. */
export function withSince(list, told) {
  const out = new Map(list.map((a) => [a.id, a]));
  for (const a of told) {
    const is = withNews(out.get(a.id), a);
    if (is) out.set(a.id, is);
  }
  return out;
}

/* Of what is over the newest stay, so many, and one that is spared. True if some went. */
export function dropOver(alerts, most, spared) {
  const over = [...alerts.values()].filter((a) => a.state === 'cleared' && a.id !== spared);
  if (over.length <= most) return false;
  for (const a of sortByUrgency(over).slice(most)) alerts.delete(a.id);
  return true;
}

/* How many of each severity, and silenced, are there: for the chips. */
export function countsOf(alerts, now = Date.now()) {
  const out = { open: 0, critical: 0, major: 0, minor: 0, warning: 0, indeterminate: 0, silenced: 0, shelved: 0 };
  for (const a of alerts) {
    if (a.state === 'cleared') continue;
    if (FLAGS.silenced(a, now)) out.silenced++;
    else if (FLAGS.shelved(a, now)) out.shelved++;
    else if (!(a.cause > 0)) { out.open++; out[a.severity]++; }
  }
  return out;
}

/* Rows as they stand: while somebody reads, those that were there keep their place, new ones are above. Gives
 * {rows, fresh}: the tree's entries in their order, and how many of them are new. */
export function holdPlaces(tree, seen) {
  if (!seen) return { rows: tree, fresh: 0 };
  const at = new Map(seen.map((id, i) => [id, i]));
  const fresh = tree.filter((e) => !at.has(e.alert.id));
  const old = tree.filter((e) => at.has(e.alert.id)).sort((a, b) => at.get(a.alert.id) - at.get(b.alert.id));
  return { rows: [...fresh, ...old], fresh: fresh.length };
}
