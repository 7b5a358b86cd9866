// Signing in; with a one-time password the same card asks for a new one.
import { api, Problem } from '../base/api.js';
import { h, icon, render, $, on } from '../base/html.js';
import { go } from '../base/route.js';
import { lang, LANGUAGES, t } from '../base/texts.js';
import { chooseLanguage, session, takeSession, loadSession } from '../base/session.js';
import { problemLine } from '../parts/empty.js';
import { strength } from '../parts/strength.js';
import { sea } from './login_sea.js';
import { begin, home } from '../app.js';

const field = (name, label, { type = 'password', autocomplete, hint = '', autofocus = false }) =>
  h`<div class="f" data-key="f-${name}"><label><span>${label}</span><input name="${name}" type="${type}" autocomplete="${autocomplete}" required ${autofocus && h`autofocus`} ${hint && h`aria-describedby="${name}-hint"`} spellcheck="false" autocapitalize="none"></label>${hint}</div>`;

export default async function view(place) {
  const next = place.query.get('next');
  // Only to an address of this page.
  const target = next && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : null;
  const state = { card: session.must_change || place.query.has('password') ? 'change' : 'sign', user: session.user, old: null, trouble: null, busy: false, word: '' };

  const sign = () => h`<form data-form="sign" data-key="sign" aria-label="${t('login.title')}"><h1>${icon('kind-station')}Portolan</h1><p class="dim">${t('login.tag')}</p>
    ${field('user', t('login.user'), { type: 'text', autocomplete: 'username', autofocus: true })}${field('password', t('login.pass'), { autocomplete: 'current-password' })}
    ${state.trouble && problemLine(state.trouble, t('login.refused'))}
    <button class="btn pri wide" type="submit" ${state.busy && h`disabled`}>${t('login.title')}</button><p class="dimmer small">${t('login.hint')}</p></form>`;
  const change = () => h`<form data-form="change" data-key="change" aria-label="${t('login.new')}"><h1>${icon('kind-station')}${t('login.new')}</h1><p class="dim">${state.old !== null ? t('login.new.first') : t('login.new.why')}</p>
    <input type="text" name="user" autocomplete="username" value="${state.user}" hidden>
    ${state.old === null && field('old', t('login.old'), { autocomplete: 'current-password', autofocus: true })}
    ${field('new', t('login.new'), { autocomplete: 'new-password', autofocus: state.old !== null, hint: h`<small id="new-hint" class="strength ${state.word}" aria-live="polite">${state.word && h`<i></i>`}${state.word ? t('login.strength.' + state.word) : t('login.strength')}</small>` })}
    ${state.trouble && problemLine(state.trouble)}
    <button class="btn pri wide" type="submit" ${state.busy && h`disabled`}>${t('login.new.save')}</button>${state.old === null && !session.must_change && h`<a class="btn quiet" href="${target || home()}">${t('cancel')}</a>`}</form>`;

  const draw = () => {
    place.title([state.card === 'sign' ? t('login.title') : t('login.new')]);
    render(place.root, h`<div class="login">${sea()}<div class="langs" role="group" aria-label="${t('login.language')}">${Object.entries(LANGUAGES).map(([code, name]) =>
      h`<button type="button" data-lang="${code}" lang="${code}" aria-pressed="${String(code === lang())}">${name}</button>`)}</div>
      <div class="login-card">${state.card === 'sign' ? sign() : change()}${session.station && h`<p class="login-station dimmer">${session.station}${session.version && ' · ' + session.version}</p>`}</div></div>`);
  };
  const focus = () => ($('[autofocus]', place.root) || $('input:not([hidden])', place.root))?.focus();
  const attempt = async fn => {
    state.busy = true;
    state.trouble = null;
    draw();
    try {
      await fn();
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      state.trouble = problem;
    }
    state.busy = false;
    if (!place.signal.aborted) draw();
  };
  const enter = async () => {
    await loadSession();
    await begin();
    go(session.first ? '/start' : target || home(), { replace: true });
  };

  on(place.root, 'submit', '[data-form=sign]', (event, form) => {
    event.preventDefault();
    const { user, password } = Object.fromEntries(new FormData(form));
    attempt(async () => {
      let who;
      try {
        who = await api.post('session', { user, password }, { quiet: true });
      } catch (problem) {
        form.password.select();
        if (problem.status === 401) throw new Problem(401, { detail: t('login.wrong'), remedy: t('login.wrong.remedy') });
        if (problem.status === 429) throw new Problem(429, { detail: t('login.slow'), remedy: problem.detail });
        throw problem;
      }
      takeSession(who);
      if (!who.must_change) return enter();
      Object.assign(state, { card: 'change', user, old: password, word: '' });
      draw();
      focus();
    });
  }, place.signal);
  on(place.root, 'submit', '[data-form=change]', (event, form) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    attempt(async () => {
      await api.post('session/password', { old: state.old ?? values.old, new: values.new }, { quiet: true });
      session.must_change = false;
      await enter();
    });
  }, place.signal);
  on(place.root, 'input', '[name=new]', (_, input) => {
    state.word = input.value ? strength(input.value) : '';
    draw();
  }, place.signal);
  on(place.root, 'click', '[data-lang]', async (_, at) => {
    await chooseLanguage(at.dataset.lang);
    draw();
  }, place.signal);
  draw();
  focus();
}
