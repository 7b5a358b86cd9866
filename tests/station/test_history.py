"""History stays when the step changes, when a device is removed, when rrdcached dies; and status tells its size."""
import os
import re
import signal
import subprocess
import time

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root


def rows(path, resolution):
    """Times and first values of an RRD file, as far as known."""
    def fetched():
        done = subprocess.run(['rrdtool', 'fetch', path, 'AVERAGE', '-s', '-5min', '-r', str(resolution)], capture_output=True, text=True)
        assert done.returncode == 0 or 'could not lock' in done.stderr, done.stderr
        return done.returncode == 0 and done
    text = await_true(fetched, 10, 'nobody is writing the file').stdout
    found = re.findall(r'^(\d+): (\S+)', text, re.M)
    return {int(at): float(value) for at, value in found if 'nan' not in value}


def step(path):
    info = subprocess.run(['rrdtool', 'info', path], capture_output=True, text=True, check=True).stdout
    return int(re.search(r'^step = (\d+)', info, re.M).group(1))


def last(path):
    found = subprocess.run(['rrdtool', 'last', path], capture_output=True, text=True)
    return int(found.stdout) if found.returncode == 0 else 0


def await_written(paths):
    """Waits until what was taken up to now is in these files: some seconds, where files are few."""
    now = time.time()
    await_true(lambda: all(last(path) >= now - 1 for path in paths), 30, 'what waited in the files')


def octets(made):
    return sum(os.stat(os.path.join(folder, name)).st_blocks * 512
               for folder, _, names in os.walk(f'{made.data}/rrd') for name in names)


def echo_files(made):
    return [made.ask('series', name)['files'][0]['file'] for name in list(made.devices())[:5]]


def test_another_step_keeps_the_history(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='1s'))
    made.discover()
    made.await_polls(7, 40)
    files = echo_files(made)
    await_written(files)
    before = {path: rows(path, 1) for path in files}
    assert all(len(found) >= 3 for found in before.values())
    assert {step(path) for path in files} == {1}

    made.write_config(farm_config(net, every='2s'))
    made.process.send_signal(signal.SIGHUP)
    await_true(lambda: {step(path) for path in files} == {2}, 30, 'files of the new step')
    made.await_polls(3, 40)
    await_written(files)
    for path, old in before.items():
        now = rows(path, 2)
        assert max(now) > max(old), 'new samples'
        kept = [at for at in old if at % 2 == 0 and at - 1 in old]
        for at in kept:
            assert abs(now[at] - (old[at] + old[at - 1]) / 2) < 0.02 * now[at] + 0.01, (path, at, old, now)
        assert kept, (path, old)


def kill_rrdcached(made):
    try:
        os.kill(int((made.data / 'rrdcached.pid').read_text()), signal.SIGKILL)
    except (OSError, ValueError):
        pass  # there is none at the moment


def test_nothing_is_lost_while_rrdcached_is_kept_away(station, farm):
    """Killed whenever it comes back, for some seconds. Each second's echo is there afterwards."""
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='1s'))
    made.discover()
    made.await_polls(2, 40)
    files = echo_files(made)
    polls = made.polls()
    away = lambda more: kill_rrdcached(made) or all(now >= polls[name] + more for name, now in made.polls().items())
    await_true(lambda: away(5), 40, 'polls while it is away')
    assert made.text().count('rrdcached ended') >= 2
    made.await_polls(3, 40)
    await_true(lambda: made.ask('status')['rrdcached_up'], 60, 'it is back')
    await_written(files)
    for path in files:
        found = rows(path, 1)
        assert len(found) >= 9 and max(found) - min(found) + 1 == len(found), (path, sorted(found))
    assert 'samples are lost' not in made.text()


def test_removed_devices_leave_their_files_and_status_tells_the_size(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='2s'))
    made.discover()
    made.await_polls(3, 40)
    await_true(lambda: made.json('status')['series_bytes'] > 0, 30, 'the size of files')
    status = made.json('status')
    assert status['series_fit'] and status['disk_free_bytes'] > 0
    await_true(lambda: 0.8 < made.json('status')['series_bytes_foretold'] / max(octets(made), 1) < 1.2, 30,
               'all files, as foretold')
    name = next(n for n, d in made.devices().items() if not d.get('station'))
    path = made.ask('series', name)['files'][0]['file']
    made.cli('remove', name)
    assert name not in made.devices() and os.path.exists(path)
    # It is found again, by a station that knows nothing of it any more: its history goes on, and each gap has a reason.
    made.await_polls(7, 60)  # longer than rows are carried over
    made.stop()
    made.start()
    made.discover()
    await_true(lambda: name in made.devices() and made.polls().get(name, 0) >= 3, 40, 'it is found and polled')
    assert made.ask('series', name)['files'][0]['file'] == path

    def since():
        told = made.ask('series', name, 'icmp', **{'from': '-3m'})
        known = [i for i, row in enumerate(told['rows']) if row[1] is not None]
        return [(row[1], gap) for row, gap in zip(told['rows'], told['row_gaps'])][known[0]:known[-1] + 1]
    await_true(lambda: since()[-1][0] is not None and any(value is None for value, _ in since()), 30, 'values before and after')
    assert {gap for value, gap in since() if value is None} == {'not polled'}, since()
