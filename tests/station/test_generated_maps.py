"""Maps that are made of what was found: by name, made when asked for, leading into each other."""
import struct
import subprocess

from conftest import farm_config


def fitted(made, document, width, height):
    """Width and height of the PNG that is made of a document for a screen."""
    with open(document, 'rb') as text:
        done = subprocess.run([made.bin / 'portolan-render', '--format', 'png', '--fit', f'{width}x{height}'], stdin=text,
                              capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return struct.unpack('>II', done.stdout[16:24])


def test_every_subject_has_its_map_and_leads_on(station, farm, place):
    made = station(farm_config(farm('--network', 'campus', '--devices', 60)))
    made.discover()
    listed = {m['name'] for m in made.json('map', 'list')['maps']}
    assert {'physical', 'network', 'sites', 'station'} <= listed
    assert any(n.startswith('prefix-') for n in listed) and any(n.startswith('vlan-') for n in listed)
    assert any(n.startswith('stp-') for n in listed)

    sites = made.json('map', 'show', 'sites')
    clouds = [n for n in sites['nodes'] if n['origin'] == 'cloud']
    assert {c['leads'] for c in clouds} <= listed and clouds
    site = made.json('map', 'show', clouds[0]['leads'])
    assert site['up'] == 'sites' and len(site['nodes']) > 3
    made.cli('map', 'export', 'sites', '-o', place / 'sites.svg')
    assert f'{clouds[0]["leads"]}.svg"' in (place / 'sites.svg').read_text(), 'a link from picture to picture'

    device = next(n['name'] for n in site['nodes'] if n['kind'] == 'switch')
    near = made.json('map', 'show', f'near-{device}-1')
    assert [n['name'] for n in near['nodes'] if n.get('focus')] == [device]
    assert not made.try_cli('map', 'show', 'near-nobody-1') and not made.try_cli('map', 'show', 'vlan-4001')
    found = made.json('map', 'find', device)['found']
    assert {'physical', 'sites', f'near-{device}-1'} <= {h['map'] for h in found}
    assert next(h for h in found if h['map'] == 'sites')['clouds'], 'in which cloud it is'

    for name in ('physical', 'sites', clouds[0]['leads']):
        made.cli('map', 'export', name, '-o', place / f'{name}.gv')
        for screen in ((640, 480), (1366, 768), (3840, 2160)):
            size = fitted(made, place / f'{name}.gv', *screen)
            assert size[0] <= screen[0] and size[1] <= screen[1], 'it fits'
            assert screen[0] > 1366 or size[0] > screen[0] * 0.8 or size[1] > screen[1] * 0.6, 'and is as large as fits'

    own = {n['name']: n for n in made.json('map', 'show', 'station')['nodes']}
    assert own['rrdcached']['state'] == 'up' and own['portoland']['state'] in ('up', 'warning') and 'state.db' in own
