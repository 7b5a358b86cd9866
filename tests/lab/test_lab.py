"""Real agents in networks of namespaces, judged by their ground truth. Needs ../shared/lab and root."""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import SHARED, await_true, needs_root

LAB = SHARED / 'lab' / 'lab'
OWN = pathlib.Path(__file__).parent / 'topologies'
LAB_ID = f'p{os.getpid()}'  # several may run side by side
SETTLED_S = 180  # at most: spanning tree, routing and neighbor protocols

# What is under way in a node, a word each; nothing is pinged for it, so that tables stay cold.
UNDER_WAY = r'''
bridge link show 2>/dev/null | grep -qE 'state (listening|learning)' && echo spanning-tree
grep -qsx 1 /sys/class/net/br*/bridge/topology_change && echo topology-change
if pgrep -x ospfd >/dev/null; then
    vtysh -c 'show ip ospf neighbor' 2>/dev/null | awk '/(Full|2-Way)/ {full++} / (Down|Attempt|Init|ExStart|Exchange|Loading)/ {other++}
        END {if (other || !full) print "ospf"}'
fi
lldpcli -f keyvalue show neighbors summary 2>/dev/null | grep -oE '^lldp\.[^.]+\.' | sort -u | sed 's/^/hears-/'
exit 0'''

pytestmark = [needs_root, pytest.mark.long, pytest.mark.skipif(not LAB.exists(), reason='../shared/lab is absent')]

CREDENTIALS = {
    'small': ['{version: 2c, community: public}', '{version: 2c, community: s3cr3t-ro}',
              '{version: 3, user: ops, auth: SHA, auth_secret: authpass-ops, priv: AES, priv_secret: privpass-ops}',
              '{version: 3, user: ops256, auth: SHA-256, auth_secret: authpass-256, priv: AES-256, priv_secret: privpass-256}'],
    'campus': ['{version: 2c, community: campus-ro}', '{version: 2c, community: branch-ro}', '{version: 2c, community: s3cr3t-ro}',
               '{version: 3, user: noc, auth: SHA-256, auth_secret: authpass-noc, priv: AES, priv_secret: privpass-noc}',
               '{version: 3, user: noc, auth: SHA, auth_secret: authpass-noc, priv: AES, priv_secret: privpass-noc}',
               '{version: 3, user: ops, auth: SHA, auth_secret: authpass-ops, priv: AES, priv_secret: privpass-ops}',
               '{version: 3, user: ops256, auth: SHA-256, auth_secret: authpass-256, priv: AES-256, priv_secret: privpass-256}',
               '{version: 1, community: campus-ro}'],
    'daisy': ['{version: 2c, community: private}', '{version: 2c, community: public}'],
    'clones': ['{version: 2c, community: limited}', '{version: 2c, community: public}', '{version: 2c, community: full}',
               '{version: 3, user: ops, auth: SHA, auth_secret: authpass-ops, priv: AES, priv_secret: privpass-ops}'],
    'cdp': ['{version: 2c, community: public}'],
    'ring': ['{version: 2c, community: public}'],
}
SEED = {'small': '10.10.0.1', 'campus': '10.50.200.1', 'daisy': '10.71.0.1', 'clones': '10.73.0.1', 'cdp': '10.77.0.1',
        'ring': '10.74.0.1'}
WITHIN = {'small': '10.10.0.0/16', 'campus': '10.50.0.0/16', 'daisy': '10.71.0.0/16', 'clones': '10.73.0.0/16',
          'cdp': '10.77.0.0/16', 'ring': '10.74.0.0/16'}


def lab(*words, limit_s=180):
    done = subprocess.run([str(LAB), *words], capture_output=True, text=True, timeout=limit_s,
                          env={**os.environ, 'LAB_ID': LAB_ID})
    return done


def under_way():
    """What has not settled yet; "" if all has. Ports that truth says are heard by LLDP must be."""
    nodes, wanted, told = [], collections.Counter(), []
    for row in (line.split('\t') for line in lab('truth').stdout.splitlines()):
        if row[0] == 'node' and row[2] not in ('dumb', 'cdp', 'nms'):
            nodes.append(row[1])
        elif row[0] == 'link':
            wanted.update(re.findall(r'lldp@([\w-]+)', row[4]))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda node: lab('exec', node, 'sh', '-c', UNDER_WAY).stdout.split(), nodes)
    for node, words in zip(nodes, answers):
        heard = sum(w.startswith('hears-') for w in words)
        told += [f'{node}: {w}' for w in words if not w.startswith('hears-')]
        if heard < wanted[node]:
            told.append(f'{node}: {heard} of {wanted[node]} LLDP neighbors')
    return ', '.join(told)


def settled():
    told = under_way()
    print(told)
    return told == ''


NEIGHBORS = {'gc_thresh1': 2048, 'gc_thresh2': 8192, 'gc_thresh3': 16384}
RAISE = '; '.join(f'f=/proc/sys/net/{family}/neigh/default/{name}; [ ! -w $f ] || [ $(cat $f) -ge {count} ] || echo {count} >$f'
                  for family in ('ipv4', 'ipv6') for name, count in NEIGHBORS.items())


def make_room_for_neighbors(machine_network):
    """All namespaces of a machine share one table of neighbors, of 1024 by default: labs side by side fill it, and
    whoever is asked then seems silent. Its limits are of the machine's own network; raised, never lowered."""
    subprocess.run(['nsenter', f'--net=/proc/{os.getpid()}/fd/{machine_network}', 'sh', '-c', RAISE], check=True)


@pytest.fixture
def network(pytestconfig):
    make_room_for_neighbors(pytestconfig.machine_network)

    def up(name, cold):
        own = OWN / f'{name}.topo'
        done = lab('up', str(own) if own.exists() else name)
        if done.returncode:
            pytest.skip(f'the lab does not come up here: {done.stderr[-300:]}')
        if cold:
            await_true(settled, SETTLED_S, 'the network settles')
            return
        done = lab('wait')
        assert done.returncode == 0, done.stdout + done.stderr
    yield up
    lab('down')


@pytest.mark.parametrize('cold', [False, True], ids=['after pings', 'from cold tables'])
@pytest.mark.parametrize('name', list(SEED))
def test_the_map_is_right(name, cold, network, station, place):
    network(name, cold)
    names = '\n'.join(f'  - {c[:1]}name: c{n}, {c[1:]}' for n, c in enumerate(CREDENTIALS[name]))
    made = station(f'credentials:\n{names}\n'
                   f'discovery: {{seeds: [{SEED[name]}], within: [{WITHIN[name]}], local: true}}\n'
                   'frames: {interfaces: [eth0]}\n', prefix=['ip', 'netns', 'exec', f'{LAB_ID}-nms'])
    made.discover(limit_s=240)
    truth = place / 'truth.tsv'
    truth.write_text(lab('truth').stdout)
    judged = subprocess.run([sys.executable, str(SHARED / 'lab' / 'judge.py'), str(truth), str(made.export()), '--show'],
                            capture_output=True, text=True)
    print(judged.stdout)
    assert judged.returncode == 0, judged.stdout
