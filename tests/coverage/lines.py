#!/usr/bin/env python3
"""Which lines and branches the tests run: lines.py BUILD --html DIR [PYTEST_FILE...]

BUILD is made with COUNT=yes. Runs its unit tests, its fuzz harnesses over their seeds, and the named tests of the
station, for what only a daemon does; prints a table by folder, writes each file with its counts as HTML, and fails
where a folder has less than what it must have. Tests of the station that fail are told: `make check` judges them.
"""
import argparse
import glob
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / 'tests'), str(TREE / 'tests' / 'fuzz')]
import check  # noqa: E402
import seeds  # noqa: E402

# folder -> the least share of its lines, in percent
FOLDERS = {'nms/base': 85, 'nms/wire': 85, 'mibs': 85, 'topology': 85, 'graphs': 85, 'nms/station': 85, 'nms/north': 0}
STATION_MAX_S = 1800


class Counts:
    def __init__(self):
        self.lines = self.lines_run = self.branches = self.branches_run = 0

    def add(self, summary):
        self.lines += summary['lines']['count']
        self.lines_run += summary['lines']['covered']
        self.branches += summary['branches']['count']
        self.branches_run += summary['branches']['covered']

    @staticmethod
    def share(run, count):
        return 100 * run / count if count else 100.0

    def line_share(self):
        return self.share(self.lines_run, self.lines)

    def branch_share(self):
        return self.share(self.branches_run, self.branches)


def counted(raw, program):
    """The environment that makes a program count, also in its children; each program has files of its own."""
    return {**os.environ, 'LLVM_PROFILE_FILE': f'{raw}/{os.path.basename(program)}-%m%c.profraw'}


def run_units(build, raw):
    """Names of the programs that failed."""
    programs = sorted(p for p in glob.glob(f'{build}/unit/*/test_*') if not p.endswith('.d'))
    results = check.on_all_cores(lambda p: (p, *check.run([p], 300, env=counted(raw, p))), programs)
    failed = []
    for program, code, out in results:
        if code != 0:
            failed.append(os.path.basename(program))
            print(f'FAILED {program}\n{out[-2000:]}', flush=True)
    return failed


def run_seeds(build, raw):
    """The same of harnesses, each over its seeds."""
    programs = sorted(p for p in glob.glob(f'{build}/fuzz/fuzz_*') if not p.endswith('.d'))
    failed = []
    with tempfile.TemporaryDirectory() as top:
        def over_seeds(program):
            name = os.path.basename(program)
            files = seeds.write(name, os.path.join(top, name))
            return (name, *check.run([program, '-timeout=60', *files], 300, env=counted(raw, program)))
        for name, code, out in check.on_all_cores(over_seeds, programs):
            if code != 0:
                failed.append(name)
                print(f'FAILED {name}\n{out[-2000:]}', flush=True)
    return failed


def run_station(build, raw, files):
    """Counters are written all the time (%c): also by a station that is killed, or that may not open a file any more."""
    process = subprocess.Popen(['/usr/bin/python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-n', '2', '-m', 'not measures', *files], cwd=TREE,
                               env={**counted(raw, 'station'), 'BUILD': str(build)}, start_new_session=True)
    try:
        failed = process.wait(STATION_MAX_S) != 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)  # they end what they started
        process.wait()
        failed = True
    if failed:
        print('some tests of the station failed: their lines may be missing below')


def by_file(build, profile):
    """Path below the tree and llvm-cov's summary of each file of the product."""
    told = subprocess.run(['llvm-cov', 'export', '-summary-only', f'-instr-profile={profile}', build / 'whole'],
                          capture_output=True, text=True, check=True)
    for entry in json.loads(told.stdout)['data'][0]['files']:
        path = os.path.relpath(entry['filename'], TREE)
        if os.path.dirname(path) in FOLDERS:
            yield path, entry['summary']


def write_html(build, profile, target):
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(['llvm-cov', 'show', '-format=html', '-show-branches=count', f'-output-dir={target}',
                    f'-instr-profile={profile}', build / 'whole'], check=True, stdout=subprocess.DEVNULL)


def print_table(folders):
    print(f'{"folder":<14}{"lines":>8}{"run %":>8}{"least":>7}{"branches":>10}{"run %":>8}')
    for folder, counts in folders.items():
        print(f'{folder:<14}{counts.lines:>8}{counts.line_share():>8.1f}{FOLDERS[folder] or "":>7}'
              f'{counts.branches:>10}{counts.branch_share():>8.1f}')


def print_worst(files, count):
    """Files with the most lines that nothing runs."""
    missed = sorted(((s['lines']['count'] - s['lines']['covered'], path, s) for path, s in files),
                    key=lambda entry: entry[:2], reverse=True)
    print('most lines that nothing runs:')
    for lines, path, s in missed[:count]:
        print(f'{lines:>8} of {s["lines"]["count"]:<6}{path}')


def timed(name, what, *args):
    begun = time.monotonic()
    result = what(*args)
    print(f'{name}: {time.monotonic() - begun:.0f} s', flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument('--html', type=pathlib.Path)
    parser.add_argument('--worst', type=int, default=12, help='files with the most lines that nothing runs')
    parser.add_argument('tests', nargs='*', help='tests of the station that count too')
    args = parser.parse_intermixed_args()

    raw = args.build / 'counts'
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir()
    raw.chmod(0o777)  # the station's user writes there too
    failed = timed('units', run_units, args.build, raw) + timed('seeds', run_seeds, args.build, raw)
    if args.tests:
        timed('station', run_station, args.build, raw, args.tests)

    profile = args.build / 'counts.profdata'
    subprocess.run(['llvm-profdata', 'merge', '-sparse', '-o', profile, *sorted(raw.glob('*.profraw'))], check=True)
    files = list(by_file(args.build, profile))
    folders = {folder: Counts() for folder in FOLDERS}
    for path, summary in files:
        folders[os.path.dirname(path)].add(summary)
    if args.html:
        write_html(args.build, profile, args.html)
    print_table(folders)
    print_worst(files, args.worst)
    low = [f for f, counts in folders.items() if counts.line_share() < FOLDERS[f]]
    if args.html:
        print(f'each line: {args.html}/index.html')
    if failed:
        print(f'failed: {", ".join(failed)}')
    if low:
        print(f'too few lines are run: {", ".join(low)}')
    return 1 if failed or low else 0


if __name__ == '__main__':
    sys.exit(main())
