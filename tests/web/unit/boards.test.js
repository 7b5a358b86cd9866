// Graphs, alerts, events, risk and the wall: what they compute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { web } from './web.js';

const { use } = await web('base/texts.js');
use('en', (await web('texts/en.js')).default);
const { setZone } = await web('base/format.js');
const { parse, write, toggle, fits, seconds } = await web('parts/filter.js');
const { filterOf, treeOf, countsOf, holdPlaces, byUrgency, withNews, withSince, dropOver } = await web('views/alerts_tree.js');
const { eventFilter } = await web('views/events_filter.js');
const { compare, csv, gapsOf, parseSubject, pictureOf, scaled, subjectText, tickText, valueText } = await web('parts/series.js');
const { usual, bandOf } = await web('parts/usual.js');
const { timesOf, durationMs, weeksOf, monthAfter, dayRange } = await web('parts/calendar.js');
const { fromField, toField, dayAfter, hourOfWeek } = await web('parts/zone.js');
const { curveOf, factorsOf, levelOf, lowering, moved, riskAt, shiftOf, together } = await web('views/risk_sum.js');
const { busier, everyOf, holding, scenesOf } = await web('views/wall_scenes.js');
const { kinFrom } = await web('views/graphs_kin.js');

const NOW = Date.parse('2026-11-30T18:00:00Z'), ago = (s) => new Date(NOW - s * 1000).toISOString();
const alert = (id, more = {}) => ({ id, state: 'active', severity: 'major', type: 'port.down', title: 'port down', object: `sw${id}:Gi0/1`, device: `sw${id}`, text: 'is down', raised: ago(id * 60), symptoms: [], ...more });

test('a filter is read, and written as it was', () => {
  for (const text of ['', 'sev>=major object:ham-* -ack', '"two words" -class:fault', 'risk>50 age<2h'])
    assert.equal(write(parse(text)), text);
  assert.deepEqual(parse('-object:"a b"'), [{ not: true, key: 'object', op: ':', value: 'a b' }]);
  assert.equal(toggle('sev=minor ack', { key: 'sev', op: '=', value: 'major' }, (x) => x.key === 'sev'), 'ack sev=major');
  assert.equal(toggle('ack sev=major', { key: 'sev', op: '=', value: 'major' }, (x) => x.key === 'sev'), 'ack');
  assert.ok(fits('ham-*-1', 'HAM-core-1') && !fits('ham-?', 'ham-10') && fits('core', 'ham-core-1') && fits('a.b*', 'a.bc') && !fits('a.b*', 'axbc'));
  assert.equal(seconds('2h'), 7200);
  assert.ok(Number.isNaN(seconds('soon')));
});

test('a filter of alerts', () => {
  const keeps = (text, more) => filterOf(text, () => NOW).fits(alert(1, more));
  assert.ok(keeps('') && keeps('sev>=major object:sw1* -ack') && keeps('sw1') && keeps('type:port.*') && keeps('age<2m') && keeps('"is down"'));
  assert.ok(!keeps('sev>major') && !keeps('sev=minor') && !keeps('ack') && !keeps('-sw1') && !keeps('age>1h'));
  assert.ok(keeps('ack', { acknowledged: { who: 'a' } }) && !keeps('-ack', { acknowledged: { who: 'a' } }));
  assert.ok(!keeps('', { silence: 3 }) && keeps('silenced', { silence: 3 }) && keeps('all', { silence: 3 }));
  assert.ok(!keeps('', { state: 'cleared', cleared: ago(1) }) && keeps('cleared', { state: 'cleared', cleared: ago(1) }));
  assert.ok(!keeps('', { shelved_until: ago(-60) }) && keeps('', { shelved_until: ago(60) }), 'what was shelved until a minute ago is back');
  assert.ok(filterOf('cleared').cleared && !filterOf('sev>=minor').cleared);
});

test('symptoms stand under their cause, the worst first, the newest first', () => {
  const list = [alert(1, { severity: 'minor' }), alert(2), alert(3, { cause: 2 }), alert(4, { severity: 'critical' }), alert(5), alert(6, { cause: 99 })];
  const tree = treeOf(list, filterOf(''));
  assert.deepEqual(tree.map((e) => e.alert.id), [4, 2, 5, 6, 1]);
  assert.deepEqual(tree[1].symptoms.map((a) => a.id), [3]);
  assert.deepEqual(treeOf(list, filterOf('sw3')).map((e) => e.alert.id), [2], 'a symptom that fits shows its cause');
  assert.ok(byUrgency(alert(1, { state: 'cleared', cleared: ago(1), severity: 'critical' }), alert(2, { severity: 'warning' })) > 0);
  const counts = countsOf([...list, alert(7, { silence: 1 })], NOW);
  assert.deepEqual([counts.open, counts.critical, counts.major, counts.minor, counts.silenced], [4, 1, 2, 1, 1]);
});

