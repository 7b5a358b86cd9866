// Alerts: causes with their symptoms beneath, the worst first. The filter is the address; news never moves what is read.
import { api, seg } from '../base/api.js';
import { h, icon, on, onAct, render, $ } from '../base/html.js';
import { age, moment, number } from '../base/format.js';
import { keys } from '../base/keys.js';
import { live } from '../base/live.js';
import { untilHad } from '../base/until.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { comment, deeds, headline, objectText, severityMark, subjectOf } from '../parts/alert.js';
import { pips } from '../parts/bar.js';
import { emptyPart, problemLine } from '../parts/empty.js';
import { parse, toggle } from '../parts/filter.js';
import { menuButton } from '../parts/menu.js';
import { tellItems } from '../parts/tell.js';
import { say, sayProblem } from '../parts/toast.js';
import { countsOf, dropOver, filterOf, holdPlaces, treeOf, withNews, withSince } from './alerts_tree.js';
import { detail } from './alerts_detail.js';
import { silenceSay } from '../parts/silence.js';

const READING_MS = 30000, SHOWN = 300, CLEARED_MAX = 1000, REDRAW_MS = 250;
const CHIPS = ['critical', 'major', 'minor', 'warning'];
const SHELVES = ['30m', '2h', '8h', '1d', '7d'];

