// The map as it grows, drawn small: what the station has laid out so far. A
// place once drawn does not move unless the station moves it.
import { api } from '../base/api.js';
import { whole } from '../map/ask.js';
import { every, h, render } from '../base/html.js';
import { cut } from '../base/format.js';
import { placeNames } from '../map/labels.js';
import { textWidth } from '../map/names.js';
import { readTheme } from '../map/theme.js';
import { rankOf } from '../map/weigh.js';
import { shapeOf } from '../parts/mark.js';

const EVERY_MS = 2000, NAMED_MOST = 400;
const ROUND = new Set(['router', 'station', 'internet']);

// Nodes and links of a map's JSON with places, y down.
export function drawable(doc) {
  const nodes = (doc.nodes || []).filter(n => Number.isFinite(n.x) && Number.isFinite(n.y)).map(n => ({ ...n, y: -n.y }));
  const by = new Map(nodes.map(n => [n.id, n]));
  const links = (doc.links || doc.edges || []).map(l => ({ a: by.get(l.a ?? l.from), b: by.get(l.b ?? l.to) })).filter(l => l.a && l.b);
  if (!nodes.length) return { nodes, links, box: [0, 0, 100, 40] };
  const xs = nodes.map(n => n.x), ys = nodes.map(n => n.y), pad = 60;
  const x = Math.min(...xs) - pad, y = Math.min(...ys) - pad;
  return { nodes, links, box: [x, y, Math.max(...xs) + pad - x, Math.max(...ys) + pad - y] };
}

// Names where there is room for them: of what forwards first, none over another or a plate.
function namesOf(nodes, size, px) {
  if (nodes.length > NAMED_MOST) return new Map();
  const half = { w: size / 2, h: size / 2 }, font = `400 ${px}px ${readTheme().sans}`;
  const taken = nodes.map(n => ({ id: n.id, box: { x1: n.x - half.w, y1: n.y - half.h, x2: n.x + half.w, y2: n.y + half.h } }));
  return placeNames(nodes.map(n => {
    const text = cut(n.label || n.name || '', 20);
    return { id: n.id, c: n, half, texts: [[text, textWidth(text, font)]], height: px * 1.3, priority: rankOf(n), side: 'b' };
  }), taken);
}

export function growingMap(host, signal) {
  let etag = null, last = -1;
  const load = async () => {
    try {
      const { value, etag: tag, changed } = await api.getTagged('maps/physical?brief=1', etag, { signal });
      if (!changed) return;
      etag = tag;
      draw(drawable(whole(value)));
    } catch { /* not laid out yet: the next look will tell */ }
  };
  const draw = ({ nodes, links, box }) => {
    if (signal.aborted) return;
    // Plates are seen at any size of the network: 15 px at least.
    const scale = Math.min(host.clientWidth / box[2], host.clientHeight / box[3]) || 1;
    const size = Math.max(40, 15 / scale), px = Math.max(13, 11 / scale), names = namesOf(nodes, size, px);
    render(host, h`<svg viewBox="${box.map(v => v.toFixed(0)).join(' ')}" preserveAspectRatio="xMidYMid meet" role="img" aria-label="${nodes.length}">
      ${links.map(l => h`<line class="ln" x1="${l.a.x}" y1="${l.a.y}" x2="${l.b.x}" y2="${l.b.y}"/>`)}
      ${nodes.map(n => h`<g class="nd ${shapeOf(n.state)}" data-key="n-${n.id}"><title>${n.label || n.name}</title>${ROUND.has(n.kind) ? h`<circle class="plate" cx="${n.x}" cy="${n.y}" r="${size / 2}"/>` : h`<rect class="plate" x="${n.x - size / 2}" y="${n.y - size / 2}" width="${size}" height="${size}" rx="${size / 6}"/>`}
        <svg x="${n.x - size * .36}" y="${n.y - size * .36}" width="${size * .72}" height="${size * .72}"><use href="/icons/icons.svg#kind-${n.kind || 'unknown'}"/></svg></g>`)}${[...names].map(([id, p]) => h`<text data-key="t-${id}" x="${(p.box.x1 + p.box.x2) / 2}" y="${p.box.y2 - px * .3}" font-size="${px}">${p.text}</text>`)}</svg>`);
  };
  load();
  every(EVERY_MS, load, signal);
  return {
    news(count) {
      if (count === last) return;
      last = count;
      load();
    },
  };
}
