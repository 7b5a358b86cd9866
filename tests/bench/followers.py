"""What open pages cost the station: processor time and lateness of polls without and with followers of the stream.

    followers.py [SOCKET LISTEN PID]   of a station that runs (its control socket, HTTP address, process), or one of its own

Followers are raw connections that read what comes: all browsers beyond the first page of each ask no more than that. Pages
are opened one after the other, so that what is measured is following.
"""
import json
import os
import selectors
import socket
import subprocess
import sys
import threading
import time

from networked import Networked, conftest, cpu_s
from browsers import PASSWORD, ask

FOLLOWERS, LIMIT_PERCENT = int(os.environ.get('FOLLOWERS', 100)), 5
DEVICES, PORTS, EVERY_S = int(os.environ.get('DEVICES', 10000)), os.environ.get('PORTS', '24'), int(os.environ.get('EVERY_S', 60))
MEASURE_S = int(os.environ.get('MEASURE_S', 60))
LINGER_S = 125  # a station follows so long for those who come back, and tells nobody when it ends
BEAT = b'event: beat'


class Followers:
    """Connections that read; counts octets. Greetings are over when each had a beat besides its first."""

    def __init__(self, listen, cookie, count):
        self.octets, self.ended, self.lost, self.selector = 0, False, 0, selectors.DefaultSelector()
        self.greeted = threading.Event()
        self.ungreeted = set()
        host, port = listen.rsplit(':', 1)
        for _ in range(count):
            s = socket.create_connection((host, int(port)), timeout=30)
            s.sendall(f'GET /api/v1/stream HTTP/1.1\r\nHost: {listen}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n'.encode())
            head = s.recv(4096)
            assert head.startswith(b'HTTP/1.1 200'), head
            s.setblocking(False)
            self.selector.register(s, selectors.EVENT_READ, bytearray(head))
            self.ungreeted.add(s)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.ended:
            for key, _ in self.selector.select(0.5):
                got = key.fileobj.recv(1 << 20)
                self.octets += len(got)
                self.greet(key, got)
                if not got:
                    self.lost += 1
                    self.selector.unregister(key.fileobj)

    def greet(self, key, got):
        if key.fileobj in self.ungreeted:
            key.data.extend(got)
            if key.data.count(BEAT) > 1 or not got:
                self.ungreeted.remove(key.fileobj)
                key.data.clear()
        if not self.ungreeted:
            self.greeted.set()

    def end(self):
        self.ended = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()


def status(command):
    done = subprocess.run([*command, '--json', 'status'], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def await_polls(command, count):
    """Until so many polls were begun from now on."""
    end, goal = time.monotonic() + 3 * EVERY_S, status(command)['polls'] + count
    while status(command)['polls'] < goal:
        assert time.monotonic() < end, f'{count} polls take longer than three intervals'
        time.sleep(1)


def measure(command, pid, followers=None):
    """Percent of a core for a while, octets to each follower a second, lateness."""
    before, octets, start = cpu_s(pid), followers.octets if followers else 0, time.monotonic()
    time.sleep(MEASURE_S)
    used, took = cpu_s(pid) - before, time.monotonic() - start
    told = status(command)
    sent = (followers.octets - octets) / took / FOLLOWERS if followers else 0
    print(f'followers={FOLLOWERS if followers else 0} station_core_percent={100 * used / took:.2f} octets_s_each={sent:.0f}'
          f' lost={followers.lost if followers else 0} lateness_p99_ms={told.get("poll_lateness_p99_ms")}'
          f' lateness_max_ms={told.get("poll_lateness_max_ms")} held_max_ms={told.get("loop_held_max_ms")}', flush=True)
    return 100 * used / took


def compare(command, listen, pid, cookie):
    """Without, with and without them again: what else runs on the machine changes."""
    without = [measure(command, pid)]
    followers = Followers(listen, cookie, FOLLOWERS)
    try:
        assert followers.greeted.wait(60), 'no beats'
        with_them = measure(command, pid, followers)
    finally:
        followers.end()
    time.sleep(LINGER_S)
    without.append(measure(command, pid))
    cost = with_them - sum(without) / 2
    print(f'cost_core_percent={cost:.2f} ratio_to_limit={cost / LIMIT_PERCENT:.2f}')


def sweep(devices):
    return ', '.join(f'127.{16 + i // 256}.{i % 256}.0/24' for i in range(max(1, devices // 250)))


def main():
    if len(sys.argv) == 4:
        control, listen, pid = sys.argv[1:]
        there = type('There', (), {'listen': listen})
        code, cookie, told = ask(there, 'POST', 'session', {'user': 'admin', 'password': PASSWORD})
        assert code == 200, told
        return compare([os.environ.get('PORTOLAN', 'portolan'), '--socket', control], listen, int(pid), cookie)
    conftest.leave_the_network()
    with Networked('switches', DEVICES, f'{EVERY_S}s', sweep(DEVICES), ('--ports', PORTS)) as station:
        print(f'devices={len(station.devices())} every_s={EVERY_S}', flush=True)
        await_polls(station.command(), DEVICES)
        compare(station.command(), station.listen, station.process.pid, station.cookie)
    return None


if __name__ == '__main__':
    main()
