// A picture of series that a person can move in: uPlot in the page's language. In above, out below zero; time without
// values has the colour of the ground and says why; wheel, drag and keys move in time; one cursor over all pictures.
import uPlot from '../vendor/uPlot.esm.js';
import { lang, t } from '../base/texts.js';
import * as format from '../base/format.js';
import { scaled, tickText, valueText } from './series.js';

const SPAN_MIN = 60, SPAN_MAX = 2 * 366 * 86400, SETTLE_MS = 250;

/* ---- colours: those of the theme in force ---- */

function palette(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    s: [1, 2, 3, 4, 5, 6].map((n) => of(`--s${n}`)), line: of('--line'), strong: of('--line-strong'), ink: of('--ink'),
    ink2: of('--ink-2'), ink3: of('--ink-3'), surface: of('--surface'), gap: of('--gap'), band: of('--band'),
    size: parseFloat(of('--t-xs')) || 11, family: of('--sans') || 'sans-serif',
  };
}

/* "#0B5B87" with an opacity. */
function faint(hex, alpha) {
  const n = Number.parseInt(hex.slice(1, 7), 16);
  return `rgba(${n >> 16}, ${n >> 8 & 255}, ${n & 255}, ${alpha})`;
}

/* ---- axes ---- */

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/* The next round number above v, in the unit's own prefixes. */
export function roundUp(v, base) {
  if (!(v > 0)) return 0;
  let unit = 1;
  if (base === 1024) while (v / unit >= 1024) unit *= 1024;
  const ten = 10 ** Math.floor(Math.log10(v / unit));
  return STEPS.find((s) => s * ten * unit >= v * (1 - 1e-9)) * ten * unit;
}

/* What the axis spans: from zero unless it is free; both ways where curves go below. */
export function span(low, high, { base, free, ceiling = 0, mirrored }) {
  if (free && low !== null && high !== null && low < high) {
    const room = (high - low) * 0.08;
    return [low - room, high + room];
  }
  const up = roundUp(Math.max(high ?? 0, ceiling) * 1.02, base), down = roundUp(Math.max(0, -(low ?? 0)) * 1.02, base);
  if (up === 0 && down === 0) return [mirrored ? -1 : 0, 1];
  /* A side with next to nothing keeps room for its label. */
  const least = Math.max(up, down) / 8;
  return [mirrored ? -Math.max(down, least) : -down, mirrored ? Math.max(up, least) : up];
}

const BINARY_INCRS = [1 / 8, 1 / 4, 1 / 2, ...Array.from({ length: 60 }, (_, i) => 2 ** i)];

let zoned = new Map(); /* formats by language, zone and kind */

function timeFormat(kind) {
  const zone = format.zoneName?.();
  const key = `${lang()} ${zone} ${kind}`;
  const options = {
    second: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    day: { month: 'short', day: 'numeric' }, month: { month: 'short', year: 'numeric' }, year: { year: 'numeric' },
  };
  if (!zoned.has(key)) {
    if (zoned.size > 60) zoned = new Map();
    zoned.set(key, new Intl.DateTimeFormat(lang(), { ...options[kind], timeZone: zone || undefined }));
  }
  return zoned.get(key);
}

/* Labels of times that are so many seconds apart; midnight is its day. */
function timeLabels(splits, incr) {
  const clock = timeFormat(incr < 60 ? 'second' : 'minute'), day = timeFormat('day');
  return splits.map((s) => {
    const at = new Date(s * 1000);
    if (incr >= 365 * 86400) return timeFormat('year').format(at);
    if (incr >= 28 * 86400) return timeFormat('month').format(at);
    if (incr >= 86400) return day.format(at);
    const text = clock.format(at);
    return /^00:00/.test(text) ? day.format(at) : text;
  });
}

/* ---- what is drawn beside the curves ---- */

function clipped(u, draw) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx, bbox);
  ctx.restore();
}

function drawGaps(u, spec, colours) {
  clipped(u, (ctx, box) => {
    ctx.fillStyle = colours.gap;
    for (const g of spec.gaps ?? []) {
      const a = u.valToPos(g.from, 'x', true), b = u.valToPos(g.to, 'x', true);
      if (b > box.left && a < box.left + box.width) ctx.fillRect(a, box.top, Math.max(b - a, devicePixelRatio), box.height);
    }
  });
}

