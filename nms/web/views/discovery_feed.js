// What a discovery does, followed: its state, what came, what waits for a
// person. Two views show it.
import { api, withQuery } from '../base/api.js';
import { every } from '../base/html.js';
import { live } from '../base/live.js';
import { said } from '../parts/said.js';
import { needsOf, triedOf } from './discovery_state.js';

const LATEST = 12, POLL_MS = 1500;

export async function follow(signal, draw) {
  const feed = { d: null, rate: null, latest: [], needs: [], tried: [], devices: new Map(), failed: null, load };
  let soon = null;
  const later = () => {
    soon ??= setTimeout(() => {
      soon = null;
      const devices = [...feed.devices.values()];
      feed.needs = needsOf(devices);
      feed.tried = triedOf(devices);
      if (!signal.aborted) draw();
    }, 120);
  };

  async function load() {
    try {
      feed.d = await api.get('discovery', { signal });
      feed.failed = null;
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      feed.failed = problem;
    }
    later();
  }
  async function figures() {
    try {
      feed.rate = (await api.get('status', { signal })).requests_per_second;
    } catch { feed.rate = null; }
  }
  async function known() {
    const [devices, events] = await Promise.all([
      api.get('devices', { signal }).catch(() => ({ devices: [] })),
      api.get(withQuery('events', { type: 'device.discovered', limit: LATEST }), { signal }).catch(() => ({ events: [] })),
    ]);
    for (const d of devices.devices) feed.devices.set(d.name, d);
    feed.latest = events.events.map(e => ({ ...feed.devices.get(e.object), name: e.object, at: e.at, text: said(e.text) }));
    later();
  }
  live.on('discovery', d => {
    feed.d = d;
    later();
  }, signal);
  live.on('device', d => {
    const before = feed.devices.get(d.name);
    if (d.gone) feed.devices.delete(d.name);
    else feed.devices.set(d.name, { ...before, ...d });
    if (!before && !d.gone && d.address)
      feed.latest = [{ ...d, at: new Date().toISOString() }, ...feed.latest].slice(0, LATEST);
    later();
  }, signal);
  live.on('reset', () => { load(); known(); }, signal);
  await Promise.all([load(), known(), figures()]);
  every(POLL_MS, () => {
    if (!feed.d?.running) return;
    figures().then(later);
  }, signal);
  return feed;
}
