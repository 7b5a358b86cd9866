// The dialog of a rule of alerts: of what, from where on, and for whom. What is sent is what is other.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { stateWord } from '../parts/mark.js';
import { dialog, field } from '../parts/dialog.js';

const ONS = ['port', 'icmp', 'cpu', 'memory', 'storage', 'sensor', 'port-state', 'restart', 'duplex', 'speed'];
const KINDS = ['value', 'change', 'percentile', 'baseline', 'days', 'limits', 'state'];
const SEVERITIES = ['warning', 'minor', 'major', 'critical'], SIDES = ['above', 'below'];
const TEXTS = ['value', 'unit', 'text', 'for', 'over', 'limit'], NUMBERS = ['clear', 'percentile', 'least'], CHOICES = ['on', 'as', 'severity'];
const LISTS = ['devices', 'not_devices', 'objects', 'not_objects', 'sites', 'kinds'];

export const spanText = (s) => (!(s > 0) ? '' : s % 86400 === 0 ? `${s / 86400}d` : s % 3600 === 0 ? `${s / 3600}h` : s % 60 === 0 ? `${s / 60}m` : `${s}s`);
const lines = (x) => (x ?? []).join('\n'), listOf = (text) => String(text ?? '').split('\n').map((x) => x.trim()).filter(Boolean);
const round = (v) => (v === undefined ? '' : String(Number(Number(v).toPrecision(9))));

/* A rule as its fields' values, all of them texts. */
export function valuesOf(r) {
  const page = r.page ?? {}, out = { name: r.name ?? '' };
  for (const key of ['value', 'unit', 'text', 'limit']) out[key] = String(r[key] ?? '');
  Object.assign(out, { on: r.on ?? 'port', as: r.as ?? 'value', severity: r.severity ?? page.severity ?? '', for: spanText(r.for_s), over: spanText(r.over_s), clear: round(r.clear), percentile: round(page.percentile), least: round(page.least) });
  for (const key of LISTS) out[key] = lines(r[key]);
  for (const side of SIDES) for (const s of SEVERITIES) out[`${side}-${s}`] = round(r[side]?.[s]);
  return out;
}

/* What is to be told of values v of fields that were was; a new rule has none that were. */
export function ruleOf(v, was) {
  const other = (key) => String(v[key] ?? '').trim() !== (was?.[key] ?? ''), out = was ? {} : { name: String(v.name ?? '').trim() };
  for (const key of [...TEXTS, ...CHOICES]) if (v[key] !== undefined && other(key) && (was || v[key])) out[key] = String(v[key]).trim() || (key === 'unit' || key === 'text' ? '' : key === 'for' ? '0s' : null);
  for (const key of NUMBERS) if (other(key)) out[key] = String(v[key]).trim() === '' ? null : Number(v[key]);
  for (const key of LISTS) if (other(key)) out[key] = listOf(v[key]);
  for (const side of SIDES) {
    if (!SEVERITIES.some((s) => other(`${side}-${s}`))) continue;
    out[side] = Object.fromEntries(SEVERITIES.map((s) => [s, String(v[`${side}-${s}`] ?? '').trim()]).filter(([, x]) => x !== '').map(([s, x]) => [s, Number(x)]));
  }
  return out;
}

const level = (side, v) => h`<div class="f" role="group" aria-label="${t(`rules.${side}`)}"><span class="f-label">${t(`rules.${side}`)}</span><div class="set-four">${SEVERITIES.map((s) => h`<label><small>${stateWord(s)}</small><input name="${side}-${s}" value="${v[`${side}-${s}`]}" inputmode="decimal" autocomplete="off" aria-label="${t(`rules.${side}`)}: ${stateWord(s)}"></label>`)}</div></div>`;
const pattern = (key, v) => field({ label: t(`rules.${key}`), name: key, rows: 2, value: v[key] });

const body = (v, fresh) => h`
  ${fresh && field({ label: t('name'), name: 'name', required: true, autofocus: true })}
  <div class="pair">${field({ label: t('station.on'), name: 'on', options: ONS.map((o) => [o, t(`rules.on.${o}`)]), value: v.on })}${field({ label: t('rules.severity'), name: 'severity', options: [['', '–'], ...SEVERITIES.map((s) => [s, stateWord(s)])], value: v.severity, hint: t('rules.severity.hint') })}</div>
  ${field({ label: t('rules.value'), name: 'value', value: v.value, hint: t('rules.value.hint') })}
  ${level('above', v)}${level('below', v)}
  <div class="pair">${field({ label: t('rules.clear'), name: 'clear', value: v.clear, hint: t('rules.clear.hint') })}${field({ label: t('rules.for'), name: 'for', value: v.for, placeholder: '5m', hint: t('rules.for.hint') })}</div>
  <div class="pair">${field({ label: t('rules.text'), name: 'text', value: v.text })}${field({ label: t('rules.unit'), name: 'unit', value: v.unit, placeholder: '%' })}</div>
  <details ${LISTS.some((k) => v[k]) && h`open`}><summary>${t('rules.whom')}</summary><p class="dim small">${t('rules.whom.hint')}</p>
    <div class="pair">${pattern('devices', v)}${pattern('not_devices', v)}</div><div class="pair">${pattern('objects', v)}${pattern('not_objects', v)}</div><div class="pair">${pattern('sites', v)}${pattern('kinds', v)}</div></details>
  <details ${v.as !== 'value' && h`open`}><summary>${t('rules.how')}</summary><div class="pair">${field({ label: t('rules.as'), name: 'as', options: KINDS.map((k) => [k, t(`rules.as.${k}`)]), value: v.as })}${field({ label: t('rules.over'), name: 'over', value: v.over, placeholder: '1h' })}</div>
    <div class="pair">${field({ label: t('rules.percentile'), name: 'percentile', value: v.percentile, placeholder: '95' })}${field({ label: t('rules.limit'), name: 'limit', value: v.limit, placeholder: 'total_bytes' })}</div>${field({ label: t('rules.least'), name: 'least', value: v.least, hint: t('rules.least.hint') })}</details>`;

/* r: a rule as it is in force; null: a new one. */
export function ruleDialog(r) {
  const was = r ? valuesOf(r) : null, blank = valuesOf({});
  return dialog({
    title: r ? t('cred.change', { name: r.name }) : t('rules.add'), cls: 'big', body: body(was ?? { ...blank, on: 'port' }, !r), actions: [{ name: 'save', label: r ? t('save') : t('rules.add'), primary: true }],
    send: (v) => (r ? api.patch(`alerts/rules/${seg(r.name)}`, ruleOf(v, was)) : api.post('alerts/rules', { ...ruleOf(v, null), on: v.on })),
  });
}
