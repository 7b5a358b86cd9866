#!/usr/bin/env python3
"""Asks a station as one should, all the time, until standard input ends: guest.py SOCKET. A line for each question:
the status, or what went wrong, and the milliseconds until it was answered. A program of its own: others' threads do not
take its time."""
import select
import socket
import sys
import time


def ask(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(path)
        s.sendall(b'GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
        answer = b''
        while piece := s.recv(65536):
            answer += piece
    return answer.split()[1].decode() if answer.endswith(b'}') else f'cut:{answer[:40]!r}'.replace(' ', '_')


def main():
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        begun = time.monotonic()
        try:
            what = ask(sys.argv[1])
        except OSError as e:
            what = type(e).__name__
        print(what, f'{1000 * (time.monotonic() - begun):.1f}', flush=True)


if __name__ == '__main__':
    main()
