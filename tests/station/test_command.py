"""The command by itself: what it refuses and says before anything is asked, and what it makes of answers."""
import http.server
import json
import os
import pty
import signal
import socketserver
import subprocess
import termios
import threading
import urllib.parse

import pytest

from conftest import await_true, needs_root

pytestmark = needs_root


def said(bin_dir, *words, **env):
    done = subprocess.run([bin_dir / 'portolan', *words], capture_output=True, text=True, errors='replace', timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, 'PORTOLAN_SOCKET': '/nonexistent/control', **env})
    return done.returncode, done.stderr


def test_a_token_that_cannot_be_read_is_no_other_token(programs, place):
    """The file that was named decides who asks, not what lies in the environment."""
    for name, text, why in (('missing', None, 'No such file'), ('empty', '\n', 'no token'), ('two', 'one\ntwo\n', 'more than a token')):
        file = place / name
        if text is not None:
            file.write_text(text)
        code, err = said(programs, '--url', 'http://127.0.0.1:1', '--token-file', file, 'devices', PORTOLAN_TOKEN='of somebody')
        assert code == 1 and str(file) in err and why in err, err
    for option in ('--token-file', '--ca'):
        code, err = said(programs, option, place / 'two', 'devices')
        assert code == 2 and option in err and '--url' in err, err


def test_wrong_usage_is_told_with_what_to_do(programs):
    for words, remedy in ((('forget', 'device', 'x'), '--yes'), (('shelve', '12'), 'shelve 12 2h'), (('devices', 'a', 'b'), '--help')):
        code, err = said(programs, *words)
        assert code == 2 and remedy in err, err


def test_an_empty_name_is_no_other_command(programs):
    """What a script has in a variable that was not set: neither all devices, nor nothing."""
    for words in (('device', ''), ('alerts', ''), ('alerts', 'types'), ('risk', ''), ('remove', ''), ('user', 'delete', ''), ('map', 'show', ''),
                  ('user', 'role', '', 'viewer'), ('path', 'a', ''), ('add', '192.0.2.1', ''), ('ack', ''), ('ack', 'x'), ('silence', '', '2h')):
        code, err = said(programs, *words)
        assert code == 2 and ('is none' in err or 'is no ID' in err), (words, err)
    for words in (('devices', ''), ('events', ''), ('ack', '12', ''), ('silence', 'core-1', '2h', '')):
        assert 'no station answers' in said(programs, *words)[1], words  # texts and filters may be empty


def test_words_that_are_no_utf8_are_refused_whole(programs):
    """They would be left out, and what is left is done: a round instead of one address, no text where there was one."""
    for words in (('discover', b'm\xfcnchen'), ('add', b'\xff'), ('ack', '12', b'M\xfcller'), ('map', 'edit', 'physical', 'hide:a', b'rename:b=B\xfcro'),
                  ('alerts', 'ports', b'\xe4', '--expect', 'up'), ('backup', b'\xe4.backup', '--json'), ('silence', 'core-1', '2h', b'\xfc')):
        code, err = said(programs, *words)
        assert code == 2 and f'word {len(words) - ("--json" in words) - 2 * ("up" in words)} of' in err, (words, err)


def test_options_that_would_be_passed_over_are_refused(programs):
    for words in (('risk', '--value', '3'), ('risk', '--undo'), ('risk', 'core', '--value', '3', '--undo'), ('device', 'core', '--software', '--processes'),
                  ('events', 'x', '--text', 'y'), ('audit', 'x', '--text', 'y'), ('links', 'a', 'b', '--conflicts'), ('graph', 'a', 'cpu', '--height', '2001')):
        assert said(programs, *words)[0] == 2, words


def test_help_of_what_is_not_there_is_none(programs):
    for words in (('nonsense', '--help'), ('help', 'nonsense'), ('map', 'nonsense', '--help'), ('--help', 'nonsense')):
        code, err = said(programs, *words)
        assert code == 2 and 'there is no command' in err, (words, err)
    for words in (('help',), ('--help',), ('help', 'map'), ('map', '--help'), ('help', 'map', 'show'), ('device', '--help'), ('help', '--help')):
        assert said(programs, *words) == (0, ''), words