export default async function view(place) {
  const m = {
    alerts: new Map(), loaded: false, problem: null, text: place.query.get('q') ?? '', filter: null, sel: Number(place.query.get('sel')) || 0,
    opened: new Map(), seen: null, readAt: 0, rows: [], shown: SHOWN, etag: null, since: null,
  };
  place.title([t('nav.alerts')]);
  const { signal } = place;

  /* ---- what there is ---- */

  async function ask() {
    m.since = [];
    const open = await api.getTagged('alerts?state=active&limit=100000', m.etag, { signal });
    m.etag = open.etag;
    if (open.changed) {
      for (const a of m.alerts.values()) if (a.state !== 'cleared') m.alerts.delete(a.id);
      for (const [id, a] of withSince(open.value.alerts, m.since)) m.alerts.set(id, a);
    }
    if (m.filter.cleared) {
      const over = await api.get(`alerts?state=cleared&limit=${CLEARED_MAX}`, { signal });
      for (const a of over.alerts) m.alerts.set(a.id, a);
    }
    m.since = null;
    m.loaded = true;
    m.problem = null;
    await alone();
    draw();
  }
  const load = untilHad(ask, signal, (problem) => {
    m.problem = problem;
    draw();
  });

  /* The one of the address, which may be over. */
  async function alone() {
    if (!m.sel || m.alerts.has(m.sel)) return;
    try {
      m.alerts.set(m.sel, await api.get(`alerts/${m.sel}`, { signal }));
    } catch (problem) {
      if (problem.status === 404) m.sel = 0;
    }
  }

  function take(a) {
    if (!a?.id) return;
    m.since?.push(a);
    const is = withNews(m.alerts.get(a.id), a);
    if (!is) return;
    m.alerts.set(a.id, is);
    if (a.id === m.sel) pane.update(is);
    soon();
  }

  /* A flood is drawn as often as it takes little of the time. */
  let waiting = null, cost = 0;
  function soon() {
    waiting ??= setTimeout(() => {
      waiting = null;
      if (signal.aborted) return;
      const began = performance.now();
      draw();
      cost = performance.now() - began;
    }, Math.max(REDRAW_MS, cost * 6));
  }

  /* ---- rows ---- */

  const reading = () => Date.now() - m.readAt < READING_MS;
  /* Symptoms of the newest cause are open until somebody closes them; nothing opens or closes under somebody's eyes. */
  function openNewest(causes) {
    const newest = causes.reduce((best, e) => (!best || Date.parse(e.alert.raised) > Date.parse(best.alert.raised) ? e : best), null);
    if (newest && !m.opened.has(newest.alert.id) && !(reading() && m.seen?.includes(newest.alert.id))) m.opened.set(newest.alert.id, true);
  }

  function arrange() {
    const all = [...m.alerts.values()];
    /* What is over while somebody reads stays where it was. */
    const kept = reading() && m.seen ? new Set(m.seen) : new Set();
    const shows = { ...m.filter, fits: (a) => m.filter.fits(a) || (kept.has(a.id) && a.state === 'cleared') };
    const tree = treeOf(all, shows);
    const held = holdPlaces(tree, reading() ? m.seen : null);
    openNewest(held.rows.filter((e) => e.symptoms.length && e.alert.state !== 'cleared'));
    if (!held.fresh) m.seen = held.rows.map((e) => e.alert.id);
    m.fresh = held.fresh;
    m.total = held.rows.length;
    m.entries = held.rows.slice(0, m.shown).map((e) => ({ ...e, open: e.symptoms.length > 0 && m.opened.get(e.alert.id) === true }));
    m.rows = m.entries.flatMap((e) => [e.alert, ...(e.open ? e.symptoms : [])]);
    m.counts = countsOf(all);
  }

  /* A symptom is said once, under its cause. */
  const what = (a) => {
    const cause = a.cause > 0 && a.type === 'device.unreachable' && m.alerts.get(a.cause);
    if (cause) return h`${t('alerts.behindof', { cause: subjectOf(cause).device })}`;
    return h`${headline(a)}${comment(a) && h` <span class="dim">· ${comment(a)}</span>`}`;
  };

  const cells = (a, extra = '') => h`<td role="gridcell">${severityMark(a)}</td>
    <td role="gridcell" class="al-object">${a.cause > 0 ? objectText(a) : h`<b>${subjectOf(a).device}</b> ${subjectOf(a).part}`}</td>
    <td role="gridcell" class="al-what"><span class="cut" title="${a.text}">${what(a)}</span>${extra}</td>
    <td role="gridcell" class="n"><time data-age="${a.raised}" datetime="${a.raised}" title="${moment(a.raised)}">${age(a.raised)}</time></td>
    <td role="gridcell">${!(a.cause > 0) && a.state !== 'cleared' && a.risk > 0 && pips(a.risk)}</td>
    <td role="gridcell" class="al-deeds">${deeds(a)}</td>`;

  function row(a, { level, at, of, open = null, extra = '', last = false }) {
    const classes = [level === 2 && 'child', last && 'last', a.id === m.sel && 'sel', a.state === 'cleared' && 'over', level === 1 && !a.acknowledged && `worst-${a.severity}`];
    const first = m.rows[0]?.id === a.id, here = m.sel ? a.id === m.sel : first;
    return h`<tr role="row" data-key="a-${a.id}" data-id="${a.id}" class="${classes.filter(Boolean).join(' ')}" aria-level="${level}" aria-posinset="${at + 1}" aria-setsize="${of}"
      ${open !== null && h`aria-expanded="${String(open)}"`} aria-selected="${String(a.id === m.sel)}" tabindex="${here ? 0 : -1}">${cells(a, extra)}</tr>`;
  }

  function entryRows(e, at) {
    const n = e.symptoms.length;
    const chip = n > 0 && h` <button class="chip al-fold" type="button" tabindex="-1" data-act="fold" data-id="${e.alert.id}" aria-label="${t(e.open ? 'alerts.close' : 'alerts.open', { n })}">${icon('ui-chevron', e.open ? 'al-open' : '')}${t('alerts.symptoms', { n })}</button>`;
    const line = m.fresh > 0 && at === m.fresh && h`<tr class="al-line" role="row" data-key="line"><td role="gridcell" colspan="6"><button type="button" data-act="sort">${t('alerts.new', { n: m.fresh })}</button></td></tr>`;
    return h`${line}${row(e.alert, { level: 1, at, of: m.total, open: n > 0 ? e.open : null, extra: chip })}
      ${e.open && e.symptoms.map((s, i) => row(s, { level: 2, at: i, of: n, last: i === n - 1 }))}`;
  }

  /* ---- drawing ---- */

  const chip = (on, act, value, body, label) => h`<button class="chip" type="button" data-act="${act}" data-value="${value}" aria-pressed="${String(on)}" ${label && h`aria-label="${label}"`} data-key="chip-${value}">${body}</button>`;

  /* What came by the stream alone is not all that is open. */
  const count = (n) => h`<b class="num">${number(m.loaded ? n : null)}</b>`;
  function chips() {
    const terms = parse(m.text), only = (s) => terms.some((x) => x.key === 'sev' && x.op === '=' && x.value === s);
    const flag = (f) => terms.some((x) => x.key === '' && x.value === f && !x.not);
    return h`${chip(m.text.trim() === '', 'open', 'open', h`${t('alerts.isopen')} ${count(m.counts.open)}`)}
      ${CHIPS.map((s) => chip(only(s), 'severity', s, h`${icon(`state-${s}`, `c-${s}`)}${t(`st.${s}`)} ${count(m.counts[s])}`))}
      ${chip(flag('silenced'), 'flag', 'silenced', h`${icon('state-silenced', 'c-silenced')}${t('st.silenced')} ${count(m.counts.silenced)}`)}
      ${m.counts.shelved > 0 && chip(flag('shelved'), 'flag', 'shelved', h`${t('alerts.shelved')} ${count(m.counts.shelved)}`)}
      ${chip(flag('cleared'), 'flag', 'cleared', t('st.cleared'))}
      ${m.fresh > 0 && h`<button class="chip al-new" type="button" data-act="sort" data-key="chip-new">${t('alerts.new', { n: m.fresh })}</button>`}`;
  }

  const toolbar = () => {
    const a = m.alerts.get(m.sel), can = may('operator') && a && a.state !== 'cleared';
    return h`<div class="al-bar">
      <label class="al-filter">${icon('ui-search')}<span class="unseen">${t('filter')}</span><input name="q" type="search" value="${m.text}" placeholder="${t('alerts.example')}" autocomplete="off" spellcheck="false" data-key="filter"></label>
      <span class="grow"></span>
      <button class="btn quiet" type="button" data-act="tell" aria-haspopup="menu">${icon('ui-alerts')}${t('tell')}</button>
      <button class="btn" type="button" data-act="ack" ${!can && h`disabled`}>${a?.acknowledged ? t('alerts.unack') : t('alerts.ack')} <kbd>A</kbd></button>
      <button class="btn" type="button" data-act="silence" ${!(may('operator')) && h`disabled`}>${t('alerts.silence')} <kbd>S</kbd></button></div>
      <div class="al-chips bar-h">${chips()}</div>`;
  };

  /* What is seen is not what is. */
  const outdated = () => h`<div class="al-trouble" data-key="trouble">${problemLine(m.problem, t('alerts.failed'))}<button class="btn" type="button" data-act="retry">${t('retry')}</button></div>`;

  const nothing = () => (!m.loaded ? emptyPart({ icon: 'state-offline', title: t('alerts.failed'), text: [m.problem.detail, m.problem.remedy].filter(Boolean).join(' '), act: 'retry', label: t('retry') })
    : m.text.trim() ? emptyPart({ icon: 'ui-search', title: t('alerts.nonefit'), text: t('alerts.nonefit.text'), act: 'open', label: t('alerts.showopen') })
      : emptyPart({ icon: 'ui-alerts', title: t('alerts.none'), text: t('alerts.none.text') }));

  const grid = () => h`<table class="tree" role="treegrid" aria-label="${t('nav.alerts')}" aria-rowcount="${m.rows.length + 1}"><thead><tr role="row">
      <th role="columnheader" scope="col">${t('severity')}</th><th role="columnheader" scope="col">${t('object')}</th><th role="columnheader" scope="col">${t('what')}</th>
      <th role="columnheader" scope="col" class="n">${t('age')}</th><th role="columnheader" scope="col">${t('risk')}</th><th role="columnheader" scope="col"><span class="unseen">${t('state')}</span></th></tr></thead>
      <tbody>${m.entries.map(entryRows)}</tbody></table>
      ${m.total > m.shown && h`<p class="al-more"><button class="btn" type="button" data-act="more">${t('more')}</button> <span class="dim num">${number(m.shown)} / ${number(m.total)}</span></p>`}`;

  /* The row that is looked at, and where it is on the screen: under the pointer, with the focus, selected, or the first
   * that is seen. */
  function anchorOf(list) {
    if (!reading()) return null;
    const box = list.getBoundingClientRect(), seen = (e) => { const at = e?.getBoundingClientRect(); return at && at.bottom > box.top + 32 && at.top < box.bottom; };
    const row = [$('tr[data-id]:hover', list), document.activeElement?.closest('.al-list tr[data-id]'), $('tr.sel', list), ...list.querySelectorAll('tr[data-id]')].find((e) => e && seen(e));
    return row && { id: row.dataset.id, top: row.getBoundingClientRect().top };
  }

  /* It stays where it was: the list is scrolled by what came or went above it, and made longer if need be. */
  function keepPlace(list, anchor) {
    const row = anchor && list.querySelector(`tr[data-id="${anchor.id}"]`), fill = $('.al-fill', list);
    if (!row) { if (!m.fresh) fill.style.height = '0'; return; }
    const moved = row.getBoundingClientRect().top - anchor.top, room = list.scrollHeight - list.clientHeight - list.scrollTop;
    if (moved > room) fill.style.height = `${fill.offsetHeight + moved - room}px`;
    list.scrollTop += moved;
  }

  let framed = false;
  function frame() {
    if (framed) return;
    framed = true;
    render(place.root, h`<div class="al-view"><section class="al-main"><div class="al-head" data-key="head"></div>
      <div class="al-list" data-key="list"><div class="card flush" data-key="card"></div><div class="al-fill" data-keep></div></div></section>
      <aside class="drawer al-detail" data-keep hidden></aside></div>`);
  }

  function draw() {
    frame();
    arrange();
    const list = $('.al-list', place.root), anchor = anchorOf(list);
    render($('.al-head', place.root), toolbar());
    if (m.loaded || m.problem) render($('.card', list), h`${m.loaded && m.problem && outdated()}${m.loaded && m.entries.length ? grid() : nothing()}`);
    keepPlace(list, anchor);
    showDetail();
  }

  const pane = detail(place, { take, may: () => may('operator'), ack, silence, shelve });
  function showDetail() {
    const box = $('.al-detail', place.root), a = m.alerts.get(m.sel);
    box.hidden = !a;
    $('.al-view', place.root).classList.toggle('with', Boolean(a));
    if (a) pane.show(box, a, [...m.alerts.values()].filter((s) => s.cause === a.id));
    else pane.hide();
  }

  /* ---- what people do ---- */

  function select(id, { focus = false } = {}) {
    m.sel = id;
    m.readAt = Date.now();
    place.setQuery({ sel: id || null });
    draw();
    if (!focus) return;
    const at = place.root.querySelector(`tr[data-id="${id}"]`);
    at?.focus({ preventScroll: true });
    at?.scrollIntoView({ block: 'nearest' });
  }

  function step(by) {
    const i = m.rows.findIndex((a) => a.id === m.sel);
    const to = m.rows[i < 0 ? (by > 0 ? 0 : m.rows.length - 1) : Math.min(Math.max(i + by, 0), m.rows.length - 1)];
    if (to) select(to.id, { focus: true });
  }

  function fold(id, open) {
    const entry = m.entries.find((e) => e.alert.id === id);
    if (!entry?.symptoms.length) return false;
    m.opened.set(id, open ?? !entry.open);
    draw();
    return true;
  }

  /* → opens, and then goes to the first symptom; ← closes, and leads from a symptom to its cause. */
  function inward() {
    const entry = m.entries.find((e) => e.alert.id === m.sel);
    if (!entry?.symptoms.length) return;
    if (!entry.open) fold(m.sel, true);
    else step(1);
  }
  function outward() {
    const a = m.alerts.get(m.sel), entry = m.entries.find((e) => e.alert.id === m.sel);
    if (entry?.open) fold(m.sel, false);
    else if (a?.cause > 0) select(a.cause, { focus: true });
  }

  async function ack(a = m.alerts.get(m.sel), text = '') {
    if (!a || !may('operator') || a.state === 'cleared') return;
    try {
      const was = Boolean(a.acknowledged);
      const answer = was ? await api.del(`alerts/${a.id}/ack`) : await api.post(`alerts/${a.id}/ack`, text ? { text } : {});
      take(answer.alert);
      if (!was) say(t('alerts.acked', { object: objectText(a) }), { undo: () => ack(m.alerts.get(a.id)) });
    } catch (problem) { sayProblem(problem); }
  }

  async function silence(a = m.alerts.get(m.sel)) {
    if (!may('operator')) return;
    await silenceSay(a ? a.object.replace(/ .*/, '') : '', () => {
      m.etag = null;
      return load();
    });
  }

  function shelve(button, a) {
    const put = (duration) => (duration ? api.post(`alerts/${a.id}/shelf`, { duration }) : api.del(`alerts/${a.id}/shelf`))
      .then((answer) => take(answer.alert), sayProblem);
    menuButton(button, [...SHELVES.map((d) => ({ label: t(`for.${d}`), act: () => put(d) })),
      ...(a.shelved_until ? ['-', { label: t('alerts.unshelve'), act: () => put(null) }] : [])]);
  }

  /* Another filter: another list, nothing of which was read yet. */
  function filter(text, { push = false } = {}) {
    const before = m.filter;
    m.text = text;
    m.filter = filterOf(text);
    m.seen = null;
    m.shown = SHOWN;
    place.setQuery({ q: text.trim() || null }, { push });
    if (m.filter.cleared && !before?.cleared) load();
    else draw();
  }

  const severityTerm = (x) => x.key === 'sev' || x.key === 'severity';
  onAct(place.root, {
    open: () => filter('', { push: true }),
    severity: (at) => filter(toggle(m.text, { key: 'sev', op: '=', value: at.dataset.value }, severityTerm), { push: true }),
    flag: (at) => filter(toggle(m.text, { value: at.dataset.value }), { push: true }),
    fold: (at) => fold(Number(at.dataset.id)),
    sort: () => { m.seen = null; m.readAt = 0; draw(); $('.al-list', place.root).scrollTop = 0; },
    more: () => { m.shown += SHOWN; draw(); },
    ack: () => ack(),
    silence: () => silence(),
    tell: (at) => menuButton(at, tellItems),
    retry: () => load(),
  }, signal);
  on(place.root, 'input', 'input[name=q]', (e, at) => filter(at.value), signal);
  on(place.root, 'click', '.tree tr[data-id]', (e, at) => {
    if (e.target.closest('button, a')) return;
    select(Number(at.dataset.id) === m.sel ? 0 : Number(at.dataset.id));
  }, signal);
  on(place.root, 'keydown', '.tree tr[data-id]', (e, at) => {
    const acts = {
      ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: inward, ArrowLeft: outward,
      Home: () => select(m.rows[0].id, { focus: true }), End: () => select(m.rows.at(-1).id, { focus: true }),
      Enter: () => select(Number(at.dataset.id), { focus: true }), ' ': () => select(Number(at.dataset.id), { focus: true }),
    };
    if (e.target !== at || !acts[e.key] || e.ctrlKey || e.altKey || e.metaKey) return;
    if (m.sel !== Number(at.dataset.id)) m.sel = Number(at.dataset.id);
    e.preventDefault();
    acts[e.key]();
  }, signal);
  place.root.addEventListener('al-close', () => select(0), { signal });
  const toMap = () => {
    const a = m.alerts.get(m.sel);
    if (a) go(`/maps/physical?sel=${seg(subjectOf(a).device)}`);
  };
  keys.on(signal, 'alerts', {
    j: [() => step(1), 'alerts.key.next'], k: [() => step(-1), 'alerts.key.previous'], a: [() => { ack(); }, 'alerts.ack'],
    s: [() => { silence(); }, 'alerts.silence'], ArrowRight: [inward, 'alerts.key.open'], ArrowLeft: [outward, 'alerts.key.close'],
    m: [toMap, 'alerts.onmap'], Escape: [() => (m.sel ? select(0) : false), 'keys.back'],
  });
  for (const kind of ['pointermove', 'wheel', 'keydown', 'scroll'])
    place.root.addEventListener(kind, (e) => { if (e.target.closest?.('.al-list')) m.readAt = Date.now(); }, { signal, passive: true, capture: true });
  place.onQuery((query) => {
    m.sel = Number(query.get('sel')) || 0;
    filter(query.get('q') ?? '');
    alone().then(draw);
  });
  live.on('alert', take, signal);
  live.on('reset', () => { m.etag = null; load(); }, signal);
  const clock = setInterval(() => {
    for (const e of place.root.querySelectorAll('[data-age]')) e.textContent = age(e.dataset.age);
    if (reading()) return;
    const gone = dropOver(m.alerts, m.filter.cleared ? CLEARED_MAX : 0, m.sel);
    if (gone || m.fresh > 0) draw();
  }, 1000);
  signal.addEventListener('abort', () => { clearInterval(clock); pane.hide(); }, { once: true });

  m.filter = filterOf(m.text);
  await load();
}
