// What this device is plugged to: links with their evidence, and what neighbor
// protocols say.
import { api } from '../base/api.js';
import { every, h, render, $ } from '../base/html.js';
import { age, speed } from '../base/format.js';
import { t, hasText } from '../base/texts.js';
import { problemLine } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { deviceLink } from '../parts/ports.js';
import { table } from '../parts/table.js';

const linkWord = s => hasText('link.' + s) ? t('link.' + s) : s;
const SHAPE = { confirmed: 'up', down: 'down', stale: 'unknown', blocked: 'unmanaged', candidate: 'unknown', ambiguous: 'warning' };
export const linkMark = s => mark(SHAPE[s] || 'unknown', { label: linkWord(s) });

// A link as its own end sees it.
const own = (l, name) => l.a === name ? { ...l, port: l.a_port, other: l.b, other_port: l.b_port } : { ...l, port: l.b_port, other: l.a, other_port: l.a_port };

export default async function neighbours(body, state) {
  const { signal } = state.place;
  let heard = [], failed = null;

  render(body, h`<div class="page nop"><section class="card flush links-card"><h3>${t('device.links')}</h3><div class="links scroll-x" data-keep></div></section>
    <section class="card flush"><h3>${t('device.heard')}</h3><div class="heard-trouble"></div><div class="heard scroll-x" data-keep></div></section></div>`);
  const links = table($('.links', body), {
    columns: [
      { id: 'port', label: t('find.port'), cell: l => h`<b>${l.port || '–'}</b>` },
      { id: 'other', label: t('neighbour'), cell: l => (l.other || '').startsWith('~') ? h`<span class="dim">${t('kind.segment')} ${l.other.slice(1)}</span>` : deviceLink(l.other, l.other_port) },
      { id: 'speed', label: t('speed'), num: true, first: 'down', value: l => l.speed_bps ?? null, cell: l => speed(l.speed_bps) },
      { id: 'layer', label: t('device.layer'), num: true, value: l => l.layer, cell: l => l.layer },
      { id: 'evidence', label: t('device.evidence'), cell: l => h`<span title="${l.why}">${(l.evidence || '').split(',').map(e => h`<span class="chip flat">${e}</span>`)}</span>` },
      { id: 'why', label: t('device.because'), cls: 'cut c-why', cell: l => h`<span class="dim" title="${l.why}">${l.why}</span>` },
      { id: 'last_seen', label: t('devices.seen'), num: true, value: l => l.last_seen ? -Date.parse(l.last_seen) : null, cell: l => h`<span class="dim">${age(l.last_seen)}</span>` },
      { id: 'state', label: t('state'), cell: l => linkMark(l.state) },
    ], key: l => [l.port, l.other, l.other_port, l.layer].join(' '), label: t('device.links'), sort: 'port', signal, empty: t('device.nolinks'),
  });
  const said = table($('.heard', body), {
    columns: [
      { id: 'port', label: t('find.port'), cell: n => h`<b>${n.port || '–'}</b>` },
      { id: 'protocol', label: t('device.protocol'), cell: n => h`<span class="chip flat">${n.protocol}</span>` },
      { id: 'name', label: t('neighbour'), cell: n => n.device ? deviceLink(n.device) : h`<a href="/devices?q=${encodeURIComponent(n.name || n.address || '')}">${n.name || n.address || '–'}</a>` },
      { id: 'remote_port', label: t('device.remoteport'), cell: n => h`<span class="dim">${n.remote_port}</span>` },
      { id: 'platform', label: t('model'), cls: 'cut c-why', cell: n => h`<span class="dim" title="${n.platform || n.descr || ''}">${n.platform || n.descr}</span>` },
      { id: 'address', label: t('address'), cell: n => h`<span class="num dim">${n.address}</span>` },
    ], key: n => [n.protocol, n.port, n.name, n.remote_port, n.address].join(' '), label: t('device.heard'), sort: 'port', signal, empty: t('device.noheard'),
  });
  const load = async () => {
    try {
      heard = (await api.get(state.path + '/neighbors', { signal })).neighbors;
      failed = null;
    } catch (problem) { if (problem.name !== 'AbortError') failed = problem; }
    if (!signal.aborted) draw();
  };
  const draw = () => {
    links.rows(state.links.map(l => own(l, state.name)));
    said.rows(heard);
    render($('.heard-trouble', body), failed ? problemLine(failed) : '');
  };
  await load();
  every(60000, load, signal);
  return { draw };
}

