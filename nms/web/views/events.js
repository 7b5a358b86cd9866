// What happened, newest first. The filter is the address; what is new never moves what is read.
import { api, seg, withQuery } from '../base/api.js';
import { h, icon, on, onAct, render, $ } from '../base/html.js';
import { clock, day, dayName, moment, number } from '../base/format.js';
import { keys } from '../base/keys.js';
import { live } from '../base/live.js';
import { t } from '../base/texts.js';
import { emptyPart, loadingPart, problemLine } from '../parts/empty.js';
import { parse, toggle } from '../parts/filter.js';
import { mark } from '../parts/mark.js';
import { said } from '../parts/said.js';
import { CLASSES, eventFilter } from './events_filter.js';

const PAGE = 100, READING_MS = 30000, AGAIN_MS = 5000, LEAST = 40, TRIES = 6, KEPT = 5000;

export default async function view(place) {
  const { root, signal } = place;
  const m = { text: place.query.get('q') ?? '', filter: null, events: [], fresh: [], next: null, loading: false, problem: null, readAt: 0, missedAt: 0, open: new Set(), run: 0 };
  place.title([t('nav.events')]);

  /* ---- what there is ---- */

  /* The next page; of filters that the page has to look at itself as many as it takes to see something. */
  async function more() {
    if (m.loading || m.next === undefined) return;
    const run = m.run;
    m.loading = true;
    m.problem = null;
    try {
      for (let found = 0, i = 0; found < LEAST && i < TRIES && m.next !== undefined; i++) {
        const page = await api.get(withQuery('events', { ...m.filter.query, limit: PAGE, before: m.next }), { signal });
        if (run !== m.run) return;
        const fit = m.filter.picks ? page.events.filter(m.filter.fitsRest) : page.events;
        found += fit.length;
        m.events.push(...fit);
        m.fresh = m.fresh.filter((e) => !fit.some((o) => o.id === e.id));
        m.next = page.next;
      }
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      m.problem = problem;
      if (m.next === null) m.missedAt = Date.now() + AGAIN_MS;
    } finally { if (run === m.run) m.loading = false; }
    draw();
  }

  function again(text) {
    m.text = text;
    m.filter = eventFilter(text);
    Object.assign(m, { events: [], fresh: [], next: null, loading: false, missedAt: 0, run: m.run + 1 });
    return more();
  }

  const reading = () => Date.now() - m.readAt < READING_MS || ($('.al-list', root)?.scrollTop ?? 0) > 4;

  function take(e) {
    if (m.filter.past || !m.filter.fits(e)) return;
    for (const list of [m.events, m.fresh]) {
      const at = list.findIndex((o) => o.id === e.id);
      if (at >= 0) { list[at] = e; soon(); return; }
    }
    m.fresh.unshift(e);
    soon();
  }
  function settle() {
    m.events = [...m.fresh, ...m.events].slice(0, KEPT);
    m.fresh = [];
  }
  let waiting = null;
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; if (!signal.aborted) draw(); }, 250); };

  /* ---- drawing ---- */

  /* An event that is no trouble is news. */
  const severity = (e) => (e.severity === 'cleared' ? mark('up', { label: t('st.cleared'), cls: 'clear' })
    : e.severity === 'indeterminate' ? mark('unmanaged', { label: t('events.info') }) : mark(e.severity));
  const deviceOf = (e) => (e.object ?? '').split(/[: ]/)[0];
  const object = (e) => (e.source === 'risk' || /^(station|all)$/.test(e.object ?? '') ? e.object : h`<a href="/devices/${seg(deviceOf(e))}"><b>${deviceOf(e)}</b>${e.object.slice(deviceOf(e).length).replace(':', ' ')}</a>`);
  const values = (e) => h`<tr class="ev-values" data-key="v-${e.id}"><td></td><td colspan="5"><dl class="kv">${Object.entries({ ...(e.count > 1 && { [t('events.first')]: moment(e.at), [t('events.last')]: moment(e.last), [t('events.count')]: number(e.count) }), ...e.values })
    .map(([k, v]) => h`<dt>${k}</dt><dd class="num">${typeof v === 'object' ? JSON.stringify(v) : v}</dd>`)}<dt>${t('events.class')}</dt><dd>${t(`events.class.${e.class}`)}</dd><dt>${t('events.id')}</dt><dd class="num">${e.id} · ${moment(e.at)}</dd></dl></td></tr>`;

  const row = (e) => h`<tr data-key="e-${e.id}" data-id="${e.id}" tabindex="-1" aria-expanded="${String(m.open.has(e.id))}"><td class="num"><time datetime="${e.at}" title="${moment(e.at)}">${clock(e.at)}</time></td><td>${severity(e)}</td><td>${e.object && object(e)}</td>
    <td class="cut" title="${said(e.text)}">${said(e.text)}${e.count > 1 && h`<span class="times num">× ${number(e.count)}</span>`}</td><td class="dim mono cut">${e.type}</td><td class="dimmer">${e.source}</td></tr>${m.open.has(e.id) && values(e)}`;

  function rows() {
    let last = '';
    return m.events.map((e) => {
      const d = day(e.at), head = d !== last && h`<tr class="ev-day" data-key="day-${d}"><td colspan="6">${dayName(e.at)}</td></tr>`;
      last = d;
      return h`${head}${row(e)}`;
    });
  }

  const chip = (on, act, value, body) => h`<button class="chip" type="button" data-act="${act}" data-value="${value}" aria-pressed="${String(on)}" data-key="chip-${value}">${body}</button>`;
  function toolbar() {
    const terms = parse(m.text), has = (key, value) => terms.some((x) => x.key === key && x.value === value && !x.not);
    return h`<div class="al-bar"><label class="al-filter">${icon('ui-search')}<span class="unseen">${t('filter')}</span><input name="q" type="search" value="${m.text}" placeholder="${t('events.example')}" autocomplete="off" spellcheck="false" data-key="filter"></label></div>
      <div class="al-chips bar-h">${['major', 'minor', 'warning'].map((s) => chip(has('sev', s), 'severity', s, h`${icon(`state-${s}`, `c-${s}`)}${t('events.atleast', { severity: t(`st.${s}`) })}`))}
      ${CLASSES.map((c) => chip(has('class', c), 'class', c, t(`events.class.${c}`)))}
      ${m.fresh.length > 0 && h`<button class="chip al-new" type="button" data-act="fresh" data-key="chip-new">${t('events.new', { n: m.fresh.length })}</button>`}</div>`;
  }

  const table = () => h`<table class="ev-table" aria-label="${t('nav.events')}"><thead><tr><th scope="col">${t('events.time')}</th><th scope="col">${t('severity')}</th><th scope="col">${t('object')}</th><th scope="col">${t('what')}</th><th scope="col">${t('events.type')}</th><th scope="col">${t('events.source')}</th></tr></thead><tbody>${rows()}</tbody></table>
    ${m.problem && problemLine(m.problem)}<p class="ev-foot">${m.next !== undefined ? h`<button class="btn" type="button" data-act="more" ${m.loading && h`disabled`}>${t('events.older')}</button>` : h`<span class="dim">${t('events.end')}</span>`}<span class="dim num">${t('events.shown', { n: m.events.length })}</span></p>`;

  function draw() {
    /* Before the first page is there, what is new would stand for all. */
    if (m.fresh.length && m.next !== null && !reading()) settle();
    if (!$('.al-list', root)) render(root, h`<div class="al-view"><section class="al-main"><div class="al-head" data-key="head"></div><div class="al-list" data-key="list"><div class="card flush" data-key="card"></div></div></section></div>`);
    render($('.al-head', root), toolbar());
    render($('.card', root), m.events.length ? table() : m.loading ? loadingPart() : m.problem ? problemLine(m.problem)
      : m.text.trim() ? emptyPart({ icon: 'ui-search', title: t('events.nonefit'), act: 'all', label: t('events.showall') })
        : emptyPart({ icon: 'ui-events', title: t('events.none'), text: t('events.none.text') }));
    const first = $('tr[data-id]', root);
    if (first && !$('tr[data-id][tabindex="0"]', root)) first.tabIndex = 0;
  }

  /* ---- what people do ---- */

  function filter(text, push = false) {
    place.setQuery({ q: text.trim() || null }, { push });
    again(text);
  }
  let typing = null;
  on(root, 'input', 'input[name=q]', (e, at) => {
    clearTimeout(typing);
    typing = setTimeout(() => filter(at.value), 200);
  }, signal);
  onAct(root, {
    severity: (at) => filter(toggle(m.text, { key: 'sev', op: '>=', value: at.dataset.value }, (x) => x.key === 'sev'), true),
    class: (at) => filter(toggle(m.text, { key: 'class', op: ':', value: at.dataset.value }, (x) => x.key === 'class'), true),
    fresh: () => { settle(); m.readAt = 0; draw(); $('.al-list', root).scrollTop = 0; },
    more, all: () => filter('', true),
  }, signal);
  const fold = (id) => { if (m.open.has(id)) m.open.delete(id); else m.open.add(id); draw(); };
  on(root, 'click', 'tr[data-id]', (e, at) => { if (!e.target.closest('a, button') && !String(getSelection())) fold(Number(at.dataset.id)); }, signal);
  function step(by) {
    const all = [...root.querySelectorAll('tr[data-id]')], i = all.indexOf(document.activeElement);
    const to = all[Math.min(Math.max(i + by, 0), all.length - 1)];
    all.forEach((r) => { r.tabIndex = r === to ? 0 : -1; });
    to?.focus();
    to?.scrollIntoView({ block: 'nearest' });
  }
  on(root, 'keydown', 'tr[data-id]', (e, at) => {
    const acts = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: () => fold(Number(at.dataset.id)), ' ': () => fold(Number(at.dataset.id)) };
    if (e.target !== at || !acts[e.key]) return;
    e.preventDefault();
    acts[e.key]();
  }, signal);
  keys.on(signal, 'events', { j: [() => step(1), 'events.key.next'], k: [() => step(-1), 'events.key.previous'] });
  for (const kind of ['pointermove', 'wheel', 'keydown'])
    root.addEventListener(kind, (e) => { if (e.target.closest?.('.al-list')) m.readAt = Date.now(); }, { signal, passive: true, capture: true });
  place.onQuery((query) => again(query.get('q') ?? ''));
  live.on('event', take, signal);
  /* While somebody reads what was missed waits. */
  live.on('reset', () => { if (reading()) m.missedAt = Date.now(); else again(m.text); }, signal);
  const rest = setInterval(() => {
    const free = !m.events.length || !reading();
    if (m.missedAt && Date.now() >= m.missedAt && free) again(m.text);
    else if (m.fresh.length && free) draw();
  }, 1000);
  /* The end of the list comes near: the next page. */
  const near = () => {
    const list = $('.al-list', root);
    if (list && list.scrollTop + list.clientHeight > list.scrollHeight - 600 && m.events.length && !m.problem) more();
  };
  root.addEventListener('scroll', near, { signal, passive: true, capture: true });
  signal.addEventListener('abort', () => { clearInterval(rest); clearTimeout(typing); }, { once: true });
  await again(m.text);
}
