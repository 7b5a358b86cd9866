// Which names stand on the map at a zoom, and where: plates, pills and marks
// first, then names by rank. The result holds while the map is panned.
import { LEVELS, PLATE, halfOf, isSmall, isTrouble, loadOf, pillFrom, rankOf, shapeOf, shortPort, styleOf, HOT } from './weigh.js';
import { Squares, edgeOf, lineOf, mid } from './geometry.js';
import { alignOf, commonPrefix, cutMiddle, placeNames, spaced } from './labels.js';
import { percent, si } from '../base/format.js';
import { badgeOf } from './theme.js';

const MOST_LETTERS = 26, PORT_LETTERS = 16, USUAL = 'Desg FWD';

// Widths of texts, measured once.
let measuring = null;
const widths = new Map();
export function textWidth(text, font) {
  const key = font + '\n' + text;
  let w = widths.get(key);
  if (w === undefined) {
    measuring ||= document.createElement('canvas').getContext('2d');
    measuring.font = font;
    if (widths.size > 20000) widths.clear();
    widths.set(key, w = measuring.measureText(text).width);
  }
  return w;
}

export function fontsOf(theme) {
  const s = theme.scale, f = (weight, px) => `${weight} ${(px * s).toFixed(1)}px ${theme.sans}`;
  return { name: f(400, 12), small: f(400, 11), bold: f(700, 12), title: f(600, 12.5), note: f(400, 11), pill: f(400, 11), hot: f(600, 11),
           px: { name: 12 * s, small: 11 * s, note: 11 * s, pill: 11 * s, title: 12.5 * s } };
}

// What has its place already.
class Taken {
  constructor() { this.list = []; this.squares = new Squares(96); }
  push(t) { this.list.push(t); this.squares.add(t.box, t.id); }
  free(box) { return !this.squares.some(box); }
}

// Does a node have a name at this level. From afar clouds alone; where there are
// none, what routes.
function isNamed(n, level, chosen, clouds) {
  if (chosen || isTrouble(n.state)) return level > LEVELS.chart || n.state === 'down' || chosen;
  if (shapeOf(n) === 'subnet') return false; // it stands inside
  if (n.origin === 'cloud') return true;
  if (level <= LEVELS.chart) return !clouds && rankOf(n) <= 1;
  return level >= LEVELS.rack || !isSmall(n);
}

function secondLine(n, level, fonts) {
  if (n.origin === 'cloud') {
    const text = n.within || n.address || '';
    return text && level > LEVELS.chart ? [text, textWidth(text, fonts.note), fonts.px.note * 1.25] : null;
  }
  if (level < LEVELS.rack) return n.note && level >= LEVELS.site ? [n.note, textWidth(n.note, fonts.note), fonts.px.note * 1.25] : null;
  const text = n.words || n.note || n.address || n.detail || '';
  return text ? [text, textWidth(text, fonts.note), fonts.px.note * 1.25] : null;
}

// Short forms of names by the cloud they are in (or the whole map).
function shortNames(nodes) {
  const groups = new Map();
  for (const n of nodes) {
    const key = n.cloud || '';
    if (!groups.has(key)) groups.set(key, []);
    if (!n.origin || n.origin === 'device') groups.get(key).push(n);
  }
  const short = new Map();
  for (const list of groups.values()) {
    const prefix = commonPrefix(list.map(n => n.name));
    if (prefix) for (const n of list) short.set(n.id, n.name.slice(prefix.length));
  }
  return short;
}

// Where the badge of a state is, at the corner of a plate whose half size on the
// screen is r; on a dot it stands in its place. null: it has none.
export function badgeAt(n, at, r, zoom, level, theme) {
  const state = badgeOf(n), dot = level <= LEVELS.chart && n.origin !== 'cloud';
  if (!state || (level <= LEVELS.chart && !isTrouble(state))) return null;
  const size = Math.max(11 * theme.scale, Math.min((isSmall(n) ? 11 : 15) * zoom, 22 * theme.scale));
  if (dot) return { state, size, x: at.x - size / 2, y: at.y - size / 2 };
  // Of a cloud that is hardly larger it leaves the number free.
  const tight = size > r.w * 0.6;
  return n.origin === 'cloud' ? { state, size, x: at.x + (tight ? r.w - size * 0.4 : r.w * 0.36), y: at.y - r.h - size * (tight ? 0.5 : 0.2) } :
    { state, size, x: at.x + r.w - size * 0.55, y: at.y - r.h - size * 0.45 };
}

