"""The disk of the station fails in one way or another: docs/promises.md."""
import glob
import os
import pathlib
import pwd
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from conftest import USER, await_true, needs_root
from scene import (Person, answers_at_once, assert_well, began, call, known_times, often, own_alerts, polls_go_on)

pytestmark = needs_root


@pytest.fixture
def disk(place):
    """A small disk where the data will be; of a kind."""
    made = []

    def mount(*what):
        where = place / 'data'
        where.mkdir(exist_ok=True)
        subprocess.run(['mount', *what, str(where)], check=True)
        made.append(where)
        shutil.chown(where, USER, pwd.getpwnam(USER).pw_gid)
        return where
    yield mount
    for where in made:
        subprocess.run(['umount', '-l', str(where)], check=False)


def fill(where):
    """Until nothing fits any more."""
    with open(where / 'ballast', 'wb', buffering=0) as f:
        try:
            while True:
                f.write(bytes(1 << 16))
        except OSError:
            pass
        try:
            while True:
                f.write(bytes(512))
        except OSError:
            pass


def test_disk_full(station, farm, disk):
    where = disk('-t', 'tmpfs', '-o', 'size=400m', 'portolan')
    net, made = began(station, farm)
    assert (said := call(made, 'POST', 'maps', {'name': 'hand'}))[0] in (200, 201), said
    watched = sorted(made.devices())[0]
    for n in range(often(1, 10)):
        begun = time.time()
        fill(where)
        await_true(lambda: call(made, 'POST', 'silences', {'object': f'x{n}', 'duration': '1h', 'text': f'full-{n}'})[0] == 503,
                   60, 'changes are not answered with success')  # not before the log of the database is used up
        await_true(lambda: 'station.disk' in own_alerts(made), 20, 'it is told')
        polls_go_on(made, 40)
        answers_at_once(made)
        status, answer = call(made, 'PATCH', 'maps/hand', [{'op': 'add', 'id': f'n{n}'}])
        assert status == 503 and 'disk' in answer['remedy'], answer
        assert call(made, 'POST', 'maps', {'name': f'full-{n}'})[0] == 503 and made.ask('maps', f'full-{n}') is None, 'no map that is lost'
        os.unlink(where / 'ballast')
        await_true(lambda: made.ask('status')['store_queue'] == 0, 20, 'what waited is written')
        await_true(lambda: 'station.disk' not in own_alerts(made), 60, 'it is over')
        assert [s for s in made.ask('silences')['silences'] if s['text'] == f'full-{n}'], 'it was in force all the time'
        person = Person(made, f'after-{n}')
        person.run()
        assert not person.refused
        until = int(time.time()) - 2
        made.kill()
        made.start()
        person.assert_kept()
        known = known_times(made, watched, '-300s')
        missing = [t for t in range(int(begun) + 2, until) if t not in known]
        assert not missing, f'samples of the time without room: {missing}'
    assert 'samples are lost' not in made.text()
    assert_well(made)


