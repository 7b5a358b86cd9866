// What is known of a port, put together from several answers, and where it sits
// on the front of its device. Pure.
import { byName } from '../base/format.js';
import { rank } from '../parts/severity.js';

// Types of IF-MIB that have a socket.
const SOCKETS = new Set(['ethernetCsmacd', 'gigabitEthernet', 'fastEther', 'fastEtherFX', 'fibreChannel', 'infiniband', 'sonet', 'ds1', 'ds3',
                         'adsl', 'vdsl', 'vdsl2', 'shdsl', 'ieee80211', 'iso88023Csmacd', 'aviciOpticalEther', 'opticalTransport', 'hdlc']);
const VIRTUAL = /^(vlan|vl|irb|bvi|lo(opback)?|null|tun(nel)?|po(rt-?channel)?|bundle|ae|lag|bond|br|docker|veth|vir|dialer|nve|cpu|internal|stack|mgmt-?vlan|vfi|bdi|embedded|unrouted|bluetooth|appgig|ap)[-_ ]?\d*/i;

// Has this interface a socket? Sub-interfaces and what is made of others have none.
export const isSocket = i => (SOCKETS.has(i.type) || hasPlace(i)) && !/^stack/i.test(i.name || '') &&
  !(!hasPlace(i) && VIRTUAL.test(i.name || '')) && !/[.:]\d+$/.test(i.name || '');

// "Gi1/0/24" as {prefix: 'Gi', path: [1, 0, 24]}; null without any number.
export function numbersOf(name) {
  const m = /^(.*?)(\d+(?:[/.:]\d+)*)$/.exec(String(name ?? '').trim());
  return m ? { prefix: m[1], path: m[2].split(/[/.:]/).map(Number) } : null;
}

// What a person sees of a port: 'up', a severity, 'down' (something was here and
// is not), 'disabled' (by its administrator), 'empty' (nothing plugged in).
export function portState(i, { alert = null, link = null } = {}) {
  if (i.admin === 'down') return 'disabled';
  if (i.oper === 'up') return alert ? alert.severity : 'up';
  if (i.oper === 'down' || i.oper === 'lowerLayerDown') return alert || link ? 'down' : 'empty';
  if (i.oper === 'notPresent') return 'empty';
  return 'unknown';
}

const load = (octets, speed) => octets === null || octets === undefined || !(speed > 0) ? null : octets * 8 / speed;
const sum = (...v) => v.every(x => x === null || x === undefined) ? null : v.reduce((a, x) => a + (x ?? 0), 0);

// Links by the name of this device's port: {port: {device, port, state, ...}}.
export function linksByPort(name, links) {
  const out = new Map();
  for (const l of links || []) {
    const own = l.a === name ? 'a' : l.b === name ? 'b' : null;
    if (!own) continue;
    const other = own === 'a' ? 'b' : 'a', port = l[own + '_port'] || '';
    const found = { device: l[other], port: l[other + '_port'] || '', state: l.state, evidence: l.evidence, why: l.why, last_seen: l.last_seen, layer: l.layer, kind: l.kind };
    // The physical link tells more than the one of layer 3 above it.
    if (!out.has(port) || (l.layer === 2 && out.get(port).layer !== 2)) out.set(port, found);
  }
  return out;
}

// Alerts by port: the worst of each.
export function alertsByPort(name, alerts) {
  const out = new Map();
  for (const a of alerts || []) {
    if (!(a.object || '').startsWith(name + ':') || a.state === 'cleared') continue;
    const port = a.object.slice(name.length + 1), known = out.get(port);
    if (!known || rank(a.severity) > rank(known.severity)) out.set(port, a);
  }
  return out;
}

// Interfaces as the page shows them: with state, loads, errors, neighbour.
export function portsOf(name, interfaces, links, alerts) {
  const linked = linksByPort(name, links), alerted = alertsByPort(name, alerts);
  return interfaces.map(i => {
    const link = linked.get(i.name) || null, alert = alerted.get(i.name) || null, r = i.rates || {};
    return { ...i, link, alert, state: portState(i, { alert, link }), socket: isSocket(i),
             in: load(r.in_octets, i.speed_bps), out: load(r.out_octets, i.speed_bps),
             in_bps: r.in_octets == null ? null : r.in_octets * 8, out_bps: r.out_octets == null ? null : r.out_octets * 8,
             errors: sum(r.in_errors, r.out_errors), discards: sum(r.in_discards, r.out_discards) };
  });
}

export const inUse = p => p.state !== 'empty' && (p.state !== 'disabled' || p.link !== null || Boolean(p.alias));

/* ---- the front ---- */

const MANY = 10; // from so many ports on they stand in two rows

// Ports that number themselves as slot/1, slot/1 ... (one lane each of a wide
// socket) are numbered by the slot.
function numbering(list) {
  const lanes = new Map();
  for (const p of list) {
    if (p.path.length < 2) continue;
    const key = p.prefix + '|' + p.path.slice(0, -2).join('/');
    if (!lanes.has(key)) lanes.set(key, new Map());
    const slots = lanes.get(key), slot = p.path.at(-2);
    slots.set(slot, (slots.get(slot) || 0) + 1);
  }
  return p => {
    if (p.path.length < 2) return { unit: [], number: p.path[0], lane: null };
    const slots = lanes.get(p.prefix + '|' + p.path.slice(0, -2).join('/'));
    const wide = slots.size > 4 && [...slots.values()].every(n => n <= 4) && [...slots.keys()].every(s => s > 0);
    return wide ? { unit: p.path.slice(0, -2), number: p.path.at(-2), lane: p.path.at(-1) } : { unit: p.path.slice(0, -1), number: p.path.at(-1), lane: null };
  };
}

