"""The port under attack: slow clients, idle connections by the thousand, bodies that are too long; and TLS."""
import contextlib
import http.client
import json
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest
from conftest import TREE, Visitor, await_true, free_tcp_port, needs_root
from test_http import CONFIG, make_tokens

sys.path.insert(0, str(TREE / 'tests' / 'faults'))
from shapes import SMUGGLED  # noqa: E402

pytestmark = needs_root

NO_REQUESTS = [
    b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', b'GET /health HTTP/1.1\r\nHost: localhost\r\nCookie: ' + b'x=y; ' * 10000,
    b'GET /' + b'a' * 50000, b'POST /api/v1/session HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: localhost\r\n\r\nffffffff\r\n',
    b'GET /health HTTP/1.1\r\nHost: localhost\r\nCookie: portolan-%d=\x00\x01\r\n\r\n', b'\r\n' * 10000,
    b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b'GET http://[::1]:x/ HTTP/1.1\r\nHost: \xff\r\n\r\n']


def dial(station, text=b''):
    host, port = station.listen.rsplit(':', 1)
    s = socket.create_connection((host, int(port)), timeout=60)
    s.sendall(text)
    return s


def answer_of(s):
    """All that comes until the other end closes."""
    text = b''
    try:
        while piece := s.recv(65536):
            text += piece
    except ConnectionResetError:
        pass
    return text


@pytest.mark.long
def test_a_slow_head_is_waited_for_only_so_long(station):
    s = station(CONFIG)
    slow = dial(s, b'GET /health HTTP/1.1\r\nHost: localhost\r\n')
    begin, sent, ended = time.monotonic(), 0, False
    slow.settimeout(1)
    while not ended and time.monotonic() - begin < 40:  # an octet a second: never silent
        try:
            ended = slow.recv(100) == b''
        except TimeoutError:
            slow.sendall(b'x')
            sent += 1
    assert ended and 8 < time.monotonic() - begin < 25 and sent > 5
    silent = dial(s)
    begin = time.monotonic()
    assert answer_of(silent) == b'' and time.monotonic() - begin < 25


def test_ten_thousand_idle_connections_keep_nobody_out(station):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 12000:
        pytest.skip(f'{hard} descriptors at most')
    resource.setrlimit(resource.RLIMIT_NOFILE, (12000, hard))
    s = station(CONFIG)
    admin = s.administrator()
    held = []
    try:
        for n in range(10000):
            held.append(dial(s, b'GET /health HT' if n % 2 else b''))
            if n % 1000 == 999:
                assert admin.ask('GET', 'status')[0] == 200
                assert s.visitor().ask('GET', '/icons/kind/router.svg')[0] == 200
        assert s.descriptors() < 1200
        assert s.ask('status')['store_queue'] >= 0  # over the control socket too
    finally:
        for one in held:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await_true(lambda: s.descriptors() < 100, 30, 'descriptors are given back')


def test_a_stranger_says_little(station):
    s = station(CONFIG)
    tokens = make_tokens(s.administrator())

    def post(path, octets, *more):
        head = [f'POST /api/v1/{path} HTTP/1.1', 'Host: localhost', 'Connection: close', f'Content-Length: {octets}', *more]
        return dial(s, '\r\n'.join([*head, '', '']).encode())

    def status_of(c):
        text = answer_of(c)
        return int(text.split()[1]) if text else 0
    # Refused before it is sent, by what the head says.
    assert status_of(post('session', 100_000)) in (0, 413)
    for role, octets in (('viewer', 2 << 20), ('operator', 33 << 20), ('administrator', 33 << 20)):
        assert status_of(post('maps/x.gv', octets, f'Authorization: Bearer {tokens[role]}')) in (0, 413), role
    # A document of megabytes comes through for whom it may.
    graph = b'graph g {' + b'\n'.join(b' n%d [label="%s"];' % (i, b'x' * 1000) for i in range(3000)) + b'}'
    status, _, body = Visitor(s.listen, tokens['operator']).ask('POST', 'maps/big.gv', graph)
    assert status in (200, 201), body
    assert Visitor(s.listen, tokens['viewer']).ask('POST', 'maps/big2.gv', b'graph g { a }')[0] == 403
    assert Visitor(s.listen, tokens['operator']).ask('POST', 'discovery', b'[' * 1_500_000)[0] in (400, 413)


def test_many_questions_at_once_are_too_many(station):
    s = station(CONFIG)
    connection = http.client.HTTPConnection(*s.listen.split(':'))
    seen = []
    for _ in range(400):  # of one who shows nothing
        connection.request('GET', '/api/v1/status')
        answer = connection.getresponse()
        seen.append((answer.status, answer.headers.get('Retry-After')))
        answer.read()
    assert seen[0][0] == 401 and (429, '1') in seen
    assert s.visitor().ask('GET', '/health')[0] == 200
    script = make_tokens(s.administrator())['viewer']  # the address is not what is counted then
    assert s.visitor(script).ask('GET', 'status')[0] == 200


