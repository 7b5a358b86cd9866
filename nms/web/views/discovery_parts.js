// The pieces of a running discovery that the first minute shows too.
import { seg } from '../base/api.js';
import { h, icon } from '../base/html.js';
import { clock, duration, number } from '../base/format.js';
import { may } from '../base/session.js';
import { hasText, t } from '../base/texts.js';
import { gridOf, progressOf, stagesOf, took } from './discovery_state.js';

export const stages = list => h`<ol class="steps">${list.map(s => h`<li class="${s.state}" ${s.state === 'on' && h`aria-current="step"`}>${s.text}</li>`)}</ol>`;

// Head with figures, bar and stages.
export function progress(d, rate = null) {
  const done = progressOf(d), links = d.links ?? 0;
  return h`<section class="card" data-key="progress"><div class="bar-h"><b class="disc-sum">${t('disc.count.devices', { n: d.devices ?? 0 })}${t('separator')}${t('disc.count.links', { n: links })}${took(d) >= 1 && h` · ${duration(took(d))}`}</b><span class="grow"></span>
    ${d.running && rate !== null && h`<span class="dim num">${t('disc.rate', { n: number(Math.round(rate)) })}</span>`}
    ${d.running ? may('operator') && h`<button class="btn" type="button" data-act="stop">${t('disc.stop')}</button>` : may('operator') && h`<button class="btn" type="button" data-act="more">${t('disc.more')}</button><button class="btn pri" type="button" data-act="again">${t('disc.again')}</button>`}</div>
    <div class="prog mt" data-w="${(done * 100).toFixed(1)}%" role="progressbar" aria-label="${t('nav.discovery')}" aria-valuenow="${Math.round(done * 100)}" aria-valuemin="0" aria-valuemax="100"></div>
    <div class="mt">${stages(stagesOf(d).map(s => ({ ...s, text: t('disc.stage.' + s.id) })))}</div></section>`;
}

const KEYS = ['d', 'p', 'n'], MOST_NEEDS = 8;

// What was tried: who answered where, by prefix, and the counts.
export function tried(d, addresses) {
  const grid = addresses.length ? gridOf(addresses) : null;
  const notes = [d.addresses_outside > 0 && t('disc.outside', { n: d.addresses_outside }), d.beyond_limits > 0 && t('disc.beyond', { n: d.beyond_limits })].filter(Boolean);
  return h`<section class="card" data-key="tried">${grid ? grid.shown.map(net => h`<div class="net-block" data-key="net-${net.prefix}"><div class="bar-h"><h3>${net.prefix}</h3><span class="grow"></span><span class="dim num">${number(net.asked)} / ${number(net.total)}</span></div>
      <div class="addr mt" role="img" aria-label="${net.prefix}: ${net.asked} / ${net.total}">${net.cells.map((c, i) => h`<i class="${c || 'n'}" title="${net.base ? net.base + '.' + i : net.addresses[i]}"></i>`)}</div></div>`) :
    h`<div class="bar-h"><h3>${t('disc.addresses')}</h3></div>`}
    ${grid?.more > 0 && h`<p class="dim small mt">+${number(grid.more)}</p>`}
    ${grid ? h`<div class="bar-h mt keys">${KEYS.map(k => h`<span class="key a"><i class="${k}"></i>${t('disc.cell.' + k)}</span>`)}</div>` : ''}
    ${h`<div class="stat small-stat mt">${[['disc.addresses', d.addresses_found], ['disc.asked', d.addresses_asked], ['disc.answered', d.addresses_answered], ['disc.waiting', d.waiting], ['disc.interviews', d.interviews], ['disc.new', d.devices_new]].map(([k, n]) => h`<div><small>${t(k)}</small><b>${number(n)}</b></div>`)}</div>`}
    ${notes.length > 0 && h`<p class="dimmer small mt">${notes.join(' · ')}</p>`}</section>`;
}

const ORDER = ['router', 'l3switch', 'switch', 'stack', 'firewall', 'loadbalancer', 'server', 'hypervisor', 'vm', 'storage', 'wlc', 'ap', 'ups', 'power', 'printer', 'phone', 'camera', 'sensor', 'host', 'unknown'];
export const kindWord = k => hasText('kind.' + k) ? t('kind.' + k) : k;

export function kinds(d) {
  const list = Object.entries(d.kinds || {}).filter(([k]) => k !== 'station').sort((a, b) => ORDER.indexOf(a[0]) - ORDER.indexOf(b[0]));
  return list.length ? h`<ul class="kinds">${list.map(([k, n]) => h`<li data-key="k-${k}"><a href="/devices?q=kind:${k}" title="${kindWord(k)}" aria-label="${n} ${kindWord(k)}">${icon('kind-' + k)}<b class="num">${number(n)}</b></a></li>`)}</ul>` : h`<p class="dimmer">–</p>`;
}

const NEEDS = { credential: 'ui-key', unknown: 'kind-unknown', identity: 'state-warning', silent: 'state-unknown' };

// What waits for a person, each with its one action.
export function needs(list) {
  const shown = list.slice(0, MOST_NEEDS);
  return list.length ? h`<ul class="rows needs">${shown.map(x => h`<li data-key="need-${x.kind}-${x.address}">${icon(NEEDS[x.kind] || 'state-unknown', 'k')}<span class="num">${x.address}</span><span class="dim cut" title="${x.text || ''}">${x.text || t('disc.needs.' + x.kind)}</span>
    <small>${x.kind === 'credential' && may('administrator') ? h`<button class="btn" type="button" data-act="credential" data-address="${x.address}">${t('disc.credential.add')}</button>` :
    x.device ? h`<a class="btn" href="/devices/${seg(x.device)}">${t('disc.look')}</a>` : ''}</small></li>`)}</ul>${list.length > shown.length && h`<p class="mt"><a class="link" href="/devices?q=kind:unknown">${t('disc.needs.more', { n: list.length - shown.length })}</a></p>`}` : h`<p class="dimmer">${t('disc.needs.none')}</p>`;
}

// What came just now, with the evidence that led there.
export function justNow(list) {
  return h`<section class="card flush" data-key="now"><h3>${t('disc.now')}</h3>${list.length ? h`<table aria-label="${t('disc.now')}"><tbody>${list.map(x => h`<tr data-key="n-${x.name}-${x.at}"><td class="num dim">${clock(x.at)}</td><td>${icon('kind-' + (x.kind || 'unknown'), 'k')}<a href="/devices/${seg(x.name)}"><b>${x.name}</b></a></td><td class="num">${x.address}</td><td>${[x.vendor, x.hardware].filter(Boolean).join(' ')}</td><td class="dim">${x.evidence || x.text || ''}</td></tr>`)}</tbody></table>` : h`<p class="dimmer none-yet">${t('disc.now.none')}</p>`}</section>`;
}
