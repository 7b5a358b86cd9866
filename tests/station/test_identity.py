"""One device however many addresses and names it has; two, whatever they share."""
import pwd
import os

import pytest
from conftest import SHARED, await_true, farm_config, needs_root

pytestmark = needs_root

AGENTS = [f'127.16.0.{n}' for n in range(1, 9)]
CLONES, PAIR = AGENTS[2:6:2], AGENTS[3:7:2]  # of one model each
RECORDING = SHARED / 'recordings' / 'librenms' / 'ios_2960x.snmprec.xz'


def why(made, name):
    return made.json('device', name, '--why')['identity']


def decided(made, name, address):
    return next(d for d in why(made, name)['decisions'] if d['address'] == address)


def owner(made, address):
    """The device that has an address; None."""
    return made.ask('devices', address)


def events(made, kind):
    return [e for e in made.ask('events', limit=1000)['events'] if e['type'] == kind]


def look(made, *addresses):
    made.cli('discover', '--wait', *addresses)


@pytest.fixture
def switches(station, farm):
    def make(*commands):
        net = farm('--network', 'switches', '--devices', len(AGENTS))
        for command in commands:
            net.tell(command)
        return station(farm_config(net)), net
    return make


def test_devices_are_told_apart_and_joined(switches):
    made, net = switches(
        # one device with three addresses, and one of old that tells no engine id
        'alias 127.16.1.1 127.16.0.1', 'alias 127.16.1.2 127.16.0.1',
        'fault noengine 127.16.0.2', 'fault noserial 127.16.0.2', 'alias 127.16.1.3 127.16.0.2',
        # clones; and a pair that shares all that can be copied, started at once
        *(f'fault {kind} {agent}' for agent in CLONES for kind in ('cloned', 'engineid')),
        *(f'fault {kind} {agent}' for agent in PAIR for kind in ('cloned', 'noengine', 'serial')),
        *(f'reboot {agent}' for agent in CLONES + PAIR),
        # answers come from an address where nobody else is
        'fault source 127.16.0.8',
        # an address of two, now the first one's
        'alias 127.16.1.9 127.16.0.7')
    addresses = [*AGENTS, '127.16.1.1', '127.16.1.2', '127.16.1.3', '127.16.1.9']
    look(made, *addresses)
    for _ in range(2):
        assert len(made.devices()) == len(AGENTS), made.devices()
        assert len({owner(made, agent)['id'] for agent in AGENTS}) == len(AGENTS)
        for second, first in (('1.1', '0.1'), ('1.2', '0.1'), ('1.3', '0.2'), ('1.9', '0.7')):
            assert owner(made, f'127.16.{second}')['id'] == owner(made, f'127.16.{first}')['id']
        look(made, *reversed(addresses))

    # By which evidence, and who came second.
    first = owner(made, '127.16.0.1')['name']
    by_keys = [d for d in why(made, first)['decisions'] if d['by'] == 'keys']
    assert by_keys and {'snmpEngineID', 'boot time'} <= set(by_keys[0]['agree']), by_keys
    old = [d for d in why(made, owner(made, '127.16.0.2')['name'])['decisions'] if d['by'] == 'twin test']
    assert old and 'MAC addresses' in old[0]['agree'] and 'twin test' in old[0]['agree'], old
    for two, sign, reason in ((CLONES, 'snmpEngineID', 'cloned id'), (PAIR, 'serial number', 'MAC')):
        names = [owner(made, agent)['name'] for agent in two]
        told = [why(made, name) for name in names]
        seconds = [d['runner_up'] for t in told for d in t['decisions'] if 'runner_up' in d]
        assert any(s['device'] in names and reason in s['why'] for s in seconds), told
        assert [(s['sign'], s['with']) for t in told for s in t['shared']] == [(sign, name) for name in names[::-1]], told
    text = made.cli('--table', 'device', first, '--why')
    assert 'Known as one device by' in text and 'snmpEngineID' in text, text

    # The shared address moves to the other one: nobody is born, nobody dies.
    net.tell('alias 127.16.1.9 127.16.0.8')
    look(made, '127.16.1.9')
    assert owner(made, '127.16.1.9')['id'] == owner(made, '127.16.0.8')['id']
    assert '127.16.1.9' not in owner(made, '127.16.0.7')['addresses']
    assert len(made.devices()) == len(AGENTS)
    assert not events(made, 'device.replaced')


