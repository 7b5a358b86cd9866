"""A map is edited with mouse and keyboard; what was meant stands in its document."""
import json
import pathlib
import re
import struct
import xml.etree.ElementTree as ElementTree

import pytest
from browsers import (SHOTS, add_person, ask, browser_home, people, shared_network, sign_in,  # noqa: F401 (fixtures)
                      sign_in_by_api)
from conftest import await_true, needs_root

pytestmark = [pytest.mark.long, pytest.mark.xdist_group('editing')]  # one station for all

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


    def shown(self):
        """Nodes as the station has them, by name."""
        return {n['name']: n for n in self.station.ask('maps', self.name)['nodes']}

    def undo_all(self, *cookies):
        for cookie in cookies:
            while ask(self.station, 'PATCH', f'maps/{self.name}', [{'op': 'undo'}], cookie)[0] == 200:
                pass

    def make_cloud(self, name, *members, inside=None):
        p = self.p
        self.choose(*members)
        p.press('button', 'Make cloud', within=p.find('toolbar', 'Selection'))
        dialog = p.find('dialog', 'Make cloud')
        p.fill('Cloud name', name, within=dialog)
        if inside:
            p.pick('Inside', inside, within=dialog)
        p.press('button', 'Make cloud', within=dialog)
        p.await_gone('dialog')
        self.await_edit(re.escape(name), 'the cloud')

    def await_shown(self, condition, what):
        def holds():
            try:
                return condition(self.shown())
            except KeyError:  # somebody is not shown yet
                return False
        return await_true(holds, 15, what)


@pytest.fixture(scope='module')
def ring(programs, shared_place):
    """One station for all of this file: what a test does to its map is taken back."""
    with shared_network(programs, shared_place, ('--network', 'ring', '--devices', '8')) as (station, farm, cookie):
        add_person(station, cookie, 'ann', 'operator')
        station.farm, station.cookie, station.anns = farm, cookie, sign_in_by_api(station, 'ann')
        yield station


@pytest.fixture
def sheet(ring, people):  # noqa: F811
    s = ring
    p = sign_in(people(s, size=(1600, 1000)))
    p.go('/maps/physical')
    names = sorted(s.devices())
    p.await_true(lambda: all(p.all('button', re.compile(f'^{re.escape(n)}, ')) for n in names), 'every device on the map')
    p.press('button', 'Edit')
    p.find('toolbar', 'Edit')
    made = Sheet(s, p)
    made.names, made.cookie = names, s.cookie
    yield made
    made.undo_all(s.cookie, s.anns)


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


@needs_root
def test_a_cloud_within_a_cloud_and_both_gone_again(sheet):
    p, names = sheet.p, sheet.names
    sheet.make_cloud('Room', names[0])
    sheet.await_shown(lambda n: n['Room']['kind'] == 'cloud' and n[names[0]]['cloud'] == n['Room']['id'], 'its member')
    if not p.all('button', re.compile(f'^{re.escape(names[0])}, ')):
        p.press('button', re.compile('^Room, cloud, '))
        p.press('button', 'Open cloud', within=p.find('toolbar', 'Selection'))
    sheet.make_cloud('Shelf', names[1], names[2], inside='Room')
    sheet.await_shown(lambda n: n['Shelf']['cloud'] == n['Room']['id'] and n[names[1]]['cloud'] == n['Shelf']['id'], 'one inside the other')
    sheet.await_edit('Shelf.*Room|Room.*Shelf', 'both')
    p.picture(SHOTS / 'nested-clouds.png')
    p.press('button', 'Undo')
    sheet.await_shown(lambda n: 'Shelf' not in n and 'Room' in n, 'the inner one is undone')
    p.press('button', 'Redo')
    sheet.await_shown(lambda n: n.get('Shelf', {}).get('cloud') == n['Room']['id'], 'it is there again, in its place')
    p.press('button', re.compile('^Shelf, cloud, '))
    p.press('button', 'Dissolve cloud', within=p.find('toolbar', 'Selection'))
    sheet.await_shown(lambda n: 'Shelf' not in n and n[names[1]].get('cloud') == n['Room']['id'], 'its members are of the outer one')
    sheet.await_edit('Shelf', 'the cloud', gone=True)
    assert sheet.node(names[1])


