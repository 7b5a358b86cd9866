// What the station says of a discovery, as the page shows it. Pure.

const STAGES = ['find', 'ask', 'identify', 'collect', 'infer'];

// States of the stages: 'ok', 'on' or ''. Several run at once.
export function stagesOf(d) {
  if (!d.running) return STAGES.map(id => ({ id, state: d.started ? 'ok' : '' }));
  const open = d.addresses_found > d.addresses_asked || d.waiting > 0, talking = d.interviews > 0;
  const met = d.addresses_answered > 0 || d.devices > 0;
  return [
    { id: 'find', state: open ? 'on' : 'ok' },
    { id: 'ask', state: open || d.waiting > 0 ? 'on' : 'ok' },
    { id: 'identify', state: met ? (open || talking ? 'on' : 'ok') : '' },
    { id: 'collect', state: talking ? 'on' : met && !open ? 'ok' : '' },
    { id: 'infer', state: met && !open && !talking ? 'on' : '' },
  ];
}

// How far it is, 0..1: addresses asked of those that are known, and the
// interviews that are left.
export function progressOf(d) {
  if (!d.running) return d.started ? 1 : 0;
  const all = d.addresses_found + d.interviews, done = Math.max(0, d.addresses_asked - d.interviews);
  return all > 0 ? Math.min(0.99, done / all) : 0;
}

export const took = (d, now = Date.now()) => !d.started ? 0 : Math.max(0, (d.running || !d.ended ? now : Date.parse(d.ended)) - Date.parse(d.started)) / 1000;

// Cells of the grid of one prefix: a letter for each address. tried: [{address,
// state}], state one of snmp, echo, refused, silent, asking.
const LETTER = { snmp: 'd', device: 'd', echo: 'p', ping: 'p', refused: 'f', credential: 'f', silent: 's', asking: 'w', waiting: 'n', found: 'n' };
export const letterOf = state => LETTER[state] || 'n';

const v4 = a => {
  const p = String(a).split('.');
  return p.length === 4 && p.every(x => /^\d{1,3}$/.test(x) && x < 256) ? p.map(Number) : null;
};

// Addresses by /24, each a row of 256 cells; IPv6 as one list. The fullest
// first, at most `most`.
export function gridOf(tried, most = 4) {
  const nets = new Map(), six = [];
  for (const { address, state } of tried) {
    const p = v4(address);
    if (!p) { six.push({ address, cell: letterOf(state) }); continue; }
    const key = p.slice(0, 3).join('.');
    if (!nets.has(key)) nets.set(key, { prefix: key + '.0/24', base: key, cells: Array(256).fill(''), asked: 0, total: 256 });
    const net = nets.get(key);
    net.cells[p[3]] = letterOf(state);
    if (net.cells[p[3]] !== 'n') net.asked++;
  }
  const out = [...nets.values()].sort((a, b) => b.asked - a.asked || a.base.localeCompare(b.base, 'en', { numeric: true }));
  if (six.length) out.push({ prefix: 'IPv6', base: '', cells: six.map(x => x.cell), addresses: six.map(x => x.address), asked: six.length, total: six.length });
  return { shown: out.slice(0, most), more: Math.max(0, out.length - most) };
}

// Addresses that are known to have been asked: those of devices, by what
// answered there.
export const triedOf = devices => devices.filter(d => d.address && !d.station).map(d => ({ address: d.address, state: d.credential ? 'snmp' : 'echo' }));

// What waits for a person: who echoes and knows no credential, and who answers
// and is known by no profile.
export function needsOf(devices) {
  const out = [];
  for (const d of devices) {
    if (d.station) continue;
    if (!d.credential) out.push({ kind: 'credential', address: d.address || d.name, device: d.name });
    else if (d.kind === 'unknown' || !d.kind || d.os === 'generic') out.push({ kind: 'unknown', address: d.address || d.name, device: d.name, text: d.hardware || '' });
  }
  // A type that nobody knows comes first: there are few, and each is a device.
  return out.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'unknown' ? -1 : 1));
}

// Groups that would make good clouds: by sysLocation, then by prefix; those
// that share most, at most three.
export function proposals(devices, most = 3) {
  const groups = new Map();
  const add = (key, name, d, by) => {
    if (!key) return;
    if (!groups.has(key)) groups.set(key, { name, by, members: [] });
    groups.get(key).members.push(d);
  };
  for (const d of devices) {
    if (d.location) add('l ' + d.location.toLowerCase(), d.location.split(',')[0].trim() || d.location, d, 'location');
    const p = v4(d.address);
    if (p) add('p ' + p.slice(0, 3).join('.'), p.slice(0, 3).join('.') + '.0/24', d, 'prefix');
  }
  const good = [...groups.values()].filter(g => g.members.length >= 3 && g.members.length <= devices.length * 0.6);
  good.sort((a, b) => (a.by === b.by ? b.members.length - a.members.length : a.by === 'location' ? -1 : 1));
  const out = [], used = new Set();
  for (const g of good) {
    if (out.some(o => o.name === g.name)) continue;
    const fresh = g.members.filter(d => !used.has(d.name));
    if (fresh.length < g.members.length * 0.7) continue;
    g.members.forEach(d => used.add(d.name));
    out.push(g);
    if (out.length === most) break;
  }
  return out;
}

// Is this an address of IPv4 or IPv6 that is whole?
export function isAddress(text) {
  const s = String(text).trim();
  if (v4(s)) return true;
  if (!/^[0-9a-f:.]+(%[\w.-]+)?$/i.test(s) || !s.includes(':') || s.includes(':::')) return false;
  const body = s.split('%')[0], halves = body.split('::');
  if (halves.length > 2) return false;
  const words = body.split(':').filter(w => w !== '');
  if (words.some(w => w.includes('.') ? !v4(w) : w.length > 4)) return false;
  const count = words.reduce((n, w) => n + (w.includes('.') ? 2 : 1), 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

// The prefix to stay within when a seed tells none of its own.
export function prefixOf(address) {
  const p = v4(address);
  return p ? p.slice(0, 3).join('.') + '.0/24' : isAddress(address) ? address.split('%')[0] + '/128' : '';
}
