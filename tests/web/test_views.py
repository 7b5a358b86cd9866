"""Every view, as people of three languages see it by day and by night; what changes, roles, and what devices may not do."""
import re
from urllib.parse import quote

import access
import pytest
from browsers import SHOTS, add_person, ask, browser_home, enrol, people, shared_network, sign_in  # noqa: F401 (fixtures)
from conftest import await_true, farm_config, needs_root

QUIET = 'notifications: {listen: []}\nagentx: {master: ""}\n'
VIEWS = ('/maps', '/maps/physical', '/devices', '/devices/{device}', '/devices/{device}/interfaces',
         '/devices/{device}/neighbors', '/devices/{device}/sensors', '/devices/{device}/mib', '/graphs', '/alerts',
         '/events', '/risk', '/discovery', '/settings/credentials', '/settings/people', '/settings/receivers',
         '/settings/rules', '/settings/ports', '/settings/sites', '/settings/silences', '/settings/audit', '/settings/station', '/wall/physical')


NETWORK = ('--network', 'campus', '--devices', '24', '--waves')
SHARED = pytest.mark.xdist_group('views')


@pytest.fixture(scope='module')
def shared_campus(programs, shared_place):
    """For those who only look."""
    with shared_network(programs, shared_place, NETWORK) as (station, farm, cookie):
        station.farm, station.cookie = farm, cookie
        yield station


@pytest.fixture
def campus(station, farm):
    f = farm(*NETWORK)
    s = station(farm_config(f, every='10s', extra=QUIET))
    s.farm, s.cookie = f, enrol(s)
    s.discover()
    return s


@SHARED
@pytest.mark.long
@needs_root
@pytest.mark.parametrize('language, dark, size', [('en', False, (1366, 768)), ('zh', True, (1366, 768)),
                                                  ('ja', False, (1920, 1080))])
def test_every_view_reads_and_is_reached(shared_campus, people, language, dark, size):  # noqa: F811
    campus = shared_campus
    assert ask(campus, 'PATCH', 'session', {'language': language}, campus.cookie)[0] == 200
    p = sign_in(people(campus, dark=dark, size=size))
    p.await_true(lambda: p.driver.execute_script('return document.documentElement.lang') == language, 'the language')
    device = sorted(campus.devices())[0]
    for n, view in enumerate(VIEWS):
        p.go(view.format(device=device))
        p.await_true(lambda: p.driver.execute_script(
            'return document.readyState === "complete" && document.querySelector("main .view > *") !== null &&'
            ' !document.querySelector("main .loading") && document.querySelector("main").innerText.trim().length > 20'), f'{view} is drawn')
        assert not p.all('alert', re.compile('.')), (view, p.names('alert'))
        wide = p.driver.execute_script('return document.documentElement.scrollWidth - innerWidth')
        assert wide <= 0, f'{view} is {wide} pixels too wide'
        kept_out = {'faint': access.faint_texts(p), 'nameless': access.nameless(p), 'focus unseen': access.unseen_focus(p)}
        assert not any(kept_out.values()), (view, kept_out)
        name = view.replace('{device}', 'device').strip('/').replace('/', '-')
        p.picture(SHOTS / f'{n:02}-{name}-{language}-{"dark" if dark else "light"}-{size[0]}.png')


@needs_root
def test_a_cut_cable_is_seen_without_a_click(campus, people):  # noqa: F811
    link = next(r for r in campus.table('links') if r['kind'] == 'p2p' and r['state'] == 'confirmed' and r['layer'] == '2')
    p = sign_in(people(campus, size=(1920, 1080)))
    p.go('/maps/physical')
    p.press('tab', 'Spanning tree')
    p.find('button', re.compile('Root FWD'))
    p.press('tab', 'Physical')
    p.await_gone('button', re.compile('Root FWD'))
    ends = re.compile(f'^{re.escape(link["a_name"])} {re.escape(link["a_port"])} – {re.escape(link["b_name"])} .*, Up')
    p.find('button', ends)
    agent = next(d['addresses'].split(',')[0] for d in campus.farm.table('devices') if d['name'] == link['a_name'])
    campus.farm.tell(f'cut {agent} {link["a_port"]}')
    campus.cli('poll', link['a_name'])
    p.find('button', re.compile(ends.pattern.replace('Up', 'Down')), limit_s=30)
    p.picture(SHOTS / 'cable-cut.png')


