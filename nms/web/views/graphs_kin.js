// Which further series belong beside one: those of the same port, and how its device does.
import { api, seg } from '../base/api.js';
import { askMap } from '../map/ask.js';
import { groupOf } from '../parts/series.js';

const MOST = 6, PORT = ['traffic', 'errors', 'discards', 'packets'], HEALTH = ['icmp', 'cpu', 'memory', 'sensor', 'storage'];

/* What a device has: {group: [{object, descr}]}. */
export function groupsOf(files) {
  const out = new Map();
  for (const f of files) {
    if (f.series === 'port') continue;
    if (!out.has(f.series)) out.set(f.series, []);
    out.get(f.series).push(f.object ?? '');
  }
  return out;
}

/* Of a sensor "temperature-7" the class. */
const classOf = (object) => object.replace(/-.*$/, '');

/* Up to six subjects {object, series, name}, those of the port first; of sensors one of each class. */
export function kinFrom(subject, files) {
  const [device, ...rest] = subject.object.split(':'), port = rest.join(':'), groups = groupsOf(files);
  const out = port ? PORT.filter((s) => s !== subject.series).map((series) => ({ object: subject.object, series })) : [];
  for (const group of HEALTH) {
    const objects = groups.get(group);
    if (!objects) continue;
    const seen = new Set();
    for (const o of objects) {
      const series = o && group !== 'icmp' ? `${group}:${o}` : group, kind = group === 'sensor' ? classOf(o) : group;
      if (series === subject.series || groupOf(series) === groupOf(subject.series) && !/^sensor/.test(series) || seen.has(kind)) continue;
      seen.add(kind);
      out.push({ object: device, series });
    }
  }
  return out.slice(0, MOST);
}

export async function kinOf(subject, signal) {
  const device = subject.object.split(':')[0];
  const { files } = await api.get(`series/${seg(device)}`, { signal });
  return kinFrom(subject, files);
}

const BUSY = 9;

/* The ports through which most flows now, by the loads of the map, the fastest where nothing is told of loads: {object,
 * series, name}. */
export function busiestFrom({ nodes, links }) {
  const names = new Map(nodes.filter((n) => n.origin === 'device').map((n) => [n.id, n.name]));
  const rate = (l) => Math.max(l.load_ab ?? 0, l.load_ba ?? 0) * (l.speed ?? 0);
  return links.filter((l) => l.state !== 'down').sort((a, b) => rate(b) - rate(a) || (b.speed ?? 0) - (a.speed ?? 0)).map((l) => {
    const own = names.has(l.a) && l.a_port, device = names.get(own ? l.a : l.b), port = own ? l.a_port : l.b_port;
    return device && port ? { object: `${device}:${port}`, series: 'traffic', name: `${device} ${port}` } : null;
  }).filter(Boolean).slice(0, BUSY);
}

export const busiestPorts = async (signal) => busiestFrom(await askMap('physical', { signal }));
