"""The long run: devices appear, vanish, reboot, renumber, are renamed, lose cables; the station stays what it was.

`make soak`, with from the environment:
SOAK_SPEED    how many times faster than life (60): what is a minute in life, the polling interval, is a second. Faster, and
              the interval of a second is a longer one in life: five minutes at 300
SOAK_DEVICES  (500) of the simulated campus
SOAK_MINUTES  (50) of real time: 168 are a week at sixty-fold speed, 34 one of an interval of five minutes at 300
"""
import collections
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import threading
import time

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

SPEED = float(os.environ.get('SOAK_SPEED', 60))
MINUTES = float(os.environ.get('SOAK_MINUTES', 50))
DEVICES = int(os.environ.get('SOAK_DEVICES', 500))
EVERY_S = max(60 / SPEED, 1)
TURN_S = 10
SANITIZED = 'sanitized' in os.environ.get('BUILD', '')  # what is freed is kept for a while, to see who uses it
LOOK_S = 30
LOOKED_AT = 5  # devices of each kind
BUSY = {'overload', 'timeout'}  # why values may be missing of devices that nothing happened to: where the machine has no time for them
BUSY_SHARE = 0.05
SETTLING = 0.25  # of the time, before anything is held against what follows
KEPT_MIN = max(int(0.8 * SETTLING * MINUTES), 6)  # history is as long as it will be by then

# All that may not grow. What has a limit of its own may until then: alerts that ended, what receivers were told, reasons of
# gaps, numbers of objects, which are given once, risks of links that had an alert; files of what was removed stay as long
# as their samples.
LIMITED = {'alert', 'told', 'notice', 'gap', 'object', 'risk', 'risk_of', 'learned', 'spool', 'rrd'}
Look = collections.namedtuple('Look', 'at memory rrdcached descriptors threads files lateness held held_at objects')


def resident(pid):
    try:
        return int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return 0  # it was ended between


def look(made, begin):
    pid, status = made.process.pid, made.json('status')
    with sqlite3.connect(f'file:{made.data}/state.db?mode=ro', uri=True) as db:
        objects = dict(db.execute('SELECT kind, count(*) FROM object GROUP BY kind'))
    files = collections.Counter()
    for place, _, names in os.walk(made.data):  # what goes meanwhile is passed over
        below = pathlib.Path(place).relative_to(made.data).parts[:1]
        files.update(below[0] if below else name for name in names)
    try:
        other = int((made.data / 'rrdcached.pid').read_text())
    except (OSError, ValueError):
        other = 0
    seen = Look(round(time.monotonic() - begin), resident(pid), resident(other), made.descriptors(),
                len(os.listdir(f'/proc/{pid}/task')), dict(files), status['poll_lateness_p99_ms'], status['loop_held_max_ms'], status.get('loop_held_at', ''), objects)
    print(f'{seen.at} s: memory {seen.memory / 1e6:.1f} MB, rrdcached {seen.rrdcached / 1e6:.1f} MB, {seen.descriptors} descriptors, '
          f'{seen.threads} threads, lateness p99 {seen.lateness} ms, held {seen.held} ms {seen.held_at}, files {seen.files}, objects {seen.objects}', flush=True)
    return seen


