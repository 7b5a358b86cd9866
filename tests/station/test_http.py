"""The page and the API over TCP, as a browser and a script see them: who may do what, and what attackers try."""
import contextlib
import gzip
import http.client
import json
import subprocess

from conftest import await_true, needs_root

CONFIG = ('credentials: [{name: c, version: 2c, community: public}]\n'
          'discovery: {seeds: [], every: 0s}\nnotifications: {listen: []}\nagentx: {master: ""}\n')
ROLES = ['viewer', 'operator', 'administrator']


@needs_root
def test_the_page_comes_from_memory_whole_or_not_at_all(station):
    v = station(CONFIG).visitor()
    path = '/icons/kind/router.svg'
    status, headers, plain = v.ask('GET', path)
    assert (status, headers['Content-Type']) == (200, 'image/svg+xml')
    assert "default-src 'none'" in headers['Content-Security-Policy']
    assert headers['X-Content-Type-Options'] == 'nosniff' and headers['Referrer-Policy'] == 'same-origin'
    status, packed_headers, packed = v.ask('GET', path, headers={'Accept-Encoding': 'gzip'})
    assert packed_headers['Content-Encoding'] == 'gzip' and gzip.decompress(packed) == plain
    assert packed_headers['ETag'] != headers['ETag']
    status, _, body = v.ask('GET', path, headers={'If-None-Match': headers['ETag']})
    assert (status, body) == (304, b'')
    status, headers, body = v.ask('HEAD', path)
    assert (status, headers['Content-Length'], body) == (200, str(len(plain)), b'')
    for outside in ('/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/icons/../../portolan.yaml', '//etc/passwd',
                    '/icons', '/icons/', '/.made', '/icons/kind/router.svg%00', '/index.html/..'):
        assert v.ask('GET', outside)[0] in (400, 404), outside


@needs_root
def test_the_first_password_is_used_once(station):
    s = station(CONFIG)
    first = s.data / 'first-password'
    assert first.stat().st_mode & 0o777 == 0o600
    made = first.read_text().strip()
    assert made not in s.text()  # nor does it stand in the log
    v = s.visitor()
    assert v.ask('GET', 'status')[0] == 401
    told = v.sign_in('admin', made)
    assert (told['user'], told['role'], told['must_change'], told['first']) == ('admin', 'administrator', True, True)
    assert v.ask('GET', 'status')[0] == 403  # before it was changed
    for new, why in (('short', 'shorter'), (made, 'old one'), ('aaaaaaaaaaaaa', 'few'), ('adminadmin', 'name')):
        status, _, body = v.ask('POST', 'session/password', {'old': made, 'new': new})
        assert status == 400 and why in body['detail'], body
    assert v.ask('POST', 'session/password', {'old': 'wrong', 'new': 'a staple of batteries'})[0] == 403
    assert v.ask('POST', 'session/password', {'old': made, 'new': 'a staple of batteries'})[0] == 200
    assert not first.exists()
    assert v.ask('GET', 'status')[0] == 200
    assert s.visitor().ask('POST', 'session', {'user': 'admin', 'password': made})[0] == 401


@needs_root
def test_sessions_last_over_a_restart_and_end_when_they_should(station):
    s = station(CONFIG)
    one = s.administrator()
    other = s.visitor()
    cookie = other.ask('POST', 'session', {'user': 'admin', 'password': 'a staple of batteries'})[1]['Set-Cookie']
    assert 'HttpOnly' in cookie and 'SameSite=Strict' in cookie
    other.sign_in('admin', 'a staple of batteries')
    assert other.ask('PATCH', 'session', {'language': 'ja', 'preferences': {'theme': 'dark'}})[0] == 200
    s.stop()
    s.start()
    status, _, told = one.ask('GET', 'session')
    assert (status, told['language'], told['preferences']) == (200, 'ja', {'theme': 'dark'})
    # Another password ends the other sessions; signing out ends this one.
    assert one.ask('POST', 'session/password', {'old': 'a staple of batteries', 'new': 'horses and more'})[0] == 200
    assert other.ask('GET', 'session')[0] == 401
    assert one.ask('DELETE', 'session')[0] == 200
    assert one.ask('GET', 'session')[0] == 401


