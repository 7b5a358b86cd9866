"""What the station may do, what it keeps to itself, and what it says of itself when it breaks."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile

import pytest
from conftest import BUILD, TREE, Station, await_true, free_port, needs_root

pytestmark = needs_root

QUIET = ('credentials: [{name: x, version: 2c, community: x}]\ndiscovery: {seeds: [127.0.0.1], within: []}\n'
         'agentx: {master: ""}\npolling: {every: 1s}\nseries: {keep: ["1s for 1h"]}\n')


def status_of(pid):
    lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(':') for line in lines)}


def family(pid):
    """It, and all that it started, by pid: name."""
    found = {int(pid): status_of(pid)['Name']}
    for child in subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)], capture_output=True, text=True).stdout.split():
        try:
            found.update(family(child))
        except OSError:
            pass  # it has ended
    return found


def is_kept(pid):
    """What is wrong with the rights of a process of the station's."""
    s = status_of(pid)
    caps = {k: s[k] for k in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb') if int(s[k], 16) != 0}
    return {**caps, **({} if s['NoNewPrivs'] == '1' else {'NoNewPrivs': s['NoNewPrivs']}),
            **({} if s['Seccomp'] == '2' else {'Seccomp': s['Seccomp']}),
            **({} if s['Uid'].split() == ['65534'] * 4 else {'Uid': s['Uid']})}


def test_nothing_of_it_keeps_a_right_that_it_does_not_need(station, place):
    waits = place / 'waits'
    waits.write_text(f'#!/bin/sh\ncp /proc/self/status {place}/ran/status\nexit 0\n')
    waits.chmod(0o755)
    (place / 'ran').mkdir()
    (place / 'ran').chmod(0o777)
    made = station(QUIET + f'receivers: [{{name: runs, run: {waits}}}]\n')
    await_true(lambda: 'rrdcached' in family(made.process.pid).values(), 20, 'rrdcached runs')
    known = family(made.process.pid)
    assert {'portoland', 'portoland-start', 'rrdcached'} <= set(known.values())
    assert {name: is_kept(pid) for pid, name in known.items() if is_kept(pid)} == {}
    for task in os.listdir(f'/proc/{made.process.pid}/task'):
        assert is_kept(f'{made.process.pid}/task/{task}') == {}, 'every thread'
    assert 'sandbox: in force' in made.text()
    await_true(lambda: made.ask('status')['sandboxed'] is True, 10, 'it is published')
    assert made.ask('status')['sandbox_refused'] == 0
    assert re.search(r'Sandbox in force\s+yes', made.cli('status'), re.I) or 'sandboxed' in made.cli('status')
    made.cli('notify', 'test', 'runs')
    ran = (place / 'ran' / 'status').read_text()
    assert re.search(r'^Seccomp:\s+2$', ran, re.M) and re.search(r'^CapBnd:\s+0+$', ran, re.M), ran
    limits = pathlib.Path(f'/proc/{made.process.pid}/limits').read_text()
    assert re.search(r'Max core file size\s+0\s+0', limits)
    owner = os.stat(f'/proc/{made.process.pid}/mem').st_uid
    assert owner == 0, 'its memory is not to be looked at by its own user'


def test_it_ends_when_it_can_start_nothing_any_more(station, programs, place):
    made = Station(programs, place, QUIET)
    starter = next(pid for pid, name in family(made.process.pid).items() if name == 'portoland-start')
    os.kill(starter, signal.SIGKILL)
    assert made.process.wait(15) == 1
    assert 'process that starts programs is gone' in made.text()


def test_a_crash_leaves_word_and_the_next_start_tells_of_it(station):
    made = station(QUIET)
    os.kill(made.process.pid, signal.SIGSEGV)
    assert made.process.wait(15) == -signal.SIGSEGV
    assert 'crash: portoland' in made.text() and 'SIGSEGV' in made.text()
    assert 'libc' in made.text() or 'portoland(' in made.text(), 'where it was'
    files = list(made.data.glob('crash-*.txt'))
    assert len(files) == 1 and 'SIGSEGV' in files[0].read_text()
    assert stat.S_IMODE(files[0].stat().st_mode) & 0o077 == 0
    made.start()
    assert 'an earlier run crashed' in made.text() and str(files[0]) in made.text()
    events = await_true(lambda: made.ask('events', type='station.crashed')['events'], 10, 'the event')
    assert str(files[0]) in events[0]['text'] and events[0]['severity'] == 'major'
    assert str(files[0]) in made.ask('status')['last_crash'] and made.ask('status')['crashes'] == 1
    made.stop()
    made.start()
    assert made.ask('status')['crashes'] == 0, 'it is told once'


def test_a_loop_that_hangs_says_nothing_to_the_watchdog(station, place):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place / 'notify'))
        os.chmod(place / 'notify', 0o777)
        manager.settimeout(20)
        made = station(QUIET, env={'NOTIFY_SOCKET': str(place / 'notify'), 'WATCHDOG_USEC': '400000'})
        assert manager.recv(500).startswith(b'STATUS=starting')
        assert manager.recv(100).split(b'\n')[0] == b'READY=1'
        assert [manager.recv(100) for _ in range(3)] == [b'WATCHDOG=1'] * 3
        os.kill(made.process.pid, signal.SIGSTOP)
        manager.settimeout(0.5)
        with pytest.raises(TimeoutError):
            while True:  # what was said before
                manager.recv(100)
        os.kill(made.process.pid, signal.SIGCONT)
        manager.settimeout(20)
        assert manager.recv(100) == b'WATCHDOG=1'
        made.process.send_signal(signal.SIGTERM)
        await_true(lambda: manager.recv(100) == b'STOPPING=1', 20, 'it says that it ends')


