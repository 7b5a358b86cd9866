"""Notifications sent: traps, informs, web hooks, programs; nothing is lost while a receiver is away."""
import collections
import email
import http.server
import json
import os
import re
import socketserver
import threading

import pytest

from conftest import Program, await_true, farm_config, free_port, needs_root

pytestmark = needs_root


class Trapd(Program):
    """Debian's snmptrapd; what came, one line a notification."""

    def __init__(self, directory, port, config=''):
        conf = directory / 'snmptrapd.conf'
        conf.write_text(f'disableAuthorization yes\n{config}\n')
        super().__init__(['/usr/sbin/snmptrapd', '-f', '-n', '-C', '-c', conf, '-On', '-Lf', directory / 'traps.log',
                          '-m', '', f'udp:127.0.0.1:{port}'], directory / 'snmptrapd.out',
                         env={**os.environ, 'SNMP_PERSISTENT_DIR': str(directory / 'trapd')})
        self.traps = directory / 'traps.log'
        await_true(lambda: self.traps.exists() and 'NET-SNMP version' in self.traps.read_text(), 20, 'snmptrapd listens')

    def numbers(self):
        """portolanNotifySeq of all that came, in order."""
        return [int(n) for n in re.findall(r'\.32473\.1\.1\.1\.5\.0 = Counter32: (\d+)', self.traps.read_text(errors='replace'))]


class Hook(http.server.ThreadingHTTPServer):
    """Keeps the bodies that were posted."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.bodies, self.status = [], 200
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        if self.server.status == 200:
            self.server.bodies.append((self.headers['X-Token'], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails without TLS; keeps who they are for and what they say."""
    allow_reuse_address = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), MailSession)
        self.mails = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class MailSession(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f'{line}\r\n'.encode())

    def handle(self):
        self.say('220 mail')
        to = []
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == 'RCPT':
                to.append(re.search('<(.*)>', line).group(1))
            if word == 'DATA':
                self.say('354 go on')
                body = b''
                while (part := self.rfile.readline()) != b'.\r\n':
                    body += part
                read = email.message_from_bytes(body)
                self.server.mails.append((to, read['From'], read.get_payload(decode=True).decode()))
            self.say('221 bye' if word == 'QUIT' else '250 ok')
            if word == 'QUIT':
                return


@pytest.fixture
def mail():
    made = MailServer()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def hook():
    made = Hook()
    yield made
    made.shutdown()
    made.server_close()


other_hook = hook


@pytest.fixture
def trapd(place, started):
    def make(port, config=''):
        directory = place / f'trapd-{port}'
        directory.mkdir(exist_ok=True)
        made = Trapd(directory, port, config)
        started(made)
        return made
    return make


def receivers(made):
    return {r['name']: r for r in made.ask('receivers')['receivers']}


