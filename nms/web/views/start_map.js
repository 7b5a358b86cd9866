// The map as it grows, drawn small: what the station has laid out so far. A
// place once drawn does not move unless the station moves it.
import { api } from '../base/api.js';
import { every, h, render } from '../base/html.js';
import { cut } from '../base/format.js';
import { shapeOf } from '../parts/mark.js';

const EVERY_MS = 2000;
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

export function growingMap(host, signal) {
  let etag = null, last = -1;
  const load = async () => {
    try {
      const { value, etag: tag, changed } = await api.getTagged('maps/physical', etag, { signal });
      if (!changed) return;
      etag = tag;
      draw(drawable(value));
    } catch { /* not laid out yet: the next look will tell */ }
  };
  const draw = ({ nodes, links, box }) => {
    if (signal.aborted) return;
    // Plates are seen at any size of the network: 15 px at least.
    const scale = Math.min(host.clientWidth / box[2], host.clientHeight / box[3]) || 1;
    const size = Math.max(40, 15 / scale), named = nodes.length <= 60;
    render(host, h`<svg viewBox="${box.map(v => v.toFixed(0)).join(' ')}" preserveAspectRatio="xMidYMid meet" role="img" aria-label="${nodes.length}">
      ${links.map(l => h`<line class="ln" x1="${l.a.x}" y1="${l.a.y}" x2="${l.b.x}" y2="${l.b.y}"/>`)}
      ${nodes.map(n => h`<g class="nd ${shapeOf(n.state)}" data-key="n-${n.id}"><title>${n.label || n.name}</title>${ROUND.has(n.kind) ? h`<circle class="plate" cx="${n.x}" cy="${n.y}" r="${size / 2}"/>` : h`<rect class="plate" x="${n.x - size / 2}" y="${n.y - size / 2}" width="${size}" height="${size}" rx="${size / 6}"/>`}
        <svg x="${n.x - size * .36}" y="${n.y - size * .36}" width="${size * .72}" height="${size * .72}"><use href="/icons/icons.svg#kind-${n.kind || 'unknown'}"/></svg>${named && h`<text x="${n.x}" y="${n.y + size * .5 + 14}">${cut(n.label || n.name || '', 20)}</text>`}</g>`)}</svg>`);
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