/* Reasons in words, where they do not cover one another. */
function drawReasons(u, spec, colours) {
  const { ctx, bbox: box } = u;
  const size = colours.size * devicePixelRatio;
  let taken = box.left;
  ctx.save();
  ctx.font = `${size}px ${colours.family}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.fillStyle = colours.ink2;
  for (const g of spec.gaps ?? []) {
    const a = Math.max(u.valToPos(g.from, 'x', true), box.left), b = Math.min(u.valToPos(g.to, 'x', true), box.left + box.width);
    if (b <= a || !g.text) continue;
    const width = ctx.measureText(g.text).width;
    const middle = Math.min(Math.max((a + b) / 2, box.left + width / 2), box.left + box.width - width / 2);
    if (middle - width / 2 < taken || (spec.small && width > b - a)) continue;
    ctx.fillText(g.text, middle, box.top + size * 0.4);
    taken = middle + width / 2 + size;
  }
  ctx.restore();
}

function drawBand(u, spec, colours) {
  if (!spec.band) return;
  clipped(u, (ctx) => {
    ctx.fillStyle = colours.band;
    for (const { low, high } of spec.band) {
      let run = [];
      const flush = () => {
        if (run.length > 1) {
          ctx.beginPath();
          run.forEach((i, n) => ctx[n ? 'lineTo' : 'moveTo'](u.valToPos(spec.x[i], 'x', true), u.valToPos(high[i], 'y', true)));
          run.reverse().forEach((i) => ctx.lineTo(u.valToPos(spec.x[i], 'x', true), u.valToPos(low[i], 'y', true)));
          ctx.fill();
        }
        run = [];
      };
      spec.x.forEach((_, i) => (low[i] == null ? flush() : run.push(i)));
      flush();
    }
  });
}

/* Zero, and lines of levels with their labels: at the end of the curve above or below zero. */
function drawLines(u, spec, colours) {
  const { ctx, bbox: box } = u;
  const size = colours.size * devicePixelRatio, right = box.left + box.width;
  clipped(u, () => {
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeStyle = colours.strong;
    const zero = Math.round(u.valToPos(0, 'y', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(box.left, zero);
    ctx.lineTo(right, zero);
    ctx.stroke();
    for (const l of spec.lines ?? []) {
      const colour = l.colour ? colours.s[l.colour - 1] : colours.ink3, y = u.valToPos(l.value, 'y', true);
      ctx.strokeStyle = colour;
      ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.lineWidth = 1.3 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(box.left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
      if (spec.small) continue;
      ctx.font = `600 ${size}px ${colours.family}`;
      ctx.textAlign = 'right';
      ctx.textBaseline = l.value < 0 ? 'top' : 'bottom';
      ctx.lineWidth = 3 * devicePixelRatio;
      ctx.setLineDash([]);
      ctx.strokeStyle = colours.surface;
      ctx.lineJoin = 'round';
      const ty = y + (l.value < 0 ? 1 : -1) * size * 0.35;
      ctx.strokeText(l.label, right - size * 0.4, ty);
      ctx.fillStyle = colour;
      ctx.fillText(l.label, right - size * 0.4, ty);
    }
  });
}

/* Names at the right end of curves that share a picture, moved apart. */
function drawEnds(u, spec, colours) {
  const { ctx, bbox: box } = u;
  const size = colours.size * devicePixelRatio, room = size * 1.25;
  const ends = [];
  spec.curves.forEach((c, n) => {
    if (!c.end || u.series[n + 1].show === false) return;
    let i = c.values.length - 1;
    while (i >= 0 && (c.values[i] == null || spec.x[i] > u.scales.x.max)) i--;
    if (i >= 0) ends.push({ y: u.valToPos(c.values[i], 'y', true), text: c.endText, colour: colours.s[c.colour - 1] });
  });
  ends.sort((a, b) => a.y - b.y);
  for (let i = 1; i < ends.length; i++) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + room);
  const over = ends.length ? ends.at(-1).y - (box.top + box.height) : 0;
  if (over > 0) for (let i = ends.length - 1, floor = box.top + box.height; i >= 0; i--, floor -= room) ends[i].y = Math.min(ends[i].y, floor);
  ctx.save();
  ctx.font = `500 ${size}px ${colours.family}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const e of ends) {
    ctx.fillStyle = e.colour;
    ctx.fillText(e.text, box.left + box.width + size * 0.6, e.y);
  }
  ctx.restore();
}