test('what is read keeps its place, what is new stands above', () => {
  const tree = treeOf([1, 2, 3, 4].map((id) => alert(id)), filterOf(''));
  assert.equal(holdPlaces(tree, null).fresh, 0);
  const held = holdPlaces(tree, [3, 1]);
  assert.equal(held.fresh, 2);
  assert.deepEqual(held.rows.map((e) => e.alert.id), [2, 4, 3, 1]);
});

test('marks of an alert that went are gone, what is not told of it stays', () => {
  const was = alert(1, { silence: 3, cause: 9, acknowledged: { who: 'a' }, shelved_until: ago(-60), flapping: true, symptom_count: 1, symptoms: ['sw7'] });
  const is = withNews(was, alert(1));
  assert.deepEqual(is, alert(1));
  assert.ok(filterOf('', () => NOW).fits(is) && !filterOf('', () => NOW).fits(was));
  assert.equal(treeOf([alert(9), is], filterOf('')).length, 2, 'a symptom that stays is a cause');
  const { symptoms, ...many } = alert(1, { symptom_count: 200 });
  assert.deepEqual(withNews(was, many).symptoms, ['sw7'], 'names of many are not told each time');
  assert.deepEqual(withNews(was, { id: 1, state: 'cleared' }), { ...was, state: 'cleared' });
  assert.equal(withNews(undefined, { id: 1, state: 'cleared' }), undefined);
});

test('what was told while alerts were asked for is newer than the answer', () => {
  const answer = [alert(1), alert(2), alert(3, { acknowledged: { who: 'a' } })];
  const is = withSince(answer, [{ id: 1, state: 'cleared' }, alert(4), alert(3), { id: 9, state: 'cleared' }, alert(4, { severity: 'critical' })]);
  assert.deepEqual([...is.keys()], [1, 2, 3, 4]);
  assert.equal(is.get(1).state, 'cleared');
  assert.ok(!is.get(3).acknowledged && is.get(4).severity === 'critical');
});

test('of what is over the newest are kept, and the one that is looked at', () => {
  const all = new Map([alert(1), ...[2, 3, 4, 5].map((id) => alert(id, { state: 'cleared', cleared: ago(id) }))].map((a) => [a.id, a]));
  assert.ok(dropOver(all, 2, 5) && !dropOver(all, 2, 5));
  assert.deepEqual([...all.keys()], [1, 2, 3, 5]);
  dropOver(all, 0, 0);
  assert.deepEqual([...all.keys()], [1]);
});

test('a filter of events: what the station looks for, and what is left', () => {
  const f = eventFilter('object:sw1 type:port.* sev>=minor class:fault -source:trap flap');
  assert.deepEqual(f.query, { object: 'sw1', type: 'port.*', severity: 'minor', class: 'fault', text: 'flap' });
  assert.ok(f.picks);
  const e = { object: 'sw1:Gi0/1', type: 'port.down', severity: 'major', class: 'fault', source: 'poll', text: 'flapped' };
  assert.ok(f.fits(e) && !f.fits({ ...e, source: 'trap' }) && !f.fits({ ...e, object: 'sw10' }) && !f.fits({ ...e, severity: 'warning' }));
  assert.ok(!eventFilter('object:sw1').picks && eventFilter('object:sw*').picks && eventFilter('object:sw*').query.object === undefined);
  assert.ok(eventFilter('to:-1d').past);
});

const answer = (rows, more = {}) => ({ object: 'sw1 Gi0/1', step_s: 60, columns: ['in_octets', 'out_octets'], units: ['B/s', 'B/s'], rows, row_gaps: rows.map(() => null),
  summary: [{ column: 'in_octets', last: 10, min: 1, mean: 5, max: 20, p95: 18, total: 600, total_unit: 'B' }, { column: 'out_octets', last: 1, min: 1, mean: 1, max: 1, p95: 1 }], ...more });

test('octets are bits above and below zero', () => {
  const p = pictureOf(answer([[60, 10, 1], [120, null, 2]]), 'traffic', { now: 130 });
  assert.deepEqual(p.curves.map((c) => [...c.values]), [[80, null], [-8, -16]]);
  assert.equal(p.unit.text, 'bit/s');
  assert.equal(p.curves[0].figures.p95, 144);
  assert.deepEqual(p.curves[0].figures.total, { value: 600, unit: { text: 'B', base: 1024 } });
  assert.deepEqual(p.gaps, []);
});

