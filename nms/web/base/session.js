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

// Whether this browser was signed in: the cookie is the station's, no script sees
// it, and a stranger need not be refused to learn that.
const remembered = {
  get: () => { try { return localStorage.getItem('portolan.signed') === 'in'; } catch { return true; } },
  set: signed => { try { signed ? localStorage.setItem('portolan.signed', 'in') : localStorage.removeItem('portolan.signed'); } catch { /* not kept */ } },
};

export function takeSession(value) {
  Object.assign(session, { user: '', role: '', language: '', must_change: false }, value);
  remembered.set(session.user !== '');
  setZone(session.zone);
}

// True when somebody is signed in.
export async function loadSession() {
  if (!remembered.get()) return false;
  try {
    takeSession(await api.get('session', { quiet: true }));
    return session.user !== '';
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) { takeSession({}); return false; }
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
