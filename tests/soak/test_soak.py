"""The long run: devices come, go, reboot and renumber; the station stays what it was.

SOAK_MINUTES (60) and SOAK_DEVICES (1000) from the environment; `make soak`.
"""
import os
import random
import statistics
import threading
import time

from conftest import farm_config, needs_root

pytestmark = needs_root

MINUTES = float(os.environ.get('SOAK_MINUTES', 60))
DEVICES = int(os.environ.get('SOAK_DEVICES', 1000))


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def test_nothing_grows_and_nothing_is_late(station, farm):
    net = farm('--network', 'campus', '--devices', DEVICES)
    made = station(farm_config(net, every='10s'))
    made.discover(limit_s=600)
    addresses = [d['addresses'].split(',')[0] for d in net.table('devices')][1:]  # the seed stays
    pick, away, pause = random.Random(1), set(), threading.Event()
    memory, files, late = [], [], []
    end, begin = time.monotonic() + 60 * MINUTES, time.monotonic()
    while time.monotonic() < end:
        for command in ('reboot', 'renumber'):
            net.tell(f'{command} {pick.choice(addresses)}')
        for address in list(away):
            net.tell(f'revive {address}')
            away.discard(address)
        for address in pick.sample(addresses, 5):
            net.tell(f'kill {address}')
            away.add(address)
        pause.wait(10)
        if time.monotonic() - begin > 15 * MINUTES:  # a quarter to settle
            status = made.json('status')
            memory.append(status['memory_bytes'])
            late.append(status['poll_lateness_p99_ms'])
            files.append(descriptors(made.process.pid))
    third = max(len(memory) // 3, 1)
    first, last = statistics.mean(memory[:third]), statistics.mean(memory[-third:])
    print(f'memory {first / 1e6:.1f} -> {last / 1e6:.1f} MB, descriptors {files[0]} -> {files[-1]}, lateness p99 {max(late)} ms')
    assert last < 1.05 * first + 2e6
    assert max(files[-third:]) <= max(files[:third]) + 5
    assert max(late) < 1000
    assert set(made.devices()) >= {d['sysName'] for d in net.table('devices')}
