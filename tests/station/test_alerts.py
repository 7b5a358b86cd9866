"""Alerts as people see them: one for a cause with all it takes away, one for what flaps, none told of what is silenced."""
import collections
import re
import subprocess

import pytest
from conftest import await_true, farm_config, needs_root

pytestmark = [needs_root, pytest.mark.measures]

EVERY = '2s'


def start(station, farm, devices):
    """A station that sends no echoes: those the machine answers itself, whatever its agents do."""
    net = farm('--network', 'campus', '--devices', devices)
    made = station(farm_config(net, every=EVERY).replace(f'{{every: {EVERY}}}', f'{{every: {EVERY}, ping: {{count: 0}}}}'))
    made.discover()
    made.await_polls(1, 30)
    return net, made


def alerts(made, **query):
    return made.ask('alerts', **query)['alerts']


def behind(net, root):
    """By the truth: what no way leads to from root without each device."""
    links = collections.defaultdict(set)
    for link in net.table('links'):
        links[link['a_name']].add(link['b_name'])
        links[link['b_name']].add(link['a_name'])

    def reached(without):
        seen, todo = {root}, [root]
        while todo:
            new = links[todo.pop()] - seen - {without}
            seen |= new
            todo += new
        return seen
    whole = reached(None)
    return {name: whole - reached(name) - {name} for name in whole - {root}}


def flap(made, net, link, address):
    """The cable goes and comes twice; the alert that it is."""
    where = address[link['a_name']]

    def ends():
        return [a for a in alerts(made, type='port.down', state='active') if 'ceased' not in a]
    for flaps in (0, 1):
        net.tell(f'cut {where} {link["a_port"]}')
        both = await_true(lambda: [a['flaps'] for a in ends()] == [flaps, flaps] and ends(), 20, f'both ends, {flaps} flaps')
        assert len(alerts(made, type='port.down')) == 1
        net.tell(f'heal {where} {link["a_port"]}')
        await_true(lambda: not ends(), 20, 'it is calm')
    return next(a for a in both if 'cause' not in a)


def test_a_cause_is_one_alert_whoever_is_found_silent_first(station, farm):
    net, made = start(station, farm, 30)
    address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    root = next(n for n, a in address.items() if a == net.base)
    cut = behind(net, root)
    router = max(cut, key=lambda n: len(cut[n]))
    assert len(cut[router]) > 0.8 * len(address)  # nearly all: yet the station is not cut off
    cable = next(n for n in net.table('links') if {n['a_name'], n['b_name']} & {root} and router not in (n['a_name'], n['b_name']))
    flapping = flap(made, net, cable, address)

    made.cli('silence', router, '1h', 'new', 'software', '--from', '+1h')
    for name in sorted(cut[router]) + [router]:
        net.tell(f'kill {address[name]}')
    cause = await_true(lambda: [a for a in alerts(made) if a['object'] == router and set(a['symptoms']) == cut[router]],
                       60, 'one alert with all its symptoms')[0]
    assert [a['object'] for a in alerts(made, type='device.unreachable')] == [router]
    down = alerts(made, type='device.unreachable', state='all')
    assert sorted(a['object'] for a in down) == sorted(cut[router] | {router})
    for a in down:
        assert a.get('cause') == (None if a['object'] == router else cause['id']), a
        assert a['object'] == router or a['changed'] == a['raised'], a  # explained before anybody was told
    assert not alerts(made, type='station.*', state='all')
    assert made.ask('alerts')['symptoms'] >= len(cut[router])

    made.cli('ack', cause['id'], 'on', 'my', 'way')
    assert made.ask('alerts', str(cause['id']))['acknowledged']['text'] == 'on my way'
    for name in cut[router] | {router}:
        net.tell(f'revive {address[name]}')
    await_true(lambda: not alerts(made, type='device.unreachable', state='active'), 60, 'all are reached')
    assert len(alerts(made, type='device.unreachable', state='all')) == len(down)  # each ended once, none began anew

    await_true(lambda: not alerts(made, type='port.down', state='active'), 40, 'the cable stays')
    told = alerts(made, type='port.down', state='cleared')
    assert [a['flaps'] for a in told] == [1, 1], told  # its two ends
    assert [a.get('cause') for a in told if a['id'] != flapping['id']] == [flapping['id']], told


