// What stands round every view: the rail, the top bar with search, the tally of
// states, how fresh all this is, and who is here.
import { h, icon, render, $ } from '../base/html.js';
import { t, lang, LANGUAGES } from '../base/texts.js';
import { clock, duration, number, zoneName } from '../base/format.js';
import { keys, keysOff } from '../base/keys.js';
import { live } from '../base/live.js';
import { again, go } from '../base/route.js';
import { session, signOut, chooseLanguage, onRefused, toLogin } from '../base/session.js';
import { headline } from './alert.js';
import { openFind } from './find.js';
import { shapeOf, stateWord } from './mark.js';
import { menuButton } from './menu.js';
import { otherTheme, density, setDensity } from './theme.js';

const VIEWS = [['map', '/maps/physical', 'm'], ['devices', '/devices', 'd'], ['alerts', '/alerts', 'a'], ['graphs', '/graphs', 'g'],
               ['risk', '/risk', 'r'], ['events', '/events', 'e'], ['discovery', '/discovery', 'i'], ['wall', '/wall', 'w']];
const TALLY = ['up', 'warning', 'minor', 'major', 'critical', 'down', 'suspect', 'unreachable', 'unknown', 'silenced', 'unmanaged'];
const NEWS_MS = 60000;
const SEVERITIES = ['critical', 'major', 'minor', 'warning'];

const state = { crumbs: [], nav: '', plain: true, tally: {}, alerts: 0, worst: '', doubt: '', isolated: false };
let body = null;

// The counts by state of what the station says of itself.
export function tallyOf(status) {
  if (status.states) return status.states;
  if (status.devices && typeof status.devices === 'object') return status.devices;
  const out = {};
  for (const [key, value] of Object.entries(status))
    if (key.startsWith('devices_')) out[key.slice(8)] = value;
  return out;
}

export function takeStatus(status) {
  state.tally = tallyOf(status);
  const alerts = status.alerts || {};
  if (status.alerts) state.alerts = SEVERITIES.reduce((sum, s) => sum + (alerts[s] || 0), 0);
  if (status.alerts) state.worst = SEVERITIES.find(s => alerts[s] > 0) || '';
  state.isolated = Boolean(status.isolated);
  state.doubt = status.doubt || '';
  draw();
}

const rail = () => h`<nav class="rail" aria-label="${t('nav')}"><a class="brand" href="/" aria-label="Portolan" tabindex="-1">${icon('kind-station')}</a>
  ${VIEWS.map(([name, href]) => h`<a href="${href}" class="${name === state.nav && 'here'}" ${name === state.nav && h`aria-current="page"`} data-key="nav-${name}" aria-label="${t('nav.' + name)}">${icon('ui-' + name)}<span>${t('nav.' + name)}</span>${name === 'alerts' && state.alerts > 0 && h`<em class="num ${state.worst === 'critical' || state.worst === 'major' ? 'critical' : 'warning'}" aria-hidden="true">${state.alerts > 99 ? '99+' : state.alerts}</em>`}</a>`)}
  <span class="grow"></span><a href="/settings" class="${state.nav === 'settings' && 'here'}" ${state.nav === 'settings' && h`aria-current="page"`} data-key="nav-settings" aria-label="${t('nav.settings')}">${icon('ui-settings')}<span>${t('nav.settings')}</span></a></nav>`;

const tally = () => h`<ul class="tally" aria-label="${t('tally')}">${TALLY.filter(s => state.tally[s] > 0 || (s === 'up' && state.tally.up !== undefined)).map(s =>
  h`<li data-key="tally-${s}"><a class="mark" href="/devices?q=state:${s}" title="${stateWord(s)}" aria-label="${number(state.tally[s])} ${stateWord(s)}">${icon('state-' + shapeOf(s), 'c-' + shapeOf(s))}<b class="num">${number(state.tally[s])}</b><span>${stateWord(s)}</span></a></li>`)}</ul>`;

function freshness() {
  const s = live.state, at = s.at ? clock(s.at) : '–';
  const zone = zoneName() && zoneName() !== Intl.DateTimeFormat().resolvedOptions().timeZone ? zoneName() : '';
  const since = s.at ? duration((Date.now() - s.at) / 1000) : '';
  const word = s.offlineSince ? t('fresh.offline') : s.stale ? t('fresh.stale', { age: since }) : t('live');
  return h`<span class="fresh ${s.offlineSince ? 'off' : s.stale ? 'stale' : ''}" role="status" aria-label="${word} ${at}" aria-live="off"><i></i><span>${word}</span> <b class="num">${at}</b>${zone && h`<small class="dimmer">${zone}</small>`}</span>`;
}

const crumbs = () => h`<h1>${state.crumbs.map((c, i) => h`${i > 0 && icon('ui-chevron', 'sep')}${i === state.crumbs.length - 1 ? h`<span class="last" title="${c.text}">${c.text}</span>` : c.href ? h`<a href="${c.href}">${c.text}</a>` : h`<span>${c.text}</span>`}`)}</h1>`;

