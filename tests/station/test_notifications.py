"""Notifications received: Debian's snmptrap and snmpinform send, the station reads, names, verifies."""
import os
import signal
import socket
import subprocess
import time

import pytest

from conftest import Program, await_true, free_port, needs_root

pytestmark = needs_root

IF_INDEX, ADMIN, OPER = '1.3.6.1.2.1.2.2.1.1.1', '1.3.6.1.2.1.2.2.1.7.1', '1.3.6.1.2.1.2.2.1.8.1'
LINK_DOWN = '1.3.6.1.6.3.1.1.5.3'
LINK = [IF_INDEX, 'i', '1', ADMIN, 'i', '1', OPER, 'i', '2']
USER = ['-v3', '-u', 'monitor', '-l', 'authPriv', '-a', 'SHA-256', '-A', 'auth-secret', '-x', 'AES', '-X', 'priv-secret']


def config(port, listen, credentials='', seeds='127.0.0.1', every='60s'):
    return (f'credentials:\n'
            f'  - {{name: core, version: 3, user: monitor, auth: SHA-256, auth_secret: auth-secret,'
            f' priv: AES-128, priv_secret: priv-secret}}\n'
            f'  - {{name: lab, version: 2c, community: lab-secret}}\n{credentials}'
            f'discovery: {{seeds: [{seeds}], within: [127.0.0.0/8], port: {port}}}\n'
            f'polling: {{every: {every}}}\n'
            f'notifications: {{listen: ["udp:127.0.0.1:{listen}"]}}\n')


@pytest.fixture
def send(place):
    """snmptrap or snmpinform, as the words say; whether it ended well."""
    def run(program, *words, limit_s=20):
        env = {**os.environ, 'SNMP_PERSISTENT_DIR': str(place / 'sender'), 'MIBS': ''}
        return subprocess.run([program, *map(str, words)], env=env, capture_output=True, text=True, timeout=limit_s)
    return run


def events(station, **query):
    return station.ask('events', limit=10000, **query)['events']


def notified(station, kind, count=1):
    """Events of that notification, once there are so many notifications of it."""
    def there():
        found = events(station, type=f'notification.{kind}')
        return found if sum(e['count'] for e in found) >= count else None
    return await_true(there, 10, f'{count} times {kind}')


@pytest.fixture
def scene(snmpd, station):
    """A station that polls an agent by v3 and listens."""
    agent = snmpd('createUser monitor SHA-256 "auth-secret" AES "priv-secret"\nrouser monitor priv\n'
                  'sysName core-1')
    made = station(config(agent.port, port := free_port()))
    made.discover()
    made.port, made.agent = port, agent
    return made


def engine_of(station):
    name, = (n for n, d in station.devices().items() if 'credential' in d)
    return name, next(d['engineID'] for d in station.table('devices') if d['name'] == name)


def test_the_log_tells_as_much_as_a_reload_says(scene, send):
    def lines(kind, oid):
        assert send('snmptrap', '-v2c', '-c', 'lab-secret', f'127.0.0.1:{scene.port}', '', oid).returncode == 0
        notified(scene, kind)
        return scene.text().count('debug: ')
    assert lines('authenticationFailure', '1.3.6.1.6.3.1.1.5.5') == 1, 'the fixture asks for more than info'
    scene.write_config(config(scene.agent.port, scene.port) + 'log: {level: notice}\n')
    scene.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'configuration: taken' in scene.text(), 10, 'the configuration is read again')
    assert lines('coldStart', '1.3.6.1.6.3.1.1.5.1') == 1


