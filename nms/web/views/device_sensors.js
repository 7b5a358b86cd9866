// Processors, memory, storage and sensors, by class, each with a small line.
import { h, render } from '../base/html.js';
import { binary, loadStep, reading } from '../base/format.js';
import { t, hasText } from '../base/texts.js';
import { emptyPart } from '../parts/empty.js';
import { mark, stateWord } from '../parts/mark.js';
import { Sparks, seriesOf } from './device_sparks.js';

const ORDER = ['cpu', 'memory', 'storage', 'temperature', 'fanspeed', 'power', 'voltage', 'current', 'charge', 'runtime', 'load', 'dbm', 'snr', 'state'];
const SEVERITY = { ok: 'up', warning: 'warning', critical: 'critical', unknown: 'unknown' };

// Readings by class, the classes in an order that people expect.
export function byClass(sensors) {
  const groups = new Map();
  for (const s of sensors) groups.set(s.class, [...(groups.get(s.class) || []), s]);
  const place = c => ORDER.includes(c) ? ORDER.indexOf(c) : ORDER.length - 1.5;
  return [...groups].sort((a, b) => place(a[0]) - place(b[0]) || a[0].localeCompare(b[0]));
}

const classWord = c => hasText('sensor.' + c) ? t('sensor.' + c) : c;

// Where a reading stands to its limits: a state, or null when all is well.
export function verdict(s) {
  if (s.severity && s.severity !== 'ok') return SEVERITY[s.severity] || 'unknown';
  const v = Number(s.value);
  if (s.high_crit !== undefined && v >= s.high_crit || s.low_crit !== undefined && v <= s.low_crit) return 'critical';
  if (s.high_warn !== undefined && v >= s.high_warn || s.low_warn !== undefined && v <= s.low_warn) return 'warning';
  return null;
}

const limits = s => [['low_crit', '≥'], ['low_warn', '≥'], ['high_warn', '≤'], ['high_crit', '≤']].filter(([k]) => s[k] !== undefined).map(([k, sign]) => `${sign} ${reading(s[k], s.unit)}`).filter((x, i, a) => a.indexOf(x) === i).join(', ');

export default async function sensors(body, state) {
  const { signal } = state.place;
  const sparks = new Sparks(state, signal);

  const row = s => {
    const bad = verdict(s), series = seriesOf(s, state.device.metrics);
    const shown = s.class === 'state' ? h`${mark(SEVERITY[s.severity] || 'unknown', { label: s.state || stateWord(s.severity), cls: 't' })}` : reading(s.value, s.unit);
    return h`<li data-key="s-${s.class}-${s.index}" class="${bad && 'bad ' + bad}"><span class="cut" title="${s.descr}">${bad && mark(bad, { label: false })} ${s.descr || s.index}${s.on && h` <span class="dimmer">${s.on}</span>`}</span>
      ${s.unit === '%' && ['cpu', 'memory', 'storage', 'load', 'charge'].includes(s.class) && h`<span class="meter u${loadStep(s.value / 100)}" data-w="${Math.min(100, Math.max(0, s.value))}%"><i></i></span>`}
      <small class="num value">${shown}${s.total_bytes > 0 && h` <span class="dimmer">${binary(s.used_bytes)} / ${binary(s.total_bytes)}</span>`}${limits(s) && h` <span class="dimmer">${limits(s)}</span>`}</small>
      ${s.class !== 'state' && (series ? h`<a class="spark-link" href="/graphs?s=${state.name}/${encodeURIComponent(series)}" aria-label="${t('nav.graphs')} ${s.descr}">${sparks.spark(s)}</a>` : sparks.spark(s))}</li>`;
  };
  const draw = () => {
    const groups = byClass(state.sensors);
    render(body, groups.length ? h`<div class="sensor-grid">${groups.map(([c, list]) => h`<section class="card" data-key="c-${c}"><h3>${classWord(c)} <span class="dimmer num">${list.length > 1 ? list.length : ''}</span></h3><ul class="rows sensors">${list.map(row)}</ul></section>`)}</div>` :
      emptyPart({ icon: 'kind-sensor', title: t('device.nosensors'), text: t('device.nosensors.text') }));
  };
  sparks.onNews = draw;
  return { draw };
}

