// What a pointer does on the sheet: pan, zoom, choose, drag, draw a region or a
// link. It tells the acts it was given and changes nothing but the camera.
import { linkAt, thingOf } from './things.js';
import { box } from './geometry.js';

const DRAG_PX = 4, HOVER_MS = 80, WHEEL = 0.0016, PINCH = 0.01, LINE_PX = 16;

// acts: click(thing, event), open(thing, event) on a second click, sea(event),
// hover(thing or null), region(box, event, done), drag: {begin(id, event),
// move(delta, event), drop(event), cancel()}, link: {begin(id), move(point,
// thing), drop(point, thing), cancel()}, tool(): 'select' 'region' 'link' 'add',
// or '' while nobody edits.
export class Hands {
  constructor(stage, acts, signal) {
    this.stage = stage;
    this.acts = acts;
    this.pointers = new Map();
    this.mode = '';
    const plot = stage.plot, on = (type, fn, more) => plot.addEventListener(type, fn, { signal, ...more });
    on('pointerdown', e => this.down(e));
    on('pointermove', e => this.move(e));
    // Wherever the pointer is by then.
    addEventListener('pointerup', e => this.up(e), { signal });
    addEventListener('pointercancel', e => this.up(e, true), { signal });
    addEventListener('pointermove', e => { if (this.pointers.has(e.pointerId) && !plot.contains(e.target)) this.move(e); }, { signal });
    on('click', e => this.click(e));
    on('dblclick', e => this.second(e));
    on('wheel', e => this.wheel(e), { passive: false });
    on('pointerleave', () => this.overThing({}));
    on('focusin', e => { if (e.target.matches?.('.thing:focus-visible')) this.overThing(thingOf(e.target)); });
    on('focusout', () => this.overThing({}));
    on('contextmenu', e => { if (this.mode) e.preventDefault(); });
    signal.addEventListener('abort', () => clearTimeout(this.hovering), { once: true });
  }

  point(e) {
    const r = this.stage.plot.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  }

  // What is at the pointer: a button, else a line that passes. Buttons may have
  // come to where it is since the browser looked; keys click without a place.
  thingAt(e) {
    const thing = thingOf(e.type === 'pointermove' || e.detail === 0 && e.type === 'click' ? e.target : document.elementFromPoint(e.clientX, e.clientY) || e.target);
    if (thing.element || !(e.target instanceof Element) || !this.stage.plot.contains(e.target)) return thing;
    const cam = this.stage.camera, link = linkAt(this.stage.shown, cam.toMap(this.point(e)), 6 / cam.zoom);
    return link ? { link: link.id, element: this.stage.things.element(link.id) } : {};
  }

  down(e) {
    if (this.stage.behind) this.stage.moveThings();
    if (e.button !== 0 && e.button !== 1) return;
    this.pointers.set(e.pointerId, this.point(e));
    this.dragged = false;
    if (this.pointers.size === 2) return this.beginPinch(e);
    this.start = { at: this.point(e), thing: e.button === 1 ? {} : this.thingAt(e), shift: e.shiftKey, middle: e.button === 1 };
    if (e.button === 1) e.preventDefault();
  }

  modeOf(e) {
    const { thing, middle, shift } = this.start, tool = this.acts.tool();
    if (middle) return 'pan';
    if (tool === 'link' && thing.node) return 'link';
    if (tool && tool !== 'link' && tool !== 'region' && thing.node) return 'drag';
    if (tool === 'region' || shift || e.shiftKey) return 'region';
    return 'pan';
  }

  move(e) {
    if (!this.pointers.has(e.pointerId)) {
      if (e.pointerType === 'mouse' && !this.stage.behind) this.overThing(this.thingAt(e), e);
      return;
    }
    // Let go where nobody told us.
    if (e.pointerType === 'mouse' && e.buttons === 0) return this.up(e, true);
    const p = this.point(e);
    this.pointers.set(e.pointerId, p);
    if (this.pointers.size === 2) return this.pinch();
    if (!this.start) return;
    if (!this.mode) {
      if (Math.hypot(p.x - this.start.at.x, p.y - this.start.at.y) < DRAG_PX) return;
      this.begin(e);
    }
    const cam = this.stage.camera;
    if (this.mode === 'pan') {
      // From where the pointer went down: what it passed before counts too.
      const from = this.panned || this.start.at;
      cam.pan(p.x - from.x, p.y - from.y);
      this.stage.fitted = false;
      this.panned = p;
    } else if (this.mode === 'drag') {
      const a = cam.toMap(this.start.at), b = cam.toMap(p);
      this.acts.drag.move({ x: b.x - a.x, y: b.y - a.y }, e);
    } else if (this.mode === 'region') {
      this.acts.region(this.regionBox(p), e, false);
    } else if (this.mode === 'link') {
      this.acts.link.move(cam.toMap(p), this.thingUnder(e));
    }
  }

