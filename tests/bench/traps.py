"""Sends traps over loopback at a steady rate and tells what reading them cost a process.

traps.py PORT PID COUNT RATE COUNTER... - COUNTER is a command that prints how many were read so far.
"""
import os
import socket
import subprocess
import sys
import time

SENDERS, PATIENCE_S = 100, 8  # seconds without any that was read: the rest is lost


def tlv(tag, body):
    return bytes([tag, len(body)] if len(body) < 128 else [tag, 0x82, len(body) >> 8, len(body) & 255]) + body


def oid(*subs):
    out = bytes([subs[0] * 40 + subs[1]])
    for sub in subs[2:]:
        part = [sub & 127]
        while sub := sub >> 7:
            part.insert(0, sub & 127 | 128)
        out += bytes(part)
    return tlv(6, out)


def link_down(number):
    """IF-MIB::linkDown of a port that no other has."""
    port = number + 1

    def bind(name, value):
        return tlv(0x30, oid(*name) + value)
    column = (1, 3, 6, 1, 2, 1, 2, 2, 1)
    binds = (bind((1, 3, 6, 1, 2, 1, 1, 3, 0), tlv(0x43, b'\1\2\3')) +
             bind((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0), oid(1, 3, 6, 1, 6, 3, 1, 1, 5, 3)) +
             bind((*column, 1, port), tlv(2, port.to_bytes(4, 'big'))) +
             bind((*column, 7, port), tlv(2, b'\1')) + bind((*column, 8, port), tlv(2, b'\2')))
    return tlv(0x30, tlv(2, b'\1') + tlv(4, b'public') +
               tlv(0xa7, tlv(2, b'\1') + tlv(2, b'\0') + tlv(2, b'\0') + tlv(0x30, binds)))


def cpu_s(pid):
    """Of all its threads, user and system."""
    fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def main():
    port, pid, count, rate = map(int, sys.argv[1:5])
    counter = sys.argv[5:]
    senders = []
    for n in range(SENDERS):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((f'127.2.0.{n + 1}', 0))
        senders.append(s)
    messages = [link_down(n) for n in range(count)]
    before, begin = cpu_s(pid), time.monotonic()
    for n, message in enumerate(messages):
        ahead = n / rate - (time.monotonic() - begin)
        if ahead > 0.002:
            time.sleep(ahead)
        senders[n % SENDERS].sendto(message, ('127.0.0.1', port))
    read, end = 0, time.monotonic() + PATIENCE_S
    while read < count and time.monotonic() < end:
        time.sleep(0.2)
        last, read = read, int(subprocess.run(counter, capture_output=True, text=True, check=True).stdout)
        if read != last:
            end = time.monotonic() + PATIENCE_S
    spent = cpu_s(pid) - before
    print(f'sent={count} read={read} cpu_s={spent:.2f} traps_per_cpu_s={read / max(spent, 0.01):.0f}')


if __name__ == '__main__':
    main()
