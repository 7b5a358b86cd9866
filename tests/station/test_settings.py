"""What a person sets by the page: the first minute of an empty station, and what stays of it."""
import json
import re
import stat
import subprocess

from conftest import SocketConnection, await_true, needs_root

pytestmark = needs_root


def call(made, method, path, body=None):
    """Status and answer."""
    connection = SocketConnection(made.socket)
    connection.request(method, f'/api/v1/{path}', None if body is None else json.dumps(body), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def empty(station, net, head=''):
    return station(f'credentials: []\ndiscovery: {{seeds: [], within: [], port: {net.port}}}\npolling: {{every: 10s}}\n{head}')


def test_an_empty_station_is_led_to_its_first_devices(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    made = empty(station, net)
    inline = {'name': 'lab', 'version': '2c', 'community': 'public'}
    # The seed is asked once, although nothing is within yet.
    status, told = call(made, 'POST', 'discovery/probe', {'address': net.base, 'credential': inline})
    assert status == 200 and told['answers'] and told['name'] and told['neighbors'] > 0, told
    assert all('/' in p for p in told['within'] + told['prefixes'])
    status, told = call(made, 'POST', 'discovery/probe', {'address': net.base, 'credential': {**inline, 'community': 'wrong'}})
    assert status == 200 and not told['answers'] and told['reason'] == 'no_answer' and 'community' in told['detail'], told
    status, told = call(made, 'POST', 'discovery/probe', {'address': '198.51.100.1', 'credential': inline})
    assert status == 200 and told['reason'] == 'no_route', told
    status, told = call(made, 'POST', 'discovery/probe', {'address': 'example.net', 'credential': inline})
    assert status == 400
    status, told = call(made, 'POST', 'discovery/probe', {'address': net.base, 'credential': {'version': '4'}})
    assert status == 400 and 'version' in told['detail'] + told['remedy'], told

    status, told = call(made, 'POST', 'credentials', inline)
    assert status == 200 and told['credentials'] == [{'name': 'lab', 'version': '2c', 'from': 'page'}], told
    status, told = call(made, 'POST', 'discovery', {'targets': [net.base], 'within': ['127.16.0.0/16']})
    assert status == 202, told
    await_true(lambda: len(made.devices()) >= 20, 60, 'the network is found')
    # It stays: written for the station alone, in force after a restart.
    settings = made.data / 'settings.yaml'
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    bounds = made.ask('discovery', 'bounds')
    assert bounds['seeds'] == [{'value': net.base, 'from': 'page'}]
    assert bounds['within'] == [{'value': '127.16.0.0/16', 'from': 'page'}]
    made.stop()
    made.start()
    assert made.ask('discovery', 'bounds') == bounds and made.ask('credentials')['credentials'][0]['name'] == 'lab'
    assert call(made, 'DELETE', 'discovery') == (200, {'state': 'stopped'})


def test_what_the_page_sets_checks_as_the_file_does(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(f'credentials: [{{name: file, version: 2c, community: public}}]\n'
                   f'discovery: {{seeds: [{net.base}], within: [127.16.0.0/24], port: {net.port}}}\n')
    v3 = {'name': 'core', 'version': '3', 'user': 'monitor', 'auth': 'SHA-256', 'auth_secret': 'long enough', 'priv': 'AES-128',
          'priv_secret': 'also long enough'}
    status, told = call(made, 'POST', 'credentials', v3)
    assert status == 200 and [c['from'] for c in told['credentials']] == ['file', 'page']
    assert told['credentials'][1] == {'name': 'core', 'version': '3', 'from': 'page', 'user': 'monitor', 'auth': 'SHA-256', 'priv': 'AES-128'}
    assert 'long enough' not in json.dumps(told)  # secrets go in and never come out
    for body, word in (({**v3, 'name': 'x', 'auth_secret': 'short'}, 'auth_secret'), ({**v3, 'name': 'x', 'community': 'y'}, 'community'),
                       ({**v3, 'name': 'x', 'colour': 'red'}, 'colour'), ({'version': '2c', 'community': 'x'}, 'name'),
                       ({'name': 'x', 'version': '2c', 'community_file': '/etc/passwd'}, 'file')):
        status, told = call(made, 'POST', 'credentials', body)
        assert status == 400 and word in told['detail'] + told['remedy'] and 'long enough' not in json.dumps(told), told
    assert call(made, 'POST', 'credentials', {**v3, 'name': 'file'})[0] == 409
    assert call(made, 'POST', 'credentials', {'name': 'second', 'version': '2c', 'community': 'b'})[0] == 200
    # Changed, moved, removed; what is the file's stays the file's.
    status, told = call(made, 'PATCH', 'credentials/second', {'position': 0, 'version': '1'})
    assert status == 200 and [(c['name'], c['version']) for c in told['credentials']] == [('file', '2c'), ('second', '1'), ('core', '3')]
    assert call(made, 'DELETE', 'credentials/file')[0] == 403 and call(made, 'DELETE', 'credentials/nobody')[0] == 404
    status, told = call(made, 'DELETE', 'credentials/second')
    assert status == 200 and [c['name'] for c in told['credentials']] == ['file', 'core']
    # Bounds: in place of what the page had; what does not check changes nothing.
    status, told = call(made, 'PATCH', 'discovery/bounds', {'within': ['127.16.0.0/16'], 'exclude': ['127.16.0.9/32']})
    assert status == 200 and [w['value'] for w in told['within']] == ['127.16.0.0/24', '127.16.0.0/16'], told
    status, told = call(made, 'PATCH', 'discovery/bounds', {'within': ['127.16.0.0/33']})
    assert status == 400 and '127.16.0.0/33' in told['detail'], told
    assert call(made, 'PATCH', 'discovery/bounds', {'rate': [1]})[0] == 400
    assert [w['value'] for w in made.ask('discovery', 'bounds')['within']] == ['127.16.0.0/24', '127.16.0.0/16']
    status, told = call(made, 'PATCH', 'discovery/bounds', {'within': [], 'exclude': []})
    assert [w['value'] for w in told['within']] == ['127.16.0.0/24'] and told['exclude'] == []


def receivers(told):
    return {r['name']: r for r in told['receivers']}


def test_receivers_of_the_page_are_told_and_their_secrets_are_not(station, farm, place):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(f'credentials: [{{name: file, version: 2c, community: public}}]\n'
                   f'discovery: {{seeds: [{net.base}], within: [127.16.0.0/24], port: {net.port}}}\n'
                   'agentx: {master: ""}\nreceivers:\n  - {name: noc, to: "udp:127.0.0.1:9", version: 2c, community: hidden-words}\n'
                   '  - {name: pager, run: /bin/true, when: ["22:00-06:00"]}\n')
    told = receivers(made.ask('receivers'))
    where = made.config.read_text().splitlines()
    assert all(told[n]['from'] == 'file' and f'name: {n},' in where[told[n]['line'] - 1] for n in ('noc', 'pager')), told
    assert told['pager']['settings'] == {'run': '/bin/true', 'when': ['22:00-06:00']}
    chat = {'name': 'chat', 'webhook': 'http://hidden-words@127.0.0.1:9/hidden-words?k=hidden-words', 'format': 'slack', 'severity': 'major',
            'headers': ['X-Token: hidden-words'], 'objects': ['core-*'], 'when': ['mon-wed,fri 08:00-18:00'], 'digest': '5m', 'repeat': '30m'}
    status, answer = call(made, 'POST', 'receivers', chat)
    assert status == 200, answer
    one = receivers(answer)['chat']
    assert one['from'] == 'page' and one['severity'] == 'major' and one['settings'] == {
        'webhook': 'http://127.0.0.1:9/', 'format': 'slack', 'headers': ['X-Token'], 'objects': ['core-*'], 'when': ['mon-wed,fri 08:00-18:00'],
        'digest': '300s', 'repeat': '1800s'}, one
    mail = {'name': 'mail', 'mail': ['noc@example.net'], 'server': 'smtps://127.0.0.1', 'from': 'a@example.net', 'secret': 'hidden-words'}
    v3 = {'name': 'v3', 'to': 'udp:127.0.0.1:9', 'version': '3', 'inform': True, 'user': 'u', 'auth': 'SHA-256', 'auth_secret': 'hidden-words',
          'priv': 'AES-128', 'priv_secret': 'hidden-words'}
    assert call(made, 'POST', 'receivers', mail)[0] == 200 and call(made, 'POST', 'receivers', v3)[0] == 200
    told = receivers(made.ask('receivers'))
    assert told['v3']['settings'] == {'to': 'udp:127.0.0.1:9', 'version': '3', 'inform': True, 'user': 'u', 'auth': 'SHA-256', 'priv': 'AES-128'}
    assert told['mail']['settings']['secret'] is True
    # Faults name the field and what is right; what is of this machine is for its files.
    for body, field, word in (({**v3, 'name': 'x', 'auth_secret': 'short'}, 'auth_secret', '8'), ({**v3, 'name': 'x', 'to': '127.0.0.1'}, 'to', 'udp'),
                              ({**mail, 'name': 'x', 'run': '/bin/sh'}, 'run', 'file'), ({**mail, 'name': 'x', 'certificates': '/x'}, 'certificates', 'file'),
                              ({**chat, 'name': 'x', 'when': ['sometimes']}, 'when', 'mon-fri'), ({**chat, 'name': 'x', 'severity': 'bad'}, 'severity', 'major'),
                              ({**chat, 'name': ''}, 'name', 'name'), ({**chat, 'name': 'x', 'webhook': 'ftp://x'}, 'webhook', 'https')):
        status, answer = call(made, 'POST', 'receivers', body)
        assert status == 400 and answer['field'] == field and word in answer['remedy'] + answer['detail'], (field, answer)
    assert call(made, 'POST', 'receivers', {**mail, 'name': 'x', 'secret_file': '/etc/shadow'})[0] == 400
    assert call(made, 'POST', 'receivers', {**chat, 'name': 'noc'})[0] == 409
    # Changed: the secret that is not sent stays; removed: but not the file's.
    assert call(made, 'PATCH', 'receivers/v3', {'inform': False})[0] == 200
    assert call(made, 'PATCH', 'receivers/noc', {'inform': False})[0] == 403 and call(made, 'DELETE', 'receivers/pager')[0] == 403
    assert call(made, 'DELETE', 'receivers/mail')[0] == 200
    assert set(receivers(made.ask('receivers'))) == {'noc', 'pager', 'chat', 'v3'}
    assert receivers(made.ask('receivers'))['v3']['settings']['inform'] is False
    status, answer = call(made, 'POST', 'receivers/v3/test')
    assert status == 200, answer
    told = made.ask('receivers')
    made.stop()
    made.start()
    assert set(receivers(made.ask('receivers'))) == set(receivers(told))
    record = made.ask('audit')['audit']
    assert 'hidden-words' not in json.dumps(told) + json.dumps(record) + made.text()
    assert record[-1]['after']['name'] == 'chat' and any(e['before'] and e['method'] == 'DELETE' for e in record if 'before' in e)
    settings = json.loads((made.data / 'settings.yaml').read_text())
    assert settings['receivers'][1]['auth_secret'] == 'hidden-words'


def test_rules_and_sites_of_the_page(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(f'credentials: [{{name: file, version: 2c, community: public}}]\n'
                   f'discovery: {{seeds: [{net.base}], within: [127.16.0.0/24], port: {net.port}}}\n'
                   'alerts:\n  rules:\n    - {name: cpu, above: {warning: 70}}\n    - {name: mine, on: icmp, value: rtt_ms, above: 5}\n'
                   'maps:\n  sites:\n    - {name: Old, location: "old*"}\n')

    def rules():
        return {r['name']: r for r in made.ask('alerts', 'rules')['rules']}

    where = made.config.read_text().splitlines()
    told = rules()
    assert told['loss']['from'] == 'default' and told['loss']['standard'] and 'line' not in told['loss']
    assert told['cpu']['from'] == 'file' and 'name: cpu,' in where[told['cpu']['line'] - 1] and told['cpu']['standard']
    assert told['mine']['from'] == 'file' and not told['mine']['standard']
    # One more, one of each kind changed, and back.
    busy = {'name': 'busy', 'on': 'port', 'value': 'out_octets * 8 / speed * 100', 'above': {'minor': 60, 'major': 80}, 'for': '10m', 'unit': '%',
            'devices': ['^core-'], 'kinds': ['router']}
    status, answer = call(made, 'POST', 'alerts/rules', busy)
    assert status == 200, answer
    one = rules()['busy']
    assert one['from'] == 'page' and one['page'] == busy and one['above'] == {'minor': 60, 'major': 80} and one['devices'] == ['^core-']
    assert call(made, 'PATCH', 'alerts/rules/cpu', {'above': {'warning': 50, 'major': 95}, 'for': '1m'})[0] == 200
    assert call(made, 'PATCH', 'alerts/rules/loss', {'off': True})[0] == 200
    told = rules()
    assert told['cpu']['above'] == {'warning': 50, 'major': 95} and told['cpu']['from'] == 'page' and told['cpu']['line']
    assert told['loss']['off'] and told['loss']['page'] == {'name': 'loss', 'off': True}
    assert call(made, 'PATCH', 'alerts/rules/loss', {'off': None})[0] == 200 and 'page' not in rules()['loss'] and not rules()['loss']['off']
    assert call(made, 'DELETE', 'alerts/rules/cpu')[0] == 200 and rules()['cpu']['above'] == {'warning': 70}
    for body, field, word in (({**busy, 'name': 'x', 'value': 'nothing + 1'}, 'value', 'out_octets'), ({**busy, 'name': 'x', 'devices': ['(']}, 'devices', 'expression'),
                              ({**busy, 'name': 'x', 'above': {'minor': 80, 'major': 60}}, 'above', 'order'), ({**busy, 'name': 'x', 'for': 'long'}, 'for', '30s'),
                              ({**busy, 'name': 'x', 'above': {'bad': 1}}, 'above', 'minor'), ({**busy, 'name': 'x', 'colour': 'red'}, 'colour', 'rules')):
        status, answer = call(made, 'POST', 'alerts/rules', body)
        assert status == 400 and answer['field'] == field, (field, answer)
    assert call(made, 'POST', 'alerts/rules', busy)[0] == 409 and call(made, 'DELETE', 'alerts/rules/mine')[0] == 403
    assert call(made, 'DELETE', 'alerts/rules/nobody')[0] == 404
    # Sites: the file's come first.
    name = sorted(made.devices() or {'x': 0})[0]
    status, answer = call(made, 'PATCH', 'sites', {'sites': [{'name': 'Ring', 'prefix': '127.16.0.0/24'}]})
    assert status == 200, answer
    assert [(s['name'], s['from'], 'line' in s) for s in answer['sites']] == [('Old', 'file', True), ('Ring', 'page', False)]
    status, answer = call(made, 'PATCH', 'sites', {'sites': [{'name': 'Nowhere'}]})
    assert status == 400 and 'prefix' in answer['remedy'], answer
    assert call(made, 'PATCH', 'sites', {'sites': 'none'})[0] == 400
    made.discover()
    assert await_true(lambda: [r for r in made.ask('risk', all=1)['risk'] if r['class'] == 'site' and r['name'] == 'Ring'] or
                      [r for r in made.ask('risk', all=1)['risk'] if r['name'] == 'Ring'], 20, 'the site'), name
    made.stop()
    made.start()
    assert rules()['busy']['from'] == 'page' and [s['name'] for s in made.ask('sites')['sites']] == ['Old', 'Ring']


def test_what_ports_should_be_is_said_by_api_and_command(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(f'credentials: [{{name: file, version: 2c, community: public}}]\npolling: {{every: 2s}}\n'
                   f'discovery: {{seeds: [{net.base}], within: [127.16.0.0/24], port: {net.port}}}\n'
                   'alerts:\n  ports:\n    - {devices: "^nobody", expect: down}\n')
    made.discover()
    made.await_polls(2, 40)
    name, port = next((n, p['name']) for n in sorted(made.devices()) for p in made.ask('devices', n, 'interfaces')['interfaces'])

    def expected():
        return [(p['expect'], p.get('devices'), p.get('ports'), p['from']) for p in made.ask('alerts', 'ports')['ports']]

    def told_of():
        return [a['text'] for a in made.ask('alerts', state='active')['alerts'] if a['object'] == f'{name}:{port}' and 'expected' in a['text']]
    assert expected() == [('down', ['^nobody'], None, 'file')] and not told_of()
    this, just = f'^{re.escape(name)}$', f'^{re.escape(port)}$'
    status, told = call(made, 'PATCH', 'alerts/ports', {'ports': [{'devices': [this], 'ports': [just], 'expect': 'down'}]})
    assert status == 200 and [(p['from'], 'line' in p) for p in told['ports']] == [('file', True), ('page', False)], told
    await_true(told_of, 20, 'the port is up and should not be')
    assert call(made, 'PATCH', 'alerts/ports', {'ports': [{'devices': [this], 'ports': [just], 'expect': 'any'}]})[0] == 200
    await_true(lambda: not told_of(), 40, 'nobody minds any more')
    for body, word in (([{'devices': ['x'], 'expect': 'maybe'}], 'any'), ([{'expect': 'up'}], 'devices or ports'), ([{'devices': ['('], 'expect': 'up'}], 'expression'),
                       ([{'devices': ['x']}], 'expect'), ([7], ''), ('none', 'ports')):
        status, told = call(made, 'PATCH', 'alerts/ports', {'ports': body})
        assert status == 400 and word in told['detail'] + told['remedy'], told
    assert len(expected()) == 2
    made.cli('alerts', 'ports', '^core-', '^Te', '--expect', 'any')
    made.cli('alerts', 'ports', '^core-', '--expect', 'down')
    made.cli('alerts', 'ports', '^core-', '--expect', 'up')
    made.stop()
    made.start()
    assert expected()[1:] == [('any', [this], [just], 'page'), ('any', ['^core-'], ['^Te'], 'page'), ('up', ['^core-'], None, 'page')]
    assert '^Te' in made.cli('alerts', 'ports')
    made.cli('alerts', 'ports', '^core-', '--undo')
    assert 'just these' in made.refused('alerts', 'ports', '^core-', '--undo')
    assert 'maybe' in made.refused('alerts', 'ports', '^core-', '--expect', 'maybe')
    for words in (['^core-'], ['--expect', 'up'], ['--undo']):
        assert subprocess.run(made.command('alerts', 'ports', *words), capture_output=True, timeout=60, check=False).returncode == 2
    assert [p[1] for p in expected()] == [['^nobody'], [this], ['^core-']]
    record = [a for a in made.ask('audit')['audit'] if a['operation'] == 'alerts/ports' and a['status'] == 200]
    assert len(record[0]['before']['ports']) == 4 and len(record[0]['after']['ports']) == 3, record[0]
