// The map: what the station knows, as a chart one can look at, ask and edit.
import { seg } from '../base/api.js';
import { h, icon, on, onAct, render, $ } from '../base/html.js';
import { t } from '../base/texts.js';
import { moment } from '../base/format.js';
import { may } from '../base/session.js';
import { live } from '../base/live.js';
import { untilHad } from '../base/until.js';
import { go } from '../base/route.js';
import { menuButton } from '../parts/menu.js';
import { onPick } from '../parts/find.js';
import { say, sayProblem } from '../parts/toast.js';
import { MapModel } from '../map/model.js';
import { Stage } from '../map/stage.js';
import { Hands } from '../map/hands.js';
import { Layers } from '../map/layers.js';
import { Tip } from '../map/tip.js';
import { TimeSlider, momentOf } from '../map/time.js';
import { Editor } from '../map/editor.js';
import { arrangeOpened, readOpened, setOpen, writeOpened } from '../map/clouds.js';
import { askMap } from '../map/ask.js';
import { addDevices, follow } from '../map/source.js';
import { askFigures } from '../map/figures.js';
import { askFacts, askProofs, busiestPort, cloudDrawer, deviceOf, linkDrawer, nodeDrawer } from '../map/object.js';
import { acknowledge, silence } from '../map/deeds.js';
import { drawList } from '../map/list.js';
import { exportItems } from '../map/export.js';
import { acceptDrops } from '../map/drop.js';
import { legend } from '../map/legend.js';
import { titleOf } from '../map/titles.js';
import { loadSymbols } from '../map/images.js';
import { mapKeys } from '../map/keyboard.js';
import { isTrouble, severityOf } from '../map/weigh.js';

const BOX_MS = 350, FACTS_MS = 30000, FIGURES_MS = 55000, SOON_MS = 500, WHOLE_MOST = 2000, HIDDEN_MS = 5000, GROWS_MS = 400;

const frame = name => h`<div class="map-view" data-keep><section class="sheet"><div class="plot" role="application" aria-label="${name}" aria-roledescription="${t('map.roledescription')}" tabindex="-1">
    <canvas class="picture canvas-live" aria-hidden="true"></canvas><div class="rings"></div><svg class="sketch" aria-hidden="true"></svg><div class="reach"><div class="things"></div></div></div>
  <div class="listing" hidden></div><div class="as-of" hidden></div>
  <div class="over tl"></div><div class="edit-bars"></div><div class="over tr"></div><div class="over bl" role="status"></div>
  <div class="over br"><div class="zoom" role="group" aria-label="${t('map.zoom')}"><button type="button" data-act="zoom-in" aria-label="${t('map.zoom.in')}">+</button><button type="button" data-act="zoom-out" aria-label="${t('map.zoom.out')}">−</button><button type="button" data-act="fit" aria-label="${t('map.fit')}">${icon('ui-fit')}</button></div>
    <div class="zoom"><button type="button" data-act="list" aria-pressed="false" aria-label="${t('map.list')}" title="${t('map.list')}">${icon('ui-events')}</button></div></div>
  <div class="tip" role="tooltip" hidden></div><div class="empty-slot"></div><p class="tell unseen" aria-live="polite"></p></section>
  <div class="drawer-slot"></div><div class="legend"></div><div class="slider" role="group" aria-label="${t('map.time')}"></div></div>`;

export class MapView {
  constructor(place) {
    this.place = place;
    this.name = place.params.name;
    this.model = new MapModel();
    this.at = momentOf(place.query.get('at'));
    this.facts = new Map();
    this.listed = false;
    this.shownDrawer = '';
  }

  part(selector) { return $(selector, this.place.root); }
  mayEdit() { return may('operator') && this.at === null; }
  editing() { return !!this.editor?.on; }
  // For those who do not see it.
  tell(text) { this.part('.tell').textContent = text; }
  say(key, values) { say(t(key, values), { kind: 'news' }); }

