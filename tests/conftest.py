"""The daemon as users run it: fixtures for stations, farms and real agents.

Programs run from a copy that the station's user may read. Everything speaks on
loopback alone, or in namespaces of the test's own, and is ended by its pid.
"""
import csv
import ctypes
import grp
import gzip
import http.client
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import pytest

TREE = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get('BUILD', TREE / 'build')).resolve()
SHARED = TREE.parent / 'shared'
USER = 'nobody'  # a user that every machine has, and that may do nothing

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason='needs root')


def leave_the_network():
    """This process, and all that it starts, has a loopback of its own and nothing else: no packet gets out, and tests
    beside it, which use the same addresses, are not heard. Gives the network of the machine, as a descriptor."""
    clone_newnet = 0x40000000
    machine = os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC)
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) != 0:
        raise OSError(ctypes.get_errno(), 'unshare(CLONE_NEWNET)')
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    return machine


def pytest_configure(config):
    only_distributes = config.getoption('numprocesses', None) and 'PYTEST_XDIST_WORKER' not in os.environ
    config.machine_network = leave_the_network() if os.geteuid() == 0 and not only_distributes else None
    for marker in ('measures: holds times and rates: whatever runs beside it stands behind it',
                   'sanitized: needs the sanitized build',
                   'long: takes a minute or half of one, and is begun first'):
        config.addinivalue_line('markers', marker)


def pytest_collection_modifyitems(items):
    """What takes long is begun first, so that nobody waits for one test at the end."""
    items.sort(key=lambda item: item.get_closest_marker('long') is None)


