"""From the first start to a map with a cloud of one's own, as a newcomer does it."""
import re

from browsers import PASSWORD, SHOTS, browser_home, first_password, people  # noqa: F401 (fixtures)
from conftest import needs_root

EMPTY = ('credentials: []\ndiscovery: {seeds: [], every: 0s, port: %d}\nseries: {keep: ["60s for 1h"]}\n'
         'notifications: {listen: []}\nagentx: {master: ""}\n')


@needs_root
def test_from_an_empty_station_to_a_map_with_a_cloud(station, farm, people):  # noqa: F811
    f = farm('--network', 'campus', '--devices', '20')
    s = station(EMPTY % f.port)
    p = people(s)
    p.go('/')
    p.fill('User name', 'admin')
    p.fill('Password', first_password(s))
    p.press('button', 'Sign in')
    p.find('textbox', 'New password')
    p.picture(SHOTS / 'new-password.png')
    p.fill('New password', PASSWORD)
    p.press('button', 'Save and go on')
    p.await_true(lambda: not (s.data / 'first-password').exists(), 'that the one-time password has gone')

    p.fill('Community', 'public')
    p.fill('Address of a router or switch', f.base)
    p.await_text('neighbours')
    p.picture(SHOTS / 'start.png')
    p.fill('Stay within', '127.16.0.0/24')
    p.press('button', 'Start discovery')
    p.find('progressbar', 'Discovery')
    p.await_true(lambda: len(s.devices()) >= 20, 'the devices of the farm', 60)
    p.press('link', 'Maps')

    p.find('application')
    nodes = p.await_true(lambda: len(p.all('button', re.compile(', (Up|Unknown)$'))) >= 10 and
                         p.all('button', re.compile(', (Up|Unknown)$')), 'nodes of the map')
    p.picture(SHOTS / 'first-map.png')
    assert len(nodes) >= 10

    p.press('button', 'Edit')
    for i, name in enumerate(sorted(n for n in s.devices() if 'acc' in n)[:2]):
        p.press('button', re.compile(f'^{re.escape(name)}, '), hold=['Shift'] if i else [])
    p.press('button', 'Make cloud', p.find('toolbar', 'Selection'))
    dialog = p.find('dialog', 'Make cloud')
    p.fill('Cloud name', 'Floor 1', within=dialog)
    p.press('button', 'Make cloud', dialog)
    p.find('button', re.compile('^Floor 1, cloud, .*, 2 devices'))
    p.picture(SHOTS / 'first-cloud.png')