@needs_root
def test_new_causes_are_told_where_somebody_wants_it(campus, people):  # noqa: F811
    """By a sound and a notice of the desktop, once they are asked for; not before."""
    p = people(campus)
    p.cdp('Browser.grantPermissions', origin=p.origin, permissions=['notifications'])
    # What the desktop and the loudspeaker would get is kept: nobody is there.
    p.cdp('Page.addScriptToEvaluateOnNewDocument', source="""
        window.told = []; window.heard = 0;
        window.Notification = class { static permission = 'granted'; static requestPermission() { return Promise.resolve('granted'); }
            constructor(title, options) { window.told.push([title, options.body]); } close() {} };
        const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () { window.heard++; return make.call(this); };""")
    sign_in(p)
    p.go('/alerts')
    told = lambda: p.driver.execute_script('return window.told')
    kinds = {name: d['kind'] for name, d in campus.devices().items()}
    trunk = lambda link: {kinds.get(link['a_name']), kinds.get(link['b_name'])} <= {'switch', 'l3switch', 'router'}
    cut = [link for link in campus.table('links')
           if link['kind'] == 'p2p' and link['state'] == 'confirmed' and link['layer'] == '2' and trunk(link)][:2]
    agent = {d['name']: d['addresses'].split(',')[0] for d in campus.farm.table('devices')}
    p.find('status', re.compile('^Live'))

    def take_out(link):
        campus.farm.tell(f'cut {agent[link["a_name"]]} {link["a_port"]}')
        for end in ('a_name', 'b_name'):
            campus.cli('poll', link[end])
    take_out(cut[0])
    p.find('row', re.compile('is down'), limit_s=30)
    assert told() == [], 'nobody asked for it'
    for item in ('Sound for new causes', 'Notice on the desktop'):
        p.press('button', 'Tell me')
        p.press('menuitemcheckbox', item)
    heard = p.driver.execute_script('return window.heard')
    take_out(cut[1])
    p.await_true(lambda: any(cut[1][end] in text for text, _ in told() for end in ('a_name', 'b_name')), 'the notice', 30)
    assert p.driver.execute_script('return window.heard') > heard


@pytest.mark.long
@needs_root
def test_a_wall_outlives_its_station(campus, people):  # noqa: F811
    """It says that what it shows is old, goes on showing it, and is live again by itself."""
    p = sign_in(people(campus, size=(1920, 1080)))
    p.expected += ['ERR_CONNECTION_REFUSED', 'ERR_INCOMPLETE_CHUNKED_ENCODING', 'ERR_CONNECTION_RESET', 'ERR_EMPTY_RESPONSE']
    p.go('/wall/physical,+alerts?every=5')
    p.find('status', re.compile('^Live'))
    p.await_text('Busiest links', 60)
    assert campus.stop() == 0
    p.await_text('No contact with the station since')
    assert p.text().count('No contact with the station') == 1 and 'did not work' not in p.text()
    p.picture(SHOTS / 'wall-stale.png')
    campus.start()
    p.find('status', re.compile('^Live'), limit_s=40)
    p.await_true(lambda: 'No contact' not in p.text(), 'that nothing is said of it any more')


@SHARED
@needs_root
def test_what_could_not_be_asked_is_not_told_as_well(shared_campus, people):  # noqa: F811
    assert ask(shared_campus, 'PATCH', 'session', {'language': 'en'}, shared_campus.cookie)[0] == 200
    p = sign_in(people(shared_campus))
    p.expected += ['ERR_BLOCKED_BY_CLIENT', 'ERR_FAILED']
    p.cdp('Network.enable')
    p.cdp('Network.setBlockedURLs', urls=['*/api/v1/alerts?*'])
    p.go('/alerts')
    p.find('button', 'Retry')
    p.find('button', re.compile('^Open –'))
    p.go('/wall/+alerts')
    p.await_text('Not known yet')
    assert 'No alerts' not in p.text()
    p.cdp('Network.setBlockedURLs', urls=[])
    p.await_true(lambda: 'Not known yet' not in p.text(), 'alerts that are had')