def test_how_it_does_is_a_series_and_figures(station):
    made = station(QUIET)

    def rows():
        told = made.json('series', 'station', 'station', '--from', '-1m')
        return [row for row in told['rows'] if None not in row[1:]]
    await_true(lambda: made.try_cli('series', 'station', 'station') and rows(), 40, 'delays of the loop')
    for name in ('station-load', 'station-memory', 'station-requests', 'station-disk', 'station-helpers'):
        made.cli('graph', 'station', name, '-o', made.directory / 'own.png')
        assert (made.directory / 'own.png').read_bytes().startswith(b'\x89PNG'), name
    files = made.json('series', 'station', '--files')['files']
    assert [pathlib.Path(f['file']).name for f in files] == ['station.rrd'] and pathlib.Path(files[0]['file']).exists()
    told = await_true(lambda: (s := made.ask('status'))['memory_bytes'] and s['descriptors'] and s, 20, 'figures')
    assert told['descriptors'] == pytest.approx(made.descriptors(), abs=5)
    assert 0 < told['memory_bytes'] < told['memory_max_bytes'] and told['descriptors'] < told['descriptors_max']
    metrics = made.administrator().ask('GET', '/metrics')[2].decode()
    for figure in ('cpu_percent', 'rrdcached_restarts_total', 'helper_failures_total', 'helper_refusals_total', 'store_commit_ms', 'sandboxed',
                   'sandbox_refused_total', 'disk_bytes', 'loop_lag_ms', 'poll_lateness_p99_ms', 'descriptors'):
        assert f'\nportolan_{figure} ' in metrics, figure
    rrdcached = next(pid for pid, name in family(made.process.pid).items() if name == 'rrdcached')
    os.kill(rrdcached, signal.SIGKILL)
    await_true(lambda: made.ask('status')['rrdcached_restarts'] == 1, 20, 'its restart is counted')


def tangle(nodes):
    """A map that Graphviz needs long for."""
    edges = [f'n{i} -- n{(i * 7919 + k * 104729) % nodes};' for i in range(nodes) for k in range(1, 4)]
    return 'graph tangle {' + '\n'.join([f'n{i} [label="node {i}"];' for i in range(nodes)] + edges) + '}'


def crowd(nodes):
    """One that is merely large."""
    return 'graph crowd {' + '\n'.join(f'n{i} [label="{"x" * 2000}", pos="{i % 90},{i // 90}"];' for i in range(nodes)) + '}'


@pytest.mark.parametrize('limit, text, words', [('--cpu=3', tangle(3000), 'too large to be laid out in time'),
                                                ('--as=40000000', crowd(8000), 'out of memory')], ids=['time', 'memory'])
