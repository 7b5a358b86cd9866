"""The packages on a Debian of nothing else, with its service manager: the whole life of an installation.

`make check-machine`. What one test leaves on the disk is what the next one finds.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess

import machine
import pytest
from test_package import DEBS, OLDER, older, the

BUILD = pathlib.Path(os.environ.get('BUILD', DEBS.parent)).resolve()
DEVICES = 60

pytestmark = pytest.mark.skipif(not machine.is_possible(), reason='needs root, and a machine like that of its image (x86_64)')

CONFIG = '''credentials: [{name: lab, version: 2c, community: public}]
discovery: {seeds: [127.16.0.1], within: [127.16.0.0/16], port: 1161}
polling: {every: 10s}
series: {keep: ["10s for 1h"]}
'''
# What every script begins with: it says what it shows by name, and waits for what it awaits.
WORDS = '''export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive TERM=dumb SYSTEMD_COLORS=0 SYSTEMD_URLIFY=0
show() { echo "<<$1"; shift; "$@" 2>&1 || echo "exit code $?"; echo ">>"; }
await() { n=0; until eval "$1" >/tmp/awaited 2>&1; do n=$((n + 1)); if [ $n -gt ${2:-300} ]; then
    echo "in vain: $1"; cat /tmp/awaited; journalctl --no-pager -u portolan | tail -50; exit 1; fi; sleep 1; done; }
main_pid() { systemctl show -P MainPID portolan; }
at_work() { [ "$(portolan --json status | tr -d ' ' | grep -c '"state":"ok"\\|"version"')" -gt 0 ]; }
another_pid_than() { [ "$(main_pid)" != 0 ] && [ "$(main_pid)" != "$1" ] && at_work; }
farm() { setsid ./farm --port 1161 --base 127.16.0.1 --network campus --devices DEVICES --run-seconds 7200 >/tmp/farm.log 2>&1 & 
    await 'grep -q "agents ready" /tmp/farm.log'; }
'''.replace('DEVICES', str(DEVICES))


def shown(said, name):
    found = re.search(rf'<<{name}\n(.*?)>>\n', said, re.S)
    assert found, f'{name} was not shown:\n{said[-5000:]}'
    return found.group(1)


def names(said, what='devices'):
    return sorted(d['name'] for d in json.loads(shown(said, what))['devices'])


@pytest.fixture(scope='module')
def debian(tmp_path_factory):
    where = BUILD / 'machine'
    root = where / 'root'
    machine.make_root(root)
    newer = the('portolan_*.deb')
    machine.fetch_what_is_needed(root, newer)
    there = tmp_path_factory.mktemp('machine')
    shutil.copy(older(newer, there), root / 'packages/older.deb')
    made = machine.Machine(there, root)
    made.run_with = lambda script, **more: made.run(WORDS + script, [BUILD / 'farm'], **more)
    yield made
    subprocess.run(['rm', '-f', made.disk], check=True)


def test_installed_it_is_at_work_and_knows_little_of_the_machine(debian):
    said = debian.run_with('''
show installed apt-get install -qq -y --no-install-recommends /packages/older.deb
await at_work
show enabled systemctl is-enabled portolan
show active systemctl is-active portolan
show version dpkg-query -W -f '${Version}' portolan
show process grep -E '^(Uid|Cap|NoNewPrivs|Seccomp)' /proc/$(main_pid)/status
show exposure systemd-analyze security --no-pager portolan.service
show password stat -c '%U %a' /var/lib/portolan/first-password
show sockets ss -lntup
show told journalctl --no-pager -o cat -u portolan
''')
    assert shown(said, 'enabled').strip() == 'enabled' and shown(said, 'active').strip() == 'active', said[-5000:]
    exposure = re.search(r'Overall exposure level for portolan.service: ([\d.]+)', said)
    assert exposure and float(exposure.group(1)) < 2.5, shown(said, 'exposure')
    status = dict(re.findall(r'^(\w+):\s*(\S+)', shown(said, 'process'), re.M))
    assert status['Uid'] != '0' and int(status['CapEff'], 16) == 0 and int(status['CapPrm'], 16) == 0, status
    assert status['NoNewPrivs'] == '1' and status['Seccomp'] == '2', status
    assert shown(said, 'password').split() == ['portolan', '600']
    outside = [line for line in shown(said, 'sockets').splitlines() if 'portoland' in line and '127.0.0.1' not in line and '[::1]' not in line]
    assert not [line for line in outside if ':162 ' not in line], outside  # notifications come from everywhere, nothing else does
    assert 'error' not in shown(said, 'told').lower(), shown(said, 'told')


def test_the_first_hour_goes_as_the_guide_says(debian):
    said = debian.run_with(f'''
farm
cat >/etc/portolan/portolan.yaml <<'EOF'
{CONFIG}EOF
show tried portoland -t
systemctl restart portolan
await at_work
show discovered portolan discover --wait
show devices portolan --json devices
show links portolan --json links
show drawn portolan map export physical -o /root/physical.svg
show pictured portolan map export physical -o /root/physical.png
name=$(portolan --json devices | grep -o '"name": *"[^"]*"' | head -1 | cut -d'"' -f4)
await "portolan --json series $name cpu --from -5min | grep -q '[0-9]\\.[0-9]'" 180
show graph portolan graph $name cpu -o /root/cpu.svg
stat -c 'size of %n: %s' /root/*.svg /root/*.png
cp /etc/portolan/portolan.yaml /root/was.yaml
echo 'log: {{level: debug}}' >>/etc/portolan/portolan.yaml
systemctl reload portolan
await 'journalctl -o cat -u portolan | grep -i "reload\\|again"'
cp /root/was.yaml /etc/portolan/portolan.yaml
systemctl reload portolan
echo "of the test, and long enough" >/root/pass; chmod 600 /root/pass
show backup portolan backup /root/whole.backup --passphrase-file /root/pass
show told journalctl --no-pager -o cat -u portolan
''')
    assert len(names(said)) >= DEVICES, shown(said, 'devices')[:2000]
    assert len(json.loads(shown(said, 'links'))['links']) >= DEVICES // 2
    for name in ('discovered', 'drawn', 'pictured', 'graph', 'backup'):
        assert 'exit code' not in shown(said, name), shown(said, name)
    sizes = dict(re.findall(r'size of (\S+): (\d+)', said))
    assert all(int(sizes[f'/root/{n}']) > 2000 for n in ('physical.svg', 'physical.png', 'cpu.svg')), sizes


def test_killed_or_hung_it_comes_back_and_says_so(debian):
    said = debian.run_with('''
farm
await at_work
was=$(main_pid); kill -9 $was
await "another_pid_than $was" 60
show killed journalctl --no-pager -o cat -u portolan -n 60
was=$(main_pid); kill -STOP $was
await "another_pid_than $was" 200
show hung journalctl --no-pager -o cat -u portolan -n 200
was=$(main_pid); kill -SEGV $was
await "another_pid_than $was" 60
show crashed journalctl --no-pager -o cat -u portolan -n 100
pkill -9 rrdcached
await 'pgrep -x rrdcached'
show devices portolan --json devices
''')
    assert len(names(said)) >= DEVICES
    assert 'watchdog' in shown(said, 'hung').lower(), shown(said, 'hung')
    for name in ('hung', 'crashed'):
        assert re.search(r'crash|ended|signal', shown(said, name)), shown(said, name)


def test_upgraded_it_goes_on_with_what_it_knew(debian):
    said = debian.run_with('''
farm
await at_work
show before portolan --json devices
was=$(main_pid)
show upgraded apt-get install -qq -y --no-install-recommends /packages/newer.deb
await "another_pid_than $was" 60
show version dpkg-query -W -f '${Version}' portolan
show after portolan --json devices
show failed systemctl --failed --no-legend --plain
''')
    assert OLDER not in shown(said, 'version')
    assert names(said, 'before') == names(said, 'after') and len(names(said, 'after')) >= DEVICES
    assert 'portolan' not in shown(said, 'failed')


def test_a_power_cut_takes_at_most_the_last_poll(debian):
    debian.run_with('''
farm
await at_work
portolan --json devices | grep -o '"name": *"[^"]*"' | head -1 | cut -d'"' -f4 >/root/name
portolan map new drawn-by-hand
await "portolan --json series $(cat /root/name) cpu --from -2min | grep -q '[0-9]\\.[0-9]'" 180
sleep 30
date +%s >/root/cut; sync -f /root/cut
echo 'power is cut'
sleep 600
''', cut_at='power is cut')
    said = debian.run_with('''
await at_work 120
show cut cat /root/cut
show maps portolan map list
show series portolan --json series $(cat /root/name) cpu --from -1h
show devices portolan --json devices
show told journalctl --no-pager -o cat -b -u portolan
''')
    assert 'drawn-by-hand' in shown(said, 'maps')
    assert len(names(said)) >= DEVICES
    rows = json.loads(shown(said, 'series'))['rows']
    last = max(row[0] for row in rows if row[1] is not None and row[0] <= int(shown(said, 'cut')))
    assert int(shown(said, 'cut')) - last <= 30, (shown(said, 'cut'), rows[-20:])


def test_restored_it_is_what_it_was(debian):
    said = debian.run_with('''
systemctl stop portolan
show restored portolan restore /root/whole.backup --force --passphrase-file /root/pass
systemctl start portolan
await at_work
show devices portolan --json devices
show owner stat -c '%U %G %a' /var/lib/portolan /var/lib/portolan/state.db
''')
    assert 'exit code' not in shown(said, 'restored'), shown(said, 'restored')
    assert len(names(said)) >= DEVICES
    assert all(line.startswith('portolan portolan') for line in shown(said, 'owner').splitlines()), shown(said, 'owner')


def test_purged_nothing_is_left(debian):
    said = debian.run_with('''
show purged apt-get purge -y portolan
show left find /etc /usr /var/lib /run -xdev -name '*portolan*' -not -path '/var/lib/dpkg/*'
show user getent passwd portolan
show processes pgrep -l portolan
''')
    assert shown(said, 'left').strip() in ('',), shown(said, 'left')
    assert 'exit code 2' in shown(said, 'user') and 'exit code 1' in shown(said, 'processes')
