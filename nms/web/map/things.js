// Nodes, links and titles of clouds as buttons that a keyboard, a screen reader
// or a driver can reach: they lie over the graph in points of the map, all of
// them moved by one transform.
import { h, render, Safe } from '../base/html.js';
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

// "A PORT – B PORT, STATE, SPEED, LOAD".
export function linkName(l, a, b) {
  const ends = [[a.name, l.a_port], [b.name, l.b_port]].map(e => e.filter(Boolean).join(' ')).join(' – '), load = loadOf(l);
  return [ends, linkWord(l, a, b), l.speed ? si(l.speed) : '', load === null ? '' : percent(load)].filter(Boolean).join(', ');
}

export class Things {
  constructor(layer) {
    this.layer = layer;
    this.at = new Map(); // id -> element
    this.current = '';   // the one that Tab reaches
    this.names = new Map();
    this.order = null;   // of what there are buttons
  }

  // Brings the buttons to what is shown; in the order of the layout. Where the
  // same things are shown as before, only names that changed are written.
  sync(shown, coasts, { count, theme, zoom, selected }) {
    const sorted = [...shown.nodes.values()].sort((p, q) => p.y - q.y || p.x - q.x);
    if (!shown.nodes.has(this.current)) this.current = sorted[0]?.id || '';
    const list = [...coasts.map(k => ({ key: 'coast ' + k.cloud.id, cls: 'coast', data: 'coast', id: k.cloud.id, name: nodeName(k.cloud, k.cloud.count || 0) })),
                  ...shown.links.map(l => ({ key: l.id, cls: 'link', data: 'link', id: l.id, name: linkName(l, shown.nodes.get(l.a), shown.nodes.get(l.b)) })),
                  ...sorted.map(n => ({ key: n.id, cls: 'node ' + shapeOf(n), data: 'node', id: n.id, name: nodeName(n, n.origin === 'cloud' ? count(n) : 0) }))];
    const order = list.map(x => x.key + x.cls).join();
    if (order === this.order) {
      for (const x of list) {
        const e = this.at.get(x.key);
        if (this.names.get(x.key) !== x.name) e.setAttribute('aria-label', x.name);
        if (e.hasAttribute('aria-pressed') !== selected.has(x.id)) selected.has(x.id) ? e.setAttribute('aria-pressed', 'true') : e.removeAttribute('aria-pressed');
      }
    } else {
      this.order = order;
      render(this.layer, h`${list.map(x => h`<button type="button" class="thing ${x.cls}" tabindex="${x.id === this.current && x.data === 'node' ? 0 : -1}" data-key="${x.data}${x.id}" data-${new Safe(x.data)}="${x.id}" aria-label="${x.name}" ${selected.has(x.id) && h`aria-pressed="true"`}></button>`)}`);
      this.at = new Map([...this.layer.children].map((e, i) => [list[i].key, e]));
    }
    this.names = new Map(list.map(x => [x.key, x.name]));
    this.place(shown, coasts, theme, zoom);
  }

  // Where each is, at this zoom: none is too small to be hit.
  place(shown, coasts, theme, zoom) {
    const grow = Math.max(1, 9 / (40 * zoom));
    for (const n of shown.nodes.values()) this.placeNode(n, grow, theme);
    for (const l of shown.links) this.placeLink(l, shown, zoom);
    for (const k of coasts) {
      const e = this.at.get('coast ' + k.cloud.id), w = textWidth(k.cloud.name, `600 12.5px ${theme.sans}`) + 110;
      put(e, k.title.x - 4, k.title.y - 15 / Math.min(1, zoom), w / zoom, 22 / zoom);
    }
  }

  placeNode(n, grow, theme) {
    const e = this.at.get(n.id);
    if (!e) return;
    const half = halfOf(n, shapeOf(n) === 'subnet' ? textWidth(n.name, `600 11.5px ${theme.sans}`) : 0);
    put(e, n.x - half.w * grow, n.y - half.h * grow, half.w * 2 * grow, half.h * 2 * grow);
  }

  // A link's button is in its middle; the whole line can be hit, see linkAt().
  placeLink(l, shown, zoom) {
    const e = this.at.get(l.id), a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
    if (!e || !a || !b) return;
    const { mid } = lineOf(a, b, l.lane || 0), size = 16 / Math.max(zoom, 0.25);
    put(e, mid.x - size / 2, mid.y - size / 2, size, size);
  }

  // While things move: only what did.
  move(ids, shown, theme, zoom) {
    const grow = Math.max(1, 9 / (40 * zoom));
    for (const id of ids) if (shown.nodes.has(id)) this.placeNode(shown.nodes.get(id), grow, theme);
    for (const l of shown.links) if (ids.has(l.a) || ids.has(l.b)) this.placeLink(l, shown, zoom);
  }

  focus(id) {
    const e = this.at.get(id);
    if (!e) return;
    if (e.dataset.node) {
      this.at.get(this.current)?.setAttribute('tabindex', '-1');
      this.current = id;
      e.setAttribute('tabindex', '0');
    }
    this.layer.classList.remove('moving'); // what is away cannot have the focus
    e.focus({ preventScroll: true });
  }

  element(id) { return this.at.get(id); }
}

const placed = new WeakMap();
function put(e, x, y, w, h) {
  const text = `${x.toFixed(1)} ${y.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`;
  if (placed.get(e) === text) return;
  placed.set(e, text);
  const s = e.style;
  s.setProperty('left', x.toFixed(1) + 'px');
  s.setProperty('top', y.toFixed(1) + 'px');
  s.setProperty('width', w.toFixed(1) + 'px');
  s.setProperty('height', h.toFixed(1) + 'px');
}

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
