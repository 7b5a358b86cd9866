"""Every fault of docs/promises.md names tests, and they are there."""
import re

from conftest import TREE


def test_promises_are_tested():
    text = (TREE / 'docs' / 'promises.md').read_text()
    named = set(re.findall(r'`(test_\w+)`', text))
    there = {name for path in (TREE / 'tests').rglob('test_*.py') for name in re.findall(r'^def (test_\w+)', path.read_text(), re.M)}
    units = {path.stem for path in (TREE / 'tests' / 'unit').rglob('test_*.c')}
    assert named and not named - there - units, sorted(named - there - units)
    faults = {name for path in (TREE / 'tests' / 'faults').glob('test_*.py') for name in re.findall(r'^def (test_\w+)', path.read_text(), re.M)}
    assert not faults - named - {'test_promises_are_tested'}, 'promised nowhere'
    rows = [row for table in text.split('| fault |')[1:] for row in table.split('\n\n')[0].splitlines()[2:]]
    assert rows and not [row for row in rows if '`test_' not in row.rsplit('|', 2)[1]], 'held by no test'
