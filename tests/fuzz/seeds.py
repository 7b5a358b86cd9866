#!/usr/bin/env python3
"""What fuzz harnesses begin with: seeds.py DIR writes DIR/HARNESS/NNN for each.

Shapes as agents, peers and people make them: from the tree's own files where there are some, else put together
here, so that they are read and changed as text.
"""
import hashlib
import json
import pathlib
import random
import struct
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
OCTETS_MAX = 16384


def of_tree(pattern):
    return [p.read_bytes() for p in sorted(TREE.glob(pattern))]


def drawn(name, sizes, count=4):
    """Octets that mean nothing, the same each time: for harnesses that draw what they do from them."""
    source = random.Random(name)
    return [bytes(source.choice((source.randrange(16), source.randrange(256))) for _ in range(size))
            for size in sizes for _ in range(count)]


def texts(*words):
    return [w.encode() for w in words]


# ---- BER and SNMP ----

def ber(tag, *parts):
    body = b''.join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    return bytes([tag, 0x82]) + struct.pack('>H', len(body)) + body


def number(value, tag=2):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, 'big', signed=True))


def octets(value, tag=4):
    return ber(tag, value)


def oid(dotted, tag=6):
    arcs = [int(a) for a in dotted.split('.')]
    body = b''
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        piece = bytes([arc & 0x7f])
        while arc > 0x7f:
            arc >>= 7
            piece = bytes([arc & 0x7f | 0x80]) + piece
        body += piece
    return ber(tag, body)


def varbinds(*pairs):
    return ber(0x30, *(ber(0x30, oid(name), value) for name, value in pairs))


def pdu(tag, bindings, request=1234, status=0, index=0):
    return ber(tag, number(request), number(status), number(index), bindings)


IF = '1.3.6.1.2.1.2.2.1'
SYSTEM = '1.3.6.1.2.1.1'
NULL = b'\x05\x00'
ROWS = varbinds(*((f'{IF}.{column}.{row}', value) for row in (1, 2, 10101) for column, value in
                  ((1, number(row)), (2, octets(b'GigabitEthernet1/0/%d' % row)), (3, number(6)), (5, number(1000000000, 0x42)),
                   (6, octets(bytes.fromhex('001b54aa0001'))), (8, number(1)), (10, number(4294967295, 0x41)))))
KINDS = varbinds((f'{SYSTEM}.2.0', oid('1.3.6.1.4.1.9.1.1208')), (f'{SYSTEM}.3.0', number(123456789, 0x43)),
                 (f'{SYSTEM}.1.0', octets('Cisco IOS Software, C2960 \u4e0a\u6d77'.encode())),
                 ('1.3.6.1.2.1.4.20.1.1.192.0.2.1', octets(b'\xc0\x00\x02\x01', 0x40)),
                 ('1.3.6.1.2.1.31.1.1.1.6.1', number(2**64 - 1, 0x46)),
                 ('1.3.6.1.4.1.2021.10.1.6.1', octets(bytes.fromhex('9f780442f60000'), 0x44)),
                 (f'{SYSTEM}.9.0', b'\x80\x00'), (f'{SYSTEM}.9.1', b'\x81\x00'), (f'{SYSTEM}.9.2', b'\x82\x00'), (f'{SYSTEM}.4.0', number(-1)))


def community(version, body, name=b'public'):
    return ber(0x30, number(version), octets(name), body)


ENGINE = bytes.fromhex('80001f880102030405')


def secured(body, flags, engine=ENGINE, user=b'monitor', auth=b'', priv=b''):
    head = ber(0x30, number(77), number(65507), octets(bytes([flags])), number(3))
    usm = ber(0x30, octets(engine), number(3), number(4711), octets(user), octets(auth), octets(priv))
    return ber(0x30, number(3), head, octets(usm), body)


def scoped(body, context=b'vlan-100'):
    return ber(0x30, octets(ENGINE), octets(context), body)


ASK = varbinds((f'{SYSTEM}.1.0', NULL), (f'{IF}.10.1', NULL))
REPORT = pdu(0xa8, varbinds(('1.3.6.1.6.3.15.1.1.4.0', number(5, 0x41))))
LINK_DOWN = varbinds((f'{SYSTEM}.3.0', number(99, 0x43)), ('1.3.6.1.6.3.1.1.4.1.0', oid('1.3.6.1.6.3.1.1.5.3')),
                     (f'{IF}.1.7', number(7)), (f'{IF}.7.7', number(1)), (f'{IF}.8.7', number(2)))
