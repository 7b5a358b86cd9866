// The station itself: how it does and what it takes.
import { api } from '../base/api.js';
import { h, render } from '../base/html.js';
import { binary, duration, moment, number } from '../base/format.js';
import { t } from '../base/texts.js';
import { fill } from '../parts/bar.js';
import { mark } from '../parts/mark.js';

const EVERY_MS = 2000;

const figure = (name, value, note = '') => h`<div><small>${name}</small><b>${value}</b>${note && h`<small>${note}</small>`}</div>`;
const yes = (ok, good, bad, state = 'major') => mark(ok ? 'up' : state, { label: t(ok ? good : bad) });

/* What is worth a look, in words. */
function troubles(s) {
  return [s.isolated && t('isolated'), s.overloaded && t('station.overloaded'), s.rrdcached_up === false && t('station.rrd.away'), s.series_fit === false && t('station.nofit'),
    s.socket_drops > 0 && t('station.drops', { n: number(s.socket_drops) }), s.profile_faults > 0 && t('station.faults', { n: s.profile_faults })].filter(Boolean);
}

export default async function station({ body, signal }) {
  let s = null;

  function draw() {
    const used = s.series_bytes + s.disk_free > 0 ? s.series_bytes / (s.series_bytes + s.disk_free) : 0, bad = troubles(s);
    render(body, h`${bad.length > 0 && h`<section class="card trouble" role="alert" data-key="trouble">${bad.map((b) => h`<p>${b}</p>`)}</section>`}
      <section class="card" data-key="who"><div class="bar-h"><h3>${s.name}</h3><span class="dim">Portolan ${s.version}</span><span class="grow"></span><span class="dim">${t('station.since', { at: moment(s.started), age: duration((Date.parse(s.now) - Date.parse(s.started)) / 1000) })}</span></div>
      <div class="stat mt">${figure(t('station.requests'), number(s.requests_per_second, 1), t('station.persecond'))}${figure(t('station.inflight'), number(s.requests_in_flight), t('station.waiting', { n: s.requests_waiting }))}${figure(t('station.late'), `${number(s.poll_lateness_p99_ms)} ms`, t('station.late.most', { ms: number(s.poll_lateness_max_ms) }))}
      ${figure(t('station.lag'), `${number(s.loop_lag_ms)} ms`, t('station.held', { ms: number(s.loop_held_max_ms) }))}${figure(t('station.polls'), number(s.polls), t('station.failed', { n: number(s.poll_failures) }))}${figure(t('station.timeouts'), number(s.timeouts), t('station.retries', { n: number(s.retries) }))}${figure(t('station.ports'), number(s.ports_polled))}${figure(t('station.memory'), binary(s.memory_bytes))}</div></section>
      <div class="cols half"><section class="card" data-key="sizes"><h3>${t('station.storage')}</h3><dl class="kv"><dt>${t('station.series')}</dt><dd>${fill(used)} ${binary(s.series_bytes)} · ${t('station.free', { size: binary(s.disk_free_bytes) })}</dd><dt>${t('station.foretold')}</dt><dd>${binary(s.series_bytes_foretold)} ${yes(s.series_fit, 'station.fits', 'station.nofit.short')}</dd><dt>${t('station.spool')}</dt><dd>${binary(s.spool_bytes)} · ${t('station.queued', { n: number(s.series_queue) })}</dd><dt>${t('station.state')}</dt><dd>${t('station.queued', { n: number(s.store_queue) })}</dd><dt>${t('station.data')}</dt><dd class="mono">${s.data}</dd></dl></section>
      <section class="card" data-key="parts"><h3>${t('station.parts')}</h3><dl class="kv"><dt>rrdcached</dt><dd>${yes(s.rrdcached_up, 'station.works', 'station.away')}</dd><dt>AgentX</dt><dd>${s.agentx === 'off' ? t('station.off') : s.agentx}</dd><dt>${t('station.notifications')}</dt><dd>${t('station.heard', { n: number(s.notifications), strange: number(s.notifications_strange) })}</dd><dt>${t('station.profiles')}</dt><dd>${number(s.profiles)}${s.profile_faults > 0 && h` · ${t('station.faults', { n: s.profile_faults })}`}</dd><dt>${t('station.fenced')}</dt><dd>${number(s.fenced)}</dd><dt>${t('station.more')}</dt><dd class="set-links"><a class="link" href="/metrics">Prometheus</a><a class="link" href="/api/v1/openapi.json">OpenAPI</a><a class="link" href="/api/v1/mib">PORTOLAN-MIB</a></dd></dl></section></div>`);
  }
  async function load() {
    const answer = await api.get('status', { signal });
    s = { ...answer, disk_free: answer.disk_free_bytes ?? 0 };
    draw();
  }
  const timer = setInterval(() => { if (!document.hidden) load().catch(() => { /* the next time */ }); }, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  await load();
}