@pytest.mark.long
def test_all_ways_out_and_a_recovery_to_those_who_were_told(farm, station, trapd, hook, mail, place):
    net = farm('--network', 'campus', '--devices', 12)
    ports = {kind: free_port() for kind in ('trap', 'inform', 'v1', 'v3')}
    listeners = {kind: trapd(port, 'createUser noc SHA-256 auth-secret AES priv-secret' if kind == 'v3' else '')
                 for kind, port in ports.items() if kind != 'inform'}
    log = place / 'ran'
    log.mkdir()
    log.chmod(0o777)
    program = place / 'program'
    program.write_text(f'#!/bin/sh\necho "$PORTOLAN_NEWS $PORTOLAN_SEVERITY $PORTOLAN_OBJECT" >>{log}/lines\n')
    program.chmod(0o755)
    v3 = 'version: 3, user: noc, auth: SHA-256, auth_secret: auth-secret, priv: AES-128, priv_secret: priv-secret'
    made = station(farm_config(net, every='5s', extra='agentx: {master: ""}\nreceivers:\n' + ''.join(
        f'  - {{name: {name}, {what}}}\n' for name, what in {
            'trap': f'to: "udp:127.0.0.1:{ports["trap"]}", community: x',
            'inform': f'to: "udp:127.0.0.1:{ports["inform"]}", community: x, inform: true',
            'v1': f'to: "udp:127.0.0.1:{ports["v1"]}", version: 1, community: x',
            'v3': f'to: "udp:127.0.0.1:{ports["v3"]}", inform: true, {v3}',
            'hook': f'webhook: "http://127.0.0.1:{hook.server_port}/x", headers: ["X-Token: t0p"], digest: 1s',
            'mail': f'mail: [a@example.net, b@example.net], from: p@example.net, plain: true, '
                    f'server: "smtp://127.0.0.1:{mail.server_address[1]}"',
            'program': f'run: {program}',
            'other': f'to: "udp:127.0.0.1:{ports["trap"]}", community: x, objects: [nothing-*]'}.items())))
    made.discover()
    # A test goes every way, and says when it does not.
    assert 'trap took it' in made.cli('notify', 'test', 'trap')
    assert 'v3 took it' in made.cli('notify', 'test', 'v3')
    assert 'program took it' in made.cli('notify', 'test', 'program')
    assert 'no answer' in made.refused('notify', 'test', 'inform') or 'port unreachable' in made.refused(
        'notify', 'test', 'inform')
    assert 'no receiver is called' in made.refused('notify', 'test', 'nobody')

    made.await_polls(1, 30)
    dead = sorted(n for n in made.devices() if '-acc-' in n)[0]
    address = made.ask('devices', dead)['addresses'][0]
    net.tell(f'fault dead {address}')
    await_true(lambda: [a for a in made.ask('alerts')['alerts'] if a['device'] == dead], 60, 'the alert')
    alert = [a for a in made.ask('alerts')['alerts'] if a['device'] == dead][0]
    await_true(lambda: receivers(made)['inform']['waiting'] >= 2, 20, 'it waits for who is away')
    known = {t['receiver']: t for t in made.ask('alerts', str(alert['id']))['told']}
    assert {'trap', 'hook', 'inform'} <= set(known) and 'other' not in known, known
    assert known['trap']['severity'] == alert['severity'] and known['inform']['error'] and 'error' not in known['trap'], known
    net.tell(f'clear dead {address}')
    await_true(lambda: not [a for a in made.ask('alerts')['alerts'] if a['device'] == dead], 60, 'it is over')
    lines = await_true(lambda: [x for x in (log / 'lines').read_text().splitlines() if dead in x][1:] and
                       (log / 'lines').read_text().splitlines(), 20, 'the program ran')
    assert f'raised {alert["severity"]} {alert["object"]}' in lines and f'cleared cleared {alert["object"]}' in lines
    await_true(lambda: {'raised', 'cleared'} <= {i['news'] for _, b in hook.bodies for i in b['items'] if i['alert']['device'] == dead},
               20, 'the hook was told')
    assert all(t == 't0p' for t, _ in hook.bodies)
    for kind, tests in (('trap', 1), ('v1', 0), ('v3', 1)):
        await_true(lambda: len(listeners[kind].numbers()) >= tests + 2, 20, f'{kind} is told')
        numbers = listeners[kind].numbers()
        assert numbers == list(range(1, len(numbers) + 1)), (kind, numbers)
        assert alert['object'] in listeners[kind].traps.read_text()
    mails = await_true(lambda: [m for m in mail.mails if dead in m[2]][1:], 20, f'mail came: {receivers(made)["mail"]} {mail.mails}')
    assert mails[0][:2] == (['a@example.net', 'b@example.net'], '<p@example.net>'), mails[0]
    assert receivers(made)['other']['sent'] == 0

    # Who was away missed nothing, and over a restart too: every number from the first on.
    waiting = receivers(made)['inform']['waiting']
    assert waiting >= 3
    made.stop()
    made.start()
    assert receivers(made)['inform']['waiting'] >= waiting
    late = trapd(ports['inform'])
    await_true(lambda: receivers(made)['inform']['waiting'] == 0, 90, 'it gets all')
    assert sorted(set(late.numbers())) == list(range(1, receivers(made)['inform']['seq'] + 1)), late.numbers()
    assert 'auth-secret' not in made.text() and 't0p' not in made.text()


def behind(net, root):
    """By the truth: which devices no way leads to from root without each."""
    beside = collections.defaultdict(set)
    for link in net.table('links'):
        beside[link['a_name']].add(link['b_name'])
        beside[link['b_name']].add(link['a_name'])

    def reached(without):
        seen, todo = {root}, [root]
        while todo:
            new = beside[todo.pop()] - seen - {without}
            seen |= new
            todo += new
        return seen
    return {name: reached(None) - reached(name) - {name} for name in reached(None) - {root}}