TRAP_V1 = ber(0xa4, oid('1.3.6.1.4.1.9.1.1'), octets(b'\xc0\x00\x02\x07', 0x40), number(2), number(0), number(4711, 0x43),
              varbinds((f'{IF}.1.7', number(7))))
SNMP = [community(1, pdu(0xa2, ROWS)), community(0, pdu(0xa2, KINDS)), community(1, pdu(0xa0, ASK)), community(1, pdu(0xa5, ASK, 5, 0, 25)),
        community(1, pdu(0xa2, varbinds(), 7, 1, 0)), community(0, pdu(0xa2, ASK, 8, 2, 1)),
        secured(scoped(REPORT), 0), secured(scoped(pdu(0xa2, KINDS)), 1, auth=bytes(12)),
        secured(octets(bytes(range(64))), 3, auth=bytes(24), priv=bytes(8)), secured(ber(0x30, octets(b''), octets(b''), pdu(0xa0, varbinds())), 4, b'', b'')]
TRAPS = [community(0, TRAP_V1, b'lab'), community(1, pdu(0xa7, LINK_DOWN), b'lab'), community(1, pdu(0xa6, LINK_DOWN), b'lab'), community(1, pdu(0xa7, ROWS), b'x'),
         secured(scoped(pdu(0xa7, LINK_DOWN)), 0), secured(scoped(pdu(0xa6, LINK_DOWN)), 4, bytes.fromhex('80007ed90501')),
         secured(octets(bytes(48)), 7, bytes.fromhex('80007ed90501'), auth=bytes(12), priv=bytes(8)), secured(REPORT, 4, b'')]


# ---- frames, echoes ----

def lldp_tlv(kind, body):
    return struct.pack('>H', kind << 9 | len(body)) + body


LLDP_HEAD = lldp_tlv(1, b'\x04' + bytes.fromhex('001b54aa0001')) + lldp_tlv(2, b'\x05Gi1/0/1') + lldp_tlv(3, b'\x00\x78')
LLDP = [LLDP_HEAD + lldp_tlv(0, b''),
        LLDP_HEAD + lldp_tlv(4, b'uplink') + lldp_tlv(5, b'core-1') + lldp_tlv(6, 'Huawei VRP \u4e0a\u6d77'.encode()) + lldp_tlv(7, b'\x00\x14\x00\x04') +
        lldp_tlv(8, b'\x05\x01\xc0\x00\x02\x01\x02\x00\x00\x00\x07\x00') + lldp_tlv(8, b'\x11\x02' + bytes(15) + b'\x01\x03\x00\x00\x00\x01\x03\x2b\x06\x01') +
        lldp_tlv(127, bytes.fromhex('0080c2010064')) + lldp_tlv(127, bytes.fromhex('00120f01036c11001e')) + lldp_tlv(127, bytes.fromhex('00120f0301000000a1')) +
        lldp_tlv(0, b''),
        lldp_tlv(1, b'\x07dpu') + lldp_tlv(2, b'\x07e0') + lldp_tlv(3, b'\x00\x00') + lldp_tlv(0, b'')]


def cdp_tlv(kind, body):
    return struct.pack('>HH', kind, len(body) + 4) + body


def cdp_address(address):
    return b'\x01\x01\xcc' + struct.pack('>H', len(address)) + address


CDP_BODY = (cdp_tlv(1, b'core-1.example.net') + cdp_tlv(2, struct.pack('>I', 1) + cdp_address(b'\xc0\x00\x02\x01')) + cdp_tlv(3, b'GigabitEthernet1/0/1') +
            cdp_tlv(4, b'\x00\x00\x00\x28') + cdp_tlv(5, b'Cisco IOS Software, Version 15.2') + cdp_tlv(6, b'cisco WS-C2960X') + cdp_tlv(9, b'lab') +
            cdp_tlv(10, b'\x00\x64') + cdp_tlv(11, b'\x01') + cdp_tlv(20, b'core-1') + cdp_tlv(22, struct.pack('>I', 1) + cdp_address(b'\xc0\x00\x02\x02')))