/* ---- pictures that move together ---- */

const groups = new Map(); /* key: set of charts */

function together(chart, act) {
  for (const c of groups.get(chart.spec.sync) ?? [chart]) act(c);
}

/* The words that stand for the picture to who cannot see it. */
function describe(spec) {
  const parts = spec.curves.slice(0, 6).map((c) => t('chart.told', {
    label: c.title ?? c.label, last: valueText(c.figures?.last, spec.unit), mean: valueText(c.figures?.mean, spec.unit),
    max: valueText(c.figures?.max, spec.unit),
  }));
  if (spec.gaps?.length) parts.push(t('chart.gaps', { n: spec.gaps.length }));
  return [spec.name, ...parts].join('. ');
}

/* The reason of the gap at x; undefined if there is none. */
export const gapAt = (spec, x) => (spec.gaps ?? []).find((g) => x > g.from && x <= g.to);

class Chart {
  constructor(element, spec) {
    this.element = element;
    this.ends = [];
    this.host = document.createElement('div');
    this.host.className = 'chart-plot';
    this.spoken = document.createElement('span');
    this.spoken.className = 'unseen';
    this.spoken.setAttribute('aria-live', 'polite');
    element.classList.add('chart');
    element.append(this.host, this.spoken);
    this.host.tabIndex = 0;
    this.host.setAttribute('role', 'application');
    this.#adopt(spec);
    this.#make();
    this.#listen();
  }

  /* Shows something else, in place. */
  set(spec) {
    const same = this.plot && this.shape === this.#shape(spec);
    this.#adopt(spec);
    if (!same) return this.#make();
    this.plot.setData(this.#data(), false);
    this.view(spec.from, spec.to);
    return undefined;
  }

  /* Shows another time of what is there. */
  view(from, to) {
    this.from = from;
    this.to = to;
    this.plot?.setScale('x', { min: from, max: to });
  }

  /* Puts a curve away, or shows it again. */
  show(n, shown) {
    this.plot?.setSeries(n + 1, { show: shown });
  }

  destroy() {
    for (const end of this.ends) end();
    clearTimeout(this.settling);
    groups.get(this.spec.sync)?.delete(this);
    this.plot?.destroy();
    this.host.remove();
    this.spoken.remove();
  }

  #adopt(spec) {
    if (this.spec && this.spec.sync !== spec.sync) groups.get(this.spec.sync)?.delete(this);
    this.spec = spec;
    this.from = spec.from;
    this.to = spec.to;
    if (spec.sync) {
      if (!groups.has(spec.sync)) groups.set(spec.sync, new Set());
      groups.get(spec.sync).add(this);
    }
    this.host.setAttribute('aria-roledescription', t('chart.graph'));
    this.host.setAttribute('aria-label', describe(spec));
  }

