// Opening and folding clouds where they stand. What lies where an opened one
// spreads gives way, and comes back when it is folded.
import { halfOf } from './weigh.js';
import { around, meets } from './geometry.js';

const ROOM = 70, COAST = 50, GAP = 10, PASSES = 3, PUSHES = 80;

// Opens (or folds) a cloud on this page alone; the ids of its members.
export function setOpen(model, cloud, open) {
  model.opened.delete(cloud.id); // the last one has its place
  model.opened.set(cloud.id, open);
  arrangeOpened(model);
  return model.everyMember(cloud.id).map(m => m.id);
}

// Everything where it was, then room for what is open, one after the other.
export function arrangeOpened(model) {
  takeBack(model);
  for (const [id, open] of model.opened) {
    const cloud = model.nodes.get(id);
    if (open && cloud && model.standsFor(cloud) === cloud) giveWay(model, cloud);
  }
}

const boxOf = (nodes, room) => around(nodes.map(n => {
  const h = halfOf(n);
  return { x1: n.x - h.w - room, y1: n.y - h.h - room, x2: n.x + h.w + room, y2: n.y + h.h + room };
}));

// What moves as one: a node, or an open cloud with all that is in it.
function unitsBeside(model, cloud) {
  const own = new Set(model.everyMember(cloud.id).map(n => n.id)), outer = new Set([cloud, ...model.around(cloud)]), groups = new Map();
  for (const n of model.shown().nodes.values()) {
    if (own.has(n.id) || outer.has(n)) continue;
    const clouds = model.around(n), open = clouds.filter(c => !outer.has(c)).at(-1);
    if (clouds.includes(cloud)) continue;
    const key = open?.id ?? n.id;
    if (!groups.has(key)) groups.set(key, { nodes: [], open: !!open });
    groups.get(key).nodes.push(n);
  }
  return [...groups.values()].filter(u => !u.nodes.some(n => n.pinned));
}

const moved = (b, dx, dy) => ({ x1: b.x1 + dx, y1: b.y1 + dy, x2: b.x2 + dx, y2: b.y2 + dy });

// How far along a direction a box goes until it is outside of another.
function wayOut(box, block, dx, dy) {
  const x = dx > 0 ? (block.x2 - box.x1) / dx : dx < 0 ? (block.x1 - box.x2) / dx : Infinity;
  const y = dy > 0 ? (block.y2 - box.y1) / dy : dy < 0 ? (block.y1 - box.y2) / dy : Infinity;
  return Math.min(x, y) + 1;
}

// Moves what meets the box of an opened cloud away from its middle, the nearest
// first, and what is met by that; the rest stays.
function giveWay(model, cloud) {
  const box = boxOf(model.everyMember(cloud.id), ROOM);
  if (!box) return;
  const c = { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 }, blocks = new Map([['', box]]);
  const units = unitsBeside(model, cloud).map(u => {
    const b = boxOf(u.nodes, u.open ? COAST : GAP), x = (b.x1 + b.x2) / 2 - c.x, y = (b.y1 + b.y2) / 2 - c.y, far = Math.hypot(x, y) || 1;
    return { ...u, box: b, far, dx: x / far || 0.01, dy: y / far || 0.01, by: 0 };
  }).sort((p, q) => p.far - q.far);
  for (let pass = 0; pass < PASSES; pass++) {
    let still = true;
    for (const u of units) {
      for (let i = 0; i < PUSHES; i++) {
        const block = [...blocks].find(([key, b]) => key !== u && meets(b, u.box));
        if (!block) break;
        const by = wayOut(u.box, block[1], u.dx, u.dy);
        u.by += by;
        u.box = moved(u.box, u.dx * by, u.dy * by);
        blocks.set(u, u.box);
        still = false;
      }
    }
    if (still) break;
  }
  for (const u of units) for (const n of u.by ? u.nodes : []) {
    n.aside ||= { x: n.x, y: n.y };
    n.x += u.dx * u.by;
    n.y += u.dy * u.by;
  }
}

function takeBack(model) {
  for (const n of model.nodes.values()) {
    if (!n.aside) continue;
    n.x = n.aside.x;
    n.y = n.aside.y;
    delete n.aside;
  }
}

// What the address says of clouds: open=ID,ID and folded=ID,ID.
export function readOpened(model, query) {
  model.opened = new Map();
  for (const [key, open] of [['open', true], ['folded', false]])
    for (const id of (query.get(key) || '').split(',').filter(Boolean)) {
      const cloud = model.nodes.get(id) || [...model.nodes.values()].find(n => n.origin === 'cloud' && n.name === id);
      if (cloud && model.canOpen(cloud)) model.opened.set(cloud.id, open);
    }
  arrangeOpened(model);
}

export function writeOpened(model) {
  const ids = open => [...model.opened].filter(([id, o]) => o === open && model.nodes.get(id) && o !== !model.nodes.get(id).collapsed).map(([id]) => id).join(',') || null;
  return { open: ids(true), folded: ids(false) };
}