@SHARED
@needs_root
def test_who_only_looks_is_offered_no_changes(shared_campus, people):  # noqa: F811
    campus = shared_campus
    add_person(campus, campus.cookie, 'vera', 'viewer')
    p = sign_in(people(campus), 'vera')
    p.go('/maps/physical')
    p.find('application')
    assert not p.all('button', 'Edit')
    p.key('e')
    assert not p.all('toolbar', 'Edit')
    p.go('/devices/' + sorted(campus.devices())[0])
    p.find('tab', 'Interfaces') if p.all('tablist') else p.find('link', 'Interfaces')
    assert not p.all('button', 'Poll now')


@needs_root
def test_text_from_devices_is_never_markup(station, farm, place, people):  # noqa: F811
    evil = '<img src=x onerror="document.title=\'taken\'"><script>window.taken=1</script>'
    text = ''.join(f'{oid}|{kind}|{value}\n' for oid, kind, value in (
        ('1.3.6.1.2.1.1.1.0', 4, 'Linux ' + evil), ('1.3.6.1.2.1.1.2.0', 6, '1.3.6.1.4.1.8072.3.2.10'),
        ('1.3.6.1.2.1.1.3.0', 67, 4242), ('1.3.6.1.2.1.1.5.0', 4, 'a' + evil), ('1.3.6.1.2.1.1.6.0', 4, evil),
        ('1.3.6.1.2.1.2.1.0', 2, 1), ('1.3.6.1.2.1.2.2.1.1.1', 2, 1), ('1.3.6.1.2.1.2.2.1.2.1', 4, 'eth0' + evil),
        ('1.3.6.1.2.1.2.2.1.3.1', 2, 6), ('1.3.6.1.2.1.2.2.1.5.1', 66, 1000000000), ('1.3.6.1.2.1.2.2.1.7.1', 2, 1),
        ('1.3.6.1.2.1.2.2.1.8.1', 2, 1), ('1.3.6.1.2.1.2.2.1.10.1', 65, 1), ('1.3.6.1.2.1.31.1.1.1.1.1', 4, 'e"\'>' + evil),
        ('1.3.6.1.2.1.31.1.1.1.18.1', 4, evil)))
    (place / 'recordings').mkdir()
    (place / 'recordings' / 'evil.snmprec').write_text(text)
    f = farm('--replay', place / 'recordings')
    s = station(farm_config(f, extra=QUIET))
    enrol(s)
    s.discover()
    name = await_true(lambda: list(s.devices()), 30, 'the device')[0]
    p = sign_in(people(s))
    for view in ('/devices', f'/devices/{quote(name, safe="")}', f'/devices/{quote(name, safe="")}/interfaces', '/maps/physical',
                 '/discovery', '/risk'):
        p.go(view)
        if view == '/maps/physical':
            p.find('button', re.compile('^a<img'))
        else:
            p.await_text('onerror')
        assert p.driver.execute_script('return window.taken === undefined && document.title !== "taken" &&'
                                       ' !document.querySelector("main img[src=x], main script")'), view


@needs_root
def test_ten_pages_of_one_browser_all_live(campus, people):  # noqa: F811
    """A browser has six connections to one station."""
    p = sign_in(people(campus))
    pages = [p.driver.current_window_handle]
    for _ in range(9):
        p.driver.switch_to.new_window('tab')
        pages.append(p.driver.current_window_handle)
        p.go('/devices')
        p.find('status', re.compile('^Live'))
    name = sorted(campus.devices())[0]
    p.driver.switch_to.window(pages[0])
    p.driver.close()  # the one that read the stream
    campus.cli('remove', name)
    for page in pages[1:]:
        p.driver.switch_to.window(page)
        p.await_true(lambda: name not in p.text(), 'that what was removed is not in the list')
