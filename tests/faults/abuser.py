"""A protocol abuser: valid messages, cut, doubled, with other lengths and octets, to every open door of a station."""
import contextlib
import json
import os
import pathlib
import random
import select
import socket
import ssl
import struct
import sys
import threading

from shapes import ODD, SMUGGLED

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fuzz'))
import seeds  # noqa: E402


def mutate(pick, octets):
    """The octets with some faults in them; now and then none."""
    out = bytearray(octets)
    for _ in range(pick.choice((0, 1, 1, 1, 2, 3, 8))):
        at = pick.randrange(len(out)) if out else 0
        kind = pick.randrange(8)
        if kind == 0 and out:
            out[at] ^= 1 << pick.randrange(8)
        elif kind == 1 and out:
            out[at] = pick.choice((0, 1, 0x7f, 0x80, 0x82, 0x84, 0xff, pick.randrange(256)))
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at:at + pick.randrange(1, 9)]
        elif kind == 4:
            out[at:at] = os.urandom(pick.randrange(1, 9))
        elif kind == 5:
            out[at:at] = out[at:at + pick.randrange(1, 200)]
        elif kind == 6:
            out[at:at] = bytes([pick.choice((0, 0x30, 0x41, 0xff))]) * pick.choice((3, 300, 3000))
        elif len(out) > at + 4:
            out[at:at + 4] = struct.pack('>I', pick.choice((0, 1, 0x7fffffff, 0x80000000, 0xffffffff, pick.randrange(1 << 32))))
    return bytes(out[:60000])


def tlv(tag, body):
    size = len(body)
    return bytes([tag, size] if size < 128 else [tag, 0x82, size >> 8, size & 255]) + body


def notifications():
    """One of each version, of a trap and of an inform."""
    oid = lambda text: tlv(6, bytes.fromhex(text))  # noqa: E731
    binds = tlv(0x30, tlv(0x30, oid('2b06010201010300') + tlv(0x43, b'\1')) +
                tlv(0x30, oid('2b060106030101040100') + oid('2b0601060301010503')) +
                tlv(0x30, oid('2b0601020102020101') + tlv(2, b'\7')) + tlv(0x30, oid('2b06010201020202') + tlv(4, b'eth0 \xff\0text')))
    pdu = lambda tag: tlv(tag, tlv(2, b'\1') + tlv(2, b'\0') + tlv(2, b'\0') + binds)  # noqa: E731
    first = tlv(0xa4, oid('2b06010401') + tlv(0x40, b'\x7f\1\1\1') + tlv(2, b'\2') + tlv(2, b'\0') + tlv(0x43, b'\1') + binds)
    usm = tlv(0x30, tlv(4, bytes.fromhex('80001f8804666f6f')) + tlv(2, b'\1') + tlv(2, b'\1') + tlv(4, b'user') + tlv(4, bytes(12)) + tlv(4, bytes(8)))
    third = [tlv(0x30, tlv(2, b'\3') + tlv(0x30, tlv(2, b'\1') + tlv(2, b'\x40\0') + tlv(4, flags) + tlv(2, b'\3')) + tlv(4, usm) +
                 tlv(0x30, tlv(4, b'engine') + tlv(4, b'') + pdu(0xa7))) for flags in (b'\0', b'\1', b'\3', b'\4')]
    return [tlv(0x30, tlv(2, b'\0') + tlv(4, b'public') + first), *third,
            *(tlv(0x30, tlv(2, b'\1') + tlv(4, b'public') + pdu(tag)) for tag in (0xa7, 0xa6, 0xa0, 0xa5, 0xa8))]


