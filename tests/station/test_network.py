"""Generated networks with known truth: found whole from one seed, and nothing else."""
import collections
import re
import subprocess

import pytest
from conftest import await_true, farm_config, needs_root

pytestmark = needs_root


def links_of(rows, layer='2'):
    """Undirected cables with both ports; segments and layer 3 aside."""
    return collections.Counter(
        frozenset(((r['a_name'], r['a_port']), (r['b_name'], r['b_port'])))
        for r in rows if r['layer'] == layer and r['kind'] in ('p2p', 'bundle') and r['state'] not in ('candidate', 'stale', 'ambiguous'))


def pretty(links):
    return '\n'.join(' - '.join(sorted(':'.join(end) for end in link)) for link in sorted(links, key=sorted)[:20])


@pytest.mark.parametrize('kind, devices', [('campus', 200), ('fat-tree', 120), ('ring', 100), ('random', 120)])
def test_every_device_once_and_every_link_right(station, farm, kind, devices):
    net = farm('--network', kind, '--devices', devices)
    made = station(farm_config(net))
    made.discover()
    tables = made.export()
    found = [d for d in made.devices().values() if not d['station']]
    names = collections.Counter(d['name'] for d in found)
    truth = {d['sysName']: d for d in net.table('devices')}
    assert not [n for n, count in names.items() if count > 1]
    assert not set(truth) - set(names), sorted(set(truth) - set(names))[:20]
    assert not [n for n in set(names) - set(truth) if made.devices()[n]['credential']], 'devices that are not there'
    want = links_of(net.table('links'))
    have = links_of([r for r in made_links(tables)])
    assert not want - have, f'missing {len(want - have)} of {len(want)}:\n{pretty(want - have)}'
    assert not have - want, f'invented {len(have - want)}:\n{pretty(have - want)}'


def made_links(tables):
    from conftest import read_tsv
    return read_tsv(tables / 'links.tsv')


def test_devices_are_told_apart(station, farm):
    net = farm('--network', 'campus', '--devices', '60')
    made = station(farm_config(net))
    made.discover()
    shown = {d['name']: d for d in made.table('devices')}
    wrong = [(t['name'], column, t[column], shown.get(t['name'], {}).get(column))
             for t in net.table('devices') for column in ('os', 'vendor', 'serial', 'type', 'version', 'hardware')
             if t[column] and shown.get(t['name'], {}).get(column) != t[column]]
    assert not wrong, f'{len(wrong)}: {wrong[:20]}'


def test_no_packet_leaves_within(station, farm, place, started):
    """Half of the network lies outside of `within`; a capture of all that is sent proves the wall."""
    net = farm('--network', 'campus', '--devices', '500')
    capture = subprocess.Popen(['tcpdump', '-i', 'lo', '-n', '-l', '-B', '8192', f'udp dst port {net.port} or icmp[icmptype] == icmp-echo'],
                               stdout=open(place / 'capture', 'w'), stderr=subprocess.PIPE, text=True)
    try:
        assert 'listening' in (capture.stderr.readline() + capture.stderr.readline())
        made = station(farm_config(net, within='127.16.0.0/24'))
        made.discover()
        assert len(made.devices()) > 100
    finally:
        capture.terminate()
        capture.wait()
    targets = set(re.findall(r' > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?:', (place / 'capture').read_text()))
    assert len(targets) > 100
    assert not [t for t in targets if not t.startswith('127.16.0.')], targets
    assert made.json('discovery')['addresses_outside'] > 0 if made.try_cli('--json', 'discovery') else True


def test_the_dead_and_the_lossy_hinder_nobody(station, farm):
    net = farm('--network', 'campus', '--devices', '200', '--fault', 'dead@0.3', '--fault', 'loss=5')
    made = station(farm_config(net, every='5s', extra='discovery_unused: 0\n' if False else ''))
    ranges = '127.16.0.0/24'
    made.cli('discover', '--wait', ranges, limit_s=240)
    alive = {d['address'] for d in made.devices().values() if d['credential']}
    # The farm tells who is dead; the rest must be there.
    truth = {d['addresses'].split(',')[0] for d in net.table('devices')}
    silent = {d['address'] for d in made.devices().values() if not d['credential']}
    assert 0.6 * len(truth) < len(alive) < 0.8 * len(truth)
    assert len(alive | (silent & truth)) == len(truth)
    await_true(lambda: made.json('status')['polls'] > 3 * len(alive), 60, 'three rounds of polls')
    assert made.json('status')['poll_lateness_p99_ms'] < 1000


def test_kill_9_forgets_nothing(station, farm):
    net = farm('--network', 'campus', '--devices', '60')
    made = station(farm_config(net, every='2s'))
    made.discover()
    before, links = set(made.devices()), links_of(made.table('links'))
    assert links
    for n in range(10):
        made.kill()
        made.start()
        if n % 2:
            made.cli('discover')
        assert set(made.devices()) >= before, f'after {n + 1} kills'
        await_true(lambda: made.json('status')['polls'] > 0, 20, 'polling goes on')
    assert links_of(made.table('links')) == links
    assert {m['name'] for m in made.json('map', 'list')['maps']} >= {'physical', 'network'}
    assert 'cannot be read' not in made.text()
