// A map as the station tells it, and what of it is drawn: clouds folded or
// open, links summed, states of clouds from their members. No drawing, no
// asking; y is turned to grow downwards.
import { worstOf, isWell, widthOf } from './weigh.js';
import { laneOffset } from './geometry.js';

const IDLE = ['confirmed', 'candidate', 'ambiguous', 'stale', 'blocked', 'down'];
const idleness = state => Math.max(0, IDLE.indexOf(state));

export class MapModel {
  constructor() {
    this.name = '';
    this.nodes = new Map();
    this.links = new Map();
    this.opened = new Map(); // id of a cloud -> true/false: what this page wants, against the document
    this.inside = '';        // id of the cloud that is the whole of what is shown
    this.showHidden = false;
  }

  // Takes a document (GET maps/NAME).
  load(doc) {
    this.doc = doc;
    this.name = doc.name;
    this.view = doc.view;
    this.title = doc.title || '';
    this.up = doc.up || '';
    this.revision = doc.revision || 0;
    this.nodes = new Map(doc.nodes.map(n => [n.id, { ...n, placed: n.x !== undefined, x: n.x ?? 0, y: -(n.y ?? 0) }]));
    this.links = new Map();
    for (const l of doc.links)
      if (this.nodes.has(l.a) && this.nodes.has(l.b)) this.links.set(l.id, { ...l, mislink: isMislink(l) });
    this.members = new Map();
    for (const n of this.nodes.values())
      if (n.cloud && this.nodes.has(n.cloud)) listed(this.members, n.cloud).push(n.id);
    this.placeRest();
    this.weighClouds();
    return this;
  }

  isCloud(n) { return n?.origin === 'cloud'; }
  isOpen(cloud) { return this.opened.get(cloud.id) ?? !cloud.collapsed; }
  // A cloud of which the document has the members, so that it can be opened
  // here.
  canOpen(cloud) { return this.isCloud(cloud) && (this.members.get(cloud.id) || []).length > 0; }

  // Does the document leave out what is within folded clouds.
  get partial() {
    for (const n of this.nodes.values()) if (this.isCloud(n) && n.collapsed && !this.members.has(n.id) && this.countOf(n) > 0) return true;
    return false;
  }
  // How many devices there are, those in clouds too.
  get size() {
    let sum = 0;
    for (const n of this.nodes.values()) sum += this.isCloud(n) ? (this.members.has(n.id) ? 0 : this.countOf(n)) : 1;
    return sum;
  }

  // The clouds around a node, the nearest first.
  around(n) {
    const out = [];
    for (let c = this.nodes.get(n?.cloud); c && out.length < 32; c = this.nodes.get(c.cloud)) out.push(c);
    return out;
  }

  // Who is drawn for a node: itself, or the outermost folded cloud around it;
  // null if it is outside of what is shown.
  standsFor(n) {
    const clouds = this.around(n);
    if (this.inside) {
      const at = clouds.findIndex(c => c.id === this.inside);
      if (at < 0) return null;
      clouds.length = at;
    }
    for (let i = clouds.length - 1; i >= 0; i--) if (!this.isOpen(clouds[i])) return clouds[i];
    return n;
  }

  everyMember(id, out = []) {
    for (const m of this.members.get(id) || []) {
      const n = this.nodes.get(m);
      if (this.isCloud(n)) this.everyMember(m, out);
      else out.push(n);
    }
    return out;
  }

  // Members that nobody placed stand in rows around their cloud, so that it
  // can be opened; nodes of nowhere beneath everything.
  placeRest() {
    const rows = (list, x, y, gap) => {
      const columns = Math.ceil(Math.sqrt(list.length * 1.6));
      list.forEach((n, i) => {
        n.x = x + (i % columns - (columns - 1) / 2) * gap;
        n.y = y + (Math.floor(i / columns) - (Math.ceil(list.length / columns) - 1) / 2) * gap;
        n.placed = true;
        n.guessed = true;
      });
    };
    for (const [id, list] of this.members) {
      const lost = list.map(m => this.nodes.get(m)).filter(n => !n.placed);
      const cloud = this.nodes.get(id);
      if (lost.length) rows(lost, cloud.x, cloud.y, 110);
    }
    const lost = [...this.nodes.values()].filter(n => !n.placed && !this.isCloud(n));
    let low = 0;
    for (const n of this.nodes.values()) if (n.placed) low = Math.max(low, n.y);
    if (lost.length) rows(lost, 0, low + 200, 120);
  }

  weighClouds() {
    for (const id of this.members.keys()) this.weighCloud(this.nodes.get(id));
  }

  // State and "up/all" of a cloud from its members, the hidden not counted.
  weighCloud(cloud) {
    const all = this.everyMember(cloud.id).filter(n => !n.hidden);
    if (!all.length) return;
    cloud.state = worstOf(all.map(n => n.state));
    cloud.count = all.length;
    cloud.well = all.filter(n => isWell(n.state)).length;
  }

  // How many devices a cloud stands for.
  countOf(cloud) {
    if (cloud.count) return cloud.count;
    const m = /\/(\d+)/.exec(cloud.words || '') || /(\d+) (?:node|device)/.exec((cloud.note || '') + ' ' + (cloud.detail || ''));
    return m ? Number(m[1]) : (this.members.get(cloud.id) || []).length;
  }

