// What the station says in events and alerts, in the reader's language where its words are known; as it is where not.
import { hasText, lang, t } from '../base/texts.js';

const LEVELS = { 'very low': 1, low: 2, medium: 3, high: 4, 'very high': 5 };
const level = (word) => t(`risk.${LEVELS[word]}`);

/* Patterns, and what they are put as: the key of a text and its values. Whatever they name stands as it is. */
const PHRASES = [
  [/^risk is (very low|low|medium|high|very high) \(([\d.]+)\), was (very low|low|medium|high|very high)$/, (m) => ['said.risk', { now: level(m[1]), n: m[2], was: level(m[3]) }]],
  [/^(?:(.*): )?(-?[\d.]+(?: ?[^\s,]+)?), (above|below) (-?[\d.]+(?: ?\S+)?)$/, (m) => [`said.${m[3]}`, { what: said(m[1] ?? ''), value: m[2], limit: m[4] }]],
  [/^over: (.*)$/, (m) => ['said.over', { what: said(m[1]) }]],
  [/^is down; (.*)$/, (m) => ['said.isdown', { why: said(m[1]) }]],
  [/^it leads to (.+)$/, (m) => ['said.leads', { to: m[1] }]],
  [/^it has an address and was up for more than a day$/, () => ['said.hadaddress', {}]],
  [/^answers neither echo nor SNMP$/, () => ['said.neither', {}]],
  [/^answers neither echo nor SNMP; asked more rarely until it does$/, () => ['said.neither.rarely', {}]],
  [/^it answers echo, but its SNMP agent does not answer$/, () => ['said.echoonly', {}]],
  [/^polls end within the interval again$/, () => ['said.intime', {}]],
  [/^a poll takes longer than the interval; those that would overlap are left out$/, () => ['said.overrun', {}]],
  [/^found at (\S+) by (.+)$/, (m) => ['said.found', { address: m[1], credential: m[2] }]],
  [/^(.+) -- (.+) is down: a port of it is$/, (m) => ['said.link.down', { a: m[1], b: m[2] }]],
  [/^(.+) -- (.+) is confirmed$/, (m) => ['said.link.up', { a: m[1], b: m[2] }]],
  [/^(.+) -- (.+) is doubtful: less than before proves it$/, (m) => ['said.link.doubtful', { a: m[1], b: m[2] }]],
  [/^(.+): acknowledged by (\S+)(.*)$/, (m) => ['said.acknowledged', { what: said(m[1]), who: m[2], text: m[3] }]],
  [/^(.+): acknowledgement taken back by (\S+)$/, (m) => ['said.unacknowledged', { what: said(m[1]), who: m[2] }]],
  [/^silence (\d+) made by (\S+)(.*)$/, (m) => ['said.silence', { n: m[1], who: m[2], text: m[3] }]],
  [/^packets have errors$/, () => ['rule.errors', {}]], [/^packets are discarded$/, () => ['rule.discards', {}]],
  [/^it is loaded$/, () => ['rule.utilisation', {}]], [/^echoes are lost$/, () => ['rule.loss', {}]],
  [/^it is full$/, () => ['rule.storage', {}]], [/^it will be full$/, () => ['rule.storage-days', {}]],
  [/^it is beyond the limits that the device tells$/, () => ['rule.sensor-limits', {}]], [/^the device says that it is not well$/, () => ['rule.sensor-state', {}]],
  [/^the processor is busy$/, () => ['rule.cpu', {}]], [/^memory is used up$/, () => ['rule.memory', {}]],
  [/^port down$/, () => ['said.portdown', {}]], [/^device unreachable$/, () => ['st.unreachable', {}]],
];

export function said(text) {
  if (lang() === 'en' || !text) return text ?? '';
  for (const [pattern, put] of PHRASES) {
    const m = pattern.exec(text);
    if (!m) continue;
    const [key, values] = put(m);
    return hasText(key) ? t(key, values) : text;
  }
  /* "/var: it is full": of what it is said stays. */
  const of = /^([^:]{1,60}): (.+)$/.exec(text), rest = of ? said(of[2]) : '';
  return of && rest !== of[2] ? `${of[1]}: ${rest}` : text;
}
