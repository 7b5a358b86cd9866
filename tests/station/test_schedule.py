"""When devices are asked and called down: the dead cost little, the slow overlap nobody, and the station doubts itself first."""
import os
import signal
import subprocess
import threading

import pytest
from conftest import await_true, farm_config, needs_root

pytestmark = [needs_root, pytest.mark.measures]


def start(station, farm, devices, every):
    """A station that sends no echoes: those the machine answers itself, whatever its agents do."""
    net = farm('--network', 'campus', '--devices', devices)
    made = station(farm_config(net, every=every).replace(f'{{every: {every}}}', f'{{every: {every}, ping: {{count: 0}}}}'))
    made.discover()
    made.await_polls(1, 30)
    return net, made


def addresses(net):
    return [d['addresses'].split(',')[0] for d in net.table('devices')]


def events(made, kind):
    return made.ask('events', type=kind)['events']


def by_address(made, address):
    return next(name for name, d in made.devices().items() if d['address'] == address)


def poll(made, name):
    return made.ask('devices', name)['poll']


def gaps(made, name):
    return {p.get('gap') for p in made.ask('devices', name, 'interfaces')['interfaces']}


def test_the_dead_cost_little_and_the_slow_overlap_nothing(station, farm):
    net, made = start(station, farm, 20, '1s')
    dead_at, slow_at = addresses(net)[5], addresses(net)[3]
    dead, slow, fast = (by_address(made, a) for a in (dead_at, slow_at, addresses(net)[7]))
    overruns = poll(made, slow)['overruns']
    net.tell(f'kill {dead_at}')
    net.tell(f'fault delay=400 {slow_at}')
    seen = await_true(lambda: (p := poll(made, slow))['overruns'] >= overruns + 3 and p, 30, 'polls are left out')
    assert seen['overrunning']
    told = {e['object']: e['count'] for e in events(made, 'poll.overrun')}
    assert told[slow] == 1, told
    assert len(told) <= 3, 'the slow one, and one or two that a busy machine kept from answering within the second'
    net.tell(f'clear delay {slow_at}')

    await_true(lambda: made.ask('devices', dead)['state'] == 'down', 30, 'the dead one is down')
    asked, others, silent = poll(made, dead)['polls'], poll(made, fast)['polls'], gaps(made, dead)
    await_true(lambda: poll(made, fast)['polls'] >= others + 4, 30, 'four rounds of the others')
    assert poll(made, dead)['polls'] - asked <= 3
    net.tell(f'revive {dead_at}')
    await_true(lambda: made.ask('devices', dead)['state'] == 'up', 30, 'the dead one is up')
    assert gaps(made, dead).isdisjoint(silent)  # read at once, not only asked whether it is there
    assert {e['object'] for e in events(made, 'device.down')} == {dead}

    await_true(lambda: not poll(made, slow)['overrunning'], 30, 'polls of the slow one end in time')
    assert [(e['object'], e['count']) for e in events(made, 'poll.in_time')] == [(slow, 1)]


def test_the_station_doubts_itself_before_it_calls_anyone_down(station, farm):
    net, made = start(station, farm, 20, '1s')
    for address in addresses(net):
        net.tell(f'kill {address}')
    status = await_true(lambda: (s := made.ask('status'))['isolated'] and s, 30, 'the station knows that it is cut off')
    assert status['doubt'] == 'nearly all devices fell silent at once'
    made.await_polls(2, 60)
    assert made.ask('status')['devices_down'] == 0
    assert [a['type'] for a in made.ask('alerts', state='all')['alerts']] == ['station.isolated']
    name = by_address(made, addresses(net)[0])
    assert gaps(made, name) == {'polls were left out, or the station was cut off'}
    port = made.ask('devices', name, 'interfaces')['interfaces'][0]['name']
    recorded = made.ask('series', f'{name}:{port}', 'traffic', **{'from': '-1m'})['gaps']
    assert 'overload' in {g['reason'] for g in recorded}, recorded
    for address in addresses(net):
        net.tell(f'revive {address}')
    await_true(lambda: not made.ask('status')['isolated'], 30, 'the station sees its devices')
    await_true(lambda: made.ask('status')['devices_suspect'] == 0, 30, 'all answer')
    for kind in ('station.isolated', 'station.connected'):
        assert [e['count'] for e in events(made, kind)] == [1], kind

    made.process.send_signal(signal.SIGSTOP)
    threading.Event().wait(2.5)  # what is tested is a time that passes
    made.process.send_signal(signal.SIGCONT)
    await_true(lambda: made.ask('status')['overloaded'], 10, 'the station knows that it was late')
    assert [e['count'] for e in events(made, 'station.overloaded')] == [1]
    assert not events(made, 'device.down')


@pytest.fixture
def namespace():
    """A network of its own, with one cable that is plugged in."""
    name = f'portolan-schedule-{os.getpid()}'
    run = lambda *words: subprocess.run(['ip', *words], check=True)  # noqa: E731
    run('netns', 'add', name)
    try:
        run('-n', name, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far')
        for link in ('lo', 'near', 'far'):
            run('-n', name, 'link', 'set', link, 'up')
        yield name
    finally:
        run('netns', 'del', name)


def test_a_station_without_an_uplink_knows_that_it_is_cut_off(station, namespace):
    made = station('credentials: [{name: c, version: 2c, community: public}]\ndiscovery: {seeds: [127.0.0.1]}\n',
                   prefix=('ip', 'netns', 'exec', namespace))
    assert not made.ask('status')['isolated']

    def plug(state):
        for link in ('near', 'far'):
            subprocess.run(['ip', '-n', namespace, 'link', 'set', link, state], check=True)
    plug('down')
    await_true(lambda: made.ask('status')['isolated'], 10, 'it is cut off')
    assert made.ask('status')['doubt'] == 'none of its interfaces is up'
    await_true(lambda: [a['type'] for a in made.ask('alerts')['alerts']] == ['station.isolated'], 5, 'one alert, of itself')
    plug('up')
    await_true(lambda: not made.ask('status')['isolated'], 10, 'it is connected')
    assert [e['count'] for kind in ('station.isolated', 'station.connected') for e in events(made, kind)] == [1, 1]
