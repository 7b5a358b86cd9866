"""What the station found, held against what the farm knows to be true."""
import collections

from conftest import read_tsv

RATES = ('in_octets', 'out_octets', 'in_ucast', 'out_ucast')
RATE_ERROR = 0.005  # of a rate, at most

# How exactly the moment of a reading is known. Where the way is long, or the machine busy, sysUpTime tells it, in
# hundredths; of an agent whose clock tells nothing it is some moment between question and answer.
GRAIN_S = 0.01
LATE_S = {'clock': 0.15, 'drift': 0.4}


def late_of(faults):
    """The same for an agent with some faults, as the farm names them."""
    return max([GRAIN_S, *(LATE_S.get(fault.partition('=')[0], 0) for fault in faults)])


def cables(rows, names=None):
    """Links of layer 2 that are told as facts, both ends with their ports, in no direction; names: other names."""
    names = names or {}
    return collections.Counter(
        frozenset(((names.get(r['a_name'], r['a_name']), r['a_port']), (names.get(r['b_name'], r['b_name']), r['b_port'])))
        for r in rows
        if r['layer'] == '2' and r['kind'] in ('p2p', 'bundle') and r['state'] not in ('candidate', 'stale', 'ambiguous'))


def list_cables(some):
    return '\n'.join(sorted(' - '.join(sorted(':'.join(end) for end in cable)) for cable in some)[:20])


def match_unknown_ports(want, have):
    """What is left of both where a cable of have lacks one port, but is one of want otherwise."""
    for cable in list(have - want):
        known = {end for end in cable if end[1]}
        bare = {device for device, port in cable if not port}
        for real in want - have:
            if len(known) == 1 and known < real and {device for device, _ in real - known} == bare:
                want, have = want - collections.Counter([real]), have - collections.Counter([cable])
                break
    return want, have


def assert_cables(made, net, names=None, unread=(), garbled=False):
    """Every cable of the network, and none besides. names: what the station calls the devices, by address. unread:
    devices that could not be read, or not whole: a cable between two of them may be missing, and one to them that only
    forwarding tables tell, or its port there. garbled: they say what is not true, too; only cables of others count."""
    addresses = {d['sysName']: d['addresses'].split(',')[0] for d in net.table('devices')}
    called = {name: (names or {}).get(address, name) for name, address in addresses.items()}
    rows = net.table('links')
    dim = [r for r in rows if sum(addresses[r[end]] in unread for end in ('a_name', 'b_name')) > (r['evidence'] != 'fdb' and not garbled)]
    want, optional = cables(rows, called), cables(dim, called)
    have = cables(read_tsv(made.export() / 'links.tsv'))
    assert want, 'a network without cables'
    if unread:
        want, have = match_unknown_ports(want, have)
    invented, missing = have - want, want - have - optional
    assert garbled or not invented, f'invented {len(invented)}:\n{list_cables(invented)}\nmissing:\n{list_cables(missing)}'
    assert not missing, f'missing {len(missing)} of {len(rows)}:\n{list_cables(missing)}'


def assert_found(made, net, silent=()):
    """Every device of the network once, by its own address, and no agent that is not there. Their names by address."""
    want = {d['addresses'].split(',')[0] for d in net.table('devices')}
    have = {d['address']: d for d in made.devices().values()}
    answering = {a for a, d in have.items() if 'credential' in d}
    assert answering == want - set(silent), (
        f'missing {sorted(want - set(silent) - answering)[:20]}, '
        f"not there {sorted((have[a]['name'], a) for a in answering - (want - set(silent)))[:20]}")
    return {address: d['name'] for address, d in have.items() if address in want}


class Port:
    """A port of the network: where it is, how people call it, and what flows through it."""

    def __init__(self, row, label, address):
        self.device, self.label, self.address = row['name'], label, address
        self.short = row['counter_bits'] == '32'
        self.rates = {name: float(row[f'{name}_per_s']) for name in RATES}

    def __str__(self):
        return f'{self.device}:{self.label}'


def ports(net):
    """All ports of the network that counters tell of."""
    labels = {(p['name'], p['ifIndex']): p['ifName'] or p['ifDescr'] for p in net.table('ports')}
    addresses = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    return [Port(r, labels[r['name'], r['ifIndex']], addresses[r['name']]) for r in net.table('rates')]


def busy(port, interval_s):
    """Octets of one interval tell the rate much finer than the error that is allowed."""
    return all(port.rates[n] * interval_s > 5 / RATE_ERROR for n in ('in_octets', 'out_octets'))


def samples(made, port, name=None):
    """(time, column, rate) of every sample of a port that is known; name: of its device, if another."""
    answers = [made.ask('series', f'{name or port.device}:{port.label}', what, **{'from': '-10m'}) for what in ('traffic', 'packets')]
    return [(row[0], column, rate) for answer in answers if answer is not None for row in answer['rows']
            for column, rate in zip(answer['columns'], row[1:]) if column in RATES and rate is not None]


def wrong_samples(port, seen, interval_s, late_s=GRAIN_S):
    """Samples that differ from the truth by more than the error, or than what whole packets can tell of an interval that
    late polls made shorter by a third. late_s: the moment of a reading is known no better."""
    error = RATE_ERROR + late_s / interval_s
    return [(at, column, rate, port.rates[column]) for at, column, rate in seen
            if abs(rate - port.rates[column]) > error * port.rates[column] + 2.0 / interval_s]


def assert_rates(made, some, interval_s, least, names=None, late_s=GRAIN_S):
    """Rates of these ports are true wherever they are known, and known in at least so many intervals."""
    for port in some:
        seen = samples(made, port, (names or {}).get(port.address))
        wrong = wrong_samples(port, seen, interval_s, late_s)
        assert not wrong, f'{port}: {len(wrong)} of {len(seen)} samples: {wrong[:6]}'
        assert len(seen) >= least * len(RATES), f'{port}: only {len(seen)} samples'