def test_replaced_hardware_goes_on(switches):
    made, net = switches()
    look(made, AGENTS[0])
    before = owner(made, AGENTS[0])
    ports = {i['name']: i.get('file') for i in made.ask('devices', before['name'], 'interfaces')['interfaces']}
    net.tell(f'fault replaced {AGENTS[0]}')
    net.tell(f'renumber {AGENTS[0]}')
    net.tell(f'reboot {AGENTS[0]}')
    look(made, AGENTS[0])
    await_true(lambda: events(made, 'device.replaced'), 20, 'the event')
    after = owner(made, AGENTS[0])
    assert after['id'] == before['id'] and len(made.devices()) == 1
    assert after['serial'] != before['serial']
    said = events(made, 'device.replaced')[0]
    assert said['object'] == before['name'] and before['serial'] in said['text'] and after['serial'] in said['text']
    assert {i['name']: i.get('file') for i in made.ask('devices', after['name'], 'interfaces')['interfaces']} == ports
    assert decided(made, after['name'], AGENTS[0])['by'] == 'replaced'


def test_what_people_say_outweighs_evidence(switches):
    made, _ = switches('alias 127.16.1.1 127.16.0.1')
    look(made, *AGENTS[:3], '127.16.1.1')
    a, b, c = (owner(made, agent)['name'] for agent in AGENTS[:3])
    ids = {name: made.ask('devices', name)['id'] for name in (a, b, c)}
    made.cli('merge', b, c)
    made.cli('split', '127.16.1.1')
    own = owner(made, '127.16.1.1')['id']
    assert own not in ids.values()
    me = pwd.getpwuid(os.geteuid()).pw_name
    for _ in range(2):
        assert owner(made, AGENTS[2])['id'] == ids[b] and owner(made, '127.16.1.1')['id'] == own
        assert len(made.devices()) == 3
        pins = {p['kind']: p for p in made.ask('pins')['pins']}
        assert pins['merge']['who'] == pins['split']['who'] == me and pins['merge']['at']
        assert pins['merge']['unpolled_ports'] >= 24, 'one device is asked at one address'
        assert decided(made, b, AGENTS[2])['why'] == f'merged with {c} by {me}'
        made.stop()
        made.start()
        look(made, *AGENTS[:3], '127.16.1.1')
    assert not made.try_cli('merge', a, owner(made, '127.16.1.1')['name']), 'somebody split them'

    made.cli('merge', b, c, '--undo')
    made.cli('split', '127.16.1.1', '--undo')
    look(made, *AGENTS[:3], '127.16.1.1')
    assert {n: made.ask('devices', n)['id'] for n in (a, b, c)} == ids
    assert owner(made, '127.16.1.1')['id'] == ids[a]
    assert len(made.devices()) == 3 and made.ask('pins')['pins'] == []
    assert not made.try_cli('merge', b, c, '--undo') and not made.try_cli('split', AGENTS[1])
    assert len(events(made, 'device.pinned')) == len(events(made, 'device.unpinned')) == 2

    made.cli('apart', a, b)
    assert not made.try_cli('merge', b, a), 'somebody keeps them apart'
    assert [p['kind'] for p in made.ask('pins')['pins']] == ['apart']
    made.cli('apart', b, a, '--undo')
    assert made.ask('pins')['pins'] == []


def test_contexts_of_a_chassis_are_devices_of_their_own(switches):
    made, net = switches()
    look(made, *AGENTS)
    alike = {}
    for agent in AGENTS:
        alike.setdefault(owner(made, agent)['hardware'], []).append(agent)
    pair = next(agents[:2] for agents in alike.values() if len(agents) > 1)
    for agent in pair:
        net.tell(f'fault serial {agent}')
    look(made, *pair)
    serials = [await_true(lambda a=agent: owner(made, a)['serial'], 20, 'a serial number') for agent in pair]
    names = [owner(made, agent)['name'] for agent in pair]
    assert serials[0] == serials[1] and len(made.devices()) == len(AGENTS)
    told = [why(made, name) for name in names]
    assert [t['shared'][0]['with'] for t in told] == names[::-1]
    assert {t.get('context_of') for t in told} == {None, min(names)}, told


@pytest.mark.skipif(not RECORDING.exists(), reason='../shared/recordings is absent')
def test_a_stack_is_one_device_with_members(station, farm):
    net = farm('--replay', RECORDING)
    made = station(farm_config(net))
    made.discover()
    name, = made.devices()
    members = made.ask('devices', name)['members']
    assert [(m['member'], m['serial']) for m in members] == [(1, 'FCW1929B68S'), (2, 'FCW1931A06Z'), (3, 'FCW1929B6BP')]
    ports = {i['name']: i.get('member') for i in made.ask('devices', name, 'interfaces')['interfaces']}
    assert {ports[f'Gi{n}/0/1'] == n for n in (1, 2, 3)} == {True}, ports
    assert 'FCW1931A06Z' in made.cli('--table', 'device', name)
