"""What the station stands on gives way: clock, names, descriptors, memory, network: docs/promises.md."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import pytest
from conftest import await_true, farm_config, free_tcp_port, needs_root
from scene import (DEVICES, SANITIZED, Person, answers_at_once, assert_well, began, call, known_times, often, own_alerts,
                   polls_go_on)

pytestmark = needs_root

# The wall clock of a program, moved by as many seconds as a file says; the monotonic one goes on, as in a real jump.
CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long offset(void)
{
    char text[32] = "";
    int fd = open(getenv("CLOCK_OFFSET"), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (read(fd, text, sizeof text - 1) < 0)
            text[0] = 0;
        close(fd);
    }
    return atol(text);
}
int clock_gettime(clockid_t id, struct timespec *out)
{
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int rc = real(id, out);
    if (id == CLOCK_REALTIME)
        out->tv_sec += offset();
    return rc;
}
time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return out != NULL ? (*out = t.tv_sec) : t.tv_sec;
}
int gettimeofday(struct timeval *out, void *zone)
{
    struct timespec t;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
    return 0;
}
"""


@pytest.mark.long
@pytest.mark.skipif(SANITIZED, reason='the sanitizer is to be loaded first')
def test_clock_jumps(station, farm, place):
    """An hour forth, an hour back: no false alert, no storm of polls, series go on."""
    clock, source, library = place / 'clock', place / 'clock.c', place / 'clock.so'
    clock.write_text('0')
    source.write_text(CLOCK)
    subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-o', str(library), str(source), '-ldl'], check=True)
    net = farm('--network', 'campus', '--devices', DEVICES, '--run-seconds', 7200)
    made = station(farm_config(net, every='1s').replace('for 1h', 'for 10min'), listen=f'127.0.0.1:{free_tcp_port()}',
                   env={'LD_PRELOAD': str(library), 'CLOCK_OFFSET': str(clock)})
    made.discover()
    made.await_polls(2, 60)
    name = sorted(made.devices())[0]
    assert call(made, 'POST', 'silences', {'object': 'x', 'duration': '5h', 'text': 'long'})[0] in (200, 201)

    def newest():
        answer = made.ask('series', name, 'icmp', **{'from': '-20s'})
        return max((row[0] for row in answer['rows'] if row[1] is not None), default=0) if answer else 0
    for offset in [3600, 0] * often(1, 5) + [-3600, 0] * often(0, 5):
        before = made.ask('status')
        begun = time.monotonic()
        clock.write_text(str(offset))
        made.await_polls(2, 60)
        status, took = made.ask('status'), time.monotonic() - begun
        assert status['polls'] - before['polls'] < (took + 4) * 3 * (DEVICES + 2), 'no polls are made up for'
        now = time.time() + offset
        if offset > 0:
            # Half a minute shows that it was meant (steady.h).
            await_true(lambda: abs(newest() - (time.time() + offset)) < 30, 60, f'series go on at {now}')
        assert not [a for a in made.ask('alerts')['alerts'] if a['type'].startswith('device.')], offset
        answers_at_once(made)
    person = Person(made, 'clock', 4)
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    person.run()
    made.kill()
    made.start()
    person.assert_kept()
    assert 'long' in {s['text'] for s in made.ask('silences')['silences']}
    assert not own_alerts(made) - {'station.overloaded', 'station.series'}, made.ask('alerts')
    polls_go_on(made)
    assert_well(made)


def test_names_are_not_answered(station, farm, place):
    """A name server that never answers: whoever is told by name waits, nobody else."""
    resolv = place / 'resolv.conf'
    resolv.write_text('nameserver 127.0.0.1\noptions timeout:5 attempts:3\n')
    resolv.chmod(0o644)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(('127.0.0.1', 53))
        net = farm('--network', 'campus', '--devices', DEVICES, '--run-seconds', 7200)
        made = station(farm_config(net, every='1s', extra='agentx: {master: "tcp:master.example.net:705"}\nreceivers:\n'
                                   '  - {name: hook, webhook: "http://hook.example.net/x"}\n'),
                       prefix=('unshare', '-m', 'sh', '-c', f'mount --bind {resolv} /etc/resolv.conf; exec "$@"', 'sh'),
                       listen=f'127.0.0.1:{free_tcp_port()}')
        made.discover()
        asked = threading.Thread(target=lambda: made.try_cli('notify', 'test', 'hook'), daemon=True)
        asked.start()
        silent.settimeout(30)
        while b'hook' not in silent.recv(512):
            pass  # the master agent's
        made.await_polls(3, 30)
        answers_at_once(made)
        begun = time.monotonic()
        assert made.stop(8) == 0, made.text()[-2000:]
        assert time.monotonic() - begun < 7, 'the end waits for no name'
    assert_well(made)


