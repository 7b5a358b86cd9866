// The picture of a map on one opaque canvas: rose, grid, coasts and halos, over
// them what the graph drew, over that marks, pills, badges and names.
import { arrange, badgeAt, textWidth } from './names.js';
import { LEVELS, halfOf, isTrouble, shapeOf, widthOf } from './weigh.js';
import { around, coast, drawCoast } from './geometry.js';
import { nameInk } from './theme.js';
import { iconPicture } from './images.js';

const WINDS = 16, GRID = 20, COAST = [[41, 0.6, 0.55, true], [36, 0.8, 0.42, false], [31, 1.1, 1, true]];
const MARKS = { down: ['state-link-down', 'linkDown'], blocked: ['state-link-blocked', 'linkBlocked'], mislink: ['state-link-mislink', 'linkMislink'] };

export class Paper {
  constructor(canvas) {
    this.canvas = canvas;
    this.names = null; // what arrange() gave, and of what
    this.held = new Map(); // sides of names as they were at rest
    this.again = null; // called when a picture came
  }

  size(w, h, dpr) {
    const c = this.canvas;
    if (c.width !== Math.round(w * dpr) || c.height !== Math.round(h * dpr)) {
      c.width = Math.round(w * dpr);
      c.height = Math.round(h * dpr);
    }
    this.w = w;
    this.h = h;
    this.dpr = dpr;
  }

  // What is drawn changed: names look for their places anew.
  forget() { this.names = null; }

  // scene: {shown, theme, cam {x, y, zoom} in the canvas, level, grow,
  // selected, focus (Set or null), editing, off(id), center, fresh...}
  draw(scene) {
    if (!this.names || this.names.zoom !== scene.cam.zoom || this.names.level !== scene.level) {
      this.names = arrange({ ...scene, zoom: scene.cam.zoom, held: this.held });
      this.names.level = scene.level;
      this.held = new Map([...this.names.names].map(([id, p]) => [id, p.side]));
    }
    const c = this.canvas.getContext('2d', { alpha: false }), { cam } = scene;
    this.reset(c);
    c.fillStyle = scene.theme.sea;
    c.fillRect(0, 0, this.w, this.h);
    this.view = { x1: -cam.x - 60, y1: -cam.y - 60, x2: this.w - cam.x + 60, y2: this.h - cam.y + 60 };
    this.drawUnder(c, scene);
    scene.graph(c, { x1: -cam.x / cam.zoom, y1: -cam.y / cam.zoom, x2: (this.w - cam.x) / cam.zoom, y2: (this.h - cam.y) / cam.zoom });
    this.reset(c);
    this.drawOver(c, scene);
  }

  reset(c) {
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    c.globalAlpha = 1;
    c.setLineDash([]);
  }

  seen(p, r = 0) { const v = this.view; return p.x + r > v.x1 && p.x - r < v.x2 && p.y + r > v.y1 && p.y - r < v.y2; }

  drawUnder(c, scene) {
    const { theme, cam, shown } = scene;
    if (scene.editing) this.drawGrid(c, scene);
    else if (!scene.plain) this.drawRose(c, scene);
    c.translate(cam.x, cam.y);
    c.scale(cam.zoom, cam.zoom);
    for (const k of scene.coasts) this.drawCoast(c, k, scene);
    for (const n of shown.nodes.values()) {
      if (n.state === 'down' && !n.acknowledged && !n.shadow) this.drawHalo(c, n, theme);
      if (scene.selected.has(n.id)) this.drawChosen(c, n, scene, false);
      if (scene.fresh?.has(n.id)) this.drawFresh(c, n, scene, scene.fresh.get(n.id));
    }
    for (const id of scene.selected) {
      const l = shown.links.find(x => x.id === id);
      if (l) this.drawChosenLink(c, l, scene);
    }
  }

  // The wind rose of the sheet: hairlines under everything.
  drawRose(c, { theme, cam, center }) {
    const x = center.x * cam.zoom + cam.x, y = center.y * cam.zoom + cam.y, far = this.w + this.h;
    c.strokeStyle = theme.rhumb;
    c.globalAlpha = 0.5;
    c.lineWidth = 0.8;
    c.beginPath();
    for (let i = 0; i < WINDS; i++) {
      const a = i * 2 * Math.PI / WINDS;
      c.moveTo(x, y);
      c.lineTo(x + far * Math.cos(a), y + far * Math.sin(a));
    }
    c.stroke();
    c.globalAlpha = 1;
  }