test('time without values is a gap with its reason; the last rows may not be in yet', () => {
  const rows = [[60, 1, 1], [120, null, null], [180, null, null], [240, null, null], [300, 1, 1], [360, null, null]];
  const told = answer(rows, { row_gaps: [null, 'timeout', 'timeout', 'reset', null, null] });
  assert.deepEqual(gapsOf(told, 370), [{ from: 60, to: 180, reason: 'timeout' }, { from: 180, to: 240, reason: 'reset' }]);
  assert.equal(gapsOf(told, 3000).length, 3, 'what is long over is a gap');
});

test('several objects share times, each in a colour', () => {
  const one = pictureOf(answer([[60, 1, 1], [120, 2, 1]]), 'traffic', { several: true }), two = pictureOf({ ...answer([[120, 3, 1]]), object: 'sw2' }, 'traffic', { several: true });
  const both = compare([one, two]);
  assert.deepEqual(both.x, [60, 120]);
  assert.deepEqual(both.curves.map((c) => [c.object, c.colour]), [['sw1 Gi0/1', 1], ['sw1 Gi0/1', 1], ['sw2', 2], ['sw2', 2]]);
  assert.deepEqual([...both.curves[2].values], [undefined, 24]);
});

test('subjects, values and labels', () => {
  for (const s of [{ object: 'sw1:Gi0/1', series: 'traffic' }, { object: 'srv', series: 'storage:/var' }]) assert.deepEqual(parseSubject(subjectText(s)), s);
  assert.equal(parseSubject('nothing'), null);
  assert.equal(valueText(7.1e9, { text: 'bit/s', base: 1000 }), '7.10 Gbit/s');
  assert.equal(valueText(1.5 * 2 ** 30, { text: 'B', base: 1024 }), '1.5 GiB');
  assert.equal(valueText(null, { text: '%', base: 1 }), '–');
  assert.deepEqual(scaled(1023, 1024), { n: 1023, prefix: '' });
  assert.equal(tickText(-5e9, { text: 'bit/s', base: 1000 }, false), '5 G');
  assert.equal(tickText(0.02, { text: 'ms', base: 1 }, true), '0.02');
  assert.match(csv([answer([[60, 10, null]])]), /^time,object,in_octets \(B\/s\),out_octets \(B\/s\)\n1970-01-01T00:01:00\.000Z,sw1 Gi0\/1,10,\n$/);
});

test('what is usual is learned from weeks before, and nonsense leaves no trace', () => {
  const x = [], values = [];
  for (let t = 1800; t < 28 * 86400; t += 1800) { x.push(t); values.push(Math.floor(t / 3600) % 24 < 12 ? 100 : 10); }
  for (let i = 0; i < 48; i++) values[i] = 9999; /* one bad day */
  const at = usual(x, values, (s) => Math.floor(s / 3600) % 168), day = 20 * 86400;
  assert.equal(at(day + 6 * 3600).level, 100);
  assert.equal(at(day + 18 * 3600).level, 10);
  const band = bandOf([day + 6 * 3600], at);
  assert.ok(band.low[0] < 100 && band.high[0] > 100 && band.high[0] < 110);
  assert.equal(bandOf([1], usual([3600], [1], () => 0)), null, 'once is not usual');
});

test('silences repeat by the clock of the station, in summer and winter', () => {
  setZone('Europe/Berlin');
  const daily = { from: '2026-10-24T01:00:00Z', until: '2026-10-24T03:00:00Z', repeat: 'daily' };
  const times = timesOf(daily, ...dayRange('2026-10-26'));
  assert.deepEqual(times.map((x) => new Date(x.from).toISOString()), ['2026-10-26T02:00:00.000Z'], 'three o\'clock before and after the change');
  assert.equal(timesOf({ ...daily, repeat: 'weekly' }, ...dayRange('2026-10-26')).length, 0);
  assert.equal(timesOf({ ...daily, repeat: 'weekly' }, ...dayRange('2026-10-31')).length, 1);
  assert.equal(timesOf({ from: daily.from, until: daily.until }, ...dayRange('2026-10-25')).length, 0);
  assert.equal(timesOf({ ...daily, until: '2026-10-25T02:00:00Z', repeat: '' }, ...dayRange('2026-10-25')).length, 1, 'over midnight');
  assert.equal(toField(Date.parse('2026-11-30T18:00:00Z')), '2026-11-30T19:00');
  assert.equal(fromField('2026-07-01T12:00'), Date.parse('2026-07-01T10:00:00Z'));
  assert.equal(dayAfter('2026-12-31'), '2027-01-01');
  assert.equal(hourOfWeek(Date.parse('2026-11-30T23:30:00Z') / 1000), 2 * 24, 'Tuesday has begun');
  setZone('');
  assert.equal(durationMs('3d12h'), 84 * 3600000);
  assert.ok(Number.isNaN(durationMs('long')));
  const weeks = weeksOf('2026-11', 1);
  assert.equal(weeks[0][0], '2026-10-26');
  assert.ok(weeks.flat().includes('2026-11-30'));
  assert.equal(monthAfter('2026-12', 1), '2027-01');
});

