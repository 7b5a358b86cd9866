"""What shells complete is what there is: every command and option of the table, names that the station knows, files."""
import os
import pty
import re
import select
import shlex
import subprocess
import time

import pytest

from conftest import TREE, farm_config, needs_root

pytestmark = needs_root


@pytest.fixture(scope='module')
def commands(programs):
    """Names of all commands."""
    told = subprocess.run([programs / 'portolan', '--help'], capture_output=True, text=True, check=True).stdout
    return re.findall(r'^  ([a-z]+(?: [a-z]+)?) {2,}', told.partition('\nCommands:\n')[2].partition('\nOptions:\n')[0], re.M)


def next_words(bin_dir, *words, more=()):
    told = subprocess.run([bin_dir / 'portolan', 'complete', '--', *more, *words], capture_output=True, text=True, check=True)
    return [line.partition('\t')[0] for line in told.stdout.splitlines()]


def test_every_command_and_option_is_completed(programs, commands):
    assert len(commands) > 40
    firsts = {name.partition(' ')[0] for name in commands}
    assert set(next_words(programs, '')) == firsts and next_words(programs, 'interf') == ['interfaces']
    seconds = {first: {n.partition(' ')[2] for n in commands if n.startswith(f'{first} ')} for first in firsts}
    for first in [first for first in firsts if seconds[first]]:
        assert seconds[first] <= set(next_words(programs, first, '')), first
    for name in commands:
        told = subprocess.run([programs / 'portolan', *name.split(), '--help'], capture_output=True, text=True, check=True).stdout
        options = set(re.findall(r'^  (?:-\w, )?(--[a-z-]+)', told, re.M))
        assert set(next_words(programs, *name.split(), '--')) == options, name
    assert next_words(programs, 'audit', '--object', '') == []  # that path is one of the API
    assert next_words(programs, 'nonsense', '') == [] and next_words(programs, 'devices', '--no') == []


def in_bash(path, words):
    line = ' '.join(['portolan', *words])
    script = (f'compopt() {{ echo "compopt $*"; }}; complete() {{ :; }}; . {TREE}/etc/portolan.bash-completion\n'
              f'COMP_LINE={shlex.quote(line)} COMP_POINT=${{#COMP_LINE}}\n'
              'COMP_POINT=${#COMP_LINE}\n'
              # bash cuts words at ':' too
              'read -ra COMP_WORDS <<<"${COMP_LINE//:/ : }"; [[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")\n'
              'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_portolan\nprintf "%s\\n" "${COMPREPLY[@]}"')
    return run('bash', path, '-c', script)


def in_zsh(path, words):
    script = ('_describe() { local a=("${(@P)@[-1]}"); print -l -- "${(@)a%%:*}"; }; compadd() { print -l -- "${(@P)@[-1]}"; }\n'
              '_files() { print compopt; }\n'
              f'words=(portolan {" ".join(shlex.quote(w) for w in words)}); CURRENT=${{#words}}; PREFIX=$words[-1]\n'
              f'. {TREE}/etc/portolan.zsh-completion')
    return run('zsh', path, '-f', '-c', script)


def in_fish(path, words):
    line = ' '.join(['portolan', *words])
    return run('fish', path, '--no-config', '-c', f'source {TREE}/etc/portolan.fish-completion; complete -C {shlex.quote(line)}')


def run(shell, path, *words):
    done = subprocess.run([shell, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, 'PATH': f'{path}:{os.environ["PATH"]}', 'HOME': '/nonexistent', 'TERM': 'dumb'})
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    return [line.partition('\t')[0] for line in done.stdout.splitlines()]