  drawGrid(c, { theme, cam }) {
    let step = GRID * cam.zoom;
    while (step < 9) step *= 5;
    c.fillStyle = theme.coast;
    c.globalAlpha = 0.6;
    const r = Math.max(0.6, Math.min(1, cam.zoom * 0.9));
    for (let x = cam.x % step; x < this.w; x += step)
      for (let y = cam.y % step; y < this.h; y += step) c.fillRect(x - r, y - r, r * 2, r * 2);
    c.globalAlpha = 1;
  }

  drawCoast(c, k, { theme }) {
    for (const [r, width, alpha, filled] of COAST) {
      const steps = coast(k.boxes, r + k.deep * 14);
      if (!steps.length) continue;
      c.beginPath();
      drawCoast(c, steps, r + k.deep * 14);
      if (filled) {
        c.globalAlpha = r === 31 ? 0.72 : alpha;
        c.fillStyle = r === 31 ? theme.surface : theme.coastSoft;
        c.fill();
      }
      c.globalAlpha = alpha;
      c.strokeStyle = theme.coast;
      c.lineWidth = width;
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  drawHalo(c, n, theme) {
    const r = halfOf(n).w, mark = theme.states.down.mark;
    c.fillStyle = c.strokeStyle = mark;
    c.globalAlpha = 0.13;
    c.beginPath();
    c.arc(n.x, n.y, r + 13, 0, 7);
    c.fill();
    c.globalAlpha = 0.35;
    c.lineWidth = 1;
    c.beginPath();
    c.arc(n.x, n.y, r + 24, 0, 7);
    c.stroke();
    c.globalAlpha = 1;
  }

  frame(c, n, out, radius, grow) {
    const h = halfOf(n, shapeOf(n) === 'subnet' ? textWidth(n.name, `600 11.5px ${this.sans}`) : 0);
    c.beginPath();
    c.roundRect(n.x - h.w * grow - out, n.y - h.h * grow - out, (h.w * grow + out) * 2, (h.h * grow + out) * 2, radius);
  }

  // Its tint lies under the lines, its frame over them.
  drawChosen(c, n, { theme, cam, grow }, over) {
    const k = Math.max(1, 0.8 / cam.zoom);
    this.sans = theme.sans;
    this.frame(c, n, 7 * k, 9 * k, grow);
    c.fillStyle = c.strokeStyle = theme.accent;
    c.globalAlpha = over ? 1 : 0.1;
    c.lineWidth = 2 * k;
    if (over) c.stroke();
    else c.fill();
    c.globalAlpha = 1;
  }

  drawChosenLink(c, l, { theme, shown, cam }) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b), len = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const nx = -(b.y - a.y) / len * (l.lane || 0), ny = (b.x - a.x) / len * (l.lane || 0);
    c.strokeStyle = theme.accent;
    c.globalAlpha = 0.35;
    c.lineWidth = widthOf(l.speed) + Math.max(8, 6 / cam.zoom);
    c.lineCap = 'round';
    c.beginPath();
    c.moveTo(a.x + nx, a.y + ny);
    c.lineTo(b.x + nx, b.y + ny);
    c.stroke();
    c.lineCap = 'butt';
    c.globalAlpha = 1;
  }

  // Somebody else just moved or changed it.
  drawFresh(c, n, { theme, cam, grow }, who) {
    const k = Math.max(1, 0.8 / cam.zoom);
    this.sans = theme.sans;
    this.frame(c, n, 5 * k, 8 * k, grow);
    c.strokeStyle = theme.s3;
    c.lineWidth = 1.8 * k;
    c.stroke();
    const px = 11 * k * theme.scale, h = halfOf(n);
    c.font = `600 ${px}px ${theme.sans}`;
    const w = c.measureText(who).width + 12 * k, x = n.x - w / 2, y = n.y - h.h * grow - 6 * k - px * 1.5;
    c.fillStyle = theme.s3;
    c.beginPath();
    c.roundRect(x, y, w, px * 1.5, 3 * k);
    c.fill();
    c.fillStyle = theme.surface;
    c.textAlign = 'left';
    c.textBaseline = 'middle';
    c.fillText(who, x + 6 * k, y + px * 0.78);
  }

