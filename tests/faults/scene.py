"""What the tests of faults share. FAULTS=long: as long as `make faults` makes them."""
import contextlib
import json
import os
import random
import threading
import time

from conftest import SocketConnection, await_true, farm_config

LONG = os.environ.get('FAULTS') == 'long'
SANITIZED = 'sanitized' in os.environ.get('BUILD', '')
EVERY_S = 1
DEVICES = 12
SAID = ('AddressSanitizer', 'LeakSanitizer', 'ThreadSanitizer', 'runtime error', 'Assertion')


def often(short, long):
    return long if LONG else short


def began(station, farm, every='1s', extra='', devices=DEVICES, **more):
    """A network and a station that knows it."""
    net = farm('--network', 'campus', '--devices', devices, '--run-seconds', 7200)
    made = station(farm_config(net, every=every, extra=extra).replace('for 1h', 'for 10min'), **more)
    made.discover()
    made.await_polls(2, 60)
    return net, made


def call(made, method, path, body=None, limit_s=30):
    """Status and answer; OSError where there is none."""
    connection = SocketConnection(made.socket)
    connection.timeout = limit_s
    try:
        connection.request(method, f'/api/v1/{path}', None if body is None else json.dumps(body), {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    return answer.status, json.loads(text)


def cut_a_cable(net):
    address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    link = next(row for row in net.table('links') if 'lldp' in row['evidence'])
    net.tell(f'cut {address[link["a_name"]]} {link["a_port"]}')


def alerts(made, **query):
    return {(a['type'], a['object']): a for a in made.ask('alerts', **query)['alerts']}


def own_alerts(made):
    return {a['type'] for a in made.ask('alerts')['alerts'] if a['type'].startswith('station.')}


def polls_go_on(made, more=10, limit_s=20):
    begun = made.ask('status')['polls']
    await_true(lambda: made.ask('status')['polls'] > begun + more, limit_s, 'polls go on')


def answers_at_once(made, within_s=1.0):
    begun = time.monotonic()
    assert call(made, 'GET', 'status')[0] == 200
    took = time.monotonic() - begun
    assert took < (5 * within_s if SANITIZED else within_s), f'the loop was held: {took:.1f} s'


def assert_well(made):
    """Nothing of a sanitizer, no assertion."""
    assert not [word for word in SAID if word in made.text()], made.text()[-6000:]


def known_times(made, name, since='-30s'):
    """When echoes of a device are known, by the station, or it says why they are not (a machine that is too busy)."""
    def answer():
        status, body = call(made, 'GET', f'series/{name}/icmp?from={since}')
        return body if status in (200, 404) else None
    body = await_true(answer, 90, 'series are there')
    return {row[0] for row, why in zip(body.get('rows', ()), body.get('row_gaps', ())) if row[1] is not None or why}


class Person(threading.Thread):
    """Changes one thing after another, and remembers what was answered with success, until the station is gone."""

    def __init__(self, made, label, changes=8):
        super().__init__(daemon=True)
        self.made, self.label, self.changes = made, label, changes
        self.silences, self.tokens, self.nodes, self.unsilenced, self.refused = [], [], [], [], []
        self.pick = random.Random(label)

    def change(self, method, path, body, kept, name):
        status, answer = call(self.made, method, path, body)
        if status in (200, 201):
            kept.append(name)
        else:
            self.refused.append((status, path, answer))
        return answer

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            for n in range(self.changes):
                name = f'{self.label}-{n}'
                kind = n % 4
                if kind == 0:
                    self.change('POST', 'silences', {'object': f'x-{name}', 'duration': '1h', 'text': name}, self.silences, name)
                elif kind == 1:
                    self.change('POST', 'tokens', {'name': name, 'role': 'viewer'}, self.tokens, name)
                elif kind == 2:
                    self.change('PATCH', 'maps/hand', [{'op': 'add', 'id': name}], self.nodes, name)
                elif self.silences:
                    gone = self.silences[-1]
                    number = next(s['id'] for s in self.made.ask('silences')['silences'] if s['text'] == gone)
                    self.silences.remove(gone)  # from here on it may be either
                    self.change('DELETE', f'silences/{number}', None, self.unsilenced, gone)
                time.sleep(self.pick.random() / 50)

    def assert_kept(self):
        """All that was answered with success is there."""
        silences = {s['text'] for s in self.made.ask('silences')['silences']}
        tokens = {t['name'] for t in self.made.ask('tokens')['tokens']}
        nodes = {n['id'] for n in self.made.ask('maps', 'hand')['nodes']}
        lost = set(self.silences) - silences | set(self.tokens) - tokens | set(self.nodes) - nodes | set(self.unsilenced) & silences
        assert not lost, f'{self.label}: answered with success, and lost: {sorted(lost)}'
        recorded = {e['object'] for e in self.made.ask('audit', limit=1000)['audit']}
        assert not self.nodes or 'maps/hand' in recorded
        return len(self.silences) + len(self.tokens) + len(self.nodes) + len(self.unsilenced)
