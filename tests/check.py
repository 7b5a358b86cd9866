#!/usr/bin/env python3
"""Runs every test and counts: check.py BUILD [--fuzz-seconds N] [--only NAME,...]

Steps, beside each other as far as one does not need another: law, format, page
(node), sanitized (the build by clang), then unit and fuzz (short) of it, and
pytest of tests/lab, station, web and faults: measures (what holds times and
rates), waiting (the others), findings (what needs the sanitized build). Where
they compete for the processors, what measures goes first, compiling last. A few
that failed there are run again with nothing beside them: what then passes is
told as unsteady, which is a fault of the test or of the station to be found; AGAIN
marks it where it failed first.
Ends with the line "N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as xml

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TREE, 'tests', 'fuzz'))
import seeds  # noqa: E402

BEHIND = ['nice', '-n', '10']  # gets a tenth of what one gets that is not
IDLE = ['chrt', '--idle', '0']  # gets what nobody else wants
AGAIN_MAX = 4  # more that fail are no matter of chance
SHOWN = re.compile(r'(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) +(\S.*)')


class Tally:
    """What came of each test; told at once. Steps share it."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures, self.doubtful = [], []
        self.lock = threading.Lock()

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    def add(self, name, ok, output=''):
        with self.lock:
            self.passed += ok
            self.failed += not ok
            if not ok:
                self.failures.append(name)
        if not ok:
            self.say(f'FAILED {name}\n{output}')

    def doubt(self, name, again):
        """again(self) runs it once more, and adds what comes of it."""
        with self.lock:
            self.doubtful.append((name, again))

    def add_passed(self, count):
        with self.lock:
            self.passed += count

    def add_skipped(self):
        with self.lock:
            self.skipped += 1


def run(command, limit, **more):
    """Exit code and output; a command that hangs is ended and has failed."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors='replace', timeout=limit, cwd=TREE, **more)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as e:
        out = e.stdout.decode(errors='replace') if isinstance(e.stdout, bytes) else e.stdout or ''
        return 1, f'{out}\nended after {limit} s'


def on_all_cores(what, things):
    """what(thing) of each, in order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(what, things)


def step_law(args, tally):
    code, out = run(['tests/law.py'], 60)
    tally.add('folder law', code == 0, out)


def step_format(args, tally):
    files = subprocess.run(['git', 'ls-files', '*.c', '*.h'], cwd=TREE, capture_output=True, text=True).stdout.split()
    code, out = run([*BEHIND, 'clang-format', '--dry-run', '-Werror', *files], 300)
    tally.add('clang-format', code == 0, out[-4000:])


def step_sanitized(args, tally):
    """Everything by the other compiler, its warnings errors too."""
    code, out = run([*IDLE, 'make', '--no-print-directory', f'B={args.build}', 'clang'], 3600)
    tally.add('clang', code == 0, out[-6000:])


def add_unit(tally, program, code, out):
    tally.add_passed(sum(int(n) for n in re.findall(r'\[  PASSED  \] (\d+) test', out)))
    if code != 0:
        failed = set(re.findall(r'\[  FAILED  \] ([A-Za-z_]\w+)', out))
        for name in sorted(failed) or ['crashed']:
            tally.add(f'{os.path.basename(program)}: {name}', False)
        tally.say(out[-6000:])


def step_unit(args, tally):
    programs = sorted(p for p in glob.glob(f'{args.sanitized}/unit/*/test_*') if not p.endswith('.d'))
    for program, code, out in on_all_cores(lambda p: (p, *run([*BEHIND, p], 300)), programs):
        if code == 0:
            add_unit(tally, program, code, out)
        else:
            tally.say(f'{os.path.basename(program)} failed, and is run again\n{out[-6000:]}')
            tally.doubt(os.path.basename(program), lambda t, p=program: add_unit(t, p, *run([p], 300)))
    if not programs:
        tally.add('unit tests', False, 'there are none: make clang')


def fuzz_one(program, seconds):
    with tempfile.TemporaryDirectory() as corpus:
        seeds.write(os.path.basename(program), corpus)
        code, out = run([*BEHIND, program, f'-max_total_time={seconds}', '-max_len=4096', '-rss_limit_mb=2048',
                         '-timeout=30', f'-artifact_prefix={corpus}/', corpus], seconds + 120)
    return os.path.basename(program), code, out


def step_fuzz(args, tally):
    programs = sorted(p for p in glob.glob(f'{args.sanitized}/fuzz/fuzz_*') if not p.endswith('.d'))
    for name, code, out in on_all_cores(lambda p: fuzz_one(p, args.fuzz_seconds), programs):
        tally.add(name, code == 0, out[-4000:])
    if not programs:
        tally.add('fuzz harnesses', False, 'there are none: make clang')


def step_page(args, tally):
    """What the page computes, without a browser; --test tells TAP."""
    files = sorted(glob.glob(f'{TREE}/tests/web/unit/*.test.js'))
    web = os.path.join(os.path.abspath(args.build), 'web')
    code, out = run(['env', f'WEB={web}', 'node', '--experimental-default-type=module', '--test', '--test-reporter=tap', *files], 300)
    cases = re.findall(r'^\s*(not ok|ok) \d+ - (.*?)(?: # (SKIP).*)?$', out, re.M)
    for result, name, skipped in cases:
        if not name.endswith('.js'):
            tally.add(f'page: {name}', result == 'ok')
    if code != 0 or not cases:
        tally.add('page', False, out[-6000:])