  drawOver(c, scene) {
    const { cam } = scene;
    c.translate(cam.x, cam.y);
    c.scale(cam.zoom, cam.zoom);
    for (const id of scene.selected) {
      const n = scene.shown.nodes.get(id);
      if (n) this.drawChosen(c, n, scene, true);
    }
    this.reset(c);
    c.translate(cam.x, cam.y);
    c.lineJoin = 'round';
    const fade = id => {
      c.globalAlpha = scene.off?.(id) ? 0.16 : scene.focus && !scene.focus.has(id) ? 0.3 : 1;
    };
    this.drawMarks(c, scene, fade);
    for (const p of this.names.pills) if (this.seen(p.at, 40)) { fade(p.link); this.drawPill(c, p, scene); }
    for (const n of scene.shown.nodes.values()) {
      const at = { x: n.x * cam.zoom, y: n.y * cam.zoom };
      if (this.seen(at, 60)) { fade(n.id); this.drawBadge(c, n, at, scene); }
    }
    this.drawPorts(c, scene, fade);
    for (const [id, p] of this.names.names) {
      const n = scene.shown.nodes.get(id);
      if (n && this.seen({ x: n.x * cam.zoom, y: n.y * cam.zoom }, 220)) { fade(id); this.drawName(c, n, p, scene); }
    }
    c.globalAlpha = 1;
    for (const k of this.names.titles) if (this.seen(k, 200)) this.drawTitle(c, k, scene);
  }

  icon(c, name, colour, x, y, size) {
    const picture = iconPicture(name, colour, size * this.dpr, () => this.again?.());
    if (picture) c.drawImage(picture, x, y, size, size);
  }

  drawMarks(c, { theme, shown, cam }, fade) {
    for (const m of this.names.marks) {
      if (!this.seen(m.at, 30)) continue;
      fade(m.link);
      if (m.ring) {
        const l = shown.links.find(x => x.id === m.link), k = Math.max(0.55, Math.min(cam.zoom, 1.6));
        c.strokeStyle = theme.ink2;
        c.lineWidth = 1.3 * k;
        c.beginPath();
        c.ellipse(m.at.x, m.at.y, 3 * k, Math.max(widthOf(l?.speed) * cam.zoom / 2 + 3.5 * k, 4), m.angle, 0, 7);
        c.stroke();
        continue;
      }
      const [name, colour] = MARKS[m.is];
      c.fillStyle = theme.sea;
      c.beginPath();
      c.arc(m.at.x, m.at.y, m.size * 0.6, 0, 7);
      c.fill();
      c.save();
      c.translate(m.at.x, m.at.y);
      if (m.is === 'blocked') c.rotate(m.angle);
      this.icon(c, name, theme[colour], -m.size / 2, -m.size / 2, m.size);
      c.restore();
    }
  }

  drawPill(c, p, { theme }) {
    c.beginPath();
    c.roundRect(p.at.x - p.w / 2, p.at.y - p.h / 2, p.w, p.h, p.h / 2);
    c.fillStyle = p.hot ? theme.ink : theme.sea;
    c.fill();
    c.lineWidth = 0.8;
    c.strokeStyle = p.hot ? theme.ink : theme.line;
    c.stroke();
    c.fillStyle = p.hot ? theme.surface : theme.ink2;
    c.font = p.hot ? this.names.fonts.hot : this.names.fonts.pill;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillText(p.text, p.at.x, p.at.y + this.names.fonts.px.pill * 0.06);
  }

  drawBadge(c, n, at, { theme, cam, level, grow, editing, risk }) {
    const half = halfOf(n), r = { w: half.w * cam.zoom * grow, h: half.h * cam.zoom * grow };
    const badge = risk ? null : badgeAt(n, at, r, cam.zoom, level, theme), state = badge?.state;
    if (badge) {
      const { x, y, size } = badge;
      this.badge(c, 'state-' + state, theme.states[state]?.mark || theme.ink3, x, y, size, theme);
      if (n.acknowledged) this.badge(c, 'state-acknowledged', theme.ink2, at.x + r.w - size * 0.55, at.y + r.h - size * 0.55, size * 0.9, theme);
    }
    if (n.silenced && n.state !== 'silenced' && level > LEVELS.chart) {
      const size = Math.max(11 * theme.scale, Math.min(13 * cam.zoom, 18));
      this.badge(c, 'state-silenced', theme.states.silenced.mark, at.x + r.w - size * 0.5, at.y + r.h - size * 0.55, size, theme);
    }
    if (editing && n.pinned && level > LEVELS.chart) {
      const size = Math.max(10 * theme.scale, Math.min(13 * cam.zoom, 18));
      this.icon(c, 'ui-pin', theme.accent, at.x - r.w - size * 0.8, at.y - r.h - size * 0.6, size);
    }
    if (n.since === 'came' || n.since === 'went') {
      const size = 15 * theme.scale;
      c.fillStyle = n.since === 'came' ? theme.states.up.mark : theme.states.major.mark;
      c.beginPath();
      c.arc(at.x - r.w, at.y - r.h, size / 2, 0, 7);
      c.fill();
      c.fillStyle = theme.surface;
      c.font = `700 ${size * 0.85}px ${theme.sans}`;
      c.textAlign = 'center';
      c.textBaseline = 'middle';
      c.fillText(n.since === 'came' ? '+' : '−', at.x - r.w, at.y - r.h + 0.5);
    }
  }

