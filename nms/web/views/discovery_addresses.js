// What became of each address, why, and what can be done; and devices that may be one. Asked for page by page.
import { api, seg, withQuery } from '../base/api.js';
import { h, icon } from '../base/html.js';
import { number } from '../base/format.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { confirm } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { say, sayProblem } from '../parts/toast.js';

const PAGE = 50, EVERY_MS = 4000, DOUBLES_SHOWN = 20;
/* In the order in which they ask for a person; shape, and whether a credential would help. */
const STATES = { user: ['major', true], auth: ['major', true], privacy: ['major', true], level: ['major', true], engine: ['minor', false], denied: ['minor', true], broken: ['minor', false], closed: ['warning', false], echoes: ['warning', true], silent: ['unknown', false], answers: ['up', false] };
const known = Object.keys(STATES);

/* The evidence leaves it open: a person may know. */
const mayBeOne = (x) => x.runner_up?.may_be === true;

export class Addresses {
  constructor(place, draw) {
    Object.assign(this, { place, draw, list: [], next: null, doubles: [], at: 0, run: 0, wasRunning: null, busy: false });
  }

  counts(d) { return known.filter((s) => d.addresses?.[s] > 0); }
  /* The one that is chosen, else the first that asks for somebody. */
  state(d) {
    const wanted = this.place.query.get('state');
    return known.includes(wanted) ? wanted : this.counts(d)[0] ?? 'silent';
  }

  async load(d, { more = false } = {}) {
    const mine = ++this.run, state = this.state(d), { signal } = this.place;
    let list = more ? this.list : [], after = more ? this.next : null;
    const wanted = more ? list.length + PAGE : Math.max(PAGE, this.shownState === state ? this.list.length : 0);
    try {
      do {
        const page = await api.get(withQuery('discovery/addresses', { state, limit: Math.min(1000, wanted - list.length), after }), { signal });
        if (mine !== this.run) return;
        list = [...list, ...page.addresses];
        after = page.next ?? null;
      } while (after !== null && list.length < wanted);
    } catch (problem) { if (problem.name !== 'AbortError') sayProblem(problem); return; }
    Object.assign(this, { list, next: after, shownState: state, at: Date.now() });
    this.draw();
  }

  async loadDoubles() {
    this.doubles = await api.get('discovery/doubles', { signal: this.place.signal }).then((v) => v.doubles.filter(mayBeOne), () => this.doubles);
    this.draw();
  }

  /* What the station says of discovery is news: is the list old? */
  follow(d) {
    const ended = this.wasRunning && !d.running, first = this.wasRunning === null;
    this.wasRunning = d.running;
    if (first || ended) this.loadDoubles();
    if (this.shownState !== this.state(d) || ended || (d.running && Date.now() - this.at > EVERY_MS)) {
      this.at = Date.now();
      this.load(d);
    }
  }

  choose(d, state) {
    this.place.setQuery({ state });
    this.load(d);
  }

  again(address) {
    return api.post('devices', { addresses: [address] }).then(() => say(t('disc.addr.asked', { address })), sayProblem);
  }

  async merge(at) {
    const { a, b } = at.dataset, undo = () => api.post('pins', { merge: [a, b], undo: true }).then(() => this.loadDoubles(), sayProblem);
    if (!await confirm({ title: t('disc.double.merge.title', { a, b }), text: t('device.merge.text'), label: t('disc.double.merge'), danger: false })) return;
    await api.post('pins', { merge: [a, b] }).then(() => { say(t('device.merge.done', { a, b }), { undo }); return this.loadDoubles(); }, sayProblem);
  }

  /* It can be taken back at once: nothing is lost by it. */
  async apart(at) {
    const { a, b } = at.dataset, undo = () => api.post('pins', { apart: [a, b], undo: true }).then(() => this.loadDoubles(), sayProblem);
    await api.post('pins', { apart: [a, b] }).then(() => { say(t('device.apart.done', { a, b }), { undo }); return this.loadDoubles(); }, sayProblem);
  }

