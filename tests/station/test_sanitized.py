"""The daemon built with the address and undefined-behaviour sanitizers: no finding, and no leak at its end."""
import contextlib
import shutil
import signal
import socket

import pytest
from conftest import BUILD, Station, await_true, farm_config, needs_root
from test_door import NO_REQUESTS, answer_of, dial
from test_http import CONFIG, make_tokens

SANITIZED = BUILD / 'sanitized'

pytestmark = [needs_root, pytest.mark.sanitized,
              pytest.mark.skipif(not (SANITIZED / 'portoland').exists(),
                                 reason='no sanitized build: make clang')]

FAULTS = ('loss=3', 'toobig', 'short', 'nobulk', 'noend', 'backwards', 'loop', 'endless', 'truncated=10', 'garbage=10',
          'source', 'twice', 'wrongid=5', 'engineid', 'cloned', 'delay=50', 'dead', 'reboot=6', 'renumber=4', 'clock=5',
          'stuckhc', 'frozen')


@pytest.fixture
def sanitized(programs):
    """The folder of programs again, with the daemon and the renderer of the sanitized build."""
    copy = programs.parent / 'sanitized'
    shutil.copytree(programs, copy, dirs_exist_ok=True)
    for name in ('portoland', 'portolan-render'):
        shutil.copy(SANITIZED / name, copy)
    return copy


def assert_no_finding(made):
    assert made.stop(30) == 0, made.text()[-3000:]
    for finding in ('AddressSanitizer', 'LeakSanitizer', 'runtime error'):
        assert finding not in made.text(), made.text()[-5000:]


def test_no_finding_with_a_real_agent(sanitized, snmpd, place, started):
    agent = snmpd('rocommunity public 127.0.0.1\nsysName first')
    made = Station(sanitized, place, 'credentials: [{name: local, version: 2c, community: public}]\n'
                   f'discovery: {{seeds: [127.0.0.1], port: {agent.port}}}\npolling: {{every: 1s}}\n')
    started(made)
    made.discover()
    (name,) = made.devices()
    made.await_polls(2, 20)
    for words in (('walk', name, '1.3.6.1.2.1'), ('get', name, '1.3.6.1.2.1.1.5.0'), ('series', f'{name}:lo', 'traffic'),
                  ('graph', f'{name}:lo', 'traffic', '-o', place / 'lo.png'), ('poll', name), ('events',)):
        made.cli(*words)
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 10, 'the configuration again')
    assert_no_finding(made)


@pytest.mark.long
def test_no_finding_in_a_network_with_every_fault(sanitized, farm, place, started):
    net = farm('--network', 'campus', '--devices', 40)
    for n in range(35):
        net.tell(f'fault {FAULTS[n % len(FAULTS)]} 127.16.0.{n + 5}')
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
    made.cli('remove', '127.16.0.3')
    made.cli('discover', '--wait', '127.16.0.3')
    assert_no_finding(made)


def test_no_finding_at_the_port(sanitized, place, started):
    made = Station(sanitized, place, CONFIG)
    started(made)
    admin = made.administrator()
    tokens = make_tokens(admin)
    followed = dial(made, b'GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n'
                    % tokens['viewer'].encode())
    held = [dial(made, b'GET /health HT' if n % 2 else b'') for n in range(900)]  # more than one address may hold
    for text in NO_REQUESTS:
        with contextlib.suppress(OSError):
            c = dial(made, text)
            c.shutdown(socket.SHUT_WR)
            answer_of(c)
    # Who goes before the answer is there; two requests at once.
    for _ in range(20):
        dial(made, b'POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nX-Portolan: page\r\nContent-Length: 34\r\n\r\n'
             b'{"user": "admin", "password": "x"}').close()
    two = dial(made, 2 * b'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n' + b'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n')
    assert answer_of(two).count(b' 200 OK') == 3
    assert admin.ask('DELETE', 'tokens/the-viewer')[0] == 200
    answer_of(followed)
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 10, 'the configuration again')
    for path in ('session', 'users', 'tokens', 'openapi.json', '/', '/icons/icons.svg', '/metrics'):
        assert admin.ask('GET', path, headers={'Accept-Encoding': 'gzip'})[0] in (200, 404), path
    held.append(dial(made, b'POST /api/v1/session HTTP/1.1\r\n'))
    assert_no_finding(made)
    for one in held:
        one.close()
