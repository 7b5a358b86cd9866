"""What the page costs: maps of 1,000 nodes and of 10,000 devices, opened, panned and zoomed in a real browser.

    page.py [ORIGIN PASSWORD NAME]     a station that runs, or farms and stations of its own

Times of a page are those of its main thread's processor, so that what else runs on the machine counts less than with a
clock; a browser without a graphics card draws in
others of its processes, which are told beside it. A frame of 50 a second has 20 ms.
"""
import gzip
import http.client
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / 'tests'), str(TREE / 'tests' / 'web')]

import conftest  # noqa: E402
from browsers import PASSWORD, ask, sign_in  # noqa: E402
from networked import Networked  # noqa: E402
from person import Person, fit, open_browser  # noqa: E402

FRAME_MS, OPEN_MS, MAP_OCTETS = 20, 1000, 1_000_000
STEPS, OPENINGS = 120, 5
DRAWN = ('const m = performance.getEntriesByName("map drawn")[0];'
         'return m ? {at: m.startTime, requests: performance.getEntriesByType("resource").length} : null')
# Every frame that the page makes is counted, and how long it waited for the one before.
COUNT = ('window.frames_ = []; let last = 0; const tick = t => { if (last) window.frames_.push(t - last); last = t;'
         ' window.ticking_ = requestAnimationFrame(tick); }; window.ticking_ = requestAnimationFrame(tick);')
STOP = 'cancelAnimationFrame(window.ticking_); return window.frames_;'


