// The wall: maps and boards in turn, readable from five metres; it reconnects by itself and says when it is stale.
import { api } from '../base/api.js';
import { h, icon, render, $ } from '../base/html.js';
import { age, clock, duration, moment, number } from '../base/format.js';
import { keys } from '../base/keys.js';
import { live } from '../base/live.js';
import { untilHad } from '../base/until.js';
import { go } from '../base/route.js';
import { session } from '../base/session.js';
import { t } from '../base/texts.js';
import { comment, headline, objectText, severityMark } from '../parts/alert.js';
import { bar, pips } from '../parts/bar.js';
import { STATES, mark, stateWord, shapeOf } from '../parts/mark.js';
import { titleOf as mapTitle } from '../map/titles.js';
import { mapScene } from '../parts/map_scene.js';
import { said } from '../parts/said.js';
import { rank } from '../parts/severity.js';
import { sortByUrgency, withNews, withSince } from './alerts_tree.js';
import { busier, everyOf, holding, scenesOf } from './wall_scenes.js';

const LINKS = 5, TOP = 3, ROWS = 15, TILES = 48, EVENTS = 14, LINKS_MS = 15000, RISK_MS = 30000, VERSION_MS = 60000, SIDE = 5, NEWS_MS = 600000;

export default async function view(place) {
  const { root, signal } = place, html = document.documentElement, density = html.dataset.density;
  const m = { scenes: scenesOf(place.params.name), at: 0, since: Date.now(), alerts: new Map(), links: [], risk: [], events: [], states: {}, had: new Set(), told: null, held: null, version: session.version, scene: null };
  const every = everyOf(place.query.get('every')) * 1000;
  place.title([t('nav.wall')]);
  html.dataset.density = 'wall';
  document.body.classList.add('walled');
  /* What the map draws goes by the tokens: they follow the width. */
  const sizes = () => {
    html.style.setProperty('--t-xs', `${Math.max(16, innerWidth / 110)}px`);
    html.style.setProperty('--t-s', `${Math.max(16, innerWidth / 105)}px`);
  };
  sizes();
  addEventListener('resize', sizes, { signal });

  /* ---- what there is; each part for itself, so that one that fails leaves the rest ---- */

  const ask = (path, take) => api.get(path, { signal }).then(take);
  const get = (path, take) => ask(path, take).catch(() => { /* the next time */ });
  const loadAlerts = untilHad(() => {
    m.told = [];
    return ask('alerts?state=active&limit=10000', (v) => {
      m.alerts = withSince(v.alerts, m.told);
      m.told = null;
      m.had.add('alerts');
    });
  }, signal);
  const loadLinks = () => get(`links/busiest?limit=${ROWS}`, (v) => { m.links = v.links.map(busier); });
  const loadRisk = () => get(`risk?limit=${TILES * 2}`, (v) => { m.risk = v.risk.filter((e) => e.class === 'device'); m.had.add('risk'); });
  const loadEvents = untilHad(() => ask(`events?limit=${EVENTS}`, (v) => { m.events = v.events; }), signal);
  const loadStatus = untilHad(() => ask('status', (v) => { m.states = v.states ?? {}; }), signal);
  async function loadAll() {
    await Promise.all([loadAlerts(), loadLinks(), loadRisk(), loadEvents(), loadStatus()]);
    draw();
  }
  /* A new version of the station has a new page. */
  const checkVersion = () => get('session', (v) => {
    if (m.version && v.version && v.version !== m.version) location.reload();
    m.version = v.version;
  });

  /* ---- parts ---- */

  /* That there is nothing is known of what was had. */
  const well = (of, text) => (m.had.has(of) ? mark('up', { label: text }) : mark('unknown', { label: t('wall.notknown') }));
  const calm = (of, text) => (m.had.has(of) ? h`<p class="wall-calm">${icon('state-up', 'c-up')}${text}</p>` : h`<p class="wall-calm">${icon('state-unknown', 'c-unknown')}${t('wall.notknown')}</p>`);

  const causes = () => sortByUrgency([...m.alerts.values()].filter((a) => a.state === 'active' && !(a.cause > 0) && !(a.silence > 0)));

  const tally = () => h`<ul class="wall-tally" aria-label="${t('tally')}">${[...STATES].sort((a, b) => (a === 'up' ? -1 : b === 'up' ? 1 : 0)).filter((s) => m.states[s] > 0).map((s) => h`<li class="mark ${shapeOf(s)}">${icon(`state-${shapeOf(s)}`)}<b class="num">${number(m.states[s])}</b><span>${stateWord(s)}</span></li>`)}</ul>`;

  /* A new cause takes the head. */
  function news(list) {
    const a = list.find((x) => !x.acknowledged && rank(x.severity) >= rank('major') && Date.now() - Date.parse(x.raised) < NEWS_MS);
    if (!a) return '';
    return h`<section class="wall-news of-${a.severity}" data-key="news"><h2>${icon(`state-${a.severity}`, `c-${a.severity}`)}<span>${headline(a)}</span></h2><p>${a.symptom_count > 0 ? t('alerts.behind', { n: a.symptom_count }) : comment(a)}</p><p class="dim">${objectText(a)} · <span class="num">${age(a.raised)}</span></p></section>`;
  }
  const alertRows = (list) => h`<section data-key="alerts"><h3>${t('nav.alerts')} <span class="num">${number(m.had.has('alerts') ? list.length : null)}</span></h3>${list.length ? h`<ul>${list.slice(0, SIDE).map((a) => h`<li data-key="a-${a.id}">${severityMark(a, { label: false })}<span class="cut">${objectText(a)}</span><b class="num">${age(a.raised)}</b></li>`)}</ul>` : h`<p class="wall-well">${well('alerts', t('alerts.none'))}</p>`}</section>`;
  const linkRows = (most) => {
    const list = m.links.slice(0, most);
    return list.length > 0 && h`<section data-key="links"><h3>${t('wall.busiest')}</h3><ul>${list.map((l) => h`<li data-key="l-${l.id}"><span class="cut">${l.from} → ${l.to}</span><b>${bar(l.load)}</b></li>`)}</ul></section>`;
  };
  const riskRows = () => m.risk.length > 0 && h`<section data-key="risk"><h3>${t('risk')}</h3><ul>${m.risk.slice(0, TOP).map((e) => h`<li data-key="r-${e.name}"><span class="cut">${e.name}</span><b>${pips(e.risk, e.level)} <span class="num">${Math.round(e.risk)}</span></b></li>`)}</ul></section>`;

  /* ---- boards: the whole of the room ---- */

  const boards = {
    alerts: () => {
      const list = causes();
      return list.length ? h`<table class="wall-table wall-alerts"><tbody>${list.slice(0, ROWS).map((a) => h`<tr data-key="b-${a.id}" class="${a.acknowledged ? '' : `worst-${a.severity}`}"><td>${severityMark(a)}</td><td class="cut"><b>${objectText(a)}</b></td><td class="cut"><span class="what"><span class="cut">${headline(a)}</span>${a.symptom_count > 0 && h`<span class="chip">${t('alerts.symptoms', { n: a.symptom_count })}</span>`}</span></td><td class="n num">${age(a.raised)}</td><td>${a.acknowledged && mark('acknowledged')}</td></tr>`)}</tbody></table>`
        : calm('alerts', t('alerts.none'));
    },
    risk: () => !m.risk.length ? calm('risk', t('wall.norisk')) : h`<div class="wall-tiles">${m.risk.slice(0, TILES).map((e) => h`<div class="tile r${e.level}" data-key="t-${e.name}"><span>${e.name}</span><b class="num">${Math.round(e.risk)}</b></div>`)}</div>`,
    links: () => h`<table class="wall-table wall-links"><tbody>${m.links.map((l) => h`<tr data-key="bl-${l.id}"><td class="cut"><b>${l.from}</b> → ${l.to}</td><td>${bar(l.load)}</td></tr>`)}</tbody></table>`,
    events: () => h`<table class="wall-table wall-events"><tbody>${m.events.slice(0, ROWS).map((e) => h`<tr data-key="be-${e.id}"><td class="num">${clock(e.at)}</td><td>${mark(e.severity, { label: false })}</td><td class="cut"><b>${e.object}</b></td><td class="cut">${said(e.text)}</td></tr>`)}</tbody></table>`,
  };

  const titleOf = (s) => (s.kind === 'board' ? t(`wall.board.${s.name}`) : s.name === 'physical' ? t('wall.network') : mapTitle({ name: s.name, title: s.title, view: s.view }));

  /* ---- the frame ---- */

  function footer() {
    const s = live.state, left = Math.max(0, Math.ceil((m.since + every - Date.now()) / 1000)), next = m.scenes[(m.at + 1) % m.scenes.length];
    const turn = m.held ? h`<span class="wall-held">${icon('state-critical', 'c-critical')}${t('wall.held')}</span>`
      : m.scenes.length > 1 && h`<span class="num">${number(m.at + 1)} / ${number(m.scenes.length)} · ${t('wall.next', { name: titleOf(next), n: left })}</span>`;
    const bad = s.stale || s.offlineSince, at = s.at ? clock(s.at) : '–';
    const word = s.offlineSince ? t('fresh.offline') : s.stale ? t('fresh.stale', { age: duration((Date.now() - s.at) / 1000) }) : t('live');
    return h`${m.scenes.length > 1 && m.scenes.map((_, i) => h`<i class="${i === m.at ? 'on' : ''}"></i>`)}${turn}<span class="grow"></span>
      <span class="mark ${bad ? 'warning' : 'up'}" role="status" aria-live="off" aria-label="${word} ${at}">${icon(bad ? 'state-warning' : 'state-up')}<span>${word} · <span class="num">${at}</span></span></span>`;
  }
  /* In a twentieth of the height: what is seen is old. */
  function stale() {
    const s = live.state;
    if (!s.stale && !s.offlineSince) return '';
    const at = moment(s.offlineSince ?? s.at), next = s.next ? t('offline.next', { n: Math.max(0, Math.ceil((s.next - Date.now()) / 1000)) }) : '';
    return h`<div class="wall-stale" role="alert">${icon('state-offline')}<span>${t('offline', { at })} ${next}</span></div>`;
  }

  function draw() {
    if (signal.aborted) return;
    if (!$('.wall', root)) render(root, h`<div class="wall"><header data-key="head"></header><div class="wall-line" data-key="line"></div><section class="wall-main" data-key="main"><div class="wall-map" data-keep hidden></div><div class="wall-board" hidden></div></section><aside data-key="side" aria-label="${t('wall.side')}"></aside><footer data-key="foot"></footer></div>`);
    const scene = m.scenes[m.at], list = causes();
    m.held = holding(list, Date.now());
    render($('header', root), h`<h1>${icon('kind-station')}<span>${titleOf(scene)}</span></h1>${tally()}<time class="wall-clock num">${clock(Date.now(), false)}</time>`);
    render($('.wall-line', root), stale());
    render($('aside', root), h`${news(list)}${alertRows(list)}${linkRows(LINKS)}${riskRows()}`);
    render($('footer', root), footer());
    $('.wall', root).classList.toggle('old', Boolean(live.state.stale || live.state.offlineSince));
    const board = $('.wall-board', root);
    board.hidden = scene.kind !== 'board';
    $('.wall-map', root).hidden = scene.kind !== 'map';
    if (scene.kind === 'board') render(board, boards[scene.name]());
    showMap(scene);
  }

  /* Only the map that is seen is followed. */
  function showMap(scene) {
    const wanted = scene.kind === 'map' ? scene.name : null;
    if (m.shownMap === wanted) return;
    m.shownMap = wanted;
    m.scene?.destroy();
    m.scene = wanted ? mapScene($('.wall-map', root), wanted, { signal }) : null;
  }

  function turn() {
    const now = Date.now();
    if (live.state.offlineSince) {
      /* What was seen last stays: another map could not be had. */
      m.since = now;
    } else if (m.held) {
      /* The map that has it is what people look for. */
      const map = m.scenes.findIndex((s) => s.kind === 'map');
      if (map >= 0) m.at = map;
      m.since = now;
    } else if (m.scenes.length > 1 && now - m.since >= every) {
      m.at = (m.at + 1) % m.scenes.length;
      m.since = now;
    }
    draw();
  }

  /* ---- live ---- */

  live.on('alert', (a) => {
    m.told?.push(a);
    if (a.state === 'cleared') m.alerts.delete(a.id);
    else m.alerts.set(a.id, withNews(m.alerts.get(a.id), a));
  }, signal);
  live.on('status', (s) => { m.states = s.states ?? s.devices ?? m.states; }, signal);
  live.on('event', (e) => { m.events = [e, ...m.events.filter((o) => o.id !== e.id)].slice(0, EVENTS); }, signal);
  live.on('reset', () => { checkVersion(); loadAll(); }, signal);
  const timers = [setInterval(turn, 1000), setInterval(loadLinks, LINKS_MS), setInterval(loadRisk, RISK_MS), setInterval(checkVersion, VERSION_MS)];
  keys.on(signal, 'wall', { Escape: [() => go('/maps/physical'), 'wall.leave'] });
  navigator.wakeLock?.request('screen').catch(() => { /* the screen may go dark */ });
  signal.addEventListener('abort', () => {
    timers.forEach(clearInterval);
    m.scene?.destroy();
    document.body.classList.remove('walled');
    html.style.removeProperty('--t-xs');
    html.style.removeProperty('--t-s');
    if (density) html.dataset.density = density; else delete html.dataset.density;
  }, { once: true });
  await get('maps', (v) => {
    const known = new Map(v.maps.map((x) => [x.name, x]));
    m.scenes = scenesOf(place.params.name, v.maps).map((s) => ({ ...s, title: known.get(s.name)?.title, view: known.get(s.name)?.view }));
  });
  draw();
  await loadAll();
}
