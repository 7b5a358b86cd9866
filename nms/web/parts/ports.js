// Cells that tables of ports share.
import { h } from '../base/html.js';
import { seg } from '../base/api.js';
import { age, number, si, speed } from '../base/format.js';
import { t, hasText } from '../base/texts.js';
import { bar } from './bar.js';
import { mark, stateWord } from './mark.js';

export const portWord = s => hasText('port.' + s) ? t('port.' + s) : stateWord(s);
export const portName = p => [p.name, portWord(p.state), speed(p.speed_bps)].filter(Boolean).join(', ');

export const portMark = p => p.state === 'disabled' || p.state === 'empty' ? h`<span class="dimmer">${portWord(p.state)}</span>` : mark(p.state, { label: portWord(p.state) });

// What is no device, a prefix or a segment, leads nowhere.
export const deviceLink = (name, port) => !name ? '' : /^~|\/\d+$/.test(name) ? h`<span class="dim">${name}</span>` : h`<a href="/devices/${seg(name)}">${name}</a>${port && h` <span class="dimmer">${port}</span>`}`;

export const perSecond = v => v === null || v === undefined ? '' : v > 0 ? h`<span title="${number(v, 4)} /s">${v < 0.01 ? '<0.01' : number(v, v < 10 ? 2 : 0)}/s</span>` : h`<span class="dimmer">0</span>`;

const running = p => p.oper === 'up';
const ageOf = p => p.late ? h`<small class="late">${age(p.at)}</small>` : '';
export const loadCell = (p, way) => !running(p) ? '' : p[way] !== null ? h`<span class="${p.late && 'is-late'}" title="${si(p[way + '_bps'])}">${bar(p[way])}${ageOf(p)}</span>` : p[way + '_bps'] !== null ? h`<span class="num dim">${si(p[way + '_bps'])}</span>` : h`<span class="dimmer" title="${p.gap || ''}">–</span>`;

// Columns of a table of ports.
export const portColumns = (wanted) => {
  const all = {
    name: { id: 'name', label: t('name'), cell: p => h`<b>${p.name}</b>` },
    alias: { id: 'alias', label: t('alias'), cls: 'cut c-alias', cell: p => h`<span class="dim" title="${p.alias || ''}">${p.alias}</span>` },
    speed: { id: 'speed', label: t('speed'), num: true, first: 'down', value: p => p.speed_bps ?? null, cell: p => speed(p.speed_bps) },
    in: { id: 'in', label: t('in'), first: 'down', value: p => running(p) ? p.in ?? p.in_bps : null, cell: p => loadCell(p, 'in') },
    out: { id: 'out', label: t('out'), first: 'down', value: p => running(p) ? p.out ?? p.out_bps : null, cell: p => loadCell(p, 'out') },
    neighbour: { id: 'neighbour', label: t('neighbour'), value: p => p.link?.device, cls: 'cut c-neighbour', cell: p => p.link ? deviceLink(p.link.device, p.link.port) : '' },
    errors: { id: 'errors', label: t('errors'), num: true, first: 'down', value: p => p.errors, cell: p => perSecond(p.errors) },
    discards: { id: 'discards', label: t('device.discards'), num: true, first: 'down', cls: 'c-discards', value: p => p.discards, cell: p => perSecond(p.discards) },
    vlan: { id: 'vlan', label: t('device.vlans'), value: p => p.pvid ?? null, cls: 'cut c-vlan', cell: p => h`<span class="dim" title="${[p.untagged, p.tagged].filter(Boolean).join(' / ')}">${p.untagged || p.pvid || ''}${p.tagged && h` <span class="dimmer">+${p.tagged}</span>`}</span>` },
    type: { id: 'type', label: t('device.type'), cls: 'cut c-type', cell: p => h`<span class="dimmer">${p.type}</span>` },
    mac: { id: 'mac', label: 'MAC', cls: 'c-mac', cell: p => h`<span class="mono dim">${p.mac}</span>` },
    state: { id: 'state', label: t('state'), value: p => p.state, cell: p => portMark(p) },
  };
  return wanted.map(id => all[id]);
};