def test_who_is_behind_a_port_that_is_down_is_asked_at_once(station, farm):
    """Polls are 10 minutes apart: what is known within seconds was asked for, and that a port was up was read at discovery."""
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='10m').replace('{every: 10m}', '{every: 10m, ping: {count: 0}}'))
    made.discover()
    address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    kinds = {d['name']: d['kind'] for d in made.ask('devices')['devices']}
    near, port, far = next((k['a_name'], k['a_port'], k['b_name']) for k in net.table('links')
                           if {kinds[k['a_name']], kinds[k['b_name']]} <= {'switch', 'l3switch', 'router'} and
                           address[k['b_name']] != net.base)
    net.tell(f'cut {address[near]} {port}')
    net.tell(f'kill {address[far]}')
    await_true(lambda: made.cli('poll', near) and [a for a in alerts(made, type='port.down', state='active')
                                                   if a['object'] == f'{near}:{port}'], 20, 'the port is told')
    verdict = await_true(lambda: alerts(made, type='device.unreachable', state='active'), 30,
                         'it is called down: who is beside it was asked too, and answers')
    assert [a['object'] for a in verdict] == [far], 'and nobody else'
    assert made.json('status')['verdicts_withheld'] == 0, 'that needed no poll of others by the schedule'


def test_what_is_silenced_is_seen_and_told_to_nobody(station, farm):
    net, made = start(station, farm, 12)
    quiet, loud = [d for d in net.table('devices') if d['addresses'].split(',')[0] != net.base][-2:]
    made.cli('silence', quiet['name'], '1h', 'moved', 'to', 'another', 'rack')
    for d in (quiet, loud):
        net.tell(f'kill {d["addresses"].split(",")[0]}')
    both = await_true(lambda: len(a := alerts(made, state='active', type='device.unreachable')) == 2 and a, 60, 'both are seen')
    silence = made.json('silences')['silences'][0]
    assert silence['holds'] and silence['text'] == 'moved to another rack' and silence['who']
    assert {a['object']: a.get('silence') for a in both} == {quiet['name']: silence['id'], loud['name']: None}
    assert [a['object'] for a in alerts(made, type='device.unreachable')] == [loud['name']]
    assert quiet['name'] in made.cli('alerts', '--all') and quiet['name'] not in made.cli('alerts')

    assert made.stop() == 0
    made.start()
    again = {a['object']: a for a in alerts(made, state='active', type='device.unreachable')}
    assert {n: (a['id'], a['raised']) for n, a in again.items()} == {a['object']: (a['id'], a['raised']) for a in both}
    made.cli('unsilence', silence['id'])
    site = re.split('[,;/]', quiet['location'])[0].strip()
    made.cli('silence', f'group:{site}', '1h')
    assert [a['object'] for a in alerts(made, type='device.unreachable')] == \
        [d['name'] for d in (loud,) if not d['location'].startswith(site)], 'who is at that site'
    made.cli('unsilence', made.json('silences')['silences'][0]['id'])
    assert {a['object'] for a in alerts(made, type='device.unreachable')} == {quiet['name'], loud['name']}
    made.cli('shelve', again[loud['name']]['id'], '1h')
    assert [a['object'] for a in alerts(made, type='device.unreachable')] == [quiet['name']]
    assert 'no alert 999' in made.refused('ack', '999')
    assert 'no silence 999' in made.refused('unsilence', '999')
    slip = subprocess.run(made.command('silence', 'no-such', '1m'), capture_output=True, text=True)
    assert slip.returncode == 0 and 'no device is called no-such' in slip.stderr
    assert '"soon" is no duration' in made.refused('silence', loud['name'], 'soon')
    for d in (quiet, loud):
        net.tell(f'revive {d["addresses"].split(",")[0]}')
    await_true(lambda: not alerts(made, state='active', type='device.unreachable'), 60, 'both are over')


def test_an_agent_that_answers_again_after_a_restart_is_silent_no_more(station, snmpd):
    options = 'rocommunity public 127.0.0.1\nsysName core-1'
    agent = snmpd(options)
    made = station('credentials: [{name: a, version: 2c, community: public}]\n'
                   f'discovery: {{seeds: [127.0.0.1], within: [127.0.0.0/8], port: {agent.port}}}\n'
                   f'polling: {{every: {EVERY}}}\nseries: {{keep: ["2s for 1h"]}}\n')
    made.discover()

    def silent():
        return [a for a in alerts(made) if a['type'] == 'agent.silent']
    agent.stop()
    await_true(silent, 60, 'an agent that is silent')
    made.stop()
    snmpd(options, port=agent.port)
    made.start()
    await_true(lambda: not silent(), 40, 'it answers again')
