// Devices as the page shows them: filters, ports, fronts, discovery.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { web } from './web.js';

const { use } = await web('base/texts.js');
use('en', (await web('texts/en.js')).default);
const { deviceFilter, stateOf, toCsv } = await web('views/devices_filter.js');
const { frontOf, layoutFront, isSocket, numbersOf, portsOf, portState } = await web('views/device_ports.js');
const { portName } = await web('parts/ports.js');
const { front } = await web('views/device_front.js');
const { gridOf, isAddress, prefixOf, progressOf, proposals, stagesOf } = await web('views/discovery_state.js');
const { lineReader, partsOf, readVarbind } = await web('views/device_mib.js');
const { compare, sortRows } = await web('parts/table.js');
const { strength } = await web('parts/strength.js');
const { credentialOf, credentialWhole } = await web('parts/credential.js');
const { resultsOf } = await web('parts/find.js');
const { added, earlier, putBack, removed, replaced } = await web('views/settings_order.js');

const device = { name: 'ham-core-1', kind: 'router', state: 'up', status: 'warning', address: '192.0.2.11', vendor: 'Arista', hardware: 'DCS-7050SX3', location: 'Hamburg, Serverraum 1', risk: 54, interfaces: 59 };
const keeps = (text, d = device) => deviceFilter(text)(d);

test('a filter is words that all fit', () => {
  assert.ok(keeps(''));
  assert.ok(keeps('ham'));
  assert.ok(keeps('ham-core-* hamburg'));
  assert.ok(keeps('192.0.2.11'));
  assert.ok(!keeps('lyon'));
  assert.ok(keeps('-lyon'));
  assert.ok(keeps('place:"serverraum 1"'));
});

test('a filter asks for states and figures', () => {
  assert.ok(keeps('state:warning'));
  assert.ok(keeps('state:up'), 'it answers');
  assert.ok(!keeps('state:down'));
  assert.ok(keeps('risk>=50 kind:router ports<60'));
  assert.ok(!keeps('risk>54'));
  assert.equal(stateOf({ status: 'minor', silenced: true }), 'silenced');
  assert.equal(stateOf({ state: 'down' }), 'down');
});

test('an address of IPv6 in a filter is text', () => {
  assert.ok(keeps('2001:db8::1', { ...device, address: '2001:db8::1' }));
});

test('CSV quotes, and nothing in it is a formula', () => {
  assert.equal(toCsv(['a', 'b'], [['x,"y"', -5], ['=1+1', null]]), 'a,b\r\n"x,""y""",-5\r\n\'=1+1,\r\n');
});

const ethernet = (name, more = {}) => ({ name, type: 'ethernetCsmacd', admin: 'up', oper: 'up', speed_bps: 1e9, ...more });
const all = list => portsOf('sw', list, [], []);

test('a socket is what a cable goes into', () => {
  for (const name of ['Gi1/0/1', 'Ethernet49/1', 'ge-0/0/1', 'eth0', '24', 'ens1f0np0']) assert.ok(isSocket(ethernet(name)), name);
  for (const name of ['Vlan1', 'Loopback0', 'Gi0/0.100', 'Port-channel1', 'lo', 'irb.5', 'docker0']) assert.ok(!isSocket(ethernet(name)), name);
  assert.ok(!isSocket({ name: 'Po1', type: 'ieee8023adLag' }));
});

test('names have numbers', () => {
  assert.deepEqual(numbersOf('Gi1/0/24'), { prefix: 'Gi', path: [1, 0, 24] });
  assert.deepEqual(numbersOf('xe-0/0/14'), { prefix: 'xe-', path: [0, 0, 14] });
  assert.equal(numbersOf('mgmt'), null);
});

test('the state of a port tells news from rest', () => {
  assert.equal(portState({ admin: 'up', oper: 'up' }), 'up');
  assert.equal(portState({ admin: 'up', oper: 'up' }, { alert: { severity: 'minor' } }), 'minor');
  assert.equal(portState({ admin: 'down', oper: 'down' }), 'disabled');
  assert.equal(portState({ admin: 'up', oper: 'down' }), 'empty', 'nothing was ever here');
  assert.equal(portState({ admin: 'up', oper: 'down' }, { link: { device: 'b' } }), 'down', 'a neighbour was here');
});

