"""The station as a subagent of Debian's snmpd: what its tools read of it, and what it is when snmpd dies or hangs."""
import grp
import os
import pwd
import re
import signal
import subprocess
import sys

import pytest

from conftest import (TREE, USER, Farm, Snmpd, Station, await_true, farm_config, free_port, needs_root)

pytestmark = [needs_root, pytest.mark.xdist_group('agentx')]  # one scene for all

STANDARD = TREE / 'tests' / 'mibs'
MODULES = 'PORTOLAN-MIB:ITU-ALARM-MIB:DISMAN-PING-MIB:NOTIFICATION-LOG-MIB:IF-MIB:SNMPv2-MIB'
ROOTS = ['PORTOLAN-MIB::portolanObjects', 'ALARM-MIB::alarmObjects', 'ITU-ALARM-MIB::ituAlarmObjects',
         'DISMAN-PING-MIB::pingObjects', 'NOTIFICATION-LOG-MIB::notificationLogMIBObjects']
OURS = 'PORTOLAN-MIB,ALARM-MIB,ITU-ALARM-MIB,DISMAN-PING-MIB,NOTIFICATION-LOG-MIB'
OUR_ROOTS = ('1.3.6.1.4.1.32473.1', *(f'1.3.6.1.2.1.{n}' for n in (118, 121, 80, 92)))
V3 = ['-v3', '-u', 'manager', '-l', 'authPriv', '-a', 'SHA-256', '-A', 'authentic-pass', '-x', 'AES', '-X', 'private-pass']
DEVICE = 'ham-core-1'
SILENT = '127.16.0.8'


def master_config(socket):
    """What we ship for snmpd, its examples in force, with our own names; and a community that may do everything."""
    shipped = (TREE / 'etc' / 'snmp' / 'snmpd.conf').read_text()
    reads = re.search(r'(?m)^access +managers "" .*\n', shipped)[0]  # the example that may write takes its place
    text = re.sub(r'(?m)^#(view|access|com2sec|group) ', r'\1 ', shipped.replace(reads, ''))
    group = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
    for what, own in (('/var/agentx/master', str(socket)), ('root portolan', f'root {group}'), ('192.0.2.9', '127.0.0.1'),
                         ('COMMUNITY-core-1', f'of-{DEVICE}'), ('dev-core-1', f'dev-{DEVICE}')):
        assert what in text, what
        text = text.replace(what, own)
    return f'{text}\nrwcommunity public 127.0.0.1\ncreateUser manager SHA-256 authentic-pass AES private-pass\n'


