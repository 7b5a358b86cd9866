// Graphs: one big picture, what belongs to it beneath, all with one cursor and one time. The address is the state:
// ?s=OBJECT/SERIES (several: compared) &from=&to= (a time such as -7d, or seconds) &p95=1&base=1&y=free.
import { api, seg } from '../base/api.js';
import { h, icon, on, onAct, render, $, $$ } from '../base/html.js';
import { binary, moment, number } from '../base/format.js';
import { keys } from '../base/keys.js';
import { live } from '../base/live.js';
import { t } from '../base/texts.js';
import { dialog, field } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { menuButton } from '../parts/menu.js';
import { gapText, labelOf, picture, seriesTitle } from '../parts/picture.js';
import { csv, groupOf, parseSubject, pictureAddress, scaled, subjectText, valueText } from '../parts/series.js';
import { segments } from '../parts/tabs.js';
import { say } from '../parts/toast.js';
import { fromField, toField } from '../parts/zone.js';
import { choose } from './graphs_choose.js';
import { busiestPorts, kinOf } from './graphs_kin.js';

const RANGES = [['1h', 3600], ['6h', 21600], ['24h', 86400], ['7d', 604800], ['30d', 2592000], ['1y', 31536000], ['2y', 63072000]];
const MOST = 6, REFRESH_S = 10, RANGE_DEFAULT = '24h';

const secondsOf = (range) => RANGES.find(([name]) => name === range)?.[1];

/* The time that an address asks for: {from, to, range}; range is its name while it ends now. */
function timeOf(query, now = Math.floor(Date.now() / 1000)) {
  const from = query.get('from') ?? `-${RANGE_DEFAULT}`, range = from.replace(/^-/, '');
  if (from.startsWith('-') && secondsOf(range)) return { from: now - secondsOf(range), to: now, range };
  const a = Number(from), b = Number(query.get('to') || now);
  return Number.isFinite(a) && Number.isFinite(b) && a < b ? { from: a, to: b, range: query.get('to') ? '' : 'since' } : { from: now - 86400, to: now, range: RANGE_DEFAULT };
}