@pytest.mark.long
@pytest.mark.measures
def test_a_cable_to_a_router_that_dies_is_told_once(farm, station, trapd, hook, other_hook):
    net = farm('--network', 'campus', '--devices', 12)
    listener = trapd(port := free_port())
    made = station(farm_config(net, every='2s', extra=(
        f'agentx: {{master: ""}}\nreceivers:\n  - {{name: hook, webhook: "http://127.0.0.1:{hook.server_port}/x"}}\n'
        f'  - {{name: trap, to: "udp:127.0.0.1:{port}", community: x, types: [port.*, device.*]}}\n'
        f'  - {{name: devices, webhook: "http://127.0.0.1:{other_hook.server_port}/x", types: [device.*]}}\n'))
        .replace('{every: 2s}', '{every: 2s, ping: {count: 0}}'))
    made.discover()
    made.await_polls(2, 30)
    address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    root = next(n for n, a in address.items() if a == net.base)
    cut = behind(net, root)
    router = max(cut, key=lambda n: len(cut[n]))
    cable, = (k for k in net.table('links') if {k['a_name'], k['b_name']} == {root, router})
    port = cable['a_port'] if cable['a_name'] == root else cable['b_port']

    def news():
        items = [i for _, b in hook.bodies for i in b['items'] if i['alert']['object'] != 'test']  # its own overload is another matter
        return [(i['news'], i['alert']['object'], i.get('because', {}).get('object')) for i in items]

    def die():
        net.tell(f'cut {address[root]} {port}')
        for name in cut[router] | {router}:
            net.tell(f'kill {address[name]}')
        hook.bodies.clear()
        await_true(lambda: made.cli('poll', root) and news(), 20, 'the port is told at once')
        return await_true(lambda: len(news()) > 1 and news(), 60, 'why is told')
    assert die() == [('raised', f'{root}:{port}', None), ('explained', f'{root}:{port}', router)]
    known = next(i for _, b in hook.bodies for i in b['items'] if i['news'] == 'explained')['because']['symptoms']
    assert set(known) == cut[router], 'it is told once all behind it is known'
    await_true(lambda: [(a['object'], set(a['symptoms'])) for a in made.ask('alerts')['alerts']] == [(router, cut[router])], 30,
               'one alert, with all that it makes unreachable')
    items = await_true(lambda: [i for _, b in other_hook.bodies for i in b['items']], 10, 'who did not hear of the port hears of the router')
    assert [i['news'] for i in items] in (['raised'], ['raised', 'symptoms']) and {i['alert']['object'] for i in items} == {router}
    assert set(items[-1]['alert']['symptoms']) == cut[router]
    net.tell(f'heal {address[root]} {port}')
    for name in cut[router] | {router}:
        net.tell(f'revive {address[name]}')
    await_true(lambda: not made.ask('alerts', state='active')['alerts'], 90, 'all is over')
    await_true(lambda: news()[2:], 20, 'the recovery')
    assert news()[2:] == [('cleared', f'{root}:{port}', None)]
    assert listener.numbers() == [1, 2, 3], 'one trap, one that explains it, and one when it is over'
    assert re.findall(r'32473\.1\.0\.(\d+)', listener.traps.read_text()) == ['3', '21', '4']

    # The cable comes back, who is behind it does not: that is another fault.
    die()
    net.tell(f'heal {address[root]} {port}')
    await_true(lambda: len(news()) > 3, 120, 'it is told of its own')
    assert news()[2:] == [('cleared', f'{root}:{port}', None), ('raised', router, None)]
    for name in cut[router] | {router}:
        net.tell(f'revive {address[name]}')
    await_true(lambda: news()[4:], 90, 'it is over')
    assert news()[4:] == [('cleared', router, None)]


