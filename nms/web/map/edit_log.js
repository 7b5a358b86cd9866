// What this page did to the map, on its way to the station: one after the other,
// each with what was seen when it was made. What fails stays, to be tried again
// or given up; what another person did to the same is put to a choice.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { live } from '../base/live.js';
import { session } from '../base/session.js';
import { dialog } from '../parts/dialog.js';

// What an operation is called, for "Undo: move ham-dist-a".
export function nameOfEdit(e, model) {
  const known = id => model.nodes.get(id)?.name;
  const subject = known(e.id) || known(e.a) && known(e.b) && `${known(e.a)} – ${known(e.b)}` || known(e.name) || e.was || e.name || e.id || e.a || '';
  return t('map.op.' + e.op, { name: subject });
}

// The value that an operation gives, for people.
function valueOf(e, model) {
  if (e.op === 'move') return `${Math.round(e.x)}, ${Math.round(e.y)}`;
  if (e.op === 'rename') return `“${e.text}”`;
  if (e.op === 'set') return `${e.key} = ${e.value}`;
  if (e.op === 'bind') return e.other_was || e.device || '–';
  if (e.op === 'cloud') return `${e.name}: ${(e.nodes || []).map(id => model.nodes.get(id)?.name || id).join(', ')}`;
  if (e.op === 'nest') return model.nodes.get(e.parent)?.name || e.parent || '–';
  return nameOfEdit(e, model);
}

// What the station does not have yet, of each person and map: it is not lost
// with the view. waiting: {ops, name, seen, state: 'sending' 'waiting' 'failed',
// problem}; mine: the revision of the last that was sent; log: that of the view.
const kept = new Map();

function keptOf(user, map) {
  const key = JSON.stringify([user, map]);
  if (!kept.has(key)) kept.set(key, { user, waiting: [], sending: Promise.resolve(), mine: 0, log: null });
  return kept.get(key);
}

// Who leaves the page is asked while something waits.
addEventListener('beforeunload', e => {
  if ([...kept.values()].some(k => k.user === session.user && k.waiting.some(x => x.state !== 'sending'))) e.preventDefault();
});

export class EditLog {
  // view: the map's. draw(): the bars are to be drawn anew.
  constructor(view, draw) {
    this.view = view;
    this.draw = draw;
    this.edits = [];
    this.me = session.user || '';
    this.kept = keptOf(this.me, view.name);
    this.kept.log = this;
    if (!this.waiting.length) this.kept.mine = 0; // the map may be another of that name
    if (live.state.connected) this.resend();
    live.onState(s => { if (s.connected) this.resend(); }, view.place.signal);
  }

  get waiting() { return this.kept.waiting; }
  get mine() { return this.kept.mine; }
  get path() { return 'maps/' + seg(this.view.name); }

  // Of a view that is gone what waits is seen in the one that came after it.
  changed() {
    const { log } = this.kept;
    if (!log.view.place.signal.aborted) log.draw();
  }

  // Sends an entry after those before it.
  queue(entry) {
    this.kept.sending = this.kept.sending.then(() => this.send(entry));
    return this.kept.sending;
  }

  // Does operations as one step; true when the station has them. seen: the
  // revision they were made over.
  do(ops, { name = nameOfEdit(ops[0], this.view.model), seen = this.view.model.revision, force = false } = {}) {
    const entry = { ops, name, seen, force, state: 'sending' };
    this.waiting.push(entry);
    const done = this.queue(entry);
    this.changed();
    return done;
  }

  async send(entry) {
    if (!this.waiting.includes(entry)) return false;
    if (!await this.sendOlder(entry)) return false;
    entry.state = 'sending';
    const alone = ['undo', 'redo'].includes(entry.ops[0].op);
    try {
      // Own edits that went before are no one else's.
      const seen = Math.max(entry.seen, this.mine);
      const answer = await api.patch(this.path, { edits: entry.ops, ...(alone || entry.force ? {} : { seen }) });
      this.drop(entry);
      this.take(answer);
      await this.refresh();
      return true;
    } catch (problem) {
      if (problem.name === 'AbortError') return false;
      if (problem.status === 409 && problem.changes) return this.clash(entry, problem);
      entry.state = problem.status === 0 ? 'waiting' : 'failed';
      entry.problem = problem;
      this.changed();
      return false;
    }
  }