test('ports know neighbour, alert and load', () => {
  const links = [{ a: 'sw', a_port: 'Gi1', b: 'core', b_port: 'Te3', layer: 2, state: 'confirmed' }, { a: 'zz', a_port: 'x', b: 'sw', b_port: 'Gi2', layer: 2, state: 'down' }];
  const alerts = [{ object: 'sw:Gi2', severity: 'warning', state: 'active' }, { object: 'sw:Gi2', severity: 'major', state: 'active' }, { object: 'sw2:Gi1', severity: 'critical', state: 'active' }];
  const [one, two, three] = portsOf('sw', [ethernet('Gi1', { rates: { in_octets: 62.5e6, out_octets: 0, in_errors: 0, out_errors: 2 } }), ethernet('Gi2', { oper: 'down' }), ethernet('Gi3', { speed_bps: undefined, rates: { in_octets: 5 } })], links, alerts);
  assert.equal(one.link.device, 'core');
  assert.equal(one.in, 0.5);
  assert.equal(one.errors, 2);
  assert.equal(one.state, 'up', 'the alert of another device is not of this port');
  assert.equal(two.link.device, 'zz');
  assert.equal(two.state, 'down');
  assert.equal(two.alert.severity, 'major', 'the worst');
  assert.equal(three.in, null, 'without a speed there is no share');
  assert.equal(three.in_bps, 40);
  assert.equal(three.errors, null);
});

