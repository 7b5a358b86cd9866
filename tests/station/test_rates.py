"""Rates in the RRD files equal the known rates, whatever the agent does."""
import json

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

COLUMNS = ('in_octets', 'out_octets', 'in_ucast', 'out_ucast')


def watched(net, count=12):
    """Ports with traffic, of 32-bit and 64-bit counters."""
    rows = [r for r in net.table('rates') if float(r['in_octets_per_s']) > 500 and float(r['out_octets_per_s']) > 500]
    short = [r for r in rows if r['counter_bits'] == '32'][:count // 2]
    assert short, 'no port with short counters'
    return short + [r for r in rows if r['counter_bits'] == '64'][:count - len(short)]


def known(made, row):
    """(column, value) of every sample of a port that is not unknown."""
    answer = made.json('series', f"{row['name']}:{row['ifName']}", 'traffic', '--from', '-10m')
    columns = answer['columns']
    for sample in answer['rows']:
        for name, value in zip(columns, sample[1:]):
            if name in COLUMNS and value is not None:
                yield sample[0], name, value


def assert_true_rates(made, rows, least):
    for row in rows:
        samples = list(known(made, row))
        wrong = [(at, name, value, row[f'{name}_per_s']) for at, name, value in samples
                 if abs(value - float(row[f'{name}_per_s'])) > 0.005 * float(row[f'{name}_per_s'])]
        assert not wrong, f"{row['name']}:{row['ifName']}: {wrong[:5]} of {len(samples)}"
        assert len(samples) >= least * len(COLUMNS), f"{row['name']}:{row['ifName']}: {len(samples)} samples"


def start(station, farm):
    net = farm('--network', 'campus', '--devices', '30')
    made = station(farm_config(net, every='5s'))
    made.discover()
    return net, made, watched(net)


def polls(made, more):
    first = made.json('status')['polls']
    count = len(made.devices())
    await_true(lambda: made.json('status')['polls'] >= first + more * count, 30 + 10 * more, f'{more} rounds of polls')


def test_steady_rates(station, farm):
    net, made, rows = start(station, farm)
    polls(made, 6)
    await_true(lambda: all(len(list(known(made, r))) >= 4 * 4 for r in rows), 60, 'samples of every port')
    assert_true_rates(made, rows, 4)


def test_a_reboot_leaves_a_gap_and_no_spike(station, farm):
    net, made, rows = start(station, farm)
    polls(made, 3)
    for address in {d['addresses'].split(',')[0] for d in net.table('devices')}:
        net.tell(f'reboot {address}')
    polls(made, 5)
    assert_true_rates(made, rows, 4)


def test_renumbering_moves_no_samples_to_another_port(station, farm):
    net, made, rows = start(station, farm)
    polls(made, 3)
    files = {(r['name'], r['ifName']): made.cli('series', f"{r['name']}:{r['ifName']}", '--files') for r in rows}
    for address in {d['addresses'].split(',')[0] for d in net.table('devices')}:
        net.tell(f'renumber {address}')
    polls(made, 6)
    assert_true_rates(made, rows, 5)
    assert files == {(r['name'], r['ifName']): made.cli('series', f"{r['name']}:{r['ifName']}", '--files') for r in rows}
