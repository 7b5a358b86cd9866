"""From one address to a map, with Debian's own snmpd as the device."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from conftest import USER, await_true, needs_root

pytestmark = needs_root

CONFIG = ('credentials: [{{name: local, version: 2c, community: public}}]\n'
          'discovery: {{seeds: [127.0.0.1], port: {port}}}\n'
          'polling: {{every: 2s}}\n'
          'series: {{keep: ["2s for 1h"]}}\n')


def first_light(station, snmpd):
    agent = snmpd('rocommunity public 127.0.0.1\nsysName first\nsysLocation here')
    made = station(CONFIG.format(port=agent.port))
    made.discover()
    return made


def test_this_machine_is_found_identified_and_on_the_map_within_a_minute(station, snmpd):
    begin = time.monotonic()
    made = first_light(station, snmpd)
    devices = made.devices()
    assert len(devices) == 1, devices
    only = next(iter(devices.values()))
    assert only['os'] == 'linux' and only['state'] == 'up' and only['credential'] == 'local'
    made.cli('map', 'export', 'physical', '-o', made.directory / 'map.svg')
    assert time.monotonic() - begin < 60
    picture = (made.directory / 'map.svg').read_text()
    assert only['name'] in picture and '<svg' in picture


def test_interfaces_are_those_that_the_kernel_has(station, snmpd):
    subprocess.run(['ip', 'link', 'add', 'first0', 'type', 'veth', 'peer', 'name', 'second0'], check=True)
    made = first_light(station, snmpd)
    name = next(iter(made.devices()))
    shown = {i['name'] for i in made.json('interfaces', name)['interfaces']}
    assert {'first0', 'second0'} < shown == {name for _, name in socket.if_nameindex()}
    subprocess.run(['ip', 'link', 'del', 'first0'], check=True)


def test_what_runs_is_asked_when_somebody_wants_to_know(station, snmpd):
    made = first_light(station, snmpd)
    name = next(iter(made.devices()))
    processes = {p['index']: p for p in made.json('device', name, '--processes')['processes']}
    assert 'portoland' in {p['name'] for p in processes.values()}
    assert os.getpid() in processes, 'the process of this test'
    software = made.json('device', name, '--software')['software']
    assert all(p['name'] for p in software)


def test_samples_become_series_and_pictures(station, snmpd):
    made = first_light(station, snmpd)
    name = next(iter(made.devices()))

    def traffic():
        rows = made.json('series', f'{name}:lo', 'traffic', '--from', '-1m')['rows']
        return [r for r in rows if r[1] is not None]
    await_true(lambda: made.try_cli('series', f'{name}:lo', 'traffic') and traffic(), 40, 'rates of lo')

    def echoes():
        told = made.json('series', name, 'icmp', '--from', '-1m')
        rows = [dict(zip(told['columns'], row[1:])) for row in told['rows']]
        return [r for r in rows if r['loss_percent'] == 0 and r['rtt_ms'] is not None and r['jitter_ms'] is not None]
    assert await_true(echoes, 40, 'round trips and jitter')[-1]['jitter_ms'] >= 0
    assert made.ask('devices', name)['poll']['jitter_ms'] >= 0
    made.cli('graph', f'{name}:lo', 'traffic', '-o', made.directory / 'lo.png')
    assert (made.directory / 'lo.png').read_bytes().startswith(b'\x89PNG')
    assert await_true(lambda: [s for s in made.json('sensors', name)['sensors'] if s['class'] == 'memory'], 20, 'memory')


def test_the_daemon_works_as_its_own_user_without_capabilities(station, snmpd):
    made = first_light(station, snmpd)
    status = pathlib.Path(f'/proc/{made.process.pid}/status').read_text()
    assert re.search(r'^Uid:\s+65534\s+65534\s+65534\s+65534$', status, re.M), status
    for kind in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb'):
        assert int(re.search(rf'^{kind}:\s+(\w+)$', status, re.M).group(1), 16) == 0, kind
    assert re.search(r'^NoNewPrivs:\s+1$', status, re.M)
    owner = subprocess.run(['stat', '-c', '%U', made.data / 'state.db'], capture_output=True, text=True).stdout
    assert owner.strip() == USER


def test_sigterm_ends_it_cleanly_with_all_it_started(station, snmpd):
    made = first_light(station, snmpd)
    group = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(made.process.pid)], capture_output=True, text=True).stdout.split()
    begin = time.monotonic()
    assert made.stop() == 0, made.text()[-2000:]
    assert time.monotonic() - begin < 6
    assert not made.socket.exists()
    for pid in group:
        await_true(lambda: not os.path.exists(f'/proc/{pid}'), 5, f'child {pid} has ended')


def test_a_faulty_reload_is_refused_and_the_old_configuration_stays(station, snmpd):
    made = first_light(station, snmpd)
    right = made.config.read_text()
    made.config.write_text(right + 'polling: {every: 5 bananas}\n')
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'stays in force' in made.text(), 10, 'the refusal in the log')
    assert made.try_cli('status')
    made.config.write_text(right.replace('every: 2s', 'every: 3s'))
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 10, 'the new configuration')


def test_a_faulty_configuration_names_place_and_remedy(programs, place):
    path = place / 'bad.yaml'
    path.write_text('polling:\n  every: 5\ncolour: blue\n')
    done = subprocess.run([programs / 'portoland', '-t', '-c', path], capture_output=True, text=True)
    assert done.returncode == 78
    assert f'{path}:2:10: polling.every: ' in done.stderr
    assert f'{path}:3:' in done.stderr and 'colour' in done.stderr


def test_walk_and_get_use_the_stations_credentials(station, snmpd):
    made = first_light(station, snmpd)
    name = next(iter(made.devices()))
    assert 'here' in made.cli('get', name, '1.3.6.1.2.1.1.6.0')
    assert len(made.cli('walk', name, '1.3.6.1.2.1.1').splitlines()) > 7
