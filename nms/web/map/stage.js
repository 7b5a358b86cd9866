// The stage of a map: graph, paper and buttons, looked at through one camera.
// While one pans or zooms, what was drawn last is moved as a whole; it is drawn
// anew when that is cheap, when its edge comes into view, and at rest.
import { Graph } from './graph.js';
import { Drawing } from './draw.js';
import { Paper, coastsOf } from './paper.js';
import { Things } from './things.js';
import { Camera } from './camera.js';
import { LEVELS, PLATE, halfOf, levelOf } from './weigh.js';
import { around } from './geometry.js';
import { onTheme, readTheme } from './theme.js';
import { textWidth } from './names.js';
import { hasSymbols, loadSymbols } from './images.js';

const MARGIN = 160, REST_MS = 120, CHEAP_MS = 7, MANY = 600, FEW = 400;

export class Stage {
  // plot: the element of the map; picture, graph, things and rings are in it.
  constructor(plot, signal) {
    this.plot = plot;
    this.signal = signal;
    const part = name => plot.querySelector('.' + name);
    this.picture = part('picture');
    this.layer = part('things');
    this.rings = part('rings');
    this.graph = new Graph();
    this.drawing = new Drawing(() => this.repaint());
    this.paper = new Paper(part('picture'));
    this.things = new Things(this.layer);
    this.camera = new Camera(() => this.moved());
    this.theme = readTheme();
    this.shown = { nodes: new Map(), links: [], coasts: [] };
    this.coasts = [];
    this.selected = new Set();
    this.focus = null;
    this.off = null;
    this.adapt = null;
    this.risk = null;
    this.editing = false;
    this.fresh = new Map();
    this.base = null; // the camera of what is drawn
    this.cost = 0;
    this.onMove = [];
    this.paper.again = () => this.repaint();
    onTheme(() => { this.theme = readTheme(); this.update(); }, signal);
    const seen = new ResizeObserver(() => this.resize());
    seen.observe(plot);
    signal.addEventListener('abort', () => { seen.disconnect(); cancelAnimationFrame(this.frame); cancelAnimationFrame(this.painting); clearTimeout(this.rest); this.graph.end(); }, { once: true });
    if (!hasSymbols()) loadSymbols().then(() => this.update());
    this.resize();
  }

  resize() {
    const r = this.plot.getBoundingClientRect();
    if (!r.width || !r.height) return;
    // What is in the middle stays there.
    const c = this.camera, dx = (r.width - c.w) / 2, dy = (r.height - c.h) / 2;
    const first = c.w === 1;
    c.w = r.width;
    c.h = r.height;
    this.paper.size(r.width + 2 * MARGIN, r.height + 2 * MARGIN, devicePixelRatio || 1);
    if (first) this.moved();
    else if (this.fitted) this.fit(0);
    else c.set(c.x + dx, c.y + dy, c.zoom);
    this.commit();
  }

  get level() { return levelOf(this.camera.zoom, this.theme.scale); }

  // Plates never get smaller than a dot, lines never thinner than a hair.
  get grow() { return Math.max(1, (this.level === LEVELS.chart ? 5 : 0) * this.theme.scale / (PLATE * this.camera.zoom)); }
  get lineGrow() { return Math.max(1, Math.min(8, 0.55 / this.camera.zoom)); }

  // Shows what the model says; a layer may see it otherwise.
  show(model) {
    this.model = model;
    const shown = model.shown();
    this.shown = this.adapt ? this.adapt(shown) : shown;
    this.graph.take(this.shown);
    if (!this.begun && shown.nodes.size) { // at once as it will be looked at
      this.begun = true;
      this.coasts = coastsOf(this.shown, model);
      this.fit(0);
    }
    this.update();
  }

  // Nodes that move under a pointer: graph and paper follow at once, buttons
  // when they are let go.
  dragged(ids) {
    this.coasts = coastsOf(this.shown, this.model);
    if (this.shown.links.length < 400) this.paper.forget();
    this.repaint();
  }

  how() {
    return { theme: this.theme, level: this.level, grow: this.grow, risk: this.risk, count: n => this.model.countOf(n),
             width: text => textWidth(text, `600 11.5px ${this.theme.sans}`) };
  }

  // Everything that is shown may look different.
  update() {
    if (!this.model) return;
    this.coasts = coastsOf(this.shown, this.model);
    const box = this.bounds();
    this.extent = box;
    this.center = box ? { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 } : { x: 0, y: 0 };
    this.syncLooks();
    this.paper.forget();
    this.syncThings();
    this.commit();
  }

  syncLooks() {
    const how = this.how();
    this.detail = `${how.level} ${how.grow.toFixed(2)} ${this.lineGrow.toFixed(1)}`;
    this.drawing.take(this.shown, { ...how, lineGrow: this.lineGrow });
  }