def test_descriptors_exhausted(station, farm):
    """As many connections as there are descriptors: they are refused, polls and what is kept go on."""
    limit = 90
    net, made = began(station, farm, prefix=('prlimit', f'--nofile={limit}:{limit}'), listen=f'127.0.0.1:{free_tcp_port()}')
    host, port = made.listen.rsplit(':', 1)
    held = []
    try:
        for n in range(200):
            s = socket.socket()
            s.settimeout(5)
            with contextlib.suppress(OSError):
                s.bind((f'127.27.1.{n % 200 + 1}', 0))
                s.connect((host, int(port)))
                s.sendall(b'GET /health HT')
            held.append(s)
        await_true(lambda: made.descriptors() >= limit - 2, 20, 'they are used up')
        begun = [int(x) for x in pathlib.Path(f'/proc/{made.process.pid}/stat').read_text().rsplit(')', 1)[1].split()[11:13]]
        time.sleep(2)  # what is tested is a time: the loop does not spin
        now = [int(x) for x in pathlib.Path(f'/proc/{made.process.pid}/stat').read_text().rsplit(')', 1)[1].split()[11:13]]
        assert sum(now) - sum(begun) < 150, f'ticks in 2 s: {sum(now) - sum(begun)}'
    finally:
        for s in held:
            s.close()
    await_true(lambda: made.try_cli('status'), 30, 'it answers again')
    polls_go_on(made)
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    person = Person(made, 'after', 4)
    person.run()
    assert not person.refused
    assert_well(made)


@pytest.mark.skipif(SANITIZED, reason='the sanitizer takes terabytes of addresses')
def test_memory_limit(station, farm):
    """No memory is left: the station ends and says so; whoever watches it starts it again, and nothing answered is lost."""
    net, made = began(station, farm, prefix=('prlimit', f'--as={700 << 20}'), listen=f'127.0.0.1:{free_tcp_port()}')
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    for n in range(often(1, 10)):
        person = Person(made, f'm{n}', 4)
        person.run()
        body = b'graph g {\n' + b''.join(b'n%d [label="a rather long label of a node, number %d"];\n' % (i, i) for i in range(400000)) + b'}\n'

        def ask():
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(60)
            with contextlib.suppress(OSError):
                s.connect(str(made.socket))
                s.sendall(b'POST /api/v1/maps/big.gv HTTP/1.1\r\nHost: station\r\nContent-Length: %d\r\n\r\n' % len(body) + body)
                s.recv(100)
        for _ in range(8):
            ask()
            if not made.alive():
                break
        ended = not made.alive()
        print('ended' if ended else 'bore it', made.text()[-300:] if ended else '')
        if ended:
            assert 'memory' in made.text()[-2000:], made.text()[-2000:]
        else:
            answers_at_once(made)
            made.kill()
        made.start()
        person.assert_kept()
        polls_go_on(made)
    assert_well(made)


@pytest.fixture
def group():
    """A cgroup for memory, of whichever hierarchy this machine has: its folder, the names of its limit and of what is used."""
    first = pathlib.Path('/sys/fs/cgroup/memory')
    made = (first if first.is_dir() else first.parent) / f'portolan-test-{os.getpid()}'
    limit, used = (('memory.limit_in_bytes', 'memory.usage_in_bytes') if first.is_dir() else ('memory.max', 'memory.current'))
    try:
        made.mkdir()
    except OSError as e:
        pytest.skip(f'no cgroup can be made: {e}')
    try:
        if not (made / limit).exists():
            pytest.skip('no cgroup for memory')
        for no_swap in ('memory.swappiness', 'memory.swap.max'):
            if (made / no_swap).exists():
                (made / no_swap).write_text('0')
        yield made, made / limit, made / used
    finally:
        await_true(lambda: not (made / 'cgroup.procs').read_text(), 30, 'nobody is in it')
        made.rmdir()


