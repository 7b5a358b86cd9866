"""Links live on, their past is kept, and what depends on what is told."""
import html
import time

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

CONFIG = 'topology: {keep: 30d}\n'


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
