"""Pictures of several objects, with templates of one's own, whatever happens to rrdcached."""
import os
import re
import signal
import struct
import subprocess
import zlib
from xml.etree import ElementTree

from conftest import await_true, farm_config, needs_root

pytestmark = needs_root

EVERY_S = 1
MINE = '''mine:
  title: What comes in
  group: port
  columns: [last, p95]
  curves: [{source: in_octets, label: comes in}]
bad: {title: no}
'''


def png(path):
    """Width and height of a PNG of 8 bits a channel, each chunk's sum checked."""
    data = path.read_bytes()
    assert data[:8] == b'\x89PNG\r\n\x1a\n'
    at, pixels, head = 8, b'', None
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0]
        head = struct.unpack('>IIBBBBB', body) if kind == b'IHDR' else head
        pixels += body if kind == b'IDAT' else b''
        at += 12 + size
    width, height, depth, colour = head[:4]
    assert depth == 8 and kind == b'IEND'
    channels = {2: 3, 6: 4}[colour]
    raw = zlib.decompress(pixels)
    assert len(raw) == height * (width * channels + 1)
    return width, height


def svg(path):
    root = ElementTree.parse(path).getroot()
    found = {child.tag.rsplit('}', 1)[-1]: child.text for child in root[:2]}
    return found['title'], found['desc']


def scene(station, farm, extra=''):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every=f'{EVERY_S}s', extra=extra))
    made.discover()
    made.await_polls(3, 30)
    ports = [r for r in net.table('ports') if r['ifOperStatus'] == 'up' and r['ifName'].startswith('Gi')]
    names = []
    for row in ports:
        if row['name'] not in [n.split(':')[0] for n in names]:
            names.append(f"{row['name']}:{row['ifName']}")
    assert len(names) >= 2
    known = lambda n: 'no data' not in svg_of(made, [n], 'traffic')[1]
    await_true(lambda: all(known(n) for n in names[:2]), 30, 'traffic of two ports')
    return net, made, names[:2]


def svg_of(made, objects, series, *more):
    out = made.directory / 'picture.svg'
    made.cli('graph', *objects, series, '--from', '-1m', '-o', out, *more)
    return svg(out)


