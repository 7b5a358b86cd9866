// The view of the map: which of several answers is shown, and what its drawer keeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { web } from './web.js';

let beforeunload = null;
Object.assign(globalThis, {
  window: globalThis, document: {}, devicePixelRatio: 1, addEventListener(type, fn) { if (type === 'beforeunload') beforeunload = fn; }, dispatchEvent: () => true,
  matchMedia: () => ({ addEventListener() {} }), BroadcastChannel: class { addEventListener() {} postMessage() {} },
});
globalThis.navigator ??= {};
const every = globalThis.setInterval;
globalThis.setInterval = (...args) => every(...args).unref();

/* What was asked for and is not answered yet: {path, body, answer(value), refuse(status), break()}. */
let asked = [];
globalThis.fetch = (path, { body } = {}) => new Promise((done, fail) => {
  const say = (status, value) => done({ ok: status < 300, status, headers: new Headers(), text: async () => JSON.stringify(value), json: async () => value });
  asked.push({ path, body: body && JSON.parse(body), answer: (value) => say(200, value), refuse: (status) => say(status, {}), break: () => fail(new Error('no contact')) });
});
const settled = () => new Promise((done) => { setTimeout(done, 5); });
const ask = (what) => {
  const at = asked.findIndex((x) => what.test(x.path));
  assert.ok(at >= 0, `${what} among ${asked.map((x) => x.path)}`);
  return asked.splice(at, 1)[0];
};

const { MapView } = await web('views/map.js');
const { TimeSlider } = await web('map/time.js');
const { EditLog } = await web('map/edit_log.js');
const { Dragging } = await web('map/edit_drag.js');

const node = (name, more = {}) => ({ id: `id-${name}`, name, origin: 'device', kind: 'switch', state: 'up', x: 0, y: 0, ...more });
const doc = (...names) => ({ name: 'physical', nodes: names.map((n) => node(n)), links: [] });
const PAST = Date.parse('2026-11-21T02:47:31Z'), EARLIER = PAST - 3600000;

function viewOf(...names) {
  const view = new MapView({ params: { name: 'physical' }, query: new URLSearchParams(), signal: new AbortController().signal, setQuery() {} });
  const stage = { fitted: false, selected: new Set(), select(ids) { this.selected = ids; }, update() {}, shown: { nodes: new Map(), links: [] } };
  const drawn = [];
  Object.assign(view, { stage, editor: { on: false, leave() {}, drawBars() {}, dragging: { held: false }, log: {} }, drawControls() {}, redraw() {}, drawDrawer() { drawn.push(this.facts.get(this.shownDrawer)); }, drawn, shownAt: null });
  view.model.load(doc(...names));
  asked = [];
  return view;
}
const shown = (view) => [...view.model.nodes.values()].filter((n) => n.since !== 'came').map((n) => n.name);

test('a slow answer about the past is not shown as now', async () => {
  const view = viewOf('core-1');
  const back = view.toTime(PAST), past = ask(/at=/), now = view.toTime(null);
  ask(/maps/).answer(doc('core-1', 'core-2'));
  await now;
  past.answer(doc('old-1'));
  await back;
  assert.deepEqual(shown(view), ['core-1', 'core-2']);
  assert.equal(view.shownAt, null);
});

test('one moment is not shown as another', async () => {
  const view = viewOf('core-1');
  const first = view.toTime(EARLIER), slow = ask(/at=/), second = view.toTime(PAST);
  ask(/at=/).answer(doc('past-1'));
  await settled();
  slow.answer(doc('earlier-1'));
  await Promise.all([first, second]);
  assert.deepEqual(shown(view), ['past-1']);
  assert.deepEqual([...view.today.values()].map((n) => n.name), ['core-1'], 'today is what was shown before');
});

test('what is known of devices now does not colour the past', async () => {
  const view = viewOf('core-1');
  const now = view.reload();
  ask(/maps/).answer(doc('core-1'));
  await now;
  const devices = ask(/devices/), back = view.toTime(PAST);
  ask(/at=/).answer(doc('core-1'));
  await back;
  devices.answer({ devices: [{ id: 'id-core-1', name: 'core-1', status: 'down' }] });
  await settled();
  assert.equal(view.model.nodes.get('id-core-1').state, 'up');
});

test('the slider goes on when the step before is seen', async () => {
  const ends = [], steps = [];
  const slider = Object.assign(Object.create(TimeSlider.prototype), { span: '24h', at: null, under: null, draw() {}, jump: (at) => { steps.push(at); return new Promise((end) => ends.push(end)); } });
  const turns = [];
  globalThis.setInterval = (fn) => { turns.push(fn); return 1; };
  slider.play();
  globalThis.setInterval = every;
  turns[0]();
  turns[0]();
  assert.equal(steps.length, 1);
  ends[0]();
  await settled();
  turns[0]();
  assert.equal(steps.length, 2);
  slider.playing = null;
});