// scene: {shown, coasts, theme, zoom, level, grow, selected, held, count(cloud)}.
// Gives {titles, pills, marks, names, ports}; names: id -> {side, text, box, second...}.
export function arrange(scene) {
  const { shown, theme, zoom, level, grow } = scene, fonts = fontsOf(theme);
  const out = { zoom, titles: [], pills: [], marks: [], ports: [], names: new Map(), fonts };
  const taken = new Taken(), half = new Map(), at = n => ({ x: n.x * zoom, y: n.y * zoom });
  for (const n of shown.nodes.values()) {
    const h = halfOf(n, shapeOf(n) === 'subnet' ? textWidth(n.name, `600 11.5px ${theme.sans}`) : 0);
    const px = { w: h.w * zoom * grow + 1, h: h.h * zoom * grow + 1 };
    half.set(n.id, px);
    const c = at(n);
    taken.push({ id: n.id, box: { x1: c.x - px.w, y1: c.y - px.h, x2: c.x + px.w, y2: c.y + px.h } });
    const badge = scene.risk ? null : badgeAt(n, c, px, zoom, level, theme);
    if (badge) taken.push({ id: '', box: { x1: badge.x - 1, y1: badge.y - 1, x2: badge.x + badge.size + 1, y2: badge.y + badge.size + 1 } });
  }
  placeTitles(scene, out, taken, fonts);
  const ends = level > LEVELS.chart ? endsOf(shown.links, shown.nodes, zoom, half) : new Map();
  const short = shortNames(shown.nodes.values()), clouds = [...shown.nodes.values()].some(n => n.origin === 'cloud');
  const wanted = [];
  for (const n of shown.nodes.values()) {
    const chosen = scene.selected.has(n.id);
    if (!isNamed(n, level, chosen, clouds)) continue;
    const cloud = n.origin === 'cloud', font = cloud || n.state === 'down' ? fonts.bold : isSmall(n) ? fonts.small : fonts.name;
    const whole = cutMiddle(n.name, MOST_LETTERS), brief = short.get(n.id);
    const texts = [[whole, textWidth(whole, font) + 2]];
    if (brief) texts.push([brief, textWidth(brief, font) + 2]);
    const own = half.get(n.id), aside = (chosen ? 8 * Math.max(zoom, 0.8) : n.state === 'down' ? 6 * zoom : 0) + 6 * (theme.scale - 1);
    wanted.push({ id: n.id, c: at(n), half: { w: own.w + aside, h: own.h + aside }, ends: ends.get(n.id) || [], texts, font,
                  height: (isSmall(n) ? fonts.px.small : fonts.px.name) * 1.3, second: secondLine(n, level, fonts),
                  priority: chosen ? -2 : isTrouble(n.state) ? -1 : rankOf(n), side: scene.held?.get(n.id) || (cloud ? 'b' : '') });
  }
  // Names of what is chosen or in trouble first, then marks and pills, then the
  // other names.
  const lines = wanted.length ? linesOf(shown, zoom) : null, place = list => {
    const by = new Map(list.map(w => [w.id, w]));
    for (const [id, p] of placeNames(list, taken.list, lines)) {
      const w = by.get(id);
      out.names.set(id, Object.assign(p, { font: w.font, align: alignOf(p.side), line: w.height }));
      taken.push({ id: '', box: spaced(p.box) });
    }
  };
  place(wanted.filter(w => w.priority < 0));
  placeMarks(scene, out, taken);
  placePills(scene, out, taken, fonts);
  place(wanted.filter(w => w.priority >= 0));
  if (level >= LEVELS.rack || (level === LEVELS.site && shown.links.some(l => l.a_tree || l.b_tree))) placePorts(scene, out, taken, half, fonts);
  return out;
}