class Scene:
    """A farm, snmpd, and a station that is its subagent; ended together."""

    def __init__(self, programs, place):
        self.place, self.socket, self.traps = place, place / 'master', free_port()
        self.farm = Farm(programs, place, '--network', 'campus', '--devices', '30')
        self.master = None
        self.start_master()
        self.station = Station(programs, place, self.config(True))
        self.station.discover()
        self.await_here()

    def config(self, writable):
        return farm_config(self.farm, every='2s',
                           extra=f'agentx: {{master: {self.socket}, writable: {str(writable).lower()}}}\n'
                           f'notifications: {{listen: ["udp:127.0.0.1:{self.traps}"]}}\n')

    def start_master(self):
        port = self.master.port if self.master else None
        (self.place / 'master').unlink(missing_ok=True)
        self.master = Snmpd(self.place, master_config(self.socket), port=port)

    def stop(self):
        for part in (self.station, self.master, self.farm):
            if part is not None and part.alive():
                part.process.send_signal(signal.SIGCONT)
                part.stop()

    def status(self):
        return self.station.json('status')

    def await_here(self, limit_s=20):
        await_true(lambda: re.match(r'connected: ([2-9]\d|1\d\d) contexts', self.status()['agentx']), limit_s,
                   'every context is registered')

    def run(self, tool, *words, access=('-v2c', '-c', 'public'), fails=False):
        done = self.ask(tool, *words, access=access)
        assert (done.returncode != 0) == fails, f'{done.args}: {done.stdout}{done.stderr}'
        return done.stdout + done.stderr if fails else done.stdout

    def ask(self, tool, *words, access=('-v2c', '-c', 'public')):
        mibs = ['-M', f'{STANDARD}:{TREE / "mibs"}', '-m', MODULES]
        options = [w for w in words if w.startswith('-')]
        asked = [] if tool == 'snmptranslate' else [*access, '-r', '1', '-t', '3']
        command = [tool, *asked, *mibs, *options, *([f'127.0.0.1:{self.master.port}'] if asked else []),
                   *[w for w in words if not w.startswith('-')]]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def is_served(self):
        """While the subagent comes, the master may also say genError."""
        done = self.ask('snmpget', '-Oqv', 'PORTOLAN-MIB::portolanStationName.0')
        return done.returncode == 0 and 'test' in done.stdout

    def walk(self, root, *options, tool='snmpbulkwalk', **more):
        """OID, as numbers -> value as text, in the order of the answers."""
        pairs = []
        for line in self.run(tool, '-On', *options, root, **more).splitlines():
            name, sign, value = line.partition(' = ')
            if value.startswith(('No more variables', 'No Such')):
                continue  # the end, and an empty table
            if sign and re.fullmatch(r'(\.\d+)+', name):
                pairs.append((tuple(int(n) for n in name[1:].split('.')), value))
            else:
                pairs[-1] = (pairs[-1][0], pairs[-1][1] + '\n' + line)
        assert len(pairs) == len(dict(pairs))
        return dict(pairs)

    def column(self, name, **more):
        """Index, as numbers -> value as text."""
        entry = self.run('snmptranslate', '-On', name)
        return {n[len(entry.strip('.\n').split('.')):]: v.partition(': ')[2].strip('"') or v.strip('"')
                for n, v in self.walk(name, **more).items()}

    def value(self, name, **more):
        return self.run('snmpget', '-Oqv', name, **more).strip()


@pytest.fixture(scope='module')
def scene(programs, shared_place):
    made = Scene(programs, shared_place)
    yield made
    made.stop()


@pytest.fixture(scope='module')
def alarm(scene):
    """The number of the alarm of an agent that fell silent."""
    scene.farm.tell(f'kill {SILENT}')
    alert = await_true(lambda: [a for a in scene.station.json('alerts')['alerts'] if a['type'] == 'agent.silent'], 30,
                       'an agent is silent')[0]
    await_true(lambda: [n for n in scene.column('ALARM-MIB::alarmActiveDescription') if n[-1] == alert['id']], 10,
               'the alarm is served')
    await_true(lambda: len({n[0] for n in scene.column('PORTOLAN-MIB::portolanRiskHistLast')}) >= 3, 20,
               'risk of the device, its site and the whole')
    return alert['id']


def dotted(oid):
    return ''.join(f'.{n}' for n in oid)


