// All series of one device as small pictures over one span of time.
import { every, h, onAct, render, $ } from '../base/html.js';
import { t, hasText } from '../base/texts.js';
import { chart } from '../parts/chart.js';
import { emptyPart } from '../parts/empty.js';
import { hasSeries, load, pictureOf } from '../parts/series.js';
import { segments } from '../parts/tabs.js';

const SPANS = [['1h', 3600], ['6h', 21600], ['24h', 86400], ['7d', 604800], ['30d', 2592000], ['1y', 31536000]];
const GROUPS = ['icmp', 'cpu', 'memory', 'storage', 'sensor'];

// What is drawn: ports that carry something first, then what is measured.
export function picturesOf(name, metrics, ports) {
  const out = [], said = g => hasText('series.' + g) ? t('series.' + g) : g;
  if ((metrics || []).some(m => m.series === 'icmp')) out.push({ object: name, series: 'icmp', title: said('icmp') });
  for (const p of [...ports].filter(p => p.oper === 'up' && p.file).sort((a, b) => ((b.in_bps || 0) + (b.out_bps || 0)) - ((a.in_bps || 0) + (a.out_bps || 0))).slice(0, 12))
    out.push({ object: `${name}:${p.name}`, series: 'traffic', title: `${p.name}${p.alias ? ' · ' + p.alias : ''}` });
  for (const g of GROUPS.slice(1))
    for (const m of (metrics || []).filter(m => m.series === g))
      out.push({ object: name, series: `${g}:${m.object}`, title: `${said(g)} · ${m.descr || m.object}` });
  return out;
}

export default async function graphs(body, state) {
  const { place } = state, { signal } = place;
  let span = SPANS.some(([s]) => s === place.query.get('span')) ? place.query.get('span') : '24h';
  const drawn = new Map(); // subject -> {chart, host}
  const list = picturesOf(state.name, state.device.metrics, state.ports);
  if (!list.length || !hasSeries(state.device)) {
    render(body, emptyPart({ icon: 'ui-graphs', title: t('device.nographs'), text: t('device.nographs.text') }));
    return {};
  }
  const key = s => `${s.object}/${s.series}`;
  const address = s => `/graphs?s=${encodeURIComponent(s.object)}/${encodeURIComponent(s.series)}&from=-${span}`;
  render(body, h`<div class="page nop"><div class="bar-h graphs-head"></div><div class="graph-grid">${list.map(s => h`<section class="card graph-card" data-subject="${key(s)}"><div class="bar-h"><h3 class="cut" title="${s.title}">${s.title}</h3><span class="grow"></span><a class="link small" data-open href="${address(s)}">${t('device.graph.open')}</a></div><div class="graph-plot" data-keep></div></section>`)}</div></div>`);
  const cards = new Map([...body.querySelectorAll('.graph-card')].map(c => [c.dataset.subject, c]));
  const head = () => render($('.graphs-head', body), segments(t('device.span'), SPANS.map(([s]) => [s, t('span.' + s)]), span, 'span'));

  const ask = async s => {
    const to = Date.now() / 1000, from = to - SPANS.find(([x]) => x === span)[1], asked = span, host = $('.graph-plot', cards.get(key(s)));
    let answer;
    try {
      answer = await load(s, { from, to, points: 240, signal });
    } catch (problem) {
      if (problem.name !== 'AbortError' && !drawn.has(key(s))) render(host, h`<p class="dimmer">${t('device.noseries')}</p>`);
      return;
    }
    if (signal.aborted || asked !== span) return;
    const p = pictureOf(answer, s.series);
    const spec = { name: s.title, from, to, x: p.x, unit: p.unit, ceiling: p.ceiling, small: true, sync: 'device', gaps: p.gaps.map(g => ({ ...g, text: '' })), curves: p.curves.map(c => ({ ...c, label: hasText(c.label) ? t(c.label) : c.label || c.name })) };
    if (drawn.has(key(s))) drawn.get(key(s)).set(spec);
    else {
      render(host, '');
      drawn.set(key(s), chart(host, spec));
    }
  };
  // Only what is seen is asked for.
  const seen = new Set();
  const watch = new IntersectionObserver(entries => {
    for (const e of entries) {
      const s = list.find(x => key(x) === e.target.dataset.subject);
      if (e.isIntersecting && !seen.has(key(s))) { seen.add(key(s)); ask(s); }
      else if (!e.isIntersecting) seen.delete(key(s));
    }
  }, { rootMargin: '200px' });
  cards.forEach(c => watch.observe(c));
  signal.addEventListener('abort', () => { watch.disconnect(); drawn.forEach(c => c.destroy()); }, { once: true });
  const again = () => list.filter(s => seen.has(key(s))).forEach(ask);
  onAct(body, { span: at => {
    span = at.dataset.value;
    place.setQuery({ span: span === '24h' ? null : span });
    head();
    for (const s of list) $('[data-open]', cards.get(key(s))).href = address(s);
    seen.clear();
    cards.forEach(c => { watch.unobserve(c); watch.observe(c); });
  } }, signal);
  head();
  every(60000, again, signal);
  return {};
}

