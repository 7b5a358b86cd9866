// All devices: filter, sort, open. The filter and the order are the address.
import { api, seg } from '../base/api.js';
import { every, h, icon, render, $, onAct } from '../base/html.js';
import { age, byName, number, reading } from '../base/format.js';
import { keys } from '../base/keys.js';
import { live } from '../base/live.js';
import { untilHad } from '../base/until.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { pips } from '../parts/bar.js';
import { dialog, field } from '../parts/dialog.js';
import { emptyPart, loadingPart, problemPart } from '../parts/empty.js';
import { has, parse, toggle } from '../parts/filter.js';
import { mark, STATES, shapeOf, stateWord } from '../parts/mark.js';
import { menuButton } from '../parts/menu.js';
import { saveAs } from '../parts/save.js';
import { table } from '../parts/table.js';
import { say } from '../parts/toast.js';
import { deviceFilter, stateOf, toCsv } from './devices_filter.js';

const SHOWN = ['up', 'warning', 'minor', 'major', 'critical', 'down', 'suspect', 'unreachable', 'unknown', 'silenced', 'unmanaged'];
const rank = d => STATES.length - STATES.indexOf(shapeOf(stateOf(d)));

const columns = () => [
  { id: 'name', label: t('name'), cell: d => h`${icon('kind-' + (d.kind || 'unknown'), 'k')}<a href="/devices/${seg(d.name)}" tabindex="-1"><b>${d.name}</b></a>` },
  { id: 'state', label: t('state'), first: 'down', value: rank, cell: d => h`${mark(stateOf(d))}${d.silenced && d.status !== 'up' && h` <span class="dimmer">${stateWord(d.status)}</span>`}` },
  { id: 'address', label: t('address'), cell: d => h`<span class="num">${d.address}</span>` },
  { id: 'model', label: t('model'), value: d => [d.vendor, d.hardware].filter(Boolean).join(' '), cls: 'cut c-model', cell: d => h`<span title="${d.vendor} ${d.hardware}">${d.vendor} <span class="dim">${d.hardware}</span></span>` },
  { id: 'os', label: t('devices.os'), value: d => [d.os, d.version].filter(Boolean).join(' '), cls: 'cut c-os', cell: d => h`<span class="dim" title="${d.os} ${d.version}">${d.os} ${d.version}</span>` },
  { id: 'place', label: t('place'), value: d => d.location, cls: 'cut c-place', cell: d => h`<span class="dim" title="${d.location}">${d.location}</span>` },
  { id: 'ports', label: t('devices.ports'), num: true, first: 'down', value: d => d.interfaces ?? null, cell: d => number(d.interfaces) },
  { id: 'rtt', label: t('devices.rtt'), num: true, first: 'down', value: d => d.rtt_ms ?? null, cls: 'c-rtt', cell: d => d.rtt_ms == null ? '' : h`${reading(d.rtt_ms, 'ms')}` },
  { id: 'risk', label: t('risk'), first: 'down', value: d => d.risk ?? 0, cell: d => h`<span class="nw">${pips(d.risk ?? 0, d.level || undefined)} <span class="num ${d.risk ? '' : 'dimmer'}">${number(d.risk ?? 0)}</span></span>` },
  { id: 'seen', label: t('devices.seen'), num: true, value: d => d.last_seen ? -Date.parse(d.last_seen) : null, cell: d => h`<span class="dim">${age(d.last_seen)}</span>` },
];

