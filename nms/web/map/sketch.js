// What one draws with at the moment: region, guides, the line of a new link.
// An SVG over the graph in points of the map.
const NS = 'http://www.w3.org/2000/svg';

export class Sketch {
  constructor(svg, stage) {
    this.svg = svg;
    this.stage = stage;
  }

  add(name, cls, attributes) {
    const e = document.createElementNS(NS, name);
    e.setAttribute('class', cls);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    this.svg.append(e);
    return e;
  }

  // Points of the map to those of the sketch, which is not scaled: its strokes
  // and texts keep their size.
  at(p) { return this.stage.camera.toScreen(p); }

  clear() { this.svg.replaceChildren(); }

  region(box) {
    this.clear();
    const a = this.at({ x: box.x1, y: box.y1 }), b = this.at({ x: box.x2, y: box.y2 });
    this.add('rect', 'lassobox', { x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y, rx: 6 });
  }

  guides(list) {
    this.clear();
    const c = this.stage.camera;
    for (const g of list) {
      const p = this.at({ x: g.x ?? 0, y: g.y ?? 0 });
      this.add('line', 'guide', g.x !== undefined ? { x1: p.x, x2: p.x, y1: 0, y2: c.h } : { x1: 0, x2: c.w, y1: p.y, y2: p.y });
    }
  }

  link(from, to, text) {
    this.clear();
    const a = this.at(from), b = this.at(to);
    this.add('line', 'ghost', { x1: a.x, y1: a.y, x2: b.x, y2: b.y });
    this.add('circle', 'ghost-end', { cx: b.x, cy: b.y, r: 5 });
    const label = this.add('text', 'ghost-text', { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 - 8 });
    label.textContent = text;
  }
}
