"""Links as people ask for them: why two are linked, what lost, and what flows says of it."""
from conftest import await_true, farm_config, needs_root

pytestmark = needs_root


def test_a_link_is_proved_and_its_traffic_agrees(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='2s'))
    made.discover()
    links = [ln for ln in made.json('links')['links'] if ln['layer'] == 2 and ln['kind'] == 'p2p' and 'lldp' in ln['evidence']]
    assert links, 'no link by LLDP'
    a, b = links[0]['a'], links[0]['b']

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