@pytest.mark.parametrize('root', ROOTS)
def test_walks_are_complete_and_typed(scene, alarm, root):
    # Rows come with the alarm: of risk, of what is sent.
    whole = await_true(lambda: (seen := scene.walk(root)) and list(scene.walk(root)) == list(seen) and seen, 30, 'no row comes')
    assert len(whole) > 20
    assert not [n for n, v in whole.items() if 'Wrong Type' in v]
    assert list(whole) == sorted(whole)
    assert list(scene.walk(root, tool='snmpwalk')) == list(whole)
    assert list(scene.walk(root, '-Cr1')) == list(whole)
    assert list(scene.walk(root, '-Cr50')) == list(whole)
    some = list(whole)[::max(1, len(whole) // 40)]
    answers = scene.run('snmpget', '-On', *[dotted(n) for n in some]).splitlines()
    assert not [a for a in answers if 'No Such' in a]
    # Clocks and counters of polls go on meanwhile.
    differ = [a for a, n in zip(answers, some) if a != f'{dotted(n)} = {whole[n]}' and
              whole[n].startswith('STRING') and not whole[n].endswith(',+0:0')]
    assert not differ


@pytest.mark.parametrize('community, modules, roots', [('public', OURS, OUR_ROOTS),
                                                       (f'of-{DEVICE}', 'IF-MIB,SNMPv2-MIB', ('1.3.6.1.2.1.1', '1.3.6.1.2.1.2'))])
def test_a_third_party_finds_each_value_as_its_module_says(scene, alarm, community, modules, roots):
    """Types on the wire, ranges, sizes, names of numbers, bits, indexes, and columns that rows lack."""
    scene.await_here()
    (compiled := scene.place / 'compiled').mkdir(exist_ok=True)
    done = subprocess.run([sys.executable, TREE / 'tests' / 'station' / 'typed.py', str(scene.master.port), community,
                           f'{STANDARD}:{TREE / "mibs"}', compiled, modules, *roots], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    *breaches, seen = done.stdout.splitlines()
    assert int(seen.removeprefix('values: ')) > 200
    # RFC 3014: an empty engine id is that of who has none; a variable has a value of its own type alone. tests/mibs/IF-MIB
    # has not all columns.
    mended = r'nlmLog(Context)?EngineID\.\S+: : |nlmLogVariable\w+Val: \d+ of|ifEntry\.\S+: is no object'
    assert not [b for b in breaches if not re.match(mended, b)]


def test_objects_are_what_the_inventory_has(scene, alarm):
    names = scene.column('PORTOLAN-MIB::portolanObjName')
    assert set(scene.station.devices()) <= set(names.values())
    rows = scene.run('snmptable', '-Ci', '-Cb', '-CB', 'PORTOLAN-MIB::portolanObjectTable').strip().splitlines()
    assert len(rows) == len(names) + 3  # title, blank, header
    assert f'dev-{DEVICE}' in scene.column('PORTOLAN-MIB::portolanObjContext').values()
    assert len(scene.column('PORTOLAN-MIB::portolanLinkState')) == len(scene.station.json('links')['links'])


def test_an_alarm_is_told_by_every_module(scene, alarm):
    texts = scene.column('ALARM-MIB::alarmActiveDescription')
    row = dotted(next(n for n in texts if n[-1] == alarm))
    assert row.startswith('.0.11.7.') and row.endswith(f'.43.0.0.{alarm}')  # the list "", a moment of UTC
    assert 'SNMP agent does not answer' in scene.value(f'ALARM-MIB::alarmActiveDescription{row}')
    assert scene.value(f'PORTOLAN-MIB::portolanAlarmType{row}') == 'agent.silent'
    assert scene.value(f'PORTOLAN-MIB::portolanAlarmSeverity{row}') == 'minor'
    assert scene.value(f'ALARM-MIB::alarmActiveEngineAddress{row}').strip('" ') == '7F 10 00 08'
    model = scene.run('snmpget', '-Oqvn', f'ALARM-MIB::alarmActiveModelPointer{row}').strip()
    assert 'alarmNotifications' in scene.value(model)
    resource = scene.run('snmpget', '-Oqvn', f'ALARM-MIB::alarmActiveResourceId{row}').strip()
    assert scene.value(resource) == scene.station.ask('devices', SILENT)['name']
    assert scene.value('ITU-ALARM-MIB::ituAlarmActiveStatsMinorCurrent.0') == scene.value(
        'PORTOLAN-MIB::portolanAlarmsMinor.0') != '0'


def test_notifications_received_and_sent_are_logged(scene, alarm):
    """In the place of the master's own log, which Net-SNMP keeps of nothing."""
    assert scene.value('NOTIFICATION-LOG-MIB::nlmConfigGlobalEntryLimit.0') == '5000'
    before = int(scene.value('NOTIFICATION-LOG-MIB::nlmStatsGlobalNotificationsLogged.0'))
    for tail in (['s', 'first'], ['o', '1.3.6.1.9'], ['C', str(1 << 40)], ['a', '192.0.2.9'], ['u', '7']):
        done = subprocess.run(['snmptrap', '-v2c', '-c', 'public', f'127.0.0.1:{scene.traps}', '42', '1.3.6.1.6.3.1.1.5.3',
                               '1.3.6.1.2.1.2.2.1.1.7', 'i', '7', '1.3.6.1.4.1.9999.1', *tail],
                              capture_output=True, text=True, timeout=20, env={**os.environ, 'MIBS': ''})
        assert done.returncode == 0, done.stderr
    await_true(lambda: int(scene.value('NOTIFICATION-LOG-MIB::nlmStatsGlobalNotificationsLogged.0')) >= before + 5, 20,
               'they are logged')
    kinds = scene.column('NOTIFICATION-LOG-MIB::nlmLogNotificationID')
    assert list(kinds) == sorted(kinds) and all(n[0] == 0 for n in kinds)  # the log ""
    received = [n for n, v in kinds.items() if v.endswith('linkDown') or v == '.1.3.6.1.6.3.1.1.5.3'][-5:]
    assert len(received) == 5
    address = scene.column('NOTIFICATION-LOG-MIB::nlmLogEngineTAddress')[received[0]]
    assert address.replace('\n', '').split()[:4] == ['7F', '00', '00', '01'], address
    assert int(re.search(r'\d+', scene.run('snmpget', '-Oqvt', f'NOTIFICATION-LOG-MIB::nlmLogTime{dotted(received[0])}'))[0]) > 0
    types = [scene.value(f'NOTIFICATION-LOG-MIB::nlmLogVariableValueType{dotted(n)}.2') for n in received]
    assert types == ['octetString', 'objectId', 'counter64', 'ipAddress', 'unsigned32']
    told = [scene.value(f'NOTIFICATION-LOG-MIB::nlmLogVariable{column}{dotted(n)}.2') for column, n in zip(
        ('OctetStringVal', 'OidVal', 'Counter64Val', 'IpAddressVal', 'Unsigned32Val'), received)]
    assert told[0] == '"first"' and told[2:] == [str(1 << 40), '192.0.2.9', '7'], told
    assert 'No Such' in scene.value(f'NOTIFICATION-LOG-MIB::nlmLogVariableCounter32Val{dotted(received[0])}.2')
    # What the master's receivers were sent of the alarm is there too, with its number first.
    sent = [n for n, v in kinds.items() if 'alarmActiveState' in v or v.endswith('.118.0.2')]
    assert sent, kinds
    row = next(n for n in scene.column('ALARM-MIB::alarmActiveDescription') if n[-1] == alarm)
    pointer = scene.run('snmpget', '-Oqvn', f'ALARM-MIB::alarmActiveLogPointer{dotted(row)}').strip()
    assert pointer.startswith('.1.3.6.1.2.1.92.1.3.1.1.9.0.') and 'alarmNotifications.2' in scene.value(pointer), pointer
    names = scene.column('NOTIFICATION-LOG-MIB::nlmLogVariableID')
    assert names[(*sent[-1], 3)] == '.1.3.6.1.4.1.32473.1.1.1.5.0', names


def test_risk_is_told_by_hours(scene, alarm):
    name = scene.station.ask('devices', SILENT)['name']
    index = next(n for n, v in scene.column('PORTOLAN-MIB::portolanObjName').items() if v == name)
    await_true(lambda: [n for n in scene.column('PORTOLAN-MIB::portolanRiskHistHighest') if n[:1] == index], 20, 'its hours')
    hours = {n: v for n, v in scene.column('PORTOLAN-MIB::portolanRiskHistHighest').items() if n[:1] == index}
    assert len(hours) == 24 and [n[1] for n in hours] == list(range(min(hours)[1], max(hours)[1] + 1))
    risk = int(scene.value(f'PORTOLAN-MIB::portolanObjRisk{dotted(index)}'))
    assert risk > 0 and int(hours[max(hours)]) >= risk
    assert scene.value(f'PORTOLAN-MIB::portolanRiskHistLast{dotted(max(hours))}') == str(risk)
    assert scene.value(f'PORTOLAN-MIB::portolanRiskHistHighest{dotted(min(hours))}') == '0'


def test_the_moment_in_an_index_finds_what_was_raised_since(scene, alarm):
    """The resync contract of docs/agent.md."""
    texts = scene.column('ALARM-MIB::alarmActiveDescription')
    row = next(n for n in texts if n[-1] == alarm)
    entry = (1, 3, 6, 1, 2, 1, 118, 1, 2, 2, 1, 11)
    hour = row[:7]
    assert entry + row in scene.walk(dotted(entry + hour))
    behind = scene.run('snmpgetnext', '-On', dotted(entry + row))
    later = [n for n in texts if n > row]
    assert behind.startswith(dotted(entry + later[0]) if later else dotted((*entry[:-1], 12)))


def test_a_device_answers_in_its_context(scene):
    """By v2c through a community, by v3 with the context; with the device's own indexes."""
    told = scene.station.ask('devices', DEVICE, 'interfaces')['interfaces']
    for more in ({'access': ('-v2c', '-c', f'of-{DEVICE}')}, {'access': (*V3, '-n', f'dev-{DEVICE}')}):
        assert scene.value('SNMPv2-MIB::sysName.0', **more) == DEVICE
        names = scene.column('IF-MIB::ifName', **more)
        assert names == {(i['ifIndex'],): i['name'] for i in told}
        everything = list(scene.walk('.1', **more))
        assert everything == sorted(everything)
        for module in ((1, 0, 8802, 1, 1, 2), (1, 3, 6, 1, 2, 1, 47), (1, 3, 6, 1, 2, 1, 79)):
            assert [o for o in everything if o[:len(module)] == module], module
    assert 'No Such' in scene.run('snmpget', 'PORTOLAN-MIB::portolanStationName.0',
                                  access=(*V3, '-n', f'dev-{DEVICE}'))


def test_counters_are_those_of_the_last_sample(scene):
    """By them and sysUpTime of the context a manager tells the same rate as the station."""
    access = (*V3, '-n', f'dev-{DEVICE}')

    def sample(index):
        uptime, octets, low = (int(v.strip().split()[0].strip('()')) for v in scene.run(
            'snmpget', '-Oqvt', 'SNMPv2-MIB::sysUpTime.0', f'IF-MIB::ifHCInOctets.{index}', f'IF-MIB::ifInOctets.{index}',
            access=access).splitlines())
        assert low == octets % (1 << 32)
        return uptime, octets
    moving = await_true(lambda: [i['ifIndex'] for i in scene.station.ask('devices', DEVICE, 'interfaces')['interfaces']
                                 if (i.get('in_octets') or i.get('rates', {}).get('in_octets') or 0) > 0], 20, 'traffic')[0]
    before = sample(moving)
    after = await_true(lambda: (now := sample(moving)) and now[0] > before[0] + 300 and now, 20, 'later samples')
    assert after[1] > before[1]
    # ifHCOutUcastPkts, ifInMulticastPkts, ifInErrors, ifOutDiscards
    for column, kind in (('31.1.1.1.11', 'Counter64'), ('31.1.1.1.2', 'Counter32'), ('2.2.1.14', 'Counter32'),
                         ('2.2.1.19', 'Counter32')):
        told = scene.walk(f'.1.3.6.1.2.1.{column}', access=access)
        assert told and all(v.startswith(f'{kind}: ') for v in told.values()), (column, told)


def test_when_neighbors_changed_last_is_told(scene):
    """ptopoLastChangeTime, by sysUpTime of the context: not 0, as the station met the device meanwhile."""
    access = (*V3, '-n', f'dev-{DEVICE}')
    changed = int(scene.value('.1.3.6.1.2.1.79.1.2.1.0', access=access).split('(')[-1].split(')')[0].replace(':', '').split('.')[0])
    assert changed > 0


def test_an_alarm_is_acknowledged_and_shelved_where_that_is_allowed(scene, alarm):
    acknowledge, shelve = (f'PORTOLAN-MIB::portolanAdmin{n}.{alarm}' for n in ('Acknowledge', 'Shelve'))

    def alert():
        return next(a for a in scene.station.json('alerts', '--all')['alerts'] if a['id'] == alarm)

    scene.await_here()
    scene.run('snmpset', acknowledge, 'i', '1')
    await_true(lambda: alert().get('acknowledged', {}).get('who') == 'snmp', 5, 'it is acknowledged')
    scene.run('snmpset', shelve, 'u', '3600', access=V3)  # as the examples of etc/snmp/snmpd.conf let the manager
    assert 'noAccess' in scene.run('snmpset', 'SNMPv2-MIB::sysLocation.0', 's', 'x', access=V3, fails=True)
    await_true(lambda: 'shelved_until' in alert(), 5, 'it is shelved')
    await_true(lambda: 3500 < int(scene.value(shelve).split()[0]) <= 3600, 5, 'it reads as shelved')
    await_true(lambda: scene.value(acknowledge) == 'true', 5, 'it reads as acknowledged')
    scene.run('snmpset', acknowledge, 'i', '2', shelve, 'u', '0')
    await_true(lambda: 'acknowledged' not in alert() and 'shelved_until' not in alert(), 5, 'all is taken back')
    scene.run('snmpset', f'PORTOLAN-MIB::portolanAdminSilence.{alarm}', 'u', '60')
    await_true(lambda: alert().get('silence'), 5, 'its object is silenced')
    assert scene.station.json('silences')['silences'][0]['who'] == 'snmp'
    for name, kind, value, why in ((acknowledge, 'i', '3', 'wrongValue'), (shelve, 'i', '5', 'wrongType'),
                                   (f'PORTOLAN-MIB::portolanAdminSilence.{alarm}', 'u', '0', 'wrongValue'),
                                   (f'PORTOLAN-MIB::portolanAdminShelve.{alarm + 1000}', 'u', '5', 'noCreation'),
                                   ('PORTOLAN-MIB::portolanStationName.0', 's', 'x', 'notWritable')):
        # The master says genError where the session with its subagent went meanwhile, as when it is slow to be served.
        refused = await_true(lambda: 'genError' not in (text := scene.run('snmpset', '-Ir', name, kind, value, fails=True)) and text,
                             10, 'it is refused for a reason')
        assert why in refused
    scene.station.write_config(scene.config(False))
    scene.station.process.send_signal(signal.SIGHUP)
    await_true(lambda: 'notWritable' in scene.ask('snmpset', acknowledge, 'i', '1').stderr, 20, 'nothing is writable any more')


def test_the_context_of_a_device_that_went_is_gone(scene):
    scene.await_here()
    contexts = int(re.search(r'(\d+) contexts', scene.status()['agentx'])[1])
    name = next(n for n in scene.station.devices() if '-acc-' in n)
    access = (*V3, '-n', f'dev-{name}')
    assert scene.value('SNMPv2-MIB::sysName.0', access=access) == name
    scene.station.cli('remove', name)
    await_true(lambda: name not in scene.ask('snmpget', 'SNMPv2-MIB::sysName.0', access=access).stdout, 20, 'nobody answers there')
    await_true(lambda: int(re.search(r'(\d+) contexts', scene.status()['agentx'])[1]) == contexts - 1, 10, 'it is not registered')
    assert scene.value('SNMPv2-MIB::sysName.0', access=(*V3, '-n', f'dev-{DEVICE}')) == DEVICE


def polls(scene):
    return scene.status()['polls']


def test_polling_does_not_notice_that_the_master_dies(scene):
    scene.await_here()
    os.kill(scene.master.process.pid, signal.SIGKILL)
    scene.master.process.wait()
    before = polls(scene)
    await_true(lambda: scene.status()['agentx'].startswith('no master agent'), 5, 'the master is missed')
    await_true(lambda: polls(scene) > before + 20, 10, 'polls go on')
    scene.start_master()
    await_true(scene.is_served, 5, 'it is served')
    scene.await_here(5)
    assert scene.walk('PORTOLAN-MIB::portolanObjName')
    events = [e['type'] for e in scene.station.json('events')['events']]
    assert 'agentx.lost' in events and 'agentx.connected' in events


def test_polling_does_not_notice_that_the_master_hangs(scene):
    scene.await_here()
    os.kill(scene.master.process.pid, signal.SIGSTOP)
    try:
        before = polls(scene)
        await_true(lambda: scene.status()['agentx'].startswith('no master agent'), 10, 'the master is missed')
        assert polls(scene) > before + 20
        assert scene.status()['loop_held_max_ms'] < 1000
    finally:
        os.kill(scene.master.process.pid, signal.SIGCONT)
    await_true(scene.is_served, 5, 'it is served')
    scene.await_here(5)


def test_a_hung_master_does_not_hold_the_end(scene):
    scene.await_here()
    os.kill(scene.master.process.pid, signal.SIGSTOP)
    try:
        assert scene.station.stop(5) == 0
    finally:
        os.kill(scene.master.process.pid, signal.SIGCONT)
