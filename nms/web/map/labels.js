// Where names stand: never over each other, a plate or a pill. Pure; boxes are
// in points of the screen, around the plate's centre at the same zoom.
import { Squares, crosses } from './geometry.js';

// Candidates by preference: right, left, below, above, and beside the corners.
const SIDES = ['r', 'l', 'b', 't', 'tr', 'tl'];
const GAP = 6, LINE = 1.3, SPACE = 7;

// The box of a text of w x h at a side of a plate with this half size.
export function boxAt(side, c, half, w, h) {
  const { x, y } = c, dx = half.w + GAP, dy = half.h + 4;
  switch (side) {
  case 'r': return { x1: x + dx, y1: y - h / 2, x2: x + dx + w, y2: y + h / 2 };
  case 'l': return { x1: x - dx - w, y1: y - h / 2, x2: x - dx, y2: y + h / 2 };
  case 'b': return { x1: x - w / 2, y1: y + dy, x2: x + w / 2, y2: y + dy + h };
  case 't': return { x1: x - w / 2, y1: y - dy - h, x2: x + w / 2, y2: y - dy };
  case 'tr': return { x1: x + half.w * 0.3, y1: y - dy - h, x2: x + half.w * 0.3 + w, y2: y - dy };
  default: return { x1: x - half.w * 0.3 - w, y1: y - dy - h, x2: x - half.w * 0.3, y2: y - dy };
  }
}

// Side by side two names would read as one without a space between them.
export const spaced = box => ({ ...box, x1: box.x1 - SPACE, x2: box.x2 + SPACE });

// Cut in the middle: "ham-…-a12".
export function cutMiddle(text, most) {
  const letters = [...text];
  if (letters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return letters.slice(0, head).join('') + '…' + letters.slice(letters.length - (most - 1 - head)).join('');
}

// What all names begin with, up to a hyphen, dot, slash or underscore; '' if
// that is nothing or all of one of them.
export function commonPrefix(names) {
  if (names.length < 3) return '';
  let prefix = names[0];
  for (const n of names) {
    while (prefix && !n.startsWith(prefix)) prefix = prefix.slice(0, -1);
    if (!prefix) return '';
  }
  const m = /^.*[-./_]/.exec(prefix);
  return m && names.every(n => n.length > m[0].length) ? m[0] : '';
}

// How much of the node's own links a box would cover.
function ownLines(box, c, ends) {
  let n = 0;
  for (const e of ends) if (crosses(c, e, box)) n++;
  return n;
}

// wanted: [{id, c, half, ends, texts: [[text, w], ...] (whole first, then
// shorter), height, second (a line below: [text, w, h]), priority (least
// first), side (held from before, or preferred)}]; taken: boxes that must stay
// free, with the id of the plate they belong to.
// lines: Squares of what had better stay free, too.
// Gives id -> {side, text, box}; one that finds no place is not in it.
export function placeNames(wanted, taken, lines = null) {
  const squares = new Squares(96), placed = new Map();
  for (const t of taken) squares.add(t.box, t.id);
  const order = [...wanted].sort((p, q) => p.priority - q.priority || (p.id < q.id ? -1 : 1));
  for (const w of order) {
    const found = findPlace(w, squares, lines);
    if (!found) continue;
    squares.add(spaced(found.box), w.id);
    placed.set(w.id, found);
  }
  return placed;
}

function findPlace(w, squares, others) {
  const sides = w.side ? [w.side, ...SIDES.filter(s => s !== w.side)] : SIDES;
  for (const [text, width] of w.texts) {
    let best = null;
    for (let i = 0; i < sides.length; i++) {
      const box = boxAt(sides[i], w.c, w.half, Math.max(width, w.second?.[1] || 0), w.height + (w.second?.[2] || 0));
      if (squares.some(box, id => id !== w.id)) continue;
      const lines = ownLines(box, w.c, w.ends || []) + (others?.some(box) ? 1 : 0), cost = lines * 10 + i - (sides[i] === w.side ? 5 : 0);
      if (!best || cost < best.cost) best = { side: sides[i], text, box, cost, second: w.second };
      if (cost <= 0) break;
    }
    // A name over its own line reads, as long as it is cut out of it; only the
    // short form is worth less than that.
    if (best) return best;
  }
  return w.second ? findPlace({ ...w, second: null }, squares, others) : null;
}

// How a text stands in its box: for canvas.
export const alignOf = side => side === 'r' || side === 'tr' ? 'left' : side === 'l' || side === 'tl' ? 'right' : 'center';
export const lineHeight = size => size * LINE;
