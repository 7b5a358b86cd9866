"""Shapes that neither kernel nor farm builds: bundles, over one chassis and over two, as agents that a test wrote down."""
import json

from conftest import farm_config, needs_root

pytestmark = needs_root

LLDP, LAG, OSPF = '1.0.8802.1.1.2.1', '1.2.840.10006.300.43.1.2.1.1', '1.3.6.1.2.1.14.10.1'
ETHERNET, LOOPBACK, AGGREGATE = 6, 24, 161
PAIR = '0200c0ffee00'  # the LACP system id that two chassis share


class Agent:
    """What one agent says, as a recording. Ports are numbered from 1; port n of device i has a MAC address of its own."""

    def __init__(self, number, name, ports, bundles=(), serial=None):
        self.number, self.name, self.said = number, name, {}
        self.ports = {port: n for n, port in enumerate((*ports, *bundles, 'lo'), 1)}
        self.address = f'127.16.0.{number}'
        self.loopback = f'10.9.0.{number}'
        self.say('1.3.6.1.2.1.1.1.0', '4', f'Shape {number}').say('1.3.6.1.2.1.1.2.0', '6', '1.3.6.1.4.1.8072.3.2.10')
        self.say('1.3.6.1.2.1.1.3.0', '67', 1000000 + 50000 * number).say('1.3.6.1.2.1.1.5.0', '4', name)
        self.say('1.3.6.1.6.3.10.2.1.1.0', '4x', f'80001f8804{number:012x}')
        for port, n in self.ports.items():
            kind = LOOPBACK if port == 'lo' else AGGREGATE if port in bundles else ETHERNET
            for column, tag, value in ((1, '2', n), (2, '4', port), (3, '2', kind), (5, '66', 10 ** 9), (7, '2', 1), (8, '2', 1)):
                self.say(f'1.3.6.1.2.1.2.2.1.{column}.{n}', tag, value)
            if port != 'lo':
                self.say(f'1.3.6.1.2.1.2.2.1.6.{n}', '4x', self.mac(port))
            self.say(f'1.3.6.1.2.1.31.1.1.1.1.{n}', '4', port)
        self.has(self.loopback, 'lo', '255.255.255.255')

    def say(self, oid, tag, value):
        self.said[oid] = f'{tag}|{value}'
        return self

    def mac(self, port):
        return f'00163c{self.number:02x}00{self.ports[port]:02x}'

    def system(self):
        return f'00163c{self.number:02x}ff00'

    def has(self, ip, port, mask='255.255.255.0'):
        for column, tag, value in ((1, '64', ip), (2, '2', self.ports[port]), (3, '64', mask)):
            self.say(f'1.3.6.1.2.1.4.20.1.{column}.{ip}', tag, value)

    def speaks_lldp(self):
        self.say(f'{LLDP}.3.1.0', '2', 4).say(f'{LLDP}.3.2.0', '4x', self.system()).say(f'{LLDP}.3.3.0', '4', self.name)
        for port, n in self.ports.items():
            self.say(f'{LLDP}.3.7.1.2.{n}', '2', 5).say(f'{LLDP}.3.7.1.3.{n}', '4', port).say(f'{LLDP}.3.7.1.4.{n}', '4', port)

    def hears(self, port, other, other_port):
        at = f'0.{self.ports[port]}.{self.ports[port]}'
        for column, tag, value in ((4, '2', 4), (5, '4x', other.system()), (6, '2', 5), (7, '4', other_port), (8, '4', other_port),
                                   (9, '4', other.name)):
            self.say(f'{LLDP}.4.1.1.{column}.{at}', tag, value)

    def bundled(self, port, bundle, number, partner, partner_number, system=None):
        """Port number of a system is a member of bundle, and that of partner at its other end."""
        n = self.ports[port]
        for column, tag, value in ((3, '4x', system or self.system()), (9, '4x', partner), (13, '2', self.ports[bundle]),
                                   (14, '2', number), (17, '2', partner_number)):
            self.say(f'{LAG}.{column}.{n}', tag, value)

    def routes_with(self, other, port):
        """OSPF at a port without an address: full, by the other's loopback."""
        at = f'{other.loopback}.{self.ports[port]}'
        for column, tag, value in ((1, '64', other.loopback), (2, '2', self.ports[port]), (3, '64', other.loopback), (6, '2', 8)):
            self.say(f'{OSPF}.{column}.{at}', tag, value)

    def recording(self):
        key = lambda oid: tuple(map(int, oid.split('.')))
        return ''.join(f'{oid}|{self.said[oid]}\n' for oid in sorted(self.said, key=key))


