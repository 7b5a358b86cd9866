"""Each way out by itself: mail with TLS from the start and by STARTTLS, web hooks over HTTPS, programs and their limits; and
when receivers are told: hours, digests, repetition until somebody acknowledges."""
import json
import signal
import ssl
import subprocess
import threading
import time

import pytest
from conftest import await_true, farm_config, free_port, needs_root
from test_receivers import Handler, Hook, MailServer, MailSession, receivers
from test_reload import reload

pytestmark = needs_root

NOTHING = ('credentials: [{name: x, version: 2c, community: x}]\ndiscovery: {seeds: [127.0.0.1]}\nagentx: {master: ""}\n'
           'notifications: {listen: []}\n')


@pytest.fixture(scope='module')
def certificate(shared_place):
    """A certificate of 127.0.0.1 that is its own authority, and its key; and a server's context with it."""
    files = cert, key = shared_place / 'cert.pem', shared_place / 'key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test',
                    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], check=True, capture_output=True)
    for file in files:
        file.chmod(0o644)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


class TlsMailSession(MailSession):
    """AUTH PLAIN alone, and not before TLS."""

    def setup(self):
        self.secured = self.server.implicit
        if self.secured:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def secure(self):
        self.request = self.server.context.wrap_socket(self.connection, server_side=True)
        super().setup()
        self.secured = True

    def handle(self):
        to, known = [], False
        self.say('220 mail')
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            self.server.lines.append((self.secured, line))
            if word == 'EHLO':
                self.say('250-mail')
                self.say('250 AUTH PLAIN' if self.secured else '250 STARTTLS')
            elif word == 'STARTTLS':
                self.say('220 go on')
                self.secure()
            elif word == 'AUTH':
                self.say('334 ')
                self.server.auths.append(self.rfile.readline().decode().strip())
                known = True
                self.say('235 welcome')
            elif word in ('MAIL', 'RCPT') and not known:
                self.say('530 who are you?')
            elif word == 'DATA':
                self.say('354 go on')
                body = b''
                while (part := self.rfile.readline()) != b'.\r\n':
                    body += part
                self.server.mails.append((to, body))
                self.say('250 ok')
            elif word == 'QUIT':
                self.say('221 bye')
                return
            else:
                self.say('250 ok')


def tls_mail(certificate, implicit):
    made = MailServer()
    made.RequestHandlerClass = TlsMailSession
    made.implicit, made.context, made.lines, made.auths = implicit, certificate[1], [], []
    return made


@pytest.mark.parametrize('implicit', [True, False])
def test_mail_goes_with_tls_to_whom_is_trusted_alone(station, certificate, implicit, request):
    server = tls_mail(certificate, implicit)
    request.addfinalizer(server.server_close)
    request.addfinalizer(server.shutdown)
    where = f'server: "{"smtps" if implicit else "smtp"}://127.0.0.1:{server.server_address[1]}", from: p@example.net, user: u, secret: s3cret'
    made = station(NOTHING + f'receivers:\n  - {{name: mail, mail: [a@example.net], {where}, certificates: "{certificate[0]}"}}\n'
                   f'  - {{name: stranger, mail: [a@example.net], {where}}}\n')
    assert 'mail took it' in made.cli('notify', 'test', 'mail')
    assert len(server.mails) == 1 and b'From: <p@example.net>' in server.mails[0][1]
    assert server.auths == ['AHUAczNjcmV0'], 'user and secret'
    assert all(secured for secured, line in server.lines if line.split()[0] in ('AUTH', 'MAIL', 'RCPT', 'DATA')), server.lines
    assert 'certificate' in made.refused('notify', 'test', 'stranger').lower()
    assert receivers(made)['stranger']['waiting'] == 1 and len(server.mails) == 1
    assert 's3cret' not in made.text() and 's3cret' not in made.cli('notify')


def test_mail_without_starttls_is_not_sent_in_the_clear(station, request):
    server = MailServer()
    request.addfinalizer(server.server_close)
    request.addfinalizer(server.shutdown)
    made = station(NOTHING + f'receivers: [{{name: mail, mail: [a@example.net], from: p@example.net,'
                   f' server: "smtp://127.0.0.1:{server.server_address[1]}"}}]\n')
    assert made.refused('notify', 'test', 'mail')
    assert not server.mails