  async start() {
    const { place } = this, { signal } = place;
    const symbols = loadSymbols(), doc = await this.ask(signal);
    await symbols;
    render(place.root, frame(doc.title || this.name));
    this.model.load(doc);
    this.shownAt = this.at;
    this.stage = new Stage(this.part('.plot'), signal);
    this.layers = new Layers(this, this.part('.over.tl'));
    this.tip = new Tip(this.part('.tip'), this);
    this.editor = new Editor(this);
    this.hands = new Hands(this.stage, this.handed(), signal);
    this.time = new TimeSlider(this.part('.slider'), at => this.toTime(at), signal);
    this.time.show(this.at);
    this.layers.listen(signal);
    this.changed();
    this.listen(signal);
    mapKeys(this, signal);
    this.fromQuery(place.query, true);
    place.onQuery(query => this.fromQuery(query, false));
    follow(this.model, { states: ids => this.statesChanged(ids), links: ids => this.linksChanged(ids), document: c => this.documentChanged(c), hidden: () => this.hiddenChanged(),
                         reset: untilHad(() => this.at === null && this.reload(), signal) }, signal);
    live.on('risk', r => { if (this.layers.takeRisk(r)) this.stage.update(); }, signal);
    live.on('alert', a => this.alertTold(a), signal);
    if (this.model.partial && (this.model.size <= WHOLE_MOST || place.query.has('open') || (place.query.get('sel') && !this.shownDrawer)))
      this.askWhole().then(() => this.fromQuery(place.query, false), () => {});
    if (this.at !== null) this.markDifference().catch(() => {});
    else if (!this.whole) this.addDevices().then(() => this.redraw(), () => {});
    this.place.root.map = this; // for who looks with a console
  }

  // What is drawn alone until more of it is wanted.
  ask(signal) {
    return askMap(this.name, { at: this.at === null ? null : Math.floor(this.at / 1000), shown: !this.whole, signal });
  }

  // Everything that is within clouds, too. True if there was more.
  async askWhole() {
    if (this.whole || !this.model.partial) return false;
    this.whole = true;
    await this.reload();
    return true;
  }

  // What the page does with a pointer: see hands.js.
  handed() {
    return {
      click: (thing, e) => this.clicked(thing, e), open: (thing, e) => this.opened(thing, e), sea: (p, e) => this.seaClicked(p, e),
      hover: thing => this.hover(thing), region: (box, e, done) => this.editor.region(box, e, done), tool: () => this.editor.tool,
      drag: this.editor.dragging, link: this.editor.linking,
    };
  }

  listen(signal) {
    const { root } = this.place;
    onAct(root, {
      'zoom-in': () => { this.stage.fitted = false; this.stage.camera.zoomBy(1.4); },
      'zoom-out': () => { this.stage.fitted = false; this.stage.camera.zoomBy(1 / 1.4); },
      fit: () => this.stage.fit(220),
      list: () => this.toggleList(),
      edit: () => this.editor.toggle(), done: () => this.editor.leave(),
      export: at => menuButton(at, exportItems(this)),
      'now-again': () => this.time.go(null),
      'close-drawer': () => this.choose(''),
      pick: at => { this.choose(at.dataset.id); if (this.stage.shown.nodes.has(at.dataset.id)) { this.stage.bringIntoView(at.dataset.id); } },
      show: () => this.jump(this.shownDrawer),
      ack: () => acknowledge(this, this.shownDrawer), silence: () => silence(this, this.shownDrawer),
      open: () => this.openCloud(this.shownDrawer), fold: () => this.foldCloud(this.shownDrawer), enter: () => this.enterCloud(this.shownDrawer),
      pin: () => this.editor.pin(true), unpin: () => this.editor.pin(false), hide: () => this.editor.hide(), unhide: () => this.editor.unhide([this.shownDrawer]),
      rename: () => this.editor.rename(), remove: () => this.editor.remove(), attributes: () => this.editor.attributes(),
    }, signal);
    // A port in the drawer lights its link.
    for (const [type, lit] of [['pointerover', true], ['pointerout', false], ['focusin', true], ['focusout', false]])
      on(root, type, '[data-lights]', (e, at) => { if (lit || !at.contains(e.relatedTarget)) this.stage.highlight(lit ? at.dataset.lights : null); }, signal);
    on(root, 'click', '[data-edit]', (e, at) => this.editor.act(at.dataset.edit, at), signal);
    this.stage.onMove.push(() => this.moved());
    onPick(signal, (result, how) => this.found(result, how));
    acceptDrops(this.part('.sheet'), signal);
    this.factsTimer = setInterval(() => { if (this.shownDrawer) this.askFacts(this.shownDrawer); }, FACTS_MS);
    signal.addEventListener('abort', () => { clearInterval(this.factsTimer); clearTimeout(this.boxTimer); clearTimeout(this.factsSoon); }, { once: true });
  }

  // ---- the address ----