def test_a_map_that_takes_too_much_is_ended_and_told(limit, text, words):
    done = subprocess.run(['prlimit', limit, BUILD / 'portolan-render', '--format', 'gv'], input=text,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and not done.stdout
    assert words in done.stderr, done.stderr[-500:]


def test_a_picture_that_cannot_be_written_is_told():
    with open('/dev/full', 'wb') as full:
        done = subprocess.run([BUILD / 'portolan-render'], input=b'graph { a -- b }', stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert b'cannot be written: No space left' in done.stderr


CROWDED = """
import subprocess, sys, threading
stop = threading.Event()
threading.stack_size(65536)
crowd = [threading.Thread(target=stop.wait) for _ in range(1100)]
for one in crowd:
    one.start()
done = subprocess.run(sys.argv[1:], input=b'graph { a -- b }', stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
stop.set()
sys.stderr.buffer.write(done.stderr)
sys.exit(done.returncode != 0)
"""


def test_a_user_with_many_threads_gets_a_picture():
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        program = shutil.copy(BUILD / 'portolan-render', place)
        done = subprocess.run(['setpriv', '--reuid=54321', '--clear-groups', '/usr/bin/python3', '-c', CROWDED, program],
                              capture_output=True, timeout=60, cwd='/')
    assert done.returncode == 0, done.stderr[-500:]


# ---- secrets ----

def plant(place):
    """A configuration that has a secret wherever one may be; and all of these."""
    word = iter(f'Geheim{n}x9Q7' for n in range(100))
    secrets = {}

    def secret(what):
        secrets[what] = next(word)
        return secrets[what]
    file = place / 'secret'
    file.write_text(secret('community of a file') + '\n')
    file.chmod(0o640)
    os.chown(file, 0, 65534)
    text = (f'credentials:\n'
            f'  - {{name: two, version: 2c, community: {secret("community")}}}\n'
            f'  - {{name: file, version: 2c, community_file: {file}}}\n'
            f'  - {{name: three, version: 3, user: manager, auth: SHA-256, auth_secret: {secret("auth")}, '
            f'priv: AES-128, priv_secret: {secret("priv")}}}\n'
            f'discovery: {{seeds: [127.0.0.1], within: [127.0.0.0/8], port: {{port}}}}\n'
            f'agentx: {{master: ""}}\npolling: {{every: 1s}}\nseries: {{keep: ["1s for 1h"]}}\n'
            f'receivers:\n'
            f'  - {{name: snmp, to: "udp:127.0.0.1:{free_port()}", version: 2c, community: {secret("trap community")}}}\n'
            f'  - {{name: snmp3, to: "udp:127.0.0.1:{free_port()}", version: 3, user: traps, auth: SHA, '
            f'auth_secret: {secret("trap auth")}, priv: AES-128, priv_secret: {secret("trap priv")}}}\n'
            f'  - {{name: hook, webhook: "http://127.0.0.1:9/{secret("hook address")}", '
            f'headers: ["Authorization: Bearer {secret("hook header")}"], secret: {secret("hook key")}}}\n'
            f'  - {{name: mail, mail: [a@example.net], server: "smtp://127.0.0.1:9", from: p@example.net, plain: true, '
            f'user: poster, secret: {secret("mail password")}}}\n')
    return text, secrets


def found_in(text, secrets):
    data = text if isinstance(text, bytes) else text.encode()
    return [what for what, word in secrets.items() if word.encode() in data]


def test_secrets_stay_where_they_were_written(station, snmpd, place):
    text, secrets = plant(place)
    agent = snmpd('rocommunity other 127.0.0.1\n')  # none of them is right
    made = station(text.replace('{port}', str(agent.port)))
    secrets['password'] = 'Geheim-Password-77'
    admin = made.administrator(secrets['password'])
    status, _, body = admin.ask('POST', 'tokens', {'name': 'script', 'role': 'viewer'})
    assert status in (200, 201), body
    secrets['token'] = body['token']
    secrets['session'] = admin.headers['Cookie'].partition('=')[2]
    secrets['set by the page'] = 'Geheim-Page-88'
    status, _, body = admin.ask('POST', 'credentials', {'name': 'page', 'version': '2c',
                                                        'community': secrets['set by the page']})
    assert status in (200, 201), body
    assert admin.ask('POST', 'session', {'user': 'admin', 'password': secrets['password'] + '?'})[0] == 401
    made.visitor(secrets['token'][:-1] + 'x').ask('GET', 'devices')
    for name in ('snmp', 'snmp3', 'hook', 'mail'):
        subprocess.run(made.command('notify', 'test', name), capture_output=True, timeout=60)
    subprocess.run(made.command('walk', '127.0.0.1', '1.3.6.1.2.1.1'), capture_output=True, timeout=60)
    subprocess.run(made.command('discover', '--wait', '127.0.0.1'), capture_output=True, timeout=60)
    leaks = {}

    def look(where, text):
        if found_in(text, secrets):
            leaks[where] = found_in(text, secrets)
    api = admin.ask('GET', 'openapi.json')[2]
    plain = [path for path, ways in api['paths'].items() if 'get' in ways and '{' not in path and 'stream' not in path]
    assert len(plain) > 20
    for path in plain:
        look(f'GET {path}', json.dumps(str(admin.ask('GET', path if path.startswith('/') else path)[2])))
    for path in ('/metrics', '/health', '/api/v1/status'):
        look(path, str(admin.ask('GET', path)[2]))
    for table in made.export().iterdir():
        look(f'export {table.name}', table.read_bytes())
    for command in (['status'], ['events'], ['devices'], ['user', 'list'], ['token', 'list']):
        done = subprocess.run(made.command(*command), capture_output=True, timeout=60)
        look(' '.join(command), done.stdout + done.stderr)
    for pid, name in family(made.process.pid).items():
        for what in ('cmdline', 'environ', 'comm'):
            look(f'/proc of {name}: {what}', pathlib.Path(f'/proc/{pid}/{what}').read_bytes())
    look('ps', subprocess.run(['ps', 'axeww'], capture_output=True).stdout)
    faulty = made.config.read_text()
    made.config.write_text(faulty.replace('version: 3, user: manager', 'version: 7, user: manager') + 'nonsense: 1\n')
    checked = subprocess.run([made.bin / 'portoland', '-t', '-c', made.config], capture_output=True, timeout=60)
    assert checked.returncode == 78
    look('portoland -t', checked.stdout + checked.stderr)
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'stays in force' in made.text(), 20, 'the fault is refused')
    made.config.write_text(faulty)
    os.kill(made.process.pid, signal.SIGSEGV)
    made.process.wait(15)
    for file in made.data.glob('crash-*'):
        look(file.name, file.read_bytes())
    assert not list(made.data.glob('core*'))
    made.start()
    look('the log', made.text())
    look('its events', json.dumps(made.ask('events')))
    assert leaks == {}
    wide = [str(f) for f in made.data.rglob('*') if not f.is_symlink() and f.stat().st_mode & stat.S_IROTH and f.is_file()]
    assert stat.S_IMODE(made.data.stat().st_mode) & 0o007 == 0, 'nobody else gets into the folder'
    settings = made.data / 'settings.yaml'
    assert found_in(settings.read_bytes(), secrets) == ['set by the page']
    assert stat.S_IMODE(settings.stat().st_mode) & 0o077 == 0 and str(settings) not in wide


def test_files_that_others_may_read_are_named_at_the_start(station, snmpd, place):
    text, secrets = plant(place)
    key = place / 'secret'
    key.chmod(0o644)
    made = station(text.replace('{port}', str(free_port())))
    made.config.chmod(0o644)
    checked = subprocess.run([made.bin / 'portoland', '-t', '-c', made.config], capture_output=True, text=True, timeout=60)
    for file in (key, made.config):
        assert re.search(rf'{re.escape(str(file))}.*chmod 0640', checked.stdout + checked.stderr), checked.stderr
    assert found_in(checked.stdout + checked.stderr, secrets) == []


# ---- the unit ----

def test_a_start_that_upgrades_or_repairs_is_given_its_time():
    """A step that is ended in the middle begins anew with the next start: after 90 s, systemd's default, for ever."""
    unit = (TREE / 'etc' / 'portolan.service').read_text()
    assert 'Type=notify' in unit and re.search(r'^TimeoutStartSec=infinity$', unit, re.M)

def test_the_unit_exposes_less_than_two_and_a_half(place):
    unit = (TREE / 'etc' / 'portolan.service').read_text().replace('@SBIN@', '/bin').replace('@ETC@', '/etc/portolan')
    (place / 'portolan.service').write_text(unit.replace('/bin/portoland', '/bin/true'))
    done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--no-pager', place / 'portolan.service'],
                          capture_output=True, text=True, timeout=60)
    level = re.search(r'Overall exposure level for \S+: ([\d.]+)', done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level.group(1)) < 2.5, done.stdout
    verified = subprocess.run(['systemd-analyze', 'verify', '--man=no', place / 'portolan.service'],
                              capture_output=True, text=True, timeout=60)
    assert 'portolan.service:' not in verified.stderr, verified.stderr
