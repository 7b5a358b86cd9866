// One device: who it is, how it is, its ports, and what belongs to it by tabs.
import { api, seg, withQuery } from '../base/api.js';
import { every, h, icon, onAct, render, $ } from '../base/html.js';
import { age, day, number, reading } from '../base/format.js';
import { live } from '../base/live.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { t, hasText } from '../base/texts.js';
import { headline } from '../parts/alert.js';
import { pips } from '../parts/bar.js';
import { loadingPart, problemPart } from '../parts/empty.js';
import { keys } from '../base/keys.js';
import { mark, stateWord } from '../parts/mark.js';
import { said } from '../parts/said.js';
import { tabs } from '../parts/tabs.js';
import { say, sayProblem } from '../parts/toast.js';
import { deviceMenu } from './device_acts.js';
import { portsOf } from './device_ports.js';
import { stateOf } from './devices_filter.js';

// What shows a tab: module, and whether it wants the ports.
const TABS = {
  overview: './device_overview.js', interfaces: './device_interfaces.js', neighbours: './device_neighbours.js', sensors: './device_sensors.js',
  alerts: './device_alerts.js', events: './device_events.js', graphs: './device_graphs.js', mib: './device_mib.js',
};
const REFRESH_MS = 20000;

const kindWord = k => hasText('kind.' + k) ? t('kind.' + k) : t('kind.unknown');