export default async function view(place) {
  const { root, signal } = place;
  const devices = new Map();
  let rows = null, list = null, waiting = null;

  place.title([t('nav.devices')]);

  const text = () => place.query.get('q') || '';
  const counts = () => {
    const out = {};
    for (const d of devices.values()) out[stateOf(d)] = (out[stateOf(d)] || 0) + 1;
    return out;
  };

  const chips = () => {
    const by = counts(), terms = parse(text());
    return SHOWN.filter(s => by[s]).map(s => h`<button type="button" class="chip mark ${shapeOf(s)}" data-act="state" data-value="${s}" data-key="chip-${s}" aria-pressed="${String(has(terms, { key: 'state', op: ':', value: s }))}">${icon('state-' + shapeOf(s))}<span>${stateWord(s)}</span><b class="num">${number(by[s])}</b></button>`);
  };

  const head = () => render($('.list-head', root), h`<label class="filter">${icon('ui-search')}<input type="search" aria-label="${t('filter')}" placeholder="${t('devices.filter')}" value="${text()}" spellcheck="false" autocomplete="off"></label>
    <div class="chips" role="group" aria-label="${t('devices.states')}">${chips()}</div><span class="grow"></span>
    <span class="dim num count" role="status">${rows && t('devices.count', { n: number(devices.size), shown: number(rows.length) })}</span>
    ${may('operator') && h`<button class="btn" type="button" data-act="add">${icon('ui-add')}${t('devices.add')}</button>`}<button class="btn" type="button" data-act="export">${icon('ui-export')}${t('export')}</button>`);

  const draw = () => {
    if (signal.aborted || !list) return;
    const keep = deviceFilter(text());
    rows = [...devices.values()].filter(keep);
    list.rows(rows);
    head();
  };
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; draw(); }, 250); };

  const load = async () => {
    const found = await api.get('devices', { signal });
    devices.clear();
    for (const d of found.devices.sort((a, b) => byName(a.name, b.name))) devices.set(d.id || d.name, d);
  };

  const frame = () => {
    /* The station itself is there from the start. */
    if ([...devices.values()].every(d => d.station && !d.credential)) {
      list = null;
      render(root, emptyPart({ icon: 'ui-devices', title: t('devices.empty'), text: t('devices.empty.text'), link: may('administrator') && { href: '/start', text: t('devices.empty.start') } }));
      return;
    }
    if (list) return draw();
    render(root, h`<div class="page list-page"><div class="bar-h list-head" data-keep></div><section class="card flush"><div class="devices-table" data-keep></div></section></div>`);
    list = table($('.devices-table', root), {
      columns: columns(), key: d => d.id || d.name, label: t('nav.devices'), signal,
      sort: place.query.get('sort') || 'name', onSort: sort => place.setQuery({ sort: sort === 'name' ? null : sort }),
      onOpen: (d, event) => event.ctrlKey || event.metaKey ? open('/devices/' + seg(d.name)) : go('/devices/' + seg(d.name)),
      rowClass: d => shapeOf(stateOf(d)) === 'down' ? 'is-down' : '',
    });
    draw();
  };

  root.addEventListener('input', event => {
    if (!event.target.matches('.filter input')) return;
    place.setQuery({ q: event.target.value });
    draw();
  }, { signal });
  onAct(root, {
    state: at => {
      const q = toggle(text(), { key: 'state', op: ':', value: at.dataset.value }, x => x.key === 'state');
      place.setQuery({ q }, { push: true });
      $('.filter input', root).value = q;
      draw();
    },
    export: at => menuButton(at, [
      { label: t('devices.csv'), act: () => saveAs('devices.csv', toCsv(['name', 'state', 'address', 'kind', 'vendor', 'hardware', 'os', 'version', 'location', 'interfaces', 'rtt_ms', 'risk', 'last_seen'],
        list.shown.map(d => [d.name, stateOf(d), d.address, d.kind, d.vendor, d.hardware, d.os, d.version, d.location, d.interfaces, d.rtt_ms, d.risk, d.last_seen])), 'text/csv') },
      { label: t('devices.tsv'), href: '/api/v1/export/devices.tsv', download: true }]),
    add: () => addDevice(),
  }, signal);
  place.onQuery(() => {
    const input = $('.filter input', root);
    if (input) input.value = text();
    if (list && (place.query.get('sort') || 'name') !== list.sorted) list.sort(place.query.get('sort') || 'name');
    draw();
  });
  keys.on(signal, 'devices', { f: [() => $('.filter input', root)?.focus(), 'keys.filter'] });

  live.on('device', d => {
    const key = d.id || d.name;
    if (d.gone) devices.delete(key);
    else devices.set(key, { ...devices.get(key), ...d });
    if (!list || devices.size === 0) frame();
    else soon();
  }, signal);
  live.on('risk', r => {
    if (r.class !== 'device') return;
    for (const d of devices.values()) if (d.name === r.name) { d.risk = r.risk; d.level = r.level; soon(); break; }
  }, signal);
  live.on('reset', untilHad(async () => { await load(); frame(); }, signal), signal);

  const slow = setTimeout(() => { if (!signal.aborted) render(root, loadingPart(12)); }, 200);
  try {
    await load();
  } catch (problem) {
    clearTimeout(slow);
    if (problem.name === 'AbortError') return;
    render(root, problemPart({ title: t('devices.failed'), detail: problem.detail, remedy: problem.remedy, retry: true }));
    return;
  }
  clearTimeout(slow);
  if (signal.aborted) return;
  frame();
  every(30000, soon, signal);
}

// Asks addresses that a person names.
async function addDevice() {
  const done = await dialog({
    title: t('devices.add.title'),
    body: field({ label: t('devices.add.addresses'), name: 'addresses', required: true, hint: t('devices.add.hint'), placeholder: '192.0.2.1' }),
    actions: [{ name: 'add', label: t('add'), primary: true }],
    send: values => api.post('devices', { addresses: values.addresses.split(/[\s,;]+/).filter(Boolean) }),
  });
  if (done) say(t('devices.add.done'));
}

