"""A network where everything goes wrong at once: what is told of it is true, and nothing of the living is missing."""
import collections
import random

from conftest import await_true, farm_config
from test_truth import FAULTS, UNDER_WAY, count, rows_of
from truth import assert_found, busy, late_of, ports, wrong_samples

DEVICES = 60
PORTS_OF_EACH = 6

DEAD_PERCENT = 30
EVERYBODY = 'loss'  # of what everybody suffers from
# What else strikes the living: two of these each. What makes counters incomparable comes twice in ROUNDS.
KINDS = ('nothing', 'delay', 'tooBig', 'order', 'tables', 'short', 'no bulk', 'reboots', 'renumbering', 'resets', 'cards',
         'drift', 'broken', 'garbage', 'stuck', 'spikes', 'clock')
SLOW = {'delay', 'tooBig', 'no bulk', 'short', 'broken', 'renumbering'}  # their polls may take longer than a short interval
BY_THE_CLOCK = {'reboot', 'renumber', 'reset', 'card', 'clock'}


def faults_of(names, every_s):
    """What to tell the farm. What comes by the clock comes as often in an interval as in those of 2 s: counters that go
    back between any two readings tell nobody so."""
    for kind, _, value in (fault.partition('=') for name in sorted(names) for fault in FAULTS[name][0]):
        yield f'{kind}={int(value) * every_s // 2}' if kind in BY_THE_CLOCK else f'{kind}={value}' if value else kind


def draw(addresses, seed):
    """The dead, and what strikes each of the living. Of a card whose counters begin anew, untold, just after all others
    did, nobody can know."""
    pick = random.Random(seed)
    dead = pick.sample(addresses, len(addresses) * DEAD_PERCENT // 100)
    living = [a for a in addresses if a not in dead]
    struck = {a: {EVERYBODY, KINDS[n % len(KINDS)], pick.choice(KINDS)} for n, a in enumerate(living)}
    return dead, {a: kinds - {'reboots', 'resets'} if 'cards' in kinds else kinds for a, kinds in struck.items()}


def reasons_of(names):
    """Why values of a device may be missing. A poll that is lost whole is made up for by the next."""
    return {reason for name in names for reason in FAULTS[name][1]} | ({'overload'} if len(names & SLOW) > 1 else set())


def least(names, rounds):
    """Intervals in which rates are known."""
    return 0 if len(names & SLOW) > 1 else 2 if reasons_of(names) else rounds


def assert_storm_is_survived(station, farm, seed, every_s, rounds):
    """Polls of so many rounds, each every_s, of a network of that seed where everything strikes."""
    net = farm('--network', 'campus', '--devices', DEVICES, '--seed', seed)
    watched = collections.defaultdict(list)
    for port in ports(net):
        if busy(port, every_s):
            watched[port.address].append(port)
    dead, struck = draw(sorted(a for a in watched if len(watched[a]) > 1), seed)
    made = station(farm_config(net, every=f'{every_s}s', ranges='127.16.0.0/26'))
    made.discover()
    names = assert_found(made, net)
    quick = [a for a in struck if not struck[a] & SLOW]
    polls = lambda: min(made.ask('devices', names[a])['poll']['polls'] for a in quick)
    begun = polls()
    await_true(lambda: polls() > begun + 2, 20 + 3 * every_s, 'polls before anything strikes')
    for address in dead:
        net.tell(f'fault dead {address}')
    for address, kinds in struck.items():
        for fault in faults_of(kinds, every_s):
            net.tell(f'fault {fault} {address}')
    await_true(lambda: polls() > begun + 2 + rounds, 30 + 4 * rounds * every_s, 'polls of those that are quick')

    wrong, unexplained, few = [], [], []
    for address in [*struck, *dead]:
        kinds = struck.get(address, {'dead'})
        label, late = '+'.join(sorted(kinds - {EVERYBODY})), late_of(faults_of(kinds, every_s))
        for port in watched[address][:PORTS_OF_EACH]:
            rows = rows_of(made, names[address], port, (4 if kinds & SLOW else 1) * UNDER_WAY)
            known = [sample for _, samples, _ in rows for sample in samples]
            wrong += [(label, str(port), sample) for sample in wrong_samples(port, known, every_s, late)]
            unexplained += [((label, gap), str(port), at, at - rows[-1][0]) for at, samples, gap in rows
                            if not samples and gap not in reasons_of(kinds)]
            told = sum(bool(samples) for _, samples, _ in rows)
            if address in struck and told < least(kinds, rounds):
                few.append((label, str(port), told, len(rows)))
    print(f'{len(struck)} living, {len(dead)} dead, wrong {len(wrong)}, unexplained {len(unexplained)}, few {len(few)}')
    assert not wrong, count(wrong)
    assert not few, count(few)
    assert not unexplained, count(unexplained)