CDP = [b'\x02\xb4\x00\x00' + CDP_BODY, b'\x01\xb4\x00\x00' + cdp_tlv(1, b'a') + cdp_tlv(3, b'b'),
       b'\x02\xb4\x00\x00' + cdp_tlv(1, b'a') + cdp_tlv(2, struct.pack('>I', 2) + b'\x02\x08\xaa\xaa\x03\x00\x00\x00\x86\xdd\x00\x10' + bytes(16)),
       b'\x02\xb4\x00\x00' + CDP_BODY[:-3]]
ECHO = struct.pack('>BBHHHQ', 0, 0, 0, 0x1234, 7, 0x0123456789abcdef)
ICMP = [struct.pack('>BBHHHBBH4s4s', 0x45, 0, 36, 1, 0, 64, 1, 0, b'\xc0\x00\x02\x01', b'\xc0\x00\x02\x02') + ECHO,
        struct.pack('>BBHHHBBH4s4sI', 0x46, 0, 40, 1, 0, 64, 1, 0, b'\xc0\x00\x02\x01', b'\xc0\x00\x02\x02', 0) + ECHO,
        struct.pack('>BBHHHQ', 129, 0, 0, 0x1234, 7, 1), struct.pack('>BBHI', 3, 1, 0, 0) + bytes(28)]


# ---- messages of the kernel (rtnetlink(7)) ----

def attribute(kind, body):
    return struct.pack('=HH', len(body) + 4, kind) + body + bytes(-len(body) % 4)


MAC = bytes.fromhex('001b54aa0001')
LINK = struct.pack('=BBHiII', 0, 0, 1, 2, 0x11043, 0) + attribute(3, b'eth0\0') + attribute(4, struct.pack('=I', 1500)) + attribute(1, MAC) + \
    attribute(16, b'\x06') + attribute(20, b'uplink\0') + attribute(10, struct.pack('=I', 5)) + attribute(5, struct.pack('=I', 3)) + attribute(7, struct.pack('=24I', *range(24)))
VLAN = struct.pack('=BBHiII', 0, 0, 1, 7, 0x1003, 0) + attribute(3, b'eth0.100\0') + attribute(5, struct.pack('=I', 2)) + \
    attribute(18, attribute(1, b'vlan\0') + attribute(2, attribute(1, struct.pack('=H', 100))))
ADDRESS = struct.pack('=BBBBI', 2, 24, 0x80, 0, 2) + attribute(1, b'\xc0\x00\x02\x07') + attribute(2, b'\xc0\x00\x02\x07') + attribute(3, b'eth0\0')
ADDRESS_V6 = struct.pack('=BBBBI', 10, 64, 0x80, 253, 2) + attribute(1, b'\xfe\x80' + bytes(13) + b'\x01')
NEIGHBOR = struct.pack('=BBHiHBB', 2, 0, 0, 2, 2, 0, 1) + attribute(1, b'\xc0\x00\x02\x01') + attribute(2, MAC)
ROUTE = struct.pack('=BBBBBBBBI', 2, 0, 0, 0, 254, 3, 0, 1, 0) + attribute(5, b'\xc0\x00\x02\x01') + attribute(4, struct.pack('=I', 2)) + attribute(15, struct.pack('=I', 254))
ROUTE_NET = struct.pack('=BBBBBBBBI', 2, 24, 0, 0, 254, 2, 253, 1, 0) + attribute(1, b'\xc6\x33\x64\x00') + \
    attribute(9, struct.pack('=HBBi', 16, 0, 0, 2) + attribute(5, b'\xc0\x00\x02\x01'))
BODIES = [(0, LINK), (0, VLAN), (1, ADDRESS), (1, ADDRESS_V6), (2, NEIGHBOR), (3, ROUTE), (3, ROUTE_NET)]
NETLINK = [bytes([kind]) + body for kind, body in BODIES] + \
    [struct.pack('=IHHII', len(body) + 16, (16, 20, 28, 24)[kind], 2, 1, 0) + body for kind, body in BODIES]


# ---- AgentX (RFC 2741) ----

def agentx_oid(dotted, include=0):
    arcs = [int(a) for a in dotted.split('.')]
    return struct.pack('>BBBB', len(arcs), 0, include, 0) + b''.join(struct.pack('>I', a) for a in arcs)


def agentx(kind, body, flags=0x10):
    return struct.pack('>BBBBIIII', 1, kind, flags, 0, 1, 2, 3, len(body)) + body


def agentx_text(text):
    return struct.pack('>I', len(text)) + text + bytes(-len(text) % 4)


