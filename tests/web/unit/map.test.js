// The map's rules without a browser: weights, lines, names, clouds, places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { web } from './web.js';

const weigh = await web('map/weigh.js'), geometry = await web('map/geometry.js'), labels = await web('map/labels.js');
const { MapModel } = await web('map/model.js');
const arrange = await web('map/edit_arrange.js'), clouds = await web('map/clouds.js');

test('width grows with speed, load has eight steps', () => {
  assert.deepEqual([0, 1e8, 1e9, 1e10, 2.5e10, 4e10, 1e11, 4e11].map(weigh.widthOf), [1.2, 1.2, 2, 3.2, 4.2, 5.4, 7, 7]);
  assert.deepEqual([0, 0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.2].map(weigh.stepOf), [0, 1, 2, 3, 4, 5, 6, 7, 7]);
  assert.equal(weigh.stepOf(null), null);
  assert.equal(weigh.stepOf(NaN), null);
  assert.equal(weigh.loadOf({ load_ab: null, load_ba: 0.3 }), 0.3);
  assert.equal(weigh.loadOf({}), null);
});

test('the level of detail is that of a plate on the screen', () => {
  const at = px => weigh.levelOf(px / weigh.PLATE);
  assert.deepEqual([9, 10, 21, 22, 43, 44, 89, 90].map(at), [0, 1, 1, 2, 2, 3, 3, 4]);
  assert.equal(weigh.levelOf(25 / weigh.PLATE, 1.6), 1, 'a screen that enlarges everything');
});

test('a symptom does not outrank a cause in a cloud', () => {
  assert.equal(weigh.worstOf(['up', 'unreachable', 'warning']), 'warning');
  assert.equal(weigh.worstOf(['up', 'unreachable', 'silenced']), 'unreachable');
  assert.equal(weigh.worstOf([]), 'unmanaged');
});

test('a link of a dead end is down, one of an unreachable end is not', () => {
  const up = { state: 'up' };
  assert.equal(weigh.styleOf({ state: 'confirmed' }, up, { state: 'down' }), 'down');
  assert.equal(weigh.styleOf({ state: 'confirmed' }, up, { state: 'unreachable' }), 'unreachable');
  assert.equal(weigh.styleOf({ state: 'ambiguous' }, up, up), 'candidate');
  assert.equal(weigh.styleOf({ state: 'confirmed', mislink: true }, up, up), 'mislink');
});

test('lines leave plates at their edge and lie side by side', () => {
  assert.deepEqual(geometry.edgeOf({ x: 0, y: 0 }, { w: 20, h: 10 }, false, { x: 100, y: 0 }), { x: 20, y: 0 });
  assert.deepEqual(geometry.edgeOf({ x: 0, y: 0 }, { w: 20, h: 10 }, true, { x: 0, y: -100 }), { x: 0, y: -20 });
  assert.deepEqual([0, 1, 2].map(i => geometry.laneOffset(i, 3, 2)), [-8, 0, 8]);
  assert.equal(geometry.laneOffset(0, 1, 7), 0);
  const line = geometry.lineOf({ x: 0, y: 0 }, { x: 10, y: 0 }, 3);
  assert.deepEqual([line.from, line.mid], [{ x: 0, y: 3 }, { x: 5, y: 3 }]);
});

test('a box is found by what meets it, whatever it is called', () => {
  const s = new geometry.Squares(10);
  s.add({ x1: -5, y1: -5, x2: 5, y2: 5 }, '');
  assert.equal(s.some({ x1: 4, y1: 4, x2: 30, y2: 30 }), true);
  assert.equal(s.some({ x1: 6, y1: 4, x2: 30, y2: 30 }), false);
  assert.equal(geometry.crosses({ x: 0, y: 0 }, { x: 10, y: 10 }, { x1: 4, y1: 4, x2: 6, y2: 6 }), true);
  assert.equal(geometry.crosses({ x: 0, y: 0 }, { x: 10, y: 10 }, { x1: 4, y1: 8, x2: 5, y2: 9 }), false);
});

