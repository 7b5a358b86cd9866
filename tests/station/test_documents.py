"""What the documents tell people to type is typed, in their order, and does what they say.

Lines that are indented, and begin with the name of a program: `portolan` ones run against a station with the campus of
the farm, whose names the documents use. Synopses (with [ or |) and mentions within sentences are held against --help.
"""
import os
import re
import shlex
import subprocess

import pytest

from conftest import TREE, Farm, Station, await_true, farm_config

PAGES = sorted(p for p in TREE.glob('docs/*.md')) + [TREE / 'README.md']
MANUALS = sorted(TREE.glob('etc/man/*'))

# What stands for something of the reader's own.
OWN = {'NAME:PORT': 'ham-acc-01:Gi1/0/22', 'A:PORT': 'ham-acc-01:Gi1/0/22', 'B:PORT': 'ham-acc-02:Gi1/0/22',
       'ADDRESS': '127.16.0.1', 'PREFIX': '127.16.0.0/28'}
PAGE_OWN = {
    'README.md': {'notify test NAME': 'notify test desk', 'NAME=': 'hall=', ':NAME': ':hall', 'NAME': 'ham-acc-01', 'merge A B': 'merge ham-acc-07 ham-acc-08',
                  'A B': 'ham-dist-a ham-acc-01'},
    'guide.md': {'notify test NAME': 'notify test desk', '--at -1h': '--at -1s'},
    'alerts.md': {'core-1': 'ham-acc-03'},
    'operations.md': {'/srv/backup/': ''},
}
# What the station of this test has not, and who tests it instead.
ELSEWHERE = {'profile import librenms /opt/librenms': 'tests/unit/mibs/test_import.c',
             'restore /srv/backup': 'tests/station/test_backup.py'}


def typed(page):
    """(command, what follows it) of each line that is typed, continued lines joined."""
    lines = page.read_text().replace('\\\n', ' ').split('\n')
    for at, line in enumerate(lines):
        found = re.match(r'^ {4,}(?:\$ )?(?:sudo )?(?:build/)?(portolan .*)$', line)
        if found:
            command = re.sub(r'\s{2,}#.*$|\s#\s.*$', '', found[1]).strip()
            yield re.sub(r'\s{2,}', ' ', command), lines[at + 1].strip() if at + 1 < len(lines) else ''


def is_synopsis(command):
    return re.search(r'[\[|]|\.\.\.|\b(OBJECT|DURATION|DIR|FILE)\b', command) is not None


def options_of(bin_dir, words):
    """Options of the command that words begin with; None where there is no such command."""
    for count in (2, 1):
        done = subprocess.run([bin_dir / 'portolan', *words[:count], '--help'], capture_output=True, text=True, timeout=30)
        name = re.match(r'usage: portolan ((?:[a-z]+ ?)+)', done.stdout)
        if done.returncode == 0 and name and name[1].strip() == ' '.join(words[:count]):
            return set(re.findall(r'--?[a-zA-Z][a-z-]*', done.stdout))
    return None


def beginning(made, farm):
    """What the documents take for granted: rates, an alert, and a command of that name."""
    made.discover()
    farm.tell('kill 127.16.0.20')
    made.await_polls(2, 60)
    await_true(lambda: made.ask('alerts')['alerts'], 60, 'an alert to look after')
    (made.directory / 'bin').mkdir()
    wrapper = made.directory / 'bin' / 'portolan'
    wrapper.write_text(f'#!/bin/sh\nexec {made.bin}/portolan --socket {made.socket} "$@"\n')
    wrapper.chmod(0o755)
    return made


@pytest.fixture(scope='module')
def campus(programs, shared_place):
    farm = Farm(programs, shared_place, '--network', 'campus', '--devices', '60', port=161)
    receiver = 'receivers: [{name: desk, to: "udp:127.0.0.1:1620", version: 2c, community: public}]\n'
    made = None
    try:
        made = Station(programs, shared_place, farm_config(farm, every='2s', extra=receiver))
        yield beginning(made, farm)
    finally:
        code = made.stop() if made else 0
        farm.stop()
    assert code == 0, made.text()[-4000:]


def as_typed(page, command, made):
    """With the reader's own names in it."""
    for what, own in {**OWN, **PAGE_OWN.get(page.name, {})}.items():
        command = command.replace(what, own)
    number = re.compile(r'\b(alerts|ack|shelve) (?:12|ID)\b')
    if number.search(command):
        command = number.sub(lambda m: f'{m[1]} {made.json("alerts", "--all")["alerts"][0]["id"]}', command)
    if re.search(r'\bunsilence \d+', command):
        command = re.sub(r'unsilence \d+', f'unsilence {made.ask("silences")["silences"][0]["id"]}', command)
    return command


def to_run(page):
    return [(c, then) for c, then in typed(page) if not is_synopsis(c) and not any(f'portolan {e}' in c for e in ELSEWHERE)]


@pytest.mark.xdist_group('documents')  # one station for all
@pytest.mark.parametrize('page', [p for p in PAGES if to_run(p)], ids=lambda p: p.stem)
def test_what_is_typed_works(page, campus, place):
    for command, then in to_run(page):
        line = as_typed(page, command, campus)
        done = subprocess.run(['sh', '-c', line], cwd=place, capture_output=True, text=True, timeout=120, input='\n',
                              env={**os.environ, 'PORTOLAN_PASSPHRASE': 'for the documents', 'PATH': f'{campus.directory}/bin:{os.environ["PATH"]}'})
        if then.startswith('portolan: '):
            assert (done.returncode, done.stderr.split('\n')[0]) == (1, then), f'{page.name}: {line}'
        else:
            assert done.returncode == 0, f'{page.name}: {line}\n{done.stdout}{done.stderr}'


def mentions(path):
    text = path.read_text()
    if path.suffix == '.md':
        return re.findall(r'`(?:sudo )?(?:build/)?portolan ([a-z][^`\n]*)`', text) + [
            c.removeprefix('portolan ') for c, _ in typed(path) if is_synopsis(c)]
    return [re.sub(r' (No|Ar|Fl|Cm|Op|Pq) ', ' ', m) for m in re.findall(r'^\.Ic portolan ([a-z].*?)(?: [,;.)])?$', text, re.M)]


@pytest.mark.parametrize('path', [p for p in PAGES + MANUALS if mentions(p)], ids=lambda p: p.name)
def test_what_is_mentioned_exists(path, programs):
    for command in mentions(path):
        try:
            words = shlex.split(command)
        except ValueError:
            words = command.split()
        plain = [w for w in words if re.fullmatch(r'[a-z][a-z-]*', w)]
        options = options_of(programs, plain)
        if options is None and len(plain) == 1:  # a group, such as "map"
            done = subprocess.run([programs / 'portolan', plain[0]], capture_output=True, text=True, timeout=30)
            options = set() if f'portolan {plain[0]} ' in done.stdout + done.stderr or f'  {plain[0]} ' in done.stdout + done.stderr else None
        assert options is not None, f'{path.name}: portolan {command}: there is no such command'
        for option in re.findall(r'(?<!\S)\[?(--[a-z-]+)', command):
            assert option in options, f'{path.name}: portolan {command}: no option {option}'
