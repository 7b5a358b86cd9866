"""Every change is on record: who, when, what, and what came of it; secrets are not."""
import json

from conftest import SocketConnection, farm_config, needs_root

pytestmark = needs_root


def call(made, method, path, body=None):
    connection = SocketConnection(made.socket)
    connection.request(method, f'/api/v1/{path}', None if body is None else json.dumps(body), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def audit(made, **query):
    return made.ask('audit', **query)['audit']


def test_who_changed_what_is_on_record(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='10s'))
    made.discover()
    assert [e['operation'] for e in audit(made)] == ['discovery']
    name = next(iter(made.devices()))
    node = made.ask('maps', 'physical')['nodes'][0]['id']
    made.cli('map', 'edit', 'physical', f'move:{node}=1,2')
    made.cli('remove', name)
    assert made.refused('remove', 'nobody-of-that-name')
    assert call(made, 'POST', 'credentials', {'name': 'core', 'version': '2c', 'community': 'hidden-words'})[0] == 200
    assert call(made, 'POST', 'credentials', {'name': 'core', 'version': '2c', 'community': 'hidden-words'})[0] == 409
    # The newest first; refusals too; reading is none.
    seen = audit(made)
    assert [(e['method'], e['object'], e['status'] // 100) for e in seen] == [
        ('POST', 'credentials', 4), ('POST', 'credentials', 2), ('DELETE', 'devices/nobody-of-that-name', 4), ('DELETE', f'devices/{name}', 2),
        ('PATCH', 'maps/physical', 2), ('POST', 'discovery', 2)], seen
    assert all(e['who'] == 'root' and e['by'] == 'socket' and e['at'] for e in seen)
    assert [c['name'] for c in seen[1]['before']] == ['farm'] and [c['name'] for c in seen[1]['after']['credentials']] == ['farm', 'core']
    assert seen[1]['body'] == {'name': 'core', 'version': '2c', 'community': '(not kept)'}
    assert seen[4]['body'] and seen[4]['after']['edits'][0]['op'] == 'move'
    assert b'hidden-words' not in b''.join(p.read_bytes() for p in made.data.glob('state.db*'))
    # Found by who, what, when, text; page by page.
    assert [e['object'] for e in audit(made, object='maps/physical')] == ['maps/physical']
    assert len(audit(made, operation='devices*')) == 2 and audit(made, who='nobody') == []
    assert [e['status'] for e in audit(made, status=400)] == [409, 404]
    assert [e['operation'] for e in audit(made, text=node)] == ['maps/+']
    assert audit(made, to='-1h') == []
    page = made.ask('audit', limit=2)
    assert page['audit'] == seen[:2] and made.ask('audit', limit=2, before=page['next'])['audit'] == seen[2:4]
    assert made.json('audit', '--object', 'maps/physical')['audit'][0]['who'] == 'root'
    assert 'maps/physical' in made.cli('audit') and 'credentials' not in made.cli('audit', 'move')
    # It outlives the process.
    made.stop()
    made.start()
    assert audit(made) == seen
