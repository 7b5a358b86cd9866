#!/usr/bin/env python3
"""What is made of recorded devices, against what a peer makes of them.

The farm plays the recordings of ../shared/recordings on loopback, `portolan probe
--tables` reads each of them, and score.py there compares. The merged tables and
those of each device stay in BUILD/coverage (a part: coverage-part). docs/coverage.md gets the figures when
everything was measured with the shipped profiles.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
RECORDINGS = TREE.parent / 'shared' / 'recordings'
PAGE = TREE / 'docs' / 'coverage.md'
BEGIN, END = '<!-- measured: begin -->\n', '<!-- measured: end -->\n'

# Row of the table: the judge's table, targets in percent for the recordings given,
# for others with shipped profiles, and for others with imported definitions.
TARGETS = {
    'devices': ('devices (os)', 97, 45, 95),
    'facts': ('devices: hardware, version, serial', 85, None, 70),
    'ports': ('ports', 99, 99, 99),
    'processors': ('processors', 92, 70, 85),
    'mempools': ('mempools', 92, 75, 85),
    'storage': ('storage', 95, 90, 92),
    'sensors': ('sensors', 80, 30, 75),
    'links': ('neighbors (links.tsv)', 97, 95, 97),
    'vlans': ('vlans', 95, 90, 95),
    'inventory': ('inventory', 95, 90, 95),
    'ipv4': ('ipv4', 95, 90, 95),
    'ipv6': ('ipv6', 95, 90, 95),
}
OTHERS = ('supplies', 'transceivers', 'wireless', 'fdb', 'arp', 'port_vlans', 'stp', 'port_stack', 'bgp', 'vrfs', 'routes')


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def expected_names(recordings):
    with open(recordings / 'expected' / 'coverage.tsv', encoding='utf-8') as f:
        return [line.split('\t')[0] for line in f][1:]


class Farm:
    """The recordings of these devices, played at a port of loopback."""

    def __init__(self, build, files, log):
        self.port = free_port()
        replay = [word for path in files for word in ('--replay', str(path))]
        with open(log, 'wb') as out:
            self.process = subprocess.Popen([build / 'farm', '--port', str(self.port), '--quiet', '--run-seconds', '1800',
                                             *replay], stdout=subprocess.PIPE, stderr=out)
        ready = self.process.stdout.readline()
        if b'agents ready' not in ready:
            self.process.wait()
            sys.exit(f'the farm does not start: {ready.decode()}{pathlib.Path(log).read_text()}')

    def stop(self):
        self.process.terminate()
        self.process.wait()


def probe(args, port, name, into):
    """Reads one device; its tables and the seconds it took, or the reason why not."""
    shutil.rmtree(into, ignore_errors=True)
    begin = time.monotonic()
    command = [args.build / 'portolan', 'probe', '127.0.0.1', '--port', str(port), '--community', name, '--name', name,
               '--tables', into, '--profiles', args.profiles]
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, errors='replace',
                              timeout=args.limit)
        why = done.stderr.strip() if done.returncode != 0 else ''
    except subprocess.TimeoutExpired:
        why = f'not read within {args.limit} s'
    return name, time.monotonic() - begin, why


def unescaped(table):
    """The judge takes fields as they are: a backslash stands for itself there."""
    return table.replace('\\\\', '\\')


def merge(names, source, into):
    """One table of each kind of all devices. What neighbors say of themselves is judged as links.tsv."""
    tables = {}
    for name in sorted(names):
        for path in sorted((source / name).glob('*.tsv')):
            if path.name != 'links.tsv':
                head, _, rows = path.read_text(encoding='utf-8').partition('\n')
                tables.setdefault('links.tsv' if path.name == 'neighbors.tsv' else path.name, [head + '\n']).append(unescaped(rows))
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for table, parts in tables.items():
        (into / table).write_text(''.join(parts), encoding='utf-8')


def score(args, merged, names, numbers):
    """Runs the judge; what it prints is printed, its figures are returned."""
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as devices:
        devices.write('\n'.join(names))
        devices.flush()
        command = [sys.executable, args.recordings / 'score.py', args.recordings / 'expected', merged,
                   '--devices', devices.name, '--json', numbers]
        for word in ('show', 'tables', 'os_map'):
            if getattr(args, word):
                command += ['--' + word.replace('_', '-'), getattr(args, word)]
        for word in ('by_os', 'fields', 'strict'):
            if getattr(args, word):
                command.append('--' + word.replace('_', '-'))
        shown = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if shown.returncode != 0:
        sys.exit(shown.stderr)
    if args.show or args.fields or args.by_os:
        print(shown.stdout)
    return {table: found['all'] for table, found in json.loads(pathlib.Path(numbers).read_text()).items()}


def percent(value):
    return '-' if value is None else f'{value:.1f} %'


def facts_recall(devices):
    fields = [devices['fields'][f] for f in ('hardware', 'version', 'serial') if f in devices['fields']]
    of = sum(f['of'] for f in fields)
    return 100.0 * sum(f['agree'] for f in fields) / of if of else None


def page_table(found):
    """The figures beside their targets, as Markdown."""
    lines = ['| table | expected rows | missing | wrong | recall | target given | target others | with imported |',
             '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |']
    for table in [*TARGETS, *OTHERS]:
        label, *targets = TARGETS.get(table, (table, None, None, None))
        n = found.get('devices' if table == 'facts' else table)
        if n is None or n['expected'] == 0:
            continue
        recall = facts_recall(n) if table == 'facts' else n['recall']
        counts = ('', '', '') if table == 'facts' else (n['expected'], n['missing'], n['found'] - n['matched'])
        low = targets[0] is not None and recall is not None and recall < targets[0]
        shown = f'**{percent(recall)}**' if low else percent(recall)
        lines.append(f'| {label} | {" | ".join(map(str, counts))} | {shown} | ' +
                     ' | '.join('-' if t is None else f'{t} %' for t in targets) + ' |')
    return '\n'.join(lines) + '\n'


def plain(markdown):
    """A Markdown table for a terminal."""
    rows = [[c.strip().strip('*') for c in line.strip('|').split('|')] for line in markdown.splitlines()]
    rows = [r for r in rows if not re.fullmatch('-+:?', r[0])]
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return '\n'.join(r[0].ljust(widths[0]) + ''.join('  ' + c.rjust(w) for c, w in zip(r[1:], widths[1:])) for r in rows)


def update_page(table):
    text = PAGE.read_text(encoding='utf-8')
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(head + BEGIN + table + END + rest.partition(END)[2], encoding='utf-8')


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('build', type=pathlib.Path)
    ap.add_argument('--devices', default='', help='names or patterns of recordings, such as "ios* vrp_5720"; else all')
    ap.add_argument('--tables', default='', help='only these, by comma')
    ap.add_argument('--profiles', type=pathlib.Path, default=None, help='a directory of profiles; else those shipped')
    ap.add_argument('--recordings', type=pathlib.Path, default=RECORDINGS, help=f'else {RECORDINGS}')
    ap.add_argument('--out', type=pathlib.Path, help='where tables stay; BUILD/coverage, or coverage-part of a part')
    ap.add_argument('--show', type=int, help='so many examples each of what is missing, extra and wrong')
    ap.add_argument('--fields', action='store_true', help='how often each column agrees')
    ap.add_argument('--by-os', action='store_true', help='one line for each os too')
    ap.add_argument('--strict', action='store_true', help='what the peer leaves empty is judged too')
    ap.add_argument('--os-map', type=pathlib.Path)
    ap.add_argument('--limit', type=int, default=60, help='seconds that a device may take')
    args = ap.parse_args()
    args.whole = not (args.devices or args.tables or args.profiles or args.os_map) and args.recordings == RECORDINGS
    args.profiles = args.profiles or TREE / 'mibs' / 'profiles'
    args.out = args.out or args.build / ('coverage' if args.whole else 'coverage-part')
    return args


def main():
    args = options()
    if not args.recordings.exists():
        sys.exit(f'{args.recordings} is absent')
    wanted = args.devices.replace(',', ' ').split() or ['*']
    names = [n for n in expected_names(args.recordings) if any(fnmatch.fnmatch(n, w) for w in wanted)]
    if not names:
        sys.exit(f'no device is named like {args.devices}')
    source = args.recordings / 'librenms'
    files = [source] if args.whole else \
        [p for n in names for p in (source / f'{n}.snmprec.xz', *sorted(source.glob(f'{n}@*.snmprec.xz')))]
    args.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    farm = Farm(args.build, files, args.out / 'farm.log')
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() + 1) as pool:
            read = list(pool.map(lambda n: probe(args, farm.port, n, args.out / 'devices' / n), names))
    finally:
        farm.stop()
    merge(names, args.out / 'devices', args.out / 'tables')
    found = score(args, args.out / 'tables', names, args.out / 'score.json')
    table = page_table(found)
    print(plain(table))
    for name, _, why in read:
        if why:
            print(f'{name}: {why}')
    slow = sorted(read, key=lambda r: -r[1])[:3]
    print(f'{len(names)} devices in {time.monotonic() - begin:.1f} s, slowest ' +
          ', '.join(f'{name} {took:.1f} s' for name, took, _ in slow) + f'; tables are in {args.out / "tables"}')
    if args.whole:
        update_page(table)


if __name__ == '__main__':
    main()
