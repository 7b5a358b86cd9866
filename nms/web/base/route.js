// Addresses and the views they show. The address is the state: what a person
// sees can be shared, and back leads back.
import { render } from './html.js';
import { t } from './texts.js';
import { problemPart, loadingPart } from '../parts/empty.js';

const routes = []; // {match, names, module, styles, nav, plain}
let current = null; // {place, route, path, leave, queries}
let outlet = null, onShow = () => {};

// '/devices/:name/:tab?' with where its view is.
export function route(pattern, module, options = {}) {
  const names = [];
  const source = pattern.replace(/\/:(\w+)(\?)?/g, (_, name, maybe) => {
    names.push(name);
    return maybe ? '(?:/([^/]+))?' : '/([^/]+)';
  });
  routes.push({ match: new RegExp('^' + source + '/?$'), names, module, ...options });
}

function find(path) {
  for (const r of routes) {
    const m = r.match.exec(path);
    if (!m) continue;
    const params = {};
    try {
      r.names.forEach((name, i) => { params[name] = m[i + 1] === undefined ? null : decodeURIComponent(m[i + 1]); });
    } catch { return null; }
    return { route: r, params };
  }
  return null;
}

// Styles are loaded once, before the view that needs them is drawn.
const styles = new Map();
function style(name) {
  if (!styles.has(name))
    styles.set(name, new Promise(done => {
      const href = name.startsWith('/') ? name : `/style/${name}.css`, ahead = document.head.querySelector(`link[rel=stylesheet][href="${href}"]`);
      if (ahead?.sheet) return done();
      const link = ahead || Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
      link.onload = link.onerror = () => done();
      if (!ahead) document.head.append(link);
    }));
  return styles.get(name);
}

function makePlace(root, params, query, signal, entry) {
  const place = {
    root, params, query, signal,
    // Crumbs: texts or {text, href}; the last one is where we are.
    title(crumbs) {
      const list = crumbs.map(c => typeof c === 'string' ? { text: c } : c);
      if (signal.aborted) return;
      entry.crumbs = list;
      document.title = list.at(-1).text + ' · Portolan';
      onShow({ crumbs: list, route: entry.route, place });
    },
    // Changes the query alone: null removes, a list repeats. The view is told
    // by onQuery only when the change comes from the address (back, forward).
    setQuery(values, { push = false, tell = false } = {}) {
      if (signal.aborted) return;
      for (const [key, value] of Object.entries(values)) {
        place.query.delete(key);
        if (Array.isArray(value)) value.forEach(v => place.query.append(key, v));
        else if (value !== null && value !== undefined && value !== '') place.query.set(key, value);
      }
      const text = readable(place.query);
      const address = location.pathname + (text ? '?' + text : '');
      if (address !== location.pathname + location.search)
        history[push ? 'pushState' : 'replaceState'](null, '', address);
      if (tell) entry.queries.forEach(fn => fn(place.query));
    },
    onQuery(fn) { entry.queries.push(fn); },
  };
  return place;
}

// Commas, colons, slashes and stars may stand in a query as they are.
const readable = query => query.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%40/g, '@');

async function show(force) {
  const path = location.pathname;
  const query = new URLSearchParams(location.search);
  if (!force && current && current.path === path) {
    const q = current.place.query;
    for (const key of [...q.keys()]) q.delete(key);
    for (const [k, v] of query) q.append(k, v);
    current.queries.forEach(fn => fn(q));
    return;
  }
  current?.leave.abort();
  const leave = new AbortController();
  const found = find(path);
  const root = document.createElement('div');
  root.className = 'view';
  const entry = current = { path, leave, queries: [], route: found?.route || {}, crumbs: [] };
  entry.place = makePlace(root, found?.params || {}, query, leave.signal, entry);
  onShow({ crumbs: [{ text: found ? t('nav.' + (found.route.nav || 'map')) : t('route.lost') }],
           route: entry.route, place: entry.place });
  const slow = setTimeout(() => {
    if (leave.signal.aborted || root.isConnected) return;
    outlet.replaceChildren(root);
    if (!root.childNodes.length) render(root, loadingPart());
  }, 200);
  try {
    if (!found) {
      entry.place.title([t('route.lost')]);
      render(root, problemPart({ title: t('route.lost'), detail: t('route.lost.text', { path }),
                                 link: { href: '/', text: t('route.home') } }));
    } else {
      const [module] = await Promise.all([import(found.route.module), ...(found.route.styles || []).map(style)]);
      if (leave.signal.aborted) return;
      const view = module.default(entry.place);
      outlet.replaceChildren(root);
      await view;
    }
  } catch (error) {
    if (leave.signal.aborted || error.name === 'AbortError') return;
    console.warn(error);
    render(root, problemPart({ title: t('route.failed'), detail: error.detail || error.message,
                               remedy: error.remedy || t('route.failed.remedy'), retry: true }));
  } finally {
    clearTimeout(slow);
    if (!leave.signal.aborted && !root.isConnected) outlet.replaceChildren(root);
  }
}

// Goes to an address of the page; replace: back does not lead here again.
export function go(address, { replace = false } = {}) {
  const to = new URL(address, location.href);
  if (to.origin !== location.origin) return;
  const same = to.href === location.href;
  if (!same) history[replace ? 'replaceState' : 'pushState'](null, '', to.href);
  show(same || to.pathname !== current?.path);
  if (to.pathname !== current?.path || same) scrollTo(0, 0);
}

// Draws the view anew: another language, another person.
export const again = () => show(true);
export const place = () => current?.place;

export function startRoutes(element, shown) {
  outlet = element;
  onShow = shown;
  addEventListener('popstate', () => show(false));
  addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!link || link.target || link.hasAttribute('download')) return;
    const to = new URL(link.getAttribute('href') ?? '', location.href);
    if (to.origin !== location.origin || to.pathname.startsWith('/api/') || !find(to.pathname)) return;
    if (to.pathname === location.pathname && to.search === location.search && to.hash) return;
    event.preventDefault();
    go(to.href);
  });
  outlet.addEventListener('click', event => {
    if (event.target instanceof Element && event.target.closest('[data-retry]')) again();
  });
  return show(true);
}

