// The overview: the front, ports in use, a graph of the port that is chosen,
// sensors, and why this is one device.
import { api, seg } from '../base/api.js';
import { h, icon, onAct, on, render, $ } from '../base/html.js';
import { age, moment, number, reading, duration, binary } from '../base/format.js';
import { t } from '../base/texts.js';
import { table } from '../parts/table.js';
import { portColumns } from '../parts/ports.js';
import { front, frontKey, frontKeys } from './device_front.js';
import { inUse } from './device_ports.js';
import { Sparks } from './device_sparks.js';
import { trafficCard } from './device_traffic.js';

const MOST_SENSORS = 9;
const WORTH = ['cpu', 'memory', 'temperature', 'power', 'charge', 'load', 'runtime', 'dbm', 'fanspeed', 'voltage', 'storage'];

// The sensors that tell most, of each class some.
export function chief(sensors) {
  const of = c => sensors.filter(s => s.class === c && Number.isFinite(Number(s.value)));
  const out = [];
  for (const c of WORTH) out.push(...of(c).slice(0, c === 'cpu' || c === 'memory' ? 2 : 3));
  return out.slice(0, MOST_SENSORS);
}

export default async function overview(body, state) {
  const { place } = state, { signal } = place;
  const sparks = new Sparks(state, signal);
  let at = place.query.get('port'), identity = null, hovered = null;

  render(body, h`<section class="card front-card" hidden></section><div class="cols side"><section class="card flush"><div class="bar-h"><h3>${t('device.tab.interfaces')} <span class="dimmer num" data-count></span></h3><span class="grow"></span><a class="link small" href="/devices/${seg(state.name)}/interfaces">${t('device.all')}</a></div><div class="ports scroll-x" data-keep></div></section>
    <div class="page nop side-cards"><section class="card traffic-card" hidden></section><div class="side-rest"></div></div></div>`);
  const list = table($('.ports', body), {
    columns: portColumns(['name', 'alias', 'speed', 'in', 'out', 'neighbour', 'errors', 'state']), key: p => p.name, label: t('device.tab.interfaces'), signal,
    onOpen: p => choose(p.name), selected: at, empty: t('device.noports'),
  });
  const traffic = trafficCard($('.traffic-card', body), state, signal);

  const choose = name => {
    at = name;
    place.setQuery({ port: at });
    list.select(at);
    drawFront();
    traffic.show(state.ports.find(p => p.name === at));
  };
  const drawFront = () => {
    const card = $('.front-card', body), drawn = front(state.ports, { at });
    card.hidden = !drawn;
    if (drawn) render(card, h`${drawn}${frontKey(state.ports)}`);
  };
  const shown = () => {
    const used = state.ports.filter(p => (p.socket || p.in_bps > 0 || p.out_bps > 0 || p.link) && inUse(p));
    return used.length ? used : state.ports;
  };

  const side = () => {
    const d = state.device, list = chief(state.sensors);
    render($('.side-rest', body), h`<div class="page nop">
      ${list.length > 0 && h`<section class="card" data-key="sensors"><h3>${t('device.tab.sensors')}</h3><ul class="rows">${list.map(s => h`<li data-key="s-${s.class}-${s.index}"><span class="cut" title="${s.descr}">${s.descr || t('sensor.' + s.class)}</span><small class="num">${reading(s.value, s.unit)}</small>${sparks.spark(s)}</li>`)}</ul></section>`}
      <section class="card" data-key="about"><h3>${t('device.about')}</h3><dl class="kv">${facts(d).map(([k, v]) => v ? h`<dt>${k}</dt><dd>${v}</dd>` : '')}</dl></section>
      <details class="card fold" data-key="why"><summary><h3>${t('device.why')}</h3></summary>${identity ? why(identity) : ''}</details>
      ${(d.quirks || []).length > 0 && h`<details class="card fold" data-key="quirks"><summary><h3>${t('device.quirks')} <span class="dimmer num">${d.quirks.length}</span></h3></summary><ul class="list">${d.quirks.map(q => h`<li><b>${q.text || q.quirk}</b>${q.table && h` <span class="mono dim">${q.table}</span>`}<br><span class="dim">${[q.follows, q.profile && t('device.quirk.profile', { name: q.profile }), q.count && t('device.quirk.count', { n: q.count }), q.last && age(q.last)].filter(Boolean).join(' · ')}</span></li>`)}</ul></details>`}
      ${(d.members || []).length > 1 && h`<section class="card" data-key="members"><h3>${t('device.members')}</h3><ul class="rows">${d.members.map(m => h`<li><b class="num">${m.member}</b><span class="cut">${m.model || m.descr}</span><small>${m.serial}</small></li>`)}</ul></section>`}
      <details class="card fold" data-key="poll"><summary><h3>${t('device.polling')}</h3></summary><dl class="kv">${polling(d.poll || {}).map(([k, v]) => h`<dt>${k}</dt><dd class="num">${v}</dd>`)}</dl></details></div>`);
  };

  const draw = () => {
    const used = shown();
    if (!at || !state.ports.some(p => p.name === at)) {
      const most = used.filter(p => p.oper === 'up').sort((a, b) => ((b.in_bps || 0) + (b.out_bps || 0)) - ((a.in_bps || 0) + (a.out_bps || 0)))[0];
      traffic.show(most);
    } else traffic.show(state.ports.find(p => p.name === at));
    list.rows(used);
    $('[data-count]', body).textContent = state.ports.length ? `${number(used.length)} / ${number(state.ports.length)}` : '';
    $('.ports', body).closest('.card').hidden = state.ports.length === 0;
    drawFront();
    side();
  };

  onAct(body, { port: socket => choose(socket.dataset.port) }, signal);
  frontKeys(body, signal);
  // A port under the pointer lights its row.
  on(body, 'pointerover', '.socket, tr[data-row]', (_, over) => {
    const name = over.dataset.port || over.dataset.row;
    if (name === hovered) return;
    hovered = name;
    for (const e of body.querySelectorAll('.lit')) e.classList.remove('lit');
    for (const e of body.querySelectorAll('.socket, tr[data-row]'))
      if ((e.dataset.port || e.dataset.row) === name) e.classList.add('lit');
  }, signal);
  body.addEventListener('toggle', async event => {
    if (event.target.dataset?.key !== 'why' || identity) return;
    identity = await api.get(state.path + '/identity', { signal }).catch(() => ({ why: '', decisions: [] }));
    side();
  }, { signal, capture: true });
  place.onQuery(q => { at = q.get('port'); list.select(at); draw(); });
  sparks.onNews = side;
  return { draw };
}

