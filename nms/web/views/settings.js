// Settings: what the configuration and commands do and a person would rather click. Only what this station can do is
// shown.
import { api } from '../base/api.js';
import { h, icon, render, $ } from '../base/html.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { loadingPart, problemPart } from '../parts/empty.js';

/* Parts, whom they are for, and the route that they need. */
const PARTS = [
  { id: 'station', icon: 'kind-station', role: 'viewer', route: 'status' },
  { id: 'credentials', icon: 'ui-key', role: 'operator', route: 'credentials' },
  { id: 'people', icon: 'ui-user', role: 'administrator', route: 'users' },
  { id: 'receivers', icon: 'ui-alerts', role: 'viewer', route: 'receivers' },
  { id: 'rules', icon: 'ui-risk', role: 'viewer', route: 'alerts/rules' },
  { id: 'ports', icon: 'state-down', role: 'viewer', route: 'alerts/ports' },
  { id: 'sites', icon: 'kind-cloud', role: 'viewer', route: 'sites' },
  { id: 'silences', icon: 'state-silenced', role: 'viewer', route: 'silences' },
  { id: 'audit', icon: 'ui-note', role: 'administrator', route: 'audit' },
];

let known = null; /* what the station can be asked */

async function routes(signal) {
  known ??= Object.keys((await api.get('openapi.json', { signal })).paths);
  return known;
}
const has = (paths, route) => paths.some((p) => p.replace(/^\/?(api\/v1\/)?/, '') === route);

export default async function view(place) {
  const { root, signal } = place;
  const wanted = place.params.part ?? 'station';
  let paths = null;
  try { paths = await routes(signal); } catch (problem) {
    if (problem.name === 'AbortError') return;
    paths = ['status', 'receivers', 'silences'];
  }
  const parts = PARTS.filter((p) => may(p.role) && has(paths, p.route)), part = parts.find((p) => p.id === wanted);
  place.title([{ text: t('nav.settings'), href: '/settings' }, t(`settings.${PARTS.some((p) => p.id === wanted) ? wanted : 'station'}`)]);
  render(root, h`<div class="set-view"><nav class="set-nav" aria-label="${t('nav.settings')}">${parts.map((p) => h`<a href="/settings/${p.id}" class="${p.id === wanted ? 'here' : ''}" ${p.id === wanted && h`aria-current="page"`}>${icon(p.icon)}<span>${t(`settings.${p.id}`)}</span></a>`)}</nav><div class="set-body"></div></div>`);
  const body = $('.set-body', root);
  if (!part) {
    const there = PARTS.some((p) => p.id === wanted);
    render(body, problemPart({ title: t(there && !may(PARTS.find((p) => p.id === wanted).role) ? 'settings.notyours' : 'settings.nothere'), link: { href: '/settings/station', text: t('settings.station') } }));
    return;
  }
  const slow = setTimeout(() => render(body, loadingPart()), 200);
  try {
    const module = await import(`./settings_${part.id}.js`);
    await module.default({ ...place, body, again: () => go(location.href) });
  } catch (problem) {
    if (problem.name !== 'AbortError' && !signal.aborted) render(body, problemPart({ title: t('settings.failed'), detail: problem.detail ?? problem.message, remedy: problem.remedy, retry: true }));
  } finally { clearTimeout(slow); }
}
