"""A router of real daemons is cut off: one alert, with all that it takes away, and one end, also for who is told of it.
Needs ../shared/lab and root."""
import json

from conftest import await_true
from test_lab import CREDENTIALS, LAB_ID, SEED, WITHIN, lab, network, pytestmark  # noqa: F401

BEHIND = {'r2', 'sw2', 'sw3', 'h1', 'h2', 'h3', '10.10.20.44', 'h5'}  # r1, in `small`


def unreachable(made, **query):
    return made.ask('alerts', type='device.unreachable', **query)['alerts']


def test_a_core_router_cut_off_is_one_alert_with_one_end(network, station, place):  # noqa: F811
    network('small', False)
    (heard := place / 'heard').mkdir()
    heard.chmod(0o777)
    (program := place / 'hear').write_text(f'#!/bin/sh\n(cat; echo) >>{heard}/all\n')
    program.chmod(0o755)

    def told():
        """What a receiver was told: what happened, to what, and the alert that tells what it takes away."""
        pages = [json.loads(line) for line in (heard / 'all').read_text().splitlines()] if (heard / 'all').exists() else []
        return [(i['news'], i['alert']['object'], i.get('because', i['alert'])) for p in pages for i in p['items']]
    names = '\n'.join(f'  - {c[:1]}name: c{n}, {c[1:]}' for n, c in enumerate(CREDENTIALS['small']))
    made = station(f'credentials:\n{names}\n'
                   f'receivers: [{{name: person, run: {program}}}]\ndiscovery: {{seeds: [{SEED["small"]}], within: [{WITHIN["small"]}], local: true}}\n'
                   'polling: {every: 2s}\nframes: {interfaces: [eth0]}\n', prefix=['ip', 'netns', 'exec', f'{LAB_ID}-nms'])
    made.discover(limit_s=240)
    made.await_polls(1, 60)
    assert lab('cut', 'r1:eth0').returncode == 0
    cause = await_true(lambda: [a for a in unreachable(made) if set(a['symptoms']) == BEHIND], 60, 'one alert with its symptoms')
    assert [a['object'] for a in unreachable(made)] == [a['object'] for a in cause] == ['r1']
    ports = made.ask('alerts', type='port.down', state='active')['alerts']
    assert ports and all(a['cause'] == cause[0]['id'] for a in ports), ports  # of who is at the other end of the cable
    last = await_true(lambda: [t for t in told() if set(t[2]['symptoms']) == BEHIND], 60, f'the list reaches who was told: {told()}')[-1]
    assert last[2]['object'] == 'r1'
    raised = [t[1] for t in told() if t[0] == 'raised']
    assert not BEHIND & {name.partition(':')[0] for name in raised}, 'nobody is told of what is behind'
    assert lab('heal').returncode == 0
    await_true(lambda: not unreachable(made, state='active'), 90, 'all are reached again')
    over = unreachable(made, state='cleared')
    assert {a['object'] for a in over} == BEHIND | {'r1'} and len(over) == len(BEHIND) + 1
    assert [a['object'] for a in over if 'cause' not in a] == ['r1']  # nobody heard of any other
    assert not made.ask('alerts', type='station.*', state='all')['alerts']
    await_true(lambda: sorted(t[1] for t in told() if t[0] == 'cleared') == sorted(t[1] for t in told() if t[0] == 'raised'), 90,
               'an end of each that was told, and of no other')
