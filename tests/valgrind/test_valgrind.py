"""The life of a station under valgrind's memcheck: nothing is read that was never written, nothing is read or written
beyond its bounds or after its end, and nothing is lost that was taken."""
import grp
import pwd
import re
import shutil
import signal

import pytest
from conftest import BUILD, TREE, USER, Program, Snmpd, Station, Visitor, await_true, farm_config, needs_root

WATCHED = BUILD / 'watched'
ERROR_EXIT = 99

pytestmark = [needs_root, pytest.mark.skipif(shutil.which('valgrind') is None or not (WATCHED / 'portoland').exists(),
                                             reason='no build for it: make valgrind')]


@pytest.fixture
def watched(programs):
    """The folder of programs again, with the daemon of that build."""
    copy = programs.parent / 'watched'
    shutil.copytree(programs, copy, dirs_exist_ok=True)
    shutil.copy(WATCHED / 'portoland', copy)
    return copy


def valgrind(logs):
    """Of the station and of what it forks; other programs run as they are."""
    return ['valgrind', f'--log-file={logs}/%p', f'--error-exitcode={ERROR_EXIT}', '--leak-check=full',
            '--errors-for-leak-kinds=definite,possible', '--show-leak-kinds=definite,possible', '--num-callers=30',
            '--fair-sched=yes', f'--suppressions={TREE}/tests/valgrind/suppressions']


def rrdcached(place):
    """One that the test starts: this valgrind knows no pidfd_open(2), without which the station starts no program."""
    folder = place / 'cached'
    folder.mkdir()
    shutil.chown(folder, user=USER)
    made = Program(['rrdcached', '-g', '-s', grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name, '-m', '0660',
                    '-l', f'unix:{place}/cached.socket', '-b', folder, '-p', folder / 'pid', '-B', '-U', USER], place / 'rrdcached.log')
    await_true((place / 'cached.socket').exists, 30, 'rrdcached is ready')
    return made


def test_the_life_of_a_station_is_clean(watched, farm, place, started, monkeypatch):
    monkeypatch.setattr(Station, 'ready_s', 300)
    monkeypatch.setattr(Visitor, 'limit_s', 300)  # passwords are hashed at length
    net = farm('--network', 'campus', '--devices', 12, '--sessions')
    master = Snmpd(place, f'master agentx\nagentXSocket {place}/master\nagentXPerms 0777 0777\nrocommunity public 127.0.0.1\n')
    started(master)
    started(rrdcached(place))
    logs = place / 'valgrind'
    logs.mkdir()
    logs.chmod(0o777)
    made = Station(watched, place, farm_config(net, every='10s', extra=f'agentx: {{master: {place}/master}}\n')
                   .replace('{every: 10s}', '{every: 10s, ping: {count: 0}}')
                   .replace('series: {', f'series: {{rrdcached: "unix:{place}/cached.socket", '),
                   prefix=valgrind(logs), listen='127.0.0.1:8161')
    started(made)
    made.discover(limit_s=600)
    assert len(made.devices()) > 8
    await_true(lambda: made.json('status')['agentx'].startswith('connected'), 300, 'it is a subagent')
    made.await_polls(2, 300)

    person = made.administrator()
    for path in ('devices', 'links', 'maps', 'alerts', 'events', 'risk', 'status', 'openapi.json', 'discovery', '/metrics', '/health'):
        assert person.ask('GET', path)[0] == 200, path
    link = net.table('links')[0]
    name = link['a_name']
    for words in (('device', name), ('interfaces', name), ('path', name, link['b_name']), ('walk', name, '1.3.6.1.2.1.2'),
                  ('series', f'{name}:{link["a_port"]}', 'traffic'), ('map', 'list'), ('links',),
                  ('silence', 'ham-*', '1h'), ('poll', name), ('risk',)):
        made.cli(*words, limit_s=300)
    made.export()
    net.tell('kill 127.16.0.5')
    await_true(lambda: 'answers neither echo nor SNMP' in made.text(), 600, 'it is missed')
    net.tell('revive 127.16.0.5')
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 120, 'the configuration again')
    made.await_polls(1, 300)
    code = made.stop(120)

    told = {log.name: log.read_text(errors='replace') for log in logs.iterdir()}
    found = {pid: text for pid, text in told.items() if re.search(r'ERROR SUMMARY: [1-9]', text)}
    assert not found, '\n'.join(text[:8000] for text in found.values())
    assert any('ERROR SUMMARY: 0 errors' in text for text in told.values()), told
    assert code == 0, made.text()[-3000:]