class Answers:
    """Stands in for a station: what it says to each path (its parameters aside), and what it was asked."""

    def __init__(self, bin_dir, place):
        self.bin, self.socket, self.known, self.asked = bin_dir, place / 'control', {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                path, _, query = self.path.removeprefix('/api/v1/').partition('?')
                sent = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                params = dict(urllib.parse.parse_qsl(query))
                outer.asked.append((self.command, path, params, json.loads(sent) if 'json' in self.headers.get('Content-Type', '') else None))
                found = outer.known.get(f'{self.command} {path}', outer.known.get(path))
                status, body = found(params) if callable(found) else (200, found) if found is not None else (404, {'detail': 'no such thing'})
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

            def address_string(self):
                return 'here'

        self.server = socketserver.ThreadingUnixStreamServer(str(self.socket), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def command(self, *words):
        return [self.bin / 'portolan', '--socket', self.socket, *words]

    def run(self, *words, code=0, **more):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **more)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    def end(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def answers(programs, place):
    made = Answers(programs, place)
    yield made
    made.end()


def test_counts_are_no_rates(answers):
    answers.known['receivers'] = {'receivers': [{'name': 'noc', 'kind': 'trap', 'sent': 9, 'dropped': 3, 'refused': 2}]}
    said = answers.run('--table', 'notify')
    assert '/s' not in said and '3' in said, said


def test_who_follows_events_ends_when_nobody_reads(answers):
    """SIGPIPE is ignored in services: the reader that went away is seen all the same, whether something happens or not."""
    event = {'id': 7, 'at': '2026-11-22T02:47:00Z', 'type': 'x', 'object': 'core', 'text': 'y', 'severity': 'info'}
    for news in ([], [event]):
        answers.known['events'] = lambda params, news=news: (200, {'events': news if 'after' in params else [{**event, 'id': 1}]})
        done = subprocess.run(['bash', '-c', 'trap "" PIPE; { "$@"; echo $? >&2; } | head -n 1 >/dev/null', 'x',
                               *answers.command('--json', 'events', '--follow')], capture_output=True, text=True, timeout=20)
        assert done.stderr.split()[-1] == '1', done.stderr
    with open('/dev/full', 'w') as full:
        done = subprocess.run(answers.command('events', '--follow'), stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == 1 and 'cannot be written' in done.stderr, done.stderr


def exported(answers, place, kind, name):
    given = place / f'given {kind} {len(answers.asked)}'
    answers.run('export', kind, name, given)
    return {p.stem: json.loads(p.read_text()) for p in given.iterdir()}


def test_all_on_record_of_a_device_is_exported_and_nothing_of_others(answers, place):
    """However it is called, however much there is, also once it was removed; names are patterns where the station looks for them."""
    name, path = 'core (1)*', urllib.parse.quote('core (1)*', safe='')
    alerts = [{'id': n, 'object': f'{name}:Gi0/1', 'device': name} for n in range(3000)] + [{'id': 9999, 'object': 'core (1)x', 'device': 'core (1)x'}]
    events = [{'id': 3, 'type': 'device.found', 'object': name}, {'id': 2, 'type': 'login', 'object': name}, {'id': 1, 'type': 'x', 'object': f'{name}:Gi0/1'}]
    audit = {f'devices/{name}': [{'id': 5}], f'devices/{name}/poll': [{'id': 6}], f'risk/{name}': [{'id': 7}]}
    for part in ('interfaces', 'sensors', 'neighbors', 'addresses', 'identity'):
        answers.known[f'devices/{path}/{part}'] = {part: []}
    answers.known.update({
        f'devices/{path}': {'name': name}, 'links': {'links': []}, f'risk/{path}': {'risk': 1}, f'series/{path}': {'files': []},
        'alerts': lambda params: (200, {'alerts': alerts[:int(params.get('limit', 1000))], 'total': len(alerts)}),
        'events': lambda params: (200, {'events': events if params.get('object') == name else []}),
        'audit': lambda params: (200, {'audit': audit.get(params['object'], [])})})
    given = exported(answers, place, 'device', name)
    assert len(given['alerts']) == 3000 and {a['device'] for a in given['alerts']} == {name}
    assert [e['id'] for e in given['events']] == [3, 1]  # not those of a person who is called so
    assert [a['id'] for a in given['audit']] == [5, 6, 7]
    for part in [p for p in answers.known if path in p]:
        del answers.known[part]
    removed = exported(answers, place, 'device', name)
    assert set(removed) == {'alerts', 'events', 'audit'} and removed['alerts'] == given['alerts']
    assert 'no such thing' in answers.run('export', 'device', 'nobody', place / 'none', code=1) and not (place / 'none').exists()
    alerts *= 40
    assert 'gave 100000 of 120040 alerts' in answers.run('export', 'device', name, place / 'many', code=1)


def test_an_export_of_a_person_has_no_events_of_a_device_of_that_name(answers, place):
    answers.known.update({'users': {'users': [{'name': 'ann'}]}, 'tokens': {'tokens': []}, 'silences': {'silences': []}, 'pins': {'pins': []},
                          'alerts': {'alerts': []}, 'audit': {'audit': [{'id': 1}]},
                          'events': {'events': [{'id': 2, 'type': 'user.role', 'object': 'ann'}, {'id': 1, 'type': 'device.found', 'object': 'ann'}]}})
    assert [e['id'] for e in exported(answers, place, 'person', 'ann')['events']] == [2]


def test_more_risks_than_are_told_are_said(answers):
    risks = [{'risk': 9 - n, 'class': 'device', 'name': f'd{n}'} for n in range(3)]
    answers.known['risk'] = lambda params: (200, {'risk': risks[:int(params.get('limit', 2))], 'total': 3})
    assert '1 more: --limit' in answers.run('--table', 'risk') and 'more' not in answers.run('--table', 'risk', '--limit', '3')
    done = subprocess.run(answers.command('risk', '--all'), capture_output=True, text=True, timeout=60)
    assert len(done.stdout.splitlines()) == 3 and '1 more' in done.stderr


def test_files_keep_to_the_umask(answers, place):
    answers.known['graphs/core/cpu.svg'] = answers.known['events'] = {'events': [{'id': 1, 'type': 'x', 'object': 'core'}]}
    answers.known.update({'alerts': {'alerts': []}, 'audit': {'audit': []}})
    answers.run('graph', 'core', 'cpu', '-o', place / 'g.svg', umask=0o077)
    answers.run('export', 'device', 'core', place / 'out', umask=0o077)
    for path in (place / 'g.svg', place / 'out' / 'events.json', place / 'out'):
        assert path.stat().st_mode & 0o077 == 0, path
    answers.run('graph', 'core', 'cpu', '-o', place / 'h.svg', umask=0o022)
    assert (place / 'h.svg').stat().st_mode & 0o777 == 0o644


def test_what_is_not_wrong_with_a_file_does_not_name_it(answers, place):
    file = place / 'net.csv'
    file.write_text('a,b\n')
    answers.known['POST maps/plan.csv'] = lambda _: (403, {'detail': 'an operator is needed', 'remedy': 'ask one'})
    assert 'portolan: an operator is needed' in answers.run('map', 'import', 'plan', file, code=1)
    answers.known['POST maps/plan.csv'] = lambda _: (400, {'detail': 'line 1: no', 'remedy': 'mend it'})
    assert f'portolan: {file}: line 1: no' in answers.run('map', 'import', 'plan', file, code=1)


def test_an_import_that_left_systems_out_has_failed(programs, place):
    detection = place / 'librenms' / 'resources' / 'definitions' / 'os_detection'
    detection.mkdir(parents=True)
    for name, number in (('one', 1), ('two', 2)):
        (detection / f'{name}.yaml').write_text(f'os: {name}\ntext: {name}\ntype: network\ndiscovery:\n  - sysObjectID: .1.3.6.1.4.1.9999.{number}\n')
    (place / 'librenms' / 'mibs').mkdir()
    words = ('profile', 'import', 'librenms', place / 'librenms', '-o', place / 'out')
    assert said(programs, *words)[0] == 0
    (place / 'out' / 'two.yaml').unlink()
    (place / 'out' / 'two.yaml').mkdir()  # it cannot be written
    code, err = said(programs, *words)
    assert code == 1 and '1 of 2 systems were not imported' in err, err


def test_a_terminal_shows_what_is_typed_after_a_password_was_given_up(programs):
    """Shells that do not mend it themselves, and ssh, are left as they were, by Ctrl-C and by being ended."""
    def echoes(fd):
        return bool(termios.tcgetattr(fd)[3] & termios.ECHO)
    for give_up in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        pid, fd = pty.fork()
        if pid == 0:
            signal.signal(give_up, signal.SIG_DFL)  # it may be ignored where no terminal is
            os.execv(programs / 'portolan', ['portolan', '--socket', '/nonexistent/control', 'user', 'add', 'ann'])
        await_true(lambda: not echoes(fd), 20, 'it asks')
        os.kill(pid, give_up)
        ended = await_true(lambda: (w := os.waitpid(pid, os.WNOHANG))[0] == pid and w, 20, 'it ends')
        assert os.WTERMSIG(ended[1]) == give_up and echoes(fd)
        os.close(fd)