def test_the_masters_receivers_are_told_also_of_what_happened_while_it_was_away(farm, station, snmpd, trapd, place, hook):
    net = farm('--network', 'campus', '--devices', 12)
    listener = trapd(port := free_port())
    master = (f'master agentx\nagentXSocket {place}/master\nagentXPerms 0777 0777\nrocommunity public 127.0.0.1\n'
              f'trap2sink 127.0.0.1:{port} public\n')
    agent = snmpd(master)
    made = station(farm_config(net, every='5s', extra=f'agentx: {{master: {place}/master}}\n'
                               f'receivers: [{{webhook: "http://127.0.0.1:{hook.server_port}/", types: [station.*]}}]\n'))
    made.discover()
    await_true(lambda: made.json('status')['agentx'].startswith('connected'), 20, 'it is a subagent')
    assert 'master took it' in made.cli('notify', 'test', 'master')
    await_true(lambda: listener.numbers() == [1], 10, 'the test came')
    agent.stop()
    await_true(lambda: not made.json('status')['agentx'].startswith('connected'), 20, 'the master is missed')
    made.refused('notify', 'test', 'master')
    assert receivers(made)['master']['waiting'] == 1
    lost = await_true(lambda: hook.bodies, 30, 'other receivers are told that it is away')[0][1]['items'][0]
    assert (lost['news'], lost['alert']['type']) == ('raised', 'station.agent') and f'{place}/master' in lost['alert']['text']
    (place / 'master').unlink(missing_ok=True)
    snmpd(master, port=agent.port)
    await_true(lambda: [b['items'][0]['news'] for _, b in hook.bodies] == ['raised', 'cleared'], 20, 'it is back')
    await_true(lambda: len(listener.numbers()) >= 4, 40, 'what waited came: the test, that it was away, and is back')
    await_true(lambda: receivers(made)['master']['waiting'] == 0, 20, 'nothing waits')
    assert listener.numbers() == list(range(1, len(listener.numbers()) + 1)), 'in order'


@pytest.mark.long
def test_risks_and_links_that_changed_are_told_though_they_are_no_alerts(farm, station, trapd, hook):
    """portolanRiskLevelChange and portolanTopologyChange: few, with the level that the object has now."""
    net = farm('--network', 'campus', '--devices', 12)
    listener = trapd(port := free_port())
    made = station(farm_config(net, every='2s', extra='agentx: {master: ""}\nreceivers:\n'
                               f'  - {{name: trap, to: "udp:127.0.0.1:{port}", community: x}}\n'
                               f'  - {{name: alerts, webhook: "http://127.0.0.1:{hook.server_port}/a", headers: ["X-Token: a"]}}\n'
                               f'  - {{name: risk, webhook: "http://127.0.0.1:{hook.server_port}/r", types: [risk.*], '
                               'headers: ["X-Token: r"]}\n'))
    made.discover()
    made.await_polls(2, 30)
    link = next(x for x in made.json('links')['links'] if x['kind'] == 'p2p' and x['layer'] == 2 and '-core-' in x['a'])
    core = link['a']
    address = made.ask('devices', core)['addresses'][0]

    def told(arc):
        return [x for x in listener.traps.read_text(errors='replace').splitlines() if f'.32473.1.0.{arc}\t' in f'{x}\t']

    net.tell(f'cut {address} {link["a_port"]}')
    topology = await_true(lambda: told(12), 60, 'the topology changed')
    assert 'links: ' in topology[0] and 'went' in topology[0] and '1.1.1.29.0 = OID: .0.0' in topology[0], topology
    net.tell(f'heal {address} {link["a_port"]}')
    await_true(lambda: [x for x in told(12) if ' came' in x], 60, 'it changed back')

    net.tell(f'fault dead {address}')
    risen = await_true(lambda: [x for x in told(11) if f'"{core}"' in x], 60, 'its risk rose')[-1]
    object_row, level = re.search(r'\.32473\.1\.1\.2\.1\.12\.(\d+) = INTEGER: (\d)', risen).groups()
    assert int(object_row) > 0 and int(level) > 1 and '1.1.1.29.0 = OID: .0.0' in risen and 'risk is ' in risen, risen
    net.tell(f'clear dead {address}')
    await_true(lambda: [x for x in told(11) if re.search(rf'1\.1\.1\.28\.0 = INTEGER: 1\t.*\.12\.{object_row} = INTEGER: 1\t', x)],
               60, 'it fell')
    # Numbers go on over both; people are told where they ask for it.
    numbers = listener.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
    hooks = {name: [i['alert']['type'] for t, b in hook.bodies if t == name for i in b['items']] for name in ('a', 'r')}
    assert set(hooks['r']) == {'risk.level'} and 'risk.level' not in hooks['a'] and hooks['a'], hooks
