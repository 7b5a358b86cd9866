"""How a station begins: behind its terminal or not, from whichever directory, whatever is asked of it meanwhile."""
import os
import signal
import socket
import struct
import subprocess

import pytest

from conftest import Station, await_true, needs_root

pytestmark = needs_root
QUIET = 'credentials: []\ndiscovery: {local: false}\n'


class Detached(Station):
    """One that was started in its own directory, with a relative name, and left the terminal."""

    def start(self):
        self.log = self.directory / 'portoland.log'
        self.told = subprocess.run([self.bin / 'portoland', '-c', self.config.name], cwd=self.directory, capture_output=True, text=True,
                                   stdin=subprocess.DEVNULL, timeout=60)
        self.pid = None
        if self.told.returncode == 0:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self.socket))
                self.pid = struct.unpack('3i', line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def text(self):
        return ''

    def alive(self):
        return self.pid is not None and os.path.exists(f'/proc/{self.pid}')

    def stop(self, limit_s=10):
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)
            await_true(lambda: not self.alive(), limit_s, 'its end')
        return 0


@pytest.fixture
def detached(programs, place, started):
    made = Detached(programs, place, QUIET)
    started(made)
    return made


def test_who_started_it_leaves_when_it_works(detached):
    assert (detached.told.returncode, detached.told.stdout, detached.told.stderr) == (0, '', '')
    assert detached.try_cli('status')
    assert os.readlink(f'/proc/{detached.pid}/cwd') == '/' and os.readlink(f'/proc/{detached.pid}/fd/2') == '/dev/null'


def test_who_started_it_is_told_why_it_does_not_work(detached, programs):
    again = subprocess.run([programs / 'portoland', '-c', detached.config], capture_output=True, text=True, timeout=60)
    assert again.returncode == 1 and 'another station serves this control socket' in again.stderr, again
    assert again.stderr.count('\n') == 1
    detached.config.write_text(detached.config.read_text().replace('user: nobody', 'user: nobody-at-all'))
    again = subprocess.run([programs / 'portoland', '-c', detached.config], capture_output=True, text=True, timeout=60)
    assert again.returncode == 1 and 'there is no user "nobody-at-all"' in again.stderr, again


def test_its_file_is_found_again_whatever_the_directory(detached, place):
    """By the station, when something is set by the page, and by the command, for a backup."""
    assert detached.ask('status')['config'] == str(detached.config)
    status, _, body = detached.administrator().ask('POST', 'credentials', {'name': 'lab', 'version': '2c', 'community': 'of-the-lab'})
    assert status in (200, 201), body
    (place / 'elsewhere').mkdir()
    (place / 'elsewhere' / 'portolan.yaml').write_text('station: {name: another}\n')
    subprocess.run(detached.command('backup', '--without-secrets', place / 'b'), cwd=place / 'elsewhere', check=True, timeout=60)
    kept = subprocess.run(['tar', '--zstd', '-xOf', place / 'b', 'etc/portolan.yaml'], capture_output=True, text=True, check=True).stdout
    assert 'name: test' in kept and 'another' not in kept


def test_a_reload_meanwhile_waits_for_the_start(programs, place, started):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place / 'notify'))
        os.chmod(place / 'notify', 0o777)
        manager.settimeout(20)

        class Hasty(Station):
            def try_cli(self, *words):
                if not hasattr(self, 'first'):
                    self.first = manager.recv(500)
                    self.process.send_signal(signal.SIGHUP)
                return super().try_cli(*words)
        made = Hasty(programs, place, QUIET, env={'NOTIFY_SOCKET': str(place / 'notify')})
        started(made)
        assert made.first.startswith(b'STATUS=starting'), made.first
        assert manager.recv(500).startswith(b'READY=1\n')
        await_true(lambda: f'configuration: taken from {made.config}' in made.text(), 20, 'the reload')