export default async function view(place) {
  const { root, signal, params } = place;
  const name = params.name, tab = params.tab && params.tab in TABS ? params.tab : 'overview';
  const path = 'devices/' + seg(name);
  // What tabs read: device, ports, sensors, alerts, links. load() asks anew.
  const state = { name, path, place, device: null, ports: [], sensors: [], alerts: [], links: [], tab, loaded: 0 };

  place.title([{ text: t('nav.devices'), href: '/devices' }, name]);

  async function load() {
    const need = (p, fallback) => api.get(p, { signal }).catch(problem => {
      if (problem.name === 'AbortError') throw problem;
      return fallback;
    });
    const [device, interfaces, sensors, links, alerts] = await Promise.all([
      api.get(path, { signal }), need(path + '/interfaces', { interfaces: [] }), need(path + '/sensors', { sensors: [] }),
      need(withQuery('links', { device: name }), { links: [] }), need(withQuery('alerts', { object: name, state: 'active', limit: 500 }), { alerts: [] }),
    ]);
    Object.assign(state, { device, sensors: sensors.sensors, links: links.links, alerts: alerts.alerts, loaded: Date.now() });
    state.ports = portsOf(name, interfaces.interfaces, links.links, alerts.alerts);
    // A figure older than two intervals says so.
    const late = Date.now() - 2000 * (device.poll?.interval_s || 60);
    for (const p of state.ports) p.late = Boolean(p.at) && Date.parse(p.at) < late;
  }

  const stat = (label, value) => value ? h`<div><small>${label}</small><b>${value}</b></div>` : '';

  function head() {
    const d = state.device, shown = stateOf(d);
    const line = [[d.vendor, d.hardware].filter(Boolean).join(' '), [d.os, d.version].filter(Boolean).join(' '), d.serial, d.location].filter(Boolean);
    const polled = d.poll?.last || d.last_seen;
    const late = d.poll?.interval_s && polled && Date.now() - Date.parse(polled) > 2000 * d.poll.interval_s;
    return h`<div class="idn" data-key="idn"><div class="plate2" title="${kindWord(d.kind)}">${icon('kind-' + (d.kind || 'unknown'))}</div>
      <div class="idn-who"><h2>${d.name}</h2><span class="dim">${line.map((x, i) => h`${i > 0 && ' · '}<span>${x}</span>`)}</span></div><span class="grow"></span>
      <div class="stat">${stat(t('state'), mark(shown, { cls: 't' }))}${stat(t('risk'), h`<a href="/risk?by=device&sel=${d.name}">${pips(d.risk ?? 0, d.level || undefined)} ${number(d.risk ?? 0)}</a>`)}
        ${stat(t('devices.rtt'), d.rtt_ms == null ? '' : reading(d.rtt_ms, 'ms'))}${stat(t('device.upsince'), d.uptime_s ? day(Date.now() - d.uptime_s * 1000) : '')}
        ${stat(t('device.polled'), polled ? h`<span class="${late && 'late'}">${age(polled)}</span>` : '')}</div>
      <div class="acts">${may('operator') && h`<button class="btn" type="button" data-act="poll">${t('device.poll')}</button>`}<a class="btn" href="/maps/physical?sel=${d.id}">${icon('ui-map')}${t('device.onmap')}</a><button class="icon" type="button" data-act="more" aria-haspopup="menu" aria-label="${t('device.more')}">${icon('ui-settings')}</button></div></div>`;
  }

  function reason() {
    const d = state.device, shown = stateOf(d);
    if (shown === 'up' || shown === 'unmanaged') return '';
    const cause = state.alerts.find(a => a.object === d.name) || state.alerts[0];
    const text = cause ? headline(cause) : '', more = cause ? said(cause.text) : '';
    return h`<p class="reason ${shown}" data-key="reason" role="status">${mark(shown, { label: false })}<b>${stateWord(shown)}</b>${text && h`<span>${text}</span>`}${more && h`<span class="dim">${more}</span>`}<span class="dim nw">${age(cause ? cause.raised : d.since)}</span>${cause && h`<a class="link" href="/alerts?sel=${cause.id}">${t('device.alert')}</a>`}</p>`;
  }

  const bar = () => tabs(name, Object.keys(TABS).map(id => ({
    id, href: '/devices/' + seg(name) + (id === 'overview' ? '' : '/' + id), text: t('device.tab.' + id),
    count: id === 'alerts' ? state.alerts.length : 0,
  })), tab);

  let part = null, gone = false;
  const draw = () => {
    if (signal.aborted || gone) return;
    render($('.device-head', root), h`${head()}${reason()}${bar()}`);
    part?.draw?.();
  };

  const refresh = async () => {
    try {
      await load();
      draw();
    } catch (problem) {
      if (problem.status === 404) return lost();
    }
  };
  const lost = () => {
    gone = true;
    render(root, problemPart({ title: t('device.lost', { name }), detail: t('device.lost.text'), link: { href: '/devices', text: t('nav.devices') } }));
  };

  const slow = setTimeout(() => { if (!signal.aborted) render(root, loadingPart(12)); }, 200);
  try {
    await load();
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    clearTimeout(slow);
    if (problem.status === 404) return lost();
    render(root, problemPart({ title: t('device.failed', { name }), detail: problem.detail, remedy: problem.remedy, retry: true }));
    return;
  }
  clearTimeout(slow);
  if (signal.aborted) return;

  render(root, h`<div class="page device-page"><div class="device-head" data-keep></div><div class="device-body" data-keep></div></div>`);
  const body = $('.device-body', root);
  onAct(root, {
    poll: async at => {
      at.disabled = true;
      try {
        await api.post(path + '/poll');
        say(t('device.poll.done'));
        setTimeout(refresh, 3000);
      } catch (problem) { sayProblem(problem); }
      at.disabled = false;
    },
    more: at => deviceMenu(at, state, refresh),
  }, signal);
  const order = Object.keys(TABS), at = order.indexOf(tab);
  const step = by => () => go('/devices/' + seg(name) + '/' + order[(at + by + order.length) % order.length]);
  keys.on(signal, 'device', { '[': [step(-1), 'keys.tab.prev'], ']': [step(1), 'keys.tab.next'], 'Escape': [() => go('/devices'), 'keys.back'] });

  const module = await import(TABS[tab]);
  if (signal.aborted) return;
  part = await module.default(body, state);
  draw();

  let soon = null;
  const later = () => { soon ??= setTimeout(() => { soon = null; refresh(); }, 800); };
  live.on('device', d => {
    if (d.name !== name && d.id !== state.device.id) return;
    if (d.gone) return lost();
    Object.assign(state.device, d);
    draw();
    later();
  }, signal);
  live.on('alert', a => { if (a.device === name || a.object === name || (a.object || '').startsWith(name + ':')) later(); }, signal);
  live.on('risk', r => { if (r.class === 'device' && r.name === name) { state.device.risk = r.risk; state.device.level = r.level; draw(); } }, signal);
  live.on('reset', refresh, signal);
  every(REFRESH_MS, refresh, signal);
  every(1000, () => {
    const at = $('.idn .stat', root);
    if (at && !gone) render($('.device-head', root), h`${head()}${reason()}${bar()}`);
  }, signal);
}
