"""What the page is built of, in a real browser without a station: the morph of templates, the table, keys, dialogs."""
import contextlib
import functools
import http.server
import json
import os
import threading

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from conftest import BUILD, needs_root

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
          "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
EMPTY = (b'<!doctype html><html lang="en"><head><title>parts</title><link rel="icon" href="/icons/kind/station.svg">'
         b'<link rel="stylesheet" href="/style/tokens.css"><link rel="stylesheet" href="/style/base.css"></head>'
         b'<body><main id="main"></main></body></html>')


class Files(http.server.SimpleHTTPRequestHandler):
    """The page's files under the station's policy, and an empty sheet to try them on."""

    def do_GET(self):
        if self.path != '/sheet':
            return super().do_GET()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(EMPTY)))
        self.end_headers()
        self.wfile.write(EMPTY)

    def end_headers(self):
        self.send_header('Content-Security-Policy', POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Files, directory=str(BUILD / 'web'))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f'http://127.0.0.1:{server.server_address[1]}'
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope='module')
def browser(tmp_path_factory):
    home, before = tmp_path_factory.mktemp('browser'), os.environ.get('HOME')
    os.environ['HOME'] = str(home)
    options = Options()
    options.binary_location = '/usr/bin/chromium'
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1366,768', f'--user-data-dir={home}'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
    driver.set_script_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()
        if before is not None:
            os.environ['HOME'] = before


@pytest.fixture
def sheet(browser):
    """sheet(SCRIPT): what SCRIPT returns on an empty sheet; it may await, and has the modules html, table ..."""
    with serving() as origin:
        browser.get(origin + '/sheet')

        def run(script):
            told = browser.execute_async_script('''
                const done = arguments[arguments.length - 1];
                (async () => {
                  const [html, table, dialog, keys, texts, menu] = await Promise.all(['base/html', 'parts/table', 'parts/dialog', 'base/keys', 'base/texts', 'parts/menu'].map(m => import(`/${m}.js`)));
                  await texts.loadTexts('en');
                  const { h, render, $ } = html, main = document.getElementById('main');
                  const frame = () => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
                  %s
                })().then(value => done(JSON.stringify({ value })), error => done(JSON.stringify({ error: String(error.stack || error) })));''' % script)
            told = json.loads(told)
            assert 'error' not in told, told['error']
            return told.get('value')
        yield run
        assert not [e['message'] for e in browser.get_log('browser') if e['level'] == 'SEVERE']


pytestmark = [needs_root, pytest.mark.xdist_group('parts')]  # for a loopback of its own; one browser for all


def test_text_of_a_device_never_becomes_markup(sheet):
    made = sheet('''
        const evil = `"><img src=x onerror="window.hit = 1"><script>window.hit = 2</script>`;
        render(main, h`<p title="${evil}">${evil}</p>`);
        await frame();
        return [main.querySelectorAll('img, script').length, window.hit ?? null, main.firstElementChild.title === evil, main.textContent === evil];''')
    assert made == [0, None, True, True]


def test_what_differs_alone_is_touched(sheet):
    assert sheet('''
        const list = names => h`<ul>${names.map(n => h`<li data-key="${n}"><input aria-label="${n}" value="${n}"><b>${n}</b></li>`)}</ul>`;
        render(main, list(['a', 'b', 'c']));
        const before = Object.fromEntries([...main.querySelectorAll('li')].map(e => [e.dataset.key, e]));
        const field = before.b.querySelector('input');
        field.focus();
        field.value = 'being typed';
        field.setSelectionRange(2, 5);
        render(main, list(['c', 'x', 'b']));
        const after = [...main.querySelectorAll('li')];
        return [after.map(e => e.dataset.key), after[0] === before.c, after[2] === before.b, document.activeElement === field, field.value, field.selectionStart, field.selectionEnd];
    ''') == [['c', 'x', 'b'], True, True, True, 'being typed', 2, 5]


def test_a_field_that_nobody_edits_takes_a_new_value(sheet):
    assert sheet('''
        const form = v => h`<input name="a" value="${v}"><input name="b" type="checkbox" ${v === '2' && h`checked`}><textarea>${v}</textarea>`;
        render(main, form('1'));
        $('[name=a]').value = 'typed';
        render(main, form('1'));
        const kept = $('[name=a]').value;
        render(main, form('2'));
        return [kept, $('[name=a]').value, $('[name=b]').checked, $('textarea').value];
    ''') == ['typed', '2', True, '2']


def test_what_a_drawing_fills_is_left_alone(sheet):
    assert sheet('''
        const view = n => h`<p>${n}</p><div data-keep></div><p data-w="${n * 10}%"></p>`;
        render(main, view(1));
        main.querySelector('[data-keep]').append('drawn');
        render(main, view(2));
        return [main.querySelector('[data-keep]').textContent, main.lastElementChild.style.getPropertyValue('--w')];
    ''') == ['drawn', '20%']


def test_lists_change_in_any_way(sheet):
    """Against what a template alone would give, over many random changes."""
    assert sheet('''
        let seed = 7;
        const random = n => (seed = seed * 16807 % 2147483647) % n;
        const shape = () => Array.from({ length: random(9) }, () => random(3) ? { key: 'k' + random(12) } : { text: 'plain ' + random(5), tag: random(2) });
        const once = list => list.filter((x, i) => !x.key || list.findIndex(y => y.key === x.key) === i);
        const view = list => h`<div>${list.map(x => x.key ? h`<i data-key="${x.key}">${x.key}</i>` : x.tag ? h`<b>${x.text}</b>` : h`<u>${x.text}</u>`)}</div>`;
        for (let i = 0; i < 400; i++) {
          const list = once(shape());
          render(main, view(list));
          const wanted = document.createElement('template');
          wanted.innerHTML = String(view(list));
          if (main.innerHTML !== wanted.innerHTML) return [i, main.innerHTML, wanted.innerHTML];
        }
        return 'same';
    ''') == 'same'