WITHIN = agentx_oid('1.3.6.1.2.1.1.0', 1) + agentx_oid('1.3.6.1.2.2')
AGENTX = [agentx(5, agentx_oid('1.3.6.1.2.1.1.4') + agentx_oid('0')), agentx(6, WITHIN + WITHIN), agentx(7, struct.pack('>HH', 1, 10) + WITHIN + WITHIN),
          agentx(8, struct.pack('>HH', 4, 0) + agentx_oid('1.3.6.1.2.1.1.4') + agentx_text(b'text')), agentx(9, b''), agentx(10, b''), agentx(11, b''),
          agentx(18, struct.pack('>IHH', 7, 0, 0)), agentx(13, b''), agentx(5, agentx_text(b'ctx') + WITHIN, 0x18)]


# ---- what people and programs write ----

MAP_DOT = b'''digraph "plan" {
  graph [view=physical, schema=1];
  core [id="01", kind=router, label="core-1", pos="10,20!"];
  sw1 [kind=switch, label="sw-1 \\"west\\""];
  subgraph "cluster_west" { label="west"; sw1; sw2 [kind=switch]; }
  core -> sw1 [id=l1, a_port="Gi0/1", b_port="Gi0/2", speed=1000000000, state=confirmed];
  sw1 -> sw2 [dir=none];
}
'''
MAP_CSV = b'node,kind,label,x,y\ncore,router,"core, the first",10,20\nsw1,switch,sw-1,,\n\na,a_port,b,b_port\ncore,Gi0/1,sw1,Gi0/2\n'
MAP_LINKS = b'from,from port,to,to port\ncore,Gi0/1,sw1,Gi0/2\nsw1,,sw2,\n'
MAP_GRAPHML = b'''<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="d0" for="node" attr.name="label" attr.type="string"/>
<key id="d1" for="node" attr.name="x" attr.type="double"/><graph edgedefault="undirected"><node id="core"><data key="d0">core &amp; more</data>
<data key="d1">10.5</data></node><node id="sw1"/><edge id="e1" source="core" target="sw1"/></graph></graphml>
'''
MAP_JSON = json.dumps({'name': 'plan', 'view': 'physical', 'nodes': [{'id': 'core', 'kind': 'router', 'label': 'core', 'x': 1, 'y': 2}, {'id': 'sw1'}],
                       'links': [{'a': 'core', 'b': 'sw1', 'a_port': 'Gi0/1'}], 'clouds': [{'name': 'c', 'members': ['sw1']}]}).encode()
EDITS = '''add:fw,kind=firewall,label=x
move:fw=1,2
link:fw/a=core/b
cloud:c=a,b
set:a,speed=1G
pin:a
bind:fw=a
nest:c=d
cloud:lab=192.0.2.0/24
collapse:c
undo
redo
rename:a=west
hide:b
unlink:a=b
dissolve:c
'''
OVERLAY = json.dumps({'edits': [{'op': 'add', 'id': 'fw', 'kind': 'firewall', 'who': 'ann', 'at': '2026-01-01T00:00:00Z'}, {'op': 'move', 'id': 'a', 'x': 1, 'y': 2},
                                {'op': 'cloud', 'name': 'c', 'members': ['a', 'b']}]}).encode()
FORMULAS = texts('a + b * c', '100 - a / (b + c) * 100', 'min(a, b)', 'a > 5 && b < 3 || !c', 'if(a, b, c)', 'max(a, 0) ^ 2', '-a', '1e3 * a % 7', '(((a)))', 'a ? b : c')
REQUESTS = texts('devices?limit=10&after=core-1&q=os%3Aios', 'devices/core%2F1/interfaces', 'maps/physical.svg?from=-1h', 'path?from=a&to=b', '/api/v1/status',
                 'discovery\n{"targets": ["192.0.2.0/24", "core-1"]}', 'alerts/17/ack\n{"text": "seen"}', 'maps/plan\n[{"op": "pin", "id": "a"}]',
                 'series/core-1%3AGi0%2F1/traffic?from=2026-01-01T00:00:00Z&step=5m', '%00%zz/..//x?a=%&&=b', 'users\n{"name": "ann", "role": "viewer"}')