test('the drawer keeps what it shows when others have alerts', async () => {
  const view = viewOf('core-1', 'acc-7'), alert = { id: 4, device: 'core-1', object: 'core-1', severity: 'major' };
  view.shownDrawer = 'id-core-1';
  view.facts.set('id-core-1', { device: { name: 'core-1' }, alerts: [alert], figures: { at: Date.now() } });
  view.facts.set('id-acc-7', { alerts: [] });
  view.alertTold({ id: 9, device: 'acc-7', object: 'acc-7', state: 'active' });
  assert.deepEqual(view.facts.get('id-core-1').alerts, [alert]);
  assert.ok(!view.facts.has('id-acc-7') && !view.factsSoon, 'of others it is asked when they are shown');
  for (const told of [{ id: 5, device: 'core-1' }, { id: 4, state: 'cleared' }]) {
    view.alertTold(told);
    assert.ok(view.factsSoon, 'what is told of it is asked for');
    clearTimeout(view.factsSoon);
    view.factsSoon = null;
  }
});

test('what could not be asked stays as it was', async () => {
  const view = viewOf('core-1'), before = { device: { name: 'core-1' }, alerts: [{ id: 4, device: 'core-1' }], figures: { at: Date.now() } };
  view.shownDrawer = 'id-core-1';
  view.facts.set('id-core-1', before);
  const facts = view.askFacts('id-core-1');
  ask(/devices/).refuse(503);
  ask(/alerts/).refuse(429);
  await facts;
  assert.deepEqual(view.drawn.at(-1), before);
  const newer = view.askFacts('id-core-1');
  ask(/devices/).refuse(404);
  ask(/alerts/).answer({ alerts: [] });
  await newer;
  assert.deepEqual(view.drawn.at(-1), { ...before, device: null, alerts: [] });
});

test('what waits for contact is sent before what is done later', async () => {
  const view = viewOf('core-1'), log = new EditLog(view, () => {});
  const move = (x) => ({ op: 'move', id: 'id-core-1', x, y: 0 });
  log.refresh = async () => {};
  const first = log.do([move(1)]);
  await settled();
  ask(/physical/).break();
  assert.equal(await first, false);
  const second = log.do([move(2)]);
  await settled();
  assert.deepEqual(asked.map((x) => x.body.edits[0].x), [1]);
  ask(/physical/).break();
  assert.equal(await second, false);
  assert.deepEqual(log.waiting.map((e) => e.state), ['waiting', 'waiting']);
  log.resend();
  for (const x of [1, 2]) {
    await settled();
    assert.deepEqual(asked.map((y) => y.body.edits[0].x), [x]);
    ask(/physical/).answer({ revision: x });
  }
  await settled();
  assert.deepEqual([log.waiting.length, asked.length], [0, 0]);
});

test('what waits is not lost with the view', async () => {
  const { live } = await web('base/live.js'), first = viewOf('core-1'), gone = new AbortController(), drawn = [];
  first.place.signal = gone.signal;
  const before = new EditLog(first, () => drawn.push('before'));
  const done = before.do([{ op: 'hide', id: 'id-core-1' }]);
  await settled();
  ask(/physical/).break();
  await done;
  gone.abort();
  const asks = () => { let stopped = false; beforeunload({ preventDefault() { stopped = true; } }); return stopped; };
  assert.ok(asks());
  const other = viewOf('core-1');
  other.name = 'sites';
  assert.equal(new EditLog(other, () => {}).waiting.length, 0, 'of another map');
  live.state.connected = true;
  const after = new EditLog(viewOf('core-1'), () => drawn.push('after'));
  after.refresh = async () => {};
  assert.equal(after.waiting.length, 1);
  await settled();
  drawn.length = 0;
  ask(/physical/).answer({ revision: 5 });
  await settled();
  assert.equal(after.waiting.length, 0);
  assert.deepEqual(drawn, ['after']);
  assert.ok(!asks());
  live.state.connected = false;
});

test('what is nudged stays where it is when the map is loaded meanwhile', async () => {
  const view = viewOf('core-1'), done = [], log = { late: false, do: (ops) => done.push(ops), refresh() {} };
  const dragging = new Dragging({ view, log });
  Object.assign(view, { tell() {}, editor: { on: true, dragging, log, drawBars() {}, leave() {} } });
  Object.assign(view.stage, { selected: new Set(['id-core-1']), shown: { nodes: view.model.nodes, links: [] }, show() {} });
  const load = view.reload();
  dragging.nudge(1, 0, 10);
  ask(/maps/).answer(doc('core-1'));
  await load;
  dragging.nudge(1, 0, 10);
  assert.ok(log.late);
  dragging.settle();
  assert.deepEqual([done.length, done[0][0].op, done[0][0].x], [1, 'move', 20]);
});
