"""What the documents tell people to type is typed, in their order, and does what they say.

Lines that are indented and begin with the name of a program, and examples of the manual pages: what is Portolan's runs
against a station with the campus of the farm, whose names the documents use; of others it is known which test does it.
Synopses (with [ or ...) and mentions within sentences are held against --help.
"""
import os
import re
import shlex
import shutil
import subprocess

import pytest

from conftest import TREE, Farm, Station, await_true, farm_config

PAGES = sorted(p for p in TREE.glob('docs/*.md')) + [TREE / n for n in ('README.md', 'CONTRIBUTING.md', 'INSTALL')]
MANUALS = sorted(TREE.glob('etc/man/*'))

# What stands for something of the reader's own.
OWN = {'NAME:PORT': 'ham-acc-01:Gi1/0/22', 'A:PORT': 'ham-acc-01:Gi1/0/22', 'B:PORT': 'ham-acc-02:Gi1/0/22',
       'ADDRESS': '127.16.0.1', 'PREFIX': '127.16.0.0/28'}
PAGE_OWN = {
    'README.md': {'notify test NAME': 'notify test desk', 'NAME=': 'hall=', ':NAME': ':hall', 'NAME': 'ham-acc-01', 'merge A B': 'merge ham-acc-07 ham-acc-08',
                  'A B': 'ham-dist-a ham-acc-01'},
    'guide.md': {'notify test NAME': 'notify test desk', '--at -1h': '--at -1s'},
    'alerts.md': {'core-1': 'ham-acc-03'},
    'profiles.md': {'/opt/librenms': '"$PEER"', '/etc/portolan/librenms': 'imported'},
    'operations.md': {'/srv/backup/': '', '--force': '--force --config "$CONFIG"'},
    'portolan.1': {'core-1:Gi1/0/1': 'ham-acc-01:Gi1/0/22', 'core-2:Gi1/0/1': 'ham-acc-02:Gi1/0/22'},
    'portolan-render.8': {'/usr/libexec/portolan/': '', '/usr/share/portolan/': '"$SHARE"/', '< ': '< "$DATA"/maps/'},
}
# What the station of this test has not: which test does it, and a word of that test. None: nobody can, and why.
ELSEWHERE = {
    'make run': ('tests/station/test_try.py', 'run-station'),
    'make demo': ('tests/station/test_try.py', 'run-station'),
    'make stop': ('tests/station/test_try.py', 'stop-station'),
    'make install': ('tests/station/test_try.py', "'install'"),
    'make deps': ('Makefile', 'run: deps'),
    'useradd ': ('tests/package/test_package.py', 'id portolan'),
    'chgrp portolan /etc/portolan/portolan.yaml': ('tests/package/test_package.py', 'root portolan 640'),
    'snmpbulkwalk -v3 -u manager -l authPriv ... -n dev-core-1': ('tests/station/test_agentx.py', "(*V3, '-n', f'dev-"),
    'snmpbulkwalk -v2c -c COMMUNITY-core-1': ('tests/station/test_agentx.py', "('-v2c', '-c', f'of-"),
    'snmpset ... PORTOLAN-MIB::portolanAdmin': ('tests/station/test_agentx.py', "scene.run('snmpset', shelve"),
    'snmpget $STATION PORTOLAN-MIB::portolanNotifySeq.0': ('tests/station/test_managers.py', 'portolanNotifySeq'),
    'snmpbulkwalk -Cr50 -On $STATION .1.3.6.1.2.1.118.1.': ('tests/station/test_managers.py', "'snmpbulkwalk'"),
    'snmpget -v2c -c public STATION ALARM-MIB': ('tests/station/test_managers.py', '118'),
    'snmpbulkwalk -v2c -c public STATION 1.3.6.1.2.1.118.1.': ('tests/station/test_managers.py', "'snmpbulkwalk'"),
    'systemctl enable --now portolan': ('tests/station/test_safety.py', 'portolan.service'),
    'systemctl edit portolan': None,  # an editor
    'editor ': None,
}
# These run tests, or are how everything is made.
TESTS = re.compile(r'make( -j\S+)?$|make (check|clang|tsan|faults|fuzz|bench|coverage|lint|valgrind|coverage-devices)\b|tests/check\.py ')
OURS = re.compile(r'(?:/usr/libexec/portolan/)?(portolan|portoland|portolan-render|systemctl (?:stop|start|restart) portolan)(?: |$)')


