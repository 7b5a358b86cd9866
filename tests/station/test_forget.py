"""What is on record of a device or a person is given out whole, and nothing of it is left once it is forgotten but what is told."""
import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import threading

import pytest

from conftest import Farm, Station, await_true, farm_config, needs_root

pytestmark = needs_root


def places(data, *words):
    """Files that have one of the words, and rows of the database in place of its file."""
    words = [w.encode() for w in words]
    found = []
    for p in sorted(data.rglob('*')):
        if any(w in str(p.relative_to(data)).encode() for w in words):
            found.append(f'name {p.relative_to(data)}')
        if p.is_file() and any(w in p.read_bytes() for w in words):
            found.append(str(p.relative_to(data)))
    return found


def rows(data, *words):
    with contextlib.closing(sqlite3.connect(f'file:{data}/state.db?mode=ro', uri=True)) as db:
        tables = [n for n, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(t, r) for t in tables for r in db.execute(f'SELECT * FROM "{t}"') if any(w in str(c) for c in r for w in words)]


def post(visitor, path, body=None):
    status, _, answer = visitor.ask('POST', path, body)
    return status, answer


def config(net, *seeds):
    """Devices without neighbors, so that none tells of another."""
    return farm_config(net, every='2s', extra='backup: {every: 0}\n').replace(
        f'seeds: [{net.base}]', 'seeds: [' + ', '.join(f'127.16.0.{n}' for n in seeds) + ']')


@pytest.fixture(scope='module')
def made(programs, shared_place):
    net, made = Farm(programs, shared_place, '--network', 'switches', '--devices', 3), None
    try:
        made = Station(programs, shared_place, config(net, 1, 2, 3))
        made.discover()
        made.await_polls(2, 60)
        made.net = net
        yield made
    finally:
        if made:
            made.stop()
        net.stop()


