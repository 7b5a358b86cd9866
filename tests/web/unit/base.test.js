// Templates, figures, times, the stream: what every view stands on.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { web } from './web.js';

const { h, Safe } = await web('base/html.js');
const format = await web('base/format.js');
const { eventReader } = await web('base/sse.js');
const texts = await web('base/texts.js');
const { withQuery } = await web('base/api.js');
const { keyName } = await web('base/keys.js');
const { untilHad } = await web('base/until.js');

const catalogue = async l => texts.use(l, (await web(`texts/${l}.js`)).default);
await catalogue('en');

test('what is put into a template is text, never markup', () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'`&';
  const made = String(h`<b title="${evil}">${evil}</b>`);
  assert.ok(!/<script|<img/.test(made));
  assert.equal(made.match(/"/g).length, 2, 'an attribute does not end early');
  assert.ok(!made.includes('`'));
});

test('lists are joined, nothing is nothing, templates are kept', () => {
  assert.equal(String(h`<i>${[h`<b>1</b>`, '<', null, false, undefined, true]}${0}</i>`), '<i><b>1</b>&#60;0</i>');
  assert.ok(h`` instanceof Safe);
});

test('an object that looks like a template is text', () => {
  assert.equal(String(h`${{ text: '<b>', toString: () => '<b>' }}`), '&#60;b&#62;');
});

test('figures have the prefix that people read', () => {
  assert.equal(format.si(7.1e9), '7.10 Gbit/s');
  assert.equal(format.si(0), '0 bit/s');
  assert.equal(format.si(999.7e6), '1.00 Gbit/s');
  assert.equal(format.si(-1500, 'W'), '−1.50 kW');
  assert.equal(format.binary(1610612736), '1.50 GiB');
  assert.equal(format.percent(0.614), '61 %');
  assert.equal(format.percent(0.0001), '<1 %');
  assert.equal(format.percent(0), '0 %');
  assert.equal(format.speed(2.5e9), '2.5 G');
  assert.equal(format.speed(4e10), '40 G');
  assert.equal(format.reading(24.5, 'C'), '24.5 °C');
  assert.equal(format.reading(-7.8, 'dBm'), '−7.8 dBm');
  assert.equal(format.number(1234567), '1,234,567');
});

test('what is not known is a dash', () => {
  for (const f of ['si', 'binary', 'percent', 'number', 'duration', 'age', 'moment', 'clock', 'day', 'reading'])
    for (const v of [null, undefined, '', NaN]) assert.equal(format[f](v), '–', f);
  assert.equal(format.moment('yesterday'), '–');
});

test('ages and spans', () => {
  const now = Date.parse('2026-11-21T14:05:00Z');
  assert.equal(format.age('2026-11-21T14:04:18Z', now), '42 s');
  assert.equal(format.age('2026-11-21T13:53:00Z', now), '12 min');
  assert.equal(format.age('2026-11-20T14:00:00Z', now), '1 d');
  assert.equal(format.age('2026-11-21T14:06:00Z', now), '0 s', 'clocks that disagree do not go below zero');
  assert.equal(format.duration(93784), '1 d 2 h');
  assert.equal(format.duration(59), '59 s');
});

test('times are in the zone of the station, with seconds, by the locale', async () => {
  format.setZone('Asia/Tokyo');
  assert.equal(format.clock('2026-11-21T14:05:09Z'), '23:05:09');
  assert.equal(format.day('2026-11-21T23:05:09Z'), '2026-11-22');
  assert.equal(format.dayName('2026-11-21T23:05:09Z'), 'Sunday, November 22, 2026');
  await catalogue('ja');
  assert.match(format.moment('2026-11-21T14:05:09Z'), /2026\/11\/21.23:05:09/);
  await catalogue('en');
  format.setZone('Nowhere/At-all');
  assert.equal(format.zoneName(), undefined);
  format.setZone(undefined);
});

test('a long name is cut in the middle', () => {
  assert.equal(format.cut('hamburg-access-switch-a12', 12), 'hambur…h-a12');
  assert.equal(format.cut('short', 12), 'short');
  assert.equal([...format.cut('测试'.repeat(20), 9)].length, 9);
});

test('steps of load and levels of risk are those of the map', () => {
  assert.deepEqual([0, 0.009, 0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.2].map(format.loadStep), [0, 0, 1, 2, 3, 4, 5, 6, 7, 7]);
  assert.deepEqual([0, 24.9, 25, 50, 75, 100, 125].map(format.riskLevel), [1, 1, 2, 3, 4, 5, 5]);
});

test('names go by their numbers', () => {
  assert.deepEqual(['Et10', 'Et2', 'Et1/2', 'Et1/10'].sort(format.byName), ['Et1/2', 'Et1/10', 'Et2', 'Et10']);
});

test('texts take values and plural forms', () => {
  texts.use('en', { a: 'Hello {who}', b: { one: '{n} link', other: '{n} links' } });
  assert.equal(texts.t('a', { who: '<b>' }), 'Hello <b>');
  assert.equal(texts.t('a'), 'Hello {who}');
  assert.equal(texts.t('b', { n: 1 }), '1 link');
  assert.equal(texts.t('b', { n: 1200 }), '1,200 links');
  assert.equal(texts.t('c'), 'c');
});

test('events of a stream, however it is cut', () => {
  const stream = 'retry: 3000\n\nid: 7-1\nevent: device\ndata: {"a":1}\ndata: 2\n\n: note\r\nevent: beat\r\ndata:x\r\n\r\ndata: end\n\n';
  for (const size of [1, 2, 3, 5, 1000]) {
    const got = [], read = eventReader(e => got.push(e));
    for (let i = 0; i < stream.length; i += size) read(stream.slice(i, i + size));
    assert.deepEqual(got, [{ event: 'device', data: '{"a":1}\n2', id: '7-1' }, { event: 'beat', data: 'x', id: '7-1' }, { event: 'message', data: 'end', id: '7-1' }], `pieces of ${size}`);
  }
});

const settled = async () => { for (let i = 0; i < 10; i++) await null; };

test('what failed is asked again until it is had', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const page = new AbortController(), told = [];
    let asked = 0, works = false;
    const ask = untilHad(async () => { asked++; if (!works) throw new Error('full'); }, page.signal, (problem) => told.push(problem.message));
    await ask();
    assert.deepEqual([asked, told], [1, ['full']]);
    for (const [s, times] of [[1, 1], [1, 2], [4, 3], [8, 4], [29, 4], [1, 5]]) {
      mock.timers.tick(s * 1000);
      await settled();
      assert.equal(asked, times);
    }
    works = true;
    mock.timers.tick(30000);
    await settled();
    mock.timers.tick(100000);
    await settled();
    assert.equal(asked, 6, 'what is had is not asked again');
    works = false;
    await ask();
    page.abort();
    mock.timers.tick(100000);
    await settled();
    assert.equal(asked, 7, 'nobody looks any more');
  } finally { mock.timers.reset(); }
});

test('of what is asked several times at once one runs, and another after it', async () => {
  const ends = [], page = new AbortController();
  const ask = untilHad(() => new Promise((end) => ends.push(end)), page.signal);
  ask();
  ask();
  ask();
  assert.equal(ends.length, 1);
  ends[0]();
  await settled();
  assert.equal(ends.length, 2);
  ends[1]();
  await settled();
  assert.equal(ends.length, 2);
});

test('queries leave out what is not told', () => {
  assert.equal(withQuery('devices', { q: 'a b&c', limit: null, after: '' }), 'devices?q=a+b%26c');
  assert.equal(withQuery('graphs?x=1', { with: ['a', 'b'] }), 'graphs?x=1&with=a&with=b');
});

test('keys are written as on the keyboard', () => {
  assert.equal(keyName('g m'), 'g m');
  assert.equal(keyName('Ctrl+Shift+z'), 'Ctrl+Shift+Z');
  assert.equal(keyName('Escape'), 'Esc');
  assert.equal(keyName('+'), '+');
});
