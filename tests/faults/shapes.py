"""What no honest program sends: requests whose end is told twice or not at all, messages nested without end."""
INNER = b'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
POST = b'POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nX-Portolan: page\r\n'


def framed(*fields, body=INNER):
    return POST + b''.join(field + b'\r\n' for field in fields) + b'\r\n' + body


LENGTH = b'Content-Length: %d' % len(INNER)
CHUNKS = b'0\r\n\r\n' + INNER

# Where one request ends, and whether another one follows, depends on who reads: what is within must never be answered.
SMUGGLED = [
    b'HEAD /health HTTP/1.1\r\nHost: localhost\r\n' + LENGTH + b'\r\n\r\n' + INNER,
    framed(LENGTH, b'Transfer-Encoding: chunked', body=CHUNKS), framed(b'Transfer-Encoding: chunked', b'Content-Length: 4', body=CHUNKS),
    framed(b'Content-Length: 0', LENGTH), framed(LENGTH, b'Content-Length: 0'), framed(b'Content-Length: 0, %d' % len(INNER)),
    framed(b'Content-Length: +0'), framed(b'Content-Length: 0x0'), framed(b'Content-Length : 0'), framed(b'Content-Length: -0'),
    framed(b'Content-Length: 0 0'), framed(b'Content-Length:\x0b0'), framed(b'Content-Length: 18446744073709551616'), framed(b'Content-Length: -1'),
    framed(b'Content-Length:'), framed(b'Transfer-Encoding: xchunked', b'Content-Length: 0'), framed(b'Transfer-Encoding: gzip, chunked', body=CHUNKS),
    framed(b'Transfer-Encoding: chunked, identity', b'Content-Length: 0'), framed(b'Transfer-Encoding : chunked', b'Content-Length: 0'),
    framed(b'Transfer-Encoding:', b'Content-Length: 0'), framed(b'Transfer-Encoding: chunked', b'Transfer-Encoding: identity', body=CHUNKS),
    framed(b'Transfer-Encoding: identity', b'Transfer-Encoding: chunked', body=CHUNKS), framed(b'Transfer-Encoding: \x00chunked', b'Content-Length: 0'),
    framed(b'X: y', b' Transfer-Encoding: chunked', b'Content-Length: 0', b'Content-Length: %d' % len(INNER)),
    framed(b'Transfer-Encoding: chunked', body=b'+0\r\n\r\n' + INNER), framed(b'Transfer-Encoding: chunked', body=b'0x0\r\n\r\n' + INNER),
    framed(b'Transfer-Encoding: chunked', body=b'-1\r\n\r\n' + INNER), framed(b'Transfer-Encoding: chunked', body=b'fffffffffffffffff\r\n\r\n' + INNER),
    framed(b'Transfer-Encoding: chunked', body=b'\r\n\r\n' + INNER), framed(b'Transfer-Encoding: chunked', body=b'2\r\nabc\r\n' + CHUNKS),
]

# Requests that are long, odd or broken: one answer or none, and nothing else.
ODD = [
    b'GET /health HTTP/1.1\r\nHost: localhost\r\n' + b''.join(b'X-%d: y\r\n' % n for n in range(1500)) + b'\r\n',
    b'GET /health HTTP/1.1\r\nHost: localhost\r\nX: ' + b'y' * 15000 + b'\r\n\r\n', b'GET /health HTTP/1.1\r\nHost: localhost\r\nX: ' + b'y' * 70000 + b'\r\n\r\n',
    b'GET /health HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n', b'GET /\r\n', b'GET /health\r\n\r\n', b'GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n',
    b'get /health http/1.1\r\nhost: localhost\r\n\r\n', b'GET  /health  HTTP/1.1\r\nHost: localhost\r\n\r\n', b'GET /health HTTP/1.1\nHost: localhost\n\n',
    b'GET /health HTTP/1.1\rHost: localhost\r\r', b'GET /he\x00alth HTTP/1.1\r\nHost: localhost\r\n\r\n', b'GET /%00/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n',
    b'GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', b'GET //etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', b'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    b'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', b'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n', b'PUT /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n',
    POST + b'Expect: 100-continue\r\nContent-Length: 10\r\n\r\n', POST + b'Expect: 200-ok\r\nContent-Length: 0\r\n\r\n', POST + b'Content-Length: 9\r\n\r\n{"a":',
    POST + b'Transfer-Encoding: chunked\r\n\r\n' + b'1\r\n{\r\n' * 3000 + b'0\r\n\r\n', POST + b'Transfer-Encoding: chunked\r\n\r\n5;x=' + b'y' * 9000 + b'\r\n{"a":',
    POST + b'Transfer-Encoding: chunked\r\n\r\n0\r\n' + b'X: y\r\n' * 9000 + b'\r\n', b'GET /health HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ' + b'gzip;q=0.1, ' * 900 + b'\r\n\r\n',
    b'GET /health HTTP/1.1\r\nHost: localhost\r\nRange: bytes=' + b'0-1,' * 2000 + b'\r\n\r\n', b'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    b'GET /api/v1/devices?' + b'a=b&' * 3000 + b' HTTP/1.1\r\nHost: localhost\r\n\r\n', b'GET http://localhost/' + b'a/' * 4000 + b' HTTP/1.1\r\nHost: localhost\r\n\r\n',
    POST + b'Content-Length: 12000\r\n\r\n' + b'[' * 12000, POST + b'Content-Length: 12000\r\n\r\n' + b'{"a":' * 2400, b'\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03' + bytes(160),
    b'\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10', b'SSH-2.0-x\r\n', b'\x00' * 3000, b'\xff' * 3000, b'EHLO x\r\n', b'*1\r\n$4\r\nPING\r\n',
]


