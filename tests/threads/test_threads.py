"""The daemon built with the thread sanitizer: its threads (store, workers, subagent, series) share nothing without a lock."""
import shutil
import signal

import pytest
from conftest import BUILD, Snmpd, Station, await_true, farm_config, needs_root

WATCHED = BUILD / 'tsan'

pytestmark = [needs_root, pytest.mark.measures,
              pytest.mark.skipif(not (WATCHED / 'portoland').exists(), reason='no build with the thread sanitizer: make tsan')]


@pytest.fixture
def watched(programs):
    """The folder of programs again, with the daemon of that build; what it starts has no threads."""
    copy = programs.parent / 'tsan'
    shutil.copytree(programs, copy, dirs_exist_ok=True)
    shutil.copy(WATCHED / 'portoland', copy)
    return copy


def test_threads_share_nothing_without_a_lock(watched, farm, place, started):
    net = farm('--network', 'campus', '--devices', 30, '--sessions')
    master = Snmpd(place, f'master agentx\nagentXSocket {place}/master\nagentXPerms 0777 0777\nrocommunity public 127.0.0.1\n')
    started(master)
    made = Station(watched, place, farm_config(net, every='2s', extra=f'agentx: {{master: {place}/master}}\n')
                   .replace('{every: 2s}', '{every: 2s, ping: {count: 0}}'),
                   prefix=['setarch', '-R'],  # the sanitizer knows where memory lies
                   env={'TSAN_OPTIONS': 'halt_on_error=0'})
    started(made)
    made.discover(limit_s=240)
    assert len(made.devices()) > 25
    await_true(lambda: made.json('status')['agentx'].startswith('connected'), 60, 'it is a subagent')
    made.await_polls(2, 60)
    made.cli('map', 'export', 'physical', '-o', place / 'map.svg')
    made.export()
    for n in (5, 6):
        net.tell(f'kill 127.16.0.{n}')
    await_true(lambda: made.ask('alerts', type='device.unreachable')['alerts'], 90, 'an alert')
    link = net.table('links')[0]
    name = link['a_name']
    for words in (('graph', f'{name}:{link["a_port"]}', 'traffic', '-o', place / 'p.png'), ('events',), ('silence', 'ham-*', '1h'), ('poll', name), ('risk',)):
        made.cli(*words)
    for n in (5, 6):
        net.tell(f'revive 127.16.0.{n}')
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in made.text(), 30, 'the configuration again')
    made.await_polls(3, 90)
    code = made.stop(60)
    assert 'ThreadSanitizer' not in made.text(), made.text()[made.text().index('ThreadSanitizer') - 100:][:6000]
    assert code == 0, made.text()[-3000:]
