"""Counters of agents that misbehave, all at once: no rate is wrong, no value is missing without its reason."""
import collections
import os
import signal

import pytest
from conftest import await_true, farm_config, needs_root
from truth import RATES, assert_found, busy, late_of, ports, samples, wrong_samples

pytestmark = [needs_root, pytest.mark.measures]

EVERY_S = 2
SEED = os.environ.get('TRUTH_SEED', '1')  # by hand: other networks, more rounds
ROUNDS = int(os.environ.get('TRUTH_ROUNDS', '9'))
PORTS_OF_EACH = 6
UNDER_WAY = 4  # rows that the next answer may still fill; of agents too slow for the interval more

# What strikes an agent, and why values of its ports may be missing.
FAULTS = {
    'nothing': ([], ()),
    'loss': (['loss=5'], ()),
    'delay': (['delay=200'], ('overload',)),
    'tooBig': (['toobig=500'], ()),
    'short': (['short=5', 'source'], ()),
    'order': (['backwards', 'twice'], ()),
    'tables': (['loop', 'endless'], ()),
    'no bulk': (['nobulk', 'noend'], ('overload',)),
    'reboots': (['reboot=7'], ('reset',)),
    'renumbering': (['renumber=5', 'delay=150'], ('renumbered', 'overload')),
    'resets': (['reset=7'], ('reset',)),
    'cards': (['card=7'], ('reset',)),
    'drift': (['drift=20'], ()),
    'uptime': (['round=25'], ()),
    'clock': (['clock=5'], ('reset',)),
    'spikes': (['spike=50'], ('impossible', 'reset')),
    'stuck': (['stuckhc'], ('stuck', 'reset')),
    'shaped': (['shaped=100'], ('impossible',)),
    'broken': (['truncated=10', 'wrongid=5'], ('timeout', 'broken', 'overload')),
    'garbage': (['garbage=20'], ('timeout', 'broken', 'overload', 'reset', 'impossible', 'renumbered', 'wrapped', 'stuck')),
    'dead': (['dead'], ('timeout',)),
}
ALWAYS = ('no bulk', 'shaped', 'uptime')  # while they are discovered, too
STRICT = [name for name, (_, reasons) in FAULTS.items() if not reasons]


def strike(net, address, name):
    for fault in FAULTS[name][0]:
        net.tell(f'fault {fault} {address}')


def rows_of(made, device, port, under_way=UNDER_WAY):
    """(time, known rates, reason) of every row from the first that was known to the newest that can be."""
    answer = made.ask('series', f'{device}:{port.label}', 'traffic', **{'from': '-10m'})
    if answer is None:
        return []
    rows = [(row[0], [(row[0], c, v) for c, v in zip(answer['columns'], row[1:]) if c in RATES and v is not None], gap)
            for row, gap in zip(answer['rows'], answer['row_gaps'])]
    while rows and not rows[0][1]:
        rows.pop(0)
    for _ in range(under_way):
        if rows and not rows[-1][1] and rows[-1][2] is None:
            rows.pop()
    return rows


def count(some):
    return f'{len(some)}: {collections.Counter(one[0] for one in some)} {some[:4]}'


@pytest.mark.long
def test_no_rate_is_wrong_and_no_value_is_missing_without_reason(station, farm):
    net = farm('--network', 'campus', '--devices', 60, '--seed', SEED)
    watched = collections.defaultdict(list)
    for port in ports(net):
        if busy(port, EVERY_S):
            watched[port.address].append(port)
    struck = dict(zip(sorted(a for a in watched if len(watched[a]) > 1), list(FAULTS) * 3))
    assert set(struck.values()) == set(FAULTS)
    for address, name in struck.items():
        if name in ALWAYS:
            strike(net, address, name)
    made = station(farm_config(net, every=f'{EVERY_S}s', ranges='127.16.0.0/26'))
    made.discover()
    names = assert_found(made, net)
    polls = lambda: made.ask('devices', names[next(iter(struck))])['poll']['polls']
    begun = polls()
    await_true(lambda: polls() > begun + 3, 30, 'polls before anything strikes')
    for address, name in struck.items():
        if name not in ALWAYS:
            strike(net, address, name)
    await_true(lambda: polls() > begun + 3 + ROUNDS, 30 + 4 * ROUNDS, 'polls of those that are struck')

    wrong, unexplained, few = [], [], []
    for address, name in struck.items():
        for port in watched[address][:PORTS_OF_EACH]:
            rows = rows_of(made, names[address], port, (3 if 'overload' in FAULTS[name][1] else 1) * UNDER_WAY)
            known = [sample for _, samples, _ in rows for sample in samples]
            wrong += [(name, str(port), sample) for sample in wrong_samples(port, known, EVERY_S, late_of(FAULTS[name][0]))]
            unexplained += [((name, gap), str(port), at, at - rows[-1][0]) for at, samples, gap in rows
                            if not samples and gap not in FAULTS[name][1]]
            told = sum(bool(samples) for _, samples, _ in rows)
            if told < (ROUNDS if name in STRICT else 2):
                few.append((name, str(port), told, len(rows)))
    assert not wrong, count(wrong)
    assert not few, count(few)
    assert not unexplained, count(unexplained)
    spiked = [names[a] for a, name in struck.items() if name == 'spikes']
    await_true(lambda: sum(made.ask('devices', d)['poll']['bad_samples'] for d in spiked) > 0, 20, 'bad samples are counted')
    assert made.ask('status')['bad_samples'] > 0


def gaps_of(made, port):
    return {g['reason'] for g in made.ask('series', str(port), 'traffic', **{'from': '-10m'})['gaps']}


def reasons_shown(made, port):
    """The column `gap` of rows without values, as people and scripts see it."""
    lines = [line.split('\t') for line in made.cli('series', str(port), 'traffic', '--from', '-10m').splitlines()]
    assert lines[0][-1] == 'gap'
    return {line[-1] for line in lines[1:] if line[-1] and not any(line[1:-1])}


def test_gaps_say_why_and_outlive_the_station(station, farm):
    net = farm('--network', 'campus', '--devices', 12, '--user', 'op:SHA:right-secret')
    config = (farm_config(net, every='1s')
              .replace('version: 2c, community: public', 'version: 3, user: op, auth: SHA, auth_secret: right-secret'))
    made = station(config)
    made.discover()
    by_device = {port.device: port for port in ports(net)}
    silent, refusing = list(by_device.values())[:2]
    await_true(lambda: all(samples(made, p) for p in (silent, refusing)), 30, 'first rates')
    net.tell(f'kill {silent.address}')
    made.write_config(config.replace('right', 'wrong'))
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: gaps_of(made, silent) == {'timeout'}, 30, 'the silent has a gap')
    await_true(lambda: gaps_of(made, refusing) == {'authentication'}, 30, 'the one that refuses has a gap')
    assert reasons_shown(made, silent) == {'timeout'} and reasons_shown(made, refusing) == {'authentication'}

    assert made.stop() == 0
    made.write_config(config)
    made.start()
    await_true(lambda: made.ask('status')['rrdcached_up'], 30, 'the series are there')
    known = len(samples(made, refusing))
    await_true(lambda: len(samples(made, refusing)) > known, 30, 'rates after the restart')
    assert gaps_of(made, refusing) == {'authentication', 'not polled'}
    assert reasons_shown(made, refusing) == {'authentication', 'not polled'}
    assert 'timeout' in gaps_of(made, silent)
