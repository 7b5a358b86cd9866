"""Alerts as people see them: one for a cause with all it takes away, one for what flaps, none told of what is silenced."""
import collections

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
    """What no way leads to from root without each device, by the truth."""
    links = collections.defaultdict(set)
    for link in net.table('links'):
        links[link['a_name']].add(link['b_name'])
        links[link['b_name']].add(link['a_name'])
    names = {d['name'] for d in net.table('devices')}

    def reached(without):
        seen, todo = {root}, [root]
        while todo:
            for other in links[todo.pop()] - seen - {without}:
                seen.add(other)
                todo.append(other)
        return seen
    whole = reached(None)
    return {name: (whole - reached(name) - {name}) & names for name in names if name != root}


def test_one_cause_is_one_alert_whoever_is_found_silent_first(station, farm):
    net, made = start(station, farm, 30)
    address = {d['name']: d['addresses'].split(',')[0] for d in net.table('devices')}
    root = next(n for n, a in address.items() if a == net.base)
    cut = behind(net, root)
    router = max((n for n in cut if len(cut[n]) < len(address) / 2), key=lambda n: len(cut[n]))
    print(root, router, cut[router], {n: len(c) for n, c in cut.items()})
    for name in sorted(cut[router]) + [router]:
        net.tell(f'kill {address[name]}')
    whole = await_true(lambda: [a for a in alerts(made, state='active', type='device.unreachable')
                                if set(a['symptoms']) == cut[router]], 90, 'one alert with all its symptoms')
    print(made.cli('alerts', '--all', '--table'))
    print(made.cli('alerts', '--table'))
    print(alerts(made, state='active'))