  fromQuery(query, first) {
    const at = momentOf(query.get('at'));
    if (!first && at !== this.at) {
      this.time.show(at);
      this.toTime(at, false);
    }
    this.model.inside = this.idOf(query.get('cloud')) || '';
    readOpened(this.model, query);
    this.redraw();
    const [layer, which] = Layers.of(query, this.model);
    if (first || layer !== this.layers.here || (which && which !== this.layers.which))
      this.layers.show(layer, which).catch(problem => sayProblem(problem));
    this.crumbs();
    const sel = this.idOf(query.get('sel')) || '';
    if (sel !== this.shownDrawer || first) this.choose(sel, { quiet: true, reveal: true });
    const box = this.stage.camera.fromBox(query.get('box'));
    if (box) {
      this.stage.fitted = false;
      this.stage.camera.flyTo(this.stage.camera.framing(box, { l: 0, t: 0, r: 0, b: 0 }, 6), 0);
    } else if (first || !query.get('box')) {
      if (first) this.stage.fit();
      if (sel && first && this.stage.level < 1) this.stage.flyTo([sel]);
    }
    this.drawControls();
  }

  // Ids, names on plates and names of devices are all understood.
  idOf(text) {
    if (!text) return '';
    if (this.model.nodes.has(text) || this.model.links.has(text) || this.stage.shown.links.some(l => l.id === text)) return text;
    for (const n of this.model.nodes.values()) if (n.name === text || n.device === text || n.address === text) return n.id;
    return '';
  }

  crumbs() {
    const root = { text: t('nav.map'), href: '/maps' }, title = this.titleOf(), { inside } = this.model;
    const cloud = inside && this.model.nodes.get(inside), here = '/maps/' + seg(this.name);
    const up = this.model.up && this.model.up !== this.name ? [{ text: this.titleOf(this.model.up), href: '/maps/' + seg(this.model.up) }] : [];
    this.place.title([root, ...up, ...(cloud ? [{ text: title, href: here }, ...this.model.around(cloud).reverse().map(c => ({ text: c.name, href: here + '?cloud=' + seg(c.id) })), cloud.name] : [title])]);
    this.part('.plot').setAttribute('aria-label', cloud ? cloud.name : title);
  }

  titleOf(name = this.name) {
    return titleOf(name === this.name ? { name, title: this.model.title, view: this.model.view } : { name });
  }

  moved() {
    this.tip.show(null);
    clearTimeout(this.boxTimer);
    this.boxTimer = setTimeout(() => this.place.setQuery({ box: this.stage.fitted ? null : this.stage.camera.box() }), BOX_MS);
  }

  // ---- what is shown ----

  redraw() {
    this.stage.show(this.model);
    if (this.listed) drawList(this.part('.listing'), this);
    if (this.shownDrawer) this.drawDrawer();
    this.drawEmpty();
    this.editor?.drawBars();
  }

  changed() {
    render(this.part('.legend'), legend({ risk: this.layers.here === 'risk' }));
    this.drawControls();
  }

  drawControls() {
    const past = this.at !== null;
    this.place.root.firstElementChild.classList.toggle('past', past);
    const asOf = this.part('.as-of');
    asOf.hidden = !past;
    if (past) render(asOf, h`<span>${t('map.asof', { at: moment(this.at) })}</span><button class="btn" type="button" data-act="now-again">${t('map.time.back')}</button>`);
    this.part('.over.tl').hidden = this.editing();
    render(this.part('.over.tr'), h`<button class="btn" type="button" data-act="export" data-key="export">${icon('ui-export')}${t('export')}</button>
      ${this.editing() ? h`<button class="btn pri" type="button" data-act="done" data-key="done">${t('map.done')}</button>` :
        this.mayEdit() && h`<button class="btn" type="button" data-act="edit" data-key="edit">${t('edit')} <kbd aria-hidden="true">E</kbd></button>`}`);
  }

  drawEmpty() {
    const { nodes } = this.stage.shown, drawn = this.model.view === 'drawn';
    // The station itself is there from the start.
    const alone = nodes.size === 1 && !drawn && this.name === 'physical' && [...nodes.values()][0].kind === 'station';
    const none = (nodes.size === 0 || alone) && !this.editing();
    render(this.part('.empty-slot'), none && h`<div class="map-empty ${alone && 'low'}"><p><b>${t(drawn ? 'map.empty.drawn' : 'map.empty')}</b></p><p class="dim">${t(drawn ? 'map.empty.drawn.text' : 'map.empty.text')}</p>
      ${drawn ? this.mayEdit() && h`<button class="btn pri" type="button" data-act="edit">${t('edit')}</button>` : h`<a class="btn pri" href="/start">${t('map.empty.start')}</a>`}</div>`);
  }