def test_a_web_hook_over_https_goes_to_whom_is_trusted_alone(station, certificate, request):
    hook = Hook()
    hook.socket = certificate[1].wrap_socket(hook.socket, server_side=True)
    request.addfinalizer(hook.server_close)
    request.addfinalizer(hook.shutdown)
    url = f'https://127.0.0.1:{hook.server_port}/x'
    made = station(NOTHING + f'receivers:\n  - {{name: hook, webhook: "{url}", certificates: "{certificate[0]}"}}\n'
                   f'  - {{name: stranger, webhook: "{url}"}}\n  - {{name: renamed, webhook: "{url.replace("127.0.0.1", "localhost")}",'
                   f' certificates: "{certificate[0]}"}}\n')
    assert 'hook took it' in made.cli('notify', 'test', 'hook')
    assert len(hook.bodies) == 1
    assert 'certificate' in made.refused('notify', 'test', 'stranger').lower()
    assert made.refused('notify', 'test', 'renamed'), 'its name is not in the certificate'
    assert len(hook.bodies) == 1


def test_a_program_that_hangs_is_ended_with_all_that_it_started_and_one_that_fails_says_why(station, place):
    (place / 'ran').mkdir()
    (place / 'ran').chmod(0o777)

    def program(name, text):
        path = place / name
        path.write_text(f'#!/bin/sh\n{text}\n')
        path.chmod(0o755)
        return path
    hangs = program('hangs', f'echo $$ >>{place}/ran/pids\nsleep 600 &\necho $! >>{place}/ran/pids\nwait')
    fails = program('fails', 'echo no such number >&2\nexit 3')
    reads = program('reads', f'cat >{place}/ran/input\necho "$PORTOLAN_NEWS $PORTOLAN_COUNT" >{place}/ran/env')
    made = station(NOTHING + f'receivers:\n  - {{name: hangs, run: {hangs}, limit: 1s}}\n  - {{name: fails, run: {fails}}}\n'
                   f'  - {{name: reads, run: {reads}}}\n  - {{name: missing, run: {place}/missing}}\n')
    began = time.monotonic()
    assert 'took too long' in made.refused('notify', 'test', 'hangs')
    assert time.monotonic() - began < 10
    pids = (place / 'ran' / 'pids').read_text().split()
    await_true(lambda: not [p for p in pids if alive(p)], 10, f'none of it is left: {pids}')
    refused = made.refused('notify', 'test', 'fails')
    assert 'status 3' in refused and 'no such number' in refused
    assert 'reads took it' in made.cli('notify', 'test', 'reads')
    assert json.loads((place / 'ran' / 'input').read_text())['items'][0]['alert']['type'] == 'test'
    assert (place / 'ran' / 'env').read_text().split() == ['raised', '1']
    assert made.refused('notify', 'test', 'missing')
    assert receivers(made)['fails']['waiting'] == 1, 'it is tried again'


def test_programs_go_on_while_the_file_is_faulty_or_away(station, place):
    place.chmod(0o777)
    page = place / 'page'
    page.write_text(f'#!/bin/sh\necho paged >>{place}/paged\n')
    page.chmod(0o755)
    made = station(NOTHING + f'receivers: [{{name: pager, run: {page}}}]\n')
    reload(made, 'credentials: 7\n', 'the old one stays in force')
    assert 'pager took it' in made.cli('notify', 'test', 'pager')
    made.config.unlink()
    assert 'pager took it' in made.cli('notify', 'test', 'pager')
    assert (place / 'paged').read_text() == 'paged\n' * 2


