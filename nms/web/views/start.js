// The first minute: a credential, a seed that is asked at once, and the map as
// it grows.
import { api, seg } from '../base/api.js';
import { h, icon, on, onAct, render, $ } from '../base/html.js';
import { go } from '../base/route.js';
import { may, session } from '../base/session.js';
import { t } from '../base/texts.js';
import { credentialFields, credentialOf, credentialWhole } from '../parts/credential.js';
import { field } from '../parts/dialog.js';
import { problemLine } from '../parts/empty.js';
import { say, sayProblem } from '../parts/toast.js';
import { addCredential } from './discovery.js';
import { follow } from './discovery_feed.js';
import { foldCard, foldSite } from './discovery_fold.js';
import { justNow, kinds, needs, progress, stages, tried } from './discovery_parts.js';
import { isAddress, prefixOf } from './discovery_state.js';
import { growingMap } from './start_map.js';

const ASK_AFTER_MS = 700;

export default async function view(place) {
  const { root, signal } = place;
  const state = { version: '2c', values: { name: 'first', auth: 'SHA-256', priv: 'AES-128' }, known: [], use: '', seed: '', within: '', touched: false, answer: null, asking: null, trouble: null, busy: false, started: false, feed: null };
  let timer = null, asked = '', map = null;

  place.title([t('start.title')]);
  if (!may('administrator')) {
    render(root, h`<div class="page first">${problemLine({ detail: t('start.operator') })}</div>`);
    return;
  }
  state.known = ((await api.get('credentials', { signal }).catch(() => null))?.credentials || []).map(c => c.name);
  if (state.known.length) state.use = state.known[0];

  const credential = () => state.use ? { name: state.use } : credentialOf(fields($('[data-form=credential]', root)), state.version);
  const whole = () => state.use ? true : credentialWhole(credential());
  const step = () => state.started ? 3 : state.answer?.ok ? 2 : whole() && $('[data-form=credential]', root) ? 2 : 1;

  function answer() {
    const a = state.answer;
    if (state.asking) return h`<small class="asking" role="status">${t('start.asking', { address: state.asking })}</small>`;
    if (!a) return h`<small>${state.seed && !isAddress(state.seed) ? t('start.notaddress') : t('start.unasked')}</small>`;
    if (a.ok) return h`<small class="okk" role="status">${icon('state-up')}<span>${t('start.answers', { name: [a.name, [a.vendor, a.hardware].filter(Boolean).join(' '), a.neighbors !== undefined && t('start.neighbours', { n: a.neighbors })].filter(Boolean).join(', ') })}</span></small>`;
    return h`<small class="bad" role="status">${icon('state-warning')}<span>${a.text}</span></small>`;
  }

  const draw = () => {
    if (signal.aborted) return;
    const n = step(), names = ['password', 'credential', 'seed', 'watch'];
    const feed = state.feed;
    render(root, h`<div class="page first">${stages(names.map((name, i) => ({ text: t('start.step.' + name), state: i < n ? 'ok' : i === n ? 'on' : '' })))}
      ${!state.started ? h`<div class="cols half" data-key="forms">
        <form class="card form" data-form="credential" aria-label="${t('start.credential')}"><h3>${t('start.credential')}</h3>
          ${state.known.length > 0 && field({ label: t('start.use'), name: 'use', options: [...state.known.map(k => [k, k]), ['', t('start.new')]], value: state.use })}
          ${state.use ? h`<p class="dim">${t('start.known')}</p>` : credentialFields({ ...state.values, version: state.version })}</form>
        <form class="card form" data-form="seed" aria-label="${t('start.seed')}"><h3>${t('start.seed')}</h3>
          <div class="f"><label><span>${t('start.address')}</span><input name="seed" value="${state.seed}" autocomplete="off" spellcheck="false" placeholder="192.0.2.1" aria-describedby="seed-answer" required></label><div id="seed-answer">${answer()}</div></div>
          <div class="f"><label><span>${t('start.within')}</span><input name="within" value="${state.within}" autocomplete="off" spellcheck="false" placeholder="192.0.2.0/24" aria-describedby="within-promise"></label><small id="within-promise">${t('start.promise')}</small></div>
          ${state.trouble && problemLine(state.trouble)}
          <div class="acts"><button class="btn pri" type="submit" ${state.busy && h`disabled`}>${t('start.go')}</button><button class="btn quiet" type="button" data-act="byhand">${t('start.byhand')}</button></div></form></div>` :
        feed?.d ? h`${progress(feed.d, feed.rate)}${foldCard(feed)}` : ''}
      ${state.started && h`<section class="card growing" data-key="growing"><div class="bar-h"><h3>${t('start.grow')}</h3><span class="grow"></span><span class="dim num">${t('disc.count.devices', { n: feed?.d?.devices ?? 0 })}</span><a class="btn" href="/maps/physical">${t('start.tomap')}</a></div><div class="grown" data-keep></div></section>
        ${feed?.d && h`<div class="cols disc" data-key="details">${tried(feed.d, feed.tried)}<section class="card"><h3>${t('disc.found')}</h3>${kinds(feed.d)}<h3 class="mt">${t('disc.needs')}</h3>${needs(feed.needs)}</section></div>${justNow(feed.latest)}`}`}</div>`);
    if (state.started && !map) map = growingMap($('.grown', root), signal);
    if (state.started) map.news(feed?.d?.devices ?? 0);
  };

  // The seed is asked once by the station, as soon as address and credential
  // are whole, and again when either is another.
  const probe = async () => {
    const address = state.seed.trim(), c = credential(), key = JSON.stringify([address, c]);
    if (!isAddress(address) || !whole() || key === asked) return;
    asked = key;
    state.asking = address;
    state.answer = null;
    draw();
    let got;
    try {
      const told = await api.post('discovery/probe', state.use ? { address, credential: state.use } : { address, credential: c }, { signal });
      got = readProbe(told, address);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      got = { ok: false, text: [problem.detail, problem.remedy].filter(Boolean).join(' ') };
    }
    if (asked !== key) return;
    state.asking = null;
    state.answer = got;
    if (got.ok && !state.touched) state.within = (got.within?.length ? got.within : [prefixOf(address)]).join(', ');
    draw();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(probe, ASK_AFTER_MS);
  };
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });

  on(root, 'input', 'input', (_, input) => {
    if (input.name === 'seed') {
      state.seed = input.value;
      state.answer = null;
      asked = '';
      if (!state.touched) state.within = prefixOf(state.seed);
    } else if (input.name === 'within') {
      state.within = input.value;
      state.touched = input.value !== '';
    }
    draw();
    soon();
  }, signal);
  on(root, 'change', 'select', (_, select) => {
    if (select.name === 'use') state.use = select.value;
    Object.assign(state.values, fields($('[data-form=credential]', root)));
    draw();
    soon();
  }, signal);
  on(root, 'submit', 'form', async (event, form) => {
    event.preventDefault();
    if (form.dataset.form === 'credential') return $('[name=seed]', root).focus();
    const other = $('[data-form=credential]', root);
    if (!other.reportValidity()) return;
    const within = state.within.split(/[\s,;]+/).filter(Boolean);
    state.busy = true;
    state.trouble = null;
    draw();
    try {
      if (!state.use) {
        const c = credential();
        try {
          await api.post('credentials', c);
        } catch (problem) {
          // It is there from an attempt before: what was typed now holds.
          if (problem.status !== 409) throw problem;
          await api.patch('credentials/' + seg(c.name), c);
        }
      }
      await api.post('discovery', { targets: [state.seed.trim()], within });
      session.first = false;
      await begin();
    } catch (problem) { state.trouble = problem; }
    state.busy = false;
    draw();
  }, signal);
  const begin = async () => {
    state.started = true;
    place.title([t('start.title'), t('start.step.watch')]);
    draw();
    state.feed = await follow(signal, draw);
  };
  onAct(root, {
    version: at => {
      Object.assign(state.values, fields($('[data-form=credential]', root)));
      state.version = at.dataset.value;
      draw();
    },
    byhand: async () => {
      try {
        const name = t('start.byhand.name');
        await api.post('maps', { name }).catch(problem => { if (problem.status !== 409) throw problem; });
        session.first = false;
        go('/maps/' + seg(name) + '?edit=1');
      } catch (problem) { sayProblem(problem); }
    },
    stop: () => api.del('discovery').then(() => say(t('disc.stopped')), sayProblem),
    again: () => api.post('discovery', {}).catch(sayProblem),
    more: () => go('/discovery'),
    credential: at => addCredential(at.dataset.address),
    fold: at => foldSite(at.dataset.name, state.feed, draw),
  }, signal);

  // Leaving the page stops nothing: who comes back sees what runs.
  const now = await api.get('discovery', { signal }).catch(() => null);
  if (now?.running && !session.first) await begin();
  draw();
  $('[name=seed]', root)?.value || $('[name=community], [name=seed]', root)?.focus();
}

const fields = form => form ? Object.fromEntries(new FormData(form)) : {};

// What the station said of the seed: {ok, name, vendor, hardware, neighbors,
// within} or {ok: false, text}.
export function readProbe(told, address) {
  // Its own address alone is no place to look around in.
  const within = (told.within || []).filter(p => !/\/(32|128)$/.test(p));
  if (told.answers) return { ok: true, name: told.name || address, vendor: told.vendor, hardware: told.hardware, neighbors: told.neighbors, within };
  const why = { no_answer: 'start.silent', no_agent: 'start.noagent', no_route: 'start.noroute', wrong_credential: 'start.refused' }[told.reason];
  return { ok: false, text: why ? t(why, { address }) : [told.detail, told.remedy].filter(Boolean).join(' ') || t('start.silent', { address }) };
}
