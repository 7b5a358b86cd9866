"""Managers of others: a third party's receives traps and informs of v2c and v3, decodes them with PORTOLAN-MIB, sees by their
numbers that some were lost, and reads with Debian's tools what is true."""
import json
import re
import socket
import subprocess
import sys
import threading

import pytest
from conftest import TREE, Program, await_true, farm_config, free_port, needs_root
from test_receivers import receivers

pytestmark = needs_root

STANDARD = TREE / 'tests' / 'mibs'
ALARM_ACTIVE, ALARM_CLEAR = '.1.3.6.1.2.1.118.1.2.2.1', '.1.3.6.1.2.1.118.1.3.2.1'
SEVERITIES = {'indeterminate': 2, 'critical': 3, 'major': 4, 'minor': 5, 'warning': 6}
V3 = 'version: 3, user: noc, auth: SHA-256, auth_secret: auth-secret, priv: AES-128, priv_secret: priv-secret'


class Relay:
    """Passes datagrams on to a port, and answers back; loses those of a time."""

    def __init__(self, to):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.port, self.to, self.loses, self.lost = self.socket.getsockname()[1], to, False, 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        sender = None
        while True:
            message, who = self.socket.recvfrom(65536)
            if who[1] == self.to and sender:
                self.socket.sendto(message, sender)
            elif self.loses:
                self.lost += 1
            else:
                sender = who
                self.socket.sendto(message, ('127.0.0.1', self.to))