def test_a_receiver_that_goes_while_it_is_tested_ends_the_test(station, place):
    made = station(NOTHING)
    slow = place / 'slow'
    slow.write_text(f'#!/bin/sh\necho >{place}/began\nsleep 600\n')
    slow.chmod(0o755)
    place.chmod(0o777)
    reload(made, NOTHING + f'receivers: [{{name: slow, run: {slow}}}]\n')
    test = subprocess.Popen(made.command('notify', 'test', 'slow'), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        await_true(lambda: (place / 'began').exists(), 20, 'it is tested')
        reload(made, NOTHING)
        _, words = test.communicate(timeout=10)
        assert test.returncode == 1 and 'the receiver is gone' in words
    finally:
        test.kill()
        test.wait()


def alive(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as f:
            return f.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def before_eight(seconds):
    """A time zone in which it is that long before 08:00."""
    ahead = int((8 * 3600 - seconds - time.time()) % 86400)
    return f'TST-{ahead // 3600}:{ahead // 60 % 60:02}:{ahead % 60:02}'


class Held(Handler):
    """Answers when it is let."""

    def do_POST(self):
        self.server.come.set()
        self.server.let.wait(30)
        super().do_POST()


def test_what_is_under_way_goes_on_when_other_things_change(station, request):
    """A message that is being taken is not sent again because the configuration was read again meanwhile."""
    hook = Hook()
    request.addfinalizer(hook.server_close)
    request.addfinalizer(hook.shutdown)
    hook.RequestHandlerClass, hook.come, hook.let = Held, threading.Event(), threading.Event()
    there = NOTHING + f'receivers: [{{name: slow, webhook: "http://127.0.0.1:{hook.server_port}/"}}]\n'
    made = station(there)
    asked = subprocess.Popen(made.command('notify', 'test', 'slow'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert hook.come.wait(30)
    hook.come.clear()
    made.write_config(there + 'polling: {every: 50s}\n')
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 15, 'it is taken')
    assert not hook.come.wait(1.5)  # it would come at once
    hook.let.set()
    told, _ = asked.communicate(timeout=30)
    assert asked.returncode == 0, told
    assert len(hook.bodies) == 1


@pytest.mark.long
@pytest.mark.measures
def test_hours_digests_and_repetition(farm, station, request):
    hooks = {name: Hook() for name in ('hours', 'digest', 'repeats')}
    for hook in hooks.values():
        request.addfinalizer(hook.server_close)
        request.addfinalizer(hook.shutdown)
    options = {'hours': 'when: ["08:00-08:10"]', 'digest': 'digest: 12s', 'repeats': 'repeat: 1s'}
    net = farm('--network', 'campus', '--devices', 12)
    config = farm_config(net, every='2s', extra='agentx: {master: ""}\nreceivers:\n' + ''.join(
        f'  - {{name: {name}, webhook: "http://127.0.0.1:{hook.server_port}/", types: [device.unreachable], {options[name]}}}\n'
        for name, hook in hooks.items())).replace('{every: 2s}', '{every: 2s, ping: {count: 0}}')
    made = station(config, env={'TZ': before_eight(3600)})
    made.discover()
    made.await_polls(2, 30)

    def news(name):
        return [[(i['news'], i['alert']['object']) for i in b['items']] for _, b in hooks[name].bodies]

    def again(name):
        return sum(n.count(('repeated', name)) for n in news('repeats'))
    leaves = [d for d in net.table('devices') if '-acc-' in d['name']][:2]
    names = sorted(d['name'] for d in leaves)
    for d in leaves:
        net.tell(f'kill {d["addresses"].split(",")[0]}')
    both = await_true(lambda: len(a := made.ask('alerts', type='device.unreachable')['alerts']) == 2 and a, 60, 'both are down')

    # Again and again until somebody acknowledges; the other one still is.
    await_true(lambda: again(names[0]) >= 2, 30, 'it is told again')
    made.cli('ack', next(a['id'] for a in both if a['object'] == names[0]), 'mine')
    told, other = again(names[0]), again(names[1])
    await_true(lambda: again(names[1]) >= other + 3, 30, 'the other one is')
    assert again(names[0]) <= told + 1  # that was on its way
    raised = [item for n in news('repeats') for item in n if item[0] == 'raised']
    assert sorted(raised) == [('raised', n) for n in names]

    # What comes within 12 s is one message.
    digest = await_true(lambda: news('digest'), 40, 'the digest')
    assert sorted(digest[0]) == [('raised', n) for n in names] and len(digest) == 1

    # Who sleeps is told at eight of what still lasts and is nobody's, also after a restart.
    assert not news('hours')
    await_true(lambda: receivers(made)['digest']['waiting'] == 0, 15, 'the station knows that it was taken: else it is sent again')
    assert made.stop() == 0
    made.env['TZ'] = before_eight(8)
    eight = time.time() + 8
    made.start()
    await_true(lambda: news('hours'), 30, 'it is eight')
    assert time.time() >= eight - 1
    await_true(lambda: news('hours') == [[('raised', names[1])]], 5, f'the other one alone: {news("hours")}')
    for d in leaves:
        net.tell(f'revive {d["addresses"].split(",")[0]}')
    await_true(lambda: news('hours')[1:] == [[('cleared', names[1])]], 60, 'the recovery to who was told')
    ends = await_true(lambda: news('digest')[1:], 60, 'both recoveries in one')
    assert sorted(ends[0]) == [('cleared', n) for n in names]
    await_true(lambda: sorted(i for n in news('repeats') for i in n if i[0] == 'cleared') == [('cleared', n) for n in names], 20,
               'also of that which was acknowledged')


def test_what_waits_for_the_master_outlasts_a_clean_end(station, place):
    made = station(NOTHING.replace('master: ""', f'master: {place}/nowhere'))
    made.refused('notify', 'test', 'master')
    assert receivers(made)['master']['waiting'] == 1
    for _ in range(2):
        assert made.stop() == 0
        made.start()
        assert receivers(made)['master']['waiting'] == 1