  // What waits goes first: of two moves of a node the later one stays. False if
  // there is still no contact: then this one waits, too.
  async sendOlder(entry) {
    for (const older of this.waiting.slice(0, this.waiting.indexOf(entry))) {
      if (older.state !== 'waiting' || await this.send(older) || older.state !== 'waiting') continue;
      Object.assign(entry, { state: 'waiting', problem: older.problem });
      this.changed();
      return false;
    }
    return true;
  }

  take(answer) {
    if (!answer) return;
    this.kept.mine = answer.revision;
    this.view.model.revision = answer.revision;
    if (answer.edits?.[0]?.who) this.me = answer.edits[0].who;
  }

  drop(entry) {
    this.kept.waiting = this.waiting.filter(e => e !== entry);
    this.changed();
  }

  // The same was changed by another: both values, and a choice.
  async clash(entry, problem) {
    const { model } = this.view, theirs = problem.changes, who = theirs[0]?.who || '';
    const what = [...new Set(theirs.map(e => nameOfEdit(e, model)))].join(', ');
    const answer = await dialog({
      title: t('map.clash.title'), cls: 'clash',
      body: h`<p>${t('map.clash', { who, what })}</p><dl class="facts"><div><dt>${t('map.clash.mine')}</dt><dd>${entry.ops.map(e => h`<span>${nameOfEdit(e, model)}: ${valueOf(e, model)}</span>`)}</dd></div>
        <div><dt>${who}</dt><dd>${theirs.map(e => h`<span>${nameOfEdit(e, model)}: ${valueOf(e, model)}</span>`)}</dd></div></dl><p class="dim small">${t('map.clash.history')}</p>`,
      actions: [{ name: 'theirs', label: t('map.clash.theirs') }, { name: 'mine', label: t('map.clash.keep'), primary: true }], cancel: false,
    });
    if (answer?.action === 'mine') {
      entry.force = true;
      return this.send(entry);
    }
    this.drop(entry);
    await this.refresh();
    return false;
  }

  retry(entry) { this.queue(entry); }
  async discard(entry) {
    this.drop(entry);
    await this.refresh();
  }

  // With contact again, what waited is sent, after a look at what changed.
  resend() {
    for (const e of this.waiting.filter(x => x.state === 'waiting')) this.retry(e);
  }

  // The document and the list of edits as they are now.
  async refresh() {
    if (this.view.editor.dragging.held) { this.late = true; return; }
    this.late = false;
    await Promise.all([this.view.reload(), this.askEdits()]).catch(problem => { if (problem.name !== 'AbortError' && problem.status !== 0) console.warn(problem); });
    this.changed();
  }

  async askEdits() {
    const { edits = [] } = await api.get(this.path + '/edits', { signal: this.view.place.signal });
    this.edits = edits;
    return edits;
  }

  // My last step that can be taken back, and the last that can be done again.
  steps() {
    const mine = this.edits.filter(e => e.who === this.me), force = mine.filter(e => e.status !== 'undone'), undone = mine.filter(e => e.status === 'undone');
    const last = list => list.reduce((a, b) => !a || b.step >= a.step ? b : a, null);
    const undo = last(force), first = undone.filter(e => e.revision === Math.max(...undone.map(x => x.revision)));
    const redo = first.length && !(undo && undo.revision > first[0].revision) ? first[0] : null;
    const name = e => {
      const all = this.edits.filter(x => x.step === e.step), same = all.filter(x => x.op === all[0].op).length;
      return nameOfEdit(all[0], this.view.model) + (same > 1 ? ' +' + (same - 1) : '');
    };
    return { undo: undo ? name(undo) : '', redo: redo ? name(redo) : '' };
  }
}
