"""The page and the API over TCP, as a browser and a script see them."""
import gzip
import http.client

from conftest import needs_root

CONFIG = ('credentials: [{name: c, version: 2c, community: public}]\n'
          'discovery: {seeds: [], every: 0s}\nnotifications: {listen: []}\nagentx: {master: ""}\n')


def ask(station, method, path, headers=None, body=None):
    """Status, headers, body."""
    host, port = station.listen.rsplit(':', 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@needs_root
def test_the_page_comes_from_memory_whole_or_not_at_all(station):
    s = station(CONFIG)
    path = '/icons/kind/router.svg'
    status, headers, plain = ask(s, 'GET', path)
    assert (status, headers['Content-Type']) == (200, 'image/svg+xml')
    assert "default-src 'none'" in headers['Content-Security-Policy']
    status, packed_headers, packed = ask(s, 'GET', path, {'Accept-Encoding': 'gzip'})
    assert packed_headers['Content-Encoding'] == 'gzip' and gzip.decompress(packed) == plain
    assert packed_headers['ETag'] != headers['ETag']
    status, _, body = ask(s, 'GET', path, {'If-None-Match': headers['ETag']})
    assert (status, body) == (304, b'')
    status, headers, body = ask(s, 'HEAD', path)
    assert (status, headers['Content-Length'], body) == (200, str(len(plain)), b'')
    for outside in ('/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/icons/../../portolan.yaml', '//etc/passwd',
                    '/icons', '/icons/', '/.made', '/icons/kind/router.svg%00', '/index.html/..'):
        assert ask(s, 'GET', outside)[0] in (400, 404), outside
