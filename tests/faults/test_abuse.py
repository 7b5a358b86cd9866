"""Whoever speaks to an open door of the station with faults in what he says: nothing crashes, hangs or grows, and who
asks as he should is answered meanwhile. ABUSE_SECONDS from the environment."""
import contextlib
import os
import pathlib
import socket
import ssl
import subprocess
import time

import pytest
from conftest import await_true, farm_config, free_port, free_tcp_port, needs_root
from abuser import Abuser, Middle, notifications
from scene import DEVICES, LONG, SANITIZED, answers_at_once, assert_well, call, often, polls_go_on
from shapes import hostile_messages, reports

pytestmark = needs_root

SECONDS = float(os.environ.get('ABUSE_SECONDS', often(6, 600)))
ANSWERED_MS = 1000 if LONG and not SANITIZED else 5000  # within `make check` much runs beside it
TICKS = os.sysconf('SC_CLK_TCK')
FRAMES = 'abuse0', 'abuse1'
OPEN = '192.0.2.7'  # not on loopback: TLS


def listener(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(path))
    os.chmod(path, 0o777)
    s.listen(8)
    return s


def resident(made):
    return int(pathlib.Path(f'/proc/{made.process.pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def worked_s(made):
    fields = pathlib.Path(f'/proc/{made.process.pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def dial_path(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(3)
    s.connect(str(path))
    return s


def dial_tls(address):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(address, 3))


def ports_of(made):
    """UDP ports that the station has open."""
    inodes = set()
    for fd in pathlib.Path(f'/proc/{made.process.pid}/fd').iterdir():
        with contextlib.suppress(OSError):
            inodes.add(os.readlink(fd).removeprefix('socket:[').rstrip(']'))
    rows = [line.split() for line in pathlib.Path('/proc/self/net/udp').read_text().splitlines()[1:]]
    return [int(row[1].split(':')[1], 16) for row in rows if row[9] in inodes]


class Guest:
    """Asks as he should, all the time."""

    def __init__(self, made):
        self.process = subprocess.Popen([pathlib.Path(__file__).parent / 'guest.py', made.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.first = self.process.stdout.readline()

    def end(self):
        """How long answers took, in ms, in order; what was no answer."""
        lines = [line.split() for line in (self.first + self.process.communicate(timeout=60)[0]).splitlines()]
        return sorted(float(ms) for _, ms in lines), [line for line in lines if line[0] != '200']


@contextlib.contextmanager
def wires():
    subprocess.run(['ip', 'link', 'add', FRAMES[0], 'type', 'veth', 'peer', 'name', FRAMES[1]], check=True)
    subprocess.run(['ip', 'address', 'add', f'{OPEN}/32', 'dev', 'lo'], check=True)
    try:
        for name in FRAMES:
            subprocess.run(['ip', 'link', 'set', name, 'up'], check=True)
        yield
    finally:
        subprocess.run(['ip', 'address', 'del', f'{OPEN}/32', 'dev', 'lo'], check=True)
        subprocess.run(['ip', 'link', 'del', FRAMES[0]], check=True)


@contextlib.contextmanager
def between(net, port):
    """Every second agent is one that will lie."""
    agents = [d['addresses'].split(',')[0] for d in net.table('devices')]
    middle = Middle(agents, port, net.port, set(agents[1::2]))
    middle.start()
    try:
        yield middle
    finally:
        middle.end()


@pytest.fixture
def scene(station, farm, place):
    """A station with every door open, and who stands at them."""
    def make(host):
        net, traps, page, port = farm('--network', 'campus', '--devices', DEVICES, '--run-seconds', 7200), free_port(), free_tcp_port(), free_port()
        masters, caches = (doors.enter_context(listener(place / name)) for name in ('master', 'cached'))
        middle = doors.enter_context(between(net, port))
        config = farm_config(net, every='1s', extra=f'agentx: {{master: {place}/master, writable: true}}\nframes: {{interfaces: [{FRAMES[0]}]}}\n'
                             f'notifications: {{listen: ["udp:127.0.0.1:{traps}"]}}\n')
        made = station(config.replace('series: {', f'series: {{rrdcached: "unix:{place}/cached", ').replace(f'port: {net.port}', f'port: {port}'),
                       listen=f'{host}:{page}')
        made.cli('discover', '--wait')
        return made, middle, masters, caches, traps, (host, page)
    with contextlib.ExitStack() as doors:
        doors.enter_context(wires())
        yield make


def begin(abuser, made, masters, caches, traps, address, echoes):
    paths = [(path, method.upper()) for path, operations in made.ask('openapi.json')['paths'].items() for method in operations
             if not (path == '/discovery' and method == 'post')]
    plain, path = (lambda: socket.create_connection(address, 3)), (lambda: dial_path(made.socket))
    remote = plain if address[0] != OPEN else lambda: dial_tls(address)
    abuser.begin(abuser.datagrams, traps, notifications() + hostile_messages() + reports())
    abuser.begin(abuser.asker, lambda: ports_of(made), notifications() + reports() + hostile_messages())
    for dial in (remote, path, path):
        abuser.begin(abuser.requests, dial, paths)
    for dial in (remote, path):
        abuser.begin(abuser.shaped, dial)
    abuser.begin(abuser.crowd, plain)
    abuser.begin(abuser.unread, path)
    if remote is not plain:
        abuser.begin(abuser.handshakes, address)
        abuser.begin(abuser.shaped, plain)
    abuser.begin(abuser.scan)
    abuser.begin(abuser.frames, FRAMES[1])
    abuser.begin(abuser.echoes, echoes)
    abuser.begin(abuser.master, masters)
    abuser.begin(abuser.cached, caches)


@pytest.mark.parametrize('host', ['127.0.0.1', OPEN])
def test_abuse(scene, host):
    made, middle, *doors = scene(host)
    before, worked, begun = resident(made), worked_s(made), time.monotonic()
    abuser, guest = Abuser(int(os.environ.get('ABUSE_SEED', 1))), Guest(made)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as echoes:
        echoes.settimeout(0.5)
        begin(abuser, made, *doors, echoes)
        middle.lies.set()
        abuser.stop.wait(SECONDS)  # what is tested is a time
        took, failed = guest.end()
        abuser.end()
    middle.lies.clear()
    assert made.alive(), made.text()[-6000:]
    answers_at_once(made, 3)
    share = (worked_s(made) - worked) / (time.monotonic() - begun)
    print(f'{abuser.done} in {SECONDS:.0f} s; {middle.counts}; memory {before / 1e6:.0f} -> {resident(made) / 1e6:.0f} MB, {100 * share:.0f} % of a processor, '
          f'{len(took)} answers, in ms: {[round(took[int(len(took) * part)]) for part in (0.5, 0.9, 0.99)]}, at most {took[-1]:.0f}; failed: {failed}')
    assert not failed and took[-1] < ANSWERED_MS
    assert SANITIZED or resident(made) < before + (60 << 20)
    call(made, 'DELETE', 'discovery')
    if made.devices():
        polls_go_on(made, 3, 60)
    await_true(lambda: made.descriptors() < 100, 150, 'connections are closed')
    assert made.stop(20) == 0, made.text()[-6000:]
    assert_well(made)
