"""Agents that misbehave: the station survives each kind, and what it tells stays true."""
import pytest
from conftest import farm_config, needs_root
from truth import assert_cables, assert_found, assert_rates, busy, late_of, ports

pytestmark = [needs_root, pytest.mark.measures]

EVERY_S = 2
MEMORY_MAX = 200 << 20  # octets resident, of a station that knows 60 devices

# What strikes every third device, kind by kind in turn. `unread`: their tables cannot be read, or not whole;
# `garbled`: with octets that nobody can tell from right ones.
GROUPS = {
    'the way': (['loss=10', 'delay=100', 'twice', 'source'], ()),
    'the silent': (['dead'], ('unread',)),
    'small answers and odd tables': (['toobig', 'short', 'nobulk', 'noend', 'backwards', 'loop', 'endless'], ()),
    'broken answers': (['truncated', 'wrongid'], ('unread',)),
    'garbage': (['garbage'], ('unread', 'garbled')),
    'lives and counters': (['reboot=5', 'renumber=5', 'clock=5', 'stuckhc', 'frozen'], ()),
    'clones': (['engineid', 'cloned'], ()),
}

# Whose counters cannot be compared in each interval; and whose cannot be told.
IRREGULAR = {'reboot=5', 'truncated', 'wrongid', 'loss=10'}
UNTOLD = {'dead', 'garbage', 'frozen'}


def strike(net, kinds):
    """Every third device suffers, from all kinds in turn; which device suffers from what."""
    addresses = [d['addresses'].split(',')[0] for d in sorted(net.table('devices'), key=lambda d: d['name'])]
    struck = {address: kinds[n % len(kinds)] for n, address in enumerate(addresses[1::3])}
    for address, kind in struck.items():
        net.tell(f'fault {kind} {address}')
    return struck


def assert_cables_at_last(made, net, names, unread, garbled, rounds):
    """Where ports got other numbers between two of the tables that tell of them, the next round puts it right."""
    for more in reversed(range(rounds)):
        try:
            assert_cables(made, net, names, unread, garbled=garbled)
            return
        except AssertionError:
            if not more:
                raise
        made.discover()


@pytest.mark.parametrize('group', GROUPS)
def test_misbehaviour_is_survived_and_invents_nothing(group, station, farm):
    kinds, marks = GROUPS[group]
    net = farm('--network', 'campus', '--devices', 60)
    struck = strike(net, kinds)
    made = station(farm_config(net, every=f'{EVERY_S}s', ranges='127.16.0.0/26'))
    made.discover()
    silent = struck if kinds == ['dead'] else ()
    names = assert_found(made, net, silent)
    assert_cables_at_last(made, net, names, struck if 'unread' in marks else (), 'garbled' in marks,
                          rounds=3 if 'renumber=5' in kinds else 1)

    made.await_polls(4, 60)
    watched = [p for p in ports(net) if busy(p, EVERY_S) and struck.get(p.address) not in UNTOLD]
    for port in [p for p in watched if p.address in struck][::3][:50] + [p for p in watched if p.address not in struck][:20]:
        kind = struck.get(port.address)
        assert_rates(made, [port], EVERY_S, 0 if kind in IRREGULAR else 2, names, late_of([kind] if kind else []))
    status = made.ask('status')
    assert status['memory_bytes'] < MEMORY_MAX, status
    assert status['devices_down'] == 0, status  # even the dead echo
