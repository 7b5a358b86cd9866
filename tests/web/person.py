"""A person at the page: knows only roles and names that are seen or read aloud.

Finds things in the accessibility tree of a real browser and acts with the mouse
and the keyboard where they are on the screen: what is covered, or has no name,
cannot be used.
"""
import base64
import json
import re
import threading
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

KEYS = {  # name: (code, virtual key, text)
    'Enter': ('Enter', 13, '\r'), 'Escape': ('Escape', 27, ''), 'Tab': ('Tab', 9, ''), 'Delete': ('Delete', 46, ''),
    'Backspace': ('Backspace', 8, ''), 'F2': ('F2', 113, ''), 'End': ('End', 35, ''), 'Home': ('Home', 36, ''),
    'ArrowLeft': ('ArrowLeft', 37, ''), 'ArrowUp': ('ArrowUp', 38, ''), 'ArrowRight': ('ArrowRight', 39, ''),
    'ArrowDown': ('ArrowDown', 40, ''), ' ': ('Space', 32, ' ')}
MODIFIERS = {'Alt': 1, 'Control': 2, 'Meta': 4, 'Shift': 8}


def open_browser(directory):
    options = webdriver.ChromeOptions()
    for word in ('--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run',
                 '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
                 f'--user-data-dir={directory}', '--window-size=1366,768', '--lang=en', '--accept-lang=en'):
        options.add_argument(word)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    options.set_capability('acceptInsecureCerts', True)
    return webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)


def fit(driver, size=(1366, 768), dark=False):
    """How somebody sees its page."""
    driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                           {'width': size[0], 'height': size[1], 'deviceScaleFactor': 1, 'mobile': False})
    driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
        {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}, {'name': 'prefers-reduced-motion', 'value': 'reduce'}]})


def leave(driver, origin):
    """As if nobody had been there: one empty page, and nothing remembered."""
    pages = driver.window_handles
    driver.switch_to.new_window('tab')
    fresh = driver.current_window_handle
    for page in pages:
        driver.switch_to.window(page)
        driver.close()
    driver.switch_to.window(fresh)
    for command, what in (('Storage.clearDataForOrigin', {'origin': origin, 'storageTypes': 'all'}), ('Network.clearBrowserCookies', {}),
                          ('Network.clearBrowserCache', {}), ('Browser.resetPermissions', {}),
                          ('Browser.setDownloadBehavior', {'behavior': 'default'})):
        driver.execute_cdp_cmd(command, what)
    for log in ('browser', 'performance'):
        driver.get_log(log)