def test_where_a_request_ends_is_told_once(station):
    """What is one request for a proxy is not two for the station."""
    s = station(CONFIG)
    for shape in SMUGGLED:
        c = dial(s)
        with contextlib.suppress(OSError):  # it closed before all was sent
            c.sendall(shape)
            c.shutdown(socket.SHUT_WR)
        answers = [line.split()[1] for line in answer_of(c).split(b'\r\n') if line.startswith(b'HTTP/1.')]
        assert answers in ([], [b'400'], [b'411'], [b'413']), (shape, answers)
        with socket.socket(socket.AF_UNIX) as own:
            own.settimeout(10)
            own.connect(str(s.socket))
            own.sendall(shape)
            own.shutdown(socket.SHUT_WR)
            assert answer_of(own).count(b'HTTP/1.') <= 1, shape
    assert s.visitor().ask('GET', '/health')[0] == 200


@pytest.mark.parametrize('text', NO_REQUESTS)
def test_what_is_no_request_does_no_harm(station, text):
    s = station(CONFIG)
    c = dial(s)
    try:
        c.sendall(text)
        c.shutdown(socket.SHUT_WR)
        assert b' 200 ' not in answer_of(c).split(b'\r\n')[0] or b'Cookie' in text
    except OSError:
        pass  # it closed before all was sent
    assert s.visitor().ask('GET', '/health')[0] == 200


def test_not_on_loopback_it_is_tls_with_a_certificate_of_its_own(station, place):
    subprocess.run(['ip', 'address', 'add', '192.0.2.7/32', 'dev', 'lo'], check=True)
    try:
        port = free_tcp_port()
        s = station(CONFIG, listen=f'192.0.2.7:{port}')
        certificate, key = s.data / 'certificate.pem', s.data / 'certificate-key.pem'
        assert key.stat().st_mode & 0o777 == 0o600
        context = ssl.create_default_context(cafile=certificate)

        def ask(path, headers=None):
            c = http.client.HTTPSConnection('192.0.2.7', port, timeout=20, context=context)
            c.request('GET', path, headers=headers or {})
            answer = c.getresponse()
            return answer.status, answer.headers, answer.read()
        status, headers, _ = ask('/health')
        assert status == 200 and 'max-age' in headers['Strict-Transport-Security']
        status, _, body = ask('/icons/icons.svg')
        assert status == 200 and body
        # The session's cookie is for TLS alone.
        made = (s.data / 'first-password').read_text().strip()
        c = http.client.HTTPSConnection('192.0.2.7', port, timeout=20, context=context)
        c.request('POST', '/api/v1/session', json.dumps({'user': 'admin', 'password': made}), {'X-Portolan': 'page'})
        cookie = c.getresponse().headers['Set-Cookie']
        assert cookie.startswith('__Host-portolan') and '; Secure' in cookie
        # Nothing older than TLS 1.2, nothing without TLS.
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers('ALL:@SECLEVEL=0')
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(socket.create_connection(('192.0.2.7', port), timeout=20))
        with socket.create_connection(('192.0.2.7', port), timeout=30) as plain:
            plain.sendall(b'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
            assert b'HTTP' not in answer_of(plain)
        # The command trusts that certificate when told to.
        token = s.json('token', 'new', 'script')['token']
        done = subprocess.run([s.bin / 'portolan', '--url', f'https://192.0.2.7:{port}', '--ca', certificate, 'status'],
                              capture_output=True, text=True, env={'PORTOLAN_TOKEN': token})
        assert done.returncode == 0, done.stderr
        done = subprocess.run([s.bin / 'portolan', '--url', f'https://192.0.2.7:{port}', 'status'],
                              capture_output=True, text=True, env={'PORTOLAN_TOKEN': token})
        assert done.returncode == 1 and '--ca' in done.stderr
        # Another certificate is taken on SIGHUP, the old one where it cannot be.
        before = certificate.read_bytes()
        certificate.unlink()
        s.process.send_signal(signal.SIGHUP)
        await_true(lambda: certificate.exists() and certificate.read_bytes() != before, 20, 'another is made')
        context = ssl.create_default_context(cafile=certificate)
        await_true(lambda: ask('/health')[0] == 200, 20, 'and used')
    finally:
        subprocess.run(['ip', 'address', 'delete', '192.0.2.7/32', 'dev', 'lo'], check=True)


def test_a_certificate_that_is_given_is_used_on_loopback_too(station, place):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-keyout', place / 'key.pem', '-out', place / 'cert.pem', '-days', '2', '-subj', '/CN=given',
                    '-addext', 'subjectAltName=DNS:localhost'], check=True, capture_output=True)
    (place / 'key.pem').chmod(0o600)  # root's: it is read before rights are dropped
    s = station(CONFIG, http_more=f', certificate: {place}/cert.pem, key: {place}/key.pem')
    context = ssl.create_default_context(cafile=place / 'cert.pem')
    host, port = s.listen.split(':')
    with context.wrap_socket(socket.create_connection((host, int(port)), timeout=20), server_hostname='localhost') as c:
        assert c.version() in ('TLSv1.2', 'TLSv1.3')
        c.sendall(b'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        assert b'200 OK' in answer_of(c)
    (place / 'cert.pem').write_text('no certificate')
    s.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'the certificate stays' in s.text(), 20, 'it says so')
    with context.wrap_socket(socket.create_connection((host, int(port)), timeout=20), server_hostname='localhost'):
        pass