TABLE = '''
    const box = document.createElement('div'), scroll = document.createElement('div');
    scroll.style.setProperty('height', '400px');
    scroll.style.setProperty('overflow', 'auto');
    scroll.append(box);
    main.append(scroll);
    const opened = [], rows = Array.from({ length: 10000 }, (_, i) => ({ id: 'sw-' + i, n: (i * 7919) % 10000 }));
    const list = table.table(box, { columns: [{ id: 'id', label: 'Name' }, { id: 'n', label: 'Number', num: true, first: 'down' }], key: r => r.id, label: 'Devices', sort: 'id', onOpen: r => opened.push(r.id) });
    list.rows(rows);
    const shown = () => [...box.querySelectorAll('tr[data-row]')].map(e => e.dataset.row);
'''


def test_ten_thousand_rows_cost_what_fifty_cost(sheet):
    drawn, first, height, after, middle = sheet(TABLE + '''
        const drawn = shown().length, first = shown()[0], height = scroll.scrollHeight;
        scroll.scrollTop = 150000;
        await frame();
        await frame();
        return [drawn, first, height, shown().length, shown()];''')
    assert drawn < 120 and after < 120
    assert first == 'sw-0'
    assert 290000 < height < 320000, 'the whole can be scrolled'
    assert 'sw-5000' in middle


def test_a_table_sorts_by_its_heads_and_says_so(sheet):
    assert sheet(TABLE + '''
        box.querySelector('[data-sort=n]').click();
        const down = [shown()[0], rows.find(r => r.id === shown()[0]).n, box.querySelectorAll('th')[1].getAttribute('aria-sort')];
        box.querySelector('[data-sort=n]').click();
        return [down.slice(1), rows.find(r => r.id === shown()[0]).n, box.querySelectorAll('th')[1].getAttribute('aria-sort'), box.querySelector('table').getAttribute('aria-rowcount')];
    ''') == [[9999, 'descending'], 0, 'ascending', '10001']


def test_keys_lead_through_a_table(sheet):
    assert sheet(TABLE + '''
        const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        box.querySelector('tr[tabindex="0"]').focus();
        press('ArrowDown');
        press('ArrowDown');
        const third = document.activeElement.dataset.row;
        press('End');
        await frame();
        const last = document.activeElement.dataset.row;
        press('Enter');
        return [third, last, opened];
    ''') == ['sw-2', 'sw-9999', ['sw-9999']]


def test_single_keys_sleep_while_a_field_has_focus(sheet):
    assert sheet('''
        const hit = [], ended = new AbortController();
        keys.keys.on(ended.signal, 'everywhere', { t: [() => hit.push('t'), 'theme'], 'g d': [() => hit.push('g d'), 'nav.devices'], 'Ctrl+z': [() => hit.push('undo'), 'undo'] });
        keys.keys.start();
        const press = (key, more = {}, at = document.body) => at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
        render(main, h`<input aria-label="Filter">`);
        press('t');
        press('T');
        press('g');
        press('d');
        press('z', { ctrlKey: true });
        press('t', {}, $('input'));
        keys.keys.switch(false);
        press('t');
        keys.keys.switch(true);
        ended.abort();
        press('t');
        return hit;
    ''') == ['t', 't', 'g d', 'undo']


def test_a_dialog_shows_what_was_refused_and_stays(sheet):
    assert sheet('''
        let tries = 0;
        const answer = dialog.dialog({ title: 'Make cloud', body: dialog.field({ label: 'Cloud name', name: 'name', value: 'Lyon' }), actions: [{ name: 'go', label: 'Make cloud', primary: true }],
          send: async v => { if (++tries === 1) throw Object.assign(new Error('x'), { detail: 'There is one of this name.', remedy: '' }); return v.name + '!'; } });
        const box = $('dialog'), said = [box.open, document.getElementById(box.getAttribute('aria-labelledby')).textContent, document.activeElement.name];
        box.querySelector('[data-action=go]').click();
        await frame();
        await frame();
        said.push(box.open, box.querySelector('[role=alert]').textContent.includes('There is one of this name.'));
        box.querySelector('[data-action=go]').click();
        const { action, values, result } = await answer;
        return [...said, action, values.name, result, document.querySelector('dialog')];
    ''') == [True, 'Make cloud', 'name', True, True, 'go', 'Lyon', 'Lyon!', None]


def test_a_menu_is_led_through_by_keys(sheet):
    assert sheet('''
        const done = [];
        render(main, h`<button>Export</button>`);
        const button = $('button');
        menu.menuButton(button, [{ label: 'SVG', act: () => done.push('svg') }, '-', { label: 'PNG', act: () => done.push('png') }]);
        const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const first = document.activeElement.textContent;
        press('ArrowDown');
        const second = document.activeElement.textContent;
        document.activeElement.click();
        return [first, second, done, button.getAttribute('aria-expanded'), document.activeElement === button, $('.menu')];
    ''') == ['SVG', 'PNG', ['png'], 'false', True, None]
