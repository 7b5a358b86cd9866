// Lines, hulls and boxes. Pure; points are [x, y] or {x, y}, y down.

export const distance = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);
export const mid = (a, b, f = 0.5) => ({ x: a.x + (b.x - a.x) * f, y: a.y + (b.y - a.y) * f });

// Where the line from the centre c of a plate towards p leaves it.
export function edgeOf(c, half, round, p) {
  const dx = p.x - c.x, dy = p.y - c.y, len = Math.hypot(dx, dy);
  if (len < 1e-6) return { x: c.x, y: c.y };
  if (round) {
    const r = Math.min(half.w, len);
    return { x: c.x + dx / len * r, y: c.y + dy / len * r };
  }
  const f = Math.min(half.w / Math.abs(dx || 1e-9), half.h / Math.abs(dy || 1e-9), 1);
  return { x: c.x + dx * f, y: c.y + dy * f };
}

// Links between the same two nodes lie side by side: how far each is from the
// middle, in points, for the i-th of n with these widths.
export function laneOffset(i, n, width) {
  return n < 2 ? 0 : (i - (n - 1) / 2) * (width + 6);
}

// The line of a link: from plate to plate, moved aside by its lane.
export function lineOf(a, b, offset) {
  const dx = b.x - a.x, dy = b.y - a.y, len = Math.hypot(dx, dy) || 1;
  const nx = -dy / len * offset, ny = dx / len * offset;
  const from = { x: a.x + nx, y: a.y + ny }, to = { x: b.x + nx, y: b.y + ny };
  return { from, to, mid: mid(from, to), angle: Math.atan2(dy, dx), length: len };
}

// How far p is from the line between a and b.
export function toLine(p, a, b) {
  const dx = b.x - a.x, dy = b.y - a.y, len = dx * dx + dy * dy;
  const f = len ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / len)) : 0;
  return Math.hypot(a.x + f * dx - p.x, a.y + f * dy - p.y);
}

// Convex hull of [x, y] points, counter-clockwise in a y-down plane.
export function hull(points) {
  const all = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  if (all.length < 3) return all;
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = list => {
    const out = [];
    for (const p of list) {
      while (out.length > 1 && turn(out.at(-2), out.at(-1), p) <= 0) out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(all), ...half([...all].reverse())];
}

// The coast of an open cloud: the hull of its members' boxes, rounded by r.
// Gives steps for a path: ['M', x, y] ['L', x, y] ['A', cx, cy, from, to].
export function coast(boxes, r) {
  const points = boxes.flatMap(b => [[b.x1, b.y1], [b.x2, b.y1], [b.x1, b.y2], [b.x2, b.y2]]);
  const h = hull(points);
  if (h.length < 3) return [];
  const steps = [];
  for (let i = 0; i < h.length; i++) {
    const before = h[(i + h.length - 1) % h.length], at = h[i], after = h[(i + 1) % h.length];
    const out = (u, v) => Math.atan2(-(v[0] - u[0]), v[1] - u[1]); // the normal that leads outward
    const from = out(before, at), to = out(at, after);
    steps.push([i ? 'L' : 'M', at[0] + Math.cos(from) * r, at[1] + Math.sin(from) * r]);
    steps.push(['A', at[0], at[1], from, to]);
  }
  return steps;
}

export function drawCoast(path, steps, r) {
  for (const s of steps) {
    if (s[0] === 'M') path.moveTo(s[1], s[2]);
    else if (s[0] === 'L') path.lineTo(s[1], s[2]);
    else path.arc(s[1], s[2], r, s[3], s[4]);
  }
  path.closePath();
}

export const box = (x1, y1, x2, y2) => ({ x1: Math.min(x1, x2), y1: Math.min(y1, y2), x2: Math.max(x1, x2), y2: Math.max(y1, y2) });
export const meets = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
export const holds = (a, p) => p.x >= a.x1 && p.x <= a.x2 && p.y >= a.y1 && p.y <= a.y2;
export function around(boxes) {
  const out = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
  for (const b of boxes) {
    out.x1 = Math.min(out.x1, b.x1);
    out.y1 = Math.min(out.y1, b.y1);
    out.x2 = Math.max(out.x2, b.x2);
    out.y2 = Math.max(out.y2, b.y2);
  }
  return boxes.length ? out : null;
}

// Does the line from p to q touch a box.
export function crosses(p, q, b) {
  let t0 = 0, t1 = 1;
  const dx = q.x - p.x, dy = q.y - p.y;
  for (const [d, lo, hi] of [[dx, b.x1 - p.x, b.x2 - p.x], [dy, b.y1 - p.y, b.y2 - p.y]]) {
    if (Math.abs(d) < 1e-9) {
      if (lo > 0 || hi < 0) return false;
    } else {
      const u = lo / d, v = hi / d;
      t0 = Math.max(t0, Math.min(u, v));
      t1 = Math.min(t1, Math.max(u, v));
      if (t0 > t1) return false;
    }
  }
  return true;
}

// Boxes by squares of a plane: what meets one is found without looking at all.
export class Squares {
  constructor(side = 64) { this.side = side; this.at = new Map(); }
  add(b, what = b) {
    const s = this.side, x2 = Math.floor(b.x2 / s), y2 = Math.floor(b.y2 / s), entry = [b, what];
    for (let x = Math.floor(b.x1 / s); x <= x2; x++)
      for (let y = Math.floor(b.y1 / s); y <= y2; y++) {
        const key = x * 1048576 + y, list = this.at.get(key);
        if (list) list.push(entry);
        else this.at.set(key, [entry]);
      }
  }
  // Is there a thing that meets b and for which fits(what) holds.
  some(b, fits = null) {
    const s = this.side, x2 = Math.floor(b.x2 / s), y2 = Math.floor(b.y2 / s);
    for (let x = Math.floor(b.x1 / s); x <= x2; x++)
      for (let y = Math.floor(b.y1 / s); y <= y2; y++)
        for (const [other, what] of this.at.get(x * 1048576 + y) || []) if (meets(b, other) && (!fits || fits(what))) return true;
    return false;
  }
}
