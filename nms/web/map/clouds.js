// Opening and folding clouds where they stand. What lies where an opened one
// spreads gives way, and comes back when it is folded.
import { halfOf } from './weigh.js';
import { around, meets } from './geometry.js';

const ROOM = 70;

// Opens (or folds) a cloud on this page alone; the ids of its members.
export function setOpen(model, cloud, open) {
  takeBack(model, cloud.id);
  model.opened.set(cloud.id, open);
  const members = model.everyMember(cloud.id);
  if (open) giveWay(model, cloud, members);
  return members.map(m => m.id);
}

// Moves nodes out of the box of an opened cloud, away from its middle.
function giveWay(model, cloud, members) {
  const box = around(members.map(n => {
    const h = halfOf(n);
    return { x1: n.x - h.w - ROOM, y1: n.y - h.h - ROOM, x2: n.x + h.w + ROOM, y2: n.y + h.h + ROOM };
  }));
  if (!box) return;
  const own = new Set(members.map(n => n.id)), c = { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 };
  for (const n of model.shown().nodes.values()) {
    const h = halfOf(n);
    if (own.has(n.id) || n.pinned || !meets(box, { x1: n.x - h.w, y1: n.y - h.h, x2: n.x + h.w, y2: n.y + h.h })) continue;
    // Along the line from the middle, until it is outside.
    const dx = n.x - c.x || 1, dy = n.y - c.y || 1;
    const f = Math.min(((box.x2 - box.x1) / 2 + h.w) / Math.abs(dx), ((box.y2 - box.y1) / 2 + h.h) / Math.abs(dy));
    n.aside = { by: cloud.id, x: n.x, y: n.y };
    n.x = c.x + dx * f;
    n.y = c.y + dy * f;
  }
}

// id null: of whatever was opened.
function takeBack(model, id) {
  for (const n of model.nodes.values()) {
    if (!n.aside || (id !== null && n.aside.by !== id)) continue;
    n.x = n.aside.x;
    n.y = n.aside.y;
    delete n.aside;
  }
}

// What the address says of clouds: open=ID,ID and folded=ID,ID.
export function readOpened(model, query) {
  takeBack(model, null);
  model.opened = new Map();
  for (const [key, open] of [['open', true], ['folded', false]])
    for (const id of (query.get(key) || '').split(',').filter(Boolean)) {
      const cloud = model.nodes.get(id) || [...model.nodes.values()].find(n => n.origin === 'cloud' && n.name === id);
      if (cloud && model.canOpen(cloud)) setOpen(model, cloud, open);
    }
}

export function writeOpened(model) {
  const ids = open => [...model.opened].filter(([id, o]) => o === open && model.nodes.get(id) && o !== !model.nodes.get(id).collapsed).map(([id]) => id).join(',') || null;
  return { open: ids(true), folded: ids(false) };
}
