// The map by keys: from node to node, by trouble, looking around, layers, time.
import { keys } from '../base/keys.js';
import { isTrouble, severityOf } from './weigh.js';
import { LAYERS } from './layers.js';

// The nearest node from a point into a direction: what lies aside counts twice.
export function nearest(nodes, from, dx, dy) {
  let best = null, least = Infinity;
  for (const n of nodes) {
    const x = n.x - from.x, y = n.y - from.y, along = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
    if (along <= 1 || n.id === from.id) continue;
    const cost = along + aside * 2;
    if (cost < least) { least = cost; best = n; }
  }
  return best;
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAN = 120, ZOOM = 1.3;

// view: the map's; bound while signal is not aborted.
export function mapKeys(view, signal) {
  const { stage } = view, bound = {};
  // Where arrows and the like mean something else, they are left alone.
  const inMap = () => !document.activeElement?.closest('input, select, textarea, [role=tablist], [role=menu], [role=slider], .drawer, .listing, .finder');
  const here = () => stage.shown.nodes.get(document.activeElement?.dataset?.node) || [...stage.selected].map(id => stage.shown.nodes.get(id)).find(Boolean);
  const step = ([dx, dy]) => {
    if (!inMap() || view.listed) return false;
    const nodes = [...stage.shown.nodes.values()], from = here();
    const to = from ? nearest(nodes, from, dx, dy) : nodes.find(n => n.id === stage.things.current) || nodes[0];
    if (!to) return true;
    stage.bringIntoView(to.id);
    stage.things.focus(to.id);
    view.hover({ node: to.id });
    return true;
  };
  const look = way => {
    if (!inMap() || view.listed) return false;
    stage.fitted = false;
    stage.camera.pan(-way[0] * PAN, -way[1] * PAN);
    return true;
  };
  view.arrow = (dx, dy, by) => by === 1 ? step([dx, dy]) : look([dx, dy]);
  for (const [key, way] of Object.entries(WAYS)) {
    bound[key] = [() => step(way), key === 'ArrowLeft' ? 'map.key.arrows' : ''];
    bound['Shift+' + key] = [() => look(way), key === 'ArrowLeft' ? 'map.key.pan' : ''];
  }
  const trouble = forward => {
    const list = [...stage.shown.nodes.values()].filter(n => isTrouble(n.state)).sort((a, b) => severityOf(b.state) - severityOf(a.state) || (a.name < b.name ? -1 : 1));
    if (!list.length) return view.say('map.notrouble');
    const i = list.findIndex(n => stage.selected.has(n.id));
    const to = list[(i + (forward ? 1 : i < 0 ? 0 : -1) + list.length) % list.length];
    view.choose(to.id);
    stage.flyTo([to.id], () => stage.ring(to.id));
  };
  Object.assign(bound, {
    '+': [() => { stage.fitted = false; stage.camera.zoomBy(ZOOM); }, 'map.key.zoom'],
    '=': [() => { stage.fitted = false; stage.camera.zoomBy(ZOOM); }, ''],
    '-': [() => { stage.fitted = false; stage.camera.zoomBy(1 / ZOOM); }, ''],
    '0': [() => stage.fit(220), 'map.fit'],
    Backspace: [() => { if (!inMap()) return false; view.outward(); }, 'map.key.parent'],
    n: [() => trouble(true), 'map.key.trouble'],
    N: [() => trouble(false), ''],
    ',': [() => view.time.by(-1), 'map.key.time'],
    '.': [() => view.time.by(1), ''],
    End: [() => { if (!inMap()) return false; view.time.go(null); }, 'map.time.back'],
    e: [() => view.editor?.toggle(), 'map.edit'],
    Escape: [() => view.back(), ''],
  });
  LAYERS.forEach((l, i) => { bound[i + 1] = [() => view.layers.choose(l), i === 0 ? 'map.key.layers' : '']; });
  keys.on(signal, 'map', bound);
}