class Abuser:
    """Threads that abuse until told to stop; counts what each did."""

    def __init__(self, seed=1):
        self.stop, self.threads, self.done, self.seed = threading.Event(), [], {}, seed

    def begin(self, what, *args):
        self.threads.append(threading.Thread(target=self.go_on, args=(what, *args), daemon=True))
        self.threads[-1].start()

    def go_on(self, what, *args):
        pick, name = random.Random(self.seed * 1000 + len(self.threads)), what.__name__
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                what(pick, *args)
            self.done[name] = self.done.get(name, 0) + 1

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(20)

    # ---- each door: one turn ----

    def datagrams(self, pick, port, seeds):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((f'127.27.2.{pick.randrange(1, 250)}', 0))
            for _ in range(200):
                s.sendto(mutate(pick, pick.choice(seeds)), ('127.0.0.1', port))
        self.stop.wait(0.05)

    def requests(self, pick, dial, paths):
        """HTTP: what the API describes, with bodies that it does not."""
        s = dial()
        s.settimeout(3)
        with s:
            for _ in range(pick.randrange(1, 5)):
                path, method = pick.choice(paths)
                path = path.replace('{', '').replace('}', '')
                body = json.dumps(pick.choice(({}, [], {'name': 'x'}, [{'op': 'add', 'id': 'a'}], {'object': '*', 'duration': '1h'}, {'text': 'x' * 2000},
                                               {'addresses': ['127.0.0.1']}, {'value': 3}, 17, {'seeds': None}, {'a': {'b': [1e308, -1]}}))).encode()
                head = (f'{method} /api/v1{path}?limit=5&from=-1h&q=%00%ff&at=-1h HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                        f'X-Portolan: page\r\nCookie: portolan-1=x\r\nContent-Length: {len(body)}\r\n\r\n').encode()
                s.sendall(mutate(pick, head) + mutate(pick, body) if pick.randrange(3) else head + mutate(pick, body))
                if pick.randrange(4):
                    s.recv(65536)

    def master(self, pick, listener):
        """AgentX: takes a subagent, then asks it for nonsense."""
        listener.settimeout(0.5)
        s, _ = listener.accept()
        s.settimeout(1)
        with s:
            for n in range(60):
                if n < 20 or not pick.randrange(4):
                    with contextlib.suppress(socket.timeout):
                        head = s.recv(20, socket.MSG_WAITALL)
                        if len(head) < 20:
                            return
                        size = struct.unpack('>I', head[16:20])[0] if head[2] & 0x10 else struct.unpack('<I', head[16:20])[0]
                        if size:
                            s.recv(min(size, 1 << 20), socket.MSG_WAITALL)
                        order = '>' if head[2] & 0x10 else '<'
                        session, transaction, packet = struct.unpack(order + 'III', head[4:16])
                        if head[1] != 18:
                            answer = struct.pack(order + 'BBBBIIIIIHH', 1, 18, head[2] & 0x10, 0, session or 7, transaction, packet, 8, 1, 0, 0)
                            s.sendall(answer if n < 12 else mutate(pick, answer))
                        s.settimeout(0.05)
                oid = struct.pack('>BBBBIIII', 4, 4, 0, 0, 32473, 1, pick.randrange(4), pick.randrange(20))
                empty = bytes(4)
                payload = pick.choice((oid + empty, oid + oid, struct.pack('>HH', 0, 10) + oid + empty, struct.pack('>HH', 2, 0) + oid + struct.pack('>I', 5),
                                       struct.pack('>I', 4) + b'dev-' + oid + empty, b''))
                kind = pick.choice((5, 5, 6, 6, 7, 8, 9, 10, 11, 13, 18, pick.randrange(256)))
                s.sendall(mutate(pick, struct.pack('>BBBBIIII', 1, kind, 0x10, 0, 7, n, n, len(payload)) + payload))

    def cached(self, pick, listener):
        """rrdcached: answers with other numbers of lines than it says, with nonsense, or not at all."""
        listener.settimeout(0.5)
        s, _ = listener.accept()
        s.settimeout(1)
        with s:
            for _ in range(200):
                asked = s.recv(65536)
                if not asked:
                    return
                lines = max(asked.count(b'\n'), 1)
                s.sendall(mutate(pick, pick.choice((b'0 errors\n' * lines, b'-1 No such file\n' * lines, b'3 lines\nStep: 1\nx\n', b'2 Errors\n1 bad\n2 bad\n',
                                                    b'0 Success\n', b'5 FlushVersion: 1\nStart: 1\nEnd: 99\nStep: 1\nDSCount: 2\n', b'999999999999 lines\n', b''))))

    def shaped(self, pick, dial):
        """HTTP that ends twice, or not at all; half-closed, or left open for a while."""
        s = dial()
        s.settimeout(2)
        with s:
            shape = pick.choice(SMUGGLED + ODD)
            s.sendall(shape if pick.randrange(3) else mutate(pick, shape))
            if pick.randrange(2):
                s.shutdown(socket.SHUT_WR)
            while pick.randrange(4) and s.recv(65536):
                pass

    def crowd(self, pick, dial):
        """Hundreds that say nothing, a little, or one octet now and then; and go all at once."""
        held = []
        try:
            for _ in range(300):
                held.append(dial())
                with contextlib.suppress(OSError):
                    held[-1].sendall(pick.choice((b'', b'G', b'GET /health HTTP/1.1\r\nHost: localhost\r\nX: ', b'\x16\x03\x01\x02\0')))
            for _ in range(pick.randrange(1, 4)):
                self.stop.wait(1)
                for s in held:
                    with contextlib.suppress(OSError):
                        s.sendall(b'x')
        finally:
            for s in held:
                s.close()

    def unread(self, pick, dial):
        """Asks for much, many times, and reads nothing of it."""
        s = dial()
        with s:
            s.settimeout(1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            path = pick.choice(('openapi.json', 'stream', 'devices', 'links', 'export/ports', 'maps/physical.json'))
            with contextlib.suppress(OSError):
                for _ in range(200):
                    s.sendall(f'GET /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n'.encode())
            self.stop.wait(3)

    def handshakes(self, pick, address):
        """TLS: hellos with faults, handshakes that break off, records that were not sealed."""
        s = socket.create_connection(address, 3)
        s.settimeout(2)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        end = context.wrap_bio(into, out, server_hostname='localhost')
        with s, contextlib.suppress(ssl.SSLError):
            for _ in range(6):
                with contextlib.suppress(ssl.SSLWantReadError):
                    end.do_handshake()
                told = out.read()
                s.sendall(told if pick.randrange(3) else mutate(pick, told))
                if pick.randrange(4) == 0:
                    return
                into.write(s.recv(65536))

    def scan(self, pick):
        """Knocks at every port, by TCP and by UDP."""
        for _ in range(200):
            with socket.socket() as s, contextlib.suppress(OSError):
                s.settimeout(0.2)
                s.connect(('127.0.0.1', pick.randrange(1, 65536)))
                s.sendall(pick.choice(ODD)[:1000])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    s.sendto(os.urandom(pick.randrange(1, 300)), ('127.0.0.1', pick.randrange(1, 65536)))
        self.stop.wait(0.2)

    def frames(self, pick, interface):
        """CDP and LLDP of neighbors with faults."""
        heads = ((bytes.fromhex('0180c200000e020000000027 88cc'), seeds.LLDP), (bytes.fromhex('01000ccccccc020000000028'), seeds.CDP))
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
            s.bind((interface, 0))
            for _ in range(50):
                head, bodies = pick.choice(heads)
                body = mutate(pick, pick.choice(bodies))[:1400]
                if len(head) == 12:  # 802.3: a length, and SNAP
                    body = bytes.fromhex('aaaa0300000c2000') + body
                    body = struct.pack('>H', len(body)) + body
                s.send(head + body)
        self.stop.wait(0.05)

    def echoes(self, pick, listener):
        """ICMP: replies that come again, late, from somebody else, or with faults."""
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
            seen = listener.recv(2048)
            body = mutate(pick, seen[20:])[:1400]
            if len(body) > 4 and pick.randrange(3):
                body = body[:2] + bytes(2) + body[4:]
                total = sum(struct.unpack(f'>{len(body) // 2}H', body[:len(body) & ~1])) + (body[-1] << 8 if len(body) & 1 else 0)
                while total >> 16:
                    total = (total & 0xffff) + (total >> 16)
                body = body[:2] + struct.pack('>H', ~total & 0xffff) + body[4:]
            s.bind((f'127.16.0.{pick.randrange(1, 250)}', 0))
            s.sendto(body, (socket.inet_ntoa(seen[16:20]), 0))
        self.stop.wait(0.005)

    def asker(self, pick, ports, messages):
        """Answers and reports that nobody asked for, to where the station asks from."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((f'127.16.0.{pick.randrange(1, 250)}', 0))
            for port in ports():
                for _ in range(50):
                    s.sendto(mutate(pick, pick.choice(messages)), ('127.0.0.1', port))
        self.stop.wait(0.1)


class Middle(threading.Thread):
    """Stands at the addresses of agents, passes on what they say; some lie once it is told to."""

    def __init__(self, agents, port, behind, liars):
        super().__init__(daemon=True)
        self.stop, self.lies, self.pick = threading.Event(), threading.Event(), random.Random(port)
        self.counts = {'told': 0, 'lied': 0}
        self.doors, self.behind, self.asked = {}, {}, {}
        for address in agents:
            door, way = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
            door.bind((address, port))
            way.connect((address, behind))
            self.doors[door.fileno()] = door, way
            self.behind[way.fileno()] = door, way, address in liars

    def answer(self, door, way, is_liar):
        octets, whom = way.recv(65535), self.asked.get(door.fileno())
        if whom is None:
            return
        self.counts['told'] += 1
        if is_liar and self.lies.is_set() and self.pick.randrange(3) == 0:
            self.counts['lied'] += 1
            for _ in range(self.pick.choice((0, 1, 1, 2, 5))):
                door.sendto(mutate(self.pick, octets), whom)
            if self.pick.randrange(2):
                return
        door.sendto(octets, whom)

    def run(self):
        with select.epoll() as ready:
            for fd in (*self.doors, *self.behind):
                ready.register(fd, select.EPOLLIN)
            while not self.stop.is_set():
                for fd, _ in ready.poll(0.2):
                    with contextlib.suppress(OSError):
                        if fd in self.doors:
                            door, way = self.doors[fd]
                            octets, self.asked[fd] = door.recvfrom(65535)
                            way.send(octets)
                        else:
                            self.answer(*self.behind[fd])

    def end(self):
        self.stop.set()
        self.join(5)
        for door, way in self.doors.values():
            door.close()
            way.close()