class Person:
    """Names are whole texts, or patterns that occur in them."""

    def __init__(self, driver, origin):
        self.driver, self.origin = driver, origin
        self.told = []  # what the console said
        self.expected = []  # patterns of it that a test brings about

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    # ---- going and waiting ----

    def go(self, address):
        self.driver.get(self.origin + address)

    def address(self):
        return self.driver.current_url[len(self.origin):]

    def await_true(self, condition, what, limit_s=15):
        """Looks more rarely the longer it takes: looking is work for the page too."""
        pause, begun, seen = threading.Event(), time.monotonic(), None
        while time.monotonic() < begun + limit_s:
            seen = condition()
            if seen:
                return seen
            pause.wait(min(0.05 + (time.monotonic() - begun) / 10, 0.5))
        raise AssertionError(f'not within {limit_s} s: {what}; at {self.address()}; last {str(seen)[:500]}; the page says:\n'
                             f'{self.text()[:3000]}\nthe console: {self.console()}')

    def text(self):
        return self.driver.execute_script('return document.body ? document.body.innerText : ""')

    def await_text(self, text, limit_s=15):
        self.await_true(lambda: text in self.text(), f'the text {text!r}', limit_s)

    # ---- finding ----

    def all(self, role, name=None, within=None):
        """Nodes of the accessibility tree, in order."""
        root = within['backendDOMNodeId'] if within else None
        try:
            if root is None:
                found = self.cdp('Accessibility.queryAXTree', role=role,
                                 objectId=self.cdp('Runtime.evaluate', expression='document')['result']['objectId'])
            else:
                found = self.cdp('Accessibility.queryAXTree', role=role, backendNodeId=root)
        except Exception:  # the document is being replaced
            return []
        nodes = [n for n in found['nodes'] if not n.get('ignored') and n['backendDOMNodeId'] != root]
        return [n for n in nodes if name is None or self.fits(name, n.get('name', {}).get('value', ''))]

    @staticmethod
    def fits(name, text):
        return bool(name.search(text)) if isinstance(name, re.Pattern) else name == text

    def names(self, role, within=None):
        return [n.get('name', {}).get('value', '') for n in self.all(role, within=within)]

    def find(self, role, name=None, within=None, limit_s=15):
        self.await_true(lambda: self.all(role, name, within), f'a {role} named {name!r}; there are {self.names(role, within)}',
                        limit_s)
        return self.all(role, name, within)[0]

    def await_gone(self, role, name=None, within=None, limit_s=15):
        self.await_true(lambda: not self.all(role, name, within), f'no {role} named {name!r} any more', limit_s)

    def property_of(self, node, name):
        """Of the accessibility tree: "checked", "expanded", "selected", ..."""
        now = self.cdp('Accessibility.getPartialAXTree', backendNodeId=node['backendDOMNodeId'], fetchRelatives=False)
        found = [p['value'].get('value') for p in now['nodes'][0].get('properties', []) if p['name'] == name]
        return found[0] if found else None

    def value_of(self, node):
        now = self.cdp('Accessibility.getPartialAXTree', backendNodeId=node['backendDOMNodeId'], fetchRelatives=False)
        return now['nodes'][0].get('value', {}).get('value')

    def place_of(self, node):
        """The middle of it on the screen."""
        self.cdp('DOM.scrollIntoViewIfNeeded', backendNodeId=node['backendDOMNodeId'])
        quad = self.cdp('DOM.getContentQuads', backendNodeId=node['backendDOMNodeId'])['quads'][0]
        return sum(quad[0::2]) / 4, sum(quad[1::2]) / 4

    # ---- acting ----

    def mouse(self, kind, at, buttons=0, clicks=0, modifiers=0):
        self.cdp('Input.dispatchMouseEvent', type=kind, x=at[0], y=at[1], clickCount=clicks, modifiers=modifiers,
                 button='left' if clicks or buttons else 'none', buttons=buttons)

    def press_at(self, at, clicks=1, hold=()):
        modifiers = sum(MODIFIERS[h] for h in hold)
        self.mouse('mouseMoved', at, modifiers=modifiers)
        for n in range(1, clicks + 1):
            self.mouse('mousePressed', at, 1, n, modifiers)
            self.mouse('mouseReleased', at, 0, n, modifiers)

    def press(self, role, name=None, within=None, clicks=1, hold=(), limit_s=15):
        node = self.find(role, name, within, limit_s)
        self.press_at(self.place_of(node), clicks, hold)
        return node

    def drag(self, begin, end, hold=()):
        """From point to point, in steps as a hand does."""
        modifiers = sum(MODIFIERS[h] for h in hold)
        self.mouse('mouseMoved', begin, modifiers=modifiers)
        self.mouse('mousePressed', begin, 1, 1, modifiers)
        for n in range(1, 11):
            at = [b + (e - b) * n / 10 for b, e in zip(begin, end)]
            self.mouse('mouseMoved', at, 1, 0, modifiers)
        self.mouse('mouseReleased', end, 0, 1, modifiers)

    def key(self, name, hold=()):
        code, virtual, text = KEYS[name] if name in KEYS else ('Key' + name.upper(), ord(name.upper()), name)
        modifiers = sum(MODIFIERS[h] for h in hold)
        if 'Control' in hold or 'Alt' in hold:
            text = ''
        event = {'key': name, 'code': code, 'windowsVirtualKeyCode': virtual, 'modifiers': modifiers}
        self.cdp('Input.dispatchKeyEvent', type='keyDown' if text else 'rawKeyDown', text=text, **event)
        self.cdp('Input.dispatchKeyEvent', type='keyUp', **event)

    def type(self, text):
        self.cdp('Input.insertText', text=text)

    def fill(self, name, text, role='textbox', within=None):
        self.press(role, name, within)
        self.key('a', ['Control'])
        self.type(text)

    def pick(self, name, option, within=None):
        """An option of a combobox, by its first letters."""
        self.cdp('DOM.focus', backendNodeId=self.find('combobox', name, within)['backendDOMNodeId'])
        for letter in option:
            self.key(letter)

    def drop_file(self, path, at):
        """A file that is dragged in from outside and let go."""
        data = {'items': [], 'files': [str(path)], 'dragOperationsMask': 1}
        for kind in ('dragEnter', 'dragOver', 'drop'):
            self.cdp('Input.dispatchDragEvent', type=kind, x=at[0], y=at[1], data=data)

    def saves_to(self, directory):
        """What is downloaded goes there, without asking."""
        self.cdp('Browser.setDownloadBehavior', behavior='allow', downloadPath=str(directory), eventsEnabled=False)

    def offline(self, is_so):
        """The network of this page is gone, or back."""
        self.cdp('Network.enable')
        self.cdp('Network.emulateNetworkConditions', offline=is_so, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        self.expected.append('ERR_INTERNET_DISCONNECTED')

    # ---- looking ----

    def console(self):
        self.told += [e for e in self.driver.get_log('browser') if e['level'] in ('SEVERE', 'WARNING')]
        return self.told

    def expects(self, message):
        return any(re.search(p, message) for p in self.expected)

    def requests(self):
        """The addresses that were asked for since the last time."""
        found = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                found.append(message['params']['request']['url'])
        return found

    def picture(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.cdp('Page.captureScreenshot', format='png')['data']))