test('a coast goes around all its members', () => {
  const steps = geometry.coast([{ x1: 0, y1: 0, x2: 10, y2: 10 }, { x1: 90, y1: 50, x2: 100, y2: 60 }], 20);
  const seen = [];
  geometry.drawCoast({ moveTo: (x, y) => seen.push([x, y]), lineTo: (x, y) => seen.push([x, y]), arc() {}, closePath() {} }, steps, 20);
  assert.ok(Math.min(...seen.map(p => p[0])) <= -19.9 && Math.max(...seen.map(p => p[1])) >= 79.9);
});

const wanted = n => Array.from({ length: n }, (_, i) => ({ id: 'n' + i, c: { x: (i % 20) * 46, y: Math.floor(i / 20) * 34 }, half: { w: 10, h: 10 }, ends: [],
  texts: [[`device-${i}`, 52], [`${i}`, 14]], height: 15, priority: i % 3 }));

test('names never cover each other or a plate, and those of trouble are there first', () => {
  const list = wanted(200), taken = list.map(w => ({ id: w.id, box: { x1: w.c.x - 10, y1: w.c.y - 10, x2: w.c.x + 10, y2: w.c.y + 10 } }));
  const placed = labels.placeNames(list, taken), boxes = [...placed].map(([id, p]) => [id, p.box]);
  assert.ok(placed.size > 20, `${placed.size} placed`);
  boxes.forEach(([id, b], i) => {
    for (const [other, o] of boxes.slice(i + 1)) assert.ok(!geometry.meets(b, o), `${id} over ${other}`);
    for (const t of taken) assert.ok(t.id === id || !geometry.meets(b, t.box), `${id} over plate ${t.id}`);
  });
  const share = p => [...placed.keys()].filter(id => Number(id.slice(1)) % 3 === p).length;
  assert.ok(share(0) >= share(2));
});

test('a name keeps the side it had', () => {
  const [one] = wanted(1);
  assert.equal(labels.placeNames([one], []).get('n0').side, 'r');
  assert.equal(labels.placeNames([{ ...one, side: 'b' }], []).get('n0').side, 'b');
  assert.equal(labels.placeNames([{ ...one, ends: [{ x: 100, y: 0 }] }], []).get('n0').side, 'l', 'off its own line');
});

test('long names are cut in the middle, common beginnings are known', () => {
  assert.equal(labels.cutMiddle('ham-distribution-switch-a12', 11), 'ham-d…h-a12');
  assert.equal(labels.cutMiddle('大阪支店の三階配線室', 5), '大阪…線室');
  assert.equal(labels.commonPrefix(['ham-acc-01', 'ham-acc-02', 'ham-core-1']), 'ham-');
  assert.equal(labels.commonPrefix(['ham-1', 'osk-1', 'ham-2']), '');
  assert.equal(labels.commonPrefix(['ham-', 'ham-1', 'ham-2']), '');
});

const doc = {
  name: 'physical', view: 'physical', revision: 3,
  nodes: [{ id: 'a', name: 'a', kind: 'switch', origin: 'device', state: 'up', x: 0, y: 10 }, { id: 'b', name: 'b', kind: 'host', origin: 'device', state: 'down', cloud: 'c' },
          { id: 'd', name: 'd', kind: 'host', origin: 'device', state: 'unreachable', cloud: 'c', x: 5, y: 5 },
          { id: 'c', name: 'c', kind: 'cloud', origin: 'cloud', state: 'up', collapsed: true, x: 100, y: 0 }, { id: 'h', name: 'h', kind: 'host', origin: 'device', state: 'up', hidden: true, x: 0, y: 0 }],
  links: [{ id: '1', a: 'a', b: 'b', a_port: 'p1', b_port: 'e0', state: 'confirmed', speed: 1e9, load_ab: 0.5, load_ba: null },
          { id: '2', a: 'd', b: 'a', a_port: 'e0', b_port: 'p2', state: 'down', speed: 3e9, load_ab: 0.1, load_ba: 0.2 },
          { id: '3', a: 'b', b: 'd', state: 'confirmed', speed: 1e9 }, { id: '~sum-a-c', a: 'a', b: 'c', summed: 2, speed: 4e9, state: 'confirmed' }],
};

