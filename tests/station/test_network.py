"""Generated networks with known truth: found whole from one seed, and nothing else."""
import re
import sqlite3
import subprocess

import pytest
from conftest import await_true, farm_config, needs_root
from truth import assert_cables, assert_found

pytestmark = [needs_root, pytest.mark.measures]


@pytest.mark.parametrize('kind, devices', [('campus', 200), ('fat-tree', 120), ('ring', 100), ('random', 120)])
def test_every_device_once_and_every_link_right(station, farm, kind, devices):
    net = farm('--network', kind, '--devices', devices)
    made = station(farm_config(net))
    made.discover()
    found = assert_found(made, net)
    assert set(found.values()) == {d['sysName'] for d in net.table('devices')}
    assert_cables(made, net)


def test_devices_are_told_apart(station, farm):
    net = farm('--network', 'campus', '--devices', 60)
    made = station(farm_config(net))
    made.discover()
    shown = {d['name']: d for d in made.table('devices')}
    wrong = []
    for truth in net.table('devices'):
        seen = shown[truth['name']]
        wrong += [(truth['name'], c, truth[c], seen[c]) for c in ('os', 'vendor', 'serial', 'type', 'sysName', 'location')
                  if truth[c] and seen[c] != truth[c]]
        # How a maker's names are written is the profile's to choose: "Juniper SRX340", "Server 2019 (1809)".
        wrong += [(truth['name'], c, truth[c], seen[c]) for c in ('hardware', 'version')
                  if not set(re.findall(r'[\w.-]+', seen[c])) & set(re.findall(r'[\w.-]+', truth[c])) and truth[c]]
    assert not wrong, f'{len(wrong)}: {wrong[:20]}'


class Capture:
    """Where loopback's SNMP and echo requests go, by tcpdump: independent of what the station believes."""

    def __init__(self, path, port):
        self.path = path
        with open(path, 'w') as out:
            self.process = subprocess.Popen(
                ['tcpdump', '-i', 'lo', '-n', '-l', '-B', '8192', f'udp dst port {port} or icmp[icmptype] == icmp-echo'],
                stdout=out, stderr=subprocess.PIPE, text=True)
        while 'listening on' not in (line := self.process.stderr.readline()):
            assert line, 'tcpdump does not start'

    def targets(self):
        self.process.terminate()
        said = self.process.communicate()[1]
        assert '\n0 packets dropped by kernel' in said, said
        return set(re.findall(r' > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?:', self.path.read_text()))


def test_no_packet_leaves_within(station, farm, place):
    """Half of the network lies outside of `within`, and devices inside tell of it."""
    net = farm('--network', 'campus', '--devices', 500)
    capture = Capture(place / 'capture', net.port)
    made = station(farm_config(net, within='127.16.0.0/24'))
    made.discover()
    for outside in ('127.16.1.1', '127.16.1.128/28'):
        assert not made.try_cli('discover', '--wait', outside), 'refused, even by name'
    targets = capture.targets()
    assert len(made.devices()) > 100 and len(targets) > 100
    assert not [t for t in targets if not t.startswith('127.16.0.')], targets
    assert made.ask('discovery')['addresses_outside'] > 0


def test_the_dead_and_the_lossy_hinder_nobody(station, farm):
    net = farm('--network', 'campus', '--devices', 200, '--fault', 'loss=5')
    addresses = sorted(d['addresses'].split(',')[0] for d in net.table('devices'))
    dead = set(addresses[1::3])
    for address in dead:
        net.tell(f'kill {address}')
    made = station(farm_config(net, every='5s'))
    made.cli('discover', '--wait', '127.16.0.0/24')
    assert_found(made, net, silent=dead)
    shown = {d['address']: d for d in made.devices().values()}
    assert dead <= set(shown), 'they echo, and are on the map'
    made.await_polls(3, 60)
    states = {a: made.ask('devices', a)['state'] for a in set(addresses) - dead}
    assert not {a: s for a, s in states.items() if s not in ('up', 'suspect')}
    status = made.ask('status')
    assert status['poll_lateness_p99_ms'] < 500, status


def check_state(made):
    with sqlite3.connect(f'file:{made.data}/state.db?mode=ro', uri=True) as db:
        assert db.execute('pragma integrity_check').fetchall() == [('ok',)]


def test_kill_9_forgets_nothing(station, farm):
    net = farm('--network', 'campus', '--devices', 60)
    made = station(farm_config(net, every='2s'))
    made.discover()
    for n in range(10):
        made.kill()
        check_state(made)
        made.start()
        if n % 2:
            made.cli('discover')
        assert_found(made, net)
        await_true(lambda: made.ask('status')['polls'] > 10, 20, 'polling goes on')
        await_true(lambda: made.ask('links')['links'], 5, 'links are back')
        assert_cables(made, net)
    assert {m['name'] for m in made.ask('maps')['maps']} >= {'physical', 'network'}
    assert 'cannot be read' not in made.text()
