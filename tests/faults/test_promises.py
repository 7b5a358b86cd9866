"""Every test that docs/promises.md names is there."""
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
