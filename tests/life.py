"""The life of a station from its first discovery to its end, for who looks on from within."""
import http.client
import http.server
import os
import signal
import subprocess
import threading

from conftest import Snmpd, await_true, farm_config, free_port, free_tcp_port

NAMED = '127.16.0.5'  # falls silent for a while


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes what the station tells."""

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()
        self.server.told.set()

    def log_message(self, *args):
        pass


def hook():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', free_tcp_port()), Hook)
    server.told = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def surroundings(farm, place, started, devices, every):
    """A network, a master agent and a receiver; with what a configuration says of them, and where it listens."""
    net = farm('--network', 'campus', '--devices', devices, '--sessions')
    master = Snmpd(place, f'master agentx\nagentXSocket {place}/master\nagentXPerms 0777 0777\nrocommunity public 127.0.0.1\n')
    started(master)
    net.receiver, net.traps = hook(), free_port()
    config = farm_config(net, every=every, extra=f'agentx: {{master: {place}/master}}\nnotifications: {{listen: ["udp:127.0.0.1:{net.traps}"]}}\n'
                         f'receivers: [{{name: hook, webhook: "http://127.0.0.1:{net.receiver.server_port}/x"}}]\n')
    return net, config.replace(f'{{every: {every}}}', f'{{every: {every}, ping: {{count: 0}}}}')


def follow(made, person):
    """Somebody looks at the page: the stream, in whose answer there always is something to read."""
    host, port = made.listen.rsplit(':', 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request('GET', '/api/v1/stream', headers=person.headers)
    answer = connection.getresponse()
    assert answer.status == 200 and answer.readline()
    return connection


class Reader(threading.Thread):
    """Reads one page after another while the station does other things: most are made beside the loop."""

    def __init__(self, person, link):
        super().__init__(daemon=True)
        a, b = link['a_name'], link['b_name']
        self.paths = ['discovery', 'devices', *(f'devices/{a}{of}' for of in ('', '/interfaces', '/sensors', '/neighbors', '/addresses', '/identity')),
                      'links', 'links/busiest', f'links/why?a={a}&b={b}', f'path?from={a}&to={b}', *(f'layers{of}' for of in ('', '/network', '/stp', '/risk')), 'search?q=a', 'alerts',
                      'alerts/types', 'alerts/rules', 'risk', f'risk/{a}', 'export/ports.tsv', 'mib', 'maps', 'maps/physical', 'events',
                      'events/histogram?from=-1h', 'audit', 'status', 'openapi.json', '/metrics', '/health']
        self.person, self.over, self.bad, self.rounds = person, threading.Event(), [], 0

    def run(self):
        while not self.over.is_set():
            for path in self.paths:
                try:
                    status = self.person.ask('GET', path)[0]
                except OSError as e:
                    status = repr(e)
                self.bad += [(status, path)] if status != 200 else []
                self.over.wait(0.02)
            self.rounds += 1

    def end(self, limit_s):
        await_true(lambda: self.rounds > 0 or not self.is_alive(), limit_s, 'all was read once')
        self.over.set()
        self.join(limit_s)
        assert not self.bad and self.rounds, self.bad


def people(made, person, name):
    """Changes of each part of the station, a person who comes and goes."""
    node = made.ask('maps', 'physical')['nodes'][0]['id']
    for method, path, body in (('POST', 'users', {'name': 'xenia', 'role': 'operator', 'password': 'long enough words', 'must_change': False}),
                               ('POST', 'maps', {'name': 'hand'}), ('PATCH', 'maps/hand', [{'op': 'add', 'id': 'a'}]),
                               ('PATCH', 'maps/physical', [{'op': 'pin', 'id': node}, {'op': 'rename', 'id': node, 'text': 'x'}]),
                               ('POST', f'risk/{name}', {'value': 4}), ('POST', 'silences', {'object': 'ham-*', 'duration': '1h'}),
                               ('POST', 'tokens', {'name': 'script', 'role': 'viewer'}), ('POST', f'devices/{name}/poll', None),
                               ('DELETE', 'maps/hand', None), ('POST', 'users/xenia/forget', None)):
        status, _, said = person.ask(method, path, body)
        assert status < 300, (method, path, said)


def commands(made, net, place, limit_s, pictures):
    link = net.table('links')[0]
    name, port = link['a_name'], f'{link["a_name"]}:{link["a_port"]}'
    await_true(lambda: made.try_cli('series', port, 'traffic'), limit_s, 'series, once rrdcached has files of them')
    drawn = (('map', 'export', 'physical', '-o', place / 'map.svg'), ('graph', port, 'traffic', '-o', place / 'port.png'))
    for words in (('device', name), ('interfaces', name), ('path', name, link['b_name']), ('walk', name, '1.3.6.1.2.1.2'),
                  ('links',), ('events',), ('risk',), ('topology', 'diff', '--from', '-1h'),
                  ('export', place / 'export'), *(drawn if pictures else ())):
        made.cli(*words, limit_s=limit_s)
    backup = subprocess.run(made.command('backup', place / 'all.backup'), capture_output=True, text=True, timeout=limit_s,
                            env={**os.environ, 'PORTOLAN_PASSPHRASE': 'correct horse battery'})
    assert backup.returncode == 0, backup.stderr


def live(made, net, place, limit_s, pictures=True):
    """All of it but the end; each wait has that limit."""
    made.discover(limit_s=limit_s)
    assert len(made.devices()) > 8
    await_true(lambda: made.json('status')['agentx'].startswith('connected'), limit_s, 'it is a subagent')
    made.await_polls(2, limit_s)
    person = made.administrator()
    looks = follow(made, person)
    reader = Reader(person, net.table('links')[0])
    reader.start()
    people(made, person, net.table('links')[0]['a_name'])
    commands(made, net, place, limit_s, pictures)
    subprocess.run(['snmptrap', '-v2c', '-c', 'public', f'127.0.0.1:{net.traps}', '', '1.3.6.1.6.3.1.1.5.3'], check=True, timeout=60)
    await_true(lambda: made.ask('events', type='notification.*')['events'], limit_s, 'it heard')
    net.tell(f'kill {NAMED}')
    await_true(lambda: 'answers neither echo nor SNMP' in made.text(), limit_s, 'it is missed')
    await_true(net.receiver.told.is_set, limit_s, 'the receiver is told')
    net.tell(f'revive {NAMED}')
    gone = sorted(made.devices())[-1]
    assert person.ask('POST', f'devices/{gone}/forget')[0] < 300
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), limit_s, 'the configuration again')
    made.await_polls(1, limit_s)
    reader.end(limit_s)
    looks.close()
