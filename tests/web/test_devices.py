"""Devices in the page: the list, one device, and what its text can and cannot do."""
import re

import pytest
from browsers import SHOTS, add_person, browser_home, enrol, people, sign_in  # noqa: F401 (fixtures)
from conftest import farm_config, needs_root

pytestmark = needs_root

QUIET = 'notifications: {listen: []}\nagentx: {master: ""}\n'
EVIL = '"><img src=x onerror="window.hit=1"><script>window.hit=2</script>'
RECORDING = f'''1.3.6.1.2.1.1.1.0|4|{EVIL}
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.32473.7.1
1.3.6.1.2.1.1.3.0|67|123456
1.3.6.1.2.1.1.4.0|4|{EVIL}
1.3.6.1.2.1.1.5.0|4|{EVIL}
1.3.6.1.2.1.1.6.0|4|東京 {EVIL}
1.3.6.1.2.1.2.1.0|2|1
1.3.6.1.2.1.2.2.1.1.1|2|1
1.3.6.1.2.1.2.2.1.2.1|4|eth {EVIL}
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.5.1|66|1000000000
1.3.6.1.2.1.2.2.1.7.1|2|1
1.3.6.1.2.1.2.2.1.8.1|2|1
1.3.6.1.2.1.31.1.1.1.18.1|4|{EVIL}
'''


@pytest.fixture
def network(station, farm):
    f = farm('--network', 'campus', '--devices', '20')
    s = station(farm_config(f, extra=QUIET))
    cookie = enrol(s)
    s.discover()
    return s, cookie


def rows(person):
    """The names that lead to devices."""
    return person.names('link', person.find('table', 'Devices'))


def test_the_filter_of_devices_is_the_address(network, people):  # noqa: F811
    s, _ = network
    p = sign_in(people(s))
    p.press('link', 'Devices')
    names = sorted(s.devices())
    p.await_true(lambda: set(names) <= set(rows(p)), 'a row for each device')
    p.fill('Filter', 'kind:switch acc', role='searchbox')
    wanted = [n for n in names if 'acc' in n]
    p.await_true(lambda: sorted(rows(p)) == wanted, f'rows of {wanted} alone')
    assert 'q=kind:switch+acc' in p.address()
    p.picture(SHOTS / 'devices.png')
    p.go(p.address())
    p.await_true(lambda: sorted(rows(p)) == wanted, 'the same after a reload')
    p.press('button', 'Ports')
    p.await_true(lambda: 'sort=-ports' in p.address(), 'the order in the address')
    p.press('link', wanted[0])
    p.await_true(lambda: p.address() == f'/devices/{wanted[0]}', 'the device')


def test_the_front_of_a_device_leads_to_its_ports(network, people):  # noqa: F811
    s, _ = network
    name = next(n for n in sorted(s.devices()) if 'acc' in n)
    p = sign_in(people(s))
    p.go(f'/devices/{name}')
    panel = p.find('group', 'Port panel')
    ports = p.names('button', panel)
    assert len(ports) >= 20
    assert all(re.fullmatch(r'.+, (Up|Down|No link|admin down)(, [\d.]+ [kMGT])?', n) for n in ports), ports
    up = next(n for n in ports if ', Up, ' in n)
    p.press('button', up, panel)
    port = up.split(',')[0]
    p.await_true(lambda: f'port={port}' in p.address(), 'the port in the address')
    p.await_true(lambda: p.all('button', up, panel) and p.property_of(p.all('button', up, panel)[0], 'pressed') == 'true', 'that it is chosen')
    p.picture(SHOTS / 'device.png')
    for tab in ('Interfaces', 'Neighbours', 'Sensors', 'Alerts', 'Events', 'Graphs'):
        p.press('link', tab, p.find('navigation', name))
        p.await_true(lambda tab=tab: p.address().endswith('/' + tab.lower()), f'the tab {tab}')
        p.await_gone('status', 'Loading')
    p.press('link', 'MIB browser', p.find('navigation', name))
    p.press('button', 'system')
    p.await_text('sysName.0')
    p.await_text(name)


def test_text_of_a_device_is_never_markup(station, farm, people, tmp_path):  # noqa: F811
    path = tmp_path / 'evil.snmprec'
    path.write_text(RECORDING)
    f = farm('--replay', str(path))
    s = station(farm_config(f, extra=QUIET))
    enrol(s)
    s.discover()
    p = sign_in(people(s))
    p.go('/devices')
    p.await_text(EVIL)
    p.press('link', EVIL)
    for tab in (None, 'Interfaces', 'Neighbours', 'Sensors', 'Alerts', 'Events', 'MIB browser'):
        if tab:
            p.press('link', tab, p.find('navigation', EVIL))
        p.await_text(EVIL)
        assert p.driver.execute_script('return [window.hit ?? null, document.querySelectorAll("main img, main script").length]') == [None, 0]
    p.press('button', 'system')
    p.await_text('sysContact.0')
    p.go('/discovery')
    p.await_text(EVIL)
    assert p.driver.execute_script('return window.hit ?? null') is None


def test_who_only_looks_is_offered_nothing_else(network, people):  # noqa: F811
    s, cookie = network
    add_person(s, cookie, 'looker', 'viewer')
    p = sign_in(people(s), 'looker')
    name = sorted(s.devices())[0]
    p.go(f'/devices/{name}')
    p.find('heading', name)
    p.find('link', 'Show on map')
    assert not p.all('button', 'Poll now')
    p.press('button', 'More actions')
    offered = p.names('menuitem')
    assert offered and not any('Remove' in n or 'Silence' in n for n in offered)
    p.go('/devices')
    p.find('table', 'Devices')
    assert not p.all('button', re.compile('Add device'))


def test_a_language_follows_the_person(network, people):  # noqa: F811
    s, _ = network
    p = sign_in(people(s))
    p.go('/devices')
    p.press('button', 'Account')
    p.press('menuitemradio', '日本語')
    p.find('navigation', '画面')
    p.find('table', '機器')
    p.picture(SHOTS / 'devices-ja.png')
    other = people(s)
    other.go('/login')
    other.fill('User name', 'admin')
    other.fill('Password', 'a sea chart of my own')
    other.press('button', 'Sign in')
    other.find('navigation', '画面')


def test_search_leads_to_a_port(network, people):  # noqa: F811
    s, _ = network
    name = next(n for n in sorted(s.devices()) if 'core' in n or 'dist' in n)
    p = sign_in(people(s))
    p.find('button', 'Find device, port, address…')
    p.key('/')
    p.find('combobox', 'Find device, port, address…')
    p.type(name)
    p.find('option', re.compile(re.escape(name)))
    p.key('Enter')
    p.await_true(lambda: name in p.address() or 'sel=' in p.address(), 'the device, or its place on the map')
