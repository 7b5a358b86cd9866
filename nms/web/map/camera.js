// Where one looks: a point of the screen is a point of the map times zoom plus
// (x, y). Moves by gesture, by flight, and by the address.

export const ZOOM_MIN = 0.02, ZOOM_MAX = 6;

export class Camera {
  constructor(changed) {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
    this.w = 1;
    this.h = 1;
    this.changed = changed; // after every move
    this.flight = 0;
  }

  toMap(p) { return { x: (p.x - this.x) / this.zoom, y: (p.y - this.y) / this.zoom }; }
  toScreen(p) { return { x: p.x * this.zoom + this.x, y: p.y * this.zoom + this.y }; }

  set(x, y, zoom) {
    this.zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, zoom));
    this.x = x;
    this.y = y;
    this.changed();
  }

  pan(dx, dy) {
    this.land();
    this.set(this.x + dx, this.y + dy, this.zoom);
  }

  // Zooms by a factor; what is at p of the screen stays there.
  zoomBy(factor, p = { x: this.w / 2, y: this.h / 2 }) {
    this.land();
    const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, this.zoom * factor)), k = zoom / this.zoom;
    this.set(p.x - (p.x - this.x) * k, p.y - (p.y - this.y) * k, zoom);
  }

  // What shows a box of the map within the screen less margins {l, t, r, b}.
  framing(box, margins, most) {
    const w = Math.max(1, box.x2 - box.x1), h = Math.max(1, box.y2 - box.y1);
    const room = { w: Math.max(50, this.w - margins.l - margins.r), h: Math.max(50, this.h - margins.t - margins.b) };
    const zoom = Math.max(ZOOM_MIN, Math.min(most, room.w / w, room.h / h));
    return { x: margins.l + room.w / 2 - (box.x1 + w / 2) * zoom, y: margins.t + room.h / 2 - (box.y1 + h / 2) * zoom, zoom };
  }

  // The part of the map on the screen: X,Y,W,H of the address, y up.
  box() {
    const a = this.toMap({ x: 0, y: 0 }), b = this.toMap({ x: this.w, y: this.h });
    return [a.x, -b.y, b.x - a.x, b.y - a.y].map(v => Math.round(v)).join(',');
  }
  fromBox(text) {
    const [x, y, w, h] = (text || '').split(',').map(Number);
    if (![x, y, w, h].every(Number.isFinite) || w <= 0 || h <= 0) return null;
    return { x1: x, y1: -(y + h), x2: x + w, y2: -y };
  }

  // Ends a flight where it is; who waited for its end is told.
  land() {
    cancelAnimationFrame(this.flight);
    this.flight = 0;
    const done = this.done;
    this.done = null;
    done?.();
  }

  // Flies there in ms (0: is there at once), by way of a wider view if it is
  // far.
  flyTo(to, ms, done) {
    this.land();
    if (!ms) {
      this.set(to.x, to.y, to.zoom);
      done?.();
      return;
    }
    this.done = done;
    const from = { x: this.x, y: this.y, zoom: this.zoom }, start = performance.now();
    const middle = { x: this.w / 2, y: this.h / 2 };
    const at = c => ({ x: (middle.x - c.x) / c.zoom, y: (middle.y - c.y) / c.zoom });
    const a = at(from), b = at(to);
    const step = now => {
      const f = Math.min(1, (now - start) / ms), e = 1 - (1 - f) ** 3;
      const zoom = from.zoom * (to.zoom / from.zoom) ** e;
      const c = { x: a.x + (b.x - a.x) * e, y: a.y + (b.y - a.y) * e };
      this.set(middle.x - c.x * zoom, middle.y - c.y * zoom, zoom);
      if (f < 1) this.flight = requestAnimationFrame(step);
      else {
        this.set(to.x, to.y, to.zoom);
        this.land();
      }
    };
    this.flight = requestAnimationFrame(step);
  }
}
