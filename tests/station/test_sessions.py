"""What devices tell by themselves of sessions of BGP and OSPF, fans and power supplies is verified by a poll at once; the
alert rests on that."""
import ipaddress
import socket

import pytest
from conftest import await_true, farm_config, free_port, needs_root
from test_notifications import v2c_trap

pytestmark = [needs_root, pytest.mark.measures]

BGP_ESTABLISHED, BGP_BACKWARD = (1, 3, 6, 1, 2, 1, 15, 7, 1), (1, 3, 6, 1, 2, 1, 15, 7, 2)
BGP_STATE = (1, 3, 6, 1, 2, 1, 15, 3, 1, 2, 10, 0, 0, 1)
ENVMON_FAN = (1, 3, 6, 1, 4, 1, 9, 9, 13, 3, 0, 4)


def alerts(made, **query):
    return made.ask('alerts', **query)['alerts']


@pytest.fixture(params=[('campus', 30)], ids=str)
def scene(farm, station, request):
    """A network whose polls are 10 minutes apart, each device polled once; what is known within seconds was told."""
    kind, devices = request.param
    net = farm('--network', kind, '--devices', devices, '--sessions')
    made = station(farm_config(net, every='10m', extra=f'notifications: {{listen: ["udp:127.0.0.1:{(port := free_port())}"]}}\n'))
    made.discover()
    made.net, made.trap_port = net, port
    made.address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    return made


def polled(made, *names):
    for name in names:
        before = made.ask('devices', name)['poll']['polls']
        await_true(lambda: made.cli('poll', name) and made.ask('devices', name)['poll']['polls'] >= before + 2, 20, f'{name} is polled')


def trap(made, name, kind, variable=BGP_STATE):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((made.address[name], 0))
        s.sendto(v2c_trap('public', 1, kind, variable), ('127.0.0.1', made.trap_port))


def routed_cable(made):
    """Two routers, the port of the first, and the addresses of both: of a subnet that is theirs alone."""
    ends = {}
    for row in made.net.table('ipv4'):
        if int(row['prefixlen']) >= 30:
            subnet = ipaddress.ip_interface(f'{row["ip"]}/{row["prefixlen"]}').network
            ends.setdefault(subnet, []).append(row)
    a, b = next(e for e in ends.values() if len(e) == 2)
    port = next(p for p in made.net.table('ports') if (p['name'], p['ifIndex']) == (a['name'], a['ifIndex']))['ifName']
    return a, b, port


def test_a_session_that_breaks_is_one_alert_and_rests_on_a_poll(scene):
    a, b, port = routed_cable(scene)
    polled(scene, a['name'], b['name'])
    trap(scene, a['name'], BGP_BACKWARD)  # nothing is wrong
    before = scene.ask('devices', a['name'])['poll']['polls']
    await_true(lambda: scene.ask('devices', a['name'])['poll']['polls'] > before, 5, 'it is looked at')
    assert not alerts(scene, state='all', type='bgp.down')

    scene.net.tell(f'session {scene.address[a["name"]]} {port} down')
    trap(scene, a['name'], BGP_BACKWARD)
    await_true(lambda: {x['type'] for x in alerts(scene, state='active')} >= {'bgp.down', 'ospf.down'}, 5, 'both are told')
    for kind, text in (('bgp.down', 'is down: active'), ('ospf.down', 'is lost')):
        both = await_true(lambda: len(found := alerts(scene, state='active', type=kind)) == 2 and found, 10,
                          f'both ends are seen: {a} {b} {scene.ask("alerts")}')
        cause, = (x for x in both if 'cause' not in x)
        symptom, = (x for x in both if 'cause' in x)
        assert symptom['cause'] == cause['id'] and {cause['object'], symptom['object']} == {a['name'], b['name']}
        told = next(x for x in both if x['object'] == a['name'])
        assert text in told['text'] and b['name'] in told['text'] and told['qualifier'] == b['ip'], told
        assert {'trap', 'poll'} <= set(told['evidence'])
    scene.net.tell(f'session {scene.address[a["name"]]} {port} up')
    trap(scene, a['name'], BGP_ESTABLISHED)
    trap(scene, b['name'], BGP_ESTABLISHED)
    await_true(lambda: not [x for x in alerts(scene, state='active') if x['type'] in ('bgp.down', 'ospf.down')], 60, 'all is well')


def test_a_port_explains_the_sessions_over_it(scene):
    a, b, port = routed_cable(scene)
    polled(scene, a['name'], b['name'])
    scene.net.tell(f'cut {scene.address[a["name"]]} {port}')
    trap(scene, a['name'], (1, 3, 6, 1, 6, 3, 1, 1, 5, 3), (1, 3, 6, 1, 2, 1, 2, 2, 1, 1, int(a['ifIndex'])))
    await_true(lambda: len([x for x in alerts(scene, state='active') if x['type'] in ('bgp.down', 'ospf.down')]) == 4, 15,
               'both sessions at both ends')
    open_ones = await_true(lambda: len(found := [x['type'] for x in alerts(scene)]) == 1 and found, 10, 'one alert')
    assert open_ones == ['port.down']


@pytest.mark.parametrize('scene', [('ring', 12)], indirect=True, ids=str)
def test_a_fan_by_entity_state_mib_is_an_alert_at_once(scene):
    name = next(d['name'] for d in scene.net.table('devices') if d['os'] == 'ironware')
    polled(scene, name)
    well = [s for s in scene.ask('devices', name, 'sensors')['sensors'] if s['class'] == 'state' and s['descr'] == 'Fan']
    assert [(s['state'], s['severity']) for s in well] == [('enabled', 'ok')], well
    scene.net.tell(f'break {scene.address[name]} fan')
    trap(scene, name, (1, 3, 6, 1, 2, 1, 131, 0, 2), (1, 3, 6, 1, 2, 1, 131, 1, 1, 1, 3, 4))
    fan, = await_true(lambda: alerts(scene, type='fan'), 5, 'the fan is told')
    assert fan['device'] == name and 'major alarm' in fan['text'] and {'trap', 'poll'} <= set(fan['evidence']), fan
    scene.net.tell(f'mend {scene.address[name]}')
    trap(scene, name, (1, 3, 6, 1, 2, 1, 131, 0, 1), (1, 3, 6, 1, 2, 1, 131, 1, 1, 1, 3, 4))
    await_true(lambda: not alerts(scene, type='fan', state='active'), 10, 'it is mended')


def test_a_fan_that_a_device_tells_of_is_an_alert_at_once(scene):
    name = next(d['name'] for d in scene.net.table('devices') if d['os'] in ('ios', 'iosxe'))
    polled(scene, name)
    scene.net.tell(f'break {scene.address[name]} fan')
    trap(scene, name, ENVMON_FAN)
    fan, = await_true(lambda: alerts(scene, type='fan'), 5, 'the fan is told: its rule would wait for 2 min')
    assert fan['device'] == name and {'trap', 'poll'} <= set(fan['evidence']), fan
    scene.net.tell(f'mend {scene.address[name]}')
    trap(scene, name, ENVMON_FAN)
    await_true(lambda: not alerts(scene, type='fan', state='active'), 10, 'it is mended')
