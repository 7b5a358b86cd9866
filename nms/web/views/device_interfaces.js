// All interfaces of a device: order, filter, load, errors, VLANs, neighbours.
import { h, icon, onAct, render, $ } from '../base/html.js';
import { keys } from '../base/keys.js';
import { number } from '../base/format.js';
import { t } from '../base/texts.js';
import { fits, holds, parse } from '../parts/filter.js';
import { portColumns } from '../parts/ports.js';
import { saveAs } from '../parts/save.js';
import { segments } from '../parts/tabs.js';
import { table } from '../parts/table.js';
import { front, frontKey, frontKeys } from './device_front.js';
import { inUse } from './device_ports.js';
import { toCsv } from './devices_filter.js';
import { trafficCard } from './device_traffic.js';

const TEXTS = { name: p => p.name, alias: p => p.alias, type: p => p.type, mac: p => p.mac, neighbour: p => p.link?.device, vlan: p => [p.pvid, p.untagged, p.tagged].filter(Boolean).join(' ') };
const NUMBERS = { load: p => 100 * Math.max(p.in ?? 0, p.out ?? 0), errors: p => p.errors ?? 0, discards: p => p.discards ?? 0, speed: p => (p.speed_bps ?? 0) / 1e9 };

// A function that tells which ports fit: words, state:, alias:, load>=50 ...
export function portFilter(text) {
  const tests = parse(text).map(({ not, key, op, value }) => {
    let test = p => ['name', 'alias', 'neighbour', 'mac'].some(k => fits(key + op + value, TEXTS[k](p) ?? ''));
    if (key === 'state') test = p => p.state === value || p.oper === value || p.admin === value;
    else if (key in NUMBERS && !Number.isNaN(Number(value))) test = p => holds(NUMBERS[key](p), op === ':' ? '=' : op, Number(value));
    else if (key in TEXTS) test = p => fits(value, TEXTS[key](p) ?? '');
    return p => test(p) !== not;
  });
  return p => tests.every(test => test(p));
}

export default async function interfaces(body, state) {
  const { place } = state, { signal } = place, query = place.query;
  let all = query.get('all') === '1', at = query.get('port');

  render(body, h`<div class="page nop"><div class="bar-h ports-head"></div><section class="card front-card" hidden></section><div class="cols ports-cols"><section class="card flush"><div class="ports scroll-x" data-keep></div></section><section class="card traffic-card" hidden></section></div></div>`);
  const list = table($('.ports', body), {
    columns: portColumns(['name', 'alias', 'speed', 'in', 'out', 'neighbour', 'vlan', 'errors', 'discards', 'mac', 'state']), key: p => p.name,
    label: t('device.tab.interfaces'), signal, selected: at, sort: query.get('sort') || '', onSort: sort => place.setQuery({ sort }), empty: t('table.none'),
    onOpen: p => choose(p.name === at ? null : p.name),
  });
  const traffic = trafficCard($('.traffic-card', body), state, signal);
  const choose = name => {
    at = name;
    place.setQuery({ port: at });
    list.select(at);
    traffic.show(state.ports.find(p => p.name === at));
    $('.ports-cols', body).classList.toggle('side', Boolean(at));
    drawFront();
  };
  const drawFront = () => {
    const card = $('.front-card', body), drawn = front(state.ports, { at });
    card.hidden = !drawn;
    if (drawn) render(card, h`${drawn}${frontKey(state.ports)}`);
  };
  const draw = () => {
    const text = query.get('q') || '', used = state.ports.filter(inUse), keep = portFilter(text);
    const from = all || text ? state.ports : used.length ? used : state.ports;
    list.rows(from.filter(keep));
    render($('.ports-head', body), h`<label class="filter">${icon('ui-search')}<input type="search" aria-label="${t('filter')}" placeholder="${t('device.ports.filter')}" value="${text}" spellcheck="false" autocomplete="off"></label>
      ${segments(t('device.ports.which'), [['used', `${t('device.ports.used')} ${number(used.length)}`], ['all', `${t('devices.all')} ${number(state.ports.length)}`]], all ? 'all' : 'used', 'which')}
      <span class="grow"></span><button class="btn" type="button" data-act="csv">${icon('ui-export')}CSV</button>`);
    drawFront();
    traffic.show(state.ports.find(p => p.name === at));
    $('.ports-cols', body).classList.toggle('side', Boolean(at));
  };

  body.addEventListener('input', event => {
    if (!event.target.matches('.filter input')) return;
    place.setQuery({ q: event.target.value });
    draw();
  }, { signal });
  onAct(body, {
    which: button => { all = button.dataset.value === 'all'; place.setQuery({ all: all ? '1' : null }); draw(); },
    port: socket => {
      choose(socket.dataset.port);
      const i = list.shown.findIndex(p => p.name === at);
      if (i >= 0) list.focus(i);
    },
    csv: () => saveAs(`${state.name}-interfaces.csv`, toCsv(['name', 'alias', 'type', 'speed_bps', 'admin', 'oper', 'in_bps', 'out_bps', 'errors_per_s', 'discards_per_s', 'neighbour', 'neighbour_port', 'mac', 'untagged', 'tagged'],
      list.shown.map(p => [p.name, p.alias, p.type, p.speed_bps, p.admin, p.oper, p.in_bps, p.out_bps, p.errors, p.discards, p.link?.device, p.link?.port, p.mac, p.untagged ?? p.pvid, p.tagged])), 'text/csv'),
  }, signal);
  frontKeys(body, signal);
  keys.on(signal, 'device', { f: [() => $('.filter input', body)?.focus(), 'keys.filter'] });
  place.onQuery(q => { all = q.get('all') === '1'; at = q.get('port'); list.select(at); draw(); });
  return { draw };
}