def test_memory_limit_of_a_cgroup(group, station, farm):
    """The kernel kills it in the midst of changes, without a word: nothing answered is lost."""
    where, limit, used = group
    net, made = began(station, farm, prefix=('sh', '-c', f'echo $$ >{where}/cgroup.procs; exec "$@"', 'sh'), listen=f'127.0.0.1:{free_tcp_port()}')
    assert call(made, 'POST', 'maps', {'name': 'hand'})[0] in (200, 201)
    for n in range(often(1, 10)):
        person = Person(made, f'g{n}', 10000)
        person.start()
        await_true(lambda: len(person.nodes) > 2, 30, 'changes')

        def squeeze():
            """A little less than it has: what can be written out goes, then comes the killer."""
            with contextlib.suppress(OSError):
                limit.write_text(str(int(used.read_text()) - (1 << 20)))
            return not made.alive()
        await_true(squeeze, 120, 'no memory is left')
        assert made.process.returncode == -signal.SIGKILL, made.text()[-2000:]
        person.join(60)
        limit.write_text(str(1 << 40))
        made.start()
        assert person.assert_kept() > 2
        polls_go_on(made)
    assert_well(made)


def test_half_of_all_packets_lost(station, farm):
    """Nobody is called down who answers, and no value is invented."""
    net, made = began(station, farm, every='2s')
    for address in (d['addresses'].split(',')[0] for d in net.table('devices')):
        net.tell(f'fault loss=50 {address}')
    begun = made.ask('status')['polls']
    await_true(lambda: made.ask('status')['polls'] > begun + often(4, 100) * DEVICES, 600, 'polls')
    states = {d['state'] for d in made.devices().values() if 'credential' in d}
    assert states <= {'up', 'suspect'}, states
    assert not [a for a in made.ask('alerts')['alerts'] if a['type'] == 'device.unreachable']
    answers_at_once(made)
    assert_well(made)


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def test_network_down_and_up(station, farm):
    """No packet gets anywhere, then they do again: nobody is called down, and polls go on."""
    net, made = began(station, farm)
    for _ in range(often(1, 20)):
        ip('link', 'set', 'lo', 'down')
        try:
            await_true(lambda: made.ask('status')['isolated'], 60, 'it knows that it is cut off')
            await_true(lambda: 'station.isolated' in own_alerts(made), 10, 'it is told')
            answers_at_once(made)
        finally:
            ip('link', 'set', 'lo', 'up')
        await_true(lambda: not made.ask('status')['isolated'], 60, 'it is connected')
        begun = time.time()
        made.await_polls(2, 60)
        await_true(lambda: 'station.isolated' not in own_alerts(made), 30, 'it is over')
        assert not [a for a in made.ask('alerts', state='all')['alerts'] if a['type'] == 'device.unreachable']
        assert {d['state'] for d in made.devices().values() if 'credential' in d} == {'up'}
        await_true(lambda: max(known_times(made, sorted(made.devices())[0]), default=0) > begun, 30, 'series go on')
    assert_well(made)


def say_lldp(interface, name):
    """One announcement of a neighbor."""
    def tlv(kind, value):
        return ((kind << 9) | len(value)).to_bytes(2, 'big') + value
    frame = (bytes.fromhex('0180c200000e') + bytes.fromhex('020000000027') + bytes.fromhex('88cc') +
             tlv(1, b'\x04' + bytes.fromhex('020000000027')) + tlv(2, b'\x05eth7') + tlv(3, (120).to_bytes(2, 'big')) +
             tlv(5, name.encode()) + tlv(0, b''))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((interface, 0))
        s.send(frame)


def test_interface_disappears(station, farm):
    """An interface where frames are heard goes and comes back, as USB and virtual ones do."""
    def plug():
        ip('link', 'add', 'flt0', 'type', 'veth', 'peer', 'name', 'flt1')
        for link in ('flt0', 'flt1'):
            ip('link', 'set', link, 'up')
    plug()
    try:
        net, made = began(station, farm, extra='frames: {interfaces: [flt0]}\n')

        def heard(name):
            say_lldp('flt1', name)
            return any(name in str(n) for n in made.ask('devices', 'test', 'neighbors')['neighbors'])
        await_true(lambda: heard('first-neighbor'), 20, 'it is heard')
        for n in range(often(1, 20)):
            ip('link', 'del', 'flt0')
            polls_go_on(made)
            answers_at_once(made)
            plug()
            await_true(lambda: heard(f'again-{n}'), 30, 'it is heard again')
        assert_well(made)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            ip('link', 'del', 'flt0')
