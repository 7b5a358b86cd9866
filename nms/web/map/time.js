// The time slider: events by interval under it, the past over the map. A moment
// is dragged to, stepped to or typed; "now" is the end.
import { api, withQuery } from '../base/api.js';
import { h, icon, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { moment } from '../base/format.js';
import { clockAt, fromField } from '../parts/zone.js';

const SPANS = { '24h': 864e5, '7d': 7 * 864e5, '90d': 90 * 864e5 };
const BARS = 120, W = 1000, TICKS = 24, PLAY_MS = 900;

export class TimeSlider {
  // jump(at): ms, or null for now; its promise ends when that is seen.
  constructor(box, jump, signal) {
    this.box = box;
    this.jump = jump;
    this.signal = signal;
    this.span = '24h';
    this.at = null;
    this.bars = [];
    this.playing = null;
    this.under = null; // the jump that is not seen yet
    box.addEventListener('click', e => this.click(e), { signal });
    box.addEventListener('keydown', e => this.key(e), { signal });
    box.addEventListener('pointerdown', e => this.press(e), { signal });
    box.addEventListener('change', e => this.typed(e), { signal });
    signal.addEventListener('abort', () => { this.stop(); clearInterval(this.clock); }, { once: true });
    this.clock = setInterval(() => this.load(), 60000);
    this.draw();
    this.load();
  }

  get end() { return Date.now(); }
  get start() { return this.end - SPANS[this.span]; }
  get step() { return SPANS[this.span] / BARS; }

  // Events of the span by interval: how many, and the worst of each.
  async load() {
    try {
      const answer = await api.get(withQuery('events/histogram', { from: Math.floor(this.start / 1000), to: Math.floor(this.end / 1000), buckets: BARS }), { signal: this.signal });
      this.bars = answer.counts.map((n, i) => [n, answer.worst[i] || '']);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      this.bars = [];
    }
    this.draw();
  }

  x(ms) { return Math.max(0, Math.min(W, (ms - this.start) / SPANS[this.span] * W)); }

  draw() {
    const now = this.at === null, most = Math.max(1, ...this.bars.map(b => b[0])), x = now ? W : this.x(this.at);
    const high = n => n ? 3 + 19 * Math.log1p(n) / Math.log1p(most) : 0;
    render(this.box, h`<button class="icon" type="button" data-act="play" aria-label="${t(this.playing ? 'map.time.stop' : 'map.time.play')}" aria-pressed="${String(!!this.playing)}">${icon(this.playing ? 'ui-close' : 'ui-play')}</button>
      <time class="num nw dim from">${short(this.start)}</time>
      <div class="track" data-track><svg viewBox="0 0 ${W} 46" preserveAspectRatio="none" aria-hidden="true">
        ${Array.from({ length: TICKS + 1 }, (_, i) => h`<line class="tk" x1="${i * W / TICKS}" x2="${i * W / TICKS}" y1="12" y2="34"/>`)}<line class="base" x1="0" x2="${W}" y1="34" y2="34"/>
        ${this.bars.map(([n, worst], i) => n ? h`<rect class="ev ${worst}" x="${(i * W / BARS).toFixed(1)}" y="${(34 - high(n)).toFixed(1)}" width="${(W / BARS * .55).toFixed(1)}" height="${high(n).toFixed(1)}"/>` : '')}
        <line class="hd" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="5" y2="41" vector-effect="non-scaling-stroke"/></svg>
        <div class="knob" role="slider" tabindex="0" aria-label="${t('map.time')}" aria-valuemin="${Math.round(this.start / 1000)}" aria-valuemax="${Math.round(this.end / 1000)}" aria-valuenow="${Math.round((this.at ?? this.end) / 1000)}" aria-valuetext="${now ? t('now') : moment(this.at)}" data-x="${(x / W * 100).toFixed(2)}%"></div></div>
      ${now ? h`<b class="nowword">${t('now')}</b>` : h`<input class="moment num" type="datetime-local" step="1" value="${local(this.at)}" aria-label="${t('map.time.moment')}"><button class="btn" type="button" data-act="now">${t('map.time.back')}</button>`}
      <span class="seg" role="group" aria-label="${t('map.time.span')}">${Object.keys(SPANS).map(s => h`<button type="button" data-span="${s}" aria-pressed="${String(s === this.span)}">${t('map.span.' + s)}</button>`)}</span>`);
  }

  // The moment that is shown, without asking for it again.
  show(at) {
    this.at = at;
    if (at !== null && at < this.start) this.span = Object.keys(SPANS).find(s => at >= this.end - SPANS[s]) || '90d';
    this.draw();
  }

  go(at) {
    const near = at !== null && at > this.end - this.step / 2;
    this.show(near ? null : at === null ? null : Math.max(this.start, at));
    const mine = this.under = Promise.resolve(this.jump(this.at)).finally(() => { if (this.under === mine) this.under = null; });
  }

  by(steps) { this.go((this.at ?? this.end) + steps * this.step); }

  click(e) {
    const b = e.target.closest('button');
    if (!b) return;
    if (b.dataset.span) { this.span = b.dataset.span; this.draw(); this.load(); }
    else if (b.dataset.act === 'now') { this.stop(); this.go(null); }
    else if (b.dataset.act === 'play') this.playing ? this.stop() : this.play();
  }

  key(e) {
    if (!e.target.matches('.knob')) return;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[e.key];
    if (by) this.by(by);
    else if (e.key === 'Home') this.go(this.start);
    else if (e.key === 'End') this.go(null);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  press(e) {
    const track = e.target.closest('[data-track]');
    if (!track || e.button !== 0) return;
    const at = x => {
      const r = track.getBoundingClientRect();
      return this.start + Math.max(0, Math.min(1, (x - r.left) / r.width)) * SPANS[this.span];
    };
    this.stop();
    const move = m => { this.at = at(m.clientX) > this.end - this.step / 2 ? null : at(m.clientX); this.draw(); };
    const end = new AbortController();
    addEventListener('pointermove', move, { signal: end.signal });
    addEventListener('pointerup', u => { end.abort(); this.go(at(u.clientX)); this.box.querySelector('.knob')?.focus(); }, { signal: end.signal });
    addEventListener('pointercancel', () => end.abort(), { signal: end.signal });
    move(e);
    e.preventDefault();
  }

  typed(e) {
    const at = e.target.matches('.moment') ? fromField(e.target.value) : NaN;
    if (Number.isFinite(at)) this.go(Math.min(at, this.end));
  }

  // Runs from where it is to now, each step when the one before it is seen.
  play() {
    if (this.at === null) this.at = this.start;
    this.playing = setInterval(() => {
      if (this.under) return;
      if (this.at === null || this.at + this.step >= this.end) { this.stop(); this.go(null); } else this.by(1);
    }, PLAY_MS);
    this.draw();
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.playing);
    this.playing = null;
    this.draw();
  }
}

// By the station's clock: "11-21 02:47", and as a field wants it.
export const short = ms => clockAt(ms).toISOString().slice(5, 16).replace('T', ' ');
export const local = ms => clockAt(ms).toISOString().slice(0, 19);

// Of when an address asks: ms; null is now.
export function momentOf(text) {
  if (!text) return null;
  const at = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isFinite(at) ? at : null;
}