// Name, prefix and how many are well, above the coast of an open cloud; the name
// alone where that is too long. What finds no place is told by the tooltip.
function placeTitles({ coasts = [], zoom, theme }, out, taken, fonts) {
  const gap = 8 * theme.scale, h = fonts.px.title * 1.3;
  for (const k of coasts) {
    const c = k.cloud, x = k.title.x * zoom, y = k.title.y * zoom;
    const parts = [[cutMiddle(c.name, 30), fonts.title, theme.ink], [c.within || '', fonts.note, theme.ink3], [c.count ? `${c.well}/${c.count}` : '', fonts.note, theme.ink3]].filter(p => p[0]);
    for (const some of [parts, parts.slice(0, 1)]) {
      const w = some.reduce((sum, [text, font]) => sum + textWidth(text, font) + gap, -gap), box = { x1: x, y1: y - h * 0.8, x2: x + w, y2: y + h * 0.3 };
      if (!taken.free(box)) continue;
      taken.push({ id: '', box });
      out.titles.push({ id: c.id, x, y, gap, parts: some, box });
      break;
    }
  }
}

// Small boxes along all lines, as long as these are not too many.
const STEP = 14, STEPS_MOST = 20000;
function linesOf(shown, zoom) {
  let steps = 0;
  for (const l of shown.links) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
    steps += Math.hypot(a.x - b.x, a.y - b.y) * zoom / STEP;
  }
  if (steps > STEPS_MOST) return null;
  const out = new Squares(64);
  for (const l of shown.links) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b), n = Math.ceil(Math.hypot(a.x - b.x, a.y - b.y) * zoom / STEP);
    for (let i = 1; i < n; i++) {
      const p = mid(a, b, i / n), x = p.x * zoom, y = p.y * zoom;
      out.add({ x1: x - 1, y1: y - 1, x2: x + 1, y2: y + 1 });
    }
  }
  return out;
}

// The far ends of the links of each node, a plate's length away: names keep
// off their own lines.
function endsOf(links, nodes, zoom, half) {
  const out = new Map();
  const add = (n, to) => {
    const c = { x: n.x * zoom, y: n.y * zoom }, far = { x: to.x * zoom, y: to.y * zoom };
    const len = Math.hypot(far.x - c.x, far.y - c.y) || 1, f = Math.min(1, (half.get(n.id).w + 130) / len);
    if (!out.has(n.id)) out.set(n.id, []);
    out.get(n.id).push(mid(c, far, f));
  };
  for (const l of links) {
    const a = nodes.get(l.a), b = nodes.get(l.b);
    add(a, b);
    add(b, a);
  }
  return out;
}

function placeMarks({ shown, zoom, level, theme }, out, taken) {
  if (level <= LEVELS.chart) return;
  for (const l of shown.links) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b), is = styleOf(l, a, b);
    const line = lineOf({ x: a.x * zoom, y: a.y * zoom }, { x: b.x * zoom, y: b.y * zoom }, (l.lane || 0) * zoom);
    if (l.kind === 'bundle' && is !== 'unreachable' && line.length > 60) {
      const at = mid(line.from, line.to, l.a < l.b ? 0.36 : 0.64);
      out.marks.push({ ring: true, link: l.id, at, angle: line.angle });
      taken.push({ id: '', box: { x1: at.x - 6, y1: at.y - 6, x2: at.x + 6, y2: at.y + 6 } });
    }
    if (is !== 'down' && is !== 'blocked' && is !== 'mislink') continue;
    // No larger than a plate, where these are small.
    const size = Math.max(Math.min(11 * theme.scale, Math.max(9, PLATE * zoom * 0.75)), Math.min(16 * zoom, 18 * theme.scale));
    if (line.length < size * 2.2) continue;
    let at = line.mid;
    for (const f of [0.5, 0.42, 0.58, 0.34, 0.66]) {
      const p = mid(line.from, line.to, f);
      if (taken.free({ x1: p.x - size / 2, y1: p.y - size / 2, x2: p.x + size / 2, y2: p.y + size / 2 })) { at = p; break; }
    }
    out.marks.push({ link: l.id, is, at, size, angle: line.angle });
    taken.push({ id: '', box: { x1: at.x - size / 2 - 1, y1: at.y - size / 2 - 1, x2: at.x + size / 2 + 1, y2: at.y + size / 2 + 1 } });
  }
}

