"""How agents want to be asked is learned, shown, and kept; what it costs them is told."""
import re
import time

import pytest
from conftest import await_true, farm_config, needs_root

pytestmark = [needs_root, pytest.mark.measures]

FARM = ('--network', 'campus', '--devices', 12)


def met(made, name, quirk):
    """Where a quirk was met: the entries of `portolan device NAME --quirks`."""
    return [q for q in made.json('device', name)['quirks'] if q['quirk'] == quirk]


def by_address(made):
    return {d['address']: name for name, d in made.devices().items()}


def agents(net):
    """Addresses of switches, which have tables worth the name."""
    return [d['addresses'].split(',')[0] for d in sorted(net.table('devices'), key=lambda d: d['name'])
            if int(d['ports'] if 'ports' in d else 24) > 8]


def test_quirks_are_learned_shown_and_kept_over_a_restart(station, farm):
    net = farm(*FARM)
    big, odd, sane = agents(net)[:3]
    net.tell(f'fault toobig=500 {big}')
    net.tell(f'fault backwards {odd}')
    made = station(farm_config(net, every='1s'))
    made.discover()
    made.await_polls(2, 60)
    names = by_address(made)

    assert met(made, names[odd], 'not_increasing')
    first = met(made, names[big], 'too_big')
    assert first and all(q['first'] <= q['last'] and 'less at once' in q['follows'] for q in first), first
    text = made.cli('device', names[big], '--quirks')
    assert 'tooBig for answers others manage' in text and first[0]['table'] in text, text
    report = made.cli('probe', big, '--port', net.port, '--community', 'public')
    assert re.search(r'tooBig for answers others manage \(\w+\): asked for less', report), report
    poll = made.ask('devices', names[big])['poll']
    assert poll['last_packets'] >= 4 and poll['last_octets'] > 500, poll
    assert 0 < poll['interval_share_percent'] < 100, poll

    # requests and answers: its ports, and all of its metrics by one or two questions more
    await_true(lambda: 4 <= made.ask('devices', names[sane])['poll']['last_packets'] <= 22, 30, 'metrics got together')
    assert made.json('sensors', names[sane]), 'and they are still told'

    net.tell(f'fault delay=500 {odd}')  # its processor has other things to do
    await_true(lambda: made.ask('devices', names[odd])['poll']['busy'], 30, 'busy')
    await_true(lambda: made.ask('devices', names[odd])['poll']['spared'], 30, 'metrics that wait')
    assert made.ask('devices', names[odd])['poll']['window'] == 1
    net.tell(f'clear delay {odd}')

    exported = {(q['name'], q['quirk'], q['table']) for q in made.table('quirks')}
    assert (names[big], 'too_big', first[0]['table']) in exported

    before = {q['table']: q['first'] for q in met(made, names[big], 'too_big')}
    assert made.stop() == 0
    made.start()
    after = {q['table']: q['first'] for q in met(made, names[big], 'too_big')}
    assert before.items() <= after.items()
    made.await_polls(2, 60)
    assert all(q['in_force'] for q in met(made, names[odd], 'not_increasing'))


def test_a_silent_agent_whose_host_echoes_is_asked_one_question(station, farm):
    """And when it answers again it is read whole at once, though it lost GETBULK meanwhile."""
    net = farm(*FARM)
    address = agents(net)[0]
    made = station(farm_config(net, every='1s'))
    made.discover()
    name = by_address(made)[address]
    poll = lambda: made.ask('devices', name)['poll']
    await_true(lambda: poll()['last_packets'] > 4, 20, 'it is read whole')
    net.tell(f'kill {address}')
    await_true(lambda: poll()['last_packets'] == 1, 60, 'one question')
    assert made.devices()[name]['state'] == 'up', 'its host answers'
    net.tell(f'fault nobulk {address}')
    net.tell(f'revive {address}')
    await_true(lambda: poll()['last_packets'] > 4 and met(made, name, 'no_bulk'), 30, 'it is read whole again')


def read_at(made):
    """When each table that has rows was asked for last, of each device."""
    return {(name, t['table']): t['asked'] for name in made.devices()
            for t in made.ask('devices', name)['tables'] if t['rows'] > 0}


def round_ended(made):
    progress = made.ask('discovery')
    return progress['round'] >= 1 and not progress['running']


def neighbors(made):
    return sorted((n['name'], n['protocol'], n['local_ifName'], n['remote_name'], n['remote_port'], n['remote_addr'])
                  for n in made.table('neighbors'))


def test_what_did_not_change_is_not_read_again(station, farm):
    """A round of the station's own accord, such as that at its start, asks for news alone."""
    net = farm(*FARM)
    made = station(farm_config(net, every='60s'))
    made.discover()
    asked, known = read_at(made), neighbors(made)
    assert known
    await_true(lambda: time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()) > max(asked.values()), 5, 'a later second')
    assert made.stop() == 0
    made.start()
    await_true(lambda: round_ended(made), 60, 'the round at the start')
    now = read_at(made)
    kept, told = {which for which in asked if now.get(which) == asked[which]}, ('lldpRemTable', 'entPhysicalTable')
    assert {which for which in asked if which[1] in told} <= kept, 'agents tell when these changed'
    assert not {which for which in kept if which[1] == 'dot1dTpFdbTable'}, 'nobody tells of these'
    assert neighbors(made) == known

    device, port = next((n['name'], n['local_ifName']) for n in net.table('neighbors') if n['protocol'] == 'lldp')
    address = next(d['addresses'].split(',')[0] for d in net.table('devices') if d['name'] == device)
    net.tell(f'cut {address} {port}')  # now something did change
    assert made.stop() == 0
    made.start()
    await_true(lambda: round_ended(made), 60, 'the round at the start')
    left = neighbors(made)
    assert (device, 'lldp', port) in [n[:3] for n in known] and (device, 'lldp', port) not in [n[:3] for n in left], left
    assert len(left) >= len(known) - 4


def test_an_engine_that_lost_its_state_is_followed_and_told(station, farm):
    """Boots or time that went backwards are accepted where the agent proves who it is, and an event says so."""
    net = farm('--network', 'campus', '--devices', 12, '--user', 'monitor:SHA-256:secret-of-auth:AES-128:secret-of-priv')
    config = farm_config(net, every='1s').replace(
        'name: farm, version: 2c, community: public',
        'name: farm, version: 3, user: monitor, auth: SHA-256, auth_secret: secret-of-auth, '
        'priv: AES-128, priv_secret: secret-of-priv')
    made = station(config)
    made.discover()
    address, name = sorted(by_address(made).items())[0]
    net.tell(f'fault clock=3 {address}')  # two hours ahead, and back
    await_true(lambda: made.ask('events', type='device.state_lost', object=name)['events'], 30, 'the event')
    assert {e['object'] for e in made.ask('events', type='device.state_lost')['events']} == {name}
    await_true(lambda: met(made, name, 'time_back'), 10, 'the quirk')
    made.await_polls(2, 20)
    assert made.devices()[name]['state'] == 'up'
