// Where things go when they are dragged, aligned or spread. Pure; y down.

export const GRID = 20;

// Snaps the point where the leading node would be: to the centres of others
// within reach, else to the grid. others: [{x, y}]. Gives {x, y, guides: [{x},
// {y}]}, guides where a centre was met.
export function snap(p, others, reach) {
  let x = null, y = null, nearX = reach, nearY = reach;
  for (const o of others) {
    const dx = Math.abs(o.x - p.x), dy = Math.abs(o.y - p.y);
    if (dx < nearX) { nearX = dx; x = o.x; }
    if (dy < nearY) { nearY = dy; y = o.y; }
  }
  return { x: x ?? Math.round(p.x / GRID) * GRID, y: y ?? Math.round(p.y / GRID) * GRID,
           guides: [...(x === null ? [] : [{ x }]), ...(y === null ? [] : [{ y }])] };
}

export const WAYS = ['left', 'center', 'right', 'top', 'middle', 'bottom', 'across', 'down'];

// New places of nodes [{id, x, y}]: id -> {x, y}, of those that move.
export function arranged(nodes, way) {
  const out = new Map(), xs = nodes.map(n => n.x), ys = nodes.map(n => n.y);
  const put = (n, x, y) => { if (Math.abs(x - n.x) > 0.005 || Math.abs(y - n.y) > 0.005) out.set(n.id, { x, y }); };
  const middle = list => (Math.min(...list) + Math.max(...list)) / 2;
  const at = { left: Math.min(...xs), center: middle(xs), right: Math.max(...xs), top: Math.min(...ys), middle: middle(ys), bottom: Math.max(...ys) }[way];
  if (way === 'across' || way === 'down') {
    const key = way === 'across' ? 'x' : 'y', sorted = [...nodes].sort((p, q) => p[key] - q[key] || (p.id < q.id ? -1 : 1));
    const from = sorted[0][key], step = sorted.length > 1 ? (sorted.at(-1)[key] - from) / (sorted.length - 1) : 0;
    sorted.forEach((n, i) => put(n, key === 'x' ? from + i * step : n.x, key === 'y' ? from + i * step : n.y));
  } else {
    for (const n of nodes) way === 'left' || way === 'center' || way === 'right' ? put(n, at, n.y) : put(n, n.x, at);
  }
  return out;
}

const ASIDE = 110, BELOW = 100, COAST = 60, STEP = 60, RINGS = 60;

// Places of nodes [{id, x, y}] close together, in the order in which they stand,
// where none of the others is between them: id -> {x, y} of those that move;
// none where they are alone within their coast already.
export function gathered(nodes, others) {
  const within = (b, o) => o.x > b.x1 - COAST && o.x < b.x2 + COAST && o.y > b.y1 - COAST && o.y < b.y2 + COAST;
  const xs = nodes.map(n => n.x), ys = nodes.map(n => n.y);
  const now = { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
  const out = new Map();
  if (nodes.length < 2 || !others.some(o => within(now, o))) return out;
  const columns = Math.ceil(Math.sqrt(nodes.length * 1.6)), rows = Math.ceil(nodes.length / columns);
  const w = (Math.min(columns, nodes.length) - 1) * ASIDE, h = (rows - 1) * BELOW;
  const middle = list => list.reduce((a, b) => a + b, 0) / list.length, c = { x: middle(xs), y: middle(ys) };
  const free = p => !others.some(o => within({ x1: p.x - w / 2, y1: p.y - h / 2, x2: p.x + w / 2, y2: p.y + h / 2 }, o));
  let at = null;
  for (let ring = 0; ring < RINGS && !at; ring++)
    for (let i = 0; i < Math.max(1, ring * 8) && !at; i++) {
      const a = i * 2 * Math.PI / (ring * 8 || 1), p = { x: c.x + ring * STEP * Math.cos(a), y: c.y + ring * STEP * Math.sin(a) };
      if (free(p)) at = p;
    }
  if (!at) return out;
  const down = [...nodes].sort((p, q) => p.y - q.y || p.x - q.x || (p.id < q.id ? -1 : 1));
  for (let row = 0; row < rows; row++) {
    const line = down.slice(row * columns, (row + 1) * columns).sort((p, q) => p.x - q.x || (p.id < q.id ? -1 : 1));
    line.forEach((n, i) => out.set(n.id, { x: at.x + (i - (line.length - 1) / 2) * ASIDE, y: at.y - h / 2 + row * BELOW }));
  }
  return out;
}

// A name for a cloud of nodes, that no other has: what their names share, else
// where they stand.
export function proposeName(nodes, taken, otherwise) {
  let prefix = nodes[0]?.name || '';
  for (const n of nodes) while (prefix && !n.name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  prefix = nodes.length > 1 ? prefix.replace(/[-._/ ]*[A-Za-z0-9]?$/, m => /^[-._/ ]/.test(m) ? '' : m).replace(/[-._/ ]+$/, '') : '';
  const base = prefix.length > 1 ? prefix : otherwise;
  if (!taken.has(base)) return base;
  for (let i = 2; ; i++) if (!taken.has(`${base}-${i}`)) return `${base}-${i}`;
}

// An id for something drawn by hand.
export function newId(name, taken) {
  const base = name.toLowerCase().normalize('NFKC').replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'node';
  if (!taken.has(base)) return base;
  for (let i = 2; ; i++) if (!taken.has(`${base}-${i}`)) return `${base}-${i}`;
}

const round = v => Math.round(v * 100) / 100;
// The operation that puts a node there; the station's y grows upwards.
export const moveOp = (id, p) => ({ op: 'move', id, x: round(p.x), y: round(-p.y) });
