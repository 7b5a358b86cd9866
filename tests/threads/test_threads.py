"""What is built with the thread sanitizer: threads (store, workers, subagent, series) share nothing without a lock.
Every unit test is looked at: which of them start threads is not kept in a list, which would age."""
import shutil
import subprocess

import pytest
from conftest import BUILD, TREE, Station, needs_root
from life import live, surroundings

WATCHED = BUILD / 'tsan'
UNITS = sorted(p for p in (WATCHED / 'unit').glob('*/test_*') if not p.suffix)
STILL = ['setarch', '-R']  # the sanitizer knows where memory lies

pytestmark = [needs_root, pytest.mark.skipif(not (WATCHED / 'portoland').exists() or not UNITS,
                                             reason='no build with the thread sanitizer: make tsan')]


@pytest.mark.parametrize('program', UNITS, ids=lambda p: f'{p.parent.name}/{p.name}')
def test_unit(program):
    done = subprocess.run([*STILL, program], cwd=TREE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace', timeout=900)
    assert done.returncode == 0 and 'ThreadSanitizer' not in done.stdout, done.stdout[:6000]


@pytest.fixture
def watched(programs):
    """The folder of programs again, with the daemon of that build; what it starts has no threads."""
    copy = programs.parent / 'tsan'
    shutil.copytree(programs, copy, dirs_exist_ok=True)
    shutil.copy(WATCHED / 'portoland', copy)
    return copy


@pytest.mark.long
def test_the_life_of_a_station(watched, farm, place, started):
    net, config = surroundings(farm, place, started, 30, '2s')
    made = Station(watched, place, config, prefix=STILL, listen='127.0.0.1:8161')
    started(made)
    live(made, net, place, 240)
    code = made.stop(60)
    assert 'ThreadSanitizer' not in made.text(), made.text()[made.text().index('ThreadSanitizer') - 100:][:6000]
    assert code == 0, made.text()[-3000:]
