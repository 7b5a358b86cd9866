// Risk: tiles by value, value against threat x weakness, what moved in a day, and why.
import { api, seg, withQuery } from '../base/api.js';
import { h, icon, on, onAct, render, $ } from '../base/html.js';
import { number } from '../base/format.js';
import { live } from '../base/live.js';
import { t } from '../base/texts.js';
import { pips } from '../parts/bar.js';
import { sparkPath } from '../parts/chart.js';
import { emptyPart, loadingPart, problemPart } from '../parts/empty.js';
import { said } from '../parts/said.js';
import { segments } from '../parts/tabs.js';
import { riskDrawer } from './risk_drawer.js';
import { curveOf, levelOf, moved, shiftOf } from './risk_sum.js';

const BY = ['device', 'link', 'cloud', 'group'], TILES = 120, CARDS = 9, MOVED = 8, ASKED = 24, DAY_MS = 86400000, POINTS = 400, NAMED = 6;

export default async function view(place) {
  const { root, query, signal } = place;
  const m = { all: [], whole: null, by: 'device', sel: '', level: 0, shown: TILES, moved: null, cards: new Map(), loaded: false, problem: null };
  place.title([t('nav.risk')]);

  async function load() {
    try {
      const answer = await api.get(withQuery('risk', { all: 1 }), { signal });
      m.all = answer.risk;
      m.whole = answer.all;
      m.problem = null;
      m.loaded = true;
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      m.problem = problem;
    }
    draw();
  }

  function read() {
    m.by = BY.includes(query.get('by')) ? query.get('by') : 'device';
    m.sel = query.get('sel') ?? '';
    m.level = Number(query.get('level')) || 0;
    m.shown = TILES;
  }

  const listed = () => m.all.filter((e) => e.class === m.by && (!m.level || e.level === m.level));

  /* ---- what moved ---- */

  /* Those whose level changed in a day, and the highest: their histories tell how much. */
  async function findMoved() {
    const since = Date.now() - DAY_MS;
    try {
      const { events } = await api.get('events?type=risk.level&from=-1d&limit=500', { signal });
      const devices = new Set(m.all.filter((e) => e.class === 'device').map((e) => e.name));
      const names = [...new Set([...events.map((e) => e.object), ...m.all.filter((e) => e.class === 'device' && e.risk > 0).map((e) => e.name)])].filter((n) => devices.has(n)).slice(0, ASKED);
      const reports = await Promise.all(names.map((n) => api.get(`risk/${seg(n)}`, { signal }).catch(() => null)));
      m.moved = reports.filter(Boolean).map((r) => ({ report: r, ...moved(r, since) })).filter((x) => Math.abs(x.by) >= 1)
        .sort((a, b) => Math.abs(b.by) - Math.abs(a.by)).slice(0, MOVED);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      m.moved = [];
    }
    draw();
  }

  /* Members of the highest sites or clouds, by level. */
  async function findMembers() {
    if (m.by !== 'group' && m.by !== 'cloud') return;
    await Promise.all(listed().slice(0, CARDS).map(async (e) => {
      const report = await api.get(`risk/${seg(e.name)}`, { signal }).catch(() => null);
      if (report?.members) m.cards.set(e.name, report.members);
    }));
    draw();
  }

  /* ---- drawing ---- */

  const tile = (e) => h`<a class="tile r${e.level} ${e.name === m.sel ? 'sel' : ''}" href="/risk?${address({ sel: e.name })}" data-name="${e.name}" data-key="t-${e.name}" aria-label="${e.name}, ${Math.round(e.risk)}, ${t(`risk.${e.level}`)}" ${e.name === m.sel && h`aria-current="true"`}><span>${e.name}</span><b class="num">${Math.round(e.risk)}</b></a>`;

  function address(change) {
    const q = new URLSearchParams(query);
    for (const [k, v] of Object.entries(change)) { if (v) q.set(k, v); else q.delete(k); }
    return q;
  }

  function head() {
    const of = m.all.filter((e) => e.class === m.by);
    return h`<div class="bar-h">${segments(t('risk.by'), BY.map((b) => [b, t(`risk.by.${b}`)]), m.by, 'by')}
      ${m.whole && h`<span class="risk-whole">${t('risk.whole')} ${pips(m.whole.risk, m.whole.level)} <b class="num">${Math.round(m.whole.risk)}</b></span>`}<span class="grow"></span>
      ${[1, 2, 3, 4, 5].map((l) => h`<button class="chip" type="button" data-act="level" data-value="${l}" aria-pressed="${String(m.level === l)}" data-key="level-${l}">${pips([0, 12, 30, 60, 80, 110][l], l)}<span>${t(`risk.${l}`)}</span> <b class="num">${number(of.filter((e) => e.level === l).length)}</b></button>`)}</div>`;
  }

  const X = (v) => 44 + v / 25 * 560, Y = (v) => 246 - (v - 0.5) / 5 * 232;
  function scatter(list) {
    const points = list.filter((e) => e.risk > 0 && e.value).slice(0, POINTS), placed = [];
    /* Names of the highest, where they cover no other. */
    const named = new Set(points.filter((e) => {
      if (placed.length >= NAMED) return false;
      const x = X(Math.min(e.risk / e.value, 25)), y = Y(e.value + shiftOf(e.name) * 0.3);
      if (placed.some((p) => Math.abs(p.y - y) < 13 && Math.abs(p.x - x) < 110)) return false;
      placed.push({ x, y });
      return true;
    }).map((e) => e.name));
    return h`<svg class="scatter" viewBox="0 0 640 284" aria-hidden="true"><line class="ax" x1="44" x2="612" y1="246" y2="246"/><line class="ax" x1="44" x2="44" y1="14" y2="246"/>
      ${[25, 50, 75, 100].map((k) => h`<path class="iso" d="M${curveOf(k).map(([x, y]) => `${X(x).toFixed(1)} ${Y(y).toFixed(1)}`).join('L')}"/><text class="isot" x="${X(k / 5.5).toFixed(1)}" y="9" text-anchor="middle">${k}</text>`)}
      ${[1, 2, 3, 4, 5].map((v) => h`<text x="34" y="${(Y(v) + 4).toFixed(1)}" text-anchor="end">${v}</text>`)}${[0, 5, 10, 15, 20, 25].map((v) => h`<text x="${X(v)}" y="262" text-anchor="middle">${v}</text>`)}
      <text x="328" y="280" text-anchor="middle">${t('risk.axis.x')}</text><text x="-130" y="14" transform="rotate(-90)" text-anchor="middle">${t('risk.axis.y')}</text>
      ${[...points].reverse().map((e) => {
    const x = X(Math.min(e.risk / e.value, 25)).toFixed(1), y = Y(e.value + shiftOf(e.name) * 0.3), right = Number(x) > 480;
    return h`<a class="pt-a" href="/risk?${address({ sel: e.name })}" tabindex="-1" data-name="${e.name}"><title>${e.name}: ${Math.round(e.risk)}</title><circle class="pt r${e.level} ${e.name === m.sel ? 'sel' : ''}" cx="${x}" cy="${y.toFixed(1)}" r="${e.risk >= 75 ? 7 : 5.5}"/>${(named.has(e.name) || e.name === m.sel) && h`<text class="nm" x="${(Number(x) + (right ? -11 : 11)).toFixed(1)}" y="${(y + 4).toFixed(1)}" ${right && h`text-anchor="end"`}>${e.name}</text>`}</a>`;
  })}</svg>`;
  }

  const movedRow = ({ report: r, from, to, by }) => h`<tr data-key="m-${r.name}"><td class="cut"><a href="/risk?${address({ sel: r.name, by: null })}" data-name="${r.name}"><b>${r.name}</b></a></td><td class="n num">${Math.round(from)}</td><td class="nw"><span aria-label="${t(by > 0 ? 'risk.up' : 'risk.down')}">${by > 0 ? '↗' : '↘'}</span> <b class="num">${Math.round(to)}</b></td><td>${pips(r.risk, r.level)}</td>
    <td><svg class="spark" viewBox="0 0 100 22" preserveAspectRatio="none" aria-hidden="true"><path d="${sparkPath(steps(r), 100, 22)}"/></svg></td><td class="dim cut">${said(r.alerts?.toSorted((a, b) => b.risk - a.risk)[0]?.text)}</td></tr>`;
  const steps = (r) => {
    const now = Date.now();
    return Array.from({ length: 60 }, (_, i) => { const at = now - DAY_MS + (i + 1) * DAY_MS / 60; return (r.history ?? []).reduce((risk, p) => (Date.parse(p.at) <= at ? p.risk : risk), 0); });
  };

  const stack = (members) => {
    const n = [0, 0, 0, 0, 0];
    for (const x of members) n[levelOf(x.risk) - 1]++;
    return h`<div class="stack" role="img" aria-label="${n.map((c, i) => c && `${c} ${t(`risk.${i + 1}`)}`).filter(Boolean).join(', ')}">${n.map((c, i) => c > 0 && h`<i class="r${i + 1}" data-w="${c}"></i>`)}</div>`;
  };
  const card = (e) => h`<a class="card risk-card" href="/risk?${address({ sel: e.name })}" data-name="${e.name}" data-key="c-${e.name}"><div class="bar-h"><b>${e.name}</b><span class="grow"></span>${pips(e.risk, e.level)} <b class="num">${Math.round(e.risk)}</b></div>${m.cards.has(e.name) && stack(m.cards.get(e.name))}</a>`;

  function body() {
    const list = listed(), grouped = m.by === 'group' || m.by === 'cloud';
    if (!list.length && !m.level) return emptyPart({ icon: 'ui-risk', title: t(`risk.none.${m.by}`), text: t('risk.none.text') });
    return h`${grouped ? h`<div class="cols three">${list.slice(0, CARDS).map(card)}</div>${list.length > CARDS && h`<div class="board">${list.slice(CARDS, CARDS + m.shown).map(tile)}</div>`}`
      : h`<div class="board" role="group" aria-label="${t('risk.tiles')}">${list.slice(0, m.shown).map(tile)}</div>`}
      ${list.length > m.shown && h`<p><button class="btn" type="button" data-act="more">${t('more')}</button> <span class="dim num">${number(m.shown)} / ${number(list.length)}</span></p>`}
      <div class="cols risk-two">${!grouped && h`<section class="card"><h3>${t('risk.scatter')}</h3>${scatter(list)}</section>`}
      <section class="card flush"><h3>${t('risk.moved')}</h3>${m.moved === null ? h`<p class="risk-wait dim">${t('loading')}</p>` : m.moved.length ? h`<table class="risk-moved"><tbody>${m.moved.map(movedRow)}</tbody></table>` : h`<p class="risk-wait dim">${t('risk.moved.none')}</p>`}</section></div>`;
  }

  const drawer = riskDrawer(place, { close: () => select(''), changed: load });
  function draw() {
    if (!$('.risk-main', root)) render(root, h`<div class="risk-view"><section class="risk-main"></section><aside class="drawer" data-keep hidden></aside></div>`);
    render($('.risk-main', root), m.problem ? problemPart({ title: t('risk.failed'), detail: m.problem.detail, remedy: m.problem.remedy, retry: true }) : m.loaded ? h`${head()}${body()}` : loadingPart());
    const box = $('.drawer', root);
    box.hidden = !m.sel;
    $('.risk-view', root).classList.toggle('with', Boolean(m.sel));
    drawer.show(box, m.sel);
  }

  function select(name) {
    m.sel = name === m.sel ? '' : name;
    place.setQuery({ sel: m.sel || null }, { push: true });
    draw();
  }
  on(root, 'click', 'a[data-name]', (e, at) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    select(at.dataset.name);
  }, signal);
  onAct(root, {
    by: (at) => { place.setQuery({ by: at.dataset.value === 'device' ? null : at.dataset.value, level: null, sel: null }, { push: true }); read(); draw(); findMembers(); },
    level: (at) => { place.setQuery({ level: Number(at.dataset.value) === m.level ? null : at.dataset.value }, { push: true }); read(); draw(); },
    more: () => { m.shown += 500; draw(); },
  }, signal);
  place.onQuery(() => { read(); draw(); findMembers(); });

  let waiting = null;
  live.on('risk', (r) => {
    const e = m.all.find((x) => x.class === r.class && x.name === (r.name ?? r.object));
    if (r.class === 'all' && m.whole) Object.assign(m.whole, { risk: r.risk, level: r.level });
    else if (e) Object.assign(e, { risk: r.risk, level: r.level ?? levelOf(r.risk) });
    else m.all.push({ class: r.class, name: r.name ?? r.object, risk: r.risk, level: r.level ?? levelOf(r.risk) });
    waiting ??= setTimeout(() => {
      waiting = null;
      if (signal.aborted) return;
      m.all.sort((a, b) => b.risk - a.risk || (a.name < b.name ? -1 : 1));
      draw();
      if ((r.name ?? r.object) === m.sel) drawer.again();
    }, 500);
  }, signal);
  live.on('reset', load, signal);
  signal.addEventListener('abort', () => { clearTimeout(waiting); drawer.hide(); }, { once: true });
  read();
  await load();
  findMoved();
  findMembers();
}