test('a folded cloud stands for its members: worst state, sums of links', () => {
  const m = new MapModel().load(doc), s = m.shown();
  assert.deepEqual([...s.nodes.keys()].sort(), ['a', 'c']);
  assert.equal(m.nodes.get('a').y, -10, 'y grows downwards here');
  assert.equal(m.nodes.get('c').state, 'down');
  assert.equal(m.nodes.get('c').count, 2);
  assert.equal(s.links.length, 1, 'the sum of the document is not drawn twice');
  const [sum] = s.links;
  assert.equal(sum.speed, 4e9);
  assert.equal(sum.summed, 2);
  assert.equal(sum.state, 'confirmed', 'what carries something');
  const towards = sum.a === 'a' ? sum.load_ab : sum.load_ba;
  assert.ok(Math.abs(towards - (0.5e9 + 0.2 * 3e9) / 4e9) < 1e-9);
});

test('opened it gives its members, a coast and their own links', () => {
  const m = new MapModel().load(doc);
  clouds.setOpen(m, m.nodes.get('c'), true);
  const s = m.shown();
  assert.deepEqual([...s.nodes.keys()].sort(), ['a', 'b', 'd']);
  assert.deepEqual(s.coasts.map(k => k.cloud.id), ['c']);
  assert.deepEqual(s.links.map(l => l.id).sort(), ['1', '2', '3']);
  assert.deepEqual(clouds.writeOpened(m), { open: 'c', folded: null });
  clouds.setOpen(m, m.nodes.get('c'), false);
  assert.deepEqual([m.nodes.get('a').x, m.nodes.get('a').y], [0, -10], 'what gave way is back');
  m.inside = 'c';
  assert.deepEqual([...m.shown().nodes.keys()].sort(), ['b', 'd']);
});

test('the state of a member reaches all clouds around it', () => {
  const m = new MapModel().load(doc);
  m.setState('b', { state: 'up' });
  assert.equal(m.nodes.get('c').state, 'unreachable');
  assert.equal(m.setState('nobody', { state: 'up' }), false);
});

test('a document without what is folded says so', () => {
  const m = new MapModel().load({ ...doc, nodes: [doc.nodes[0], { ...doc.nodes[3], words: '40/42 up' }], links: [doc.links[3]] });
  assert.equal(m.partial, true);
  assert.equal(m.size, 43);
  assert.equal(m.shown().links.length, 1);
  assert.equal(m.canOpen(m.nodes.get('c')), false);
});

test('dragging snaps to neighbours, else to the grid', () => {
  assert.deepEqual(arrange.snap({ x: 103, y: 57 }, [{ x: 100, y: 300 }], 5), { x: 100, y: 60, guides: [{ x: 100 }] });
  assert.deepEqual(arrange.snap({ x: 109, y: 51 }, [], 5), { x: 100, y: 60, guides: [] });
});

test('nodes are aligned and spread; those in place do not move', () => {
  const nodes = [{ id: 'a', x: 0, y: 0 }, { id: 'b', x: 10, y: 40 }, { id: 'c', x: 100, y: 20 }];
  assert.deepEqual([...arrange.arranged(nodes, 'left')], [['b', { x: 0, y: 40 }], ['c', { x: 0, y: 20 }]]);
  assert.deepEqual([...arrange.arranged(nodes, 'across')], [['b', { x: 50, y: 40 }]]);
  assert.deepEqual(arrange.moveOp('a', { x: 1.005, y: 20 }), { op: 'move', id: 'a', x: 1, y: -20 });
});