  toggleList() {
    this.listed = !this.listed;
    this.part('.listing').hidden = !this.listed;
    this.part('[data-act=list]').setAttribute('aria-pressed', String(this.listed));
    if (this.listed) drawList(this.part('.listing'), this);
  }

  // ---- what is chosen ----

  // Chooses an object and opens its drawer; '' chooses nothing.
  choose(id, { add = false, quiet = false, reveal = false } = {}) {
    const ids = add ? new Set(this.stage.selected) : new Set();
    if (add && ids.has(id)) ids.delete(id);
    else if (id) ids.add(id);
    this.stage.select(ids);
    const before = this.shownDrawer;
    this.shownDrawer = ids.size === 1 ? [...ids][0] : '';
    if (!quiet) this.place.setQuery({ sel: this.shownDrawer || null });
    if (before !== this.shownDrawer) this.drawDrawer();
    if (this.shownDrawer) this.askFacts(this.shownDrawer);
    this.editor.drawBars();
    if (this.listed) drawList(this.part('.listing'), this);
    if (id && !reveal) this.keepInView(id, before);
  }

  // The drawer takes room from the right: what it is about stays in view.
  keepInView(id, before) {
    if (!before && this.shownDrawer && !this.stage.fitted) setTimeout(() => this.stage.bringIntoView(id), 60);
  }

  object(id) { return this.model.nodes.get(id) || this.stage.shown.links.find(l => l.id === id) || this.model.links.get(id); }

  drawDrawer() {
    const slot = this.part('.drawer-slot'), o = this.object(this.shownDrawer);
    if (!o) render(slot, h``);
    else if (o.a !== undefined) render(slot, linkDrawer(o, this.facts.get(o.id) || {}, this));
    else if (o.origin === 'cloud') render(slot, cloudDrawer(o, this));
    else render(slot, nodeDrawer(o, this.facts.get(o.id) || {}, this));
  }

  async askFacts(id) {
    const n = this.model.nodes.get(id), l = n ? null : this.object(id), { signal } = this.place;
    if ((!n && !l) || n?.origin === 'cloud') return;
    const had = await (l ? askProofs(l, this.model, signal) : askFacts(n, signal));
    if (signal.aborted) return;
    // What could not be had stays what it was.
    const facts = { ...this.facts.get(id), ...had };
    this.facts.set(id, facts);
    if (this.shownDrawer === id) this.drawDrawer();
    if (facts.device && !(Date.now() - facts.figures?.at < FIGURES_MS)) this.askFigures(n, facts.device);
  }

  // Of others what is known may be old now; what is shown stays until newer is
  // there. One that lasted no more is told by its number alone.
  alertTold(a) {
    for (const id of this.facts.keys()) if (id !== this.shownDrawer) this.facts.delete(id);
    const n = this.model.nodes.get(this.shownDrawer), known = this.facts.get(this.shownDrawer)?.alerts?.some(x => x.id === a.id);
    if (!n || !(known || (a.device && a.device === deviceOf(n)))) return;
    this.factsSoon ??= setTimeout(() => {
      this.factsSoon = null;
      if (this.shownDrawer) this.askFacts(this.shownDrawer);
    }, SOON_MS);
  }

  // Load and checks of a device, which take the station longer.
  async askFigures(n, device) {
    const figures = await askFigures(device, busiestPort(n, this), this.place.signal).catch(() => null), facts = this.facts.get(n.id);
    if (!figures || !facts) return;
    facts.figures = figures;
    if (this.shownDrawer === n.id) this.drawDrawer();
  }

  clicked(thing, e) {
    const id = thing.node || thing.link || thing.coast;
    if (this.editor.tool === 'add') return this.seaClicked(this.stage.camera.toMap(this.hands.point(e)), e);
    if (this.editor.tool === 'link' && thing.node) return this.editor.pressLink(thing.node);
    const again = this.shownDrawer === id && !e.shiftKey;
    if (again && thing.node && e.detail === 1 && !this.editing() && this.model.isCloud(this.model.nodes.get(id))) return this.openCloud(id);
    // Enter: a cloud opens at once, the rest on the second time.
    if (e.detail === 0 && thing.node && !this.editing() && (again || this.model.isCloud(this.model.nodes.get(id)))) return this.opened(thing, e);
    this.choose(id, { add: e.shiftKey || e.ctrlKey || e.metaKey });
  }

