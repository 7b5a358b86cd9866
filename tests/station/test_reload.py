"""SIGHUP while the station works: other credentials, another wall, a faulty file; and the end, whatever is open."""
import os
import re
import signal
import socket
import struct
import subprocess

import pytest
from conftest import Station, await_true, needs_root
from test_network import Capture
from test_sanitized import SANITIZED, sanitized  # noqa: F401 (the fixture)

pytestmark = needs_root

RIGHT = '{{name: {}, version: 2c, community: public}}'
WRONG = '{name: wrong, version: 2c, community: nobody}'
QUIET = ('credentials: [{name: x, version: 2c, community: x}]\ndiscovery: {seeds: [127.0.0.1], within: []}\n'
         'agentx: {master: ""}\nnotifications: {listen: []}\n')


def config(net, credentials, exclude='', more=''):
    return (f'credentials: [{credentials}]\n'
            f'discovery: {{seeds: [{net.base}], within: [127.16.0.0/16], exclude: [{exclude}], port: {net.port}}}\n'
            f'polling: {{every: 2s}}\nseries: {{keep: ["2s for 1h"]}}\n{more}')


def reload(made, text, word='configuration: taken'):
    before = made.text().count(word)
    made.write_config(text)
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: made.text().count(word) > before or not made.alive(), 10, word)
    assert made.alive(), made.text()[-3000:]


def answering(made):
    """The devices that answer, by id, and to what."""
    return {d['id']: d['credential'] for d in made.devices().values() if 'credential' in d}


def open_walks(made):
    """A walk of a whole tree that nobody reads, and one of an address that is silent."""
    for target in ('127.16.0.1', '127.16.200.200'):
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(made.socket))
        line.sendall(f'GET /api/v1/walk?target={target}&oid=1.3 HTTP/1.1\r\nHost: x\r\n\r\n'.encode())
        yield line


def test_what_is_changed_while_it_runs_is_taken_or_refused(station, farm):
    net = farm('--network', 'campus', '--devices', 40)
    made = station(config(net, RIGHT.format('first')))
    made.discover()
    first = answering(made)
    assert len(first) > 30 and set(first.values()) == {'first'}

    reload(made, config(net, f'{WRONG}, {RIGHT.format("second")}'))
    made.discover()
    assert answering(made) == {device: 'second' for device in first}

    reload(made, config(net, WRONG))
    made.discover()
    assert answering(made) == {}, 'nobody answers'
    assert {d['id'] for d in made.ask('devices')['devices']} >= set(first), 'nobody is forgotten'

    reload(made, config(net, RIGHT.format('third')))
    made.discover()
    assert answering(made) == {device: 'third' for device in first}

    reload(made, 'credentials: 7\n', 'the old one stays in force')
    reload(made, config(net, WRONG, more='frames: {interfaces: [lo]}\n'), 'frames.interfaces cannot change')
    reload(made, config(net, WRONG, more='mibs: {directories: [/srv/mibs]}\n'), 'mibs.directories cannot change')
    reload(made, config(net, WRONG, more='log: {to: syslog}\n'), 'log.to cannot change')
    made.discover()
    assert set(answering(made).values()) == {'third'}


def test_profiles_and_templates_of_graphs_are_read_anew(station, farm, place):
    net = farm('--network', 'campus', '--devices', 12)
    mine = place / 'mine'
    (mine / 'graphs').mkdir(parents=True)
    text = config(net, RIGHT.format('first'), more=f'graphs: {{directories: [{mine}/graphs]}}\n')
    made = station(text)
    made.discover()
    device = next(row for row in made.table('devices') if row['sysObjectID'])

    def renew(profile, word):
        (mine / 'a.yaml').write_text(profile)
        before = made.text().count(word)
        made.config.write_text(made.config.read_text().replace('/portolan/profiles]', f'/portolan/profiles, {mine}]'))
        made.process.send_signal(signal.SIGHUP)
        await_true(lambda: made.text().count(word) > before or not made.alive(), 10, word)
        made.discover()
        return made.ask('devices', device['name'])['vendor']

    def profile(vendor, of=device):
        return f'{{profile: mine, match: [{{object_id: {of["sysObjectID"]}, descr_pattern: .}}], facts: {{vendor: {vendor}}}}}'

    assert renew(profile('First'), 'configuration: taken') == 'First'
    (mine / 'graphs' / 'own.yaml').write_text('own: {title: Own, group: port, columns: [last], curves: [{source: in_octets, label: in}]}\n')
    assert renew(profile('Second'), 'configuration: taken') == 'Second'
    refused = subprocess.run(made.command('graph', device['name'], 'none', '-o', place / 'x.png'), capture_output=True, text=True)
    assert 'own' in refused.stderr, refused
    other = next(row for row in made.table('devices') if row['sysObjectID'] not in ('', device['sysObjectID']))
    (mine / 'b.yaml').write_text(profile('Beside', other).replace('profile: mine', 'profile: beside'))
    assert renew('{profile: mine, matches: []}', 'as it was before it stays in force') == 'Second'
    assert re.search(r'profiles: \S+/a.yaml:1:\d+: matches: ', made.text()), 'the fault is told'
    assert made.ask('devices', other['name'])['vendor'] == 'Beside', 'sound files take effect'
    assert (made.data / 'profiles.cache').exists()


