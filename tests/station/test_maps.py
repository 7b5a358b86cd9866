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


def edit_everything(made, here, link):
    """Each operation there is, on devices, links, clouds, nested ones, and what is drawn; what has to hold ever after."""
    made.cli('map', 'edit', 'physical', 'add:gone', 'remove:gone', f'remove:{here[20]}', f'hide:{here[21]}', f'show:{here[21]}',
             f'rename:{here[22]}=Twice', f'rename:{here[22]}=', f'set:{here[23]},kind=firewall', f'bind:provider={here[24]}',
             f'pin:{here[25]}', f'unpin:{here[25]}', f'link:{here[26]}/a=provider/b', f'link:{here[27]}=provider', f'unlink:{here[27]}=provider',
             f'cloud:inner={here[28]},{here[29]}', f'cloud:outer={here[30]}', 'nest:inner=outer', 'expand:outer', 'collapse:inner',
             f'nest:{here[31]}=inner', f'cloud:short={here[32]},{here[33]}', 'dissolve:short', 'move:inner=-4000,-4000',
             'add:lone,kind=camera', 'move:lone=-4500,-4500', 'rename:outer=The yard', f'hide:{link}', f'set:{link},colour=red')
    made.cli('map', 'edit', 'physical', f'hide:{here[34]}')
    made.cli('map', 'edit', 'physical', 'undo')
    made.cli('map', 'edit', 'physical', f'hide:{here[35]}')
    made.cli('map', 'edit', 'physical', 'undo')
    made.cli('map', 'edit', 'physical', 'redo')


def assert_everything(shown, ids, here, link):
    nodes, links = {n['id']: n for n in shown['nodes']}, {k['id']: k for k in shown['links']}
    of = [nodes[ids[name]] for name in here]
    assert 'gone' not in nodes and of[20]['hidden'] and not of[21].get('hidden')
    assert of[22]['name'] != 'Twice' and of[23]['kind'] == 'firewall' and nodes['provider']['bound'] == ids[here[24]]
    assert nodes['provider']['state'] == of[24]['state'] and not of[25].get('pinned')
    drawn = [(k['a'], k['b']) for k in shown['links'] if 'provider' in (k['a'], k['b']) and not k.get('hidden')]
    assert (ids[here[26]], 'provider') in drawn and (ids[here[27]], 'provider') not in drawn
    assert [of[i]['cloud'] for i in (28, 29, 30, 31)] == ['~cloud-inner', '~cloud-inner', '~cloud-outer', '~cloud-inner']
    inner, outer = nodes['~cloud-inner'], nodes['~cloud-outer']
    assert inner['cloud'] == '~cloud-outer' and inner['collapsed'] and not outer.get('collapsed') and outer['name'] == 'The yard'
    assert (inner['x'], inner['y'], inner['pinned']) == (-4000, -4000, True)
    assert '~cloud-short' not in nodes and not of[32].get('cloud')
    assert (nodes['lone']['x'], nodes['lone']['y'], nodes['lone']['kind']) == (-4500, -4500, 'camera')
    assert links[link]['hidden'] and links[link]['attributes'] == {'colour': 'red'}
    assert not of[34].get('hidden') and of[35]['hidden']


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
    link = next(k['id'] for k in made.json('map', 'show', 'physical')['links'] if {k['a'], k['b']} == {ids[here[0]], ids[here[1]]})
    edit_everything(made, here, link)
    assert_everything(made.json('map', 'show', 'physical'), ids, here, link)
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
    assert_everything(made.json('map', 'show', 'physical'), ids, here, link)
    assert {e['status'] for e in made.json('map', 'edits', 'physical')['edits']} == {'in force', 'undone'}
    made.stop()
    made.start()
    assert_everything(made.json('map', 'show', 'physical'), ids, here, link)


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