@needs_root
def test_no_change_comes_from_another_page(station):
    s = station(CONFIG)
    v = s.administrator()
    own = f'http://{s.listen}'
    attempts = [({'X-Portolan': 'page'}, 202), ({'Origin': own}, 202), ({'Sec-Fetch-Site': 'same-origin'}, 202),
                ({}, 403), ({'Origin': 'http://evil.example'}, 403), ({'Origin': 'null'}, 403),
                ({'Origin': 'http://evil.example', 'X-Portolan': 'page'}, 403),
                ({'Origin': own, 'Sec-Fetch-Site': 'cross-site'}, 403),
                ({'Sec-Fetch-Site': 'same-site', 'X-Portolan': 'page'}, 403)]
    cookie = v.headers['Cookie']
    for headers, expected in attempts:
        v.headers = {'Cookie': cookie}
        assert v.ask('POST', 'discovery', {}, headers)[0] == expected, headers
    v.headers = {}  # nor does another page sign somebody in
    assert v.ask('POST', 'session', {'user': 'admin', 'password': 'a staple of batteries'})[0] == 403
    # A name that somebody made point here.
    for path in ('/health', '/icons/kind/router.svg', '/api/v1/session'):
        assert v.ask('GET', path, headers={'Host': 'evil.example'})[0] == 421
        assert v.ask('GET', path, headers={'Host': f'localhost:{v.port}'})[0] != 421


def make_tokens(admin):
    tokens = {}
    for role in ROLES:
        status, _, body = admin.ask('POST', 'tokens', {'name': f'the-{role}', 'role': role})
        assert status == 201, body
        tokens[role] = body['token']
    return tokens


@needs_root
def test_every_route_wants_its_role(station):
    """Each operation that openapi.json tells, as nobody and in each role."""
    s = station(CONFIG)
    tokens = make_tokens(s.administrator())
    _, _, described = s.visitor(tokens['viewer']).ask('GET', 'openapi.json')
    operations = [(method.upper(), path, operation['x-role']) for path, methods in described['paths'].items()
                  for method, operation in methods.items() if method in ('get', 'post', 'patch', 'delete')]
    assert len(operations) > 60
    for method, path, wanted in operations:
        full = path if path in ('/metrics', '/health') else '/api/v1/' + path.removeprefix('/api/v1').lstrip('/')
        full = full.replace('{', '').replace('}', '')
        if wanted == 'anyone':
            assert s.visitor().ask(method, full, {} if method != 'GET' else None)[0] in (200, 400), full
            continue
        assert s.visitor().ask(method, full)[0] == 401, (method, full)
        for role in ROLES[:ROLES.index(wanted)]:
            status, _, body = s.visitor(tokens[role]).ask(method, full)
            assert status == 403 and 'role' in body['detail'], (method, full, role, status, body)


@needs_root
def test_tokens_are_bound_to_a_role_and_revocable(station):
    s = station(CONFIG)
    admin = s.administrator()
    script = s.visitor(make_tokens(admin)['operator'])
    assert script.ask('POST', 'discovery', {})[0] == 202  # from no page at all
    listed = {t['name']: t for t in admin.ask('GET', 'tokens')[2]['tokens']}
    assert listed['the-operator']['by'] == 'admin' and 'used' in listed['the-operator']
    assert 'token' not in json.dumps([list(t) for t in listed.values()])
    assert script.headers['Authorization'].split()[1].encode() not in (s.data / 'state.db').read_bytes()
    assert admin.ask('POST', 'tokens', {'name': 'the-operator', 'role': 'viewer'})[0] == 409
    assert admin.ask('DELETE', 'tokens/the-operator')[0] == 200
    assert script.ask('GET', 'status')[0] == 401
    assert s.visitor('portolan_' + 64 * '0').ask('GET', 'status')[0] == 401


@needs_root
def test_people_come_change_and_go(station):
    s = station(CONFIG)
    admin = s.administrator()
    status, _, body = admin.ask('POST', 'users', {'name': 'ann', 'role': 'viewer'})
    assert status == 201 and body['user']['must_change']
    ann = s.visitor()
    assert ann.sign_in('ann', body['password'])['must_change']
    assert ann.ask('POST', 'session/password', {'old': body['password'], 'new': 'words of her own'})[0] == 200
    assert ann.ask('GET', 'users')[0] == 403
    assert ann.ask('POST', 'discovery', {})[0] == 403
    assert admin.ask('PATCH', 'users/ann', {'role': 'operator'})[0] == 200
    assert ann.ask('POST', 'discovery', {})[0] == 202  # at once
    assert admin.ask('PATCH', 'users/admin', {'role': 'viewer'})[0] == 403  # the last one
    assert admin.ask('DELETE', 'users/admin')[0] == 403
    for name in ('', '../x', 'a b', '-x', 'x' * 65, 'käthe', 'ann'):
        assert admin.ask('POST', 'users', {'name': name, 'role': 'viewer'})[0] in (400, 409), name
    assert admin.ask('DELETE', 'users/ann')[0] == 200
    assert ann.ask('GET', 'session')[0] == 401
    types = [e['type'] for e in s.ask('events', **{'class': 'security', 'limit': 100})['events']]
    assert {'login', 'user.added', 'user.role', 'user.deleted', 'user.password'} <= set(types), types


