"""How agents want to be asked is learned, shown, and kept; what it costs them is told."""
from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

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
    big, mute, odd = agents(net)[:3]
    net.tell(f'fault toobig=500 {big}')
    net.tell(f'fault nobulk {mute}')
    net.tell(f'fault backwards {odd}')
    made = station(farm_config(net, every='2s'))
    made.discover()
    made.await_polls(2, 60)
    names = by_address(made)

    assert met(made, names[mute], 'no_bulk')
    assert met(made, names[odd], 'not_increasing')
    first = met(made, names[big], 'too_big')
    assert first and all(q['first'] <= q['last'] and 'less at once' in q['follows'] for q in first), first
    text = made.cli('device', names[big], '--quirks')
    assert 'tooBig for answers others manage' in text and first[0]['table'] in text, text
    poll = made.ask('devices', names[big])['poll']
    assert poll['last_packets'] >= 4 and poll['last_octets'] > 500, poll
    assert 0 < poll['interval_share_percent'] < 100, poll

    before = {q['table']: q['first'] for q in met(made, names[big], 'too_big')}
    assert made.stop() == 0
    made.start()
    after = {q['table']: q['first'] for q in met(made, names[big], 'too_big')}
    assert before.items() <= after.items()
    made.await_polls(2, 60)
    assert all(q['in_force'] for q in met(made, names[mute], 'no_bulk'))
