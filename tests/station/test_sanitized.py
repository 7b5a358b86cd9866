"""The daemon built with the address and undefined-behaviour sanitizers lives through a network with every fault."""
import shutil

import pytest
from conftest import BUILD, Station, farm_config, needs_root

SANITIZED = BUILD / 'asan'

pytestmark = [needs_root, pytest.mark.skipif(not (SANITIZED / 'portoland').exists(),
                                             reason='no sanitized build: make B=build/asan SANITIZE=address,undefined all')]

FAULTS = ('loss=3', 'toobig', 'short', 'nobulk', 'noend', 'backwards', 'loop', 'endless', 'truncated=10', 'garbage=10',
          'source', 'twice', 'wrongid=5', 'engineid', 'cloned')


@pytest.fixture
def sanitized(programs):
    """The folder of programs again, with the daemon and the renderer of the sanitized build."""
    copy = programs.parent / 'sanitized'
    shutil.copytree(programs, copy, dirs_exist_ok=True)
    for name in ('portoland', 'portolan-render'):
        shutil.copy(SANITIZED / name, copy)
    return copy


def test_no_finding_in_a_network_with_every_fault(sanitized, farm, place, started):
    net = farm('--network', 'campus', '--devices', 40)
    for n, fault in enumerate(FAULTS * 2):
        net.tell(f'fault {fault} 127.16.0.{n + 5}')
    made = Station(sanitized, place, farm_config(net, every='2s'))
    started(made)
    made.discover(limit_s=240)
    assert len(made.devices()) > 30
    made.cli('map', 'export', 'physical', '-o', place / 'map.svg')
    made.export()
    for address in ('127.16.0.1', '127.16.0.5'):
        net.tell(f'reboot {address}')
        net.tell(f'renumber {address}')
    made.await_polls(3, 90)
    assert made.stop(30) == 0, made.text()[-3000:]
    for finding in ('AddressSanitizer', 'LeakSanitizer', 'runtime error'):
        assert finding not in made.text(), made.text()[-5000:]
