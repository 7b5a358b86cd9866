"""Links live on, their past is kept, and what depends on what is told."""
import html
import time

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

CONFIG = 'retention: {topology: 30d}\n'


def links(made):
    return {(l['a'], l['a_port'], l['b'], l['b_port']): l for l in made.ask('links')['links'] if l['layer'] == 2}


def pick(made, net):
    """A cable between two switches, and the address of its first end."""
    kinds = {d['name']: d['kind'] for d in net.table('devices')}
    addresses = {name: d['address'] for name, d in made.devices().items()}
    for key, link in sorted(links(made).items()):
        if link['state'] == 'confirmed' and link['kind'] == 'p2p' and {kinds.get(key[0]), kinds.get(key[2])} <= {'switch', 'l3switch'}:
            return key, addresses[key[0]]
    raise AssertionError('no cable between switches')


def state_on_map(made, key, **query):
    shown = made.ask('maps', 'physical.json', **query)
    names = {n['id']: n['name'] for n in shown['nodes']}
    return {l['state'] for l in shown['links']
            if {(names[l['a']], l['a_port']), (names[l['b']], l['b_port'])} == {key[:2], key[2:]}}


def changes(made, key, since):
    """What `topology diff` tells of a link: the spanning tree may open another one for it."""
    return [(c['change'], c.get('was'), c.get('now')) for c in made.json('topology', 'diff', '--from', since)['changes']
            if (c.get('a'), c.get('a_port'), c.get('b'), c.get('b_port')) == key]


def events(made, kind):
    return made.ask('events', type=kind, limit=100)['events']


def test_a_cut_cable_is_drawn_red_told_and_remembered(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    made = station(farm_config(net, every='1s', extra=CONFIG))
    made.discover()
    assert {l['state'] for l in links(made).values()} <= {'confirmed', 'blocked'}, 'the first map is no guess'
    assert not events(made, 'link.found'), 'what comes with a device is told with it'
    key, address = pick(made, net)
    first_seen = links(made)[key]['first_seen']
    before = int(time.time())

    net.tell(f'cut {address} {key[1]}')
    await_true(lambda: links(made).get(key, {}).get('state') == 'down', 30, 'the link is down')
    told = await_true(lambda: events(made, 'link.down'), 5, 'an event')
    assert any(f'{key[0]} {key[1]} -- {key[2]} {key[3]}' in e['text'] for e in told), told
    assert state_on_map(made, key) == {'down'}
    assert state_on_map(made, key, at=before) == {'confirmed'}, 'the past is drawn as it was'
    made.cli('map', 'export', 'physical', '--at', before, '-o', made.directory / 'then.svg')
    picture = html.unescape((made.directory / 'then.svg').read_text())
    assert time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(before)) in picture, 'it bears its moment'
    assert changes(made, key, before) == [('link.down', 'confirmed', 'down')]

    made.stop()
    made.start()
    await_true(lambda: links(made).get(key, {}).get('state') == 'down', 20, 'it is down after a restart')
    assert links(made)[key]['first_seen'] == first_seen
    assert changes(made, key, before) == [('link.down', 'confirmed', 'down')]

    net.tell(f'heal {address} {key[1]}')
    await_true(lambda: links(made)[key]['state'] == 'stale', 10, 'its ports are up, and nobody heard the other end as yet')
    made.cli('poll', key[0])
    await_true(lambda: links(made)[key]['state'] == 'confirmed', 10, 'the link is back')
    await_true(lambda: events(made, 'link.up'), 5, 'an event')
    assert not changes(made, key, before), 'it is as it was'
    assert 'confirmed' in made.cli('map', 'show', 'physical', '--at', before)
    assert not made.try_cli('map', 'show', 'physical', '--at', '-7d'), 'nothing is kept of that time'


def node_on_map(made, name, **query):
    return next(n for n in made.ask('maps', 'physical.json', **query)['nodes'] if n['name'] == name)


def test_maps_of_the_past_show_the_states_of_then(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    no_echo = '{every: 1s, ping: {count: 0}}'  # the machine answers these itself, whatever its agents do
    made = station(farm_config(net, every='1s', extra=CONFIG).replace('{every: 1s}', no_echo))
    made.discover()
    name, address = next((n, d['address']) for n, d in sorted(made.devices().items()) if d['address'] != net.base)
    await_true(lambda: name in str(made.ask('maps', 'physical.json')), 20, 'it is on the map')
    made.cli('map', 'new', 'plan')
    made.cli('map', 'edit', 'plan', 'add:a', f'bind:a={name}')
    before = int(time.time()) + 1
    await_true(lambda: time.time() > before + 0.1, 5, 'a moment')
    net.tell(f'kill {address}')
    await_true(lambda: made.ask('devices', name)['state'] == 'down', 30, 'it is down')
    down = int(time.time()) + 1
    await_true(lambda: time.time() > down + 0.1, 5, 'a moment')
    net.tell(f'revive {address}')
    await_true(lambda: made.ask('devices', name)['state'] == 'up', 30, 'it is up')
    await_true(lambda: node_on_map(made, name)['state'] == 'up', 30, 'its alert is over')
    assert node_on_map(made, name, at=before)['state'] == 'up'
    assert node_on_map(made, name, at=down)['state'] == 'down'
    assert made.ask('maps', 'plan.json', at=down)['nodes'][0]['state'] == 'down', 'what is drawn and bound too'
    told = made.ask('maps', 'physical.json', at=down)['title']
    assert time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(down)) in told and 'loads are not kept' in told

    for view in ('vlan', 'stp'):
        now = next(m['name'] for m in made.json('map', 'list')['maps'] if m['view'] == view)
        then = made.ask('maps', f'{now}.json', at=down)
        assert {n['name'] for n in then['nodes']} == {n['name'] for n in made.ask('maps', f'{now}.json')['nodes']}
        assert 'as of' in then['title'] and {n['state'] for n in then['nodes']} <= {'up', 'down', 'unmanaged'}
    assert 'no map of that name is known of that time' in made.refused('map', 'show', 'vlan-4000', '--at', str(down))
    assert 'the past cannot be edited' in made.refused('map', 'edit', 'physical', f'hide:{name}', '--at', str(down))
    assert not made.json('map', 'edits', 'physical')['edits']

    made.stop()
    off = int(time.time()) + 1
    await_true(lambda: time.time() > off + 0.1, 5, 'a moment')
    made.start()
    shown = node_on_map(made, name, at=off)
    assert shown['state'] == 'unknown' and shown['words'] == 'the station was off', 'nobody looked then'


def test_devices_tell_through_whom_they_are_reached(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    made = station(farm_config(net))
    made.discover()
    seed = next(n for n, d in made.devices().items() if d['address'] == net.base)
    above = {n: made.ask('devices', n).get('depends_on') for n in made.devices()}
    assert above[seed] == []
    assert all(found and found[0] == seed for name, found in above.items() if name != seed), above
    for name, found in above.items():
        assert all(above[d] == found[:n] for n, d in enumerate(found)), 'what is above it depends on the same'
    name = max(above, key=lambda n: len(above[n]))
    assert above[name][-1] in made.cli('device', name)
