// Where the page starts: texts, who is here, the shell, and which address
// shows which view.
import { loadIcons } from './base/html.js';
import { live } from './base/live.js';
import { route, startRoutes } from './base/route.js';
import { loadTexts } from './base/texts.js';
import { followLanguage, loadSession, session, toLogin } from './base/session.js';
import { shown, startShell } from './parts/shell.js';
import { say } from './parts/toast.js';
import './parts/tell.js';

route('/login', '/views/login.js', { plain: true, name: 'login', styles: ['login'] });
route('/start', '/views/start.js', { nav: 'discovery', name: 'start', styles: ['discovery'] });
route('/maps/:name', '/views/map.js', { nav: 'map', styles: ['map'] });
route('/maps', '/views/maps.js', { nav: 'map', name: 'maps', styles: ['map'] });
route('/devices', '/views/devices.js', { nav: 'devices', styles: ['device'] });
route('/devices/:name/:tab?', '/views/device.js', { nav: 'devices', name: 'device', styles: ['device', '/vendor/uPlot.min.css', 'chart'] });
route('/graphs', '/views/graphs.js', { nav: 'graphs', styles: ['/vendor/uPlot.min.css', 'chart', 'graphs'] });
route('/alerts', '/views/alerts.js', { nav: 'alerts', styles: ['/vendor/uPlot.min.css', 'chart', 'map', 'alerts'] });
route('/events', '/views/events.js', { nav: 'events', styles: ['alerts'] });
route('/risk', '/views/risk.js', { nav: 'risk', styles: ['risk', '/vendor/uPlot.min.css', 'chart'] });
route('/discovery/:run?', '/views/discovery.js', { nav: 'discovery', styles: ['discovery'] });
route('/settings/:part?', '/views/settings.js', { nav: 'settings', styles: ['settings'] });
route('/wall/:name?', '/views/wall.js', { plain: true, nav: 'wall', styles: ['risk', 'map', 'wall'] });

// Which view the bare address leads to.
export const home = () => session.first ? '/start' : '/maps/physical';

// Called when somebody is signed in, also by the view that signs in.
export async function begin() {
  await followLanguage();
  live.start();
}

async function start() {
  const [known] = await Promise.all([loadSession(), loadTexts(document.documentElement.lang), loadIcons()]);
  startShell();
  const first = location.pathname === '/';
  if (!known || session.must_change) {
    if (location.pathname !== '/login') history.replaceState(null, '', first ? '/login' : toLogin());
  } else {
    await begin();
    if (first) history.replaceState(null, '', home());
    if (location.pathname === '/login' && !new URLSearchParams(location.search).has('password')) history.replaceState(null, '', home());
  }
  await startRoutes(document.getElementById('main'), shown);
}

route('/', '/views/home.js', { nav: 'map' });
start().catch(error => {
  console.warn(error);
  document.body.className = 'plain';
  say(error.detail || error.message, { undo: () => location.reload(), label: '↻', kind: 'trouble' });
});

