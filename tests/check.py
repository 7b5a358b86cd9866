#!/usr/bin/env python3
"""Runs every test and counts: check.py BUILD [--fuzz-seconds N] [--only NAME,...]

Steps: law, format, unit (under sanitizers), fuzz (short), page (node), station (pytest).
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
import time
import xml.etree.ElementTree as xml

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TREE, 'tests', 'fuzz'))
import seeds  # noqa: E402


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def add(self, name, ok, output=''):
        if ok:
            self.passed += 1
            return
        self.failed += 1
        self.failures.append(name)
        print(f'FAILED {name}\n{output}', flush=True)


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
    code, out = run(['clang-format', '--dry-run', '-Werror', *files], 120)
    tally.add('clang-format', code == 0, out[-4000:])


def step_unit(args, tally):
    programs = sorted(p for p in glob.glob(f'{args.sanitized}/unit/*/test_*') if not p.endswith('.d'))
    for program, code, out in on_all_cores(lambda p: (p, *run([p], 120)), programs):
        passed = sum(int(n) for n in re.findall(r'\[  PASSED  \] (\d+) test', out))
        failed = set(re.findall(r'\[  FAILED  \] ([A-Za-z_]\w+)', out))
        tally.passed += passed
        if code != 0:
            for name in sorted(failed) or ['crashed']:
                tally.add(f'{os.path.basename(program)}: {name}', False)
            print(out[-6000:], flush=True)


def fuzz_one(program, seconds):
    with tempfile.TemporaryDirectory() as corpus:
        seeds.write(os.path.basename(program), corpus)
        code, out = run([program, f'-max_total_time={seconds}', '-max_len=4096', '-rss_limit_mb=2048',
                         '-timeout=10', f'-artifact_prefix={corpus}/', corpus], seconds + 60)
    return os.path.basename(program), code, out


def step_fuzz(args, tally):
    programs = sorted(p for p in glob.glob(f'{args.sanitized}/fuzz/fuzz_*') if not p.endswith('.d'))
    for name, code, out in on_all_cores(lambda p: fuzz_one(p, args.fuzz_seconds), programs):
        tally.add(name, code == 0, out[-4000:])


def step_page(args, tally):
    """What the page computes, without a browser; --test tells TAP."""
    files = sorted(glob.glob(f'{TREE}/tests/web/unit/*.test.js'))
    code, out = run(['env', f'WEB={args.build}/web', 'node', '--experimental-default-type=module', '--test', '--test-reporter=tap', *files], 300)
    cases = re.findall(r'^\s*(not ok|ok) \d+ - (.*?)(?: # (SKIP).*)?$', out, re.M)
    for result, name, skipped in cases:
        if not name.endswith('.js'):
            tally.add(f'page: {name}', result == 'ok')
    if code != 0 or not cases:
        tally.add('page', False, out[-6000:])


def pytest_of(args, name, *what):
    """A pytest under way and where it reports."""
    report = os.path.join(args.build, f'{name}.xml')
    if os.path.exists(report):
        os.remove(report)
    command = ['/usr/bin/python3', '-m', 'pytest', '-q', '-rs', '-p', 'no:cacheprovider', f'--junitxml={report}', *what]
    return subprocess.Popen(command, cwd=TREE, env={**os.environ, 'BUILD': args.build}), report


def count_cases(started, tally):
    process, report = started
    code = process.wait()
    if not os.path.exists(report):
        tally.add(os.path.basename(report), False, f'pytest ended with {code}')
        return
    for case in xml.parse(report).getroot().iter('testcase'):
        if case.find('skipped') is not None:
            tally.skipped += 1
        else:
            bad = case.find('failure') is not None or case.find('error') is not None
            tally.add(f'{case.get("classname")}.{case.get("name")}', not bad)


def step_station(args, tally):
    """The daemon between real agents, the farm and the lab. What measures runs
    by twos, with nothing beside; the others wait most of the time, four at once."""
    count_cases(pytest_of(args, 'waiting', 'tests/lab', 'tests/station', 'tests/web', 'tests/faults', '-n', '4', '--dist', 'loadgroup', '-m', 'not measures'), tally)
    count_cases(pytest_of(args, 'measures', 'tests/station', '-n', '2', '-m', 'measures'), tally)


STEPS = {'law': step_law, 'format': step_format, 'unit': step_unit, 'fuzz': step_fuzz, 'page': step_page, 'station': step_station}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('build')
    parser.add_argument('--fuzz-seconds', type=int, default=3)
    parser.add_argument('--only', default=','.join(STEPS))
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    args.sanitized = os.path.join(args.build, 'sanitized')
    tally = Tally()
    for name in args.only.split(','):
        start = time.monotonic()
        print(f'== {name}', flush=True)
        STEPS[name](args, tally)
        print(f'   {name}: {time.monotonic() - start:.0f} s', flush=True)
    if tally.failures:
        print('failed: ' + ', '.join(tally.failures))
    print(f'{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped')
    return 1 if tally.failed or not tally.passed else 0


if __name__ == '__main__':
    sys.exit(main())