  begin(e) {
    this.mode = this.modeOf(e);
    this.dragged = true;
    this.panned = null;
    this.overThing({});
    if (this.mode === 'drag' && this.acts.drag.begin(this.start.thing.node, e) === false) this.mode = 'pan';
    if (this.mode === 'link' && this.acts.link.begin(this.start.thing.node, e) === false) this.mode = 'pan';
    this.stage.plot.setPointerCapture(e.pointerId);
    this.stage.plot.dataset.mode = this.mode;
  }

  regionBox(p) {
    const a = this.stage.camera.toMap(this.start.at), b = this.stage.camera.toMap(p);
    return box(a.x, a.y, b.x, b.y);
  }

  // The pointer is captured: what lies under it is asked of the document.
  thingUnder(e) { return thingOf(document.elementFromPoint(e.clientX, e.clientY)); }

  up(e, cancelled = false) {
    if (!this.pointers.delete(e.pointerId)) return;
    const mode = this.mode, p = this.point(e);
    this.mode = '';
    delete this.stage.plot.dataset.mode;
    if (mode === 'drag') cancelled ? this.acts.drag.cancel() : this.acts.drag.drop(e);
    else if (mode === 'region') this.acts.region(cancelled ? null : this.regionBox(p), e, true);
    else if (mode === 'link') cancelled ? this.acts.link.cancel() : this.acts.link.drop(this.stage.camera.toMap(p), this.thingUnder(e), e);
    if (this.pointers.size === 0) this.start = null;
    // The click that the browser makes of this is none of ours.
    if (mode) setTimeout(() => { this.dragged = false; });
  }

  // Gives up what is being done, for Escape. True if there was something.
  cancel() {
    if (!this.mode || this.mode === 'pan') return false;
    const mode = this.mode;
    this.mode = '';
    this.start = null;
    this.pointers.clear();
    if (mode === 'drag') this.acts.drag.cancel();
    else if (mode === 'region') this.acts.region(null, null, true);
    else if (mode === 'link') this.acts.link.cancel();
    return true;
  }

  beginPinch() {
    if (this.mode && this.mode !== 'pan') this.cancel();
    this.mode = 'pan';
    this.dragged = true;
    const [a, b] = [...this.pointers.values()];
    this.pinched = { length: Math.hypot(a.x - b.x, a.y - b.y) || 1, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  }

  pinch() {
    const [a, b] = [...this.pointers.values()], was = this.pinched;
    if (!was) return;
    const now = { length: Math.hypot(a.x - b.x, a.y - b.y) || 1, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    this.stage.camera.pan(now.x - was.x, now.y - was.y);
    this.stage.camera.zoomBy(now.length / was.length, now);
    this.stage.fitted = false;
    this.pinched = now;
    this.panned = null;
  }

  click(e) {
    if (this.dragged) {
      this.dragged = false;
      e.preventDefault();
      return;
    }
    const thing = this.thingAt(e);
    if (thing.element) this.acts.click(thing, e);
    else this.acts.sea(this.stage.camera.toMap(this.point(e)), e);
  }

  second(e) {
    const thing = this.thingAt(e);
    if (thing.element) this.acts.open(thing, e);
  }

  wheel(e) {
    e.preventDefault();
    const d = e.deltaMode === 1 ? e.deltaY * LINE_PX : e.deltaMode === 2 ? e.deltaY * 200 : e.deltaY;
    this.stage.fitted = false;
    if (e.shiftKey && !e.ctrlKey) this.stage.camera.pan(-d, 0);
    else this.stage.camera.zoomBy(Math.exp(-Math.max(-300, Math.min(300, d)) * (e.ctrlKey ? PINCH : WHEEL)), this.point(e));
  }

  overThing(thing) {
    if (this.mode) thing = {};
    const id = thing.node || thing.link || '';
    if (id === this.hovered) return;
    this.hovered = id;
    this.stage.plot.dataset.over = thing.link ? 'link' : thing.node ? 'node' : '';
    clearTimeout(this.hovering);
    this.hovering = setTimeout(() => this.acts.hover(id ? thing : null), id ? HOVER_MS : 30);
  }
}