@needs_root
def test_attributes_binding_and_removing(sheet):
    p, name = sheet.p, sheet.names[3]
    p.press('button', 'Add device')
    p.press_at((1200, 780))
    dialog = p.find('dialog', 'Add device')
    p.fill('Name', 'Modem', within=dialog)
    p.press('button', 'Add device', within=dialog)
    sheet.await_edit('label="?Modem', 'the device')
    selection = p.find('toolbar', 'Selection')

    def change(field, value, role='textbox'):
        sheet.choose('Modem')
        p.press('button', 'Attributes…', within=selection)
        form = p.find('dialog', 'Attributes…')
        p.fill(field, value, role=role, within=form)
        p.press('button', 'Save', within=form)
        p.await_gone('dialog')
    change('Address', '192.0.2.77')
    sheet.await_edit('192\\.0\\.2\\.77', 'its address')
    change('Bind to', name, role='combobox')
    sheet.await_shown(lambda n: n['Modem'].get('bound') == sheet.ids[name], 'it is bound')
    sheet.await_edit(sheet.ids[name], 'the device that it is')
    p.press('button', 'Undo')
    sheet.await_shown(lambda n: not n['Modem'].get('bound'), 'it is not bound any more')
    p.press('button', 'Redo')
    sheet.await_shown(lambda n: n['Modem'].get('bound'), 'it is bound again')
    change('Bind to', '', role='combobox')
    sheet.await_shown(lambda n: not n['Modem'].get('bound'), 'it is unbound by hand')
    sheet.choose('Modem')
    p.press('button', 'Remove', within=selection)
    sheet.await_shown(lambda n: 'Modem' not in n, 'it is removed')
    sheet.await_edit('Modem', 'the device', gone=True)
    p.press('button', 'Undo')
    sheet.await_shown(lambda n: 'Modem' in n, 'it is there again')


@needs_root
def test_each_export_is_a_file_of_its_kind(sheet, browser_home):  # noqa: F811
    p, names = sheet.p, sheet.names
    folder = pathlib.Path(browser_home.home) / 'exports'
    folder.mkdir()
    p.saves_to(folder)

    def export(label, ending):
        p.press('button', 'Export')
        p.press('menuitem', label)
        path = folder / f'physical.{ending}'
        return await_true(lambda: path.exists() and path.stat().st_size > 0 and not list(folder.glob('*.crdownload')) and path.read_bytes(), 30, f'{label} is saved')
    svg = ElementTree.fromstring(export('SVG', 'svg'))
    written = ' '.join(svg.itertext())
    assert svg.tag.endswith('svg') and all(n in written for n in names), written
    png = export('PNG', 'png')
    assert png.startswith(b'\x89PNG\r\n\x1a\n') and min(struct.unpack('>II', png[16:24])) > 100 and png.rstrip().endswith(b'IEND\xaeB`\x82')
    pdf = export('PDF', 'pdf')
    assert pdf.startswith(b'%PDF-') and pdf.rstrip().endswith(b'%%EOF')
    dot = export('DOT (Graphviz)', 'gv').decode()
    assert dot.lstrip().startswith(('graph', 'strict graph', '//', '/*')) and all(n in dot for n in names)
    graph = ElementTree.fromstring(export('GraphML', 'graphml'))
    nodes = [e for e in graph.iter() if e.tag.endswith('}node') or e.tag == 'node']
    assert len(nodes) >= len(names), len(nodes)
    told = json.loads(export('JSON', 'json'))
    assert set(names) <= {n['name'] for n in told['nodes']} and told['links']


