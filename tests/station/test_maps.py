"""Maps as people edit them: what they did is in place after restarts and rediscovery."""
import json


from conftest import SocketConnection, await_true, farm_config, needs_root

pytestmark = needs_root


def patch(made, name, edits, tag=None):
    """PATCHes a map; status, answer, ETag."""
    connection = SocketConnection(made.socket)
    headers = {'Content-Type': 'application/json', **({'If-Match': tag} if tag else {})}
    connection.request('PATCH', f'/api/v1/maps/{name}', json.dumps(edits), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body, answer.getheader('ETag')


def nodes(made, name):
    return {n['id']: n for n in made.json('map', 'show', name)['nodes']}


def named(made, name):
    return {n['name']: n for n in nodes(made, name).values()}


def test_edits_survive_a_rediscovery_that_added_renamed_and_renumbered(station, farm, place):
    """100 devices come, 10 are called otherwise, 10 number their ports anew: every edit is where it was."""
    net = farm('--network', 'campus', '--devices', 150)
    addresses = [f'127.16.0.{n}' for n in range(1, 151)]
    truth = {d['addresses'].split(',')[0]: d['sysName'] for d in net.table('devices')}
    late = addresses[50:]
    for address in late:
        net.tell(f'kill {address}')
    made = station(farm_config(net, every='1h', within='127.16.0.0/24'))
    made.discover()
    before = named(made, 'physical')
    here = [truth[a] for a in addresses[:50] if truth[a] in before]
    assert len(here) > 40
    pinned, renamed, hidden, cloud = here[:12], here[12], here[13], here[14:18]
    made.cli('map', 'edit', 'physical', *[f'move:{n}={i * 90},{-i * 10 - 5000}' for i, n in enumerate(pinned)],
             f'rename:{renamed}=Heart of it', f'hide:{hidden}', f'cloud:west={",".join(cloud)}',
             'add:provider,kind=internet,label=The provider', f'link:provider/x1={pinned[0]}/wan9',
             f'set:{here[18]},rack=R7', f'pin:{here[19]}')
    ids = {n: before[n]['id'] for n in here}
    stood = nodes(made, 'physical')
    made.cli('map', 'export', 'physical', '-o', place / 'before.svg')

    for i, address in enumerate(addresses[:10]):
        net.tell(f'rename {address} other-{i}')
    for address in addresses[10:20]:
        net.tell(f'renumber {address}')
    for address in late:
        net.tell(f'revive {address}')
    made.discover()
    assert await_true(lambda: sum(d['state'] == 'up' for d in made.devices().values()) >= 150 or None, 60, 'all devices')
    await_true(lambda: 'other-0' in str(made.json('map', 'show', 'physical')), 60, 'the new names on the map')
    now = nodes(made, 'physical')
    assert len(now) > len(stood) + 80
    for i, name in enumerate(pinned):
        n = now[ids[name]]
        assert n['pinned'] and (n['x'], n['y']) == (i * 90, -i * 10 - 5000), n
    assert now[ids[renamed]]['name'] == 'Heart of it'
    assert now[ids[hidden]]['hidden']
    assert all(now[ids[n]]['cloud'] == '~cloud-west' and now[ids[n]]['folded'] for n in cloud)
    assert now['provider']['name'] == 'The provider' and now['provider']['kind'] == 'internet'
    assert now[ids[here[18]]]['attributes'] == {'rack': 'R7'}
    assert (now[ids[here[19]]]['x'], now[ids[here[19]]]['y']) == (stood[ids[here[19]]]['x'], stood[ids[here[19]]]['y'])
    links = made.json('map', 'show', 'physical')['links']
    assert [k for k in links if k['a'] == 'provider' and k['b'] == ids[pinned[0]] and k['b_port'] == 'wan9']
    assert {e['status'] for e in made.json('map', 'edits', 'physical')['edits']} == {'in force'}


def test_maps_are_drawn_bound_and_live_on(station, farm, place):
    net = farm('--network', 'campus', '--devices', 20)
    made = station(farm_config(net))
    made.discover()
    first = sorted(made.devices())[0]
    made.cli('map', 'new', 'site')
    made.cli('map', 'edit', 'site', 'add:fw,kind=firewall,label=Fire wall', 'add:sw,kind=switch', 'link:fw/eth1=sw/Gi0\\/1',
             'cloud:rack 1=sw', f'bind:fw={first}')
    assert not made.try_cli('map', 'edit', 'site', 'rename:fw=x', 'hide:nobody'), 'all or nothing'
    shown = nodes(made, 'site')
    assert shown['fw']['state'] == 'up' and shown['fw']['name'] == 'Fire wall'
    assert shown['~cloud-rack 1']['kind'] == 'cloud' and shown['sw']['folded']
    made.cli('map', 'edit', 'site', 'undo')
    assert nodes(made, 'site') == {}
    made.stop()
    made.start()
    assert made.json('map', 'edits', 'site')['edits'][0]['status'] == 'undone'
    made.cli('map', 'edit', 'site', 'redo')
    assert len(nodes(made, 'site')) == 3
    for ending in ('gv', 'graphml', 'json', 'csv', 'svg', 'png', 'pdf'):
        made.cli('map', 'export', 'site', '-o', place / f'site.{ending}')
    for ending in ('gv', 'graphml', 'json', 'csv'):
        made.cli('map', 'import', f'from-{ending}', place / f'site.{ending}')
        again = named(made, f'from-{ending}')
        assert again['Fire wall']['kind'] == 'firewall' and again['sw']['kind'] == 'switch'
        assert made.json('map', 'show', f'from-{ending}')['links'][0]['a_port'] == 'eth1'
    broken = place / 'broken.gv'
    broken.write_text('graph {\n  a -- \n}\n')
    done = made.refused('map', 'import', 'broken', broken)
    assert f'{broken}: line 3, column 1' in done, done
    made.cli('map', 'delete', 'site')
    assert not made.try_cli('map', 'show', 'site') and not made.try_cli('map', 'delete', 'physical')
    assert not list((made.data / 'maps').glob('site.*'))


def test_two_people_do_not_overwrite_each_other_unseen(station, snmpd):
    made = station('credentials: [{name: local, version: 2c, community: public}]\n'
                   'discovery: {ranges: [], seeds: [192.0.2.1]}\n')
    made.cli('map', 'new', 'plan')
    status, body, tag = patch(made, 'plan', [{'op': 'add', 'id': 'a'}, {'op': 'add', 'id': 'b'}])
    assert status == 200 and tag == '"1"' and body['revision'] == 1
    mine = {'op': 'move', 'id': 'a', 'x': 1, 'y': 2}
    assert patch(made, 'plan', [{'op': 'move', 'id': 'a', 'x': 9, 'y': 9}], tag)[0] == 200
    status, body, now = patch(made, 'plan', [mine], tag)
    assert status == 412 and now == '"2"' and body['changes'][0]['text'] == 'move:a=9,9'
    assert body['changes'][0]['who'] == 'root' and body['changes'][0]['at'].startswith('20')
    status, body, _ = patch(made, 'plan', {'edits': [mine], 'seen': 1})
    assert status == 409 and body['changes'][0]['id'] == 'a', 'the same thing'
    assert patch(made, 'plan', {'edits': ['move:b=5,5'], 'seen': 1})[0] == 200, 'another thing'
    assert patch(made, 'plan', [mine], '"3"')[0] == 200
    assert not made.try_cli('map', 'edit', 'plan', 'pin:b', '--revision', '3')


def test_damaged_edits_are_set_aside(station, snmpd):
    made = station('credentials: [{name: local, version: 2c, community: public}]\n'
                   'discovery: {ranges: [], seeds: [192.0.2.1]}\n')
    made.cli('map', 'new', 'plan')
    made.cli('map', 'edit', 'plan', 'add:a')
    made.stop()
    edits = made.data / 'maps' / 'plan.edits'
    edits.write_text(edits.read_text()[:-5])
    made.start()
    assert 'a' in nodes(made, 'plan'), 'the document has it too'
    assert (made.data / 'maps' / 'plan.edits.broken').exists()
    made.cli('map', 'edit', 'plan', 'add:b')
    assert 'b' in nodes(made, 'plan')