HEADS = texts('GET / HTTP/1.1\r\nHost: station:8161\r\nCookie: s=abc; t=d\r\nAuthorization: Bearer ptl_1\r\nX: y\r\n\r\n', 's=abc; other="x"', 'Bearer ptl_1234', 'http://station:8161',
              'https://[2001:db8::1]:8161', 'station:8161', '[2001:db8::1]', 'http://evil.example', 'Cookie:\r\n folded\r\n\r\n')
CACHED = [b'\x07' + t for t in texts(
    '0 PONG\n', '-1 No such file: /a/b.rrd\n', '2 errors\n1 illegal attempt to update using time 1 when last update time is 2\n2 No such file: /a\n',
    '5 Success\nFlushVersion: 1\nStart: 1700000000\nEnd: 1700000300\nStep: 60\nDSCount: 1\n1700000060: 1.5e+00\n1700000120: -nan\n',
    '4 Info for /a/b.rrd follows\nfilename 2 b.rrd\nrrd_version 2 0003\nstep 1 60\nds[usage_percent].type 2 GAUGE\nrra[0].cf 2 AVERAGE\nrra[0].rows 1 60\nrra[0].pdp_per_row 1 1\n')]
TALK = texts('print[0] = "1.5e+00"\nprint[1] = "-nan"\ngraph_left = 51\nimage = BLOB_SIZE:11\nab\nOK \0\nERROK u:0.01 s:0.00 r:0.01\n', 'ERROR: opening \'a.rrd\': No such file or directory\n',
             'image = BLOB_SIZE:99999999\n', 'OK u:0.00 s:0.00 r:0.00\n')
LEARNED = texts(json.dumps({'window': 4, 'octets': 1400, 'tables': [{'table': 'ifTable', 'rows': 25, 'unordered': True}],
                            'quirks': [{'quirk': 'too_big', 'table': 'ifTable', 'first': 1000, 'last': 200000, 'count': 3}]}), '{}', '{"octets": 1e9, "tables": 3}')
FACTS = texts(json.dumps({'system': {'name': 'core-1', 'descr': 'a', 'engine_id': '80001f8801', 'uptime_cs': 1, 'has_uptime': True}, 'identity': {'kind': 2, 'os': 'ios', 'vendor': 'Cisco'},
                          'interfaces': [{'if_index': 1, 'name': 'Gi0/1', 'descr': 'x', 'speed_bps': 1e9, 'mac': '00:11:22:33:44:55', 'oper_status': 1}],
                          'neighbors': [{'protocol': 1, 'if_index': 1, 'sys_name': 'b', 'mgmt': ['192.0.2.1']}], 'addresses': [{'addr': '192.0.2.1', 'prefix_len': 24, 'if_index': 1}],
                          'arp': [{'addr': '192.0.2.2', 'mac': '00:11:22:33:44:55', 'if_index': 1}], 'routes': [{'to': '192.0.2.0/24'}],
                          'sensors': [{'class': 'temperature', 'descr': 'a', 'unit': 'C', 'value': 21.5}]}), '{}', '{"interfaces": [7, null, {}]}')
SUBJECTS = texts('physical', 'network', 'vlan-100', 'device-core-1', 'around-core-1-2', 'site-west', 'subnet-192.0.2.0/24', 'cloud-c/d', 'we*t?we[a-z]t')
SNMPREC = texts('1.3.6.1.2.1.1.1.0|4|Cisco IOS Software\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1\n1.3.6.1.2.1.1.3.0|67|123\n1.3.6.1.2.1.2.2.1.6.1|4x|001b54aa0001\n1.3.6.1.2.1.4.20.1.1.192.0.2.1|64|192.0.2.1\n',
                '1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n1.3.6.1.2.1.2.2.1.10.1|65|4294967295\n1.3.6.1.2.1.1.9|4x|zz\n#\n1.3|5|\n')
DEFINITIONS = texts('''os: acme
text: Acme
type: network
mib: ACME-MIB
discovery:
    - sysObjectID: .1.3.6.1.4.1.99999
      sysDescr_regex: ['/^Acme (?<version>[0-9.]+)/']
modules:
    processors:
        data:
            - {oid: acmeCpuTable, value: acmeCpuUsage, num_oid: '.1.3.6.1.4.1.99999.1.1.{{ $index }}', descr: 'CPU {{ $index }}', precision: 10}
    sensors:
        temperature:
            data:
                - {oid: acmeTempTable, value: acmeTemp, num_oid: '.1.3.6.1.4.1.99999.2.1.{{ $index }}', descr: '{{ $acmeTempName }}', divisor: 10, index: 't.{{ $index }}',
                   high_limit: 70, skip_values: [{oid: acmeTemp, op: '=', value: 0}]}
        state:
            data:
                - {oid: acmeFan, num_oid: '.1.3.6.1.4.1.99999.3.{{ $index }}', descr: Fan, states: [{value: 1, descr: ok, graph: 1, generic: 0}]}
''')