  opened(thing) {
    const n = this.model.nodes.get(thing.node || thing.coast);
    if (thing.coast) this.enterCloud(thing.coast);
    else if (n && this.model.isCloud(n)) this.openCloud(n.id);
    else if (n?.leads) go('/maps/' + seg(n.leads));
  }

  seaClicked(p, e) {
    if (this.editor.sea(p, e)) return;
    if (!e.shiftKey) this.choose('');
    this.part('.plot').focus({ preventScroll: true });
  }

  hover(thing) {
    const some = thing && (thing.node || thing.link);
    this.stage.highlight(some && !this.hands.mode && this.stage.shown.links.length < 4000 ? some : null);
    this.tip.show(some ? thing : null);
  }

  // One step back: the tool, the mode, the drawer.
  back() {
    if (this.hands.cancel() || this.editor.escape()) return true;
    if (this.listed) { this.toggleList(); return true; }
    if (this.stage.selected.size) { this.choose(''); return true; }
    if (this.model.inside) { this.outward(); return true; }
    return false;
  }

  // ---- clouds ----

  async openCloud(id) {
    let cloud = this.model.nodes.get(id);
    if (!cloud || !this.model.isCloud(cloud)) return;
    if (cloud.leads && !this.model.canOpen(cloud)) return go('/maps/' + seg(cloud.leads));
    if (await this.askWhole()) cloud = this.model.nodes.get(id);
    if (!this.model.canOpen(cloud) || (cloud.leads && this.model.everyMember(id).some(n => n.guessed))) {
      if (cloud.leads) go('/maps/' + seg(cloud.leads));
      return;
    }
    if (this.editing()) return this.editor.setCloud(cloud, true);
    const members = setOpen(this.model, cloud, true);
    this.redraw();
    this.place.setQuery(writeOpened(this.model), { push: true });
    this.stage.flyTo(members);
  }

  foldCloud(id) {
    const cloud = this.model.nodes.get(id);
    if (!cloud) return;
    if (this.editing()) return this.editor.setCloud(cloud, false);
    setOpen(this.model, cloud, false);
    this.redraw();
    this.place.setQuery(writeOpened(this.model), { push: true });
  }

  enterCloud(id) {
    const cloud = this.model.nodes.get(id);
    if (cloud?.leads && !this.model.canOpen(cloud)) return go('/maps/' + seg(cloud.leads));
    this.inside(id);
  }

  inside(id) {
    this.model.inside = id;
    this.place.setQuery({ cloud: id || null, sel: null, box: null }, { push: true });
    this.choose('', { quiet: true });
    this.redraw();
    this.crumbs();
    this.stage.fit(220);
  }

  outward() {
    const cloud = this.model.nodes.get(this.model.inside);
    if (cloud) this.inside(this.model.nodes.get(cloud.cloud)?.id || '');
    else if (this.model.up && this.model.up !== this.name) go('/maps/' + seg(this.model.up));
  }

  // ---- search ----

  // A result of the search that is on this map: flies there and rings it once.
  async found(result, { add }) {
    if (![result.node, result.device].some(x => this.idOf(x)) && (!result.map || result.map === this.name)) await this.askWhole().catch(() => {});
    const id = [result.node, result.device, result.name].map(x => this.idOf(x)).find(Boolean);
    if (!id || (result.map && result.map !== this.name && !this.idOf(result.node))) return false;
    if (result.group === 'port') return false;
    this.jump(id, { add });
    return true;
  }

  jump(id, { add = false } = {}) {
    const n = this.model.nodes.get(id);
    if (!n) {
      const l = this.object(id);
      if (l) this.stage.flyTo([l.a, l.b]);
      return;
    }
    // Whichever clouds must open, do.
    if (this.model.inside && !this.model.around(n).some(c => c.id === this.model.inside)) this.inside('');
    const clouds = this.model.around(n).reverse().filter(c => !this.model.isOpen(c));
    if (clouds.some(c => c.leads) && clouds.some(c => this.model.everyMember(c.id).some(m => m.guessed)))
      return go('/maps/' + seg(clouds.find(c => c.leads).leads) + '?sel=' + seg(id));
    for (const c of clouds) setOpen(this.model, c, true);
    if (clouds.length) {
      this.redraw();
      this.place.setQuery(writeOpened(this.model));
    }
    this.choose(id, { add, reveal: true });
    requestAnimationFrame(() => this.stage.flyTo([id], () => { this.stage.ring(id); this.stage.things.focus(id); }));
  }