def test_no_packet_leaves_a_wall_that_became_smaller(station, farm, place):
    net = farm('--network', 'campus', '--devices', 40)
    made = station(config(net, RIGHT.format('first')))
    made.discover()
    reload(made, config(net, RIGHT.format('first'), exclude='127.16.0.16/28'))
    capture = Capture(place / 'capture', net.port)
    assert not made.try_cli('walk', '127.16.0.17', '1.3.6.1.2.1.1.5')
    made.discover()
    made.await_polls(2, 30)
    capture.targets()
    asked = set(re.findall(rf' > (\d+\.\d+\.\d+\.\d+)\.{net.port}:', capture.path.read_text()))
    assert '127.16.0.1' in asked
    assert not asked & {f'127.16.0.{n}' for n in range(16, 32)}, asked


@pytest.mark.sanitized
@pytest.mark.skipif(not (SANITIZED / 'portoland').exists(), reason='no sanitized build')
def test_no_finding_when_everything_changes_under_way(sanitized, farm, place, started):  # noqa: F811
    net = farm('--network', 'campus', '--devices', 40, '--fault', 'loss=5')
    made = Station(sanitized, place, config(net, RIGHT.format('first')))
    started(made)
    for n in range(8):
        subprocess.run(made.command('discover'), check=True, capture_output=True, timeout=30)
        lines = list(open_walks(made))
        reload(made, config(net, WRONG if n % 3 == 1 else RIGHT.format('ab'[n % 2]),
                            exclude='127.16.0.7' if n % 2 else ''))
        for name in list(made.devices())[:3]:
            made.try_cli('poll', name)
            made.try_cli('remove', name)
        for line in lines:
            line.close()
    lines = list(open_walks(made))
    assert made.stop(30) == 0, made.text()[-3000:]
    for line in lines:
        line.close()


def test_a_daemon_finds_its_file_again_by_the_name_that_it_was_given(station):
    made = station(QUIET)
    made.stop()
    subprocess.run([made.bin / 'portoland', '-c', made.config.name], cwd=made.config.parent, check=True, timeout=30)
    await_true(lambda: made.try_cli('status'), 30, 'it answers')
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(made.socket))
        pid, = struct.unpack('i8x', control.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    try:
        made.write_config(QUIET + 'receivers: [{name: hook, webhook: "http://127.0.0.1:9/"}]\n')
        os.kill(pid, signal.SIGHUP)
        await_true(lambda: made.ask('receivers')['receivers'], 10, 'it is read again')
    finally:
        os.kill(pid, signal.SIGTERM)
        await_true(lambda: not made.try_cli('status'), 20, 'it ended')


def test_the_status_and_the_log_tell_why_there_is_no_master_agent(station, place):
    text = QUIET.replace('""', 'MASTER')
    made = station(text.replace('MASTER', f'{place}/nowhere'))
    await_true(lambda: f'no master agent: {place}/nowhere: there is no such socket' in made.json('status')['agentx'], 10, 'why')
    assert f'no master agent at {place}/nowhere: there is no such socket' in made.text()
    nobody = socket.socket(socket.AF_UNIX)
    nobody.bind(f'{place}/closed')
    reload(made, text.replace('MASTER', f'{place}/closed'))
    await_true(lambda: f'{place}/closed: permission denied' in made.json('status')['agentx'], 10, 'the user of the station may not')
    os.chmod(f'{place}/closed', 0o777)
    await_true(lambda: f'{place}/closed: nobody listens there' in made.json('status')['agentx'], 10, 'why it is away now')