  badge(c, name, colour, x, y, size, theme) {
    c.fillStyle = theme.sea;
    c.beginPath();
    c.arc(x + size / 2, y + size / 2, size / 2 + 1.8, 0, 7);
    c.fill();
    this.icon(c, name, colour, x, y, size);
  }

  text(c, text, x, y, theme, ink) {
    c.strokeStyle = theme.sea;
    c.lineWidth = 3.5;
    c.strokeText(text, x, y);
    c.fillStyle = ink;
    c.fillText(text, x, y);
  }

  drawName(c, n, p, { theme, cam }) {
    const before = this.names.zoom, dx = n.x * cam.zoom, dy = n.y * cam.zoom;
    // A box was placed about where the plate was then: what moved since takes
    // its name along.
    const from = p.from ||= { x: dx, y: dy, zoom: before };
    const x = (p.align === 'left' ? p.box.x1 : p.align === 'right' ? p.box.x2 : (p.box.x1 + p.box.x2) / 2) + dx - from.x;
    const y = p.box.y1 + dy - from.y + p.line / 2;
    c.font = p.font;
    c.textAlign = p.align;
    c.textBaseline = 'middle';
    this.text(c, p.text, x, y, theme, nameInk(n, theme));
    if (p.second) {
      c.font = this.names.fonts.note;
      this.text(c, p.second[0], x, y + p.line / 2 + p.second[2] / 2, theme, isTrouble(n.state) ? theme.states[n.state].text : theme.ink3);
    }
  }

  drawPorts(c, { theme }, fade) {
    c.font = this.names.fonts.note;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    const px = this.names.fonts.px.note;
    for (const p of this.names.ports) {
      if (!this.seen(p.at, 80)) continue;
      fade(p.link);
      if (p.near && p.edge) {
        c.fillStyle = theme.surface;
        c.strokeStyle = theme.ink2;
        c.lineWidth = 1.2;
        c.beginPath();
        c.roundRect(p.edge.x - 6, p.edge.y - 5, 12, 10, 2);
        c.fill();
        c.stroke();
      }
      this.text(c, p.text, p.at.x, p.at.y - (p.second ? px * 0.62 : 0), theme, theme.ink2);
      if (p.second) this.text(c, p.second, p.at.x, p.at.y + px * 0.68, theme, theme.ink3);
    }
  }

  drawTitle(c, k, { theme }) {
    c.textAlign = 'left';
    c.textBaseline = 'alphabetic';
    let { x } = k;
    for (const [text, font, ink] of k.parts) {
      c.font = font;
      this.text(c, text, x, k.y, theme, ink);
      x += textWidth(text, font) + k.gap;
    }
  }
}

// Open clouds with the boxes that their coast goes around; the outer first.
export function coastsOf(shown, model) {
  const out = shown.coasts.map(({ cloud, nodes }) => {
    const boxes = nodes.map(n => {
      const h = halfOf(n);
      return { x1: n.x - h.w, y1: n.y - h.h + 6, x2: n.x + h.w, y2: n.y + h.h + 6 };
    });
    return { cloud, boxes, around: around(boxes), deep: depthBelow(cloud, shown, model), title: null };
  });
  for (const k of out) {
    const r = 41 + k.deep * 14;
    k.title = { x: k.around.x1 - r * 0.4, y: k.around.y1 - r - 6 };
    k.box = { x1: k.around.x1 - r, y1: k.around.y1 - r - 20, x2: k.around.x2 + r, y2: k.around.y2 + r };
  }
  return out.sort((p, q) => q.deep - p.deep);
}

// How many open clouds lie within each other in this one: coasts of outer ones
// keep off the inner.
function depthBelow(cloud, shown, model) {
  let most = 0;
  for (const k of shown.coasts) {
    let n = 0;
    for (let c = k.cloud; c; c = model.nodes.get(c.cloud), n++)
      if (c.id === cloud.id) { most = Math.max(most, n); break; }
  }
  return most;
}
