"""What a page draws of a map: without what is folded, packed, with layers over it and a histogram below."""
import gzip
import json

from conftest import SocketConnection, farm_config, needs_root

pytestmark = needs_root


def get(made, path, **headers):
    """Status, headers, body as it came."""
    connection = SocketConnection(made.socket)
    connection.request('GET', f'/api/v1/{path}', headers={k.replace('_', '-'): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_a_map_is_sent_short_and_once(station, farm):
    net = farm('--network', 'campus', '--devices', 40)
    made = station(farm_config(net, every='10s'))
    made.discover()
    names = [n['id'] for n in made.ask('maps', 'physical')['nodes'] if n['origin'] == 'device']
    made.cli('map', 'edit', 'physical', f'cloud:hall={",".join(names[:10])}')
    whole = made.ask('maps', 'physical')
    # The cloud is folded: what is in it is not sent, nor any link of it but their sum.
    shown = made.ask('maps', 'physical', shown=1)
    sent = {n['id'] for n in shown['nodes']}
    assert sent == {n['id'] for n in whole['nodes'] if not n.get('folded')} and not sent & set(names[:10])
    assert all(k['a'] in sent and k['b'] in sent for k in shown['links']) and any(k.get('summed') for k in shown['links'])
    # Opened for this look alone.
    opened = made.ask('maps', 'physical', shown=1, open='~cloud-hall')
    assert set(names) <= {n['id'] for n in opened['nodes']}
    assert not set(names[:10]) & {n['id'] for n in made.ask('maps', 'physical', shown=1)['nodes']}
    assert not set(names[:10]) & {n['id'] for n in made.ask('maps', 'physical', shown=1, open='~cloud-hall', fold='~cloud-hall,nothing')['nodes']}

    # Packed for who takes that, and not sent again to who has it.
    status, headers, plain = get(made, 'maps/physical?at=2020-01-01T00:00')
    assert status in (200, 404)
    status, headers, packed = get(made, 'devices', Accept_Encoding='gzip')
    assert status == 200 and headers['Content-Encoding'] == 'gzip' and len(json.loads(gzip.decompress(packed))['devices']) >= 40
    assert headers['Vary'] == 'Accept-Encoding'
    status, headers, plain = get(made, 'layers/risk')
    assert status == 200 and 'Content-Encoding' not in headers and json.loads(plain)['layer'] == 'risk'
    status, _, body = get(made, 'layers/risk', If_None_Match=headers['ETag'])
    assert status == 304 and body == b''
    # The revision that a map came with is what an edit may ask for.
    tag = get(made, 'maps/physical')[1]['ETag']
    connection = SocketConnection(made.socket)
    connection.request('PATCH', '/api/v1/maps/physical', json.dumps([{'op': 'pin', 'id': names[20]}]),
                       {'Content-Type': 'application/json', 'If-Match': tag})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()


def test_layers_tell_of_nodes_and_links_by_their_ids(station, farm):
    net = farm('--network', 'campus', '--devices', 40)
    made = station(farm_config(net, every='10s'))
    made.discover()
    physical = made.ask('maps', 'physical')
    nodes, links = {n['id'] for n in physical['nodes']}, {k['id'] for k in physical['links']}
    layers = made.ask('layers')
    assert layers['vlans'] and layers['trees']
    vlan = max(layers['vlans'], key=lambda v: v['devices'])
    layer = made.ask('layers', f'vlan:{vlan["vlan"]}')
    assert len(layer['nodes']) == vlan['devices'] and set(layer['nodes']) <= nodes
    assert {n['id'] for n in made.ask('maps', f'vlan-{vlan["vlan"]}')['nodes']} >= set(layer['nodes'])
    assert set(layer['links']) <= links and set(layer['untold']) <= links
    tree = made.ask('layers', 'stp')
    assert set(tree['nodes']) <= nodes and set(tree['blocked']) == {k['id'] for k in physical['links'] if k['state'] == 'blocked'}
    assert {t['root'] for t in tree['trees'] if 'root' in t} <= nodes
    network = made.ask('layers', 'network')
    assert network['links'] and {k['id'] for k in network['links']} <= {k['id'] for k in made.ask('maps', 'network')['links']}
    assert made.ask('layers', 'vlan:4000') is None and made.ask('layers', 'weather') is None


def test_events_are_counted_by_spans(station, farm):
    net = farm('--network', 'campus', '--devices', 20)
    made = station(farm_config(net, every='10s'))
    made.discover()
    made.cli('remove', next(iter(made.devices())))
    counted = made.ask('events', 'histogram', **{'from': '-1h', 'buckets': 60})
    events = made.ask('events', limit=10000)['events']
    assert len(counted['counts']) == len(counted['worst']) == 60 and counted['span_s'] == 60
    assert sum(counted['counts']) == sum(e['count'] for e in events)
    assert [w is None for w in counted['worst']] == [n == 0 for n in counted['counts']]
    one = made.ask('events', 'histogram', **{'from': '-1h', 'buckets': 1, 'type': 'device.removed'})
    assert one['counts'] == [1] and one['worst'] == ['indeterminate']
    status, _, body = get(made, 'events/histogram?from=now&to=-1h')
    assert status == 400 and 'before' in json.loads(body)['detail']
