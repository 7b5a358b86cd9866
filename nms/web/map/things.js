// Nodes, links and titles of clouds as buttons that a keyboard, a screen reader
// or a driver can reach: they lie over the graph in points of the map, all of
// them moved by one transform.
import { t } from '../base/texts.js';
import { percent, si } from '../base/format.js';
import { stateWord } from '../parts/mark.js';
import { halfOf, loadOf, shapeOf, styleOf, widthOf } from './weigh.js';
import { lineOf, toLine } from './geometry.js';
import { textWidth } from './names.js';

// The name of a node: "NAME, STATE"; a cloud also how many devices.
export function nodeName(n, count) {
  if (n.origin === 'cloud') return t('map.a11y.cloud', { name: n.name, state: stateWord(n.state), n: count });
  return `${n.name}, ${stateWord(n.state)}`;
}

const LINK_WORDS = { up: 'link.up', down: 'link.down', blocked: 'link.blocked', stale: 'link.stale', candidate: 'link.candidate',
                     mislink: 'link.mislink', unreachable: 'link.unreachable' };
export const linkWord = (l, a, b) => t('map.' + (LINK_WORDS[styleOf(l, a, b)] || 'link.up'));

// "A PORT – B PORT, STATE, SPEED, LOAD"; in a tree also "Root FWD – Desg FWD".
export function linkName(l, a, b) {
  const ends = [[a.name, l.a_port], [b.name, l.b_port]].map(e => e.filter(Boolean).join(' ')).join(' – '), load = loadOf(l);
  return [ends, linkWord(l, a, b), l.speed ? si(l.speed) : '', load === null ? '' : percent(load), [l.a_tree, l.b_tree].filter(Boolean).join(' – ')].filter(Boolean).join(', ');
}

export class Things {
  constructor(layer) {
    this.layer = layer;
    this.at = new Map(); // key -> element
    this.current = '';   // the one that Tab reaches
    this.names = new Map();
  }

  // Brings the buttons to what is shown; in the order of the layout. What was
  // there before stays, only what changed is written.
  sync(shown, coasts, { count, theme, zoom, selected }) {
    const sorted = [...shown.nodes.values()].sort((p, q) => p.y - q.y || p.x - q.x);
    if (!shown.nodes.has(this.current)) this.current = sorted[0]?.id || '';
    const focused = this.layer.contains(document.activeElement) ? document.activeElement : null, before = this.at;
    let next = this.layer.firstChild;
    this.at = new Map();
    const bring = (key, kind, id, cls, name) => {
      let e = before.get(key);
      before.delete(key);
      if (!e) {
        e = document.createElement('button');
        e.type = 'button';
        e.dataset[kind] = id;
        e.tabIndex = -1;
      }
      this.at.set(key, e);
      if (e.className !== cls) e.className = cls;
      if (this.names.get(key) !== name) e.setAttribute('aria-label', name);
      this.names.set(key, name);
      if (e.hasAttribute('aria-pressed') !== selected.has(id)) selected.has(id) ? e.setAttribute('aria-pressed', 'true') : e.removeAttribute('aria-pressed');
      if (kind === 'node' && (e.tabIndex === 0) !== (id === this.current)) e.tabIndex = id === this.current ? 0 : -1;
      if (next === e) next = next.nextSibling;
      else this.layer.insertBefore(e, next);
    };
    for (const k of coasts) bring('coast ' + k.cloud.id, 'coast', k.cloud.id, 'thing coast', nodeName(k.cloud, k.cloud.count || 0));
    for (const l of shown.links) bring(l.id, 'link', l.id, 'thing link', linkName(l, shown.nodes.get(l.a), shown.nodes.get(l.b)));
    for (const n of sorted) bring(n.id, 'node', n.id, 'thing node ' + shapeOf(n), nodeName(n, n.origin === 'cloud' ? count(n) : 0));
    for (const [key, e] of before) {
      e.remove();
      this.names.delete(key);
    }
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    this.sizes = '';
    this.place(shown, coasts, theme, zoom);
  }

  // Where each is, at this zoom: none is too small to be hit. Sizes go in steps,
  // so that most zooms change none.
  place(shown, coasts, theme, zoom) {
    const grow = growAt(zoom), size = linkSizeAt(zoom), sizes = `${grow} ${size}`;
    if (sizes !== this.sizes) {
      this.sizes = sizes;
      for (const n of shown.nodes.values()) this.placeNode(n, grow, theme);
      for (const l of shown.links) this.placeLink(l, shown, size);
    }
    for (const k of coasts) {
      const e = this.at.get('coast ' + k.cloud.id), w = textWidth(k.cloud.name, `600 12.5px ${theme.sans}`) + 110;
      if (e) put(e, k.title.x - 4, k.title.y - 15 / Math.min(1, zoom), w / zoom, 22 / zoom);
    }
  }

  placeNode(n, grow, theme) {
    const e = this.at.get(n.id);
    if (!e) return;
    const half = halfOf(n, shapeOf(n) === 'subnet' ? textWidth(n.name, `600 11.5px ${theme.sans}`) : 0);
    put(e, n.x - half.w * grow, n.y - half.h * grow, half.w * 2 * grow, half.h * 2 * grow);
  }

  // A link's button is in its middle; the whole line can be hit, see linkAt().
  placeLink(l, shown, size) {
    const e = this.at.get(l.id), a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
    if (!e || !a || !b) return;
    const { mid } = lineOf(a, b, l.lane || 0);
    put(e, mid.x - size / 2, mid.y - size / 2, size, size);
  }

  focus(id) {
    const e = this.at.get(id);
    if (!e) return;
    if (e.dataset.node) {
      this.at.get(this.current)?.setAttribute('tabindex', '-1');
      this.current = id;
      e.setAttribute('tabindex', '0');
    }
    e.focus({ preventScroll: true });
  }

  element(id) { return this.at.get(id); }
}

const placed = new WeakMap();
function put(e, x, y, w, h) {
  const text = `${x.toFixed(1)} ${y.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`;
  if (placed.get(e) === text) return;
  placed.set(e, text);
  e.style.cssText = `left:${x.toFixed(1)}px;top:${y.toFixed(1)}px;width:${w.toFixed(1)}px;height:${h.toFixed(1)}px`;
}

const STEP = 1.5;
const growAt = zoom => zoom >= 9 / 40 ? 1 : STEP ** Math.ceil(Math.log(9 / (40 * zoom)) / Math.log(STEP));
const linkSizeAt = zoom => 16 / STEP ** Math.round(Math.log(Math.max(zoom, 0.25)) / Math.log(STEP));

// The link whose line is nearest to a point of the map, within reach; null.
export function linkAt(shown, p, reach) {
  let best = null, near = reach;
  for (const l of shown.links) {
    const line = lineOf(shown.nodes.get(l.a), shown.nodes.get(l.b), l.lane || 0);
    const d = toLine(p, line.from, line.to) - widthOf(l.speed) / 2;
    if (d < near) { near = d; best = l; }
  }
  return best;
}

// What a pointer or focus is on: {node}, {link}, {coast} or {}.
export function thingOf(target) {
  const e = target instanceof Element ? target.closest('.thing') : null;
  return e ? { node: e.dataset.node, link: e.dataset.link, coast: e.dataset.coast, element: e } : {};
}