class Churn:
    """What happens to devices, some a turn; the calm ones and the seed are spared."""

    def __init__(self, made, net):
        self.made, self.net, self.pick = made, net, random.Random(1)
        table = net.table('devices')
        addresses = [d['addresses'].split(',')[0] for d in table]
        self.name_of = {d['addresses'].split(',')[0]: d['sysName'] for d in table}
        self.calm = addresses[1:6] + addresses[6::10]
        self.others = sorted(set(addresses[1:]) - set(self.calm))
        self.silent, self.gone, self.off, self.renamed = set(), set(), set(), set()

    def tell(self, command, *addresses):
        for address in addresses:
            self.net.tell(f'{command} {address}')

    def some(self, count):
        free = sorted(set(self.others) - self.silent - self.gone - self.off)
        return self.pick.sample(free, min(count, len(free)))

    def rename(self, address):
        back = address in self.renamed
        self.net.tell(f'rename {address} {self.name_of[address]}{"" if back else "-renamed"}')
        (self.renamed.discard if back else self.renamed.add)(address)

    def come_back(self):
        self.tell('revive', *self.silent, *self.gone)
        self.tell('poweron', *self.off)
        for address in self.gone:  # what was removed is found again
            self.made.cli('discover', address)
        self.silent, self.gone, self.off = set(), set(), set()

    def turn(self):
        self.come_back()
        many = max(DEVICES // 200, 1)
        self.tell('reboot', *self.some(many))
        self.tell('renumber', *self.some(many))
        for address in self.some(many):
            self.rename(address)
        self.silent = set(self.some(2 * many))
        self.tell('kill', *self.silent)
        self.off = set(self.some(many))
        self.tell('poweroff', *self.off)
        vanish = self.some(many)
        self.tell('kill', *vanish)
        for address in vanish:
            subprocess.run(self.made.command('remove', address), capture_output=True, timeout=60)  # it may be at the moment unknown
        self.gone = set(vanish)


class Gaps:
    """Values that are missing, by device, series and reason: of some devices at a time, the calm and the others."""

    def __init__(self, made, churn):
        self.made, self.churn = made, churn
        self.calm, self.others, self.rows, self.unexplained = collections.Counter(), collections.Counter(), collections.Counter(), []

    def look(self):
        for kind, addresses in (('calm', self.churn.calm), ('others', self.churn.others)):
            for address in self.churn.pick.sample(addresses, min(LOOKED_AT, len(addresses))):
                device = self.made.ask('devices', address)  # it may be at the moment unknown
                for path in self.some_series(device['name']) if device else ():
                    self.look_at(kind, *path)

    def some_series(self, name):
        files = (self.made.ask('series', name) or {'files': []})['files']
        by_group = collections.defaultdict(list)
        for f in files:
            by_group[f['series']].append(f.get('object', ''))
        for group, objects in by_group.items():
            one = self.churn.pick.choice(objects)
            if group == 'port':
                yield f'{name}:{one}', 'traffic'
            elif group != 'risk':
                yield name, f'{group}-{one}' if one else group

    def look_at(self, kind, name, series):
        answer = self.made.ask('series', name, series, **{'from': '-4m'}) or {'rows': [], 'row_gaps': []}
        rows = [(row[0], any(v is not None for v in row[1:]), why) for row, why in zip(answer['rows'], answer['row_gaps'])]
        known = [at for at, is_known, _ in rows if is_known]
        rows = [(at, why) for at, is_known, why in rows if known and known[0] < at < known[-1] and not is_known]
        self.rows[kind] += len(answer['rows'])
        (self.calm if kind == 'calm' else self.others).update(why for _, why in rows)
        missing = [at for at, why in rows if why is None]
        if missing:
            near = [row[:3] for row in answer['rows'] if abs(row[0] - missing[0]) <= 4 * EVERY_S]
            self.unexplained.append((name, series, kind, missing[:5], len(missing), answer['gaps'][-3:], near))

    def share_of_the_calm(self):
        return sum(self.calm.values()) / max(self.rows['calm'], 1)


class Told:
    """A text that is made when it is read."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text()


def third(looks, which, what):
    size = max(len(looks) // 3, 1)
    some = looks[:size] if which == 'first' else looks[-size:]
    return statistics.median(getattr(s, what) for s in some)


def test_nothing_grows_and_nothing_is_late(station, farm):
    net = farm('--network', 'campus', '--devices', DEVICES, '--run-seconds', int(60 * MINUTES) + 3600)
    made = station(farm_config(net, every=f'{EVERY_S:g}s', extra='agentx: {master: ""}\n').replace(f'["{EVERY_S:g}s for 1h"]', f'["{EVERY_S:g}s for 5min", "{30 * EVERY_S:g}s for {KEPT_MIN}min"]'))
    made.discover(limit_s=1200)
    made.await_polls(3, 300)
    churn, pause, looks = Churn(made, net), threading.Event(), []
    gaps = Gaps(made, churn)
    begin, turns = time.monotonic(), 0
    end, next_look = begin + 60 * MINUTES, begin + SETTLING * 60 * MINUTES
    while time.monotonic() < end:
        churn.turn()
        turns += 1
        pause.wait(max(begin + turns * TURN_S - time.monotonic(), 0))
        if time.monotonic() >= next_look:
            next_look += LOOK_S
            looks.append(look(made, begin))
            gaps.look()
    print(f'{turns} turns, {len(looks)} looks at {dict(gaps.rows)} rows; missing of the calm {dict(gaps.calm)}, of others {dict(gaps.others)}; '
          f'without a reason: {len(gaps.unexplained)} {gaps.unexplained[:3]}')
    churn.come_back()
    for address in list(churn.renamed):
        churn.rename(address)
    made.discover(limit_s=1200)
    want = {d['sysName'] for d in net.table('devices')}
    missing = lambda: sorted(want - set(made.devices()))  # noqa: E731
    await_true(lambda: not missing(), 120, Told(lambda: f'every device is there under its name: {missing()}; there are {sorted(set(made.devices()) - want)}'))
    for what, slack in (('memory', 300e6 if SANITIZED else 2e6), ('rrdcached', 2e6), ('descriptors', 5), ('threads', 0)):
        before, after = third(looks, 'first', what), third(looks, 'last', what)
        assert after <= 1.05 * before + slack, f'{what}: {before} -> {after}'
    before, after = third(looks, 'first', 'lateness'), third(looks, 'last', 'lateness')
    assert after < 1.5 * before + 100, f'polls get later: {before} ms -> {after} ms'
    for what in ('files', 'objects'):
        first, last = getattr(looks[0], what), getattr(looks[-1], what)
        grown = {k: (first.get(k, 0), n) for k, n in last.items() if n > 1.05 * first.get(k, 0) + 20 and k not in LIMITED}
        assert not grown, f'{what}: {grown}'
    assert not gaps.unexplained, gaps.unexplained
    assert not set(gaps.calm) - BUSY, gaps.calm
    assert gaps.share_of_the_calm() < BUSY_SHARE, f'the machine is too busy for so many devices: {gaps.calm} of {gaps.rows}'
    assert 'samples are lost' not in made.text()
