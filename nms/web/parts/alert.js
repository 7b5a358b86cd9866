// How an alert is named and marked wherever it is met.
import { h } from '../base/html.js';
import { number } from '../base/format.js';
import { hasText, t } from '../base/texts.js';
import { mark } from './mark.js';
import { said } from './said.js';

/* "ham-core-1:Gi0/1" and "srv-1 cpu-3" as device and what is of it. */
export function subjectOf(a) {
  const device = a.device || a.object || '';
  const rest = (a.object || '').startsWith(device) ? a.object.slice(device.length).replace(/^[: ]/, '') : '';
  return { device: rest || a.object === device ? device : a.object, part: rest };
}

export const objectText = (a) => {
  const { device, part } = subjectOf(a);
  return part ? `${device} ${part}` : device;
};

const amount = (v, unit) => `${number(v, Math.abs(v) < 10 ? 2 : 1)}${unit ? ` ${unit}` : ''}`;

/* A value beyond its limit: what it is of, and both numbers. */
function crossed(a) {
  const said = (a.text || '').replace(/:[^:]*$/, '');
  const what = hasText(`rule.${a.rule}`) ? t(`rule.${a.rule}`) : said || a.title;
  return t('alert.against', { what, value: amount(a.value, a.unit), limit: amount(a.limit, a.unit) });
}

const isCrossing = (a) => a.value !== undefined && a.limit !== undefined && /^(threshold|storage|temperature|fan|power)/.test(a.type);

/* What happened, in the reader's language; the station's own words stand beside it. */
export function headline(a) {
  const { device, part } = subjectOf(a), key = `alert.${a.type}`;
  if (isCrossing(a)) return crossed(a);
  return hasText(key) ? t(key, { object: objectText(a), device, part: part || device }) : a.title || a.type;
}

/* What the station adds to that, in its own words. */
export const comment = (a) => (isCrossing(a) ? '' : said((a.text || '').replace(/^is down; /, '')));

/* Severity as shape, colour and word; a symptom is hollow and violet whatever its severity. */
export function severityMark(a, options) {
  if (a.state === 'cleared') return mark('up', { label: t('st.cleared'), ...options });
  if (a.cause > 0) return mark('unreachable', { label: t(a.type === 'device.unreachable' ? 'st.unreachable' : 'alerts.symptom'), ...options });
  return mark(a.severity, options);
}

/* What people did with it. */
export function deeds(a, now = Date.now()) {
  return h`${a.acknowledged && h`<span class="mark acknowledged" title="${[a.acknowledged.who, a.acknowledged.text].filter(Boolean).join(': ')}"><svg class="ico" aria-hidden="true"><use href="/icons/icons.svg#state-acknowledged"/></svg><span>${t('st.acknowledged')}</span></span>`}
    ${a.silence > 0 && mark('silenced')}${a.shelved_until && Date.parse(a.shelved_until) > now && mark('silenced', { label: t('alerts.shelved') })}
    ${a.flapping && h`<span class="chip">${t('alerts.flapping')}</span>`}`;
}

/* Where series of what it is about are shown, around its beginning; null where there are none. */
export function graphAddress(a) {
  const subject = seriesSubject(a);
  if (!subject) return null;
  const at = Date.parse(a.raised) / 1000, end = a.cleared ? Date.parse(a.cleared) / 1000 : Date.now() / 1000;
  const q = new URLSearchParams({ s: `${subject.object}/${encodeURIComponent(subject.series)}` });
  q.set('from', String(Math.floor(at - 3600)));
  if (a.cleared || end - at > 6 * 3600) q.set('to', String(Math.floor(Math.min(at + 3600, Date.now() / 1000))));
  return `/graphs?${q}`;
}

const GROUPS = /^(cpu|memory|storage|sensor)-(.+)$/;

export function seriesSubject(a) {
  const { device, part } = subjectOf(a);
  if (!device || a.class === 'station') return null;
  if (a.class === 'port' && part) return { object: `${device}:${part}`, series: /error/.test(a.rule ?? '') ? 'errors' : /discard/.test(a.rule ?? '') ? 'discards' : 'traffic' };
  const metric = GROUPS.exec(part);
  if (metric) return { object: device, series: `${metric[1]}:${metric[2]}` };
  return a.class === 'device' || part === 'icmp' ? { object: device, series: 'icmp' } : null;
}