def test_every_version_is_read_named_and_acknowledged(scene, send):
    to = f'127.0.0.1:{scene.port}'
    assert send('snmptrap', '-v1', '-c', 'lab-secret', to, '1.3.6.1.4.1.8072.9999', '127.0.0.1', '2', '0', '',
                *LINK).returncode == 0
    down = notified(scene, 'linkDown')[0]
    name, engine = engine_of(scene)
    assert down['object'] == f'{name}:lo' and 'ifOperStatus.1=down(2)' in down['text'], down
    assert down['severity'] == 'minor' and down['class'] == 'fault'

    assert send('snmptrap', '-v2c', '-c', 'lab-secret', to, '', '1.3.6.1.6.3.1.1.5.5').returncode == 0
    assert notified(scene, 'authenticationFailure')[0]['class'] == 'security'

    acknowledged = send('snmpinform', '-v2c', '-c', 'lab-secret', '-r0', '-t2', to, '', '1.3.6.1.6.3.1.1.5.1')
    assert acknowledged.returncode == 0, acknowledged.stderr
    notified(scene, 'coldStart')

    # The log is searched by what it says, of whom, and how bad it is.
    assert len(scene.json('events', 'ifOperStatus', '--type', 'notification.*', '--object', name)['events']) == 1
    assert not scene.json('events', '--from', '-2h', '--to', '-1h')['events']
    assert scene.json('events', '--severity', 'critical', '--source', 'notification')['events'] == []
    assert down['values']['notification'] == 'IF-MIB::linkDown' and down['values']['credential'] == 'lab', down

    # A v3 inform: the station is the authority, and tells its engine when asked.
    acknowledged = send('snmpinform', *USER, '-r0', '-t2', to, '', '1.3.6.1.6.3.1.1.5.2')
    assert acknowledged.returncode == 0, acknowledged.stderr
    notified(scene, 'warmStart')
    wrong = [w if w != 'auth-secret' else 'other-secret' for w in USER]
    assert send('snmpinform', *wrong, '-r0', '-t2', to, '', '1.3.6.1.6.3.1.1.5.2').returncode != 0

    # A v3 trap of the device that is polled: nothing was configured for its engine.
    assert send('snmptrap', *USER, '-e', '0x' + engine, to, '', '1.3.6.1.6.3.1.1.5.4', IF_INDEX, 'i', '1').returncode == 0
    assert notified(scene, 'linkUp')[0]['object'] == f'{name}:lo'

    # What is less secure than how we ask is not believed.
    plain = ['-v3', '-u', 'monitor', '-l', 'noAuthNoPriv']
    send('snmptrap', *plain, '-e', '0x' + engine, to, '', '1.3.6.1.4.1.8072.2.3.0.1')
    await_true(lambda: scene.json('status')['notifications_strange'], 10, 'it is not believed')
    assert not events(scene, type='notification.1.3.6.1.4.1.8072.2.3.0.1')


def test_what_is_told_is_looked_at_at_once(scene, send):
    name, _ = engine_of(scene)
    polls = scene.ask('devices', name)['poll']['polls']
    began = time.monotonic()
    send('snmptrap', '-v2c', '-c', 'lab-secret', f'127.0.0.1:{scene.port}', '', LINK_DOWN, *LINK)
    await_true(lambda: scene.ask('devices', name)['poll']['polls'] > polls, 3, 'a poll of its own')
    assert time.monotonic() - began < 3


def test_a_cut_cable_is_an_alert_within_three_seconds_and_rests_on_a_poll(farm, station):
    net = farm('--network', 'campus', '--devices', 12, base='127.17.0.1')
    told = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    told.bind(('127.0.0.1', 0))
    made = station(config(net.port, port := free_port(), seeds=net.base,
                          credentials='  - {name: farm, version: 2c, community: public}\n') +
                   f'receivers: [{{to: "udp:127.0.0.1:{told.getsockname()[1]}", community: x, types: [port.down]}}]\n')
    made.discover()
    link = next(k for k in net.table('links') if 'lldp' in k['evidence'] and 'core' in k['a_name'])
    name, if_name = link['a_name'], link['a_port']
    where = next(d for d in net.table('devices') if d['name'] == name)['addresses'].split(',')[0]
    number = int(next(p for p in net.table('ports') if (p['name'], p['ifName']) == (name, if_name))['ifIndex'])
    made.cli('poll', name)  # else its first poll may be a minute away: what it was before is known by that
    await_true(lambda: made.ask('devices', name)['poll'].get('duration_ms'), 10, 'it is polled')
    net.tell(f'cut {where} {number}')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((where, 0))
        s.sendto(v2c_trap('public', number, (1, 3, 6, 1, 6, 3, 1, 1, 5, 3),
                          name=(1, 3, 6, 1, 2, 1, 2, 2, 1, 1, number)), ('127.0.0.1', port))
        # From the word of the device to the trap at a receiver, a poll between.
        told.settimeout(3)
        assert f'{name}:{if_name}'.encode() in told.recv(65536)
    told.close()
    assert events(made, object=f'{name}:{if_name}', type='port.down')


