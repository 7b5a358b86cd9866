"""openapi.json is true: every operation it lists is called, and what it answers is what it says, no key more and none less."""
import fnmatch
import json
import re
import urllib.parse

import pytest
from conftest import SocketConnection, await_true, farm_config, needs_root

pytestmark = needs_root

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}


def faults(schema, value, schemas, where='answer'):
    """What is wrong with a value by its schema, as far as openapi.json uses schemas; keys that are not described too."""
    while '$ref' in schema:
        schema = schemas[schema['$ref'].rsplit('/', 1)[-1]]
    if value is None:
        return [] if schema.get('nullable') or not schema.get('type') else [f'{where}: null']
    kind = schema.get('type')
    if kind in ('integer', 'number'):
        right = not isinstance(value, bool) and isinstance(value, int if kind == 'integer' else (int, float))
    else:
        right = kind is None or isinstance(value, TYPES[kind])
    if not right:
        return [f'{where}: {value!r:.60} is no {kind}']
    found = []
    if kind == 'array':
        for i, item in enumerate(value):
            found += faults(schema['items'], item, schemas, f'{where}[{i}]')
    if kind == 'object':
        found += [f'{where}: no {key}' for key in schema.get('required', []) if key not in value]
        for key, member in value.items():
            described = schema.get('properties', {}).get(key, schema.get('additionalProperties'))
            found += [f'{where}: {key} is not described: {member!r:.60}'] if described is None else faults(described, member, schemas, f'{where}.{key}')
    return found