const lines = () => {
  const s = live.state;
  if (s.offlineSince && state.nav !== 'wall') // a wall says it in its own line
    return h`<div class="banner stale" role="status" data-key="offline">${icon('state-offline')}<span>${t('offline', { at: clock(s.offlineSince) })} ${s.next && t('offline.next', { n: Math.max(0, Math.ceil((s.next - Date.now()) / 1000)) })}</span><button class="btn" type="button" data-shell="retry">${t('retry')}</button></div>`;
  if (state.isolated)
    return h`<div class="banner stale" role="status" data-key="isolated">${icon('state-unreachable')}<span>${t('isolated')} ${state.doubt}</span></div>`;
  return '';
};

const shell = () => h`<a class="skip" href="#main">${t('skip')}</a>${rail()}
  <header class="top">${crumbs()}
  <button class="find" type="button" data-shell="find" aria-keyshortcuts="/" aria-label="${t('find')}">${icon('ui-search')}<span>${t('find')}</span><kbd>/</kbd></button>
  ${tally()}${freshness()}
  <button class="icon" type="button" data-shell="theme" aria-label="${t('theme')}" title="${t('theme')}">${icon('ui-theme')}</button><button class="icon" type="button" data-shell="account" aria-haspopup="menu" aria-label="${t('account')}" title="${session.user || t('account')}">${icon('ui-user')}</button></header>`;

export function draw() {
  if (!body) return;
  document.body.className = state.plain ? 'plain' : 'framed';
  render($('#frame'), state.plain ? '' : shell());
  render($('#lines'), lines());
  document.body.classList.toggle('is-stale', Boolean(live.state.stale || live.state.offlineSince));
}

// The router tells what is shown.
export function shown({ crumbs: list, route }) {
  state.crumbs = list;
  state.nav = route.nav || '';
  state.plain = Boolean(route.plain);
  draw();
  $('#main').className = 'v-' + (route.name || route.nav || 'none');
}

function account(button) {
  menuButton(button, () => [
    { head: session.user || t('account'), note: session.role && t('role.' + session.role) },
    ...Object.entries(LANGUAGES).map(([code, name]) => ({ label: name, lang: code, checked: code === lang(),
      act: async () => { await chooseLanguage(code); draw(); again(); } })),
    '-',
    ...['compact', 'roomy'].map(d => ({ label: t('density.' + d), checked: density() === d, act: () => setDensity(d) })),
    '-',
    { label: t('keys.title'), key: '?', act: () => keys.show() },
    { label: keysOff() ? t('keys.on') : t('keys.off'), act: () => keys.switch(keysOff()) },
    '-',
    { label: t('account.password'), icon: 'ui-key', act: () => go('/login?password=1&next=' + encodeURIComponent(location.pathname + location.search)) },
    { label: t('signout'), act: async () => { live.stop(); await signOut(); go('/login'); } },
  ], { label: t('account') });
}

function bindKeys() {
  const goKeys = Object.fromEntries(VIEWS.map(([name, href, key]) => ['g ' + key, [() => go(href), 'nav.' + name]]));
  keys.on(null, 'everywhere', {
    '/': [() => { if (state.plain) return false; openFind($('.find')); }, 'keys.find'],
    ...goKeys,
    '?': [() => keys.show(), 'keys.help'],
    't': [otherTheme, 'theme'],
  });
}

// Announces a new cause once, at once.
function announce(alert) {
  if (!alert || alert.state !== 'active' || alert.cause > 0 || alert.silence > 0 || told.has(alert.id)) return;
  told.add(alert.id);
  // What was there before this page is no news.
  if (Date.now() - Date.parse(alert.raised) > NEWS_MS || (alert.severity !== 'critical' && alert.severity !== 'major')) return;
  $('#cause').textContent = `${stateWord(alert.severity)}: ${headline(alert)}`;
}
const told = new Set();

export function startShell() {
  body = document.body;
  render(body, h`<div id="frame"></div><div id="lines"></div><main id="main" tabindex="-1" data-keep></main><div id="cause" class="unseen" role="alert" aria-live="assertive" data-keep></div>`);
  body.addEventListener('click', event => {
    const at = event.target instanceof Element ? event.target.closest('[data-shell]') : null;
    if (!at) return;
    if (at.dataset.shell === 'find') openFind(at);
    else if (at.dataset.shell === 'theme') otherTheme();
    else if (at.dataset.shell === 'account') account(at);
    else if (at.dataset.shell === 'retry') live.retry();
  });
  onRefused(() => {
    live.stop();
    if (location.pathname !== '/login') go(toLogin(), { replace: true });
  });
  live.onState(draw);
  live.on('status', takeStatus);
  live.on('alert', announce);
  setInterval(() => { if (!state.plain) draw(); }, 1000);
  bindKeys();
  keys.start();
}

