// Filters as people write them: `sev>=major object:ham-* -ack "two words"`. The text is the address; chips change the
// text. Pure.

const TERM = /(-?)(?:([a-z_]+)(>=|<=|>|<|=|:))?(?:"([^"]*)"?|(\S+))/g;

/* A list of {not, key, op, value}; what has no key has key "". */
export function parse(text) {
  const out = [];
  for (const m of (text ?? '').matchAll(TERM)) {
    const value = m[4] ?? m[5] ?? '';
    if (value !== '') out.push({ not: m[1] === '-', key: m[2] ?? '', op: m[3] ?? '', value });
  }
  return out;
}

const quoted = (value) => (/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value);

/* The text of a list. */
export const write = (terms) => terms.map((x) => `${x.not ? '-' : ''}${x.key}${x.op}${quoted(x.value)}`).join(' ');

/* Does the list have the term? */
export const has = (terms, want) => terms.some((x) => same(x, want));

const same = (x, y) => x.not === Boolean(y.not) && x.key === (y.key ?? '') && x.op === (y.op ?? '') && x.value === y.value;

/* The text with a term in it, or without it; one of a kind takes the place of another where `only` says so. */
export function toggle(text, term, only = () => false) {
  const terms = parse(text);
  const rest = terms.filter((x) => !same(x, term) && !only(x));
  return write(has(terms, term) ? rest : [...rest, { not: false, key: '', op: '', ...term }]);
}

/* A pattern of file names, the case of letters aside. */
export function glob(pattern) {
  const body = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${body}$`, 'i');
}

/* Does a text fit a pattern; without * and ? being in it is enough. */
export function fits(pattern, text) {
  if (!/[*?]/.test(pattern)) return (text ?? '').toLowerCase().includes(pattern.toLowerCase());
  return glob(pattern).test(text ?? '');
}

const UNITS = { s: 1, m: 60, min: 60, h: 3600, d: 86400, w: 604800 };

/* "2h" as seconds; NaN if it is none. */
export function seconds(text) {
  const m = /^(\d+(?:\.\d+)?)(s|m|min|h|d|w)$/.exec(text);
  return m ? Number(m[1]) * UNITS[m[2]] : Number.NaN;
}

/* a op b, of numbers. */
export function holds(a, op, b) {
  switch (op) {
    case '>=': return a >= b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '<': return a < b;
    default: return a === b;
  }
}
