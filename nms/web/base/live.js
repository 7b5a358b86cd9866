// What changes at the station, as it changes: one stream for all pages of a
// browser, which has few connections to one station. Whoever holds the lock
// reads it and passes on what it says; when that page closes, the next one goes
// on where it ended.
import { api } from './api.js';
import { eventReader } from './sse.js';

const STALE_MS = 10000;
const DEAD_MS = 20000; // the station says something every 5 s: nobody is there any more
const ANSWER_MS = 10000; // a stream is there at once
const WAITS_S = [1, 2, 4, 8, 10];
const LOCK = 'portolan.stream';

const hearers = new Map(); // kind -> Set of functions
const watchers = new Set();
const channel = 'BroadcastChannel' in window ? new BroadcastChannel(LOCK) : null;
let position = null, open = null, heard = 0, tries = 0, timer = null, running = false;
let leading = false; // this page reads the stream
let ending = null, release = () => {};

export const live = {
  // connected; at: ms of the last word from the station; stale; offlineSince
  // and next (ms) while there is no contact.
  state: { connected: false, at: 0, stale: false, offlineSince: null, next: null },

  // Calls fn(data) for each change of a kind: device link alert risk discovery
  // map status event, and `reset`: load anew. The answer ends it.
  on(kind, fn, signal) {
    if (!hearers.has(kind)) hearers.set(kind, new Set());
    hearers.get(kind).add(fn);
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
    ending = new AbortController();
    if (!channel || !navigator.locks) return lead();
    navigator.locks.request(LOCK, { signal: ending.signal }, () => {
      lead();
      return new Promise(done => { release = done; });
    }).catch(() => {}); // it was ended while it waited
    pass({ ask: 'state' });
  },

  stop() {
    running = leading = false;
    clearTimeout(timer);
    ending?.abort();
    open?.abort();
    open = null;
    release();
  },

  // Tries again at once.
  retry() {
    if (!running || live.state.connected) return;
    if (leading) connect();
    else pass({ ask: 'retry' });
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
  if (JSON.stringify(live.state) === before) return;
  if (leading) pass({ state: live.state });
  for (const fn of [...watchers]) fn(live.state);
}

// ---- between the pages of a browser ----

const pass = message => channel?.postMessage(message);

channel?.addEventListener('message', ({ data }) => {
  if (!running) return;
  if (leading) {
    if (data.ask === 'state') pass({ state: live.state });
    else if (data.ask === 'retry') live.retry();
  } else if (data.state) {
    tellState(data.state);
  } else if (data.said) {
    take(data.said);
  }
});

// A page that the browser puts aside for "back" gives the stream to another.
addEventListener('pagehide', event => { if (event.persisted && running) { live.stop(); running = null; } });
addEventListener('pageshow', event => { if (event.persisted && running === null) live.start(); });

// ---- the stream ----

function lead() {
  leading = true;
  connect();
}

function word() {
  tries = 0;
  tellState({ connected: true, at: Date.now(), stale: false, offlineSince: null, next: null });
}

function take({ event, data, id }) {
  if (id !== null) position = id;
  let value;
  try { value = JSON.parse(data); } catch { return; }
  hear(event, value);
}

function message(said) {
  word();
  pass({ said });
  take(said);
}

async function connect() {
  clearTimeout(timer);
  open?.abort();
  const mine = open = new AbortController();
  heard = Date.now();
  const late = setTimeout(() => { if (open === mine) drop(); }, ANSWER_MS);
  const headers = { Accept: 'text/event-stream' };
  if (position !== null) headers['Last-Event-ID'] = position;
  let answer = null;
  try {
    answer = await fetch('/api/v1/stream', { headers, signal: mine.signal, credentials: 'same-origin', cache: 'no-store' });
  } catch { /* no contact */ }
  clearTimeout(late);
  if (mine.signal.aborted) return;
  if (answer?.status === 401) { live.stop(); return api.get('status').catch(() => {}); }
  if (!answer?.ok || !answer.body) return lost();
  heard = Date.now();
  word();
  const read = eventReader(message), text = new TextDecoder();
  const source = answer.body.getReader();
  try {
    for (;;) {
      const { value, done } = await source.read();
      if (done) break;
      heard = Date.now();
      read(text.decode(value, { stream: true }));
    }
  } catch { /* it broke */ }
  if (!mine.signal.aborted) lost();
}

// A stream that says nothing, and does not end either.
function drop() {
  open?.abort();
  lost();
}

function lost() {
  const wait = WAITS_S[Math.min(tries++, WAITS_S.length - 1)] * 1000;
  tellState({ connected: false, offlineSince: live.state.offlineSince || live.state.at || Date.now(),
              next: Date.now() + wait });
  timer = setTimeout(connect, wait);
}

setInterval(() => {
  if (!running || !live.state.at) return;
  tellState({ stale: Date.now() - live.state.at > STALE_MS });
  if (leading && live.state.connected && Date.now() - heard > DEAD_MS) drop();
}, 1000);