  part(d) {
    const state = this.state(d), counts = this.counts(d), [, credential] = STATES[state];
    const row = (x) => h`<tr data-key="ad-${x.address}"><td class="num">${x.address}</td><td>${x.device && h`<a class="link" href="/devices/${seg(x.device)}">${x.device}</a>`}</td><td class="r nw">${state !== 'answers' && may('operator') && h`<button class="btn quiet" type="button" data-act="ask" data-address="${x.address}" aria-label="${t('disc.addr.again.of', { address: x.address })}">${t('disc.addr.again')}</button>`}${credential && may('administrator') && h`<button class="btn" type="button" data-act="credential" data-address="${x.address}" aria-label="${t('disc.addr.credential.of', { address: x.address })}">${t('disc.credential.add')}</button>`}</td></tr>`;
    return h`<section class="card flush" data-key="addresses"><div class="bar-h"><h3>${t('disc.addr')}</h3><span class="grow"></span></div>
      ${counts.length ? h`<div class="disc-states" role="group" aria-label="${t('disc.addr.by')}">${counts.map((s) => h`<button class="chip" type="button" data-act="state" data-state="${s}" aria-pressed="${String(s === state)}">${mark(STATES[s][0], { label: t(`disc.st.${s}`) })}<b class="num">${number(d.addresses[s])}</b></button>`)}</div>
      <p class="disc-note dim">${t(`disc.st.${state}.text`)}</p>
      ${this.list.length && this.shownState === state ? h`<table class="disc-list" aria-label="${t('disc.addr')}"><thead><tr><th>${t('address')}</th><th>${t('disc.addr.device')}</th><th></th></tr></thead><tbody>${this.list.map(row)}</tbody></table>` : ''}
      ${this.next !== null && this.shownState === state && h`<p class="disc-note"><button class="btn" type="button" data-act="next">${t('disc.addr.more')}</button> <span class="dim num">${t('events.shown', { n: number(this.list.length) })}</span></p>`}` : emptyPart({ icon: 'ui-discovery', title: t('disc.addr.none'), text: t('disc.addr.none.text') })}</section>`;
  }

  doublesPart() {
    if (!this.doubles.length) return '';
    const chips = (list, word) => (list?.length ? h`<span class="dim">${word}</span> ${list.map((x) => h`<span class="chip">${x}</span> `)}` : '');
    return h`<section class="card" data-key="doubles"><h3>${t('disc.doubles')} <span class="dimmer num">${number(this.doubles.length)}</span></h3><p class="dim small">${t('disc.doubles.text')}</p><ul class="rows doubles mt">${this.doubles.slice(0, DOUBLES_SHOWN).map((x) => { const other = x.runner_up?.device ?? ''; return h`<li data-key="db-${x.device}-${x.address}">${icon('state-warning', 'k')}<div><p><a class="link" href="/devices/${seg(x.device)}">${x.device}</a> <span class="dim num">${x.address ?? ''}</span> · <a class="link" href="/devices/${seg(other)}">${other}</a></p>
      <p class="dim small">${x.runner_up?.why ?? x.why}</p><p class="small">${chips(x.agree, t('disc.doubles.agree'))}${chips(x.differ, t('disc.doubles.differ'))}</p></div>
      <small>${may('operator') && h`<button class="btn" type="button" data-act="merge" data-a="${x.device}" data-b="${other}" aria-label="${t('disc.double.merge.title', { a: x.device, b: other })}">${t('disc.double.merge')}</button> <button class="btn quiet" type="button" data-act="apart" data-a="${x.device}" data-b="${other}" aria-label="${t('disc.double.apart.title', { a: x.device, b: other })}">${t('disc.double.apart')}</button>`}</small></li>`; })}</ul></section>`;
  }
}