class Manager(Program):
    """manager.py, and what it makes of what it was told: alarms that last, by number, with their severity."""

    def __init__(self, place, port, agent, engine_id=None):
        self.agent, self.alarms, self.seq, self.read, self.resyncs = agent, {}, 0, 0, 0
        compiled = place / 'compiled'
        compiled.mkdir(exist_ok=True)
        super().__init__([sys.executable, TREE / 'tests' / 'station' / 'manager.py', port, f'{STANDARD}:{TREE / "mibs"}',
                          compiled, *([engine_id] if engine_id else [])], place / f'manager-{port}.log')
        await_true(lambda: 'ready' in self.text() or not self.alive(), 60, 'the manager listens')
        assert self.alive(), self.text()

    def told(self):
        return [json.loads(line) for line in self.text().splitlines() if line.startswith('{')]

    def walk(self, root):
        done = subprocess.run(['snmpbulkwalk', '-v2c', '-c', 'public', '-Cr50', '-On', '-m', '', f'127.0.0.1:{self.agent.port}', root],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return dict(re.findall(rf'^{re.escape(root)}\.?(\S*) = \w+: (.*)$', done.stdout, re.M))

    def take(self):
        """Reads what came meanwhile, as docs/agent.md says: a number that is missing is a gap."""
        news = self.told()
        for said in news[self.read:]:
            values = {n.partition('::')[2].partition('.')[0]: v for n, v in said['values'].items()}
            seq = int(values['portolanNotifySeq'])
            if seq == self.seq:
                continue  # sent again: its acknowledgement was lost
            row = values['portolanNotifyAlarm']
            number = int(re.search(r'(\d+)"?$', row).group(1))
            if values['portolanNotifySeverity'] == 'cleared':
                self.alarms.pop(number, None)
            else:
                self.alarms[number] = values['portolanNotifySeverity']
            if self.seq and seq != self.seq + 1:
                self.resync()
            self.seq = seq
        self.read = len(news)

    def resync(self):
        """What was raised: all rows of the table, with their severity. What the table does not hold is over."""
        names = {v: k for k, v in SEVERITIES.items()}
        rows = self.walk('.1.3.6.1.4.1.32473.1.1.3.1.2')  # portolanAlarmSeverity
        self.alarms = {int(i.rpartition('.')[2]): names[int(re.search(r'\d+', v).group())] for i, v in rows.items()}
        self.cleared = {int(i.rpartition('.')[2]) for i in self.walk(f'{ALARM_CLEAR}.10')}
        assert {int(i.rpartition('.')[2]) for i in self.walk(f'{ALARM_ACTIVE}.11')} == set(self.alarms)
        self.resyncs += 1


class Told(str):
    """What failed, as it is then."""

    def __new__(cls, tell):
        made = super().__new__(cls)
        made.tell = tell
        return made

    def __format__(self, _):
        return self.tell()


def state(made):
    return {a['id']: a['severity'] for a in made.ask('alerts', state='active')['alerts']}


@pytest.mark.long
@pytest.mark.measures
def test_a_third_party_decodes_notifications_sees_a_gap_and_reads_what_is_true(farm, station, snmpd, started, place):
    net = farm('--network', 'campus', '--devices', 20)
    agent = snmpd(f'master agentx\nagentXSocket {place}/master\nagentXPerms 0777 0777\nrocommunity public 127.0.0.1\n')
    kinds = {'trap': 'community: x', 'inform': 'community: x, inform: true', 'trap3': V3, 'inform3': f'{V3}, inform: true'}
    ports = {kind: free_port() for kind in kinds}
    relays = {kind: Relay(port) for kind, port in ports.items()}
    made = station(farm_config(net, every='2s', extra=f'agentx: {{master: {place}/master}}\nreceivers:\n' + ''.join(
        f'  - {{name: {kind}, to: "udp:127.0.0.1:{relays[kind].port}", types: [device.*, port.*, agent.*], {what}}}\n'
        for kind, what in kinds.items())).replace('{every: 2s}', '{every: 2s, ping: {count: 0}}'))
    engine_id = made.json('status')['engine_id']
    managers = {kind: Manager(place, ports[kind], agent, engine_id if kind == 'trap3' else None) for kind in kinds}
    for manager in managers.values():
        started(manager)
    made.discover()
    made.await_polls(2, 30)
    await_true(lambda: made.json('status')['agentx'].startswith('connected'), 20, 'it is a subagent')
    leaves = [d for d in net.table('devices') if '-acc-' in d['name']]
    address = {d['name']: d['addresses'].split(',')[0] for d in leaves}
    assert len(leaves) >= 4

    def reached():
        for m in managers.values():
            m.take()
        return all(m.seq == receivers(made)[kind]['seq'] for kind, m in managers.items())
    first, second, third, fourth = (d['name'] for d in leaves[:4])
    net.tell(f'kill {address[first]}')
    await_true(lambda: reached() and all(m.alarms for m in managers.values()), 60, 'all are told')
    for kind, m in managers.items():
        said = m.told()[-1]
        assert said['trap'] == 'PORTOLAN-MIB::portolanDeviceUnreachable', said
        names = {n.partition('.')[0]: v for n, v in said['values'].items()}
        assert names['PORTOLAN-MIB::portolanObjName'] == first and names['PORTOLAN-MIB::portolanNotifySeverity'] == 'major', said
        assert names['PORTOLAN-MIB::portolanNotifyText'] == 'answers neither echo nor SNMP', said
        assert m.resyncs == 0 and m.alarms == state(made), (kind, m.alarms)

    # What is on its way is lost: one alarm begins, another one ends.
    for relay in relays.values():
        relay.loses = True
    net.tell(f'kill {address[second]}')
    net.tell(f'revive {address[first]}')
    await_true(lambda: [a for a in made.ask('alerts')['alerts'] if a['object'] == second], 60, 'the second')
    await_true(lambda: not [a for a in made.ask('alerts')['alerts'] if a['object'] == first], 60, 'the first is over')
    await_true(lambda: all(r.lost >= 1 for r in relays.values()), 20, 'they are lost')
    for relay in relays.values():
        relay.loses = False
    net.tell(f'kill {address[third]}')
    await_true(lambda: [a for a in made.ask('alerts')['alerts'] if a['object'] == third], 60, 'the third')
    apart = {}

    def same():
        reached()
        apart.update({kind: (m.seq, receivers(made)[kind]['seq'], m.alarms) for kind, m in managers.items()})
        return all(m.alarms == state(made) for m in managers.values()) and reached()
    await_true(same, 150, Told(lambda: f'each has exactly what the station has: {state(made)} {apart}'))
    for kind, m in managers.items():
        assert m.resyncs == (1 if 'trap' in kind else 0), f'{kind}: traps are lost, informs are sent again'
        seqs = [int(next(v for n, v in s['values'].items() if 'portolanNotifySeq' in n)) for s in m.told()]
        if 'inform' in kind:
            assert sorted(set(seqs)) == list(range(1, m.seq + 1)), 'in order, none is missing'
        else:
            assert 1 not in m.cleared ^ {1}, 'the table of what ended tells of the first'


def test_who_is_away_for_an_hour_loses_nothing(station, place, started):
    """As many as ten alarms a minute are in an hour; over restarts, killed ones too."""
    port, many = free_port(), 600
    made = station(f'credentials: [{{name: x, version: 2c, community: x}}]\ndiscovery: {{seeds: [127.0.0.1]}}\n'
                   f'agentx: {{master: ""}}\nnotifications: {{listen: []}}\nreceivers:\n'
                   f'  - {{name: noc, to: "udp:127.0.0.1:{port}", community: x, inform: true}}\n')
    assert made.refused('notify', 'test', 'noc')
    for n in range(1, many):
        assert made.post('receivers', 'noc', 'test') >= 400, 'it waits behind the first'
        if n == many // 3:
            assert made.stop() == 0
            made.start()
        if n == many // 2:
            await_true(lambda: made.json('status')['store_queue'] == 0, 20, 'it is on disk')
            made.kill()
            made.start()
    assert receivers(made)['noc']['waiting'] == many
    late = Manager(place, port, None)
    started(late)
    await_true(lambda: receivers(made)['noc']['waiting'] == 0, 120, 'it gets all')
    seqs = [int(next(v for n, v in s['values'].items() if 'portolanNotifySeq' in n)) for s in late.told()]
    assert list(dict.fromkeys(seqs)) == list(range(1, many + 1))
    assert receivers(made)['noc']['dropped'] == 0 and receivers(made)['noc']['refused'] == 0
