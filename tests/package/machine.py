"""A Debian of its own that boots: made by debootstrap, started by qemu with systemd. It has no network but its loopback."""
import os
import pathlib
import platform
import shutil
import subprocess
import tarfile
import time

SUITE = 'bookworm'
HAS = 'systemd-sysv,dbus,udev,iproute2,procps,initramfs-tools,linux-image-cloud-amd64'
SIZE = '6G'
MEMORY = '2G'
# What it is given, as an archive on its second disk; what it says, on its first line.
JOB = '''[Unit]
Description=What is to be done here
[Service]
ExecStart=/bin/sh -c 'mkdir -p /srv/job && tar -xf /dev/vdb -C /srv/job && cd /srv/job && sh -e ./script; echo "job ended with $?"; systemctl poweroff'
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
[Install]
WantedBy=multi-user.target
'''


def is_possible():
    return os.geteuid() == 0 and platform.machine() == 'x86_64'


def in_root(root, *command):
    subprocess.run(['chroot', root, *command], check=True, env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C.UTF-8'},
                   stdin=subprocess.DEVNULL)


def make_root(root):
    """The smallest Debian that boots; made once."""
    if not (root / '.made').exists():
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(['debootstrap', '--variant=minbase', f'--include={HAS}', SUITE, root], check=True)
        (root / '.made').touch()
    (root / 'etc/systemd/system/job.service').write_text(JOB)
    in_root(root, 'systemctl', 'enable', 'job.service')
    in_root(root, 'systemctl', 'mask', 'serial-getty@ttyS0.service')  # the line is the job's


def fetch_what_is_needed(root, package):
    """What the package depends on lies in the machine's store afterwards, and nothing of it is installed."""
    (root / 'packages').mkdir(exist_ok=True)
    shutil.copy(package, root / 'packages/newer.deb')
    for name in ('etc/resolv.conf', 'etc/hosts'):
        shutil.copy(f'/{name}', root / name)
    fetch = ('apt-get', 'install', '-y', '--download-only', '/packages/newer.deb')
    try:
        in_root(root, *fetch)
    except subprocess.CalledProcessError:  # what is the newest was told too long ago
        in_root(root, 'apt-get', 'update')
        in_root(root, *fetch)


class Machine:
    """A disk made of a root, and runs of it, each from power on to off."""

    def __init__(self, where, root):
        self.disk, self.job, self.line = where / 'disk', where / 'job.tar', where / 'line.log'
        boot = root / 'boot'
        self.kernel, self.initrd = max(boot.glob('vmlinuz-*')), max(boot.glob('initrd.img-*'))
        subprocess.run(['mkfs.ext4', '-q', '-d', root, self.disk, SIZE], check=True)

    def run(self, script, files=(), limit_s=1500, cut_at=None):
        """What a script says that runs there. cut_at: who says that loses power."""
        with tarfile.open(self.job, 'w') as archive:
            for file in files:
                archive.add(file, pathlib.Path(file).name)
            self.line.write_text(script)
            archive.add(self.line, 'script')
        self.line.write_text('')
        machine = subprocess.Popen(['qemu-system-x86_64', '-machine', 'q35,accel=kvm:tcg', '-cpu', 'max', '-smp', '2', '-m', MEMORY,
                                    '-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot', '-serial', f'file:{self.line}',
                                    '-kernel', self.kernel, '-initrd', self.initrd,
                                    '-append', 'root=/dev/vda rw console=ttyS0 quiet panic=-1',
                                    '-drive', f'file={self.disk},format=raw,if=virtio', '-drive', f'file={self.job},format=raw,if=virtio'])
        try:
            self.wait(machine, limit_s, cut_at)
        finally:
            machine.kill()
            machine.wait()
        said = self.line.read_text(errors='replace').replace('\r\n', '\n')
        assert cut_at or 'job ended with 0' in said, said[-20000:]
        return said

    def wait(self, machine, limit_s, cut_at):
        end = time.monotonic() + limit_s
        while machine.poll() is None and time.monotonic() < end:
            if cut_at and f'\n{cut_at}' in self.line.read_text(errors='replace').replace('\r', ''):
                return
            time.sleep(0.2)
        assert machine.poll() is not None, f'still at work after {limit_s} s\n{self.line.read_text(errors="replace")[-20000:]}'