def nested(tag, depth):
    """BER elements in each other, with nothing inside of the last."""
    body = b''
    for _ in range(depth):
        size = len(body)
        if size > 0xfff0:
            break
        body = bytes([tag, size] if size < 128 else [tag, 0x82, size >> 8, size & 255]) + body
    return body


def hostile_messages():
    """SNMP that is deep, as long as it says, or about nobody."""
    head = b'\x02\x01\x01\x04\x06public'
    lengths = [b'\x84\xff\xff\xff\xff', b'\x88' + b'\xff' * 8, b'\x80', b'\xff', b'\x84\x7f\xff\xff\xff', b'\x83\x00\x00\x10']
    return [nested(0x30, 16000), nested(0xa7, 16000), b'\x30\x82\xff\xf0' + head + nested(0x30, 8000), b'\x30' * 60000,
            *(b'\x30' + length + head + b'\xa7' + length + b'\x02' + length for length in lengths),
            b'\x30\x82\x27\x10' + head + b'\xa7\x82\x26\xf0\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x82\x26\xe0' + b'\x30\x02\x06\x00' * 2488]


def reports(engine=b'\x80\x00\x1f\x88\x80abcd'):
    """SNMPv3 that asks for an engine, and reports that nobody asked for: each counter of USM, with boots and times at their ends."""
    def tlv(tag, *parts):
        body = b''.join(parts)
        return bytes([tag, len(body)] if len(body) < 128 else [tag, 0x81, len(body)]) + body
    out = []
    for counter in range(1, 7):
        for boots in (b'\0', b'\x7f\xff\xff\xff', b'\x80\0\0\0'):
            bind = tlv(0x30, tlv(0x30, tlv(6, bytes.fromhex('2b060106030f0101%02x00' % counter)), tlv(0x41, b'\1')))
            usm = tlv(0x30, tlv(4, engine), tlv(2, boots), tlv(2, boots), tlv(4, b''), tlv(4, b''), tlv(4, b''))
            pdu = tlv(0xa8, tlv(2, b'\1'), tlv(2, b'\0'), tlv(2, b'\0'), bind)
            out.append(tlv(0x30, tlv(2, b'\3'), tlv(0x30, tlv(2, b'\1'), tlv(2, b'\x40\0'), tlv(4, b'\0'), tlv(2, b'\3')), tlv(4, usm),
                           tlv(0x30, tlv(4, engine), tlv(4, b''), pdu)))
    blank = tlv(0x30, tlv(4, b''), tlv(2, b'\0'), tlv(2, b'\0'), tlv(4, b''), tlv(4, b''), tlv(4, b''))
    ask = tlv(0xa0, tlv(2, b'\1'), tlv(2, b'\0'), tlv(2, b'\0'), tlv(0x30))
    out.append(tlv(0x30, tlv(2, b'\3'), tlv(0x30, tlv(2, b'\1'), tlv(2, b'\x40\0'), tlv(4, b'\4'), tlv(2, b'\3')), tlv(4, blank), tlv(0x30, tlv(4, b''), tlv(4, b''), ask)))
    return out
