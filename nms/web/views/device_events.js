// What happened to one device, newest first.
import { api, withQuery } from '../base/api.js';
import { h, onAct, render, $ } from '../base/html.js';
import { moment, number } from '../base/format.js';
import { live } from '../base/live.js';
import { t } from '../base/texts.js';
import { problemLine } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { said } from '../parts/said.js';
import { table } from '../parts/table.js';

const PAGE = 200;

export default async function events(body, state) {
  const { signal } = state.place;
  let list = [], next = null, failed = null, later = null;

  render(body, h`<div class="page nop"><section class="card flush"><div class="events-trouble"></div><div class="events-list scroll-x" data-keep></div></section><div class="events-more acts"></div></div>`);
  const shown = table($('.events-list', body), {
    columns: [
      { id: 'at', label: t('device.when'), value: e => Date.parse(e.last || e.at), cell: e => h`<span class="num">${moment(e.last || e.at)}</span>` },
      { id: 'severity', label: t('severity'), cell: e => mark(e.severity) },
      { id: 'object', label: t('object'), cell: e => h`<b>${e.object === state.name ? '' : (e.object || '').replace(state.name + ':', '')}</b>` },
      { id: 'text', label: t('what'), cls: 'cut c-what', cell: e => h`<span title="${e.text}">${said(e.text) || e.type}</span>` },
      { id: 'type', label: t('device.type'), cell: e => h`<span class="dimmer">${e.type}</span>` },
      { id: 'source', label: t('device.source'), cell: e => h`<span class="dimmer">${e.source}</span>` },
      { id: 'count', label: t('device.times'), num: true, cell: e => e.count > 1 ? number(e.count) : '' },
    ], key: e => String(e.id), label: t('nav.events'), signal, empty: t('device.noevents'),
  });
  const load = async before => {
    try {
      const found = await api.get(withQuery('events', { object: state.name, limit: PAGE, before }), { signal });
      const known = new Set(found.events.map(e => e.id));
      list = before ? [...list, ...found.events] : [...found.events, ...list.filter(e => !known.has(e.id) && found.events.length && e.id < found.events.at(-1).id)];
      if (before || next === null) next = found.next ?? null;
      failed = null;
    } catch (problem) { if (problem.name !== 'AbortError') failed = problem; }
    if (!signal.aborted) draw();
  };
  const draw = () => {
    render($('.events-trouble', body), failed ? problemLine(failed) : '');
    shown.rows(list);
    render($('.events-more', body), next ? h`<button class="btn" type="button" data-act="more-events">${t('more')}</button>` : '');
  };
  onAct(body, { 'more-events': () => load(next) }, signal);
  live.on('event', e => {
    if (e.object !== state.name && !(e.object || '').startsWith(state.name + ':')) return;
    later ??= setTimeout(() => { later = null; load(); }, 500);
  }, signal);
  await load();
  return { draw: () => {} };
}