@needs_root
def test_a_dropped_file_becomes_a_map(sheet, place):
    p = sheet.p
    path = place / 'branch office.gv'
    path.write_text('graph office {\n  gate [kind=firewall, label="Gate"];\n  desk [kind=switch, label="Desk 1"];\n  gate -- desk [a_port=eth1];\n}\n')
    path.chmod(0o644)
    p.drop_file(path, (800, 600))
    dialog = p.find('dialog', 'Import branch office.gv')
    p.press('button', 'Import', within=dialog)
    p.await_true(lambda: p.address().startswith('/maps/branch-office'), 'the map that it became')
    drawn = Sheet(sheet.station, p, 'branch-office')
    await_true(lambda: drawn.document().count('Gate') and {'Gate', 'Desk 1'} <= set(drawn.shown()), 15, 'its document')
    assert drawn.shown()['Gate']['kind'] == 'firewall'
    assert drawn.node('Gate') and drawn.node('Desk 1')


@needs_root
def test_a_device_is_silenced_from_the_drawer(sheet):
    p, s, name = sheet.p, sheet.station, sheet.names[6]
    p.press('button', 'Done')
    sheet.choose(name)
    p.press('button', 'Silence…', within=p.find('complementary', name))
    dialog = p.find('dialog', 'Silence')
    assert p.value_of(p.find('textbox', 'What', dialog)) == name
    p.fill('Why', 'a new cable', within=dialog)
    p.press('button', 'Silence', within=dialog)
    await_true(lambda: [(x['object'], x['text'], x['who']) for x in s.ask('silences')['silences']] == [(name, 'a new cable', 'admin')], 15, 'the silence')
    p.press('button', 'Undo')
    await_true(lambda: not s.ask('silences')['silences'], 15, 'the silence is taken back')


@needs_root
def test_what_was_edited_without_contact_is_sent_later(sheet):
    p, name = sheet.p, sheet.names[4]
    p.offline(True)
    sheet.choose(name)
    p.key('F2')
    p.fill('Name', 'Written in the dark')
    p.key('Enter')
    p.await_text('Waiting for contact')
    assert 'Written in the dark' not in sheet.document()
    p.offline(False)
    sheet.await_edit('Written in the dark', 'the name')
    p.await_true(lambda: 'Waiting for contact' not in p.text(), 'that nothing waits')


@needs_root
def test_what_is_not_hidden_yet_is_not_told_to_be(sheet):
    p, name = sheet.p, sheet.names[3]
    p.offline(True)
    sheet.choose(name)
    p.key('h')
    p.await_text('Waiting for contact')
    assert f'{name} is hidden' not in p.text()
    p.offline(False)
    await_true(lambda: 'hidden=true' in sheet.line_of(name), 30, 'it is hidden')


@needs_root
@pytest.mark.parametrize('choice, kept', [('Keep mine', 'Mine'), ('Take theirs', 'Theirs')])
def test_two_names_for_one_thing_are_put_to_a_choice(sheet, choice, kept):
    p, name, s = sheet.p, sheet.names[5], sheet.station
    p.offline(True)
    sheet.choose(name)
    p.key('F2')
    p.fill('Name', 'Mine')
    p.key('Enter')
    p.await_text('Waiting for contact')
    assert ask(s, 'PATCH', 'maps/physical', [{'op': 'rename', 'id': sheet.ids[name], 'text': 'Theirs'}], s.anns)[0] == 200
    p.expected.append('409')
    p.offline(False)
    dialog = p.find('dialog', 'Changed by someone else', limit_s=30)
    text = p.text()
    assert 'ann' in text and 'Mine' in text and 'Theirs' in text
    assert 'Theirs' in sheet.edits() and 'Mine' not in sheet.edits(), 'nothing is overwritten before the choice'
    p.press('button', choice, within=dialog)
    p.await_gone('dialog')
    sheet.await_edit(f'{kept}', 'what was chosen')
    sheet.await_shown(lambda n: kept in n, 'what was chosen')
    # Hers stays in the history, whatever was chosen.
    assert any(e['op'] == 'rename' and e['who'] == 'ann' and 'Theirs' in e['text'] for e in s.ask('maps', 'physical', 'edits')['edits'])


