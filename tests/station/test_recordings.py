"""`portolan probe --tables` on recordings of real devices. Needs ../shared/recordings."""
import subprocess

import pytest
from conftest import SHARED, read_tsv

RECORDINGS = SHARED / 'recordings'
EVERY = 5  # of the recordings that have expected ports

pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason='../shared/recordings is absent')

# What an interface must be right in: expected column, and how often at least.
RIGHT = {'ifName': 0.99, 'ifDescr': 0.99, 'ifType': 0.995, 'ifSpeed': 0.99, 'ifAdminStatus': 0.995,
         'ifOperStatus': 0.995, 'ifPhysAddress': 0.99}


def plain(column, value):
    value = ' '.join(value.split()).lower()
    return value.replace(':', '') if column == 'ifPhysAddress' else value


def test_every_interface_is_there_and_right(farm, programs, place):
    expected = {}
    for row in read_tsv(RECORDINGS / 'expected' / 'ports.tsv'):
        expected.setdefault(row['device'] if 'device' in row else next(iter(row.values())), {})[row['ifIndex']] = row
    net = farm('--replay', RECORDINGS / 'librenms', '--quiet')
    checked = right = missing = 0
    columns = {c: [0, 0] for c in RIGHT}
    for name in sorted(expected)[::EVERY]:
        tables = place / name
        done = subprocess.run([programs / 'portolan', 'probe', '127.0.0.1', '--port', str(net.port), '--community', name,
                               '--name', name, '--tables', tables, '--profiles', programs.parent / 'share/portolan/profiles'],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f'{name}: {done.stderr}'
        found = {r['ifIndex']: r for r in read_tsv(tables / 'ports.tsv')}
        for index, row in expected[name].items():
            checked += 1
            if index not in found:
                missing += 1
                continue
            for column, tally in columns.items():
                if row[column] not in ('', '?'):
                    tally[1] += 1
                    tally[0] += plain(column, found[index][column]) == plain(column, row[column])
    assert checked > 1500
    assert missing <= 0.005 * checked, f'{missing} of {checked} interfaces are missing'
    wrong = {c: tally for c, tally in columns.items() if tally[0] < RIGHT[c] * tally[1]}
    assert not wrong, wrong