LINK = bytearray(b'leads to /etc/passwd')


def tar_of(*members, sums=None):
    """An archive as backups are, before it is compressed: which the reader takes too. sums: of the right ones, what is told."""
    import io
    import tarfile
    out = io.BytesIO()
    told = ''.join(f'{hashlib.sha256(body).hexdigest()}  {name}\n' for name, body in members).encode()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as tar:
        for name, body in [*members, *([('SHA256SUMS', sums(told))] if sums else [])]:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(body), 0o640, 1700000000
            if body is LINK:
                info.type, info.linkname, info.size = tarfile.SYMTYPE, '/etc/passwd', 0
            tar.addfile(info, io.BytesIO(body))
        end = tar.offset
    return out.getvalue()[:end] + bytes(1024)


def zstd_raw(body):
    """A frame of one block that is not compressed (RFC 8878, section 3.1.1)."""
    return b'\x28\xb5\x2f\xfd\x60' + struct.pack('<H', len(body) - 256) + (len(body) << 3 | 1).to_bytes(3, 'little') + body


def sealed(body):
    """As seal.h says, with a key that is cheap to make; b'' without libcrypto."""
    import ctypes
    import ctypes.util
    name = ctypes.util.find_library('crypto')
    if not name:
        return b''
    c = ctypes.CDLL(name)
    for f in ('EVP_CIPHER_CTX_new', 'EVP_aes_256_gcm'):
        getattr(c, f).restype = ctypes.c_void_p
    salt = bytes(range(16))
    made = hashlib.scrypt(b'a passphrase', salt=salt, n=1024, r=8, p=1, dklen=48)
    head = b'portolan-sealed-1\n\x0a' + salt + made[32:]
    context, kind, done = ctypes.c_void_p(c.EVP_CIPHER_CTX_new()), ctypes.c_void_p(c.EVP_aes_256_gcm()), ctypes.c_int()
    out, tag = ctypes.create_string_buffer(len(body) + 16), ctypes.create_string_buffer(16)
    c.EVP_EncryptInit_ex(context, kind, None, made[:32], bytes(11) + b'\1')
    c.EVP_EncryptUpdate(context, None, ctypes.byref(done), head, len(head))
    c.EVP_EncryptUpdate(context, out, ctypes.byref(done), body, len(body))
    c.EVP_EncryptFinal_ex(context, ctypes.create_string_buffer(16), ctypes.byref(done))
    c.EVP_CIPHER_CTX_ctrl(context, 16, 16, tag)  # EVP_CTRL_GCM_GET_TAG
    c.EVP_CIPHER_CTX_free(context)
    return head + out.raw[:len(body)] + tag.raw


def about(**more):
    return ('portolan-backup.json', json.dumps({'format': 1, 'version': '1.0', 'station': 'noc', 'data': '/var/lib/portolan', 'machine': 'little-endian, 64 bits',
                                                'id': '01', 'schema': 1, 'made': '2026-11-22T02:47:00Z', 'series': True, 'secrets': False, **more}).encode())