class Typist:
    """A bash at a terminal; its `portolan` knows some names, and keeps the words that it is run with."""

    def __init__(self, directory, names):
        self.directory, self.ran = directory, directory / 'ran'
        (directory / 'names').write_text(''.join(f'{n}\tabout\n' for n in names))
        (directory / 'portolan').write_text(
            f'#!/bin/bash\nif [ "$1" = complete ]; then while read -r n; do case $n in "${{@: -1}}"*) printf "%s\\n" "$n" ;; esac; done '
            f'<{directory}/names\nelse printf "%s\\0" "$@" >{self.ran}.new; mv {self.ran}.new {self.ran}; fi\n')
        (directory / 'portolan').chmod(0o755)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execve('/bin/bash', ['bash', '--norc', '--noprofile', '-i'], {
                'PATH': f'{directory}:/usr/bin:/bin', 'HOME': str(directory), 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8', 'PS1': 'READY>'})
        self.seen = ''
        self.type('')
        self.type(f'. {TREE}/etc/portolan.bash-completion\n')

    def type(self, text, until='READY>'):
        os.write(self.fd, text.encode())
        self.seen, end = '', time.monotonic() + 20
        while until not in self.seen and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += os.read(self.fd, 4096).decode(errors='replace')
        assert until in self.seen, self.seen

    def words(self, typed):
        """What the command is run with when tab and enter follow."""
        self.ran.unlink(missing_ok=True)
        self.type(f'portolan device {typed}\t\n')
        return self.ran.read_bytes().decode().split('\0')[1:-1]

    def end(self):
        os.write(self.fd, b'\x04')
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def test_a_name_is_one_word_in_bash_whoever_chose_it(place):
    """Agents say what they are called: what is completed is the name, and never a command."""
    names = ['plain', 'Core 1', 'x;touch gone', 'y$(touch${IFS}gone)', "o'neil", 'Münster', 'a@b', 'p\\q', 'same one', 'same two', 'z:1']
    typist = Typist(place, names)
    try:
        for typed, name in {'pl': 'plain', 'Co': 'Core 1', 'Core\\ ': 'Core 1', '"Co': 'Core 1', 'x': 'x;touch gone', "'x": 'x;touch gone',
                            'y': 'y$(touch${IFS}gone)', 'o': "o'neil", 'M': 'Münster', 'a': 'a@b', 'a@': 'a@b', 'p\\\\': 'p\\q',
                            'same\\ t': 'same two', '"same o': 'same one', 'z': 'z:1', 'z:': 'z:1', "'z:": 'z:1'}.items():
            assert typist.words(typed) == [name], (typed, typist.seen)
        typist.type('portolan device "y\t\n', until='> ')  # what would run within the quotes is not offered
        assert 'touch' not in typist.seen
        typist.type('"\n')
        assert not (place / 'gone').exists()
    finally:
        typist.end()


def test_shells_complete_what_the_station_knows(station, farm, programs):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net))
    made.discover()
    made.cli('map', 'new', 'by-hand')
    names = sorted(made.devices())
    here = made.directory / 'shells'
    here.mkdir()
    (here / 'portolan').write_text(f'#!/bin/sh\nPORTOLAN_SOCKET={made.socket} exec {made.bin}/portolan "$@"\n')
    (here / 'portolan').chmod(0o755)
    assert sorted(next_words(programs, 'device', '', more=('--socket', made.socket))) >= names
    for shell in (in_bash, in_zsh, in_fish):
        assert set(names) <= set(shell(here, ['device', ''])), shell
        assert shell(here, ['device', names[0][:-1]]) != [] and shell(here, ['device', 'nothing-so']) in ([], ['']), shell
        assert {'show', 'edit', 'delete'} <= set(shell(here, ['map', ''])), shell
        assert 'by-hand' in shell(here, ['map', 'show', 'by']), shell
        assert 'move:' in shell(here, ['map', 'edit', 'by-hand', 'mo']), shell
        assert '--follow' in shell(here, ['events', '--fo']), shell
    assert any('compopt' in w for w in in_bash(here, ['backup', ''])) and 'compopt' in in_zsh(here, ['backup', ''])
    assert any(w.endswith('/') for w in in_fish(here, ['backup', '/']))
