"""Rules of alerts in the whole station: what applies, what is raised and cleared, what a reload and a restart keep."""
import signal
import subprocess

import pytest
from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

RULES = """
alerts:
  rules:
    - {name: carries, on: port, value: "in_octets + out_octets", above: {minor: %s}, unit: octets/s, objects: ^Gi}
    - {name: cpu, off: true}
"""


def test_rules_apply_raise_clear_survive_and_are_judged(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    made = station(farm_config(net, every='2s', extra=RULES % 1))
    made.discover()

    rules = {r['name']: r for r in made.ask('alerts', 'rules')['rules']}
    assert rules['carries']['above'] == {'minor': 1} and rules['carries']['objects'] == ['^Gi']
    assert rules['cpu']['off'] and not rules['utilisation']['off']
    assert 'above 1 minor' in made.cli('alerts', 'rules')

    def minor():
        return [f'{name}:{r["object"]}' for name in made.devices()
                for r in made.ask('alerts', 'rules', object=name)['rules']
                if r['rule'] == 'carries' and r['state'] == 'minor']
    await_true(minor, 20, 'a port that carries something')
    name = minor()[0]

    def told(rule='carries'):
        return {r['rule']: r for r in made.ask('alerts', 'rules', object=name)['rules']}[rule]
    assert told()['applies'] and told()['by'] == '^Gi' and told()['now'] > 1 and told()['level'] == 1
    assert told('utilisation')['state'] == 'normal'
    assert 'minor' in made.cli('alerts', 'rules', '--explain', name)
    since = told()['since']

    device = name.split(':')[0]
    await_true(lambda: made.ask('risk', device)['risk'] > 0, 5, 'the risk of what has an alert')
    risk = made.ask('risk', device)
    left = 1
    for alert in risk['alerts']:
        v = alert['variables']
        counts = 0 if v['silenced'] else 0.2 if v['suppressed'] else 1
        assert alert['risk'] == pytest.approx(v['severity'] * v['value'] * v['exposure'] * counts, abs=0.01)
        left *= 1 - alert['risk'] / 125
    assert risk['risk'] == pytest.approx(125 * (1 - left), abs=0.05), 'it can be reckoned by hand'
    assert risk['exposure'] == 4 and 'everybody guesses' in risk['exposure_why']
    whole = made.ask('risk', 'all')
    assert whole['risk'] == pytest.approx(min(125, whole['highest'] + 0.2 * whole['rest']), abs=0.05)
    assert device in made.cli('risk') and 'Formula' in made.cli('--table', 'risk', device)
    other = next(name for name in made.devices() if name != device)
    await_true(lambda: made.ask('maps', 'physical.json'), 20, 'a map')
    made.cli('map', 'edit', 'physical', f'cloud:yard={device},{other}')
    await_true(lambda: 'physical/yard' in made.cli('risk', '--all'), 15, 'a cloud that somebody made')
    cloud = await_true(lambda: (c := made.ask('risk', 'physical/yard'))['risk'] > 0 and c, 5, 'its risk')
    assert cloud['class'] == 'cloud' and {m['name'] for m in cloud['members']} == {device, other}
    assert 0 < cloud['risk'] == pytest.approx(min(125, cloud['highest'] + 0.2 * cloud['rest']), abs=0.05)
    assert 'Member' in made.cli('--table', 'risk', 'physical/yard')
    made.cli('risk', device, '--value', 5)
    await_true(lambda: made.ask('risk', device)['risk'] > risk['risk'], 5, 'a device that is worth more')

    made.stop()
    made.start()
    assert told()['state'] == 'minor' and told()['since'] == since, 'it goes on'
    assert made.ask('risk', device)['value'] == 5, 'what a person said is kept'

    made.write_config(farm_config(net, every='2s', extra=RULES % '1e15'))
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: told()['state'] == 'normal', 20, 'the end of what is normal now')

    made.write_config(farm_config(net, extra='alerts: {rules: [{name: x, on: cpu, above: 1, value: usage + 1}]}\n'))
    checked = subprocess.run([made.bin / 'portoland', '-t', '-c', made.config], capture_output=True, text=True,
                             timeout=30)
    assert checked.returncode == 78
    assert 'alerts.rules[0].value: there is no variable "usage", at column 1' in checked.stderr, checked.stderr


def test_a_cable_between_switches_is_told_one_to_a_printer_is_not(station, farm):
    net = farm('--network', 'campus', '--devices', 30)
    made = station(farm_config(net, every='2s'))
    made.discover()
    devices = made.ask('devices')['devices']
    kinds = {d['name']: d['kind'] for d in devices}
    addresses = {d['name']: d['address'] for d in devices if d.get('address')}
    links = [link for link in made.table('links') if link['kind'] == 'p2p' and link['layer'] == '2']
    forwards = {'switch', 'l3switch', 'router', 'stack'}

    def ends(wanted):
        return [(a, link[f'{a}_name'], link[f'{a}_port']) for link in links for a, b in ('ab', 'ba')
                if kinds.get(link[f'{a}_name']) in forwards and link[f'{a}_port'] and
                (kinds.get(link[f'{b}_name']) in forwards) == wanted]
    _, switch, uplink = ends(True)[0]
    _, other, access = next(e for e in ends(False) if e[1] in addresses)
    made.await_polls(1, 20)
    net.tell(f'cut {addresses[other]} {access}')
    net.tell(f'cut {addresses[switch]} {uplink}')

    def down():
        return {a['object']: a for a in made.ask('alerts', state='active')['alerts'] if a['type'] == 'port.down'}
    await_true(lambda: f'{switch}:{uplink}' in down(), 20, 'the alert of a port between switches')
    assert 'it leads to' in down()[f'{switch}:{uplink}']['text']
    made.await_polls(1, 20)
    assert f'{other}:{access}' not in down()
