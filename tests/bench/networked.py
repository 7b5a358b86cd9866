"""A farm and a station that knows it, for what is measured from outside."""
import os
import pathlib
import shutil
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / 'tests'), str(TREE / 'tests' / 'web')]

import conftest  # noqa: E402
from browsers import enrol  # noqa: E402


def cpu_s(pid):
    """Processor seconds of a process, all threads."""
    stat = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf('SC_CLK_TCK')


class Networked:
    """In a network of its own: conftest.leave_the_network() comes first."""

    def __init__(self, network, devices, every='60s', ranges='', options=()):
        self.network, self.devices, self.every, self.ranges, self.options = network, devices, every, ranges, options

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix='portolan-bench-'))
        self.root.chmod(0o755)
        self.bin = self.root / 'bin'
        self.bin.mkdir()
        for program in ('portoland', 'portolan', 'portolan-render', 'farm'):
            shutil.copy(conftest.BUILD / program, self.bin)
        share = self.root / 'share' / 'portolan'
        shutil.copytree(TREE / 'mibs' / 'profiles', share / 'profiles')
        shutil.copytree(TREE / 'nms' / 'web' / 'icons', share / 'icons')
        shutil.copytree(conftest.BUILD / 'web', share / 'web')
        for folder in ('data', 'run'):
            (self.root / folder).mkdir()
            shutil.chown(self.root / folder, conftest.USER)
        self.farm = conftest.Farm(self.bin, self.root, '--network', self.network, '--devices', self.devices, '--waves', *self.options)
        self.station = conftest.Station(self.bin, self.root, conftest.farm_config(
            self.farm, within='127.16.0.0/12', every=self.every, ranges=self.ranges, extra='notifications: {listen: []}\nagentx: {master: ""}\n'))
        self.station.cookie = enrol(self.station)
        self.station.discover(900)
        return self.station

    def __exit__(self, *what):
        self.station.stop()
        self.farm.stop()
        shutil.rmtree(self.root, ignore_errors=True)
