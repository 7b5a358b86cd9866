"""Rates in the RRD files equal the known rates, whatever the agent does."""
import re
import subprocess

import pytest
from conftest import farm_config, needs_root
from truth import assert_rates, busy, ports

pytestmark = [needs_root, pytest.mark.measures]

EVERY_S = 2


def start(station, farm):
    net = farm('--network', 'campus', '--devices', 30)
    made = station(farm_config(net, every=f'{EVERY_S}s'))
    made.discover()
    some = [p for p in ports(net) if busy(p, EVERY_S)]
    short, wide = [p for p in some if p.short][:6], [p for p in some if not p.short][:18]
    assert len(short) >= 2 and len(wide) == 18
    return net, made, short + wide


def tell_all(net, command):
    for device in net.table('devices'):
        net.tell(f"{command} {device['addresses'].split(',')[0]}")


def series_files(made, port):
    return [f['file'] for f in made.ask('series', str(port))['files']]


@pytest.mark.long
def test_rates_stay_true_through_reboots_and_renumbering(station, farm):
    net, made, watched = start(station, farm)
    made.await_polls(5, 30)  # the first compares with nothing, the last is under way
    assert_rates(made, watched, EVERY_S, 3)
    files = {str(p): series_files(made, p) for p in watched}

    tell_all(net, 'reboot')
    made.await_polls(5, 30)
    assert_rates(made, watched, EVERY_S, 5)
    restarted = made.ask('events', type='device.restarted')['events']
    assert {e['object'] for e in restarted} == set(made.devices())

    tell_all(net, 'renumber')
    made.await_polls(5, 30)
    assert_rates(made, watched, EVERY_S, 8)
    assert files == {str(p): series_files(made, p) for p in watched}


def test_series_are_plain_rrd_files_that_a_kill_leaves_whole(station, farm):
    net, made, watched = start(station, farm)
    made.await_polls(4, 30)
    files = {str(p): series_files(made, p)[0] for p in watched}
    made.kill()
    made.start()
    made.await_polls(4, 30)
    assert_rates(made, watched, EVERY_S, 5)
    assert made.stop() == 0
    for port, path in files.items():
        info = subprocess.run(['rrdtool', 'info', path], capture_output=True, text=True)
        assert info.returncode == 0 and len(set(re.findall(r'^ds\[(\w+)\]', info.stdout, re.M))) == 12, port
