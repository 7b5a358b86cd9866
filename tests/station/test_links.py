"""Links as people ask for them: why two are linked, what lost, and what flows says of it."""
from conftest import await_true, farm_config, needs_root

pytestmark = needs_root


def test_a_link_is_proved_and_its_traffic_agrees(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='1s'))
    made.discover()
    links = [ln for ln in made.json('links')['links'] if ln['layer'] == 2 and ln['kind'] == 'p2p' and 'lldp' in ln['evidence']]
    assert links, 'no link by LLDP'
    a, b = links[0]['a'], links[0]['b']

    paged, after = [], None
    while after != 'end':
        page = made.ask('links', limit=3, **({'after': after} if after else {}))
        paged, after = paged + page['links'], page.get('next', 'end')
        assert len(page['links']) <= 3
    assert [ln['id'] for ln in paged] == [ln['id'] for ln in made.ask('links')['links']]

    told = made.json('links', '--why', a, b)
    assert [ln['why'] for ln in told['links']] and not told['lost']
    proofs = [p for p in told['links'][0]['proofs'] if p['evidence'] == 'lldp']
    assert {p['by'] for p in proofs} <= {a, b} and proofs
    for proof in proofs:
        assert proof['table'] == 'lldpRemTable' and 0 <= proof['age_s'] < 120, proof
        assert ' hears ' in proof['says']
    text = made.cli('--table', 'links', '--why', a, b)
    assert 'lldpRemTable' in text and 'Proofs:' in text
    assert 'Outcome' in made.cli('--table', 'links', '--conflicts') or made.json('links')['lost'] == []

    def agreeing():
        return [ln for ln in made.json('links')['links'] if 'traffic' in ln['evidence']]
    await_true(agreeing, 60, 'the traffic of some link is found to agree')
    assert not [ln for ln in made.json('links')['links'] if 'mislink' in ln['evidence']]
    assert not made.ask('events', type='link.mislink')['events']

    # Two cables are plugged the other way round than both ends still tell: what flows says so, and nothing is removed.
    def proved():
        return {frozenset(((ln['a'], ln['a_port']), (ln['b'], ln['b_port']))): ln
                for ln in made.json('links')['links'] if ln['layer'] == 2 and ln['kind'] == 'p2p'}
    rates = {(r['name'], r['ifName']): float(r['in_octets_per_s']) for r in net.table('rates')}
    address = {r['sysName']: r['addresses'].split(',')[0] for r in net.table('devices')}
    ends_of = [((ln['a'], ln['a_port']), (ln['b'], ln['b_port'])) for ln in agreeing()]
    named = [ends for ends in ends_of if rates.keys() >= set(ends)]  # some ports have no ifName
    busy = sorted((tuple(sorted(ends, key=rates.get)) for ends in named), key=lambda ends: rates[ends[0]])
    (slow, near), (fast, far) = busy[0], next(ends for ends in busy[::-1] if not {end[0] for end in ends} & {busy[0][0][0]})
    told = {frozenset((slow, far)), frozenset((fast, near))}
    swap = f'miswire {address[slow[0]]} {slow[1]} {address[fast[0]]} {fast[1]}'
    net.tell(swap)
    made.discover()
    assert told <= set(proved()), 'what both ends tell is believed'

    def flagged():
        now = proved()
        return [now[cable] for cable in told if cable in now and 'mislink' in now[cable]['evidence']]
    await_true(lambda: len(flagged()) == len(told), 60, 'both are flagged')
    assert all('probably a mislink' in ln['why'] and ln['confidence'] < 60 and ln['state'] == 'confirmed' for ln in flagged())
    assert made.ask('events', type='link.mislink')['events'] and told <= set(proved())
    net.tell(swap)
    made.discover()
    await_true(lambda: not flagged() and {frozenset((slow, near)), frozenset((fast, far))} <= set(proved()), 20, 'as it was')

    # Who says that two are one hears of that, not of each cable of the second.
    moved = made.ask('events', type='link.moved')['events']
    made.cli('merge', slow[0], fast[0])
    made.discover()
    await_true(lambda: fast[0] not in {end for ln in made.json('links')['links'] for end in (ln['a'], ln['b'])}, 20, 'its links are of the first')
    assert made.ask('events', type='link.moved')['events'] == moved
