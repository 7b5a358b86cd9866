"""The programs that the station starts crash or hang: docs/promises.md."""
import os
import pathlib
import re
import signal
import subprocess
import time

from conftest import await_true, needs_root
from scene import answers_at_once, assert_well, began, known_times, often, polls_go_on

pytestmark = needs_root


def children(made, name):
    """Processes that the station started, by name."""
    found = []
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            pid, rest = path.read_text().split(' ', 1)
        except OSError:
            continue
        command, fields = rest.rsplit(')', 1)
        if int(fields.split()[1]) == made.process.pid and command.strip('(').startswith(name[:15]):
            found.append(int(pid))
    return found


def rrdcached(made):
    return await_true(lambda: children(made, 'rrdcached'), 60, 'rrdcached runs')[0]


def assert_no_gap(made, since, until, names=None):
    """Of each second an echo is known. The one in which a poll came late may be told by its neighbor."""
    await_true(lambda: made.ask('status')['rrdcached_up'], 90, 'rrdcached is there')
    wanted = set(range(int(since) + 2, int(until) - 2))

    def missing():
        return {name: sorted(wanted - known_times(made, name, '-300s')) for name in names or sorted(made.devices())[:3]}
    await_true(lambda: not any(missing().values()), 60, f'no sample is missing: {missing()}')


def end_rrdcached(station, farm, number):
    net, made = began(station, farm)
    begun = time.time()
    for _ in range(often(1, 10)):
        pid = rrdcached(made)
        os.kill(pid, number)
        await_true(lambda: children(made, 'rrdcached') not in ([], [pid]), 60, 'another one: after ever longer, 30 s at most')
        made.await_polls(2, 30)
    assert_no_gap(made, begun, time.time())
    assert_well(made)


def test_rrdcached_killed(station, farm):
    end_rrdcached(station, farm, signal.SIGKILL)


def test_rrdcached_restarted(station, farm):
    """Ended by somebody, as an upgrade does."""
    end_rrdcached(station, farm, signal.SIGTERM)


def test_rrdcached_hung(station, farm):
    """Stopped for good: ended and started again by the station. Samples wait. (How soon: tests/unit/station/test_series_away.)"""
    net, made = began(station, farm)
    begun, pid = time.time(), rrdcached(made)
    os.kill(pid, signal.SIGSTOP)
    made.await_polls(3, 30)
    answers_at_once(made)
    if often(False, True):
        await_true(lambda: 'station.series' in {a['type'] for a in made.ask('alerts')['alerts']}, 150, 'it is told')
        await_true(lambda: children(made, 'rrdcached') not in ([], [pid]), 200, 'another one')
    else:
        os.kill(pid, signal.SIGKILL)
    assert_no_gap(made, begun, time.time())
    assert_well(made)


def test_render_crashed_or_hung(station, farm, place):
    """A picture fails or takes long, nothing else: the next one is drawn."""
    net, made = began(station, farm)
    made.cli('map', 'export', 'physical', '-o', place / 'before.svg')
    renderer = made.bin / 'portolan-render'
    good = renderer.read_bytes()
    try:
        for n, program in enumerate(('#!/bin/sh\nkill -SEGV $$\n', '#!/bin/sh\nexit 1\n', '#!/bin/sh\necho no picture\n', '#!/nowhere\n')):
            renderer.unlink()
            renderer.write_text(program)
            renderer.chmod(0o755)
            made.cli('map', 'edit', 'physical', f'add:n{n}')
            said = made.refused('map', 'export', 'physical', '-o', place / f'{n}.png') if n != 2 else ''
            assert n == 2 or re.search('failed|ended without a word|cannot be started', said), said
        renderer.unlink()
        renderer.write_text('#!/bin/sh\nexec sleep 1000\n')
        renderer.chmod(0o755)
        made.cli('map', 'edit', 'physical', 'add:hung')
        waiting = made.process.pid
        asked = subprocess.Popen(made.command('map', 'export', 'physical', '-o', place / 'hung.png'), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
        hung = set(await_true(lambda: children(made, 'sleep'), 20, 'it hangs'))
        answers_at_once(made)
        polls_go_on(made)
        if often(False, True):
            await_true(lambda: asked.poll() is not None, 90, 'it is ended')
            assert asked.returncode == 1, asked.stderr.read()
            # The next map may be laid out by then, which hangs too.
            await_true(lambda: not hung & set(children(made, 'sleep')), 70, 'its process is ended')
        asked.terminate()
        asked.communicate()
        assert waiting == made.process.pid
        for pid in children(made, 'sleep'):
            os.kill(pid, signal.SIGKILL)
    finally:
        renderer.unlink(missing_ok=True)
        renderer.write_bytes(good)
        renderer.chmod(0o755)
    made.cli('map', 'export', 'physical', '-o', place / 'after.svg')
    assert b'<svg' in (place / 'after.svg').read_bytes()
    assert_well(made)