  // How faint a thing is: of a layer that does not have it, hidden, or not what
  // somebody points at.
  alphaOf(id) {
    if (this.off?.(id)) return 0.16;
    if (this.focus && !this.focus.has(id)) return 0.3;
    return this.model.showHidden && (this.shown.nodes.get(id) || this.model.links.get(id))?.hidden ? 0.45 : 1;
  }

  // Buttons: behind the first picture of a map, and where there are many when
  // there is time.
  syncThings() {
    if (this.layer.hidden || this.thingsDue) return;
    const few = this.shown.nodes.size + this.shown.links.length < MANY;
    if (this.told && few) return this.syncThingsNow();
    this.thingsDue = true;
    if (this.told) this.soon(() => this.syncThingsNow());
  }

  soon(fn) { setTimeout(() => { if (!this.signal.aborted) fn(); }, 0); }

  syncThingsNow() {
    this.thingsDue = false;
    this.things.sync(this.shown, this.coasts, { count: n => this.model.countOf(n), theme: this.theme, zoom: this.camera.zoom, selected: this.selected });
  }

  // Once with the next frame: for the camera as it is if that is due, else as
  // before.
  repaint() {
    if (this.painting || (!this.base && !this.due)) return;
    this.painting = requestAnimationFrame(() => {
      this.painting = 0;
      if (this.due) this.redraw();
      else this.paint();
    });
  }

  paint() {
    if (!this.base || !this.model) return;
    const cam = { x: this.base.x + MARGIN, y: this.base.y + MARGIN, zoom: this.base.zoom };
    this.paper.draw({ shown: this.shown, coasts: this.coasts, theme: this.theme, cam, level: this.drawnLevel ?? this.level, grow: this.drawnGrow ?? this.grow,
                      selected: this.selected, focus: this.focus, editing: this.editing, off: this.off, center: this.center, fresh: this.fresh,
                      risk: this.risk !== null, plain: this.plain,
                      graph: (c, view) => this.drawing.draw(c, cam, this.paper.dpr, view, id => this.alphaOf(id)) });
  }

  // ---- moving ----

