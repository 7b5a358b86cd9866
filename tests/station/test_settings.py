"""What a person sets by the page: the first minute of an empty station, and what stays of it."""
import json
import stat

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
