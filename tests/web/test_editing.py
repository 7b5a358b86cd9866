"""A map is edited with mouse and keyboard; what was meant stands in its document."""
import re

import pytest
from browsers import SHOTS, add_person, browser_home, enrol, people, sign_in  # noqa: F401 (fixtures)
from conftest import await_true, farm_config, needs_root


class Sheet:
    """The map of a person, and the document of it at the station."""

    def __init__(self, station, person, name='physical'):
        self.station, self.p, self.name = station, person, name
        self.ids = {d['name']: d['id'] for d in station.devices().values()}

    def document(self):
        path = self.station.data / 'maps' / f'{self.name}.gv'
        return path.read_text() if path.exists() else ''

    def edits(self):
        return self.document().partition('subgraph edits {')[2]

    def await_edit(self, pattern, what, gone=False):
        def found():
            return bool(re.search(pattern, self.edits(), re.S)) != gone
        await_true(found, 15, f'{what}: {pattern} {"not " if gone else ""}in the document\n{self.edits()}')

    def node(self, name):
        return self.p.find('button', re.compile(f'^{re.escape(name)}, '))

    def place(self, name):
        return self.p.place_of(self.node(name))

    def choose(self, *names):
        for i, name in enumerate(names):
            self.p.press('button', re.compile(f'^{re.escape(name)}, '), hold=['Shift'] if i else [])

    def line_of(self, name):
        """What the edits say of a device."""
        found = re.search(rf'^\s*"?{self.ids[name]}"? \[(.*)\];$', self.edits(), re.M)
        return found.group(1) if found else ''


@pytest.fixture
def sheet(station, farm, people):  # noqa: F811
    f = farm('--network', 'ring', '--devices', '6')
    s = station(farm_config(f, extra='notifications: {listen: []}\nagentx: {master: ""}\n'))
    cookie = enrol(s)
    s.discover()
    p = sign_in(people(s, size=(1600, 1000)))
    p.go('/maps/physical')
    names = sorted(s.devices())
    p.await_true(lambda: all(p.all('button', re.compile(f'^{re.escape(n)}, ')) for n in names), 'every device on the map')
    p.press('button', 'Edit')
    p.find('toolbar', 'Edit')
    made = Sheet(s, p)
    made.names, made.cookie = names, cookie
    return made


@needs_root
def test_dragging_pinning_and_undoing(sheet):
    p, name = sheet.p, sheet.names[0]
    begin, still = sheet.place(name), sheet.place(sheet.names[1])
    p.drag(begin, (begin[0] + 60, begin[1] + 40))
    await_true(lambda: 'pinned=true' in sheet.line_of(name) and 'pos=' in sheet.line_of(name), 15, 'it is moved, and pinned')
    apart = sheet.place(name)[0] - sheet.place(sheet.names[1])[0]
    assert apart > begin[0] - still[0] + 20, 'it stays where it was dropped'
    p.press('button', 'Undo')
    await_true(lambda: not sheet.line_of(name), 15, 'the move is undone')
    p.press('button', 'Redo')
    await_true(lambda: 'pos=' in sheet.line_of(name), 15, 'the move is done again')
    p.press('button', 'Unpin', within=p.find('toolbar', 'Selection'))
    await_true(lambda: 'pinned=true' not in sheet.line_of(name), 15, 'it is not pinned any more')


@needs_root
def test_renaming_hiding_and_showing(sheet):
    p, name = sheet.p, sheet.names[0]
    sheet.choose(name)
    p.key('F2')
    p.fill('Name', 'Keller <b>links</b>')
    p.key('Enter')
    sheet.await_edit('label="Keller <b>links</b>"', 'the name')
    assert p.find('button', re.compile('^Keller <b>links</b>, '))
    sheet.choose(sheet.names[1])
    p.key('h')
    await_true(lambda: 'hidden=true' in sheet.line_of(sheet.names[1]), 15, 'it is hidden')
    p.await_gone('button', re.compile(f'^{re.escape(sheet.names[1])}, '))
    p.key('z', ['Control'])
    await_true(lambda: 'hidden=true' not in sheet.line_of(sheet.names[1]), 15, 'it is shown')
    assert sheet.node(sheet.names[1])