def rrdtools(made):
    """The processes that draw for the station."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            stat = open(f'/proc/{pid}/stat').read()
        except OSError:
            continue
        if '(rrdtool)' in stat and int(stat.rsplit(')', 1)[1].split()[1]) == made.process.pid:
            found.append(int(pid))
    return found


def check_numbers(made, port):
    told = made.json('series', port, 'traffic', '--from', '-1m')
    assert told['columns'] == ['in_octets', 'out_octets'] and told['units'] == ['B/s', 'B/s']
    for n, figures in enumerate(told['summary']):
        known = [row[n + 1] for row in told['rows'] if row[n + 1] is not None]
        assert figures['column'] == told['columns'][n] and figures['last'] == known[-1]
        assert figures['max'] == max(known) and figures['min'] == min(known) and figures['p95'] in known
        assert abs(figures['total'] - sum(known) * told['step_s']) < 1 and figures['total_unit'] == 'B'
    lines = made.cli('series', port, 'traffic', '--from', '-1m', '--summary').splitlines()
    assert lines[0].split('\t') == ['column', 'unit', 'last', 'min', 'mean', 'max', 'p95', 'total']
    assert [line.split('\t')[:2] for line in lines[1:]] == [['in_octets', 'bit/s'], ['out_octets', 'bit/s']]


def test_objects_share_pictures_by_templates_of_ones_own_too(station, farm, place):
    (place / 'graphs').mkdir()
    (place / 'graphs' / 'mine.yaml').write_text(MINE)
    place.chmod(0o755)
    net, made, (a, b) = scene(station, farm, f"graphs: {{directories: ['{place}/graphs']}}\n")
    out = made.directory / 'both.png'
    made.cli('graph', a, b, 'traffic', '--from', '-1m', '-o', out, '--stacked', '--dark', '--width', '500', '--height', '200')
    width, height = png(out)
    assert 500 < width < 650 and height > 300
    title, words = svg_of(made, [a, b], 'traffic')
    assert title == 'Traffic'
    for name in (a, b):
        assert re.search(rf"^{re.escape(name.replace(':', ' '))} in: last [\d.]+ .?bit/s, .*, total [\d.]+ .*B$", words, re.M), words
    assert re.search(r'^sum out: last ', words, re.M), words
    device = a.split(':')[0]
    assert re.search(r'^round trip: last ', svg_of(made, [device], 'icmp')[1], re.M)
    check_numbers(made, a)

    title, words = svg_of(made, [a], 'mine')
    assert title.endswith('What comes in') and re.search(r'^comes in: last [\d.]+', words, re.M)
    assert re.search(r'graphs: \S+/mine.yaml:6:\d+: bad: .*group.*', made.text()), made.text()
    refused = subprocess.run(made.command('graph', a, 'bad', '-o', out), capture_output=True, text=True)
    assert refused.returncode == 1 and 'mine' in refused.stderr, refused

    assert len(rrdtools(made)) in (1, 2)
    for pid in rrdtools(made):
        os.kill(pid, signal.SIGKILL)
    assert svg_of(made, [a, b], 'traffic')[0] == 'Traffic'
    os.kill(int((made.data / 'rrdcached.pid').read_text()), signal.SIGKILL)
    await_true(lambda: made.try_cli('graph', a, 'traffic', '-o', out), 30, 'a picture once rrdcached is back')


def test_a_gap_is_a_band_that_names_its_reason(station, farm):
    net, made, (a, b) = scene(station, farm)
    address = next(d['addresses'].split(',')[0] for d in net.table('devices') if d['sysName'] == a.split(':')[0])
    before = made.directory / 'before.png'
    made.cli('graph', a, b, 'traffic', '--from', '-2m', '-o', before)
    net.tell(f'kill {address}')
    reasons = lambda: {g['reason'] for g in made.json('series', a, 'traffic', '--from', '-1m')['gaps']}
    await_true(lambda: 'timeout' in reasons(), 40, 'a gap of an agent that is silent')
    net.tell(f'revive {address}')
    await_true(lambda: re.search(r'^timeout: \d+ gaps?, \d', svg_of(made, [a, b], 'traffic')[1], re.M), 40, 'its name')
    out = made.directory / 'gap.png'
    made.cli('graph', a, b, 'traffic', '--from', '-2m', '-o', out)
    assert png(out)[0] == png(before)[0] and png(out)[1] > png(before)[1]  # a row of the legend more


def test_risk_is_a_series_of_devices_links_sites_clouds_and_the_whole(station, farm, place):
    """Of what had a risk; histories go on over a restart."""
    rule = 'alerts:\n  rules:\n    - {name: carries, on: port, value: "in_octets + out_octets", above: {minor: 1}, objects: ^Gi}\n'
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net, every='1s', extra=rule))
    made.discover()
    made.await_polls(3, 30)

    def ranked():
        return {(r['class'], r['name']): r['risk'] for r in made.json('risk')['risk']}
    await_true(lambda: {'device', 'link', 'group'} <= {kind for kind, _ in ranked()}, 40, 'risks of all kinds')
    device = next(name for kind, name in ranked() if kind == 'device')
    made.cli('map', 'edit', 'physical', f'cloud:yard={device}')

    def one_of_each():
        names = {kind: name for kind, name in ranked()}
        return names if {'device', 'link', 'group', 'cloud'} <= set(names) else None
    names = await_true(one_of_each, 30, 'the cloud has a risk, too')
    names['all'] = 'all'

    def last(name):
        rows = made.json('series', name, 'risk', '--from', '-5m')['rows']
        return [value for _, value in rows if value is not None][-1:]

    for kind, name in names.items():
        await_true(lambda: made.try_cli('series', name, 'risk') and last(name) and 0 < last(name)[0] <= 125, 40, f'a series of the risk of {kind} {name}')
        files = [f for f in made.json('series', name, '--files')['files'] if f['series'] == 'risk']
        assert len(files) == 1 and os.path.exists(files[0]['file']), files
        assert ('/_risk/risk-' in files[0]['file']) == (kind != 'device'), files
        made.cli('graph', name, 'risk', '-o', place / f'{kind}.svg')
        assert 'Risk' in svg(place / f'{kind}.svg')[0]
    calm = next((name for name in made.devices() if ('device', name) not in ranked()), None)
    if calm:
        assert 'always 0' in made.refused('series', calm, 'risk')
    points = len(made.ask('risk', 'all')['history'])
    assert points > 0
    made.stop()
    made.start()
    await_true(lambda: len(made.ask('risk', 'all')['history']) >= points, 30, 'the history of the whole goes on')
    await_true(lambda: made.try_cli('series', 'all', 'risk'), 30, 'rrdcached is there')
    await_true(lambda: last('all'), 30, 'its series goes on')