def text_of(page):
    """A manual page as the others are: what it shows is indented."""
    if page.suffix == '.md' or page.name == 'INSTALL':
        return page.read_text()
    lines, shown = [], False
    for line in page.read_text().replace('\\e\n', '\\\n').replace('\\e', '\\').split('\n'):
        shown = line.startswith('.Bd -literal') or (shown and line != '.Ed')
        lines.append(f'    {line.removeprefix(".Dl ")}' if shown or line.startswith('.Dl ') else line)
    return '\n'.join(lines)


def is_program(word):
    return not word.endswith(':') and (shutil.which(word) or word in ('portolan', 'portoland') or
                                       word.startswith('/usr/') or os.access(TREE / word, os.X_OK) and (TREE / word).is_file())


def typed(page):
    """(command, what follows it) of each line that is typed, continued lines joined."""
    text = re.sub(r'^```yaml$.*?^```$', '', text_of(page), flags=re.M | re.S)
    lines = text.replace('\\\n', ' ').split('\n')
    beside = r'\s{2,}\S.*$' if page.name in ('INSTALL', 'CONTRIBUTING.md') else r'\s{2,}#.*$|\s#\s.*$'
    for block in re.findall(r'(?:^ {4,}.*\n)+', '\n'.join(lines) + '\n', re.M):
        shown = block.rstrip('\n').split('\n')
        prompts = any(re.match(r' +\$ ', line) for line in shown)  # the other lines are answers
        for at, line in enumerate(shown):
            found = re.match(r' {4,}(\$ |# )?(?:sudo )?(?:build/)?((\S+).*)$', line)
            if found and is_program(found[3]) and (found[1] == '$ ' or not prompts):
                command = re.sub(r'\s{2,}', ' ', re.sub(beside, '', found[2]).strip())
                yield command, shown[at + 1].strip() if at + 1 < len(shown) else ''


def is_synopsis(command):
    return command.startswith('portolan ') and re.search(r'[\[]|\.\.\.|\b(OBJECT|DURATION|DIR|FILE)\b', command) is not None


def elsewhere(command):
    return next((key for key in ELSEWHERE if command.startswith(key)), None)


def options_of(bin_dir, words):
    """Options of the command that words begin with; None where there is no such command."""
    for count in (2, 1):
        done = subprocess.run([bin_dir / 'portolan', *words[:count], '--help'], capture_output=True, text=True, timeout=30)
        name = re.match(r'usage: portolan ((?:[a-z]+ ?)+)', done.stdout)
        if done.returncode == 0 and name and name[1].strip() == ' '.join(words[:count]):
            return set(re.findall(r'--?[a-zA-Z][a-z-]*', done.stdout))
    return None


def beginning(made, farm):
    """What the documents take for granted: rates, an alert, and commands of these names."""
    made.discover()
    farm.tell('kill 127.16.0.20')
    made.await_polls(2, 60)
    definitions = made.directory / 'peer' / 'resources' / 'definitions'
    for name in ('os_detection', 'os_discovery'):
        (definitions / name).mkdir(parents=True)
    (made.directory / 'peer' / 'mibs').mkdir()
    (definitions / 'os_detection' / 'acme.yaml').write_text('os: acme\ntext: Acme\ntype: network\ndiscovery:\n'
                                                            '- sysObjectID: [.1.3.6.1.4.1.99999.]\n')
    await_true(lambda: made.ask('alerts')['alerts'], 60, 'an alert to look after')
    (made.directory / 'bin').mkdir()
    for name, before in (('portolan', f'--socket {made.socket}'), ('portoland', f'-c {made.config}'), ('portolan-render', '')):
        wrapper = made.directory / 'bin' / name
        wrapper.write_text(f'#!/bin/sh\nexec {made.bin}/{name} {before} "$@"\n')
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
    return [(c, then) for c, then in typed(page) if OURS.match(c) and not is_synopsis(c) and not elsewhere(c)]


