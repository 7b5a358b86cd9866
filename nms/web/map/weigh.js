// What things of a map weigh: width by speed, step by load, size and rank by
// kind, level of detail by the size of a plate. Pure: tables and short rules.

// Width of a line in points by its speed, the first that fits.
const WIDTHS = [[1e11, 7], [4e10, 5.4], [2.5e10, 4.2], [1e10, 3.2], [1e9, 2], [0, 1.2]];
export const widthOf = speed => (WIDTHS.find(([least]) => (speed || 0) >= least) || WIDTHS.at(-1))[1];

// The step of a load 0..1; null where it is not known.
const STEPS = [0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85];
export function stepOf(load) {
  if (load === null || load === undefined || !Number.isFinite(load)) return null;
  const at = STEPS.findIndex(s => load < s);
  return at < 0 ? STEPS.length : at;
}

// The higher of both directions; null if neither is known.
export function loadOf(link) {
  const known = [link.load_ab, link.load_ba].filter(v => v !== null && v !== undefined && Number.isFinite(v));
  return known.length ? Math.max(...known) : null;
}

export const PLATE = 40, PLATE_SMALL = 27, CLOUD_W = 70, CLOUD_H = 40, SUBNET_H = 26;

// End devices: smaller, and named last.
const SMALL = new Set(['host', 'printer', 'phone', 'camera', 'sensor', 'ap', 'power', 'ups', 'vm']);
// What routes is round.
const ROUND = new Set(['router', 'internet', 'unknown', 'station']);

export const isSmall = node => node.origin !== 'cloud' && node.origin !== 'subnet' && SMALL.has(node.kind);
export const shapeOf = node => node.origin === 'cloud' ? 'cloud' : node.origin === 'subnet' ? 'subnet' :
  ROUND.has(node.kind) ? 'round' : 'plate';

// Half of what a plate measures, in points; names of subnets stand inside.
export function halfOf(node, textWidth = 0) {
  switch (shapeOf(node)) {
  case 'cloud': return { w: CLOUD_W / 2, h: CLOUD_H / 2 };
  case 'subnet': return { w: Math.max(24, textWidth / 2 + 11), h: SUBNET_H / 2 };
  default: return isSmall(node) ? { w: PLATE_SMALL / 2, h: PLATE_SMALL / 2 } : { w: PLATE / 2, h: PLATE / 2 };
  }
}

// Who is named first: trouble is counted by the caller.
const RANKS = { cloud: 0, subnet: 0, internet: 1, router: 1, firewall: 1, l3switch: 1, stack: 2, station: 1,
                loadbalancer: 2, wlc: 2, switch: 2, hypervisor: 3, storage: 3, server: 3, segment: 4 };
export const rankOf = node => node.origin === 'cloud' || node.origin === 'subnet' ? 0 : RANKS[node.kind] ?? (isSmall(node) ? 5 : 3);

// Levels of detail by the size of a plate on the screen.
export const LEVELS = { chart: 0, region: 1, site: 2, rack: 3, link: 4 };
const SIZES = [10, 22, 44, 90];
export function levelOf(zoom, scale = 1) {
  const size = PLATE * zoom / Math.sqrt(scale); // what is enlarged is looked at from farther, not twice as far
  const at = SIZES.findIndex(s => size < s);
  return at < 0 ? LEVELS.link : at;
}

// From which load on a pill stands in the middle of a link.
export const pillFrom = level => level <= LEVELS.chart ? Infinity : level === LEVELS.region ? 0.7 : 0.3;
export const HOT = 0.85;

// Worst last, of what a cloud shows of its members: a symptom does not outrank
// a cause.
const WORST = ['unmanaged', 'up', 'silenced', 'unknown', 'unreachable', 'warning', 'minor', 'major', 'critical', 'down'];
export const severityOf = state => Math.max(0, WORST.indexOf(state));
export const worstOf = states => states.reduce((a, b) => severityOf(b) > severityOf(a) ? b : a, 'unmanaged');
export const isTrouble = state => severityOf(state) >= WORST.indexOf('warning');
export const isWell = state => state === 'up' || state === 'silenced' || state === 'unmanaged';

// How a link is drawn: its state, or what the neighbours of it make of it.
export function styleOf(link, a, b) {
  if (link.state === 'down') return 'down';
  if (a?.state === 'down' || b?.state === 'down') return link.state === 'blocked' ? 'blocked' : 'down';
  if (a?.state === 'unreachable' || b?.state === 'unreachable') return 'unreachable';
  if (link.state === 'blocked' || link.state === 'stale') return link.state;
  if (link.state === 'candidate' || link.state === 'ambiguous') return 'candidate';
  if (link.mislink) return 'mislink';
  return 'up';
}

// Ports as engineers write them: "Et1/19" of "Ethernet1/19".
const SHORT = [[/^TenGigabitEthernet/i, 'Te'], [/^TwentyFiveGigE(?:thernet)?/i, 'Twe'], [/^FortyGigE(?:thernet)?/i, 'Fo'], [/^HundredGigE(?:thernet)?/i, 'Hu'],
               [/^GigabitEthernet/i, 'Gi'], [/^FastEthernet/i, 'Fa'], [/^Ethernet/i, 'Et'], [/^Port-channel/i, 'Po']];
export const shortPort = port => SHORT.reduce((text, [whole, brief]) => text.replace(whole, brief), port || '');
