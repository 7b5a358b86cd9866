// What changes at the station, as it changes: one stream for the whole page.
// While there is none, the status is asked every few seconds and who listens
// for `reset` loads anew.
import { api } from './api.js';
import { eventReader } from './sse.js';

const STALE_MS = 10000, POLL_MS = 5000, RELOAD_MS = 15000;
const WAITS_S = [1, 2, 4, 8, 10];

const hearers = new Map(); // kind -> Set of functions
const watchers = new Set();
let wanted = new Set(['status', 'alert']);
let position = null, open = null, tries = 0, timer = null, running = false, reloaded = 0;

export const live = {
  // connected; at: ms of the last word from the station; stale; offlineSince
  // and next (ms) while there is no contact; polling: without a stream.
  state: { connected: false, at: 0, stale: false, offlineSince: null, next: null, polling: false },

  // Calls fn(data) for each change of a kind: device link alert risk discovery
  // map status event, and `reset`: load anew. The answer ends it.
  on(kind, fn, signal) {
    if (!hearers.has(kind)) hearers.set(kind, new Set());
    hearers.get(kind).add(fn);
    if (kind !== 'reset' && kind !== 'beat' && !wanted.has(kind)) {
      wanted.add(kind);
      if (running) setTimeout(reopen);
    }
    const end = () => hearers.get(kind).delete(fn);
    signal?.addEventListener('abort', end, { once: true });
    return end;
  },

  // Calls fn(state) when it changes.
  onState(fn, signal) {
    watchers.add(fn);
    const end = () => watchers.delete(fn);
    signal?.addEventListener('abort', end, { once: true });
    return end;
  },

  start() {
    if (running) return;
    running = true;
    connect();
  },

  stop() {
    running = false;
    clearTimeout(timer);
    open?.abort();
    open = null;
  },

  // Tries again at once.
  retry() {
    clearTimeout(timer);
    if (running && !live.state.connected) connect();
  },

  // For an event that the page itself learned of.
  tell: (kind, data) => hear(kind, data),
};

function hear(kind, data) {
  for (const fn of [...(hearers.get(kind) || [])]) {
    try { fn(data); } catch (error) { console.error(error); }
  }
}

function tellState(change) {
  const before = JSON.stringify(live.state);
  Object.assign(live.state, change);
  if (JSON.stringify(live.state) !== before)
    for (const fn of [...watchers]) fn(live.state);
}

function word() {
  tries = 0;
  tellState({ connected: true, at: Date.now(), stale: false, offlineSince: null, next: null });
}

function message({ event, data, id }) {
  if (id !== null) position = id;
  word();
  let value;
  try { value = JSON.parse(data); } catch { return; }
  hear(event, value);
}

let reopening = false;
function reopen() {
  if (reopening) return;
  reopening = true;
  queueMicrotask(() => {
    reopening = false;
    if (!running || live.state.polling) return;
    open?.abort();
    clearTimeout(timer);
    connect();
  });
}

async function connect() {
  clearTimeout(timer);
  const mine = open = new AbortController();
  const headers = { Accept: 'text/event-stream' };
  if (position !== null) headers['Last-Event-ID'] = position;
  let answer = null;
  try {
    answer = await fetch('/api/v1/stream?kinds=' + [...wanted].sort().join(','),
                         { headers, signal: mine.signal, credentials: 'same-origin', cache: 'no-store' });
  } catch { /* no contact */ }
  if (mine.signal.aborted) return;
  if (answer && (answer.status === 404 || answer.status === 501)) return poll();
  if (answer?.status === 401) { live.stop(); return api.get('status').catch(() => {}); }
  if (!answer?.ok || !answer.body) return lost(answer?.status);
  word();
  tellState({ polling: false });
  const read = eventReader(message), text = new TextDecoder();
  const source = answer.body.getReader();
  try {
    for (;;) {
      const { value, done } = await source.read();
      if (done) break;
      read(text.decode(value, { stream: true }));
    }
  } catch { /* it broke */ }
  if (!mine.signal.aborted) lost();
}

function lost() {
  const wait = WAITS_S[Math.min(tries++, WAITS_S.length - 1)] * 1000;
  tellState({ connected: false, offlineSince: live.state.offlineSince || live.state.at || Date.now(),
              next: Date.now() + wait });
  timer = setTimeout(connect, wait);
}

async function poll() {
  if (!running) return;
  tellState({ polling: true });
  try {
    hear('status', await api.get('status'));
    const back = !live.state.connected && live.state.at > 0;
    word();
    if (back || Date.now() - reloaded > RELOAD_MS) {
      reloaded = Date.now();
      hear('reset', {});
    }
    timer = setTimeout(poll, POLL_MS);
  } catch (problem) {
    if (problem.status === 401) return live.stop();
    lost();
  }
}

setInterval(() => {
  if (!running || !live.state.at) return;
  tellState({ stale: Date.now() - live.state.at > STALE_MS });
}, 1000);

// A page that was left may live on in the browser's memory: its stream would
// hold one of the six connections that a browser has for the station.
addEventListener('pagehide', () => {
  clearTimeout(timer);
  open?.abort();
});
addEventListener('pageshow', event => {
  if (event.persisted && running) connect();
});
