// The MIB browser: walks the agent with the station's credentials and shows
// names, types, values with enumerations and units, as they come.
import { withQuery } from '../base/api.js';
import { h, icon, onAct, render, $, on } from '../base/html.js';
import { number } from '../base/format.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { emptyPart, problemLine } from '../parts/empty.js';
import { saveAs } from '../parts/save.js';
import { table } from '../parts/table.js';

const TABLES = ['system', 'ifTable', 'ifXTable', 'ipAddrTable', 'entPhysicalTable', 'entPhySensorTable', 'dot1dBasePortTable', 'dot1dStpPortTable',
                'dot1qVlanStaticTable', 'lldpRemTable', 'lldpLocPortTable', 'hrStorageTable', 'hrProcessorTable', 'ipNetToMediaTable', 'snmpEngine'];

// "IF-MIB::ifOperStatus.1 = INTEGER: up(1)" as {name, type, value}; null for
// what is no variable.
export function readVarbind(line) {
  const m = /^(\S+) = ([A-Za-z0-9]+): ?(.*)$/.exec(line);
  return m ? { name: m[1], type: m[2], value: m[3] } : null;
}

// Lines out of pieces of a stream; the last one when it ends.
export function lineReader(deliver) {
  let rest = '';
  return {
    piece(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(deliver);
    },
    end() { if (rest) deliver(rest); rest = ''; },
  };
}

// "IF-MIB::ifOperStatus.1": module, object, instance.
export function partsOf(name) {
  const m = /^(?:([^:]+)::)?([^.]+)(\..*)?$/.exec(name);
  return m && /[a-z]/i.test(m[2]) ? { module: m[1] || '', object: m[2], instance: m[3] || '' } : { module: '', object: name, instance: '' };
}

export default async function mib(body, state) {
  const { place } = state, { signal } = place;
  if (!may('operator')) {
    render(body, emptyPart({ icon: 'ui-key', title: t('mib.role'), text: t('mib.role.text') }));
    return {};
  }
  let oid = place.query.get('oid') || '', rows = [], running = null, failed = null, count = 0, drawn = 0, filter = '';

  render(body, h`<div class="page nop"><form class="bar-h mib-form" data-keep><label class="filter mib-oid">${icon('ui-search')}<input name="oid" type="text" aria-label="${t('mib.oid')}" placeholder="${t('mib.placeholder')}" value="${oid}" list="mib-tables" spellcheck="false" autocomplete="off"></label><datalist id="mib-tables">${TABLES.map(n => h`<option value="${n}"></option>`)}</datalist>
      <button class="btn pri" type="submit">${t('mib.walk')}</button><button class="btn" type="button" data-act="get">${t('mib.get')}</button><button class="btn" type="button" data-act="stop" hidden>${t('mib.stop')}</button></form>
    <div class="chips mib-tables">${TABLES.slice(0, 12).map(n => h`<button type="button" class="chip" data-act="table" data-value="${n}">${n}</button>`)}</div>
    <div class="mib-trouble"></div><section class="card flush"><div class="bar-h"><h3>${t('mib.variables')} <span class="dimmer num" data-count></span></h3><span class="grow"></span><label class="filter small-filter"><svg class="ico" aria-hidden="true"><use href="/icons/icons.svg#ui-search"/></svg><input type="search" name="within" aria-label="${t('filter')}" placeholder="${t('filter')}" spellcheck="false" autocomplete="off"></label><button class="btn" type="button" data-act="save">${icon('ui-export')}${t('mib.save')}</button></div><div class="mib-list" data-keep></div></section></div>`);
  const list = table($('.mib-list', body), {
    columns: [
      { id: 'name', label: t('mib.name'), cls: 'cut c-oid', sort: false, cell: v => { const p = partsOf(v.name); return h`<span title="${v.name}">${p.module && h`<span class="dimmer">${p.module}::</span>`}<b>${p.object}</b><span class="dim num">${p.instance}</span></span>`; } },
      { id: 'type', label: t('mib.type'), sort: false, cls: 'c-mibtype', cell: v => h`<span class="dimmer">${v.type}</span>` },
      { id: 'value', label: t('value'), sort: false, cls: 'cut c-mibvalue', cell: v => h`<span class="mono" title="${v.value}">${v.value}</span>` },
    ], key: v => v.key, label: t('mib.variables'), signal, empty: t('mib.none'),
  });

  const show = () => {
    const text = filter.toLowerCase();
    list.rows(text ? rows.filter(v => v.name.toLowerCase().includes(text) || v.value.toLowerCase().includes(text)) : rows);
    $('[data-count]', body).textContent = count ? number(count) : '';
    $('[data-act=stop]', body).hidden = running === null;
    render($('.mib-trouble', body), failed ? problemLine(failed) : '');
    drawn = Date.now();
  };
  const take = line => {
    if (line.startsWith('# failed: ')) { failed = { detail: line.slice(10) }; return; }
    const v = readVarbind(line);
    if (v) rows.push({ ...v, key: String(count++) });
    // What spans lines belongs to the variable before.
    else if (line && rows.length) rows.at(-1).value += ' ' + line;
  };
  const ask = async (kind, text) => {
    running?.abort();
    const mine = running = new AbortController();
    signal.addEventListener('abort', () => mine.abort(), { once: true });
    oid = text;
    place.setQuery({ oid });
    $('[name=oid]', body).value = text;
    rows = [];
    count = 0;
    failed = null;
    show();
    const lines = lineReader(take), decode = new TextDecoder();
    try {
      const answer = await fetch('/api/v1/' + withQuery(kind, { target: state.name, oid: text }), { signal: mine.signal, credentials: 'same-origin' });
      if (!answer.ok) {
        failed = await answer.json().catch(() => ({ detail: 'HTTP ' + answer.status }));
      } else {
        const source = answer.body.getReader();
        for (;;) {
          const { value, done } = await source.read();
          if (done) break;
          lines.piece(decode.decode(value, { stream: true }));
          if (Date.now() - drawn > 200) show();
        }
        lines.end();
      }
    } catch (error) {
      if (error.name !== 'AbortError') failed = { detail: t('fresh.offline') };
    }
    if (running === mine) running = null;
    if (!signal.aborted) show();
  };

  on(body, 'submit', '.mib-form', event => {
    event.preventDefault();
    ask('walk', $('[name=oid]', body).value.trim() || 'system');
  }, signal);
  on(body, 'input', '[name=within]', (_, input) => { filter = input.value.trim(); show(); }, signal);
  onAct(body, {
    table: at => ask('walk', at.dataset.value),
    get: () => ask('get', $('[name=oid]', body).value.trim() || 'sysDescr.0,sysObjectID.0,sysUpTime.0,sysName.0'),
    stop: () => running?.abort(),
    save: () => saveAs(`${state.name}-${oid || 'walk'}.txt`, rows.map(v => `${v.name} = ${v.type}: ${v.value}`).join('\n') + '\n'),
  }, signal);
  if (oid) ask('walk', oid);
  else show();
  return {};
}