def run_pytest(args, tally, name, workers, marked, *what, before=(), doubtful=True):
    """Each test is told when it ends; what failed, at the end of all. doubtful: that is seen again."""
    report = os.path.abspath(os.path.join(args.build, f'{name}.xml'))
    if os.path.exists(report):
        os.remove(report)
    command = [*before, '/usr/bin/python3', '-m', 'pytest', '-v', '-rs', '-p', 'no:cacheprovider', f'--junitxml={report}',
               '-n', str(workers), '--dist', 'loadgroup', '-m', marked, *what]
    process = subprocess.Popen(command, cwd=TREE, env={**os.environ, 'BUILD': os.path.abspath(args.build)}, text=True,
                               errors='replace', stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    rest = []
    for line in process.stdout:
        shown = SHOWN.search(line) if line.startswith('[gw') else None
        if shown:
            bad = shown.group(1) in ('FAILED', 'ERROR')
            tally.say(f'{"AGAIN" if bad and doubtful else shown.group(1)} {shown.group(2).rstrip()}')
        elif '::' not in line or not line.startswith('tests/'):
            rest.append(line)
    code = process.wait()
    if code != 0:
        tally.say(f'== {name}: what failed\n{"".join(rest)}')
    count_cases(args, report, code, tally, doubtful)


def count_cases(args, report, code, tally, doubtful):
    if not os.path.exists(report):
        tally.add(os.path.basename(report), False, f'pytest ended with {code}')
        return
    for case in xml.parse(report).getroot().iter('testcase'):
        if case.find('skipped') is not None:
            tally.add_skipped()
        else:
            bad = case.find('failure') is not None or case.find('error') is not None
            if bad and doubtful:
                name = re.sub(r'@[^\]]*$', '', case.get('name'))  # without its group
                place = f'{case.get("classname").replace(".", "/")}.py::{name}'
                tally.doubt(place, lambda t, p=place: run_pytest(args, t, 'again', 1, '', p, doubtful=False))
            else:
                tally.add(f'{case.get("classname")}.{case.get("name")}', not bad)


def step_measures(args, tally):
    """What holds times and rates."""
    run_pytest(args, tally, 'measures', 3, 'measures and not sanitized', 'tests/station')


def step_waiting(args, tally):
    """The daemon between real agents, the farm, the lab, and people: waits most of the time."""
    run_pytest(args, tally, 'waiting', 4, 'not measures and not sanitized', 'tests/lab', 'tests/station', 'tests/web',
               'tests/faults', before=BEHIND)


def step_findings(args, tally):
    """The same daemon under sanitizers."""
    run_pytest(args, tally, 'findings', 4, 'sanitized', 'tests/station')


def look_again(tally):
    """What failed beside other work, with none."""
    doubtful = dict(sorted(tally.doubtful, key=lambda d: d[0]))
    if len(doubtful) > AGAIN_MAX:
        for name in doubtful:
            tally.add(name, False)
        return
    unsteady = []
    for name, again in doubtful.items():
        before = tally.failed
        again(tally)
        if tally.failed == before:
            unsteady.append(name)
    if unsteady:
        print('unsteady, failed beside other work and passed alone: ' + ', '.join(unsteady))


# name: (what it does, which have to be over before)
STEPS = {'law': (step_law, ()), 'format': (step_format, ()), 'page': (step_page, ()), 'sanitized': (step_sanitized, ()),
         'measures': (step_measures, ()), 'waiting': (step_waiting, ()), 'unit': (step_unit, ('sanitized',)),
         'fuzz': (step_fuzz, ('sanitized', 'unit')), 'findings': (step_findings, ('sanitized', 'measures'))}
SEVERAL = {'station': ('measures', 'waiting', 'findings')}


def run_steps(names, args, tally):
    over = {name: threading.Event() for name in names}

    def take(name):
        what, after = STEPS[name]
        for other in after:
            if other in over:
                over[other].wait()
        begun = time.monotonic()
        tally.say(f'== {name}')
        try:
            what(args, tally)
        except Exception as e:  # pylint: disable=broad-except
            tally.add(name, False, repr(e))
        finally:
            over[name].set()
        tally.say(f'== {name}: {time.monotonic() - begun:.0f} s')
    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(take, names))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build')
    parser.add_argument('--fuzz-seconds', type=int, default=3)
    parser.add_argument('--only', default=','.join(STEPS))
    args = parser.parse_args()
    args.sanitized = os.path.join(os.path.abspath(args.build), 'sanitized')
    tally = Tally()
    names = [n for name in args.only.split(',') for n in SEVERAL.get(name, (name,))]
    begun = time.monotonic()
    run_steps(names, args, tally)
    look_again(tally)
    print(f'all: {time.monotonic() - begun:.0f} s')
    if tally.failures:
        print('failed: ' + ', '.join(tally.failures))
    print(f'{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped')
    return 1 if tally.failed or not tally.passed else 0


if __name__ == '__main__':
    sys.exit(main())