def run(page, line, made, place):
    """As a shell does; the service manager is played by us."""
    service = re.fullmatch(r'systemctl (\w+) portolan', line)
    if service:
        if service[1] != 'start':
            assert made.stop() == 0, made.text()[-4000:]
        if service[1] != 'stop':
            made.start()
        return subprocess.CompletedProcess(line, 0, '', '')
    names = {'DATA': made.data, 'CONFIG': made.config, 'SHARE': made.bin.parent / 'share' / 'portolan', 'PEER': made.directory / 'peer'}
    return subprocess.run(['sh', '-c', line], cwd=place, capture_output=True, text=True, timeout=120, input='\n', env={
        **os.environ, **{k: str(v) for k, v in names.items()}, 'PORTOLAN_PASSPHRASE': 'for the documents',
        'PATH': f'{made.directory}/bin:{os.environ["PATH"]}'})


@pytest.mark.xdist_group('documents')  # one station for all
@pytest.mark.parametrize('page', [p for p in PAGES + MANUALS if to_run(p)], ids=lambda p: p.stem)
def test_what_is_typed_works(page, campus, place):
    # A page before may have restarted the station, or restored another one.
    await_true(lambda: run(page, 'portolan path ham-dist-a ham-acc-01', campus, place).returncode == 0, 60, 'both are on the map')
    for command, then in to_run(page):
        line = as_typed(page, command, campus)
        done = run(page, line, campus, place)
        if then.startswith('portolan: '):
            assert (done.returncode, done.stderr.split('\n')[0]) == (1, then), f'{page.name}: {line}'
        else:
            assert done.returncode == 0, f'{page.name}: {line}\n{done.stdout}{done.stderr}'


def test_what_is_not_typed_here_is_done_by_somebody():
    used = set()
    for page in PAGES + MANUALS:
        for command, _ in typed(page):
            if not (OURS.match(command) and not elsewhere(command)) and not TESTS.match(command):
                assert elsewhere(command), f'{page.name}: {command}: no test does it'
                used.add(elsewhere(command))
    assert used == set(ELSEWHERE), 'nobody is told to type it any more'
    for file, word in filter(None, ELSEWHERE.values()):
        assert word in (TREE / file).read_text(), f'{file} has no {word}'


def mentions(path):
    text = path.read_text()
    if path not in MANUALS:
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


def test_files_and_targets_that_are_named_exist():
    targets = set(re.findall(r'^([a-z-]+):', (TREE / 'Makefile').read_text(), re.M))
    targets |= set(' '.join(re.findall(r'^\.PHONY: (.*)$', (TREE / 'Makefile').read_text(), re.M)).split())
    for page in PAGES:
        text = page.read_text()
        for target in re.findall(r'(?:`|^ {4,}(?:sudo )?)make ([a-z][a-z-]*)', text, re.M):
            assert target in targets, f'{page.name}: make {target}'
        for name in re.findall(r'\]\(([^)#]+)[^)]*\)', text) + re.findall(r'`([a-z]+\.md)`', text):
            assert (page.parent / name).exists() or (TREE / 'docs' / name).exists(), f'{page.name}: {name}'
        for name in re.findall(r'(?<![\w/.-])((?:docs|nms|tests|etc|mibs|topology|graphs)/[\w./-]*\w)(?![\w:%])', text):
            found = [TREE / name, TREE / f'{name}.c', TREE / 'nms' / name] + [TREE / 'nms' / p / name for p in ('.',)]
            assert any(p.exists() for p in found) or list(TREE.glob(f'{name}*')), f'{page.name}: {name}'
        for name in re.findall(r'build/(bench/\w+|unit/\w+/\w+)', text):
            assert (TREE / 'tests' / f'{name}.c').exists(), f'{page.name}: build/{name}'


def test_routes_that_are_named_exist():
    table = re.findall(r'API_(GET|POST|PATCH|DELETE), "([^"]+)"', (TREE / 'nms' / 'north' / 'routes.c').read_text())
    routes = [(method, re.compile(re.escape(path).replace(r'\+', '[^/]+'))) for method, path in table]
    assert len(routes) > 80
    for page in PAGES:
        for method, path in re.findall(r'`(GET|POST|PATCH|DELETE) (?:/api/v1/)?([a-z][^`?, ]*)', page.read_text()):
            assert any(m == method and r.fullmatch(path) for m, r in routes), f'{page.name}: {method} {path}'