const report = {
  risk: 95.23, value: 4, exposure: 4, formula: 'severity * value * exposure * if(silenced, 0, if(suppressed, 0.2, 1))',
  alerts: [{ risk: 64, variables: { severity: 4, value: 4, exposure: 4 } }, { risk: 64, variables: { severity: 4, value: 4, exposure: 4, suppressed: 0 } }],
  history: [{ at: ago(90000), risk: 20 }, { at: ago(3600), risk: 95.23 }],
};

test('the past of a map is typed as the clock of the station shows it', async () => {
  const { TimeSlider, local, short } = await web('map/time.js'), at = Date.parse('2026-11-20T17:47:31Z'), went = [];
  setZone('Asia/Tokyo');
  assert.equal(local(at), '2026-11-21T02:47:31');
  assert.equal(short(at), '11-21 02:47');
  const slider = Object.assign(Object.create(TimeSlider.prototype), { span: '90d', go: (ms) => went.push(ms) });
  slider.typed({ target: { value: local(at), matches: () => true } });
  assert.deepEqual(went, [at]);
  setZone(undefined);
});

test('risk is reckoned again from what the station tells', () => {
  assert.ok(Math.abs(together([64, 64]) - 95.232) < 0.001);
  assert.equal(together([]), 0);
  assert.deepEqual([0, 25, 74.9, 75, 125].map(levelOf), [1, 2, 3, 4, 5]);
  assert.deepEqual(factorsOf(report.alerts[0], report.formula), [4, 4, 4]);
  assert.equal(factorsOf(report.alerts[0], 'severity * 2'), null, 'of another formula nothing is claimed');
  const list = lowering(report);
  assert.deepEqual(list.map((x) => [x.kind, Math.round(x.to)]), [['alert', 64], ['alert', 64], ['exposure', 78]]);
  assert.ok(!lowering({ ...report, formula: 'severity' }).some((x) => x.kind === 'exposure'));
  assert.equal(riskAt(report.history, NOW - 86400000), 20);
  assert.equal(Math.round(moved(report, NOW - 86400000).by), 75);
  for (const [x, y] of curveOf(50)) assert.ok(Math.abs(x * y - 50) < 1e-9 && x <= 25);
  for (const name of ['a', '大阪', 'ham-srv-1']) assert.ok(Math.abs(shiftOf(name)) <= 1);
});

test('a wall has scenes by its name, and stops for what is critical', () => {
  assert.deepEqual(scenesOf('physical,+alerts,+nonsense'), [{ kind: 'map', name: 'physical' }, { kind: 'board', name: 'alerts' }]);
  assert.deepEqual(scenesOf('', []).map((s) => s.name), ['physical', 'alerts', 'risk']);
  assert.equal(scenesOf('', [{ name: 'sites' }, { name: 'site-a' }, { name: 'site-b' }])[1].name, 'sites');
  assert.deepEqual(scenesOf('+nonsense'), [{ kind: 'map', name: 'physical' }]);
  assert.equal(everyOf('1'), 5);
  const critical = alert(1, { severity: 'critical' });
  assert.equal(holding([critical], NOW), critical);
  assert.equal(holding([{ ...critical, acknowledged: { who: 'a' } }], NOW), null);
  assert.equal(holding([{ ...critical, cause: 2 }], NOW), null);
  assert.equal(holding([critical], NOW + 120000), null);
  assert.deepEqual(busier({ id: 'x', a: 'a', b: 'b', load_ab: 0.2, load_ba: 0.6 }), { id: 'x', from: 'b', to: 'a', load: 0.6 });
  assert.deepEqual(busier({ id: 'x', a: 'a', b: 'b', load_ab: 0.2, load_ba: null }), { id: 'x', from: 'a', to: 'b', load: 0.2 });
});

test('beside a port stand its other series and how its device does', () => {
  const files = ['icmp', 'cpu', 'cpu', 'sensor', 'sensor', 'port'].map((series, i) => ({ series, object: { 1: '1', 2: '2', 3: 'temperature-1', 4: 'temperature-2' }[i] ?? '' }));
  assert.deepEqual(kinFrom({ object: 'sw1:Gi0/1', series: 'traffic' }, files).map((s) => s.series), ['errors', 'discards', 'packets', 'icmp', 'cpu:1', 'sensor:temperature-1']);
  assert.deepEqual(kinFrom({ object: 'sw1', series: 'cpu:1' }, files).map((s) => s.series), ['icmp', 'sensor:temperature-1']);
});
