// Links and plates on a canvas. How each looks is worked out when it changes;
// plates are drawn once for each size and look, and set as pictures.
import { linkLook, nodeLook } from './style.js';
import { cloudPicture, iconDrawing } from './images.js';

const MARGIN = 40;   // of points that a plate or line reaches beyond its middle
const PICTURES_MOST = 300, SMALLEST_PX = 5;

export class Drawing {
  // again(): called when an icon came that was not there yet.
  constructor(again) {
    this.again = again;
    this.links = [];
    this.nodes = [];
    this.pictures = new Map(); // look and size -> canvas
  }

  // Takes what is shown; how: for nodeLook() and linkLook().
  take(shown, how) {
    this.theme = how.theme;
    this.nodes = [...shown.nodes.values()].map(n => ({ n, look: nodeLook(n, how) }));
    this.links = shown.links.map(l => {
      const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
      return { l, a, b, look: linkLook(l, a, b, how) };
    });
  }

  // Draws what is in view (a box of the map): links, then plates. cam: {x, y,
  // zoom}, place of the map on the canvas in points; alpha(id): how faint.
  draw(c, cam, dpr, view, alpha) {
    c.setTransform(dpr * cam.zoom, 0, 0, dpr * cam.zoom, dpr * cam.x, dpr * cam.y);
    for (const x of this.links) if (lineSeen(x, view)) this.drawLink(c, x, alpha(x.l.id));
    c.setLineDash([]);
    c.lineCap = 'butt';
    c.setTransform(1, 0, 0, 1, 0, 0);
    for (const { n, look } of this.nodes) {
      if (n.x < view.x1 - MARGIN || n.x > view.x2 + MARGIN || n.y < view.y1 - MARGIN || n.y > view.y2 + MARGIN) continue;
      c.globalAlpha = alpha(n.id);
      const at = { x: (n.x * cam.zoom + cam.x) * dpr, y: (n.y * cam.zoom + cam.y) * dpr }, scale = cam.zoom * dpr;
      this.drawPlate(c, look, at, scale);
      if (look.caption && look.captionSize * cam.zoom >= SMALLEST_PX) this.drawCaption(c, look, at, scale);
    }
    c.globalAlpha = 1;
  }

  drawLink(c, { l, a, b, look }, alpha) {
    let { x: x1, y: y1 } = a, { x: x2, y: y2 } = b;
    if (l.lane) { // beside the line between the middles
      const len = Math.hypot(x2 - x1, y2 - y1) || 1, nx = -(y2 - y1) / len * l.lane, ny = (x2 - x1) / len * l.lane;
      x1 += nx; y1 += ny; x2 += nx; y2 += ny;
    }
    const line = (colour, width, fx, fy, tx, ty) => {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      c.moveTo(fx, fy);
      c.lineTo(tx, ty);
      c.stroke();
    };
    c.globalAlpha = alpha * look.alpha;
    if (look.casing) {
      c.setLineDash([]);
      c.lineCap = 'butt';
      line(this.theme.sea, look.w + 2 * look.casing, x1, y1, x2, y2);
    }
    c.setLineDash(look.dash || []);
    c.lineCap = look.cap;
    const mx = (x1 + x2) / 2, my = (y1 + y2) / 2;
    if (!look.other) line(look.colour, look.w, x1, y1, x2, y2);
    else {
      line(look.colour, look.w, x1, y1, mx, my);
      line(look.other, look.w, mx, my, x2, y2);
    }
  }

  // at and scale in pixels of the canvas.
  drawPlate(c, look, at, scale) {
    const picture = look.shape === 'cloud' ? cloudPicture(look.plate, look.w * scale, this.again) : this.pictureOf(look, scale);
    if (picture) c.drawImage(picture, Math.round(at.x - picture.width / 2), Math.round(at.y - picture.height / 2));
  }

  pictureOf(look, scale) {
    const key = `${look.shape} ${look.w} ${look.h} ${look.fill} ${look.line} ${look.lw} ${look.dash} ${look.icon} ${look.ink} ${scale}`;
    let picture = this.pictures.get(key);
    if (picture) return picture;
    const icon = look.icon ? iconDrawing(look.icon, look.ink, this.again) : null;
    // Edges lie on pixels, so that they are sharp.
    const w = Math.round(look.w * scale), h = Math.round(look.h * scale), line = look.lw * scale, edge = Math.ceil(line / 2) + 0.5;
    picture = document.createElement('canvas');
    picture.width = w + 2 * edge;
    picture.height = h + 2 * edge;
    const c = picture.getContext('2d'), size = Math.max(8, Math.round(look.size * scale));
    c.beginPath();
    if (look.shape === 'round') c.ellipse(edge + w / 2, edge + h / 2, w / 2, h / 2, 0, 0, 7);
    else c.roundRect(edge, edge, w, h, look.radius * scale);
    c.fillStyle = look.fill;
    c.fill();
    if (look.dash) c.setLineDash(look.dash.map(v => v * scale * Math.max(1, look.lw / 1.2)));
    c.strokeStyle = look.line;
    c.lineWidth = line;
    c.stroke();
    if (icon) c.drawImage(icon, Math.round(edge + (w - size) / 2), Math.round(edge + (h - size) / 2), size, size);
    if (icon || !look.icon) { // one whose icon is on its way is drawn again
      if (this.pictures.size > PICTURES_MOST) this.pictures.clear();
      this.pictures.set(key, picture);
    }
    return picture;
  }

  drawCaption(c, look, at, scale) {
    c.font = `600 ${look.captionSize * scale}px ${this.theme.sans}`;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillStyle = look.ink;
    c.fillText(look.caption, at.x, at.y + look.captionDrop * scale);
  }
}

function lineSeen({ a, b }, v) {
  return Math.max(a.x, b.x) > v.x1 - MARGIN && Math.min(a.x, b.x) < v.x2 + MARGIN &&
    Math.max(a.y, b.y) > v.y1 - MARGIN && Math.min(a.y, b.y) < v.y2 + MARGIN;
}
