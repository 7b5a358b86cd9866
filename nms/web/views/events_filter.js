// What a filter of events asks the station for, and what the page looks at itself. Pure.
import { fits, parse } from '../parts/filter.js';
import { rank, readSeverity, SEVERITIES } from '../parts/severity.js';

const KEYS = { object: 'object', device: 'object', class: 'class', type: 'type', source: 'source', from: 'from', to: 'to' };
export const CLASSES = ['fault', 'performance', 'change', 'security'];

/* A term that the station knows: of each kind the first that is not negated, and no pattern where it has none. */
function known(x, taken) {
  const key = x.key === 'sev' || x.key === 'severity' ? 'severity' : KEYS[x.key];
  if (!key || x.not || key in taken) return null;
  if (key === 'severity') return ['>=', ':'].includes(x.op) && readSeverity(x.value) >= 0 ? key : null;
  if (key === 'object' && /[*?]/.test(x.value)) return null;
  if (key === 'type' && /[*?]/.test(x.value.replace(/\*$/, ''))) return null;
  return key;
}

function fitsTerm(x, e) {
  switch (x.key) {
    case 'sev': case 'severity': {
      const want = readSeverity(x.value), have = rank(e.severity);
      return x.op === '=' ? have === want : x.op === '<=' ? have <= want : x.op === '<' ? have < want : x.op === '>' ? have > want : have >= want;
    }
    case 'object': case 'device': return /[*?]/.test(x.value) ? fits(x.value, e.object) : e.object === x.value || e.object?.startsWith(`${x.value}:`) || e.object?.startsWith(`${x.value} `);
    case 'class': return e.class === x.value;
    case 'type': return fits(x.value.includes('*') ? x.value : `${x.value}`, e.type);
    case 'source': return e.source === x.value;
    case 'count': return e.count >= Number(x.value);
    case 'from': case 'to': return true;
    default: return [e.object, e.text, e.type].some((text) => text && fits(x.value, text));
  }
}

/* {query: for the API, fits(event): the whole filter, asked: whether the page has to look itself}. */
export function eventFilter(text) {
  const terms = parse(text), query = {}, rest = [];
  for (const x of terms) {
    const key = known(x, query);
    if (key) query[key] = key === 'severity' ? SEVERITIES[readSeverity(x.value)] : x.value;
    else rest.push(x);
  }
  const words = rest.filter((x) => x.key === '' && !x.not && !/[*?]/.test(x.value));
  if (words.length) query.text = words[0].value;
  const left = rest.filter((x) => x !== words[0]);
  return {
    query, picks: left.length > 0, past: 'to' in query,
    fits: (e) => terms.every((x) => fitsTerm(x, e) !== x.not), fitsRest: (e) => left.every((x) => fitsTerm(x, e) !== x.not),
  };
}
