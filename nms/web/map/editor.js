// Editing a map: tools, what is chosen, and the operations that come of them.
// What is done goes through the log (edit_log.js) to the station.
import { h, icon, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { menuButton } from '../parts/menu.js';
import { say } from '../parts/toast.js';
import { keys } from '../base/keys.js';
import { EditLog, nameOfEdit } from './edit_log.js';
import { Dragging } from './edit_drag.js';
import { Sketch } from './sketch.js';
import { WAYS, arranged, moveOp } from './edit_arrange.js';
import { attributesForm, cloudForm, deviceForm, linkForm, nestForm, renameForm } from './edit_forms.js';
import { holds } from './geometry.js';

const FRESH_MS = 4000;
const TOOLS = [['select', 'ui-select', 'v'], ['region', 'ui-lasso', 'r'], ['link', 'ui-linkdraw', 'l'], ['add', 'ui-add', 'a']];

export class Editor {
  constructor(view) {
    this.view = view;
    this.on = false;
    this.tool = '';
    this.log = new EditLog(view, () => this.drawBars());
    this.sketch = new Sketch(view.part('.sketch'), view.stage);
    this.dragging = new Dragging(this);
    this.linking = { begin: id => this.beginLink(id), move: (p, thing) => this.moveLink(p, thing), drop: (p, thing) => this.dropLink(thing), cancel: () => this.endLink() };
    this.news = [];
  }

  get stage() { return this.view.stage; }
  get model() { return this.view.model; }
  chosen() { return [...this.stage.selected].map(id => this.view.object(id)).filter(Boolean); }
  chosenNodes() { return this.chosen().filter(o => o.a === undefined); }

  // ---- the mode ----

  toggle() { this.on ? this.leave() : this.enter(); }

  enter() {
    if (!this.view.mayEdit() || this.on) return;
    this.on = true;
    this.stage.editing = true;
    this.bound = new AbortController();
    this.view.place.signal.addEventListener('abort', () => this.bound.abort(), { once: true });
    this.bindKeys(this.bound.signal);
    this.setTool('select');
    this.log.askEdits().then(() => this.drawBars(), () => {});
    this.view.drawControls();
    this.view.drawEmpty();
    this.view.drawDrawer();
    this.stage.repaint();
  }

  leave() {
    if (!this.on) return;
    this.dragging.settle();
    this.on = false;
    this.tool = '';
    this.stage.editing = false;
    this.bound.abort();
    this.endLink();
    if (this.model.showHidden) { this.model.showHidden = false; this.view.redraw(); }
    delete this.stage.plot.dataset.tool;
    this.view.drawControls();
    this.view.drawDrawer();
    this.view.drawEmpty();
    this.drawBars();
    this.stage.repaint();
  }

  setTool(tool) {
    this.endLink();
    this.tool = tool;
    this.stage.plot.dataset.tool = tool;
    this.drawBars();
  }

  // The tool first, then the mode. True if there was something to leave.
  escape() {
    if (!this.on) return false;
    if (this.from) { this.endLink(); return true; }
    if (this.tool !== 'select') this.setTool('select');
    else if (this.stage.selected.size) this.view.choose('');
    else this.leave();
    return true;
  }

  bindKeys(signal) {
    const bound = {
      'Ctrl+z': [() => this.undo(), 'undo'], 'Ctrl+Shift+z': [() => this.redo(), 'redo'], 'Ctrl+Shift+Z': [() => this.redo(), ''], 'Ctrl+y': [() => this.redo(), ''],
      'Ctrl+a': [() => { this.stage.select(new Set(this.stage.shown.nodes.keys())); this.drawBars(); }, 'map.key.all'],
      c: [() => this.makeCloud(), 'map.cloud.make'], p: [() => this.pin(!this.chosenNodes().every(n => n.pinned)), 'map.pin'], h: [() => this.hide(), 'map.hide'],
      F2: [() => this.rename(), 'map.rename'], Delete: [() => this.remove(), 'map.remove'],
      ArrowLeft: [() => this.arrow(-1, 0, 1), 'map.key.nudge'], ArrowRight: [() => this.arrow(1, 0, 1), ''], ArrowUp: [() => this.arrow(0, -1, 1), ''], ArrowDown: [() => this.arrow(0, 1, 1), ''],
      'Shift+ArrowLeft': [() => this.arrow(-1, 0, 10), 'map.key.nudge10'], 'Shift+ArrowRight': [() => this.arrow(1, 0, 10), ''], 'Shift+ArrowUp': [() => this.arrow(0, -1, 10), ''], 'Shift+ArrowDown': [() => this.arrow(0, 1, 10), ''],
    };
    for (const [tool, , key] of TOOLS) bound[key] = [() => tool === 'add' ? this.addAt() : this.setTool(tool), 'map.tool.' + tool];
    keys.on(signal, 'edit', bound);
  }

  // Arrows move what is chosen; with nothing chosen they go on to the map.
  arrow(dx, dy, by) {
    if (document.activeElement?.closest('input, select, textarea, [role=menu], [role=slider], .drawer, .listing')) return false;
    return this.nudge(dx, dy, by) || this.view.arrow(dx, dy, by);
  }
  nudge(dx, dy, by) { return this.on && this.dragging.nudge(dx, dy, by); }

  // ---- the bars ----

  drawBars() {
    const { undo, redo } = this.log.steps(), hidden = [...this.model.nodes.values()].filter(n => n.hidden).length + [...this.model.links.values()].filter(l => l.hidden).length;
    const tool = ([id, img, key]) => h`<button type="button" data-edit="tool:${id}" aria-pressed="${String(this.tool === id)}" aria-label="${t('map.tool.' + id)}" data-key="${id}">${icon(img)}<span>${t('map.tool.' + id)}</span><kbd aria-hidden="true">${key.toUpperCase()}</kbd></button>`;
    render(this.view.part('.edit-bars'), this.on && h`<div class="edit-bar" role="toolbar" aria-label="${t('edit')}" data-key="bar"><div class="over tools-slot" data-key="tools"><div class="tools">${TOOLS.map(tool)}<hr>
      <button type="button" data-edit="undo" data-key="undo" aria-label="${t('undo')}" title="${undo ? t('map.undo', { name: undo }) : t('undo')}" ${!undo && h`disabled`}>${icon('ui-undo')}<span>${t('undo')}${undo && h`<small>${undo}</small>`}</span><kbd aria-hidden="true">Z</kbd></button>
      <button type="button" data-edit="redo" data-key="redo" aria-label="${t('redo')}" title="${redo ? t('map.redo', { name: redo }) : t('redo')}" ${!redo && h`disabled`}>${icon('ui-redo')}<span>${t('redo')}${redo && h`<small>${redo}</small>`}</span><kbd aria-hidden="true">Y</kbd></button>
      ${(hidden > 0 || this.model.showHidden) && h`<hr><button type="button" data-edit="hidden" data-key="hidden" aria-pressed="${String(this.model.showHidden)}">${icon('ui-hide')}<span>${t('map.hidden', { n: hidden })}</span></button>`}</div></div>${this.selection()}</div>`);
    this.drawNews();
  }

  // What can be done with what is chosen.
  selection() {
    const all = this.chosen(), nodes = this.chosenNodes(), n = all.length, clouds = nodes.filter(c => c.origin === 'cloud');
    const b = (id, img, text, cls = '', more = '') => h`<button class="btn ${cls}" type="button" data-edit="${id}" data-key="${id}" aria-label="${text}" ${more}>${img && icon(img)}<span>${text}</span></button>`;
    const hidden = all.filter(o => o.hidden);
    return h`<div class="over selbar" role="toolbar" aria-label="${t('map.selection')}" data-key="selbar"><b>${n ? t('map.selected', { n }) : t('map.selected.none')}</b>
      ${b('cloud', 'kind-cloud', t('map.cloud.make'), nodes.length > 1 ? 'pri' : '')}
      ${nodes.length > 1 && b('align', 'ui-align', t('map.align'), '', h`aria-haspopup="menu"`)}
      ${nodes.some(x => !x.pinned) && b('pin', 'ui-pin', t('map.pin'))}${nodes.some(x => x.pinned) && b('unpin', 'ui-pin', t('map.unpin'))}
      ${clouds.some(c => !this.model.isOpen(c)) && b('open', 'kind-cloud', t('map.cloud.open'))}${clouds.some(c => this.model.isOpen(c)) && b('fold', 'kind-cloud', t('map.cloud.fold'))}
      ${clouds.length > 0 && b('dissolve', 'ui-close', t('map.cloud.dissolve'))}
      ${nodes.length > 0 && (this.model.members.size > 0) && b('nest', 'ui-layers', t('map.nest'))}
      ${n > hidden.length && b('hide', 'ui-hide', t('map.hide'))}${hidden.length > 0 && b('unhide', 'ui-hide', t('map.unhide'))}
      ${n === 1 && nodes.length === 1 && b('rename', 'ui-note', t('map.rename'))}${n === 1 && b('attributes', 'ui-settings', t('map.attributes'))}
      ${n > 0 && b('remove', 'ui-close', t('map.remove'))}</div>`;
  }

  // Lines at the foot: what others did, what waits or failed.
  drawNews() {
    const failed = this.log.waiting.filter(e => e.state !== 'sending');
    render(this.view.part('.over.bl'), h`${this.news.map(x => h`<div class="map-news" data-key="news-${x.id}">${x.text}</div>`)}
      ${failed.map((e, i) => h`<div class="map-news failed" role="group" data-key="failed-${i}-${e.name}"><span><b>${t(e.state === 'waiting' ? 'map.waits' : 'map.failed', { name: e.name })}</b> ${e.problem?.detail || ''} ${e.problem?.remedy || ''}</span>
        <button class="btn" type="button" data-edit="retry:${i}">${t('retry')}</button><button class="btn quiet" type="button" data-edit="discard:${i}">${t('map.discard')}</button></div>`)}
      ${this.on && this.tool === 'add' && h`<div class="map-news" data-key="hint">${t('map.hint.add')}</div>`}${this.on && this.tool === 'link' && h`<div class="map-news" data-key="hint">${t(this.from ? 'map.hint.link2' : 'map.hint.link')}</div>`}`);
  }

  act(name, at) {
    const [what, which] = name.split(':'), failed = this.log.waiting.filter(e => e.state !== 'sending');
    switch (what) {
    case 'tool': return this.setTool(which);
    case 'undo': return this.undo();
    case 'redo': return this.redo();
    case 'hidden': this.model.showHidden = !this.model.showHidden; return this.view.redraw();
    case 'cloud': return this.makeCloud();
    case 'align': return menuButton(at, WAYS.map(w => ({ label: t('map.align.' + w), act: () => this.align(w) })));
    case 'pin': return this.pin(true);
    case 'unpin': return this.pin(false);
    case 'open': case 'fold': for (const c of this.chosenNodes().filter(x => x.origin === 'cloud')) this.setCloud(c, what === 'open'); return undefined;
    case 'dissolve': return this.log.do(this.chosenNodes().filter(c => c.origin === 'cloud').map(c => ({ op: 'dissolve', name: c.id }))).then(done => { if (done) this.view.choose(''); });
    case 'nest': return this.form(nestForm(this.view, this.chosenNodes()));
    case 'hide': return this.hide();
    case 'unhide': return this.unhide(this.chosen().filter(o => o.hidden).map(o => o.id));
    case 'rename': return this.rename();
    case 'attributes': return this.attributes();
    case 'remove': return this.remove();
    case 'retry': return this.log.retry(failed[which]);
    case 'discard': return this.log.discard(failed[which]);
    default: return undefined;
    }
  }

  // ---- operations ----

  async form(asked) {
    const ops = await asked;
    return ops ? this.log.do(ops) : undefined;
  }

  async undo() { this.dragging.settle(); return this.log.do([{ op: 'undo' }], { name: t('map.undo', { name: this.log.steps().undo }) }); }
  async redo() { return this.log.do([{ op: 'redo' }], { name: t('map.redo', { name: this.log.steps().redo }) }); }

  pin(on) {
    const nodes = this.chosenNodes().filter(n => !!n.pinned !== on);
    for (const n of nodes) n.pinned = on;
    this.stage.repaint();
    if (nodes.length) this.log.do(nodes.map(n => ({ op: on ? 'pin' : 'unpin', id: n.id })));
  }

  align(way) {
    const places = arranged(this.chosenNodes().filter(n => this.stage.shown.nodes.has(n.id)), way);
    if (!places.size) return;
    for (const [id, p] of places) Object.assign(this.model.nodes.get(id), p, { pinned: true });
    this.stage.show(this.model);
    this.log.do([...places].map(([id, p]) => moveOp(id, p)), { name: t('map.align.' + way) });
  }

  hide() {
    const all = this.chosen().filter(o => !o.hidden);
    if (!all.length) return;
    const ids = all.map(o => o.id), name = all.length === 1 ? all[0].name || nameOfEdit({ op: 'hide', a: all[0].a, b: all[0].b }, this.model) : t('map.selected', { n: all.length });
    this.view.choose('');
    this.log.do(all.filter(o => !o.summed).map(o => ({ op: 'hide', id: o.id }))).then(done => { if (done) say(t('map.hid', { name }), { undo: () => this.unhide(ids) }); });
  }
  unhide(ids) { if (ids.length) this.log.do(ids.map(id => ({ op: 'show', id }))); }

  rename() {
    const n = this.chosenNodes()[0];
    if (n) this.form(renameForm(n));
  }
  attributes() {
    const o = this.chosen()[0];
    if (o) this.form(attributesForm(this.view, o));
  }

  // What was found is hidden, and that is said; a cloud is dissolved.
  remove() {
    const ops = [], found = [];
    for (const o of this.chosen()) {
      if (o.origin === 'cloud' && !o.added && this.model.members.has(o.id)) ops.push({ op: 'dissolve', name: o.id });
      else if (o.a !== undefined && o.added) ops.push({ op: 'unlink', a: o.a, b: o.b, ...(o.a_port && { a_port: o.a_port }), ...(o.b_port && { b_port: o.b_port }) });
      else if (!o.summed) {
        ops.push({ op: o.origin === 'cloud' ? 'dissolve' : 'remove', [o.origin === 'cloud' ? 'name' : 'id']: o.id });
        if (!o.added && o.origin !== 'other' && o.origin !== 'cloud') found.push(o.id);
      }
    }
    if (!ops.length) return;
    this.view.choose('');
    this.log.do(ops).then(done => { if (done && found.length) say(t('map.removed.hidden', { n: found.length }), { undo: () => this.unhide(found), kind: 'news' }); });
  }

  makeCloud() { return this.form(cloudForm(this.view, this.chosenNodes())).then(done => { if (done) this.view.choose(''); }); }

  setCloud(cloud, open) {
    this.model.opened.delete(cloud.id);
    return this.log.do([{ op: open ? 'expand' : 'collapse', name: cloud.id }]);
  }

  addAt(p = this.stage.camera.toMap({ x: this.stage.camera.w / 2, y: this.stage.camera.h / 2 })) {
    this.setTool('select');
    return this.form(deviceForm(this.view, { x: Math.round(p.x / 20) * 20, y: Math.round(p.y / 20) * 20 }));
  }

  // A click on the empty sheet. True if a tool took it.
  sea(p) {
    if (this.tool === 'add') { this.addAt(p); return true; }
    if (this.from) { this.endLink(); return true; }
    return false;
  }

  region(box, e, done) {
    if (!box) return this.sketch.clear();
    if (!done) return this.sketch.region(box);
    this.sketch.clear();
    const ids = new Set(e.shiftKey && this.tool !== 'region' ? this.stage.selected : []);
    for (const n of this.stage.shown.nodes.values()) if (holds(box, n)) ids.add(n.id);
    this.stage.select(ids);
    this.view.shownDrawer = ids.size === 1 ? [...ids][0] : '';
    this.view.drawDrawer();
    if (this.tool === 'region') this.setTool('select');
    this.drawBars();
    return undefined;
  }

  // ---- links ----

  beginLink(id) {
    this.from = this.stage.shown.nodes.get(id);
    this.drawNews();
    return !!this.from;
  }

  moveLink(p, thing) {
    const over = thing?.node && thing.node !== this.from.id ? this.stage.shown.nodes.get(thing.node) : null;
    this.sketch.link(this.from, over || p, `${this.from.name} → ${over ? over.name : '?'}`);
  }

  dropLink(thing) {
    const from = this.from, to = thing?.node && this.stage.shown.nodes.get(thing.node);
    this.endLink();
    if (from && to && to !== from) this.form(linkForm(this.view, from, to));
  }

  endLink() {
    this.from = null;
    this.sketch.clear();
    this.drawNews();
  }

  // By keys or clicks: one node, then the other.
  pressLink(id) {
    const n = this.stage.shown.nodes.get(id);
    if (!this.from) { this.beginLink(id); this.stage.select(new Set([id])); }
    else if (n && n !== this.from) this.dropLink({ node: id });
  }

  // ---- others ----

  // Somebody (or discovery) changed the map: it shows at once, with who.
  async others(change) {
    const mine = change.what === 'edited' && (change.who === this.log.me || (change.revision && change.revision <= this.model.revision && change.revision <= (this.log.mine || 0)));
    if (mine && change.revision <= (this.log.mine || 0)) return;
    const edits = Array.isArray(change.edits) ? change.edits : [];
    await this.log.refresh();
    if (change.what !== 'edited' || mine || !change.who) return;
    const ids = edits.flatMap(e => [e.id, e.a, e.b, ...(e.nodes || [])]).filter(id => this.model.nodes.has(id));
    for (const id of ids) this.stage.fresh.set(id, change.who);
    const text = edits.length ? nameOfEdit(edits[0], this.model) + (edits.length > 1 ? ' +' + (edits.length - 1) : '') : '';
    const entry = { id: `${change.revision}`, text: t('map.news', { who: change.who, what: text }) };
    this.news = [...this.news.slice(-2), entry];
    this.stage.repaint();
    this.drawNews();
    setTimeout(() => {
      for (const id of ids) this.stage.fresh.delete(id);
      this.news = this.news.filter(x => x !== entry);
      this.stage.repaint();
      this.drawNews();
    }, FRESH_MS);
  }
}
