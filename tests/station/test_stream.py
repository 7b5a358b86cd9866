"""The stream of changes: what pages follow instead of asking again and again."""
import json

import pytest
from conftest import SocketConnection, await_true, farm_config, needs_root
from stream import Follower, number_of

pytestmark = [needs_root, pytest.mark.measures]


@pytest.fixture
def follow():
    """Makes followers, which end with the test."""
    made = []

    def make(*args, **more):
        made.append(Follower(*args, **more))
        return made[-1]
    yield make
    for one in made:
        if one.socket is not None:
            one.close()


def start(station, farm, devices=20, every='2s'):
    """A station that sends no echoes: those the machine answers itself, whatever its agents do."""
    net = farm('--network', 'campus', '--devices', devices)
    return net, station(farm_config(net, every=every).replace(f'{{every: {every}}}', f'{{every: {every}, ping: {{count: 0}}}}'))


def edit(made, name, edits):
    connection = SocketConnection(made.socket)
    connection.request('PATCH', f'/api/v1/maps/{name}', json.dumps(edits), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, body
    return body


def test_what_happens_is_told_as_it_does(station, farm, follow):
    net, made = start(station, farm)
    page = follow(made)
    assert page.answer.getheader('Content-Type') == 'text/event-stream'
    page.await_message('status', lambda d: 'states' in d)
    made.discover()
    # Devices as they are found, each as the list has it, and how far discovery is.
    devices = made.devices()
    await_true(lambda: {d['name'] for d in page.of('device')} >= set(devices), 20, 'every device is told of')
    told = {}
    for d in page.of('device'):
        told.setdefault(d['name'], {}).update(d)
    for name, device in devices.items():
        for key in ('id', 'kind', 'state', 'address', 'vendor', 'credential', 'interfaces'):
            assert told[name].get(key) == device.get(key), (name, key)
    page.await_message('discovery', lambda d: d['running'])
    page.await_message('discovery', lambda d: not d['running'] and d['devices'] >= len(devices))
    page.await_message('event', lambda d: d['type'] == 'device.discovered')
    links = {k['id'] for k in made.ask('maps', 'physical')['links']}
    await_true(lambda: {k['id'] for d in page.of('link') for k in d['links']} >= links, 20, 'every link is told of')
    page.await_message('map', lambda d: d['name'] == 'physical')
    tally = page.await_message('status', lambda d: d['states']['up'] >= len(devices))
    assert set(tally['states']) >= {'up', 'warning', 'critical', 'down', 'unreachable', 'unknown'}

    # A device is silent: its state, the alert, what follows; then it is back.
    name, device = next((n, d) for n, d in devices.items() if d['address'] == net.base)
    net.tell(f'kill {device["address"]}')
    page.await_message('device', lambda d: d['name'] == name and d['state'] == 'down', 40)
    raised = page.await_message('alert', lambda d: d['object'] == name and d['type'] == 'device.unreachable', 40)
    assert raised['state'] == 'active'
    page.await_message('risk', lambda d: d['class'] == 'device' and d['name'] == name and d['risk'] > 0, 40)
    assert made.ask('devices', name)['status'] == 'down'
    made.cli('ack', raised['id'], 'on my way')
    page.await_message('alert', lambda d: d['id'] == raised['id'] and d.get('acknowledged', {}).get('text') == 'on my way')
    net.tell(f'revive {device["address"]}')
    page.await_message('alert', lambda d: d['id'] == raised['id'] and d['state'] == 'cleared', 60)

    # What one person does to a map the others see, and who did it.
    node = made.ask('maps', 'physical')['nodes'][0]['id']
    done = edit(made, 'physical', [{'op': 'move', 'id': node, 'x': 1, 'y': 2}])
    seen = page.await_message('map', lambda d: d['name'] == 'physical' and d['what'] == 'edited')
    assert seen['revision'] == done['revision'] and seen['who'] == 'root' and seen['edits'][0]['op'] == 'move', seen

    made.cli('remove', name)
    page.await_message('device', lambda d: d.get('gone') and d['name'] == name)
    page.await_message('beat', lambda d: 'at' in d, 10)


def test_who_comes_back_goes_on_where_it_was(station, farm, follow):
    _, made = start(station, farm, devices=12, every='10s')
    page = follow(made)
    made.discover()
    page.await_message('event', lambda d: d['type'] == 'device.discovered')
    numbers = page.numbers()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    page.close()
    last = page.last_id()
    gone = next(iter(made.devices()))
    made.cli('remove', gone)
    # What it missed comes first, in order and once.
    for again in (follow(made, last=last), follow(made, query=f'?after={last}')):
        again.await_message('device', lambda d: d.get('gone') and d['name'] == gone)
        missed = again.numbers()
        assert missed == list(range(number_of(last) + 1, number_of(last) + 1 + len(missed))) and not again.of('reset')
    # Of another life, or of no life at all: everything anew.
    again = follow(made, last='1-1')
    await_true(lambda p=again: p.of('reset') == [{}], 20, 'it is told that it missed something')
    made.stop()
    made.start()
    again = follow(made, last=last)
    await_true(lambda p=again: p.of('reset') == [{}], 20, 'it is told that it missed something')


def test_each_gets_what_it_asked_for(station, farm, follow):
    _, made = start(station, farm, devices=12, every='10s')
    pages = [follow(made) for _ in range(40)]
    few = follow(made, query='?kinds=map,event')
    refused = follow(made, query='?kinds=weather')
    assert refused.answer.status == 400 and 'weather' not in refused.answer.read().decode()
    made.discover()
    node = made.ask('maps', 'physical')['nodes'][0]['id']
    edit(made, 'physical', [{'op': 'move', 'id': node, 'x': 1, 'y': 2}])
    made.cli('remove', next(iter(made.devices())))
    few.await_message('event', lambda d: d['type'] == 'device.removed')
    few.await_message('map', lambda d: d['what'] == 'edited')
    assert {m.kind for m in few.messages} <= {'map', 'event', 'beat'}
    pages[0].await_message('event', lambda d: d['type'] == 'device.removed')
    end = number_of([m for m in pages[0].messages if m.kind == 'event'][-1].id)

    begin = number_of(next(m.id for m in few.messages if m.kind == 'beat'))  # all were there by then

    def heard(page):
        return [m for m in page.messages if m.id and m.kind != 'beat' and begin < number_of(m.id) <= end]
    for page in pages[1:]:
        await_true(lambda p=page: heard(p) == heard(pages[0]), 20, 'all are told the same')


def test_more_than_some_hundred_are_refused(station, farm, follow):
    _, made = start(station, farm, devices=12, every='10s')
    pages = [follow(made) for _ in range(300)]
    assert all(p.answer.status == 200 for p in pages)
    assert follow(made).answer.status == 503
    pages[0].close()
    await_true(lambda: follow(made).answer.status == 200, 10, 'who goes makes room')