class Caller:
    """Calls operations as openapi.json has them, and holds answers against it."""

    def __init__(self, made):
        self.made = made
        self.described = json.loads(self.send('GET', 'openapi.json')[2])
        self.called, self.wrong = {('get', '/api/v1/openapi.json')}, []

    def send(self, method, path, body=None):
        connection = SocketConnection(self.made.socket)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        connection.request(method, path if path.startswith('/') else f'/api/v1/{path}', data, {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        if answer.getheader('Content-Type') == 'text/event-stream':
            text = answer.fp.read1(100)
        else:
            text = answer.read()
        connection.close()
        return answer.status, answer.getheader('Content-Type'), text

    def operation(self, method, path):
        """The operation of a path: the one whose fixed parts fit best."""
        path = path.partition('?')[0]
        full = path if path.startswith('/') else f'/api/v1/{path}'
        fits = [p for p in self.described['paths'] if method.lower() in self.described['paths'][p] and
                re.fullmatch(re.sub(r'\\\{[^}]*\\\}', '[^/]+', re.escape(p)), full)]
        assert fits, f'{method} {path} is not described'
        return min(fits, key=lambda p: p.count('{'))

    def __call__(self, method, path, body=None, status=None):
        where = self.operation(method, path)
        operation = self.described['paths'][where][method.lower()]
        self.called.add((method.lower(), where))
        params = {p['name'] for p in operation['parameters'] if p['in'] == 'query'}
        unknown = {k for k, _ in urllib.parse.parse_qsl(path.partition('?')[2])} - params
        if unknown:
            self.wrong.append(f'{method} {where}: parameters {unknown} are not described')
        if (body is not None) != ('requestBody' in operation) and not (body is None and not operation['requestBody'].get('required')):
            self.wrong.append(f'{method} {where}: its body is not described')
        got, kind, text = self.send(method, path, body)
        if status is not None:
            assert got == status, f'{method} {path}: {got} {text[:500]}'
        told = operation['responses']['2XX' if got < 300 else 'default']
        content = told.get('content', {})
        media = kind.partition(';')[0]
        if not any(fnmatch.fnmatch(media, known) for known in content):
            self.wrong.append(f'{method} {where}: {got} {kind} is not described')
        elif media.endswith('json'):
            value = json.loads(text)
            found = faults(content[media]['schema'], value, self.described['components']['schemas'])
            self.wrong += [f'{method} {where}: {f}' for f in found[:40]]
            return value
        return text


def prepare(station, farm):
    net = farm('--network', 'campus', '--devices', 30)
    made = station(farm_config(net, every='2s', extra=f'receivers: [{{name: log, to: "udp:127.0.0.1:9", version: 2c, community: x}}]\n')
                   .replace('{every: 2s}', '{every: 2s, ping: {count: 0}}'))
    made.discover()
    made.await_polls(2, 60)
    return net, made


def read(call, made, name, alert):
    """Everything that is only read."""
    quoted = urllib.parse.quote(name, safe='')
    other = next(k for k in made.ask('links', device=name)['links'] if 'b_port' in k and not k['b'].startswith('~'))
    port = urllib.parse.quote(f'{name}:{other["a_port"] if other["a"] == name else other["b_port"]}', safe='')
    for path in ('status', 'stream?kinds=status&after=1-1', 'session', 'users', 'tokens', 'discovery', 'discovery/bounds', 'discovery/addresses?state=answers&limit=3&after=0', 'discovery/doubles', 'sites', 'credentials',
                 'devices?q=&limit=5', 'devices?limit=3&after=a', f'devices/{quoted}', f'devices/{quoted}/interfaces', f'devices/{quoted}/sensors',
                 f'devices/{quoted}/neighbors', f'devices/{quoted}/addresses', f'devices/{quoted}/identity', 'pins', 'links', f'links?device={quoted}', 'links/busiest?limit=3',
                 f'links/why?a={other["a"]}&b={other["b"]}', f'path?from={other["a"]}&to={other["b"]}', 'topology/diff?from=-1h&to=now',
                 'maps', 'maps/physical', 'maps/physical?shown=1&open=x&fold=y', 'maps/physical?brief=1', 'maps/network', 'maps/physical/edits', 'layers', 'layers/risk',
                 'layers/stp', 'layers/network', 'find?q=a', 'search?q=a', 'alerts/rules', f'alerts/rules?object={quoted}', 'alerts?state=all&severity=warning&limit=10',
                 'alerts/types', f'alerts/{alert}', 'receivers', 'silences', 'risk?all=1&limit=100', 'risk/all', f'risk/{quoted}',
                 'events?limit=10&class=change', 'events/histogram?from=-1h&buckets=10', 'audit?limit=5', f'series/{quoted}',
                 f'series/{port}/traffic?from=-1h&to=now', f'walk?target={quoted}&oid=sysName', f'get?target={quoted}&oid=sysName.0',
                 'export/devices.tsv', 'mib', '/metrics', '/health'):
        call('GET', path, status=200)
    call('GET', f'graphs/{port}/traffic.svg?from=-1h&width=400')
    vlan = call('GET', 'layers')['vlans'][0]['vlan']
    call('GET', f'layers/vlan:{vlan}', status=200)


def change(call, name, alert, seed):
    """Everything that changes something, and back."""
    quoted = urllib.parse.quote(name, safe='')
    call('POST', 'users', {'name': 'ann', 'role': 'viewer', 'password': 'long enough words'}, 201)
    call('PATCH', 'users/ann', {'role': 'operator'}, 200)
    call('DELETE', 'users/ann')
    call('POST', 'users/ann/forget', status=200)
    call('POST', 'tokens', {'name': 'script', 'role': 'viewer'})
    call('DELETE', 'tokens/script')
    call('POST', 'session', {'user': 'nobody', 'password': 'x'})
    call('PATCH', 'session', {'language': 'ja'})
    call('POST', 'session/password', {'old': 'x', 'new': 'y'})
    call('DELETE', 'session')
    call('POST', 'discovery/probe', {'address': seed}, 200)
    call('POST', 'discovery/probe', {'address': '198.51.100.1'}, 200)
    call('POST', 'credentials', {'name': 'core', 'version': '2c', 'community': 'x'}, 200)
    call('PATCH', 'credentials/core', {'community': 'y'}, 200)
    call('DELETE', 'credentials/core', status=200)
    call('PATCH', 'discovery/bounds', {'exclude': []}, 200)
    call('POST', 'discovery', {'targets': [seed]}, 202)
    call('DELETE', 'discovery', status=200)
    call('POST', 'devices', {'addresses': [seed]}, 202)
    call('POST', f'devices/{quoted}/poll')
    call('POST', 'pins', {'merge': [name, name]})
    call('POST', 'maps', {'name': 'plan'}, 201)
    call('POST', 'maps/drawn.csv', b'a,a_port,b,b_port\nx,1,y,2\n', 201)
    call('PATCH', 'maps/plan', [{'op': 'add', 'id': 'x'}], 200)
    call('DELETE', 'maps/plan', status=200)
    call('POST', f'alerts/{alert}/ack', {'text': 'mine'}, 200)
    call('DELETE', f'alerts/{alert}/ack', status=200)
    call('POST', f'alerts/{alert}/shelf', {'duration': '2h'}, 200)
    call('DELETE', f'alerts/{alert}/shelf', status=200)
    call('POST', 'receivers/log/test')
    call('POST', 'receivers', {'name': 'chat', 'webhook': 'https://127.0.0.1:9/x', 'format': 'slack', 'when': ['mon-fri 08:00-18:00']}, 200)
    call('PATCH', 'receivers/chat', {'severity': 'major'}, 200)
    call('DELETE', 'receivers/chat', status=200)
    call('POST', 'alerts/rules', {'name': 'busy', 'on': 'cpu', 'above': 70, 'for': '5m'}, 200)
    call('PATCH', 'alerts/rules/cpu', {'off': True}, 200)
    call('GET', 'alerts/rules', status=200)
    call('DELETE', 'alerts/rules/cpu', status=200)
    call('PATCH', 'alerts/ports', {'ports': [{'devices': ['^core-'], 'ports': ['^Te'], 'expect': 'any'}]}, 200)
    call('GET', 'alerts/ports', status=200)
    call('PATCH', 'sites', {'sites': [{'name': 'Lab', 'device': 'lab-*'}]}, 200)
    call('GET', 'sites', status=200)
    silence = call('POST', 'silences', {'object': name, 'duration': '2h', 'text': 'works'}, 201)
    call('GET', 'silences', status=200)
    call('DELETE', f'silences/{silence["id"]}', status=200)
    call('POST', f'risk/{quoted}', {'value': 4}, 200)
    call('DELETE', f'devices/{quoted}', status=200)
    call('POST', f'devices/{quoted}/forget', status=200)


def test_every_operation_answers_as_it_is_described(station, farm):
    net, made = prepare(station, farm)
    call = Caller(made)
    assert call.described['openapi'].startswith('3.')
    dead = next(d for d in made.devices().values() if d['kind'] == 'switch' and d['address'] != net.base)
    net.tell(f'kill {dead["address"]}')
    alert = await_true(lambda: made.ask('alerts', object=dead['name'])['alerts'], 60, 'the alert')[0]['id']
    name = next(n for n, d in made.devices().items() if d['address'] == net.base)
    call('GET', f'devices/{urllib.parse.quote(name, safe="")}/software')
    call('GET', f'devices/{urllib.parse.quote(name, safe="")}/processes')
    call('GET', 'devices/nobody', status=404)
    read(call, made, name, alert)
    change(call, dead['name'], alert, net.base)
    assert not call.wrong, '\n'.join(sorted(set(re.sub(r'\[\d+\]', '[]', w) for w in call.wrong))[:120])
    described = {(m, p) for p, of in call.described['paths'].items() for m in of}
    assert described == call.called, sorted(described ^ call.called)
