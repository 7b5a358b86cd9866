"""The Debian packages of `make deb`, as dpkg takes them: in a root of their own, the machine's seen through an overlay.

Nothing that happens there is seen outside. What the machine has installed is there already, so this does not show whether
`Depends` is whole; and there is no service manager, so the station is started by hand as its unit would.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
DEBS = pathlib.Path(os.environ.get('BUILD', TREE / 'build')).resolve() / 'deb'
OLDER = '0.0.1'

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='needs root')


def the(pattern):
    found = sorted(DEBS.glob(pattern))
    assert found, f'no {pattern} in {DEBS}: run make deb'
    return found[-1]


def older(deb, where):
    """The same package, as it were of an earlier version: with one file more."""
    unpacked = where / 'unpacked'
    subprocess.run(['dpkg-deb', '-R', deb, unpacked], check=True)
    control = unpacked / 'DEBIAN' / 'control'
    control.write_text(re.sub(r'(?m)^Version: .*$', f'Version: {OLDER}', control.read_text()))
    (unpacked / 'usr' / 'share' / 'portolan' / 'of-earlier').write_text('x')
    subprocess.run(['dpkg-deb', '-b', unpacked, where / 'older.deb'], check=True, capture_output=True)
    shutil.rmtree(unpacked)
    return where / 'older.deb'


class Root:
    """A root file system in a namespace of mounts, processes and network, where commands run one after another."""

    def __init__(self, where):
        self.merged = where / 'root'
        for name in ('root', 'upper', 'work', 'packages'):
            (where / name).mkdir()
        self.mounts = f'mount -t overlay overlay -o lowerdir=/,upperdir={where}/upper,workdir={where}/work {self.merged}\n'
        self.packages = where / 'packages'

    def run(self, script):
        """A script in it; what it says. Processes that it leaves end with it."""
        prepare = (f'{self.mounts}mkdir -p {self.merged}/packages\nmount --bind {self.packages} {self.merged}/packages\n'
                   f'mount -t proc proc {self.merged}/proc\nmount -t tmpfs tmpfs {self.merged}/run\nmount --rbind /dev {self.merged}/dev\n'
                   f'ip link set lo up\nexec chroot {self.merged} /bin/sh -ec {quoted(script)}')
        done = subprocess.run(['unshare', '--mount', '--pid', '--fork', '--kill-child', '--net', 'sh', '-ec', prepare],
                              capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
                              env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C.UTF-8'})
        assert done.returncode == 0, f'{script}\n{done.returncode}\n{done.stdout}{done.stderr}'
        return done.stdout + done.stderr


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


# As the unit starts it: the service manager is not there, so its directories are made by hand.
START = '''install -d -o portolan -g portolan -m 750 /var/lib/portolan /run/portolan
portoland -f -c /etc/portolan/portolan.yaml >/tmp/log 2>&1 &
pid=$!
n=0
until portolan --json status >/tmp/status 2>/dev/null; do
    n=$((n + 1))
    if [ $n -gt 600 ] || ! kill -0 $pid 2>/dev/null; then cat /tmp/log; exit 1; fi
    sleep 0.1
done
'''
# What must fail; "!" alone would end nothing.
NO = '''no() { if "$@"; then echo "it is so: $*"; exit 1; fi; }
'''
STOP = '''kill $pid
wait $pid || { cat /tmp/log; exit 1; }
'''


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    where = tmp_path_factory.mktemp('package')
    # An overlay wants another file system than one that is an overlay itself.
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', where], check=True)
    try:
        made = Root(where)
        shutil.copy(the('portolan_*.deb'), made.packages / 'newer.deb')
        shutil.copy(the('portolan-doc_*.deb'), made.packages / 'doc.deb')
        older(made.packages / 'newer.deb', made.packages)
        yield made
    finally:
        subprocess.run(['umount', where], check=True)


def test_lintian_finds_no_error():
    said = subprocess.run(['lintian', '--no-tag-display-limit', *DEBS.glob('*.changes')], capture_output=True, text=True).stdout
    assert not re.findall(r'(?m)^E: .*$', said), said


def test_it_installs_starts_upgrades_and_purges(root):
    said = root.run('dpkg -i /packages/older.deb /packages/doc.deb\nportoland -t\nid portolan\nstat -c "%U %G %a" /etc/portolan/portolan.yaml')
    assert 'root portolan 640' in said and 'faults' not in said, said
    # It starts as its own user, and leaves a state.
    said = root.run(START + 'stat -c %U /proc/$pid\nportolan map new by-hand\ncat /tmp/status\n' + STOP)
    assert said.splitlines()[0] == 'portolan', said
    assert json.loads(said[said.index('{'):said.rindex('}') + 1])['data'] == '/var/lib/portolan'
    # What was changed stays, what is no more goes.
    root.run('sed -i "s/^#*log:.*/&/; \\$a # mine" /etc/portolan/portolan.yaml')
    said = root.run(NO + 'dpkg -i /packages/newer.deb\ndpkg-query -W -f "\\${Version} \\${Status}\\n" portolan\n'
                    'tail -1 /etc/portolan/portolan.yaml; stat -c "%U %G %a" /etc/portolan/portolan.yaml\n'
                    'no test -e /usr/share/portolan/of-earlier')
    assert 'install ok installed' in said and f'{OLDER} install' not in said and '# mine' in said and 'root portolan 640' in said, said
    assert 'by-hand' in root.run(START + 'portolan map list\n' + STOP)
    for file in ('usr/share/bash-completion/completions/portolan', 'usr/share/zsh/vendor-completions/_portolan',
                 'usr/share/fish/vendor_completions.d/portolan.fish', 'lib/systemd/system/portolan.service'):
        assert root.run(f'dpkg -L portolan | grep -x "/{file}\\|/usr/{file}"').strip(), file
    # Removed it leaves what is somebody's; purged it leaves nothing.
    said = root.run(NO + 'dpkg --remove portolan portolan-doc\nls /etc/portolan/portolan.yaml /var/lib/portolan/state.db\nno command -v portolan')
    assert 'state.db' in said
    root.run(NO + 'mkdir /var/lib/portolan.before-restore-2026\ndpkg --purge portolan portolan-doc\n'
             'no test -e /etc/portolan\nno test -e /var/lib/portolan\nno id portolan\n'
             'no dpkg-query -W portolan\nleft=$(find /etc /usr /var /lib -xdev -name "*portolan*" -newer /packages/older.deb)\n'
             'no test -n "$left"')


def configured(place, checked):
    """What is said when the package is configured and `portoland -t` is that script; no program that changes the machine is called."""
    stubs = {'portoland': checked, **dict.fromkeys(('adduser', 'dpkg-statoverride', 'chown', 'chmod'), '')}
    for name, script in stubs.items():
        (place / name).write_text(f'#!/bin/sh\n{script}\n')
        (place / name).chmod(0o755)
    done = subprocess.run(['/bin/sh', TREE / 'etc' / 'debian' / 'portolan.postinst', 'configure'], capture_output=True, text=True,
                          env={'PATH': f'{place}:/usr/bin:/bin'})
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_keeps_the_station_from_starting_is_told_as_what_it_is(tmp_path):
    assert configured(tmp_path, 'echo the configuration is right') == ''
    said = configured(tmp_path, 'echo p.yaml:3:1: no such key >&2; exit 78')
    assert 'no such key' in said and 'portolan.yaml has faults' in said
    said = configured(tmp_path, 'echo the configuration is right; echo state: version 99 is of a later program; exit 1')
    assert 'version 99' in said and 'the data that is there' in said and 'faults' not in said


def test_the_source_archive_has_all_that_a_build_needs():
    """The packages were built from it, by root without a network; the page's modules are in it."""
    archive = max(DEBS.parent.glob('portolan-*.tar.gz'), key=lambda p: p.stat().st_mtime)
    listed = subprocess.run(['tar', '-tzf', archive], capture_output=True, text=True, check=True).stdout.splitlines()
    inside = {name.partition('/')[2] for name in listed}
    assert {'Makefile', 'INSTALL', 'VERSION', 'LICENSE', 'nms/web/vendor/uPlot.esm.js'} <= inside
    assert any(n.startswith('nms/web/vendor/cytoscape') for n in inside) and not any(n.startswith('.git/') for n in inside)