  // ---- what changes ----

  statesChanged(ids) {
    if (this.at !== null) return;
    this.stage.update();
    for (const id of ids) {
      const n = this.stage.shown.nodes.get(id);
      if (!n) continue;
      if (isTrouble(n.state) && n.was !== undefined && severityOf(n.state) > severityOf(n.was)) this.stage.ring(id);
      delete n.was;
    }
    if (ids.has(this.shownDrawer)) { this.drawDrawer(); this.askFacts(this.shownDrawer); }
  }

  linksChanged(ids) {
    if (this.at !== null) return;
    this.redraw();
    if (ids.has(this.shownDrawer)) this.drawDrawer();
  }

  // Something within a folded cloud: what it makes of the cloud is asked.
  hiddenChanged() {
    if (this.hiddenTimer) return;
    this.hiddenTimer = setTimeout(() => { this.hiddenTimer = null; if (this.at === null && !this.place.signal.aborted) this.reload().catch(() => {}); }, HIDDEN_MS);
  }

  documentChanged(change) {
    if (this.at !== null) return;
    if (change.what === 'deleted') return go('/maps');
    if (change.what === 'edited') return this.editor.others(change);
    // What discovery does comes in numbers: looked at once.
    clearTimeout(this.growing);
    this.growing = setTimeout(() => { if (!this.place.signal.aborted) this.editor.others(change); }, GROWS_MS);
    return undefined;
  }

  // The document anew; what this page opened, chose and looks at stays. Several
  // may be under way: the one that was asked for last is shown, whichever comes first.
  reload() {
    const mine = this.asked = {};
    mine.done = this.reloaded(mine);
    return mine.done;
  }

  async reloaded(mine) {
    const { at } = this, doc = await this.ask(this.place.signal);
    if (mine !== this.asked) return this.asked.done;
    // What somebody moves at the moment stays: the log asks again when that is over.
    if (at === null && this.shownAt === null && this.editor.dragging.held) {
      this.editor.log.late = true;
      return null;
    }
    this.shownAt = at;
    const opened = this.model.opened, before = new Map([...this.model.nodes].map(([id, n]) => [id, n]));
    this.model.load(doc);
    this.model.opened = new Map([...opened].filter(([id]) => this.model.nodes.has(id)));
    for (const n of this.model.nodes.values()) {
      const old = before.get(n.id);
      if (old) Object.assign(n, { device: old.device, silenced: old.silenced, acknowledged: old.acknowledged });
    }
    arrangeOpened(this.model);
    if (at === null) this.addDevices().then(() => this.stage.update(), () => {});
    this.redraw();
    // As long as nobody chose where to look, all of it is looked at.
    if (this.stage.fitted && !this.editing() && this.model.nodes.size !== before.size) this.stage.fit(before.size ? 220 : 0);
    this.stage.select(new Set([...this.stage.selected].filter(id => this.object(id))));
    if (this.shownDrawer && !this.object(this.shownDrawer)) this.choose('');
    return before;
  }

  // Who is looked after now, unless it is the past that is shown when that is known.
  addDevices() { return addDevices(this.model, this.place.signal, () => this.shownAt === null); }

  // ---- time ----

  async toTime(at, address = true) {
    this.editor.leave();
    const now = this.shownAt === null ? new Map([...this.model.nodes]) : null;
    this.at = at;
    if (address) this.place.setQuery({ at: at === null ? null : new Date(at).toISOString().slice(0, 19) + 'Z' });
    this.drawControls();
    try {
      if (now) this.today = now;
      await this.reload();
      if (at !== null && at === this.at) await this.markDifference();
    } catch (problem) {
      if (problem.name !== 'AbortError' && at === this.at) sayProblem(problem);
    }
  }

  // What came since the moment that is shown (+, faint, at its place of today),
  // and what went (−).
  async markDifference() {
    const { at, model } = this;
    if (!this.today) this.today = new MapModel().load(await askMap(this.name, { shown: !this.whole, signal: this.place.signal })).nodes;
    if (this.at !== at) return;
    for (const n of model.nodes.values()) if (!this.today.has(n.id)) n.since = 'went';
    for (const [id, n] of this.today)
      if (!model.nodes.has(id) && !n.hidden && (!n.cloud || model.nodes.has(n.cloud))) model.nodes.set(id, { ...n, state: 'unmanaged', words: '', since: 'came' });
    this.redraw();
  }
}

export default async function view(place) {
  const map = new MapView(place);
  await map.start();
}