  moved() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.step());
  }

  step() {
    this.frame = 0;
    const c = this.camera;
    // Many buttons stay behind while things move, unless one of them has the
    // focus.
    this.behind = this.layer.childElementCount > FEW;
    if (!this.behind || this.layer.contains(document.activeElement) || this.rings.childElementCount > 0) this.placeThings();
    this.movePicture();
    clearTimeout(this.rest);
    // Rest is when no further frame came: on a slow machine these are far apart.
    const now = performance.now(), apart = Math.min(1000, now - (this.stepped || 0));
    this.stepped = now;
    const cheap = this.cost < CHEAP_MS && this.base?.zoom === c.zoom;
    this.rest = setTimeout(() => this.commit(), cheap ? 0 : apart < 1000 ? Math.max(REST_MS, 2.5 * apart) : REST_MS);
    if (this.base && this.bare()) this.commit(true);
    for (const fn of this.onMove) fn(c);
  }

  // Buttons follow at rest, or when one wants to press them.
  moveThings() {
    this.behind = false;
    this.placeThings();
  }

  placeThings() {
    const c = this.camera, at = `translate(${c.x}px,${c.y}px) scale(${c.zoom})`;
    this.layer.style.setProperty('transform', at);
    this.rings.style.setProperty('transform', at);
  }

  // Moves what is drawn to where it belongs now.
  movePicture() {
    const c = this.camera, b = this.base;
    if (!b) return;
    const k = c.zoom / b.zoom, dx = c.x - b.x * k, dy = c.y - b.y * k;
    const still = Math.abs(k - 1) < 1e-9 && Math.abs(dx) < 0.01 && Math.abs(dy) < 0.01;
    // The picture begins a margin before the screen.
    this.picture.style.setProperty('transform', still ? 'none' : `translate(${dx - MARGIN * (k - 1)}px,${dy - MARGIN * (k - 1)}px) scale(${k})`);
  }

  // Does the edge of what is drawn come into view.
  bare() {
    const c = this.camera, b = this.base, k = c.zoom / b.zoom, dx = c.x - b.x * k, dy = c.y - b.y * k;
    const m = MARGIN * k, all = this.extent;
    // What was drawn holds the whole map: there is nothing more to see.
    if (all && k <= 1 && all.x1 * b.zoom + b.x > -MARGIN && all.y1 * b.zoom + b.y > -MARGIN &&
        all.x2 * b.zoom + b.x < c.w + MARGIN && all.y2 * b.zoom + b.y < c.h + MARGIN) return false;
    return dx - m > 0 || dy - m > 0 || dx + (c.w + MARGIN) * k < c.w || dy + (c.h + MARGIN) * k < c.h;
  }

  // Has everything drawn as it is looked at now; on the way buttons stay behind.
  commit(onTheWay = false) {
    if (!onTheWay) clearTimeout(this.rest);
    if (this.behind && !onTheWay) this.moveThings();
    if (!this.model) return;
    const c = this.camera, how = this.how(), detail = `${how.level} ${how.grow.toFixed(2)} ${this.lineGrow.toFixed(1)}`;
    const zoomed = this.base && this.base.zoom !== c.zoom;
    if (detail !== this.detail) this.syncLooks();
    if (zoomed && !onTheWay) this.things.place(this.shown, this.coasts, this.theme, c.zoom);
    this.due = true;
    this.repaint();
  }

  // Draws for the camera as it is now; the picture is where it belongs again.
  redraw() {
    const c = this.camera, start = performance.now();
    this.due = false;
    this.base = { x: c.x, y: c.y, zoom: c.zoom };
    this.drawnLevel = this.level;
    this.drawnGrow = this.grow;
    this.paint();
    this.movePicture();
    if (!this.told && this.begun && hasSymbols()) { // for who measures how long a map takes to open
      this.told = true;
      performance.mark('map drawn');
      this.soon(() => { if (this.thingsDue) this.syncThingsNow(); this.graph.prepare(); });
    }
    this.cost = this.cost * 0.5 + (performance.now() - start) * 0.5;
  }

  // ---- where to look ----

  bounds(ids = null) {
    const boxes = [];
    for (const n of this.shown.nodes.values()) {
      if (ids && !ids.has(n.id)) continue;
      const half = halfOf(n);
      boxes.push({ x1: n.x - half.w - 30, y1: n.y - half.h - 8, x2: n.x + half.w + 30, y2: n.y + half.h + 22 });
    }
    if (!ids) for (const k of this.coasts) boxes.push(k.box);
    return around(boxes);
  }

  // Room that the controls over the sheet take.
  margins() {
    const s = this.theme.scale;
    return { l: 84 * s, t: 64 * s, r: 92 * s, b: 24 * s };
  }

  fit(ms = 0) {
    const box = this.bounds();
    if (!box) return;
    this.camera.flyTo(this.camera.framing(box, this.margins(), 1.08 * this.theme.scale), this.theme.calm ? 0 : ms);
    this.fitted = true;
  }

  // Brings nodes into the middle; zoom stays unless they would be too small or
  // do not fit.
  flyTo(ids, done) {
    const box = this.bounds(new Set(ids));
    if (!box) return done?.();
    const s = this.theme.scale, frame = this.camera.framing(box, this.margins(), Math.max(this.camera.zoom, 0.8 * s));
    this.fitted = false;
    this.camera.flyTo(frame, this.theme.calm ? 0 : 220, done);
  }

  // Moves only as far as needed for a node to be seen.
  bringIntoView(id) {
    const n = this.shown.nodes.get(id);
    if (!n) return;
    const c = this.camera, p = c.toScreen(n), m = 60 * this.theme.scale;
    const dx = p.x < m ? m - p.x : p.x > c.w - m ? c.w - m - p.x : 0, dy = p.y < m ? m - p.y : p.y > c.h - m ? c.h - m - p.y : 0;
    if (dx || dy) {
      this.fitted = false;
      c.flyTo({ x: c.x + dx, y: c.y + dy, zoom: c.zoom }, this.theme.calm ? 0 : 120);
    }
  }

  // One ring spreads from a node, once.
  ring(id) {
    const n = this.shown.nodes.get(id);
    if (!n || this.theme.calm) return;
    const e = document.createElement('i');
    e.className = 'ring';
    const half = halfOf(n);
    e.style.setProperty('left', n.x + 'px');
    e.style.setProperty('top', n.y + 'px');
    e.style.setProperty('--r', Math.max(half.w * 1.4, 22 / this.camera.zoom) + 'px');
    this.rings.append(e);
    e.addEventListener('animationend', () => e.remove());
    setTimeout(() => e.remove(), 1500);
  }

  // ---- what is marked ----

  select(ids) {
    for (const id of this.selected) if (!ids.has(id)) this.things.element(id)?.removeAttribute('aria-pressed');
    for (const id of ids) this.things.element(id)?.setAttribute('aria-pressed', 'true');
    this.selected = new Set(ids);
    this.paper.forget();
    this.repaint();
  }

  // A node with its links and neighbours stays, the rest steps back.
  highlight(id) {
    const keep = id ? this.graph.around(id) : null;
    if (!keep && !this.focus) return;
    this.focus = keep;
    this.repaint();
  }
}