  /* What cannot change within one plot. */
  #shape(spec) {
    return JSON.stringify([spec.curves.map((c) => [c.label, c.colour, c.area, c.below, c.step, c.endText]), spec.unit, spec.sync, spec.small, lang(), format.zoneName?.()]);
  }

  #data() {
    return [this.spec.x, ...this.spec.curves.map((c) => c.values)];
  }

  #make() {
    const focused = document.activeElement === this.host;
    this.plot?.destroy();
    this.shape = this.#shape(this.spec);
    this.colours = palette(this.element);
    this.plot = new uPlot(this.#options(), this.#data(), this.host);
    this.plot.over.setAttribute('aria-hidden', 'true');
    this.#pointer(this.plot.over);
    this.view(this.spec.from, this.spec.to);
    if (focused) this.host.focus();
  }

  #size() {
    const box = this.host.getBoundingClientRect();
    return { width: Math.max(120, Math.floor(box.width)), height: Math.max(60, Math.floor(box.height)) };
  }

  #options() {
    const zone = format.zoneName?.(), px = this.colours.size;
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [px, this.#right(), 0, 0],
      tzDate: zone ? (s) => uPlot.tzDate(new Date(s * 1e3), zone) : undefined,
      cursor: {
        y: false, drag: { x: false, y: false, setScale: false }, focus: { prox: -1 },
        points: { size: px * 0.6, width: 1.5 },
        sync: this.spec.sync ? { key: this.spec.sync, scales: ['x', null], setSeries: false } : undefined,
        bind: { dblclick: () => null },
      },
      scales: {
        x: { time: true, auto: false },
        y: { range: (u, low, high) => this.#span(low, high) },
      },
      axes: this.#axes(px),
      series: [{}, ...this.spec.curves.map((c) => this.#curve(c))],
      hooks: {
        drawClear: [(u) => { drawGaps(u, this.spec, this.colours); drawBand(u, this.spec, this.colours); }],
        draw: [(u) => {
          drawLines(u, this.spec, this.colours);
          drawReasons(u, this.spec, this.colours);
          drawEnds(u, this.spec, this.colours);
        }],
        setCursor: [(u) => this.spec.onCursor?.(u.cursor.idx ?? null)],
      },
    };
  }

  /* Room for the names at the ends. */
  #right() {
    const names = this.spec.curves.filter((c) => c.end).map((c) => c.endText);
    if (!names.length) return this.colours.size;
    const ctx = document.createElement('canvas').getContext('2d');
    ctx.font = `500 ${this.colours.size}px ${this.colours.family}`;
    return Math.max(...names.map((n) => ctx.measureText(n).width)) + this.colours.size * 1.2;
  }

  #span(low, high) {
    const lines = (this.spec.lines ?? []).map((l) => l.value), all = [low, high, ...lines].filter((v) => v != null);
    return span(all.length ? Math.min(...all) : null, all.length ? Math.max(...all) : null, {
      base: this.spec.unit.base, free: this.spec.free, ceiling: this.spec.ceiling, mirrored: this.spec.curves.some((c) => c.below),
    });
  }

  #axes(px) {
    const font = `${px}px ${this.colours.family}`, mirrored = this.spec.curves.some((c) => c.below);
    const shared = {
      font, stroke: () => this.colours.ink3, ticks: { show: false }, border: { show: false },
      grid: { stroke: () => this.colours.line, width: 1 },
    };
    return [
      { ...shared, size: px * 2.1, gap: px * 0.5, space: px * 7, values: (u, splits, axis, space, incr) => timeLabels(splits, incr) },
      {
        ...shared, size: px * 4.6, gap: px * 0.7, space: px * (this.spec.small ? 2 : 2.6),
        incrs: this.spec.unit.base === 1024 ? BINARY_INCRS : undefined,
        values: (u, splits) => splits.map((v) => tickText(v, this.spec.unit, !mirrored)),
      },
    ];
  }

  #curve(c) {
    const colour = () => this.colours.s[c.colour - 1];
    return {
      label: c.label, stroke: colour, width: Math.max(1.5, this.colours.size * 0.13), points: { show: false }, spanGaps: false,
      fill: c.area ? () => faint(this.colours.s[c.colour - 1], 0.15) : undefined, fillTo: 0,
      paths: c.step ? uPlot.paths.stepped({ align: 1 }) : undefined,
      value: (u, v) => valueText(v, this.spec.unit),
    };
  }

  /* ---- moving in time ---- */

  /* All pictures of the group show it at once; who asked loads what is missing when it settles. */
  #go(from, to) {
    const now = Date.now() / 1000;
    let length = Math.min(Math.max(to - from, SPAN_MIN), SPAN_MAX);
    let end = Math.min(from + (to - from) / 2 + length / 2, now + length * 0.05);
    together(this, (c) => c.view(end - length, end));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.spec.onRange?.(Math.round(end - length), Math.round(Math.min(end, now))), SETTLE_MS);
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    if (this.spec.onRange) this.#go(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  pan(share) {
    const by = (this.to - this.from) * share;
    if (this.spec.onRange) this.#go(this.from + by, this.to + by);
  }

  #pointer(over) {
    over.addEventListener('wheel', (e) => {
      /* A small picture among others lets the page scroll, until it has the focus. */
      if (!this.spec.onRange || (this.spec.small && !e.ctrlKey && document.activeElement !== this.host)) return;
      e.preventDefault();
      this.zoom(1.2 ** Math.sign(e.deltaY), this.plot.posToVal(e.offsetX, 'x'));
    }, { passive: false });
    over.addEventListener('pointerdown', (e) => {
      if (e.button !== 0 || !this.spec.onRange) return;
      const start = { x: e.clientX, from: this.from, to: this.to, width: over.clientWidth };
      const move = (m) => {
        const by = (start.x - m.clientX) / start.width * (start.to - start.from);
        over.classList.add('panning');
        this.#go(start.from + by, start.to + by);
      };
      const up = () => {
        over.classList.remove('panning');
        over.removeEventListener('pointermove', move);
        over.removeEventListener('pointerup', up);
        over.removeEventListener('pointercancel', up);
      };
      over.setPointerCapture(e.pointerId);
      over.addEventListener('pointermove', move);
      over.addEventListener('pointerup', up);
      over.addEventListener('pointercancel', up);
      this.host.focus({ preventScroll: true });
    });
    over.addEventListener('dblclick', () => this.spec.onReset?.());
  }

  #keys(e) {
    const acts = {
      ArrowLeft: () => (e.shiftKey ? this.pan(-0.25) : this.#step(-1)), ArrowRight: () => (e.shiftKey ? this.pan(0.25) : this.#step(1)),
      Home: () => this.#step(-Infinity), End: () => this.#step(Infinity),
      '+': () => this.zoom(1 / 1.5), '=': () => this.zoom(1 / 1.5), '-': () => this.zoom(1.5), 0: () => this.spec.onReset?.(),
    };
    if (e.ctrlKey || e.altKey || e.metaKey || !acts[e.key]) return;
    e.preventDefault();
    e.stopPropagation();
    acts[e.key]();
  }

  /* The cursor goes to the row before or behind, and is told. */
  #step(by) {
    const { x } = this.spec, last = x.length - 1;
    if (last < 0) return;
    const at = this.plot.cursor.idx ?? last, i = Math.min(Math.max(at + by, 0), last);
    this.plot.setCursor({ left: this.plot.valToPos(x[i], 'x'), top: this.plot.over.clientHeight / 2 });
    const gap = gapAt(this.spec, x[i]);
    const told = this.spec.curves.map((c) => `${c.title ?? c.label} ${valueText(c.values[i] == null ? null : Math.abs(c.values[i]), this.spec.unit)}`);
    this.spoken.textContent = `${format.moment(new Date(x[i] * 1000).toISOString())}: ${gap ? gap.text : told.join(', ')}`;
  }

  #listen() {
    const on = (target, kind, fn) => {
      target.addEventListener(kind, fn);
      this.ends.push(() => target.removeEventListener(kind, fn));
    };
    on(this.host, 'keydown', (e) => this.#keys(e));
    const resize = new ResizeObserver(() => {
      const size = this.#size();
      if (this.plot && (size.width !== this.plot.width || size.height !== this.plot.height)) this.plot.setSize(size);
    });
    resize.observe(this.host);
    const recolour = () => { this.colours = palette(this.element); this.plot?.redraw(true, true); };
    const theme = new MutationObserver(recolour);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-density', 'lang'] });
    on(matchMedia('(prefers-color-scheme: dark)'), 'change', recolour);
    this.ends.push(() => resize.disconnect(), () => theme.disconnect());
  }
}

/* Draws into an element of a certain height; set(spec) shows something else, destroy() ends it.
 * spec: {name, from, to (seconds), x, curves: [{label, title, values, colour, area, below, step, end, endText, figures}],
 *   unit: {text, base}, gaps: [{from, to, text}], lines: [{value, label, colour}], band: [{low, high}], free, ceiling,
 *   small, sync, onRange(from, to), onReset(), onCursor(index)} */
export const chart = (element, spec) => new Chart(element, spec);

/* A line of values without axes, for tables: an SVG as text of numbers alone. */
export function sparkPath(values, width = 100, height = 22) {
  const known = values.filter((v) => v != null), top = Math.max(...known, 0) * 1.1 || 1;
  let path = '', pen = false;
  values.forEach((v, i) => {
    if (v == null) { pen = false; return; }
    const x = i / Math.max(1, values.length - 1) * width, y = height - 1 - v / top * (height - 3);
    path += `${pen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  });
  return path;
}

export { scaled, valueText };
