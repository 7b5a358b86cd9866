"""What an administrator clicks rather than writes: receivers, rules, ports, sites; and what discovery met."""
import json
import re

import pytest
from browsers import (SHOTS, add_person, ask, browser_home, people, shared_network, sign_in)  # noqa: F401 (fixtures)
from conftest import await_true, needs_root

pytestmark = [needs_root, pytest.mark.long, pytest.mark.xdist_group('settings')]  # one station for all

MORE = ('receivers:\n  - {name: noc, to: "udp:127.0.0.1:9", version: 2c, community: public}\n'
        'alerts: {rules: [{name: cpu, above: {warning: 70}}]}\n')


@pytest.fixture(scope='module')
def campus(programs, shared_place):
    with shared_network(programs, shared_place, ('--network', 'campus', '--devices', '12'), MORE) as (station, farm, cookie):
        add_person(station, cookie, 'vera', 'viewer')
        station.cookie = cookie
        yield station


def settings(station):
    path = station.data / 'settings.yaml'
    return json.loads(path.read_text()) if path.exists() else {}


def test_a_receiver_is_added_tested_changed_and_removed(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/settings/receivers')
    line = campus.config.read_text().splitlines().index('  - {name: noc, to: "udp:127.0.0.1:9", version: 2c, community: public}') + 1
    p.await_text(f'portolan.yaml, line {line}')
    assert not p.all('button', 'Change noc')
    p.press('button', 'Add receiver')
    dialog = p.find('dialog', 'Add receiver')
    p.press('button', 'SNMP notification', within=dialog)
    p.fill('Name', 'spare', within=dialog)
    p.fill('Community', 'hidden-words', within=dialog)
    p.fill('Address', '127.0.0.1:9', within=dialog)
    p.fill('Hours', 'sometimes', within=dialog)
    p.expected.append('400')
    p.press('button', 'Add receiver', within=dialog)
    p.await_text('mon-fri 08:00-18:00')  # what would be right
    p.await_true(lambda: p.property_of(p.find('textbox', 'Hours', dialog), 'invalid') == 'true', 'the field that is wrong')
    p.fill('Hours', 'mon-fri 08:00-18:00', within=dialog)
    p.press('button', 'Add receiver', within=dialog)
    p.await_gone('dialog')
    assert settings(campus)['receivers'] == [{'name': 'spare', 'to': 'udp:127.0.0.1:9', 'version': '2c', 'inform': True, 'community': 'hidden-words',
                                             'severity': 'indeterminate', 'when': ['mon-fri 08:00-18:00']}]
    p.press('button', 'Change spare')
    dialog = p.find('dialog', 'Change spare')
    assert not p.value_of(p.find('textbox', 'Community', dialog))
    p.fill('Objects', 'core-*', within=dialog)
    p.press('button', 'Save', within=dialog)
    p.await_text('core-*')
    assert settings(campus)['receivers'][0]['community'] == 'hidden-words' and settings(campus)['receivers'][0]['objects'] == ['core-*']
    p.press('button', 'Test spare')
    p.await_true(lambda: p.all('button', 'Test spare') and 'testing' not in p.text(), 'what the test gave', 30)
    p.picture(SHOTS / 'settings-receivers.png')
    p.expected.append('50[23]')  # nobody listens there, and other notifications may wait before it
    p.press('button', 'Remove spare')
    p.press('button', 'Remove', within=p.find('dialog', 'Remove spare'))
    await_true(lambda: settings(campus)['receivers'] == [], 15, 'it is gone')
    p.await_gone('button', 'Test spare')


def test_a_rule_is_changed_put_off_and_put_back(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/settings/rules')
    p.press('button', 'Change cpu')
    dialog = p.find('dialog', 'Change cpu')
    p.fill('Above: Warning', '55', within=dialog)
    p.press('button', 'Save', within=dialog)
    p.await_text('> 55 %')
    assert settings(campus)['alerts']['rules'] == [{'name': 'cpu', 'above': {'warning': 55, 'major': 98}}] or \
        settings(campus)['alerts']['rules'] == [{'name': 'cpu', 'above': {'warning': 55}}]
    p.press('button', 'Turn loss off')
    await_true(lambda: {'name': 'loss', 'off': True} in settings(campus)['alerts']['rules'], 15, 'it is off')
    p.press('button', 'Undo')
    await_true(lambda: [r['name'] for r in settings(campus)['alerts']['rules']] == ['cpu'], 15, 'it is as it was')
    p.press('button', 'cpu as it was')
    p.press('button', 'As it was', within=p.find('dialog', 'cpu as it was'))
    p.await_text('> 70 %')
    name = next(d['name'] for d in campus.devices().values() if d.get('credential'))
    p.fill('Device or port', name)
    p.press('button', 'Explain')
    table = p.find('table', 'What rules make of an object')
    p.await_true(lambda: 'loss' in ' '.join(p.names('cell', table)), 'a rule of it')
    p.picture(SHOTS / 'settings-rules.png')


def test_a_site_is_set_and_groups_devices(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/settings/sites')
    p.find('button', 'Add site')
    # What somebody else sets meanwhile stays.
    osaka = {'name': 'Osaka', 'prefix': '127.17.0.0/24'}
    assert ask(campus, 'PATCH', 'sites', {'sites': [osaka]}, campus.cookie)[0] == 200
    p.press('button', 'Add site')
    dialog = p.find('dialog', 'Add site')
    p.fill('Name', 'Harbour', within=dialog)
    p.fill('Prefix', '127.16.0.0/24', within=dialog)
    p.press('button', 'Add site', within=dialog)
    p.find('table', 'Sites')
    assert settings(campus)['maps']['sites'] == [osaka, {'name': 'Harbour', 'prefix': '127.16.0.0/24'}]
    await_true(lambda: 'Harbour' in json.dumps(campus.ask('risk', all=1)), 30, 'the site of devices')
    p.press('button', 'Remove Harbour')
    p.press('button', 'Remove', within=p.find('dialog', 'Remove Harbour'))
    await_true(lambda: settings(campus)['maps']['sites'] == [osaka], 15, 'it is gone')


def test_what_the_station_refuses_stays_in_its_field(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/settings/credentials')
    p.expected.append('400')
    p.fill('Add to: Leaves out', '192.0.2.0/99')
    p.key('Enter')
    p.await_true(lambda: p.all('status', re.compile('192')) or p.all('alert', re.compile('192')) or '/99' in p.text(), 'what is wrong with it')
    assert p.value_of(p.find('textbox', 'Add to: Leaves out')) == '192.0.2.0/99'


def test_ports_that_should_be_up_are_set(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/settings/ports')
    p.press('button', 'Add ports')
    dialog = p.find('dialog', 'Add ports')
    p.fill('Devices', '^(', within=dialog)
    p.expected.append('400')
    p.press('button', 'Add ports', within=dialog)
    p.await_text('expression')  # what is wrong with it
    p.fill('Devices', '^core-', within=dialog)
    p.press('button', 'Add ports', within=dialog)
    p.find('table', 'Expected ports')
    assert settings(campus)['alerts']['ports'] == [{'expect': 'up', 'devices': ['^core-']}]
    p.press('button', 'Remove ^core-')
    p.press('button', 'Remove', within=p.find('dialog', 'Remove ^core-'))
    await_true(lambda: settings(campus)['alerts']['ports'] == [], 15, 'it is gone')


def test_who_only_looks_changes_no_setting(campus, people):  # noqa: F811
    p = sign_in(people(campus), 'vera')
    for part, shown in (('receivers', 'Receivers'), ('rules', 'Rules of alerts')):
        p.go(f'/settings/{part}')
        p.find('table', shown)
        assert not [n for n in p.names('button') if re.match('Add|Change|Remove|Turn|Test', n)], part
    assert not p.all('link', 'People')


def test_what_became_of_addresses_is_told(campus, people):  # noqa: F811
    p = sign_in(people(campus))
    p.go('/discovery')
    p.press('button', re.compile('^Answered'))
    table = p.find('table', 'What became of addresses')
    told = {n for n in p.names('link', table) if n}
    assert told & set(campus.devices()), told
    p.await_true(lambda: 'state=answers' in p.address(), 'what is chosen in the address')
    p.picture(SHOTS / 'discovery.png')
