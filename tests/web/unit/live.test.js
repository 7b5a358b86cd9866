// The stream of what changes: it is opened again when it says nothing any more.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { web } from './web.js';

mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.parse('2026-11-30T18:00:00Z') });
globalThis.window = {};
globalThis.addEventListener = () => {};

/* Streams that were asked for: answer() opens one, say(text) is what the station says on it. */
const streams = [];
globalThis.fetch = (path, { signal, headers }) => new Promise((done, fail) => {
  const told = [], s = { headers, signal, reads: null };
  const gone = () => { const e = new Error('gone'); fail(e); s.reads?.fail(e); };
  signal.addEventListener('abort', gone);
  s.say = (text) => {
    const value = new TextEncoder().encode(text);
    if (s.reads) { s.reads.done({ value }); s.reads = null; } else told.push(value);
  };
  const read = () => new Promise((d, f) => { if (told.length) d({ value: told.shift() }); else s.reads = { done: d, fail: f }; });
  s.answer = () => done({ ok: true, status: 200, body: { getReader: () => ({ read }) } });
  streams.push(s);
});

const { live } = await web('base/live.js');
const settled = async () => { for (let i = 0; i < 20; i++) await null; };
const after = async (s) => { for (let i = 0; i < s; i++) { mock.timers.tick(1000); await settled(); } };

test('a stream that died without a word is opened again where it ended', async () => {
  live.start();
  streams[0].answer();
  await settled();
  streams[0].say('id: 7\nevent: beat\ndata: {}\n\n');
  await after(8);
  streams[0].say('id: 8\nevent: beat\ndata: {}\n\n');
  await after(15);
  assert.ok(live.state.connected && live.state.stale && streams.length === 1, 'it may still come');
  await after(8);
  assert.equal(streams.length, 2);
  assert.ok(streams[0].signal.aborted);
  assert.equal(streams[1].headers['Last-Event-ID'], '8');
});

test('one that is not answered is asked for again', async () => {
  assert.ok(!live.state.connected);
  await after(14);
  assert.equal(streams.length, 3);
  streams[2].answer();
  await settled();
  assert.ok(live.state.connected && !live.state.stale && live.state.offlineSince === null);
});

test('one on which something arrives lives, however long that takes', async () => {
  for (let i = 0; i < 10; i++) {
    await after(5);
    streams[2].say('data: ');
    await settled();
  }
  assert.equal(streams.length, 3);
  live.stop();
  await after(60);
  assert.equal(streams.length, 3, 'nobody listens any more');
});

test('who begins anew after a while waits for the answer first', async () => {
  live.start();
  await after(5);
  assert.equal(streams.length, 4);
  streams[3].answer();
  await settled();
  assert.ok(live.state.connected);
  live.stop();
});