@needs_root
def test_a_device_and_a_link_by_hand(sheet):
    p, name = sheet.p, sheet.names[0]
    p.press('button', 'Add device')
    p.press_at((1200, 780))
    dialog = p.find('dialog', 'Add device')
    p.fill('Name', '光回線', within=dialog)
    p.press('button', 'Add device', within=dialog)
    sheet.await_edit('label="光回線"', 'the device')
    p.press('button', 'Draw link')
    p.drag(sheet.place('光回線'), sheet.place(name))
    dialog = p.find('dialog', 'Draw link')
    p.fill('From port', 'ONU 1', role='combobox', within=dialog)
    p.press('button', 'Draw link', within=dialog)
    sheet.await_edit(rf'-- ?.*{sheet.ids[name]}|{sheet.ids[name]}.* -- ', 'the link')
    sheet.await_edit('a_port="ONU 1"|b_port="ONU 1"', 'its port')
    p.picture(SHOTS / 'drawn-by-hand.png')


@needs_root
def test_a_cloud_of_ones_own_folds_and_opens(sheet):
    p, members = sheet.p, sheet.names[:3]
    sheet.choose(*members)
    p.press('button', 'Make cloud', within=p.find('toolbar', 'Selection'))
    dialog = p.find('dialog', 'Make cloud')
    p.fill('Cloud name', 'Machine room', within=dialog)
    p.press('button', 'Make cloud', within=dialog)
    sheet.await_edit('Machine room', 'the cloud')
    p.press('button', re.compile('^Machine room, cloud, '))
    cloud = p.find('toolbar', 'Selection')
    folded = not p.all('button', re.compile(f'^{re.escape(members[0])}, '))
    p.press('button', 'Open cloud' if folded else 'Fold cloud', within=cloud)
    if folded:
        assert sheet.node(members[0])
    else:
        p.await_gone('button', re.compile(f'^{re.escape(members[0])}, '))
    p.picture(SHOTS / 'cloud.png')


@needs_root
def test_two_who_edit_see_each_other(sheet, people):  # noqa: F811
    add_person(sheet.station, sheet.cookie, 'ann', 'operator')
    other = sign_in(people(sheet.station, size=(1600, 1000)), 'ann')
    other.go('/maps/physical')
    name = sheet.names[0]
    there = Sheet(sheet.station, other)
    before = there.place(name)
    begin = sheet.place(name)
    sheet.p.drag(begin, (begin[0] + 100, begin[1] + 60))
    other.await_true(lambda: there.place(name)[0] > before[0] + 20, 'the other sees the move')
    other.await_text('admin')


@needs_root
def test_a_virtual_map_from_an_empty_sheet(sheet):
    p = sheet.p
    p.press('button', 'Done')
    p.go('/maps')
    p.press('button', re.compile('New map'))
    dialog = p.find('dialog')
    p.fill('Name of the map', 'branch', within=dialog)
    p.key('Enter')
    p.await_true(lambda: p.address().startswith('/maps/branch'), 'the new sheet')
    drawn = Sheet(sheet.station, p, 'branch')
    if not p.all('toolbar', 'Edit'):
        p.press('button', 'Edit')
    for n, at in (('Router', (500, 400)), ('Modem', (800, 500))):
        p.press('button', 'Add device', within=p.find('toolbar', 'Edit'))
        p.press_at(at)
        dialog = p.find('dialog', 'Add device')
        p.fill('Name', n, within=dialog)
        p.press('button', 'Add device', within=dialog)
        await_true(lambda: f'label="{n}"' in drawn.document(), 15, f'{n} in the document')
    p.picture(SHOTS / 'virtual-map.png')