const names = (prefix, from, to, after = '') => Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}${after}`);

test('a front of 48 ports and uplinks', () => {
  const list = [...names('Gi1/0/', 1, 48).map(n => ethernet(n)), ...names('Te1/1/', 1, 4).map(n => ethernet(n, { speed_bps: 1e10 })), ethernet('Vlan1')];
  const units = frontOf(all(list.reverse()));
  assert.equal(units.length, 1);
  assert.deepEqual(units[0].blocks.map(b => [b.name, b.ports.length, b.rows, b.wide]), [['Gi1/0/1–48', 48, 2, false], ['Te1/1/1–4', 4, 2, true]]);
  assert.deepEqual(units[0].blocks[0].ports.slice(0, 3).map(p => p.label), ['1', '2', '3']);
  const drawn = layoutFront(units), [one, two, three] = drawn.sockets;
  assert.equal(one.x, two.x, 'odd above even');
  assert.ok(one.y < two.y && three.x > one.x);
  for (const a of drawn.sockets)
    for (const b of drawn.sockets)
      assert.ok(a === b || a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y, `${a.port.name} lies on ${b.port.name}`);
  assert.ok(Math.max(...drawn.sockets.map(s => s.x + s.w)) <= drawn.width);
});

test('lanes of wide sockets are numbered by the socket', () => {
  const [unit] = frontOf(all([...names('Ethernet', 1, 48).map(n => ethernet(n)), ...names('Ethernet', 49, 56, '/1').map(n => ethernet(n, { speed_bps: 1e11 }))]));
  assert.deepEqual(unit.blocks.map(b => b.name), ['Ethernet1–48', 'Ethernet49–56']);
  assert.deepEqual(unit.blocks[1].ports.map(p => p.label), names('', 49, 56));
});

test('members of a stack stand one above the other', () => {
  const units = frontOf(all([1, 2, 3].flatMap(m => names(`Gi${m}/0/`, 1, 24).map(n => ethernet(n, { member: m })))));
  assert.deepEqual(units.map(u => u.member), [1, 2, 3]);
  assert.equal(frontOf(all([ethernet('Fa0'), ethernet('StackPort1'), ...[1, 2].flatMap(m => names(`Gi${m}/0/`, 1, 24).map(n => ethernet(n, { member: m, position: 3 })))])).length, 2, 'the port of management is in the first box');
  const y = layoutFront(units).units.map(u => u.y);
  assert.ok(y[0] < y[1] && y[1] < y[2]);
});

test('positions of ENTITY-MIB come before names', () => {
  const [unit] = frontOf(all([ethernet('wan', { position: 2 }), ethernet('lan', { position: 1 }), ethernet('dmz', { position: 3 })]));
  assert.deepEqual(unit.blocks.flatMap(b => b.ports.map(p => p.name)), ['lan', 'wan', 'dmz']);
});

test('cards of a large chassis are boxes of their own, a few odd places are none', () => {
  const card = (slot, n) => names(`Te${slot}/`, 1, n).map((name, i) => ethernet(name, { position: i, slot: `Linecard ${slot}` }));
  assert.deepEqual(frontOf(all([...card(2, 48), ...card(1, 48)])).map(u => [u.name, u.blocks[0].ports.length]), [['Linecard 1', 48], ['Linecard 2', 48]]);
  assert.equal(frontOf(all([...card(1, 24), ...card(2, 4)])).length, 1, 'a switch with a module of uplinks is one box');
  const odd = frontOf(all([ethernet('eth1', { position: 9 }), ...names('eth', 2, 20).map(n => ethernet(n))]));
  assert.equal(odd[0].blocks[0].ports[0].name, 'eth1');
});

test('a device without sockets has no front', () => {
  assert.equal(String(front(all([ethernet('Vlan1'), ethernet('lo')]))), '');
});

test('ports are named PORT, STATE, SPEED, and text of a device stays text', () => {
  assert.equal(portName({ name: 'Et54/1', state: 'up', speed_bps: 1e11 }), 'Et54/1, Up, 100 G');
  const drawn = String(front(all([ethernet('eth0"><script>', { alias: '<img src=x>' }), ethernet('eth1')])));
  assert.ok(!/<script|<img/.test(drawn));
  assert.match(drawn, /role="group" aria-label="Port panel"/);
  assert.match(drawn, /aria-label="eth1, Up, 1 G"/);
});

test('tables sort numbers by size and put the unknown last', () => {
  assert.ok(compare(2, 10) < 0);
  assert.ok(compare('Et2', 'Et10') < 0);
  assert.ok(compare(null, 1) > 0 && compare(null, 1, true) > 0);
  const columns = [{ id: 'n', value: r => r.n }];
  assert.deepEqual(sortRows([{ n: 1 }, { n: null }, { n: 3 }], columns, '-n').map(r => r.n), [3, 1, null]);
});

test('lines of a walk, however they are cut', () => {
  assert.deepEqual(readVarbind('IF-MIB::ifOperStatus.1 = INTEGER: up(1)'), { name: 'IF-MIB::ifOperStatus.1', type: 'INTEGER', value: 'up(1)' });
  assert.deepEqual(readVarbind('SNMPv2-MIB::sysContact.0 = STRING: '), { name: 'SNMPv2-MIB::sysContact.0', type: 'STRING', value: '' });
  assert.equal(readVarbind('# failed: Connection timed out'), null);
  assert.deepEqual(partsOf('IF-MIB::ifName.10101'), { module: 'IF-MIB', object: 'ifName', instance: '.10101' });
  assert.deepEqual(partsOf('1.3.6.1.4.1'), { module: '', object: '1.3.6.1.4.1', instance: '' });
  const got = [], lines = lineReader(l => got.push(l));
  for (const c of 'a\nbc\nd') lines.piece(c);
  lines.end();
  assert.deepEqual(got, ['a', 'bc', 'd']);
});

test('addresses of a seed', () => {
  for (const a of ['192.0.2.1', '::1', '2001:db8::1', 'fe80::1%eth0', '::ffff:192.0.2.1', '1:2:3:4:5:6:7:8']) assert.ok(isAddress(a), a);
  for (const a of ['', '192.0.2', '192.0.2.256', '1:2', '2001:db8', 'router', ':::1', '1::2::3', '192.0.2.0/24']) assert.ok(!isAddress(a), a);
  assert.equal(prefixOf('192.0.2.17'), '192.0.2.0/24');
  assert.equal(prefixOf('192.0.'), '');
});

test('stages and progress of a discovery', () => {
  const running = { running: true, started: '2026-11-21T14:05:00Z', addresses_found: 100, addresses_asked: 40, addresses_answered: 10, waiting: 60, interviews: 3, devices: 7 };
  assert.deepEqual(stagesOf(running).map(s => s.state), ['on', 'on', 'on', 'on', '']);
  assert.ok(progressOf(running) > 0.3 && progressOf(running) < 0.5);
  assert.deepEqual(stagesOf({ running: false, started: 'x' }).map(s => s.state), Array(5).fill('ok'));
  assert.equal(progressOf({ running: false }), 0);
  assert.equal(progressOf({ running: true, addresses_found: 0, interviews: 0 }), 0);
});

test('addresses that were tried by prefix', () => {
  const { shown, more } = gridOf([{ address: '192.0.2.1', state: 'snmp' }, { address: '192.0.2.9', state: 'silent' }, { address: '198.51.100.1', state: 'asking' }, { address: '2001:db8::1', state: 'refused' }], 2);
  assert.equal(shown[0].prefix, '192.0.2.0/24');
  assert.equal(shown[0].cells[1] + shown[0].cells[9] + shown[0].cells[2], 'ds');
  assert.equal(shown[0].asked, 2);
  assert.equal(more, 1);
});

test('clouds that are proposed are sites, then prefixes, without overlap', () => {
  const at = (n, location, net) => Array.from({ length: n }, (_, i) => ({ name: `${location}-${net}-${i}`, location, address: `${net}.${i + 1}` }));
  const list = proposals([...at(10, 'Hamburg, Am Sandtorkai 30', '192.0.2'), ...at(6, 'Lyon', '198.51.100'), ...at(2, 'Kiel', '203.0.113'), ...at(4, '', '10.0.0')]);
  assert.deepEqual(list.map(g => [g.name, g.members.length]), [['Hamburg', 10], ['Lyon', 6], ['10.0.0.0/24', 4]]);
  assert.deepEqual(proposals([]), []);
});

test('what a password is worth', () => {
  assert.deepEqual(['', 'short', 'aaaaaaaaaaaaaaa', 'ten chars!', 'fourteen chars', 'correct horse battery staple'].map(strength), ['short', 'short', 'weak', 'fair', 'good', 'strong']);
});

test('a list of settings is changed where it is then, not to what it was', () => {
  const site = (name) => ({ name, prefix: '192.0.2.0/24' }), [ham, lux, osaka, kyoto] = ['Hamburg', 'Luxor', 'Osaka', 'Kyoto'].map(site);
  const now = [osaka, ham, lux];
  assert.deepEqual(added(kyoto)(now), [osaka, ham, lux, kyoto]);
  assert.deepEqual(replaced({ ...ham }, kyoto)(now), [osaka, kyoto, lux]);
  assert.deepEqual(removed({ ...lux })(now), [osaka, ham]);
  assert.deepEqual(earlier({ ...lux })(now), [osaka, lux, ham]);
  assert.deepEqual(putBack(kyoto, 1)(now), [osaka, kyoto, ham, lux]);
  for (const change of [replaced(kyoto, ham), removed(kyoto), earlier(kyoto)]) assert.throws(() => change(now), /meanwhile/);
});

test('a credential is told as the configuration has it', () => {
  assert.deepEqual(credentialOf({ name: ' lab ', community: 'public' }, '2c'), { name: 'lab', version: '2c', community: 'public' });
  assert.deepEqual(credentialOf({ name: 'core', user: 'monitor', auth: 'SHA-256', auth_secret: '12345678', priv: 'none' }, '3'), { name: 'core', version: '3', user: 'monitor', auth: 'SHA-256', auth_secret: '12345678' });
  assert.ok(!credentialWhole({ version: '3', user: 'a', auth: 'SHA-1', auth_secret: 'short' }));
  assert.ok(credentialWhole({ version: '2c', community: 'x' }));
});

test('results of a search lead somewhere, and none twice', () => {
  const found = resultsOf({ devices: [{ name: 'a/b', kind: 'switch', state: 'up' }, { name: 'a/b' }], ports: [{ device: 'a/b', name: 'Gi1/0/1' }], nodes: [{ map: 'physical', id: '1', name: 'a/b', device: 'a/b' }, { map: 'my map', id: 'x y', name: 'Lyon', kind: 'cloud' }] });
  assert.deepEqual(found.map(r => [r.group, r.href]), [['device', '/devices/a%2Fb'], ['port', '/devices/a%2Fb/interfaces?port=Gi1%2F0%2F1'], ['cloud', '/maps/my%20map?sel=x%20y']]);
});