def build():
    """Two chassis that are one to those bundled with them; what hangs on both; a bundle of two cables; a router."""
    left, right = (Agent(n, 'core', ('p1', 'p2', 'p3', 'p4', 'p5'), ('Po10', 'Po20', 'Po30')) for n in (1, 2))
    access = Agent(3, 'access', ('p1', 'p2', 'p3', 'p4'), ('Po1', 'Po2'))
    store = Agent(4, 'store', ('e1', 'e2'), ('bond0',))
    edge = Agent(5, 'edge', ('g1', 'g2', 'g3'), ('ae0',))
    router = Agent(6, 'router', ('r1',))
    for a in (left, right, access):
        a.speaks_lldp()
    for a, b, number in ((left, right, 100), (right, left, 200)):  # the peers, by LLDP and LACP
        for port in ('p1', 'p2'):
            a.hears(port, b, port)
            a.bundled(port, 'Po10', number + a.ports[port], b.system(), 300 - number + b.ports[port])
    for chassis, port, number in ((left, 'p1', 1), (right, 'p2', 2)):  # access on both
        chassis.hears('p3', access, port)
        access.hears(port, chassis, 'p3')
        chassis.bundled('p3', 'Po20', 0x4000 * number + 3, access.system(), number, PAIR)
        access.bundled(port, 'Po1', number, PAIR, 0x4000 * number + 3)
    for chassis, port, number in ((left, 'e1', 1), (right, 'e2', 2)):  # a server on both, without LLDP
        chassis.bundled('p4', 'Po30', 0x4000 * number + 4, store.system(), number, PAIR)
        store.bundled(port, 'bond0', number, PAIR, 0x4000 * number + 4)
    for here, there, number in (('p3', 'g1', 3), ('p4', 'g2', 4)):  # two cables, without LLDP
        access.bundled(here, 'Po2', number, edge.system(), number - 2)
        edge.bundled(there, 'ae0', number - 2, access.system(), number)
    edge.routes_with(router, 'g3')
    router.routes_with(edge, 'r1')
    return left, right, access, store, edge, router


WANTED = {  # cables by the numbers of the agents
    ((1, 'p1'), (2, 'p1')), ((1, 'p2'), (2, 'p2')), ((1, 'p3'), (3, 'p1')), ((2, 'p3'), (3, 'p2')),
    ((1, 'p4'), (4, 'e1')), ((2, 'p4'), (4, 'e2')), ((3, 'p3'), (5, 'g1')), ((3, 'p4'), (5, 'g2'))}


def test_bundles_lead_where_their_cables_do(station, farm, place):
    agents = build()
    for a in agents:
        (place / f'{a.number}-{a.name}.snmprec').write_text(a.recording())
    net = farm('--replay', place, '--quiet')
    made = station(farm_config(net, ranges='127.16.0.0/28'))
    made.discover()
    devices = made.devices()
    number = {name: int(d['address'].rsplit('.', 1)[1]) for name, d in devices.items() if d['state'] == 'up' and 'credential' in d}
    assert sorted(number.values()) == [a.number for a in agents], 'the two chassis stay two, though they share name and system id'
    rows = [r for r in made.table('links') if r['a_name'] in number and r['b_name'] in number]

    def ends(row):
        return tuple(sorted(((number[row['a_name']], row['a_port']), (number[row['b_name']], row['b_port']))))
    cables = {ends(r): r for r in rows if r['layer'] == '2' and r['kind'] != 'segment' and r['state'] not in ('candidate', 'ambiguous')}
    assert set(cables) == WANTED, json.dumps(rows, indent=1)
    assert {r['kind'] for r in cables.values()} == {'bundle'}
    assert {ends(r) for r in rows if r['layer'] == '3' and r['evidence'] == 'ospf'} == {((5, 'g3'), (6, 'r1'))}
    shared = [ln for ln in made.json('links')['links'] if 'MC-LAG' in ln['why']]
    assert {frozenset((number[ln['a']], number[ln['b']])) for ln in shared if ln['a'] in number and ln['b'] in number} == {
        frozenset(pair) for pair in ((1, 3), (2, 3), (1, 4), (2, 4))}