const addresses = d => h`<ul class="addresses">${(d.addresses || []).map(a => h`<li class="num">${a}</li>`)}</ul>`;

const facts = d => [
  [t('device.address'), (d.addresses || []).length ? addresses(d) : ''],
  [t('kind'), t('kind.' + (d.kind || 'unknown'))], [t('device.sysname'), d.sysName !== d.name ? d.sysName : ''], [t('device.serial'), d.serial && h`<span class="mono">${d.serial}</span>`],
  [t('place'), d.latitude !== undefined ? h`${d.location} <span class="dimmer num">${number(d.latitude, 4)}, ${number(d.longitude, 4)}</span>` : d.location], [t('device.contact'), d.contact], [t('device.features'), d.features],
  [t('device.credential'), d.credential], [t('device.profile'), d.profile && h`<span class="mono">${d.profile}</span>`],
  ['sysObjectID', d.sysObjectID && h`<span class="mono">${d.sysObjectID}</span>`], ['sysDescr', d.sysDescr && h`<span class="descr">${d.sysDescr}</span>`],
  [t('device.engine'), d.engineID && h`<span class="mono">${d.engineID}</span>`], [t('device.uptime'), d.uptime_s ? duration(d.uptime_s) : ''],
  [t('device.firstseen'), d.first_seen && moment(d.first_seen)], [t('device.collected'), d.collected_at && h`${age(d.collected_at)}`],
  [t('device.depends'), (d.depends_on || []).length ? d.depends_on.map((n, i) => h`${i > 0 && ', '}<a class="link" href="/devices/${seg(n)}">${n}</a>`) : ''],
];

const polling = p => [
  [t('poll.interval'), p.interval_s ? duration(p.interval_s) : '–'], [t('poll.last'), age(p.last)], [t('poll.took'), reading(p.duration_ms, 'ms')],
  [t('poll.snmp'), reading(p.snmp_rtt_ms, 'ms')], [t('poll.loss'), reading(p.loss_percent, '%')], [t('poll.jitter'), reading(p.jitter_ms, 'ms')],
  [t('poll.packets'), `${number(p.last_packets)} · ${binary(p.last_octets)}`], [t('poll.window'), `${number(p.window)} × ${number(p.max_repetitions)}`],
  [t('poll.count'), `${number(p.polls)} · ${t('poll.failures', { n: p.failures ?? 0 })}`],
];

// The evidence that makes addresses one device, and what speaks against it.
function why(identity) {
  const kinds = list => list.map(e => typeof e === 'string' ? e : [e.kind, e.value].filter(Boolean).join(' '));
  return h`<p class="dim">${identity.why}</p><ul class="list">${(identity.decisions || []).map(d => h`<li><b class="num">${d.address}</b> <span class="dimmer">${d.by && t('device.why.by', { name: d.by })} · ${age(d.at)}</span><br><span class="dim">${d.why}</span>
    ${kinds(d.agree || []).length > 0 && h`<br><span class="agree">${icon('state-up')} ${t('device.why.agree')} ${kinds(d.agree).join(', ')}</span>`}${kinds(d.differ || []).length > 0 && h`<br><span class="differ">${icon('state-warning')} ${t('device.why.differ')} ${kinds(d.differ).join(', ')}</span>`}${d.runner_up && h`<br><span class="dim">${t('device.why.runner', { name: d.runner_up.name || d.runner_up })}</span>`}</li>`)}</ul>
    ${(identity.shared || []).length > 0 && h`<p class="dim">${t('device.why.shared')} ${kinds(identity.shared).join(', ')}</p>`}${(identity.pins || []).length > 0 && h`<p class="dim">${t('device.why.pins')} ${identity.pins.map(p => typeof p === 'string' ? p : p.text || JSON.stringify(p)).join(', ')}</p>`}`;
}

