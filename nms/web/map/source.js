// How a map is kept up to date: by the stream.
import { api } from '../base/api.js';
import { live } from '../base/live.js';

const SETTLE_MS = 60, DEVICES_MOST = 3000;

// What a map's node is told of a device: its status, and whether somebody
// looks after it.
export const nodeChange = d => ({ state: d.status || d.state, silenced: !!d.silenced, acknowledged: !!d.acknowledged, alerts: d.alerts,
                                  ...(d.since ? { changedAt: d.since } : {}) });

// Follows the changes of a map until signal ends. fn: {states(ids), links(ids),
// document(change): it is another one, reset()}.
export function follow(model, fn, signal) {
  let timer = null, waiting = new Set(), lines = new Set();
  const settle = () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = null;
      const ids = waiting, links = lines;
      waiting = new Set();
      lines = new Set();
      if (ids.size) fn.states(ids);
      if (links.size) fn.links(links);
    }, SETTLE_MS);
  };
  const bound = id => [...model.nodes.values()].filter(n => n.bound === id).map(n => n.id);
  live.on('device', d => {
    if (d.gone) return;
    if (!model.nodes.has(d.id) && model.partial) fn.hidden?.(d);
    for (const id of [d.id, ...bound(d.id)]) {
      const before = model.nodes.get(id);
      if (!before) continue;
      const was = before.state;
      if (d.status || d.state) model.setState(id, nodeChange(d));
      if (d.was && id === d.id && !before.renamed) before.name = d.name;
      waiting.add(id);
      if (was !== before.state) before.was = was;
      for (const c of model.around(before)) waiting.add(c.id);
    }
    if (waiting.size) settle();
  }, signal);
  live.on('link', ({ links = [] }) => {
    for (const l of links) if (!l.gone && model.setLink(l.id, l)) lines.add(l.id);
    if (lines.size) settle();
  }, signal);
  live.on('map', change => { if (change.name === model.name) fn.document(change); }, signal);
  live.on('reset', r => { if (!r?.kinds || r.kinds.some(k => ['device', 'link', 'map'].includes(k))) fn.reset(); }, signal);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

// Who is silenced or looked after: the document tells states alone. fits(): it
// is still what the model shows.
export async function addDevices(model, signal, fits = () => true) {
  if (model.nodes.size > DEVICES_MOST) return new Map();
  const { devices = [] } = await api.get('devices', { signal });
  if (!fits()) return new Map();
  const byId = new Map(devices.map(d => [d.id, d]));
  for (const n of model.nodes.values()) {
    const d = byId.get(n.bound || n.id);
    if (!d) continue;
    n.device = d.name;
    n.silenced = !!d.silenced;
    n.acknowledged = !!d.acknowledged;
    if (d.status) model.setState(n.id, { state: d.status });
  }
  return byId;
}
