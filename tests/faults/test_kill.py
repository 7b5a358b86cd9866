"""kill -9 at any moment: docs/promises.md."""
import random
import sqlite3
import time

from conftest import await_true, needs_root
from scene import Person, assert_well, began, call, cut_a_cable, known_times, often

pytestmark = needs_root


def assert_whole(made):
    with sqlite3.connect(f'file:{made.data}/state.db?mode=ro', uri=True) as db:
        assert db.execute('pragma integrity_check').fetchall() == [('ok',)]


def test_kill_9(station, farm):
    net, made = began(station, farm)
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    names = set(made.devices())
    watched = sorted(names)[0]
    cut_a_cable(net)
    lasting = lambda: [a for a in made.ask('alerts')['alerts'] if a['type'] == 'port.down']  # one of the station's load may end
    alert = await_true(lasting, 60, 'a port that is down')[0]
    assert call(made, 'POST', f'alerts/{alert["id"]}/ack', {'text': 'seen'})[0] == 200
    pick, kept, refused = random.Random(8), 0, []
    rounds = often(5, 100)
    for n in range(rounds):
        person = Person(made, f'r{n}')
        person.start()
        time.sleep(pick.random() * 0.4)  # what is tested is a moment
        before = known_times(made, watched)
        at = time.time()
        made.kill()
        person.join(30)
        assert_whole(made)
        made.start()
        kept += person.assert_kept()
        refused += person.refused
        lost = {t for t in before - known_times(made, watched, '-60s') if t < at - 2}
        assert not lost, f'samples that were known and are lost: {sorted(lost)}, killed at {at}'
        assert set(made.devices()) >= names
    assert not refused, refused[:3]
    assert kept > rounds
    again, = [a for a in made.ask('alerts')['alerts'] if a['id'] == alert['id']]
    assert again['acknowledged']['text'] == 'seen', again
    assert {m['name'] for m in made.ask('maps')['maps']} >= {'hand', 'physical', 'network'}
    assert 'cannot be read' not in made.text()
    assert_well(made)
    print(f'{rounds} kills, {kept} changes answered with success')