function placePills(scene, out, taken, fonts) {
  const { shown, zoom, level, theme } = scene, from = pillFrom(level), h = fonts.px.pill * 1.42;
  const loaded = shown.links.filter(l => (loadOf(l) ?? 0) >= from && styleOf(l, shown.nodes.get(l.a), shown.nodes.get(l.b)) === 'up');
  loaded.sort((p, q) => loadOf(q) - loadOf(p));
  for (const l of loaded) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b), load = loadOf(l), text = percent(load), hot = load >= HOT;
    const w = textWidth(text, hot ? fonts.hot : fonts.pill) + 11 * theme.scale;
    const line = lineOf({ x: a.x * zoom, y: a.y * zoom }, { x: b.x * zoom, y: b.y * zoom }, (l.lane || 0) * zoom);
    if (line.length < w + 2 * 22 * zoom) continue;
    for (const f of [0.5, 0.4, 0.6, 0.32, 0.68]) {
      const p = mid(line.from, line.to, f), box = { x1: p.x - w / 2, y1: p.y - h / 2, x2: p.x + w / 2, y2: p.y + h / 2 };
      if (!taken.free(box)) continue;
      out.pills.push({ link: l.id, at: p, w, h, text, hot });
      taken.push({ id: '', box });
      break;
    }
  }
}

// Port names at both ends of links, beside the line; in a tree what they are to
// it, from farther too.
function placePorts(scene, out, taken, half, fonts) {
  const { shown, zoom, level } = scene, px = fonts.px.note, near = level >= LEVELS.link;
  for (const l of shown.links) {
    const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
    const line = lineOf({ x: a.x * zoom, y: a.y * zoom }, { x: b.x * zoom, y: b.y * zoom }, (l.lane || 0) * zoom);
    for (const [node, port, tree, p, q, sends] of [[a, l.a_port, l.a_tree, line.from, line.to, l.load_ab], [b, l.b_port, l.b_tree, line.to, line.from, l.load_ba]]) {
      const rack = level >= LEVELS.rack, text = [rack && port && cutMiddle(shortPort(port), PORT_LETTERS), (rack || tree !== USUAL) && tree].filter(Boolean).join(' · ');
      if (!text) continue;
      const second = near && sends !== null && sends !== undefined ? '↑ ' + si(sends * l.speed) : '';
      const w = Math.max(textWidth(text, fonts.note), second ? textWidth(second, fonts.note) : 0) + 4, h = px * 1.25 * (second ? 2 : 1);
      const edge = edgeOf(p, half.get(node.id), shapeOf(node) === 'round', q), len = Math.hypot(q.x - edge.x, q.y - edge.y);
      if (len < w + h + 24) continue;
      const ux = (q.x - edge.x) / len, uy = (q.y - edge.y) / len;
      const reach = 5 + Math.abs(ux) * w / 2 + Math.abs(uy) * h / 2, aside = Math.abs(uy) * w / 2 + Math.abs(ux) * h / 2 + 4;
      search: for (const f of [0, 10, 22]) {
        for (const s of [1, -1]) {
          const c = { x: edge.x + ux * (reach + f) - uy * aside * s, y: edge.y + uy * (reach + f) + ux * aside * s };
          const box = { x1: c.x - w / 2, y1: c.y - h / 2, x2: c.x + w / 2, y2: c.y + h / 2 };
          if (!taken.free(box)) continue;
          taken.push({ id: '', box });
          out.ports.push({ link: l.id, text, second, at: c, box, edge, near });
          break search;
        }
      }
    }
    if (near && l.evidence) {
      const text = [l.evidence.replaceAll(',', ', '), l.confidence ? l.confidence + ' %' : ''].filter(Boolean).join(' · ');
      const w = textWidth(text, fonts.note) + 4, c = { x: line.mid.x, y: line.mid.y + px * 1.9 };
      const box = { x1: c.x - w / 2, y1: c.y - px * 0.7, x2: c.x + w / 2, y2: c.y + px * 0.7 };
      if (line.length > w && taken.free(box)) {
        taken.push({ id: '', box });
        out.ports.push({ link: l.id, text, second: '', at: c, box, edge: null, near: false });
      }
    }
  }
}