def usage_refused(made, *words):
    done = subprocess.run(made.command(*words), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stderr


def test_a_person_is_forgotten(made):
    device = sorted(made.devices())[-1]
    admin = made.administrator()
    assert post(admin, 'users', {'name': 'xenia', 'role': 'administrator', 'password': 'long enough words', 'must_change': False})[0] == 201
    xenia = made.visitor()
    xenia.sign_in('xenia', 'long enough words')
    assert post(xenia, 'silences', {'object': device, 'duration': '1h', 'text': 'work'})[0] < 300
    assert post(xenia, f'risk/{device}', {'value': 4})[0] == 200
    assert post(xenia, 'tokens', {'name': 'script', 'role': 'viewer'})[0] == 201
    assert post(xenia, f'devices/{device}/poll')[0] < 300
    assert post(xenia, 'maps', {'name': 'plan'})[0] == 201
    for edits in ('add:a', 'add:b', 'undo'):
        assert xenia.ask('PATCH', 'maps/plan', [edits])[0] == 200
    assert b'xenia' in (made.data / 'maps' / 'plan.edits').read_bytes()
    assert post(xenia, 'users/xenia/forget')[0] == 409
    alerts = made.ask('alerts', state='active')['alerts']
    if alerts:
        assert post(xenia, f'alerts/{alerts[0]["id"]}/ack', {'text': 'mine'})[0] == 200
    assert rows(made.data, 'xenia')
    given = made.directory / 'given'
    made.cli('export', 'person', 'xenia', given)
    assert json.loads((given / 'users.json').read_text())[0]['role'] == 'administrator'
    assert {a['who'] for a in json.loads((given / 'audit.json').read_text())} == {'xenia'}
    status, told = post(admin, 'users/xenia/forget')
    assert status == 200 and told['left'] == [], told
    assert rows(made.data, 'xenia') == [] and places(made.data, 'xenia') == []
    assert xenia.ask('GET', 'status')[0] == 401
    instead = told['instead']
    assert made.ask('silences')['silences'][0]['who'] == instead
    assert [t['by'] for t in made.ask('tokens')['tokens']] == [instead]
    assert [(e['who'], e['status']) for e in made.ask('maps', 'plan', 'edits')['edits']] == [(instead, 'in force'), (instead, 'undone')]
    assert {a['who'] for a in made.ask('audit', who=instead)['audit']} == {instead}
    assert [a['who'] for a in made.ask('audit')['audit'] if a['object'] == f'users/{instead}/forget' and a['status'] == 200] == ['admin']
    assert post(admin, 'users/admin/forget')[0] == 409
    made.stop()
    assert places(made.data, 'xenia') == []
    made.start()


def test_an_earlier_name_is_forgotten_and_its_device_keeps_its_series(made):
    name = sorted(made.devices())[0]
    address, folder = made.devices()[name]['address'], made.data / 'rrd' / name
    files = await_true(lambda: sorted(folder.glob('*.rrd')), 60, 'files of series')

    def call_it(before, after):
        made.net.tell(f'rename {address} {after}')
        made.cli('poll', before)
        await_true(lambda: after in made.devices(), 30, 'it is called otherwise')
    call_it(name, 'called-otherwise')
    told = made.json('forget', 'device', name, '--yes')
    assert told['deleted'] > 0 and 'called-otherwise' in made.devices()
    assert 'series of called-otherwise' in {l['where'] for l in told['left']}
    made.await_polls(2, 60)
    assert set(files) <= set(folder.glob('*.rrd')) and made.ask('series', 'called-otherwise', 'icmp')['rows']
    call_it('called-otherwise', name)


def test_a_device_is_forgotten(made):
    name, other = sorted(made.devices())[:2]
    about = made.ask('devices', name)
    words = (name, *about['addresses'])
    made.cli('map', 'new', 'by-hand')
    made.cli('map', 'edit', 'by-hand', 'add:box,label=' + name)
    made.cli('silence', other, '1h')
    folder = made.data / 'rrd' / name
    await_true(lambda: list(folder.glob('*.rrd')), 60, 'files of series')
    await_true(lambda: any(r[0].startswith('event_') for r in rows(made.data, name)), 10, 'its events are written')
    given = made.directory / 'given-device'
    made.cli('export', 'device', name, given)
    assert json.loads((given / 'device.json').read_text())['addresses'] == about['addresses']
    assert {e['object'].partition(':')[0] for e in json.loads((given / 'events.json').read_text())} == {name}
    assert json.loads((given / 'interfaces.json').read_text()) and json.loads((given / 'series.json').read_text())
    made.cli('poll', name)  # on record, by its path
    admin = made.administrator()
    operator = post(admin, 'users', {'name': 'olga', 'role': 'operator', 'password': 'long enough words', 'must_change': False})
    assert operator[0] == 201
    olga = made.visitor()
    olga.sign_in('olga', 'long enough words')
    assert post(olga, f'devices/{name}/forget')[0] == 403
    assert 'cannot be undone' in usage_refused(made, 'forget', 'device', name)
    told = made.json('forget', 'device', name, '--yes')
    assert told['deleted'] > 0 and told['instead'].startswith('forgotten-')
    left = {l['where']: l['why'] for l in told['left']}
    assert any(w.endswith('maps/by-hand.edits') for w in left) and any(w.endswith('portolan.yaml') for w in left), left
    assert name not in made.devices()
    assert 'series' in left or not folder.exists(), 'what a busy machine has not removed yet is told'
    await_true(lambda: not folder.exists(), 60, 'its files are removed')
    expected = {'maps/by-hand.edits', 'maps/by-hand.gv'}
    try:
        await_true(lambda: set(places(made.data, *words)) <= expected, 90, 'nothing is left but what was told')
    finally:
        print(f'left: {set(places(made.data, *words)) - expected}; rows {rows(made.data, *words)}')
    assert rows(made.data, *words) == []
    assert [a for a in made.ask('audit')['audit'] if a['object'] == f'devices/{told["instead"]}/forget']
    assert other in made.devices() and made.ask('events', object=other)['events']
    made.stop()
    assert set(places(made.data, *words)) <= expected
    made.write_config(config(made.net, *(n for n in (1, 2, 3) if f'127.16.0.{n}' not in words)))
    made.start()
    assert name not in made.devices()
    # Nothing is known of it any more: words that nobody was called by are left alone.
    assert 'nothing is on record' in made.refused('forget', 'device', name, '--yes')
    # One that was removed before is forgotten all the same, by what the past has of it.
    was = made.ask('devices', other)
    its = (other, *was['addresses'])
    made.cli('remove', other)
    assert [r for r in rows(made.data, was['id']) if r[0] == 'past'] and [r for r in rows(made.data, *was['addresses']) if r[0] == 'past']
    again = made.json('forget', 'device', other, '--yes')
    assert again['deleted'] > 0 and not (made.data / 'rrd' / other).exists()
    assert [r for r in rows(made.data, *its) if r[1][0] != 'silence'] == [], 'what somebody said is told'
    assert not [r for r in rows(made.data, was['id']) if r[0] == 'past']
    assert made.ask('events', object=other)['events'] == []


def test_it_ends_cleanly_while_it_looks_for_what_is_left(station):
    """Many large files to look into: the end comes first, and what was found is told to nobody."""
    made = station('credentials: [{name: local, version: 2c, community: public}]\ndiscovery: {seeds: [192.0.2.1]}\n')
    admin = made.administrator()
    assert post(admin, 'users', {'name': 'xenia', 'role': 'viewer', 'password': 'long enough words', 'must_change': False})[0] == 201
    large = made.data / 'maps' / 'large.edits'
    large.write_bytes(b'x' * (32 << 20))
    for n in range(50):
        os.link(large, made.data / 'maps' / f'large-{n}.edits')

    def octets_read():
        return int((pathlib.Path('/proc') / str(made.process.pid) / 'io').read_text().split()[1])
    begun = octets_read()

    def ask():
        with contextlib.suppress(OSError, http.client.HTTPException):
            post(admin, 'users/xenia/forget')
    asked = threading.Thread(target=ask, daemon=True)
    asked.start()
    await_true(lambda: octets_read() > begun + (64 << 20), 30, 'it looks into them')
    assert made.stop() == 0, made.text()[-3000:]
    asked.join(10)