  // What changed at the station: a node's state. True if it is shown here.
  setState(id, change) {
    const n = this.nodes.get(id);
    if (!n) return false;
    Object.assign(n, change);
    for (const c of this.around(n)) this.weighCloud(c);
    return true;
  }

  setLink(id, change) {
    const l = this.links.get(id);
    if (!l) return false;
    Object.assign(l, change);
    return true;
  }

  // What is drawn: {nodes, links, coasts}; links carry their lane. A coast is
  // an open cloud with the nodes that lie in it.
  shown() {
    const nodes = new Map(), links = [], coasts = new Map(), stands = new Map();
    for (const n of this.nodes.values()) {
      const s = n.hidden && !this.showHidden ? null : this.standsFor(n);
      stands.set(n.id, s);
      if (!s || (s.hidden && !this.showHidden)) { stands.set(n.id, null); continue; }
      if (s === n && !(this.isCloud(n) && this.isOpen(n))) nodes.set(n.id, n);
    }
    for (const n of nodes.values()) {
      for (const c of this.around(n)) {
        if (c.id === this.inside) break;
        if (!coasts.has(c.id)) coasts.set(c.id, { cloud: c, nodes: [] });
        coasts.get(c.id).nodes.push(n);
      }
    }
    this.gatherLinks(nodes, stands, links);
    return { nodes, links, coasts: [...coasts.values()] };
  }

  gatherLinks(nodes, stands, out) {
    const pairs = new Map(), sums = new Map(), told = [];
    for (const l of this.links.values()) {
      if (l.hidden && !this.showHidden) continue;
      if (l.summed) { told.push(l); continue; }
      const a = stands.get(l.a), b = stands.get(l.b);
      if (!a || !b || a === b || !nodes.has(a.id) || !nodes.has(b.id)) continue;
      if (a.id === l.a && b.id === l.b) {
        listed(pairs, pairKey(l.a, l.b)).push(l);
      } else {
        const key = pairKey(a.id, b.id);
        if (!sums.has(key)) sums.set(key, newSum(a.id, b.id));
        addTo(sums.get(key), l, a.id !== sums.get(key).a);
      }
    }
    for (const l of told) { // of clouds whose members are not in the document
      const key = pairKey(l.a, l.b);
      if (nodes.has(l.a) && nodes.has(l.b) && !sums.has(key)) listed(pairs, key).push(l);
    }
    for (const [key, s] of sums) listed(pairs, key).push(finish(s));
    for (const list of pairs.values()) {
      list.sort((p, q) => p.id < q.id ? -1 : 1);
      const widest = Math.max(...list.map(l => widthOf(l.speed)));
      list.forEach((l, i) => {
        // Aside is measured from the smaller id, so that lanes do not cross.
        l.lane = laneOffset(i, list.length, widest) * (l.a < l.b ? 1 : -1);
        out.push(l);
      });
    }
  }

  // Links of a node among those shown, with who is at the other end.
  neighbours(id, links) {
    const out = [];
    for (const l of links)
      if (l.a === id || l.b === id)
        out.push({ link: l, node: this.nodes.get(l.a === id ? l.b : l.a), port: l.a === id ? l.a_port : l.b_port,
                   theirs: l.a === id ? l.b_port : l.a_port });
    return out;
  }
}

const pairKey = (a, b) => a < b ? a + ' ' + b : b + ' ' + a;

function listed(map, key) {
  if (!map.has(key)) map.set(key, []);
  return map.get(key);
}

const isMislink = l => l.mislink === true || /mislink|do not agree|counters disagree/i.test(l.why || '');

const newSum = (a, b) => ({ id: `~sum-${a}-${b}`, a, b, count: 0, speed: 0, ab: 0, ba: 0, knownAb: 0, knownBa: 0,
                            state: null, kind: 'bundle', of: [], mislink: false });

function addTo(s, l, turned) {
  const ab = turned ? l.load_ba : l.load_ab, ba = turned ? l.load_ab : l.load_ba;
  s.count++;
  s.speed += l.speed || 0;
  if (Number.isFinite(ab ?? NaN)) { s.ab += ab * l.speed; s.knownAb += l.speed; }
  if (Number.isFinite(ba ?? NaN)) { s.ba += ba * l.speed; s.knownBa += l.speed; }
  if (s.state === null || idleness(l.state) < idleness(s.state)) s.state = l.state;
  s.a_port = s.count === 1 ? (turned ? l.b_port : l.a_port) : '';
  s.b_port = s.count === 1 ? (turned ? l.a_port : l.b_port) : '';
  s.layer = l.layer;
  s.evidence = s.count === 1 ? l.evidence : '';
  s.mislink ||= l.mislink;
  s.of.push(l.id);
}

function finish(s) {
  return { ...s, summed: s.count, kind: s.count > 1 ? 'bundle' : 'p2p',
           load_ab: s.knownAb ? s.ab / s.knownAb : null, load_ba: s.knownBa ? s.ba / s.knownBa : null };
}
