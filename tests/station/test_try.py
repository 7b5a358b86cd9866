"""What README and INSTALL begin with, as make does it: trying a station, installing one."""
import os
import pathlib
import re
import subprocess

import pytest

from conftest import BUILD, TREE, USER, Visitor, await_true, free_tcp_port, needs_root

pytestmark = needs_root
SETUP = TREE / 'etc' / 'setup'


class Tried:
    """What `make run` and `make demo` leave."""

    def __init__(self, directory):
        self.directory, self.socket = directory, directory / 'run' / 'control'
        self.listen = f'127.0.0.1:{free_tcp_port()}'

    def run(self, *mode, **variables):
        own = {'RUN_DIR': self.directory, 'SOCKET': self.socket, 'RUN_USER': USER, 'LISTEN': self.listen, **variables}
        done = subprocess.run([SETUP / 'run-station', BUILD, *mode], cwd=TREE, capture_output=True, text=True, timeout=180,
                              env={**os.environ, **{k: str(v) for k, v in own.items()}})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def portolan(self, line):
        return self.typed(line, PORTOLAN_SOCKET=str(self.socket))

    def typed(self, line, **env):
        done = subprocess.run(['sh', '-ec', line], cwd=self.directory, capture_output=True, text=True, timeout=60,
                              env={**os.environ, **env})
        assert done.returncode == 0, f'{line}\n{done.stdout}{done.stderr}'
        return done.stdout

    def nexts(self, said):
        """The lines that it says to type next work as they stand."""
        lines = re.findall(r'^  sudo (.*portolan .*)$', said, re.M)
        assert len(lines) == 3, said
        for line in lines:
            self.typed(line)
        assert (self.directory / 'map.png').read_bytes().startswith(b'\x89PNG')

    def stop(self):
        pids = [int(p.read_text()) for p in self.directory.glob('*.pid')]
        subprocess.run([SETUP / 'stop-station', self.directory], check=True, timeout=60)
        await_true(lambda: not [p for p in pids if os.path.exists(f'/proc/{p}/exe')], 10, 'all of it has ended')
        assert pids and not list(self.directory.glob('*.pid'))


@pytest.fixture
def tried(place):
    made = Tried(place)
    yield made
    if list(place.glob('*.pid')):
        made.stop()


def test_a_station_is_tried_as_readme_says(tried):
    """This machine, then a simulated network; the page lets in who has the password that is printed."""
    said = tried.run()
    page, user, password = re.search(r'The page: http://(\S+)\s+user: (\w+)\s+password: (\S+)', said).groups()
    assert page == tried.listen and Visitor(page).sign_in(user, password)['must_change']
    tried.nexts(said)
    said = tried.run('demo', DEMO_DEVICES=12)  # ends the one before
    devices = tried.portolan(f'{BUILD}/portolan devices')
    assert len(re.findall(r'\t127\.16\.\d+\.\d+', devices)) >= 12, devices
    # README: probe of an agent of the demo
    assert 'sysName' in tried.portolan(f'{BUILD}/portolan --json probe 127.16.0.1 --port 16161 --community public')
    tried.stop()


def test_a_station_of_ones_own_network_asks_nobody_outside(tried, farm):
    farm('--network', 'campus', '--devices', 30, port=161)
    said = tried.run(SEEDS='127.16.0.1', COMMUNITY='public', WITHIN='127.16.0.0/29')
    tried.nexts(said)
    assert f'Stop it with: sudo make stop RUN_DIR={tried.directory}\n' in said
    devices = tried.portolan(f'{BUILD}/portolan devices')
    asked = set(re.findall(r'\b127\.16\.0\.(\d+)', devices))
    assert '1' in asked and max(map(int, asked)) <= 7, devices
    tried.stop()


def test_nothing_is_run_out_of_a_directory_that_others_may_write(place):
    """Anybody may make the one of /var/tmp before: root neither writes there, nor starts or ends what lies there."""
    theirs = place / 'theirs'
    (theirs / 'bin').mkdir(parents=True)
    (place / 'link').symlink_to(theirs)
    (place / 'open').mkdir()
    (place / 'open').chmod(0o777)
    for path in (theirs, theirs / 'bin'):
        os.chown(path, 65534, 65534)
    for directory in (theirs, place / 'link', place / 'open'):
        before = sorted(place.rglob('*'))
        for command in (['run-station', BUILD], ['stop-station', directory]):
            done = subprocess.run([SETUP / command[0], *command[1:]], cwd=TREE, capture_output=True, text=True, timeout=60,
                                  env={**os.environ, 'RUN_DIR': str(directory), 'SOCKET': str(place / 'control'), 'RUN_USER': USER})
            assert done.returncode == 1 and f"{directory} is not root's alone" in done.stderr, done.stderr
        assert sorted(place.rglob('*')) == before
    done = subprocess.run([SETUP / 'stop-station', place / 'none'], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, f'nothing of {place / "none"} runs\n')


def make(*words):
    """Without the build, which is there; whatever make runs this test."""
    env = {k: v for k, v in os.environ.items() if not k.startswith('MAKE') and k != 'MFLAGS'}
    done = subprocess.run(['make', '--no-print-directory', '-o', 'all', f'B={BUILD}', *map(str, words)], cwd=TREE,
                          capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stdout + done.stderr


def test_install_and_uninstall(place):
    root = place / 'root'
    make('install', f'DESTDIR={root}')
    config = root / 'etc' / 'portolan' / 'portolan.yaml'
    files = {str(p.relative_to(root)) for p in root.rglob('*') if p.is_file()}
    assert {'usr/bin/portolan', 'usr/sbin/portoland', 'usr/libexec/portolan/portolan-render', 'usr/share/portolan/web/index.html',
            'usr/share/portolan/mibs/PORTOLAN-MIB.txt', 'usr/lib/systemd/system/portolan.service'} <= files
    assert {f'usr/share/man/man{p.suffix[1:]}/{p.name}' for p in pathlib.Path(TREE / 'etc' / 'man').iterdir()} <= files
    assert config.stat().st_mode & 0o777 == 0o640
    config.write_text('# mine\n')
    make('install', f'DESTDIR={root}')  # an upgrade
    assert config.read_text() == '# mine\n'
    make('uninstall', f'DESTDIR={root}')
    assert [p for p in root.rglob('*') if p.is_file()] == [config]
