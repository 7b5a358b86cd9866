// Who is here, and what they may do.
import { api, onRefused } from './api.js';
import { setZone } from './format.js';
import { LANGUAGES, lang, setLang } from './texts.js';

const ROLES = ['viewer', 'operator', 'administrator'];

// user, role, language, must_change; station, version, zone; first: the
// station knows no device yet.
export const session = { user: '', role: '', language: '', must_change: false, station: '', version: '', zone: '', first: false };

// May this person do what asks for a role?
export const may = role => ROLES.indexOf(session.role) >= ROLES.indexOf(role);

export function takeSession(value) {
  Object.assign(session, { user: '', role: '', language: '', must_change: false }, value);
  setZone(session.zone);
}

// True when somebody is signed in.
export async function loadSession() {
  try {
    takeSession(await api.get('session', { quiet: true }));
    return session.user !== '';
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) return false;
    if (problem.status === 404) { takeSession({ role: 'administrator' }); return true; }
    throw problem;
  }
}

// The language a person chose follows them to other browsers.
export async function followLanguage() {
  if (session.language && session.language !== lang() && session.language in LANGUAGES) await setLang(session.language);
}

export async function chooseLanguage(code) {
  await setLang(code);
  if (session.user) {
    session.language = code;
    await api.patch('session', { language: code }).catch(() => {});
  }
}

export const toLogin = () => '/login?next=' + encodeURIComponent(location.pathname + location.search);

export async function signOut() {
  await api.del('session').catch(() => {});
  takeSession({});
}

export { onRefused };