class Bench:
    def __init__(self, origin, password, cookie):
        self.home = tempfile.mkdtemp(prefix='portolan-bench-')
        self.before, os.environ['HOME'] = os.environ.get('HOME'), self.home
        driver = open_browser(self.home)
        fit(driver, (1920, 1080))
        self.person = Person(driver, origin)
        self.cookie = cookie
        self.person.cdp('Performance.enable', timeDomain='threadTicks')
        sign_in(self.person, password=password)

    def end(self):
        self.person.driver.quit()
        shutil.rmtree(self.home, ignore_errors=True)
        if self.before:
            os.environ['HOME'] = self.before

    def busy(self):
        """Milliseconds of the main thread: all tasks, scripts, styles and layout."""
        got = {m['name']: m['value'] * 1000 for m in self.person.cdp('Performance.getMetrics')['metrics']}
        return {'all': got['TaskDuration'], 'script': got['ScriptDuration'], 'layout': got['LayoutDuration'] + got['RecalcStyleDuration']}

    def other(self):
        """Processor milliseconds of all of the browser's processes."""
        parents, used = {}, {}
        for path in pathlib.Path('/proc').iterdir():
            if not path.name.isdigit():
                continue
            try:
                stat = (path / 'stat').read_text().rsplit(')', 1)[1].split()
            except OSError:
                continue
            parents[int(path.name)] = int(stat[1])
            used[int(path.name)] = (int(stat[11]) + int(stat[12])) * 1000 / os.sysconf('SC_CLK_TCK')
        ours, top = 0, self.person.driver.service.process.pid
        for pid in used:
            at = pid
            while at in parents and at != top:
                at = parents[at]
            ours += used[pid] if at == top else 0
        return ours

    def opening(self, view):
        """Seconds from the address to the map that is drawn, with and without what the browser keeps."""
        p, told = self.person, []
        for n in range(OPENINGS + 1):
            if n == 0:
                p.cdp('Network.enable')
                p.cdp('Network.clearBrowserCache')
            p.go('/login?password')  # another document, without a map
            before = self.busy()
            p.go(view)
            drawn = p.await_true(lambda: p.driver.execute_script(DRAWN), 'that the map is drawn', 60)
            now = self.busy()
            told.append((drawn['at'], now['all'] - before['all'], drawn['requests']))
        warm = told[1:]
        wall, busy = statistics.median(t[0] for t in warm), statistics.median(t[1] for t in warm)
        print(f'opening={view} cold_ms={told[0][0]:.0f} warm_ms={wall:.0f} least_ms={min(t[0] for t in warm):.0f}'
              f' main_thread_ms={busy:.0f} requests={told[0][2]} ratio_to_limit={wall / OPEN_MS:.2f}', flush=True)

    def moving(self, name, step):
        """What a frame costs while something moves, one step a frame."""
        p = self.person
        before, others = self.busy(), self.other()
        p.driver.execute_script(COUNT)
        for n in range(STEPS):
            step(n)
        frames = p.driver.execute_script(STOP)
        after, more = self.busy(), self.other()
        made = max(1, len(frames))
        each = {k: (after[k] - before[k]) / made for k in before}
        print(f'moving={name} frames={made} median_ms={statistics.median(frames):.1f} longest_ms={max(frames):.0f}'
              f' main_thread_ms={each["all"]:.1f} script_ms={each["script"]:.1f} layout_ms={each["layout"]:.1f}'
              f' all_processes_ms={(more - others) / made:.1f} ratio_to_limit={each["all"] / FRAME_MS:.2f}', flush=True)

    def gestures(self, view):
        p = self.person
        p.go(view)
        p.await_true(lambda: p.driver.execute_script(DRAWN), 'that the map is drawn', 60)
        nodes = p.driver.execute_script('return document.querySelector(".view").map?.stage.shown.nodes.size ?? 0')
        print(f'map={view} nodes={nodes}', flush=True)
        self.pan('pan', 900, 500)
        self.moving('zoom-in', lambda n: self.wheel(-20))
        self.pan('pan-near', 900, 500)
        self.moving('zoom-out', lambda n: self.wheel(20))

    def pan(self, name, x, y):
        p = self.person
        p.mouse('mouseMoved', (x, y))
        p.mouse('mousePressed', (x, y), 1, 1)
        at = lambda n: (x + 5 * (n if n < STEPS / 2 else STEPS - n), y + 3 * (n % 40 if n % 80 < 40 else 40 - n % 40))
        self.moving(name, lambda n: p.mouse('mouseMoved', at(n), 1))
        p.mouse('mouseReleased', at(STEPS), 0, 1)

    def wheel(self, by):
        self.person.cdp('Input.dispatchMouseEvent', type='mouseWheel', x=900, y=500, deltaX=0, deltaY=by)

    def payload(self, name):
        """Octets of a map as the page gets it."""
        host = self.person.origin.partition('//')[2]
        for query in ('?brief=1&shown=1', '?brief=1', ''):
            connection = http.client.HTTPConnection(host, timeout=120)
            connection.request('GET', f'/api/v1/maps/{name}{query}', headers={'Cookie': self.cookie, 'Accept-Encoding': 'gzip'})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            assert answer.status == 200, body
            plain = gzip.decompress(body) if answer.headers.get('Content-Encoding') == 'gzip' else body
            told = json.loads(plain)
            print(f'payload={name}{query} nodes={len(told["nodes"])} links={len(told["links"])} octets={len(plain)}'
                  f' compressed={len(body)} ratio_to_limit={len(body) / MAP_OCTETS:.2f}', flush=True)


def look(origin, password, cookie, name):
    bench = Bench(origin, password, cookie)
    try:
        bench.opening(f'/maps/{name}')
        bench.gestures(f'/maps/{name}')
        bench.payload(name)
    finally:
        bench.end()


def main():
    if len(sys.argv) == 4:
        class There:
            listen = sys.argv[1].partition('//')[2]
        status, cookie, told = ask(There, 'POST', 'session', {'user': 'admin', 'password': sys.argv[2]})
        assert status == 200, told
        return look(sys.argv[1], sys.argv[2], cookie, sys.argv[3])
    conftest.leave_the_network()
    for network, devices in (('random', 1000), ('campus', 1000), ('fat-tree', 10000)):
        with Networked(network, devices) as station:
            print(f'network={network} devices={devices}', flush=True)
            look(f'http://{station.listen}', PASSWORD, station.cookie, 'physical')
    return None


if __name__ == '__main__':
    main()