def test_read_only_disk(station, farm, place, disk):
    """As ext4 does when the disk below it fails."""
    image = place / 'disk.img'
    with open(image, 'wb') as f:
        f.truncate(160 << 20)
    subprocess.run(['mkfs.ext4', '-q', '-b', '1024', str(image)], check=True)
    if not glob.glob('/dev/loop[0-9]*'):
        pytest.skip('no loop devices')
    where = disk('-o', 'loop', str(image))
    net, made = began(station, farm)
    assert (said := call(made, 'POST', 'silences', {'object': 'x', 'duration': '1h', 'text': 'before'}))[0] in (200, 201), said
    subprocess.run(['mount', '-o', 'remount,abort', str(where)], check=False, capture_output=True)
    await_true(lambda: call(made, 'POST', 'silences', {'object': 'y', 'duration': '1h', 'text': 'after'})[0] == 503, 20,
               'changes are not answered with success')
    await_true(lambda: 'station.disk' in own_alerts(made), 20, 'it is told')
    polls_go_on(made, 20)
    answers_at_once(made)
    assert {s['text'] for s in made.ask('silences')['silences']} >= {'before', 'after'}
    made.kill()
    # Not even a start: it says why.
    refused = subprocess.run([made.bin / 'portoland', '-f', '-c', made.config], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and str(where) in refused.stderr, refused.stderr
    # Another disk with the same contents: the kernel may remember this one as broken for as long as anybody sees it.
    await_true(lambda: subprocess.run(['umount', str(where)], capture_output=True).returncode == 0, 20, 'nobody uses the disk')
    mended = shutil.copy(image, place / 'mended.img')
    subprocess.run(['e2fsck', '-fy', str(mended)], capture_output=True)
    subprocess.run(['mount', '-o', 'loop', str(mended), str(where)], check=True)
    made.start()
    assert 'before' in {s['text'] for s in made.ask('silences')['silences']}
    assert_well(made)


def test_database_busy(station, farm):
    """Another program, say sqlite3 in somebody's shell, holds the database."""
    net, made = began(station, farm)
    for n in range(often(1, 10)):
        with sqlite3.connect(made.data / 'state.db', isolation_level=None) as other:
            other.execute('BEGIN IMMEDIATE')
            begun = time.monotonic()
            status, answer = call(made, 'POST', 'silences', {'object': f'x{n}', 'duration': '1h', 'text': f'busy-{n}'})
            assert status == 503 and 'locked' in answer['detail'], (status, answer)
            assert time.monotonic() - begun < 10
            answers_at_once(made)
            polls_go_on(made)
            other.execute('ROLLBACK')
        other.close()
        await_true(lambda: made.ask('status')['store_queue'] == 0, 20, 'what waited is written')
        made.kill()
        made.start()
        assert [s for s in made.ask('silences')['silences'] if s['text'] == f'busy-{n}']
    assert_well(made)


def test_database_corrupt(station, farm):
    """Pages of the database are overwritten while the station is away: what can be read goes on."""
    net, made = began(station, farm, devices=20)
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    person = Person(made, 'before', 40)
    person.run()
    assert len(person.tokens) == 10, person.refused
    names = set(made.devices())
    pick = random.Random(3)
    for n in range(often(1, 30)):
        made.await_polls(1, 30)
        made.stop()
        path = made.data / 'state.db'
        pages = path.stat().st_size // 4096
        with open(path, 'r+b') as f:
            for page in pick.sample(range(1, pages), max(1, pages // 20)):
                f.seek(4096 * page)
                f.write(bytes(pick.randrange(256) for _ in range(4096)))
        made.start()
        aside = glob.glob(f'{made.data}/state.db.damaged-*')
        assert aside, 'the damaged file is kept'
        event = await_true(lambda: made.ask('events', type='station.state_damaged')['events'], 10, 'it is told')[0]
        assert 'state.db.damaged-' in event['text'], event
        assert {node['id'] for node in made.ask('maps', 'hand')['nodes']} >= set(person.nodes), 'maps are files of their own'
        tokens = {t['name'] for t in made.ask('tokens')['tokens']}
        print(f'round {n}: {len(set(person.tokens) & tokens)} of {len(person.tokens)} tokens, '
              f'{len(set(made.devices()) & names)} of {len(names)} devices were read')
        made.discover()
        assert set(made.devices()) >= names
        polls_go_on(made)
        for one in aside:
            os.unlink(one)
    assert_well(made)


def test_database_is_no_database(station, farm):
    net, made = began(station, farm)
    names = set(made.devices())
    made.kill()
    for name in ('state.db', 'state.db-wal'):
        (made.data / name).write_bytes(os.urandom(20000))
    made.start()
    assert glob.glob(f'{made.data}/state.db.damaged-*')
    made.discover()
    assert set(made.devices()) >= names
    assert_well(made)


def test_spool_torn(station, farm):
    """A power cut leaves half a block, or other octets, where samples wait: the others are read."""
    net, made = began(station, farm)
    watched = sorted(made.devices())
    pick = random.Random(5)
    for n in range(often(2, 30)):
        made.await_polls(2, 30)
        os.kill(int((made.data / 'rrdcached.pid').read_text()), signal.SIGSTOP)
        made.await_polls(3, 30)
        at = time.time()
        made.kill()
        spool = sorted(pathlib.Path(made.data / 'spool').glob('*.ledger'), key=lambda p: p.stat().st_mtime)
        assert spool
        for path in spool[-2:]:
            size = path.stat().st_size
            with open(path, 'r+b') as f:
                if n % 2:
                    f.truncate(max(size - pick.randrange(1, 40), 0))
                else:
                    f.seek(max(size - pick.randrange(1, 60), 0))
                    f.write(os.urandom(30))
        made.start()
        await_true(lambda: made.ask('status')['rrdcached_up'], 60, 'rrdcached is there')
        polls_go_on(made)
        lost = [(name, t) for name in watched for t in range(int(at) - 6, int(at) - 2) if t not in known_times(made, name, '-60s')]
        assert len({name for name, _ in lost}) <= 2 * 6, f'more than the torn blocks: {lost}'
        assert len(lost) <= len(watched), lost
    assert_well(made)