export default async function view(place) {
  const { root, query, signal } = place;
  const m = { subjects: [], time: null, hidden: new Set(), index: null, main: null, kin: [], kinFor: '', small: new Map(), range: RANGE_DEFAULT };

  const on1 = (name, usually) => (query.has(name) ? query.get(name) === '1' : usually);
  const options = () => ({
    from: m.time.from, to: m.time.to, p95: on1('p95', groupOf(m.subjects[0].series) === 'traffic'), base: on1('base', true) && m.subjects.length === 1,
    free: query.get('y') === 'free', sync: 'graphs', onRange, onReset,
  });

  function read() {
    m.subjects = query.getAll('s').map(parseSubject).filter(Boolean).slice(0, MOST);
    /* One picture is of one kind: what is compared shows the same series. */
    m.subjects = m.subjects.filter((s) => groupOf(s.series) === groupOf(m.subjects[0].series));
    m.time = timeOf(query);
    if (secondsOf(m.time.range)) m.range = m.time.range;
    const first = m.subjects[0];
    if (!first) return place.title([t('nav.graphs')]);
    const [device, ...port] = first.object.split(':');
    return place.title([{ text: t('nav.graphs'), href: '/graphs' }, { text: device, href: `/devices/${seg(device)}/graphs` },
      [port.join(':'), seriesTitle(first.series)].filter(Boolean).join(' · ')]);
  }

  /* ---- moving ---- */

  function onRange(from, to) {
    const now = Math.floor(Date.now() / 1000);
    place.setQuery({ from: String(from), to: to >= now - 2 ? null : String(to) });
    m.time = timeOf(query);
    again();
  }
  function onReset() {
    choosing(m.range, false);
  }
  function choosing(range, push = true) {
    place.setQuery({ from: range === RANGE_DEFAULT ? null : `-${range}`, to: null }, { push });
    m.time = timeOf(query);
    m.range = range;
    again();
  }

  function again() {
    drawBar();
    drawFigures();
    m.main?.update({ ...options(), subjects: m.subjects });
    for (const p of m.small.values()) p.update({ from: m.time.from, to: m.time.to });
  }

  async function ownRange() {
    const value = (s) => toField(s * 1000);
    const answer = await dialog({
      title: t('graphs.range'), body: h`${field({ label: t('graphs.from'), name: 'from', type: 'datetime-local', value: value(m.time.from), required: true })}${field({ label: t('graphs.to'), name: 'to', type: 'datetime-local', value: value(m.time.to), required: true })}`,
      actions: [{ name: 'show', label: t('graphs.show'), primary: true }],
      send: (v) => { if (!(fromField(v.from) < fromField(v.to))) throw new Error(t('graphs.range.wrong')); },
    });
    if (answer) onRange(Math.floor(fromField(answer.values.from) / 1000), Math.floor(fromField(answer.values.to) / 1000));
  }

  /* ---- the line above ---- */

  const toggle = (name, value, text, shown = true) => shown && h`<button class="chip" type="button" data-act="switch" data-value="${name}" aria-pressed="${String(value)}">${text}</button>`;

  function drawBar() {
    const o = options(), first = m.subjects[0], known = m.main?.state.bands, learning = o.base && known !== null && known !== undefined && known.length === 0;
    render($('.gr-bar', root), h`${segments(t('graphs.range'), RANGES.map(([name]) => [name, t(`range.${name}`)]), m.time.range, 'range')}
      <button class="chip" type="button" data-act="own" aria-pressed="${String(!secondsOf(m.time.range))}">${icon('ui-clock')}${secondsOf(m.time.range) ? t('graphs.own') : `${moment(m.time.from * 1000)} – ${m.time.range === 'since' ? t('now') : moment(m.time.to * 1000)}`}</button>
      ${toggle('p95', o.p95, t('chart.p95'), m.subjects.length === 1)}
      ${toggle('base', o.base, t('graphs.baseline'), m.subjects.length === 1)}
      ${toggle('y', o.free, t('graphs.free'), groupOf(first.series) !== 'traffic')}
      <button class="chip" type="button" data-act="compare" ${m.subjects.length >= MOST && h`disabled`}>${t('graphs.compare')}</button>
      ${learning && h`<span class="dim small">${t('graphs.learning')}</span>`}
      <span class="grow"></span><button class="btn" type="button" data-act="export" aria-haspopup="menu">${icon('ui-export')}PNG · SVG · CSV</button>`);
  }

  /* ---- names, keys and figures of the big picture ---- */

  const keysOf = (shown) => h`<div class="chart-keys">${shown.curves.map((c, i) => (m.subjects.length > 1 && c.below ? '' :
    h`<button class="chart-key s${c.colour}" type="button" data-act="key" data-value="${i}" aria-pressed="${String(!m.hidden.has(i))}"><i></i>${m.subjects.length > 1 ? c.object : labelOf(c)}</button>`))}
    ${m.main?.state.bands?.length > 0 && options().base && h`<span class="chart-key usual"><i></i>${t('graphs.usual')}</span>`}</div>`;

  const remove = () => m.subjects.length > 1 && h`<ul class="gr-objects" aria-label="${t('graphs.compared')}">${m.subjects.map((s, i) => h`<li class="chip"><a href="/graphs?s=${encodeURIComponent(subjectText(s))}">${s.object}</a><button type="button" data-act="drop" data-value="${i}" aria-label="${t('graphs.drop', { object: s.object })}">${icon('ui-close')}</button></li>`)}</ul>`;

  function drawHead() {
    const { shown } = m.main.state, first = m.subjects[0];
    const name = m.subjects.length > 1 ? seriesTitle(first.series) : `${first.object.replace(':', ' ')} · ${seriesTitle(first.series)}`;
    const unit = shown.unit.base === 1 && shown.unit.text ? h` <span class="dimmer">${shown.unit.text}</span>` : '';
    render($('.gr-head', root), h`<h3>${name}${unit}</h3>${remove()}<span class="grow"></span>${keysOf(shown)}`);
  }

  /* What each curve had, each figure of all curves beside one another. */
  function figure(title, values) {
    return values.some((v) => v !== '–') && h`<div><small>${title}</small><b>${values.join(' · ')}</b></div>`;
  }
  function at(shown) {
    const i = m.index ?? shown.x.length - 1, x = shown.x[i];
    if (x === undefined) return '';
    const gap = shown.gaps.find((g) => x > g.from && x <= g.to);
    const arrows = shown.curves.some((c) => c.below);
    const texts = shown.curves.filter((c) => !c.alone || c.values[i]).map((c) => `${plain(c.values[i], shown)}${arrows ? (c.below ? ' ↑' : ' ↓') : ''}`);
    return h`<div class="gr-at"><small>${t('graphs.at', { at: moment(x * 1000) })}</small><b>${gap ? gapText(gap.reason) : texts.join(' · ')}</b></div>`;
  }
  const volume = (f) => {
    if (!f.total) return '–';
    if (f.total.unit.text === 'B') return binary(f.total.value);
    const { n, prefix } = scaled(f.total.value, 1000);
    return `${number(n, n < 10 ? 2 : 0)} ${prefix}`.trim();
  };
  const plain = (v, shown) => valueText(v == null ? null : shown.curves.some((c) => c.below) ? Math.abs(v) : v, shown.unit);
  /* Of several objects a table: a row each. */
  function compared(shown) {
    const i = m.index ?? shown.x.length - 1, ups = shown.curves.filter((c) => !c.below);
    const pair = (c, of) => [c, shown.curves.find((o) => o.object === c.object && o.below)].filter(Boolean).map(of).join(' · ');
    const columns = [[shown.x[i] ? t('graphs.at', { at: moment(shown.x[i] * 1000) }) : '', (c) => plain(c.values[i], shown)], [t('graphs.mean'), (c) => valueText(c.figures.mean, shown.unit)],
      [t('chart.p95'), (c) => valueText(c.figures.p95, shown.unit)], [t('graphs.peak'), (c) => valueText(c.figures.max, shown.unit)],
      ...(ups.some((c) => c.figures.total) ? [[t('graphs.volume'), (c) => volume(c.figures)]] : [])];
    return h`<table class="gr-table"><thead><tr><th scope="col">${t('object')}</th>${columns.map(([name]) => h`<th scope="col" class="n">${name}</th>`)}</tr></thead>
      <tbody>${ups.map((c) => h`<tr><td><span class="chart-key s${c.colour}"><i></i>${c.object}</span></td>${columns.map(([, of]) => h`<td class="n">${pair(c, of)}</td>`)}</tr>`)}</tbody></table>`;
  }
  function drawFigures() {
    const shown = m.main?.state.shown;
    if (!shown) return;
    if (m.subjects.length > 1) { render($('.gr-figures', root), compared(shown)); return; }
    const main = shown.curves.filter((c) => !c.alone), of = (key) => main.map((c) => valueText(c.figures[key], shown.unit));
    render($('.gr-figures', root), h`${at(shown)}${figure(t('graphs.mean'), of('mean'))}${figure(t('chart.p95'), of('p95'))}${figure(t('graphs.peak'), of('max'))}${shown.unit.base === 1 && figure(t('graphs.least'), of('min'))}${figure(t('graphs.volume'), main.map((c) => volume(c.figures)))}`);
  }

  /* ---- pictures ---- */

  function drawMain() {
    m.hidden.clear();
    m.main?.destroy();
    m.main = picture($('.gr-plot', root), {
      ...options(), subjects: m.subjects, name: m.subjects.map((s) => s.object).join(', '),
      onCursor: (i) => { m.index = i; drawFigures(); },
      loaded: () => { drawHead(); drawFigures(); drawBar(); },
    });
  }

  /* What belongs to the object: its other series, its device's health. */
  async function drawKin() {
    const first = m.subjects[0], key = m.subjects.length > 1 ? 'several' : subjectText(first), box = $('.gr-kin', root);
    if (m.kinFor === key) return;
    m.kinFor = key;
    for (const p of m.small.values()) p.destroy();
    m.small.clear();
    m.kin = m.subjects.length === 1 ? await kinOf(first, signal).catch(() => []) : [];
    if (signal.aborted || m.kinFor !== key) return;
    drawSmall(box, options());
  }

  function drawSmall(box, how) {
    render(box, m.kin.map((s, i) => h`<section class="card" data-key="kin-${subjectText(s)}"><div class="bar-h"><h3><a href="/graphs?s=${encodeURIComponent(subjectText(s))}" data-act="kin" data-value="${i}">${s.name ?? seriesTitle(s.series)}</a> <span class="dimmer" data-unit="${i}"></span></h3><span class="grow"></span><a class="icon" href="/graphs?s=${encodeURIComponent(subjectText(s))}" data-act="kin" data-value="${i}" aria-label="${t('graphs.enlarge', { name: s.name ?? seriesTitle(s.series) })}" title="${t('graphs.enlarge', { name: s.name ?? seriesTitle(s.series) })}">${icon('ui-fit')}</a></div><div class="gr-small" data-keep></div></section>`));
    $$('.gr-small', box).forEach((e, i) => {
      const s = m.kin[i];
      m.small.set(subjectText(s), picture(e, {
        ...how, base: false, p95: false, subjects: [s], small: true, name: `${s.object}, ${s.name ?? seriesTitle(s.series)}`,
        loaded: ({ shown }) => { const u = $(`[data-unit="${i}"]`, box); if (u) u.textContent = shown.unit.text; },
      }));
    });
  }

  /* ---- taking it along ---- */

  function exported(button) {
    const dark = document.documentElement.dataset.theme === 'dark', at = { from: m.time.from, to: m.time.to, dark };
    menuButton(button, [
      { label: t('graphs.as', { format: 'PNG' }), href: pictureAddress(m.subjects, 'png', at), download: true },
      { label: t('graphs.as', { format: 'SVG' }), href: pictureAddress(m.subjects, 'svg', at), download: true },
      { label: t('graphs.as', { format: 'CSV' }), act: saveCsv }, '-',
      { label: t('graphs.copy'), act: () => navigator.clipboard?.writeText(location.href).then(() => say(t('graphs.copied'))) },
    ]);
  }
  function saveCsv() {
    const { answers } = m.main.state, link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv(answers)], { type: 'text/csv' }));
    link.download = `${m.subjects.map((s) => s.object).join('+').replace(/[^\w.+-]/g, '-')}-${m.subjects[0].series.replace(/[^\w.-]/g, '-')}.csv`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function compareWith() {
    const found = await choose({ title: t('graphs.compare.title'), series: m.subjects[0].series, signal });
    if (!found) return;
    place.setQuery({ s: [...m.subjects, found].map(subjectText) }, { push: true });
    show();
  }

  /* ---- all of it ---- */

  function show() {
    read();
    if (!m.subjects.length) { start(); return; }
    if (!$('.gr-plot', root)) {
      for (const p of m.small.values()) p.destroy();
      m.small.clear();
      render(root, h`<div class="page graphs"><div class="gr-bar bar-h"></div><section class="card gr-main"><div class="gr-head bar-h"></div><div class="gr-plot" data-keep></div><div class="gr-figures stat" aria-live="off"></div></section><div class="gr-kin cols three"></div></div>`);
    }
    drawBar();
    drawMain();
    drawKin();
  }

  /* Nothing chosen yet: the busiest ports, and choosing another. */
  async function start() {
    m.main?.destroy();
    m.main = null;
    m.kinFor = '';
    for (const p of m.small.values()) p.destroy();
    m.small.clear();
    const busy = await busiestPorts(signal).catch(() => []);
    if (signal.aborted || m.subjects.length) return;
    if (!busy.length) {
      render(root, h`<div class="page graphs gr-start">${emptyPart({ icon: 'ui-graphs', title: t('graphs.start'), text: t('graphs.start.text'), act: 'choose', label: t('graphs.choose') })}</div>`);
      return;
    }
    m.kin = busy;
    render(root, h`<div class="page graphs gr-start"><div class="bar-h"><h3>${t('graphs.busiest')}</h3><span class="dim">24 ${t('unit.h')}</span><span class="grow"></span><button class="btn pri" type="button" data-act="choose">${t('graphs.choose')}</button></div><div class="gr-kin cols three"></div></div>`);
    const now = Math.floor(Date.now() / 1000);
    drawSmall($('.gr-kin', root), { from: now - 86400, to: now, sync: 'graphs' });
  }

  onAct(root, {
    range: (e) => choosing(e.dataset.value), own: ownRange, compare: compareWith, export: exported,
    switch: (e) => {
      const name = e.dataset.value, was = e.getAttribute('aria-pressed') === 'true';
      place.setQuery({ [name]: name === 'y' ? (was ? null : 'free') : was ? '0' : '1' });
      again();
    },
    key: (e) => {
      const i = Number(e.dataset.value), both = [i, ...(m.subjects.length > 1 && m.main.state.shown.curves[i + 1]?.below ? [i + 1] : [])];
      for (const n of both) {
        if (m.hidden.has(n)) m.hidden.delete(n); else m.hidden.add(n);
        m.main.chart.show(n, !m.hidden.has(n));
      }
      drawHead();
    },
    drop: (e) => {
      place.setQuery({ s: m.subjects.filter((_, i) => i !== Number(e.dataset.value)).map(subjectText) }, { push: true });
      show();
    },
    choose: async () => {
      const found = await choose({ title: t('graphs.choose'), signal });
      if (found) { place.setQuery({ s: subjectText(found) }, { push: true }); show(); }
    },
  }, signal);
  on(root, 'click', '[data-act=kin]', (e, a) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    place.setQuery({ s: subjectText(m.kin[Number(a.dataset.value)]) }, { push: true });
    show();
  }, signal);
  keys.on(signal, 'graphs', {
    ...Object.fromEntries(RANGES.map(([name], i) => [String(i + 1), [() => choosing(name), `range.${name}`]])),
    '+': [() => m.main?.chart?.zoom(1 / 1.5), 'graphs.key.in'], '-': [() => m.main?.chart?.zoom(1.5), 'graphs.key.out'],
    ',': [() => m.main?.chart?.pan(-0.25), 'graphs.key.back'], '.': [() => m.main?.chart?.pan(0.25), 'graphs.key.on'], 0: [onReset, 'graphs.key.reset'],
    c: [compareWith, 'graphs.compare'],
  });
  place.onQuery(show);
  live.on('reset', () => m.main?.again(), signal);
  /* What ends now goes on with the time. */
  const clock = setInterval(() => {
    if (!m.main || !m.time.range || document.hidden) return;
    const step = Math.max(REFRESH_S, m.main.state.shown?.step ?? REFRESH_S), now = Math.floor(Date.now() / 1000);
    if (now - m.time.to < step || $('.u-over.panning', root)) return;
    m.time = timeOf(query);
    m.main.update(options());
    for (const p of m.small.values()) p.update({ from: m.time.from, to: m.time.to });
  }, 2000);
  signal.addEventListener('abort', () => {
    clearInterval(clock);
    m.main?.destroy();
    for (const p of m.small.values()) p.destroy();
  }, { once: true });
  show();
}
