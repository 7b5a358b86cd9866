// The alerts of one device, those that are over too when they are asked for.
import { api, withQuery } from '../base/api.js';
import { h, onAct, render, $ } from '../base/html.js';
import { age, moment } from '../base/format.js';
import { live } from '../base/live.js';
import { go } from '../base/route.js';
import { t } from '../base/texts.js';
import { deeds, headline, severityMark, subjectOf } from '../parts/alert.js';
import { problemLine } from '../parts/empty.js';
import { said } from '../parts/said.js';
import { rank } from '../parts/severity.js';
import { segments } from '../parts/tabs.js';
import { table } from '../parts/table.js';

export default async function alerts(body, state) {
  const { place } = state, { signal } = place;
  let over = place.query.get('over') === '1', found = state.alerts, failed = null;

  render(body, h`<div class="page nop"><div class="bar-h alerts-head"></div><section class="card flush"><div class="alerts-trouble"></div><div class="alerts-list scroll-x" data-keep></div></section></div>`);
  const list = table($('.alerts-list', body), {
    columns: [
      { id: 'severity', label: t('severity'), first: 'down', value: a => a.state === 'cleared' ? -1 : rank(a.severity), cell: a => severityMark(a) },
      { id: 'object', label: t('object'), cell: a => h`<b>${subjectOf(a).part || state.name}</b>` },
      { id: 'text', label: t('what'), cls: 'cut c-what', value: a => headline(a), cell: a => h`<span title="${a.text}">${headline(a)}${a.text && h` <span class="dimmer">${said(a.text)}</span>`}</span>` },
      { id: 'raised', label: t('since'), value: a => Date.parse(a.raised), cell: a => h`<span class="num">${moment(a.raised)}</span>` },
      { id: 'age', label: t('age'), num: true, value: a => -Date.parse(a.raised), cell: a => a.cleared ? h`<span class="dimmer">${age(a.raised, Date.parse(a.cleared))}</span>` : age(a.raised) },
      { id: 'deeds', label: '', sort: false, cell: a => deeds(a) },
    ], key: a => String(a.id), label: t('nav.alerts'), signal, sort: '-severity', empty: t('device.noalerts'), onOpen: a => go('/alerts?sel=' + a.id),
  });
  const load = async () => {
    try {
      found = (await api.get(withQuery('alerts', { object: state.name, state: over ? 'all' : 'active', limit: 1000 }), { signal })).alerts;
      failed = null;
    } catch (problem) { if (problem.name !== 'AbortError') failed = problem; }
    if (!signal.aborted) draw();
  };
  const draw = () => {
    render($('.alerts-head', body), h`${segments(t('nav.alerts'), [['now', t('device.alerts.now')], ['all', t('device.alerts.all')]], over ? 'all' : 'now', 'which')}<span class="grow"></span><a class="link" href="/alerts?q=object:${encodeURIComponent(state.name)}">${t('device.alerts.elsewhere')}</a>`);
    render($('.alerts-trouble', body), failed ? problemLine(failed) : '');
    list.rows(found);
  };
  onAct(body, { which: at => { over = at.dataset.value === 'all'; place.setQuery({ over: over ? '1' : null }); load(); } }, signal);
  live.on('alert', a => { if (a.device === state.name || (a.object || '').startsWith(state.name)) load(); }, signal);
  await load();
  return { draw };
}