@needs_root
def test_what_is_acknowledged_beside_the_map(ring, people):  # noqa: F811
    """A port that leads to another switch goes down: whoever looks after it says so where it is seen."""
    s = ring
    link = next(r for r in s.table('links') if r['kind'] == 'p2p' and r['state'] == 'confirmed' and r['layer'] == '2')
    agent = next(d['addresses'].split(',')[0] for d in s.farm.table('devices') if d['name'] == link['a_name'])
    ends = link['a_name'], link['b_name']
    for end in ends:
        s.cli('poll', end)
    await_true(lambda: all(s.polls()[end] > 0 for end in ends), 30, 'both were seen up')
    p = sign_in(people(s))
    s.farm.tell(f'cut {agent} {link["a_port"]}')
    for end in ends:
        s.cli('poll', end)
    alert = await_true(lambda: next((a for a in s.ask('alerts')['alerts'] if a['type'] == 'port.down'), None), 30, 'the alert')
    p.go('/maps/physical?sel=' + alert['device'])
    p.press('button', 'Acknowledge', p.find('complementary', alert['device']))
    await_true(lambda: s.ask('alerts', str(alert['id'])).get('acknowledged', {}).get('who') == 'admin', 15, 'that it is acknowledged')
    beside = p.find('complementary', alert['device'])
    p.await_gone('button', 'Acknowledge', beside)
    p.await_text('Acknowledged: admin')
    s.farm.tell(f'heal {agent} {link["a_port"]}')


@needs_root
def test_nothing_moves_for_who_asked_for_less_motion(ring, people):  # noqa: F811
    """No animation and no transition runs, and the map is where it was told to be with the next frame."""
    p = people(ring)  # who asked, as all of these people do
    p.cdp('Page.addScriptToEvaluateOnNewDocument', source="""
        window.moved = [];
        for (const type of ['transitionrun', 'animationstart']) addEventListener(type, e => window.moved.push([type, e.propertyName || e.animationName, e.target.className]), true);""")
    sign_in(p)
    name = sorted(ring.devices())[0]
    p.go('/maps/physical')
    zooms = lambda act: p.driver.execute_async_script("""
        const done = arguments[0], camera = document.querySelector('.view').map.stage.camera, seen = new Set([camera.zoom]), end = performance.now() + 400;
        """ + act + """
        const look = () => { seen.add(camera.zoom); performance.now() < end ? requestAnimationFrame(look) : done(seen.size); };
        requestAnimationFrame(look);""")
    p.find('button', re.compile(f'^{re.escape(name)}, '))
    assert zooms("document.querySelector('[data-act=zoom-in]').click();") == 2
    assert zooms("document.querySelector('[data-act=fit]').click();") == 2
    p.press('button', re.compile(f'^{re.escape(name)}, '))
    p.find('complementary', name)
    p.key('t')
    for view in ('/discovery', '/alerts', f'/devices/{name}'):
        p.go(view)
        p.await_true(lambda: not p.driver.execute_script('return document.querySelector("main .loading")'), view)
        assert p.driver.execute_script('return [...window.moved, ...document.getAnimations().map(a => a.animationName)]') == []


# Names, loads, ports and titles of clouds as they are drawn, at many zooms: which of them cover each other.
COVERED = """
const stage = document.querySelector('.view').map.stage, found = [];
for (let zoom = 0.06; zoom < 6; zoom *= 1.35) {
  stage.camera.set(0, 0, zoom);
  stage.commit();
  stage.redraw();
  const { names, pills, ports, titles } = stage.paper.names;
  const all = [...names.values(), ...ports, ...titles].map(p => p.box).concat(pills.map(p => ({ x1: p.at.x - p.w / 2, x2: p.at.x + p.w / 2, y1: p.at.y - p.h / 2, y2: p.at.y + p.h / 2 })));
  all.forEach((a, i) => all.slice(i + 1).forEach(b => { if (a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2) found.push([zoom, a, b]); }));
}
return [stage.paper.names.names.size, found];
"""


@needs_root
def test_labels_cover_each_other_at_no_zoom(ring, people):  # noqa: F811
    p = sign_in(people(ring))
    p.go('/maps/physical')
    p.find('button', re.compile(f'^{re.escape(sorted(ring.devices())[0])}, '))
    named, covered = p.driver.execute_script(COVERED)
    assert named >= 8 and not covered, covered[:3]