test('members of a new cloud draw together, where others stand between them', () => {
  const nodes = [{ id: 'a', x: 0, y: 0 }, { id: 'b', x: 900, y: 0 }, { id: 'c', x: 0, y: 600 }], between = [{ id: 'd', x: 450, y: 200 }, { id: 'e', x: 280, y: 150 }];
  const places = arrange.gathered(nodes, between);
  assert.deepEqual([...places.keys()].sort(), ['a', 'b', 'c']);
  const all = [...places.values()], box = geometry.around(all.map(p => ({ x1: p.x, y1: p.y, x2: p.x, y2: p.y })));
  for (const o of between) assert.ok(!geometry.holds({ x1: box.x1 - 40, y1: box.y1 - 40, x2: box.x2 + 40, y2: box.y2 + 40 }, o));
  for (const [i, p] of all.entries()) for (const q of all.slice(i + 1)) assert.ok(Math.hypot(p.x - q.x, p.y - q.y) >= 100);
  assert.equal(arrange.gathered(nodes, [{ id: 'd', x: 2000, y: 0 }]).size, 0);
});

test('clouds and drawn devices get names that nobody has', () => {
  const nodes = ['ham-acc-01', 'ham-acc-02', 'ham-acc-13'].map(name => ({ name }));
  assert.equal(arrange.proposeName(nodes, new Set(), 'cloud'), 'ham-acc');
  assert.equal(arrange.proposeName(nodes, new Set(['ham-acc']), 'cloud'), 'ham-acc-2');
  assert.equal(arrange.proposeName([{ name: 'x' }, { name: 'y' }], new Set(['cloud']), 'cloud'), 'cloud-2');
  assert.equal(arrange.newId('大阪 Router', new Set()), '大阪-router');
  assert.equal(arrange.newId('a', new Set(['a'])), 'a-2');
});

test('opened clouds push others aside as they are, and these come back', () => {
  const cloud = (id, x) => ({ id, name: id, origin: 'cloud', collapsed: true, x, y: 0 });
  const inside = (of, x) => [0, 1, 2, 3].map(i => ({ id: of + i, name: of + i, origin: 'device', kind: 'switch', cloud: of, folded: true, x: x + (i % 2) * 200 - 100, y: Math.floor(i / 2) * 150 - 75 }));
  const doc = { name: 'm', nodes: [...[['a', 0], ['b', 90], ['c', 180]].flatMap(([id, x]) => [cloud(id, x), ...inside(id, x)]), { id: 'far', name: 'far', origin: 'device', x: 900, y: 900 }], links: [] };
  const model = new MapModel().load(doc), at = id => [model.nodes.get(id).x, model.nodes.get(id).y], before = Object.fromEntries([...model.nodes.keys()].map(id => [id, at(id)]));
  for (const id of ['a', 'b', 'c']) clouds.setOpen(model, model.nodes.get(id), true);
  const boxes = ['a', 'b', 'c'].map(of => geometry.around([0, 1, 2, 3].map(i => { const [x, y] = at(of + i); return { x1: x - 20, y1: y - 20, x2: x + 20, y2: y + 20 }; })));
  for (const [p, q] of [[0, 1], [1, 2], [0, 2]]) assert.ok(!geometry.meets(boxes[p], boxes[q]), JSON.stringify(boxes));
  assert.deepEqual(boxes.map(b => [b.x2 - b.x1, b.y2 - b.y1]), Array(3).fill([240, 190]), 'each keeps its shape');
  assert.deepEqual(at('far'), before.far, 'what has room stays');
  for (const id of ['b', 'a', 'c']) clouds.setOpen(model, model.nodes.get(id), false);
  for (const id of model.nodes.keys()) assert.deepEqual(at(id), before[id], id);
});

const titles = await web('map/titles.js');
test('maps are called by what they show', () => {
  assert.equal(titles.prefixOf('prefix-10.0.0.0-24'), '10.0.0.0/24');
  assert.equal(titles.prefixOf('prefix-2001-db8---32'), '2001:db8::/32');
  assert.equal(titles.titleOf({ name: 'vlan-10', title: 'users', view: 'vlan' }), 'VLAN 10 · users');
  assert.equal(titles.titleOf({ name: 'site-Hamburg', title: 'Hamburg', view: 'site' }), 'Hamburg');
  assert.equal(titles.titleOf({ name: 'plan', view: 'drawn' }), 'plan');
});
