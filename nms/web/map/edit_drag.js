// Dragging nodes: they snap, their lines follow, dropping pins them.
import { snap, moveOp } from './edit_arrange.js';
import { t } from '../base/texts.js';

const SNAP_PX = 7, NUDGE_MS = 500;

export class Dragging {
  constructor(editor) {
    this.editor = editor;
    this.active = false;
  }

  get stage() { return this.editor.view.stage; }
  get model() { return this.editor.view.model; }
  // Nodes stand where a person has them and the station does not yet.
  get held() { return this.active || !!this.nudged; }

  // Takes hold of a node, or of all that is chosen with it; a coast is all of
  // its members.
  begin(id) {
    const { stage, model } = this, view = this.editor.view;
    const n = model.nodes.get(id);
    if (!n) return false;
    if (!stage.shown.nodes.has(id)) { // an open cloud
      view.choose(id, { reveal: true });
      this.ids = new Set([...stage.shown.nodes.values()].filter(x => model.around(x).some(c => c.id === id)).map(x => x.id));
    } else {
      if (!stage.selected.has(id)) view.choose(id, { reveal: true });
      this.ids = new Set([...stage.selected].filter(x => stage.shown.nodes.has(x)));
      this.ids.add(id);
    }
    this.lead = stage.shown.nodes.get(id) || stage.shown.nodes.get([...this.ids][0]);
    if (!this.lead) return false;
    this.start = new Map([...this.ids].map(x => [x, { x: model.nodes.get(x).x, y: model.nodes.get(x).y }]));
    this.seen = model.revision;
    this.others = [...stage.shown.nodes.values()].filter(x => !this.ids.has(x.id));
    this.active = true;
    return true;
  }

  move(delta, e) {
    if (!this.active) return;
    const from = this.start.get(this.lead.id), to = { x: from.x + delta.x, y: from.y + delta.y };
    const s = e.altKey ? { ...to, guides: [] } : snap(to, this.others, SNAP_PX / this.stage.camera.zoom);
    this.by({ x: s.x - from.x, y: s.y - from.y });
    this.editor.sketch.guides(s.guides);
  }

  by(d) {
    for (const [id, p] of this.start) Object.assign(this.model.nodes.get(id), { x: p.x + d.x, y: p.y + d.y });
    this.stage.dragged(this.ids);
  }

  drop() {
    if (!this.active) return;
    this.active = false;
    this.editor.sketch.clear();
    const ops = [];
    for (const [id, p] of this.start) {
      const n = this.model.nodes.get(id);
      if (n.x === p.x && n.y === p.y) continue;
      n.pinned = true;
      ops.push(moveOp(id, n));
    }
    this.stage.show(this.model);
    if (ops.length) this.editor.log.do(ops, { seen: this.seen });
    else if (this.editor.log.late) this.editor.log.refresh();
  }

  cancel() {
    if (!this.active) return;
    this.active = false;
    for (const [id, p] of this.start) Object.assign(this.model.nodes.get(id), p);
    this.editor.sketch.clear();
    this.stage.show(this.model);
    if (this.editor.log.late) this.editor.log.refresh();
  }

  // By keys: what is chosen moves at once, and is sent when the keys rest.
  nudge(dx, dy, by) {
    const { stage, model } = this, ids = [...stage.selected].filter(id => stage.shown.nodes.has(id));
    if (!ids.length) return false;
    this.nudged ||= { seen: model.revision, ids: new Set() };
    for (const id of ids) {
      const n = model.nodes.get(id);
      n.x += dx * by;
      n.y += dy * by;
      n.pinned = true;
      this.nudged.ids.add(id);
    }
    stage.show(model);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settle(), NUDGE_MS);
    this.editor.view.tell(t('map.moved', { n: ids.length, x: Math.round(model.nodes.get(ids[0]).x), y: Math.round(-model.nodes.get(ids[0]).y) }));
    return true;
  }

  settle() {
    clearTimeout(this.resting);
    if (!this.nudged) return;
    const { ids, seen } = this.nudged;
    this.nudged = null;
    const ops = [...ids].filter(id => this.model.nodes.has(id)).map(id => moveOp(id, this.model.nodes.get(id)));
    if (ops.length) this.editor.log.do(ops, { seen });
    else if (this.editor.log.late) this.editor.log.refresh();
  }
}
