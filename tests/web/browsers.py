"""Stations that a person looks at in a real browser."""
import contextlib
import http.client
import json
import os
import tempfile

import pytest
from person import Person, fit, leave, open_browser
from selenium.common.exceptions import WebDriverException

from conftest import BUILD, Farm, Station, await_true, farm_config

SHOTS = BUILD / 'shots'
PASSWORD = 'a sea chart of my own'


def origin_of(station):
    return f'http://{station.listen}'


def ask(station, method, path, body=None, cookie=None):
    """Status, cookie and JSON, as the page asks."""
    connection = http.client.HTTPConnection(station.listen, timeout=30)
    headers = {'Content-Type': 'application/json', 'X-Portolan': 'page', 'Origin': origin_of(station)}
    try:
        connection.request(method, '/api/v1/' + path, json.dumps(body) if body is not None else None,
                           {**headers, **({'Cookie': cookie} if cookie else {})})
        answer = connection.getresponse()
        text, made = answer.read(), answer.getheader('Set-Cookie')
    finally:
        connection.close()
    return answer.status, made.split(';')[0] if made else None, json.loads(text) if text.startswith((b'{', b'[')) else text


def first_password(station):
    path = station.data / 'first-password'
    await_true(lambda: path.exists() and path.read_text().strip(), 30, 'the one-time password')
    return path.read_text().strip()


def enrol(station, name='admin', role='administrator'):
    """A person with a password of their own; the cookie of a session."""
    once = first_password(station)
    status, cookie, told = ask(station, 'POST', 'session', {'user': 'admin', 'password': once})
    assert status == 200, told
    status, made, told = ask(station, 'POST', 'session/password', {'old': once, 'new': PASSWORD}, cookie)
    assert status == 200, told
    return made or cookie


def add_person(station, cookie, name, role):
    status, _, told = ask(station, 'POST', 'users', {'name': name, 'role': role, 'password': PASSWORD, 'must_change': False}, cookie)
    assert status in (200, 201), told


def sign_in_by_api(station, name):
    """The cookie of a session."""
    status, cookie, told = ask(station, 'POST', 'session', {'user': name, 'password': PASSWORD})
    assert status == 200, told
    return cookie


@contextlib.contextmanager
def shared_network(programs, place, options, extra='', every='60s'):
    """A station that has discovered a farm, for all tests of a file: (station, farm, cookie of its administrator)."""
    farm = Farm(programs, place, *options)
    station = None
    try:
        station = Station(programs, place, farm_config(farm, every=every, extra=f'notifications: {{listen: []}}\nagentx: {{master: ""}}\n{extra}'))
        cookie = enrol(station)
        station.discover()
        yield station, farm, cookie
    finally:
        code = station.stop() if station else 0
        farm.stop()
    assert code == 0, station.text()[-4000:]


class Browsers:
    """Browsers that nobody uses at the moment; opening one takes longer than many a test."""

    def __init__(self, home):
        self.home, self.left = home, []

    def take(self):
        return self.left.pop() if self.left else open_browser(tempfile.mkdtemp(dir=self.home))

    def give_back(self, driver, origin):
        try:
            leave(driver, origin)
            self.left.append(driver)
        except WebDriverException:  # as some are after a failure
            driver.quit()


@pytest.fixture(scope='session')
def browser_home():
    """Whatever browsers keep is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix='portolan-browser-', ignore_cleanup_errors=True) as path:
        before = os.environ.get('HOME')
        os.environ['HOME'] = path
        browsers = Browsers(path)
        yield browsers
        for driver in browsers.left:
            driver.quit()
        if before is not None:
            os.environ['HOME'] = before


@pytest.fixture
def people(browser_home):
    """people(station, ...): somebody with a browser of their own. In the end none
    heard of an error on the console, nor asked another origin."""
    opened = []

    def make(station, **seen):
        driver = browser_home.take()
        fit(driver, **seen)
        person = Person(driver, origin_of(station))
        opened.append(person)
        return person
    yield make
    told = []
    for person in opened:
        told += [e['message'] for e in person.console() if not person.expects(e['message'])]
        told += [u for u in person.requests() if not u.startswith((person.origin, 'data:', 'blob:', 'chrome:', 'about:'))]
        browser_home.give_back(person.driver, person.origin)
    assert not told, told


def sign_in(person, user='admin', password=PASSWORD):
    person.go('/login')
    person.fill('User name', user)
    person.fill('Password', password)
    person.press('button', 'Sign in')
    person.find('navigation')
    return person