# ---- the manual pages ----

def items(page):
    """(heading, what follows it) of each item of a list."""
    return re.findall(r'^\.It (.*)\n((?:(?!\.It |\.El|\.Sh ).*\n)*)', page.read_text(), re.M)


def commands_of(heading):
    """map list, map show ... of "Cm map list , Cm map show Ar name"."""
    for part in heading.split(' , '):
        words = re.match(r'Cm ((?:(?:Cm )?[a-z]+ ?)+?)(?: ?(?:Ar|Op|Oo|Fl)\b|$)', part)
        if words:
            yield words[1].replace('Cm ', '').strip()


def flags(text):
    """Of "Fl -software | -processes" both."""
    return {f for given in re.findall(r'\bFl (-?[a-z][a-z-]*(?: [,|] -[a-z][a-z-]*)*)', text) for f in re.split(r' [,|] ', given)}


def test_the_manual_tells_every_option(programs):
    """As --help does, of each command; and none that is not there."""
    told = subprocess.run([programs / 'portolan', '--help'], capture_output=True, text=True, check=True).stdout
    names = re.findall(r'^  ([a-z]+(?: [a-z]+)?) {2,}', told.partition('\nCommands:\n')[2].partition('\nOptions:\n')[0], re.M)
    page, known = TREE / 'etc' / 'man' / 'portolan.1', {'h', 'c', 'o'}
    for name in set(names) - {'complete'}:  # which has a section of its own
        here = [f'{h} {b}' for h, b in items(page) if {name, f'{name} librenms'} & set(commands_of(h))]
        assert here, f'portolan {name} is not in its manual page'
        said = subprocess.run([programs / 'portolan', *name.split(), '--help'], capture_output=True, text=True, check=True).stdout
        known |= set(re.findall(r'^  (?:-\w, )?-(-[a-z-]+)', said, re.M))
        own = said.partition('\nOptions:\n')[2].partition('\nOptions of every command:\n')[0]
        like = re.search(r'options as of\n\.Cm (\w+)', here[0])
        here += [f'{h} {b}' for h, b in items(page) if like and like[1] in commands_of(h)]
        for letter, option in re.findall(r'^  (?:-(\w), )?--([a-z-]+)', own, re.M):
            assert flags(' '.join(here)) & {f'-{option}', letter}, f'portolan {name} --{option} is not in its manual page'
    assert flags(page.read_text()) <= known, flags(page.read_text()) - known


@pytest.mark.parametrize('name', ['portoland', 'portolan-render'])
def test_manuals_of_daemon_and_helper_tell_every_option(programs, name):
    said = subprocess.run([programs / name, '--help'], capture_output=True, text=True, check=True).stdout
    options = {o[1:] for o in re.findall(r'(?<![\w-])(--?[a-z][a-z-]*)', said.partition('\n')[2])}
    told = set().union(*(flags(f' {heading}') for heading, _ in items(TREE / 'etc' / 'man' / f'{name}.8')))
    assert told == options


def test_the_manual_tells_every_key_of_the_configuration():
    words = set(re.findall(r'\w+', (TREE / 'etc' / 'man' / 'portolan.yaml.5').read_text()))
    sample = set(re.findall(r'\w+', (TREE / 'etc' / 'portolan.yaml').read_text()))
    for source in [*TREE.glob('nms/station/config*.c'), TREE / 'nms/station/rule_read.c']:
        keys = re.findall(r'\b(?:TEXT|BOOL|INT|DURATION|CHOICE|CUSTOM|SECTION|KEEP)\(\s*"(\w+)"|\.key = "(\w+)"', source.read_text())
        for key in {a or b for a, b in keys}:
            assert key in words or key.removesuffix('_file') in words, f'portolan.yaml(5) has no {key} ({source.name})'
            assert source.name != 'config.c' or key in sample, f'etc/portolan.yaml has no {key}'