def v2c_trap(community, number, trap=(1, 3, 6, 1, 4, 1, 8072, 9999, 0, 1), name=(1, 3, 6, 1, 4, 1, 8072, 9999, 1)):
    """A trap whose one variable is a number."""
    def tlv(tag, body):
        return bytes([tag, len(body)] if len(body) < 128 else [tag, 0x82, len(body) >> 8, len(body) & 255]) + body

    def oid(*subs):
        out = bytes([subs[0] * 40 + subs[1]])
        for sub in subs[2:]:
            part = [sub & 127]
            while sub := sub >> 7:
                part.insert(0, sub & 127 | 128)
            out += bytes(part)
        return tlv(6, out)

    def bind(name, value):
        return tlv(0x30, oid(*name) + value)
    binds = (bind((1, 3, 6, 1, 2, 1, 1, 3, 0), tlv(0x43, b'\1')) +
             bind((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0), oid(*trap)) +
             bind(name, tlv(2, number.to_bytes(4, 'big'))))
    pdu = tlv(0xa7, tlv(2, b'\1') + tlv(2, b'\0') + tlv(2, b'\0') + tlv(0x30, binds))
    return tlv(0x30, tlv(2, b'\1') + tlv(4, community.encode()) + pdu)


def test_strangers_wait_until_somebody_knows_them(farm, station):
    agents = farm('--network', 'campus', '--devices', 12, base='127.17.0.1')
    made = station(config(agents.port, port := free_port(), seeds='',
                          credentials='  - {name: farm, version: 2c, community: public}\n'))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((agents.base, 0))
        s.sendto(v2c_trap('of-nobody', 1, (1, 3, 6, 1, 6, 3, 1, 1, 5, 5)), ('127.0.0.1', port))
    await_true(lambda: made.json('status')['notifications_kept'] == 1, 10, 'it is kept')
    assert not events(made, source='notification', type='notification.authenticationFailure')
    made.cli('add', agents.base)
    told, = notified(made, 'authenticationFailure')
    await_true(lambda: told['object'] in made.devices(), 10, 'it is a device')
    await_true(lambda: made.json('status')['notifications_kept'] == 0, 10, 'none is left')


def test_a_burst_is_kept_whole_and_a_storm_said_once(station):
    burst = 50000
    made = station(config(free_port(), port := free_port(), seeds=''))
    senders = []
    for n in range(100):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((f'127.1.0.{n + 1}', 0))
        senders.append(s)
    messages = [v2c_trap('lab-secret', n) for n in range(burst)]
    for n, message in enumerate(messages):
        senders[n % len(senders)].sendto(message, ('127.0.0.1', port))
    await_true(lambda: made.json('status')['notifications'] == burst, 60, 'the burst is read')
    assert made.json('status')['notifications_dropped'] == 0
    assert not events(made, type='notification.storm')

    # The same from one: each is counted, one event says why.
    for message in messages[:20000]:
        senders[0].sendto(message, ('127.0.0.1', port))
    await_true(lambda: made.json('status')['notifications'] == burst + 20000, 60, 'the storm is read')
    storm, = await_true(lambda: events(made, type='notification.storm'), 10, 'the storm is told')
    assert storm['object'] == '127.1.0.1' and storm['count'] == 1

    def kept():
        found, before = 0, None
        while True:
            page = made.ask('events', limit=10000, **({'before': before} if before else {}))['events']
            if not page:
                return found
            found += sum(e['count'] for e in page if e['source'] == 'notification' and 'storm' not in e['type'])
            before = page[-1]['id']
    await_true(lambda: kept() == burst + 20000, 60, 'none is lost')
    for s in senders:
        s.close()