def await_true(condition, limit_s, what):
    """The first true value of condition(); fails after limit_s with the last one seen."""
    pause, begun, seen = threading.Event(), time.monotonic(), None
    while time.monotonic() < begun + limit_s:
        seen = condition()
        if seen:
            return seen
        pause.wait(min(0.1 + (time.monotonic() - begun) / 50, 0.3))
    pytest.fail(f'not within {limit_s} s: {what}; last seen: {str(seen)[:2000]}')


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def free_tcp_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def read_tsv(path):
    with open(path, encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


class Program:
    """A process that is ended at the end, its output in a file."""

    def __init__(self, command, log, **more):
        self.log = pathlib.Path(log)
        with open(log, 'ab') as out:
            self.process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, **more)

    def text(self):
        return self.log.read_text(errors='replace')

    def alive(self):
        return self.process.poll() is None

    def stop(self, limit_s=10):
        """SIGTERM; the exit code. Killed, and None, if it does not end."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def kill(self):
        self.process.kill()
        self.process.wait()


class Farm(Program):
    def __init__(self, bin_dir, directory, *options, base='127.16.0.1', port=None):
        self.port, self.base = port or free_port(), base
        self.truth = directory / 'truth'
        self.control = directory / 'farm.control'
        truth = ['--truth', self.truth] if '--network' in options else []
        super().__init__([bin_dir / 'farm', '--port', self.port, '--base', base, *truth,
                          '--control', self.control, '--run-seconds', 900, *options], directory / 'farm.log')
        await_true(lambda: 'agents ready' in self.text() or not self.alive(), 60, 'the farm is ready')
        assert self.alive(), self.text()

    def tell(self, command):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(str(self.control))
            s.sendall(command.encode() + b'\n')
            answer = s.recv(4096).decode()
        assert not answer.startswith('error'), f'{command}: {answer}'
        return answer

    def table(self, name):
        return read_tsv(self.truth / f'{name}.tsv')


class Snmpd(Program):
    """Debian's snmpd with a configuration of the test's own."""

    def __init__(self, directory, config, port=None, prefix=()):
        self.port = port or free_port()
        conf = directory / 'snmpd.conf'
        conf.write_text(f'agentAddress udp:127.0.0.1:{self.port}\n{config}\n')
        super().__init__([*prefix, '/usr/sbin/snmpd', '-f', '-C', '-c', conf, '-Lo', '-I', '-smux,mteTrigger'],
                         directory / 'snmpd.log', env={**os.environ, 'SNMP_PERSISTENT_DIR': str(directory / 'snmp')})
        # It says so when its socket is open: asked before, the host refuses for it.
        await_true(lambda: 'NET-SNMP version' in self.text() or not self.alive(), 30, 'snmpd is ready')
        assert self.alive(), self.text()


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path):
        super().__init__('station', timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Visitor:
    """Somebody at the page of a station, by HTTP: signed in, with a token, or neither."""
    limit_s = 30

    def __init__(self, listen, token=None):
        self.host, port = listen.rsplit(':', 1)
        self.port = int(port)
        self.headers = {'Authorization': f'Bearer {token}'} if token else {'X-Portolan': 'page'}

    def ask(self, method, path, body=None, headers=None):
        """Status, headers, and the body: read, where it is JSON. A path is one behind /api/v1/, or begins with /."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.limit_s)
        try:
            connection.request(method, path if path.startswith('/') else f'/api/v1/{path}',
                               json.dumps(body) if body is not None and not isinstance(body, bytes) else body,
                               {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get('Content-Type', '').partition(';')[0].endswith('json')
        packed = is_json and answer.headers.get('Content-Encoding') == 'gzip'
        plain = gzip.decompress(text) if packed else text
        return answer.status, answer.headers, json.loads(plain) if is_json and plain else plain

    def sign_in(self, user, password):
        """What the station says of the session."""
        status, headers, body = self.ask('POST', 'session', {'user': user, 'password': password})
        assert status == 200, (status, body)
        self.headers['Cookie'] = headers['Set-Cookie'].partition(';')[0]
        return body


class Station(Program):
    """portoland with a configuration of the test's own, its socket and data in a directory of its user."""
    ready_s = 30

    def __init__(self, bin_dir, directory, config, prefix=(), env=None, listen=None, http_more=''):
        self.bin, self.directory, self.prefix, self.env = bin_dir, directory, list(prefix), env
        if listen is None:  # a namespace of its own may have no loopback
            listen = '' if prefix else f'127.0.0.1:{free_tcp_port()}'
        self.listen, self.http_more = listen, http_more
        self.socket = directory / 'run' / 'control'
        self.data = directory / 'data'
        self.config = directory / 'portolan.yaml'
        self.write_config(config)
        self.start()

    def write_config(self, config):
        head = (f'station: {{name: test, data: {self.data}, user: {USER}, socket: {self.socket}}}\n'
                f'profiles: {{directories: [{self.bin.parent}/share/portolan/profiles]}}\n'
                f'http: {{listen: "{self.listen}", web: "{self.web() or ""}"{self.http_more}}}\n')
        self.config.write_text(head + config)
        self.config.chmod(0o640)
        shutil.chown(self.config, group=grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name)

    def web(self):
        folder = self.bin.parent / 'share' / 'portolan' / 'web'
        return folder if folder.exists() else None

    def start(self):
        super().__init__([*self.prefix, self.bin / 'portoland', '-f', '-v', '-c', self.config],
                         self.directory / 'portoland.log', env={**os.environ, **(self.env or {})})
        await_true(lambda: not self.alive() or self.try_cli('status'), self.ready_s, 'the station answers')
        assert self.alive(), self.text()

    def command(self, *words):
        return [str(w) for w in (self.bin / 'portolan', '--socket', self.socket, *words)]

    def try_cli(self, *words):
        try:
            return subprocess.run(self.command(*words), capture_output=True, timeout=60).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def cli(self, *words, limit_s=120):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=limit_s)
        assert done.returncode == 0, f'{words}: {done.stdout}{done.stderr}\n{self.text()[-3000:]}'
        return done.stdout

    def refused(self, *words):
        """What it says on stderr when it fails."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=60)
        assert done.returncode == 1, f'{words}: {done.returncode} {done.stdout}{done.stderr}'
        return done.stderr

    def json(self, *words):
        return json.loads(self.cli('--json', *words))

    def ask(self, *path, **query):
        """What the API answers; None where there is no such thing."""
        connection = SocketConnection(self.socket)
        try:
            connection.request('GET', '/api/v1/' + '/'.join(urllib.parse.quote(p, safe='') for p in path) +
                               '?' + urllib.parse.urlencode(query))
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        assert answer.status in (200, 404), f'{path}: {answer.status} {body}'
        return json.loads(body) if answer.status == 200 else None

    def post(self, *path):
        """The status of the API's answer."""
        connection = SocketConnection(self.socket)
        try:
            connection.request('POST', '/api/v1/' + '/'.join(urllib.parse.quote(p, safe='') for p in path))
            return connection.getresponse().status
        finally:
            connection.close()

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def visitor(self, token=None):
        return Visitor(self.listen, token)

    def administrator(self, password='a staple of batteries'):
        """A visitor who is signed in as admin, and has chosen that password."""
        first = self.data / 'first-password'
        visitor = self.visitor()
        if not first.exists():
            visitor.sign_in('admin', password)
            return visitor
        made = first.read_text().strip()
        assert visitor.sign_in('admin', made)['must_change']
        status, _, body = visitor.ask('POST', 'session/password', {'old': made, 'new': password})
        assert status == 200, body
        return visitor

    def discover(self, limit_s=120):
        return self.cli('discover', '--wait', limit_s=limit_s)

    def devices(self):
        """By name, without the machine itself unless an agent answers on it."""
        found = self.ask('devices')['devices']
        assert len({d['name'] for d in found}) == len(found), found
        return {d['name']: d for d in found if not d['station'] or 'credential' in d}

    def polls(self):
        """How often each device that answers was polled."""
        return {name: self.ask('devices', name)['poll']['polls']
                for name, d in self.devices().items() if 'credential' in d}

    def await_polls(self, rounds, limit_s):
        """Until every device that answers was polled so many times more."""
        before = self.polls()

        def none_behind():
            now = self.polls()
            return all(now.get(name, 0) >= count + rounds for name, count in before.items())
        await_true(none_behind, limit_s, f'{rounds} rounds of polls')

    def export(self, name='export'):
        target = self.directory / name
        self.cli('export', target)
        return target

    def table(self, name):
        return read_tsv(self.export() / f'{name}.tsv')


@pytest.fixture(scope='session')
def programs():
    """The built programs, where the station's user may read them."""
    root = pathlib.Path(tempfile.mkdtemp(prefix='portolan-test-'))
    root.chmod(0o755)
    (root / 'bin').mkdir()
    for name in ('portoland', 'portolan', 'portolan-render', 'farm'):
        shutil.copy(BUILD / name, root / 'bin')
    shutil.copytree(TREE / 'mibs' / 'profiles', root / 'share' / 'portolan' / 'profiles')
    shutil.copytree(TREE / 'nms' / 'web' / 'icons', root / 'share' / 'portolan' / 'icons')
    if (BUILD / 'web').exists():
        shutil.copytree(BUILD / 'web', root / 'share' / 'portolan' / 'web')
    subprocess.run(['chmod', '-R', 'a+rX', str(root)], check=True)
    yield root / 'bin'
    shutil.rmtree(root)


def make_place():
    path = pathlib.Path(tempfile.mkdtemp(prefix='portolan-'))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def place():
    """A directory that every user may enter."""
    yield from make_place()


@pytest.fixture(scope='module')
def shared_place():
    """The same, for what a whole file of tests shares."""
    yield from make_place()


@pytest.fixture
def started():
    """Programs to be ended, last first. A station ends cleanly, whatever it went through."""
    programs = []
    yield programs.append
    ends = [(program, program.stop()) for program in reversed(programs)]
    assert not [p.text()[-4000:] for p, code in ends if isinstance(p, Station) and code != 0]


@pytest.fixture
def farm(programs, place, started):
    def make(*options, **more):
        made = Farm(programs, place, *options, **more)
        started(made)
        return made
    return make


@pytest.fixture
def snmpd(place, started):
    def make(config='rocommunity public 127.0.0.1', **more):
        made = Snmpd(place, config, **more)
        started(made)
        return made
    return make


@pytest.fixture
def station(programs, place, started):
    def make(config, **more):
        made = Station(programs, place, config, **more)
        started(made)
        return made
    return make


def farm_config(farm, within='127.16.0.0/16', every='60s', ranges='', extra=''):
    return (f'credentials: [{{name: farm, version: 2c, community: public}}]\n'
            f'discovery: {{seeds: [{farm.base}], within: [{within}], port: {farm.port}, ranges: [{ranges}]}}\n'
            f'polling: {{every: {every}}}\n'
            f'series: {{keep: ["{every} for 1h"]}}\n{extra}')
