// Small lines of the last hours beside readings.
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { sparkPath } from '../parts/chart.js';
import { hasSeries, load } from '../parts/series.js';

const HOURS = 6, POINTS = 60, AT_ONCE = 4, FRESH_MS = 120000;

// The series of a reading: "cpu:1", "sensor:temperature-4".
export function seriesOf(sensor, metrics) {
  const group = ['cpu', 'memory', 'storage'].includes(sensor.class) ? sensor.class : 'sensor';
  const object = group === 'sensor' ? `${sensor.class}-${sensor.index}` : sensor.index;
  const known = (metrics || []).find(m => m.series === group && (m.object === object || m.object === sensor.index));
  return known ? `${known.series}:${known.object}` : null;
}

export class Sparks {
  constructor(state, signal) {
    Object.assign(this, { state, signal, known: new Map(), queue: [], busy: 0, onNews: () => {} });
  }

  // An SVG of the line, or the room for it until it is known.
  spark(sensor) {
    const series = seriesOf(sensor, this.state.device.metrics);
    if (!series || !hasSeries(this.state.device)) return h`<span class="spark"></span>`;
    const entry = this.known.get(series);
    if (!entry || Date.now() - entry.at > FRESH_MS) this.#want(series);
    return entry?.path ? h`<svg class="spark" viewBox="0 0 100 22" preserveAspectRatio="none" role="img" aria-label="${t('device.spark', { n: HOURS })}"><path d="${entry.path}"/></svg>` : h`<span class="spark"></span>`;
  }

  #want(series) {
    if (this.queue.includes(series)) return;
    this.known.set(series, { path: this.known.get(series)?.path || '', at: Date.now() });
    this.queue.push(series);
    this.#next();
  }

  async #next() {
    if (this.busy >= AT_ONCE || !this.queue.length || this.signal.aborted) return;
    const series = this.queue.shift(), now = Date.now() / 1000;
    this.busy++;
    try {
      const answer = await load({ object: this.state.name, series }, { from: now - HOURS * 3600, to: now, points: POINTS, signal: this.signal });
      const values = answer.rows.map(row => row[1]);
      const some = values.filter(v => v !== null);
      // The line shows what moves: a range of its own where all is far from zero.
      const low = Math.min(...some), high = Math.max(...some), base = low > 0 && high - low < low / 2 ? low - (high - low || low) * 0.6 : Math.min(0, low);
      this.known.set(series, { path: some.length > 1 ? sparkPath(values.map(v => v === null ? null : v - base)) : '', at: Date.now() });
      this.onNews();
    } catch { /* no line */ }
    this.busy--;
    this.#next();
  }
}
