"""Whoever speaks to an open door of the station with faults in what he says: nothing crashes, hangs or grows.
ABUSE_SECONDS from the environment."""
import os
import pathlib
import socket

from conftest import await_true, farm_config, free_port, free_tcp_port, needs_root
from abuser import Abuser, notifications
from scene import DEVICES, SANITIZED, answers_at_once, assert_well, call, often, polls_go_on

pytestmark = needs_root

SECONDS = float(os.environ.get('ABUSE_SECONDS', often(6, 600)))


def listener(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(path))
    os.chmod(path, 0o777)
    s.listen(8)
    return s


def resident(made):
    return int(pathlib.Path(f'/proc/{made.process.pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def dial_path(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(3)
    s.connect(str(path))
    return s


def test_abuse(station, farm, place):
    net, port, page = farm('--network', 'campus', '--devices', DEVICES, '--run-seconds', 7200), free_port(), free_tcp_port()
    with listener(place / 'master') as master, listener(place / 'cached') as cached:
        made = station(farm_config(net, every='1s', extra=f'agentx: {{master: {place}/master, writable: true}}\n'
                                   f'notifications: {{listen: ["udp:127.0.0.1:{port}"]}}\n')
                       .replace('series: {', f'series: {{rrdcached: "unix:{place}/cached", '), listen=f'127.0.0.1:{page}')
        made.cli('discover', '--wait')
        paths = [(path, method.upper()) for path, operations in made.ask('openapi.json')['paths'].items() for method in operations
                 if not (path == '/discovery' and method == 'post')]
        before = resident(made)
        abuser = Abuser(int(os.environ.get('ABUSE_SEED', 1)))
        abuser.begin(abuser.datagrams, port, notifications())
        abuser.begin(abuser.requests, lambda: socket.create_connection(('127.0.0.1', page), 3), paths)
        abuser.begin(abuser.requests, lambda: dial_path(made.socket), paths)
        abuser.begin(abuser.requests, lambda: dial_path(made.socket), paths)
        abuser.begin(abuser.master, master)
        abuser.begin(abuser.cached, cached)
        abuser.stop.wait(SECONDS)  # what is tested is a time
        abuser.end()
        assert made.alive(), made.text()[-6000:]
        answers_at_once(made, 3)
        print(f'{abuser.done} in {SECONDS:.0f} s; memory {before / 1e6:.0f} -> {resident(made) / 1e6:.0f} MB')
        assert SANITIZED or resident(made) < before + (60 << 20)
        call(made, 'DELETE', 'discovery')
        if made.devices():
            polls_go_on(made, 3, 60)
        await_true(lambda: made.descriptors() < 100, 150, 'connections are closed')
        assert made.stop(20) == 0, made.text()[-6000:]
    assert_well(made)