def backups():
    import gzip
    state, right = ('data/state.db', b'SQLite format 3\0' + bytes(84)), lambda told: told
    whole = tar_of(about(), state, sums=right)
    files = [whole, gzip.compress(whole, mtime=0), zstd_raw(whole), sealed(gzip.compress(whole, mtime=0)), sealed(whole), sealed(b''), b'portolan-sealed-1\n\x0a' + bytes(64),
             bytes(1024), tar_of(state), tar_of(about(), sums=right), tar_of(about(), state), tar_of(about(), state, sums=lambda told: told[1:]),
             whole[:-1024] + tar_of(('data/late', b'x')), tar_of(about(schema=99999), state, sums=right), tar_of(about(since='01'), state, ('kept.txt', b'data/state.db\n'), sums=right),
             tar_of(about(since='02'), state, ('kept.txt', b'data/rrd/a/b.rrd\n'), sums=right), tar_of(about(format=2), sums=right),
             tar_of(about(), state, ('data/rrd/a/b.rrd', b'RRD\x000003\0' + bytes(64)), sums=right), tar_of(about(), ('data/link', LINK)),
             tar_of(('../../etc/passwd', b'x'), ('/etc/shadow', b'y'), ('data/./a//b', b'z')), tar_of(('data/' + 'n' * 90, b''))]
    # Records of the harness: type, mode, name, letters more and which, octets by fours.
    record = lambda name, body, kind=0: bytes([kind, 0x34, name, 0, (len(body) + 3) // 4]) + body.ljust((len(body) + 3) // 4 * 4)
    base = record(0, about()[1]) + record(2, state[1])
    records = [base, base + record(3, b'RRD\x00'), base + record(1, b'x\n'), record(0, about(since='01')[1]) + record(2, state[1]) + record(1, b'data/state.db\n  '),
               base + bytes([0, 0, 7, 3, 0, 3, 5, 1]) + b'abcd', base + record(6, b'', kind=7), record(2, b'x'), base + record(10, b'x')]
    return [b'\1' + f for f in files] + [b'\0' + r for r in records]


BACKUPS = backups()


def ledger():
    path = b'core-1/port-Gi0%2F1.rrd'
    record = bytes([0, len(path)]) + path + bytes([0, 2]) + b'\x80\xd0\x95\xff\xbc\x63' + b'\x0a' + struct.pack('>ff', 1.5, 2.5)
    again = bytes([len(path), 0]) + bytes([0, 2]) + b'\xe0\xd4\x03' + b'\x0e' + struct.pack('>df', 1e9, 7)
    return [record, record + again, record * 3 + again * 5]


KEPT = texts('1 1700000000000:1.5 1700000060000:2 1700000120000:1e9', '1 ' + '3c0000001' * 168, '1 ' + '0000ffff8' * 168,
             ber(0x30, *(ber(0x30, oid(name), value) for name, value in ((f'{SYSTEM}.3.0', number(99, 0x43)), ('1.3.6.1.6.3.1.1.4.1.0', oid('1.3.6.1.6.3.1.1.5.3'))))).hex())
SILENCES = [struct.pack('=qqqq', 0, 3600000 << 16, 86400000 << 16, 60000 << 16) + t for t in
            texts('core-1', 'sw*', 'core-1:Gi0/1', '192.0.2.0/24', 'group:west', 'map:plan/c', '*', 'sw1:*')]
PROFILES = of_tree('mibs/profiles/*.yaml')
PAST = [b'\n'.join(rows) for rows in (
    texts('n1{"origin":0,"name":"a","kind":"router","addresses":["192.0.2.1"],"round":3}', 'n2{"origin":0,"name":"b","kind":"switch","station":1,"addresses":[]}',
          'l3{"a":"%s","b":"%s","a_port":"Gi0/1","b_port":"1","layer":2,"kind":"p2p","state":"confirmed","evidence":3,"confidence":90,"proven_round":3}'
          % ('31' + '0' * 30, '32' + '0' * 30), 'r1up', 'r2down', 'wstation', 't1root!=80000200000000aa vlans=1-4,10', 't2root=80000200000000aa', 'b3told stp=2535 vlans=1', 'v1staff'),
    texts('n1{"origin":1,"name":"ghost","kind":"unknown","address":"2001:db8::1"}', 'n2{"origin":2,"name":"lan","kind":"subnet","prefix":"192.0.2.0/24"}'))]
ORDERS = [bytes([4, 16]) + struct.pack('=IIQ', *head) + rest for head, rest in (
    ((1, 0, 0), b'sh\0'), ((2, 1, 1 << 26), b'sh\0-c\0LC_ALL=C\0'), ((1, 1, 0), b'sh\0LD_PRELOAD=x\0'), ((9, 0, 0), b'sh\0'))] + [bytes([6, 16]) + bytes(20), b'\0\1\1']

SEEDS = {
    'fuzz_agentx': AGENTX,
    'fuzz_agentx_link': [bytes([honest, piece]) + b''.join(AGENTX) for honest in (0, 1, 4, 7) for piece in (0, 63)],
    'fuzz_alerts': drawn('alerts', (30, 300)) + [bytes.fromhex('040004 0400ff 000a64 860104 020000 810000')],
    'fuzz_backup': BACKUPS,
    'fuzz_cached': CACHED,
    'fuzz_cdp': CDP,
    'fuzz_chronicle': PAST,
    'fuzz_collector': drawn('collector', (200, 4000)),
    'fuzz_config': of_tree('etc/portolan.yaml') + texts(
        'credentials: [{name: a, version: 3, user: u, auth: SHA-256, auth_secret: "12345678", priv: AES-128, priv_secret: "12345678"}]\n'
        'discovery: {seeds: [192.0.2.1], ranges: [192.0.2.0/24], exclude: [192.0.2.7]}\npolling: {every: 10s}\nseries: {keep: ["10s for 1h", "1m for 1d"]}\n',
        'credentials: [{name: a, version: 2c, community: public}]\nreceivers: [{to: "udp:192.0.2.9:162", version: 2c, community: public, inform: true}]\n',
        'events: {keep: 9d}\ntopology: {keep: 8d}\nretention: {topology: 7d}\n'),
    'fuzz_dot': [MAP_DOT, b'graph { a -- b -- c; a [pos="1,2"]; }', b'strict digraph "\xe4\xb8\x8a" { a->a; }'],
    'fuzz_facts_json': FACTS,
    'fuzz_formula': FORMULAS,
    'fuzz_http': REQUESTS,
    'fuzz_icmp': ICMP,
    'fuzz_import': DEFINITIONS,
    'fuzz_kept': KEPT,
    'fuzz_learned': LEARNED,
    'fuzz_ledger': ledger(),
    'fuzz_lldp': LLDP,
    'fuzz_map_csv': [MAP_CSV, MAP_LINKS],
    'fuzz_map_dot': [MAP_DOT, b'graph { a -- b -- c; }'],
    'fuzz_map_edit': [b'\0' + EDITS.encode(), b'\1' + OVERLAY],
    'fuzz_map_graphml': [MAP_GRAPHML],
    'fuzz_map_json': [MAP_JSON],
    'fuzz_map_subject': SUBJECTS,
    'fuzz_netlink': NETLINK,
    'fuzz_notification': [bytes([sender]) + t for t in TRAPS for sender in (1, 2)],
    'fuzz_order': ORDERS,
    'fuzz_profile': PROFILES,
    'fuzz_profile_cache': [b'\1'] + [b'\1' + t for t in drawn('cache', (30,))],
    'fuzz_program': drawn('program', (40, 600)) + texts('47.6062, -122.3321', 'Berlin [52.52,13.40]', "40\u00b026'46\"N 79\u00b058'56\"W"),
    'fuzz_proof': HEADS,
    'fuzz_rrd': drawn('rrd', (3, 30)) + [b'RRD\x000003\0'],
    'fuzz_silence': SILENCES,
    'fuzz_snmp': SNMP + TRAPS,
    'fuzz_snmprec': SNMPREC,
    'fuzz_talk': [bytes([7]) + t for t in TALK] + TALK,
    'fuzz_template': of_tree('graphs/templates.yaml'),
    'fuzz_topology': drawn('topology', (300, 3000)),
    'fuzz_usm': [bytes([key]) + t for t in SNMP[6:] for key in (0, 1, 2)],
    'fuzz_words': texts('2026-11-22T02:47:31Z', '2026-11-22 02:47', '1700000000', '-1h30m', '7d', '05/31/2024', 'Fri May 31 12:30:00 2024', '07e8051f0c1e00002b0000',
                        '192.0.2.0/24', '2001:db8::/32', 'fe80::1%3', '::ffff:192.0.2.1', '0011.2233.4455', '0:1:2:a:b:c', '.1.3.6.1.2.1', '0123456789abcdef' * 2),
    'fuzz_yaml': of_tree('etc/portolan.yaml') + PROFILES[:3] + texts('{name: a, on: yes, share: 0.5, color: red, inner: {port: 161, every: 6h}, items: [a, b]}', 'a: &x [*x]\n', '\xff\xfe'),
}


def write(harness, directory):
    """Files of the seeds of a harness, made in a directory."""
    target = pathlib.Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for seed in SEEDS[harness]:
        file = target / hashlib.sha1(seed).hexdigest()[:16]
        file.write_bytes(seed[:OCTETS_MAX])
        files.append(str(file))
    return files


if __name__ == '__main__':
    for name in SEEDS:
        write(name, pathlib.Path(sys.argv[1]) / name)