const PLACED = 0.8; // the share of sockets that must have a place
const FEW = 2;
const ONE_BOX = 64; // up to so many ports stand in one box, whatever their cards
const hasPlace = p => Number.isInteger(p.position);

// The front as units (members of a stack, line cards) of blocks of ports:
// [{name, blocks: [{name, wide, rows, ports: [port]}]}]. The position of
// ENTITY-MIB orders where it is known; else the numbers in the names do.
export function frontOf(ports) {
  const sockets = ports.filter(p => p.socket).map(p => ({ port: p, ...(numbersOf(p.name) || { prefix: p.name, path: [] }) }));
  const numberOf = numbering(sockets.filter(s => s.path.length));
  // A device that places some ports alone is read by its names.
  const placed = sockets.filter(s => hasPlace(s.port)).length >= PLACED * sockets.length;
  const bySlot = placed && sockets.length > ONE_BOX;
  const units = new Map();
  for (const s of sockets) {
    const { unit, number, lane } = s.path.length ? numberOf(s) : { unit: [], number: null, lane: null };
    // Members of a stack are boxes already: their numbers tell the rest.
    const slot = placed && !s.port.member && s.port.slot || '';
    const key = s.port.member ? 'm' + s.port.member : bySlot ? 's' + slot : placed ? '' : 'u' + unit.slice(0, Math.max(1, unit.length - 1)).join('/');
    if (!units.has(key)) units.set(key, { name: s.port.member ? String(s.port.member) : bySlot ? slot : '', order: unit.join('/'), member: s.port.member || null, list: [] });
    units.get(key).list.push({ ...s, unit, number, lane, slot, order: placed && !s.port.member ? s.port.position ?? number : number });
  }
  return gather([...units.values()]).sort((a, b) => (a.member ?? 0) - (b.member ?? 0) || byName(a.name, b.name) || byName(a.order, b.order))
    .map(u => ({ name: u.name, member: u.member, blocks: blocksOf(u.list) }));
}

// A port or two beside a large box, of management mostly, stand in that box.
function gather(units) {
  const large = units.filter(u => u.list.length > FEW || u.member), rest = units.filter(u => !large.includes(u));
  if (!large.length) return units;
  large[0].list.push(...rest.flatMap(u => u.list));
  return large;
}

function blocksOf(list) {
  const blocks = new Map();
  for (const s of list) {
    const key = [s.prefix, s.unit.join('/'), s.lane !== null, s.slot].join('|');
    if (!blocks.has(key)) blocks.set(key, { prefix: s.prefix, unit: s.unit, list: [] });
    blocks.get(key).list.push(s);
  }
  const out = [...blocks.values()].map(b => {
    b.list.sort((x, y) => (x.order ?? 0) - (y.order ?? 0) || byName(x.port.name, y.port.name));
    return b;
  }).sort((a, b) => byName(a.unit.join('/'), b.unit.join('/')) || (a.list[0].order ?? 0) - (b.list[0].order ?? 0) || byName(a.prefix, b.prefix));
  return out.map(b => {
    const fast = Math.max(0, ...b.list.map(s => s.port.speed_bps || 0));
    const numbers = b.list.map(s => s.number).filter(n => n !== null);
    const name = numbers.length > 1 ? `${b.prefix}${b.unit.length ? b.unit.join('/') + '/' : ''}${Math.min(...numbers)}–${Math.max(...numbers)}` : b.list[0].port.name;
    // Fewer and faster than the largest block: uplinks, drawn wider.
    const wide = out.length > 1 && b.list.length <= 12 && b.list.length < Math.max(...out.map(o => o.list.length)) && fast >= 10e9;
    return { name, wide, rows: b.list.length >= MANY || (wide && b.list.length > 2) ? 2 : 1,
             ports: b.list.map(s => ({ ...s.port, label: s.number === null ? s.port.name.slice(0, 4) : s.lane === null || s.lane === 1 ? String(s.number) : `${s.number}.${s.lane}` })) };
  });
}

const W = 31, WIDE = 53, H = 21, GAP = 5, GROUP = 8, BLOCK = 26, LEFT = 14, TOP = 33, ROW = 26;

// Where everything stands: {width, height, units: [{y, height, name, blocks:
// [{x, name}]}], sockets: [{port, x, y, w, h}]}, in the units of the drawing.
export function layoutFront(front, limit = 1180) {
  const out = { width: 0, units: [], sockets: [], height: 0 };
  let y = 1;
  for (const u of front) {
    let x = LEFT, top = y, line = 0, right = 0;
    const blocks = [];
    for (const b of u.blocks) {
      const w = b.wide ? WIDE : W, columns = Math.ceil(b.ports.length / b.rows);
      const width = columns * (w + GAP) - GAP + (b.wide ? 0 : Math.floor((columns - 1) / 6) * GROUP);
      const label = b.name.length * 5.6;
      if (x > LEFT && x + Math.max(width, label) > limit - LEFT) {
        top += line + 26;
        x = LEFT;
        line = 0;
      }
      blocks.push({ x, y: top + 19, name: b.name });
      b.ports.forEach((port, i) => {
        const column = Math.floor(i / b.rows), row = i % b.rows;
        out.sockets.push({ port, x: x + column * (w + GAP) + (b.wide ? 0 : Math.floor(column / 6) * GROUP), y: top + TOP - 1 + row * ROW, w, h: H });
      });
      right = Math.max(right, x + Math.max(width, label));
      x += Math.max(width, label) + BLOCK;
      line = Math.max(line, (b.rows - 1) * ROW + H + 10);
    }
    const height = top - y + TOP + line;
    out.units.push({ y, height, name: u.name, blocks });
    out.width = Math.max(out.width, right + LEFT);
    y += height + 8;
  }
  out.height = Math.max(0, y - 8 + 1);
  return out;
}