@needs_root
def test_users_and_tokens_by_command(station):
    s = station(CONFIG)

    def command(*words, typed=''):
        return subprocess.run(s.command(*words), input=typed, capture_output=True, text=True, timeout=60)
    assert command('user', 'add', 'bob', '--role', 'operator', typed='words of his own\n').returncode == 0
    assert not s.visitor().sign_in('bob', 'words of his own')['must_change']
    made = command('user', 'add', 'ann').stdout.split()[-1]
    assert s.visitor().sign_in('ann', made)['must_change']
    assert command('user', 'role', 'bob', 'viewer').returncode == 0
    listed = {u['name']: u for u in s.json('user', 'list')['users']}
    assert (listed['bob']['role'], listed['ann']['must_change'], 'hash' in listed['ann']) == ('viewer', True, False)
    refused = command('user', 'password', 'bob', typed='short\n')
    assert refused.returncode == 1 and 'shorter' in refused.stderr
    assert command('user', 'password', 'bob', typed='other words of his\n').returncode == 0
    assert s.visitor().ask('POST', 'session', {'user': 'bob', 'password': 'words of his own'})[0] == 401
    assert command('user', 'delete', 'admin').returncode == 1  # the last administrator
    assert command('user', 'delete', 'bob').returncode == 0
    token = command('token', 'new', 'ci', '--role', 'operator', '--for', '90d').stdout.strip()
    assert s.visitor(token).ask('POST', 'discovery', {})[0] == 202
    secret = s.directory / 'token'
    secret.write_text(token + '\n')
    by_url = subprocess.run([s.bin / 'portolan', '--url', f'http://{s.listen}', '--token-file', secret, 'status'],
                            capture_output=True, text=True, timeout=60)
    assert by_url.returncode == 0, by_url.stderr
    assert command('token', 'revoke', 'ci').returncode == 0
    assert s.visitor(token).ask('GET', 'status')[0] == 401


@needs_root
def test_what_goes_on_ends_with_the_session(station):
    s = station(CONFIG)
    admin = s.administrator()
    status, _, body = admin.ask('POST', 'users', {'name': 'eve', 'password': 'until she leaves', 'must_change': False})
    assert status == 201, body
    eve = s.visitor()
    eve.sign_in('eve', 'until she leaves')
    followed = http.client.HTTPConnection(eve.host, eve.port, timeout=40)
    followed.request('GET', '/api/v1/stream', headers=eve.headers)
    answer = followed.getresponse()
    assert answer.status == 200 and answer.readline()
    assert admin.ask('DELETE', 'users/eve')[0] == 200
    with contextlib.suppress(http.client.IncompleteRead, ConnectionError):
        while answer.readline():
            pass
    followed.close()
    assert eve.ask('GET', 'session')[0] == 401


@needs_root
def test_guessing_takes_longer_and_longer(station):
    s = station(CONFIG)
    v = s.visitor()
    seen = []

    def refused_for_a_while():
        status, headers, _ = v.ask('POST', 'session', {'user': 'nobody-at-all', 'password': 'a guess'})
        seen.append((status, headers.get('Retry-After')))
        return status == 429
    await_true(refused_for_a_while, 20, 'guesses are refused')
    assert 5 <= len(seen) <= 8 and int(seen[-1][1]) >= 1, seen
    # The page and whoever is signed in go on; the record is not filled, and has no password.
    assert v.ask('GET', '/health')[0] == 200
    assert s.ask('audit')['audit'] == []
    failed = [e for e in s.ask('events', **{'class': 'security', 'limit': 100})['events'] if e['type'] == 'login.failed']
    assert len(failed) == 1 and failed[0]['count'] >= 5 and failed[0]['object'] == 'unknown user'
