// Layers of a map: the same picture seen as cables, subnets, a VLAN, a spanning
// tree or risk. Places stay; what a layer does not have steps back.
import { api } from '../base/api.js';
import { h, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { go } from '../base/route.js';

export const LAYERS = ['physical', 'network', 'vlan', 'stp', 'risk'];

// "Root FWD", "Altn BLK": role and state of a port as switches abbreviate them.
const ROLES = { root: 'Root', designated: 'Desg', alternate: 'Altn', backup: 'Back', disabled: 'Disa' };
const STATES = { disabled: 'DIS', blocking: 'BLK', listening: 'LIS', learning: 'LRN', forwarding: 'FWD', broken: 'BKN' };
export const portInTree = (role, state) => [ROLES[role], STATES[state]].filter(Boolean).join(' ');

export class Layers {
  // view: {place, model, stage, redraw(), changed()}.
  constructor(view, box) {
    this.view = view;
    this.box = box;
    this.known = null; // GET layers: {vlans, trees}
    this.here = 'physical';
    this.which = '';
    this.risks = new Map(); // by id of node or link, MAP/NAME of clouds, name
    this.seen = null; // ids of nodes and links that the layer has
    this.blocked = null;
  }

  // The layer of an address: "vlan:10", "stp:NAME"; a map may be one itself.
  static of(query, model) {
    const [layer, ...rest] = (query.get('layer') || '').split(':');
    if (LAYERS.includes(layer)) return [layer, rest.join(':')];
    return { network: ['network', ''] }[model?.view] || ['physical', ''];
  }

  draw() {
    const choices = this.here === 'vlan' || this.here === 'stp' ? this.choices(this.here) : [];
    render(this.box, h`<span class="seg" role="tablist" aria-label="${t('map.layers')}">${LAYERS.map(l =>
      h`<button type="button" role="tab" data-layer="${l}" aria-selected="${String(l === this.here)}" tabindex="${l === this.here ? 0 : -1}">${t('map.layer.' + l)}</button>`)}</span>
      ${choices.length > 0 && h`<label class="layer-of"><span class="unseen">${t('map.layer.' + this.here)}</span><select data-which>${choices.map(c =>
        h`<option value="${c.id}" ${c.id === this.which && h`selected`}>${c.text}</option>`)}</select></label>`}
      ${(this.here === 'vlan' || this.here === 'stp') && this.known && !choices.length && h`<span class="chip">${t('map.layer.none')}</span>`}`);
  }

  choices(layer) {
    if (!this.known) return [];
    if (layer === 'vlan') return this.known.vlans.map(v => ({ id: String(v.vlan), text: [v.vlan, v.name].filter(Boolean).join(' · ') }));
    return this.known.trees.map(x => ({ id: x.name, text: t('map.tree', { name: x.name }) }));
  }

  listen(signal) {
    this.box.addEventListener('click', e => {
      const b = e.target.closest('[data-layer]');
      if (b) this.choose(b.dataset.layer);
    }, { signal });
    this.box.addEventListener('change', e => { if (e.target.matches('[data-which]')) this.choose(this.here, e.target.value); }, { signal });
    this.box.addEventListener('keydown', e => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step || !e.target.matches('[role=tab]')) return;
      e.preventDefault();
      e.stopPropagation();
      const to = LAYERS[(LAYERS.indexOf(this.here) + step + LAYERS.length) % LAYERS.length];
      this.choose(to).then(() => this.box.querySelector(`[data-layer=${to}]`)?.focus());
    }, { signal });
  }

  // A person's choice: goes into the address.
  async choose(layer, which = '') {
    const { place, model } = this.view, at = place.query.get('at');
    const keep = at ? '?at=' + encodeURIComponent(at) : '';
    if (layer === 'network' && model.view !== 'network') return go('/maps/network' + keep);
    if (layer !== 'network' && model.view === 'network')
      return go('/maps/physical' + (layer === 'physical' ? keep : (keep ? keep + '&' : '?') + 'layer=' + layer));
    await this.show(layer, which);
    place.setQuery({ layer: this.here === 'physical' || this.here === 'network' ? null : this.which ? `${this.here}:${this.which}` : this.here }, { push: true });
  }

  // Shows a layer; what it needs is asked first.
  async show(layer, which = '') {
    const { signal } = this.view.place;
    this.here = layer;
    this.which = which;
    this.draw();
    if (layer === 'vlan' || layer === 'stp') {
      this.known ||= await api.get('layers', { signal });
      const list = this.choices(layer), chosen = list.find(c => c.id === which) || (layer === 'vlan' ? list.find(c => c.id !== '1') : null) || list[0];
      this.which = chosen?.id || '';
    }
    this.seen = this.blocked = this.root = null;
    if (layer === 'vlan') await this.loadVlan(signal);
    if (layer === 'stp') await this.loadTree(signal);
    if (layer === 'risk') await this.loadRisk(signal);
    this.draw();
    this.apply();
    this.view.changed();
  }

  async loadVlan(signal) {
    const v = this.which ? await api.get('layers/vlan:' + this.which, { signal }) : { nodes: [], links: [] };
    this.seen = new Set([...v.nodes, ...v.links]);
    this.untold = new Set(v.untold || []);
  }

  // The bridges of one tree; links between two of them are of it.
  async loadTree(signal) {
    const s = await api.get('layers/stp', { signal }), at = s.trees.findIndex(x => x.name === this.which);
    this.seen = new Set(Object.entries(s.nodes).filter(([, i]) => i === at).map(([id]) => id));
    for (const l of this.view.model.links.values()) if (this.seen.has(l.a) && this.seen.has(l.b)) this.seen.add(l.id);
    this.blocked = new Set(s.blocked || []);
    this.ends = s.ports || {};
    this.root = s.trees[at]?.root || null;
  }

  async loadRisk(signal) {
    const r = await api.get('layers/risk', { signal }).catch(() => ({}));
    this.risks = new Map([...Object.entries(r.nodes || {}), ...Object.entries(r.links || {}), ...Object.entries(r.clouds || {})]);
  }

  // What of the layer the stage must know.
  apply() {
    const { stage, model } = this.view;
    const has = id => {
      if (this.seen.has(id)) return true;
      const n = model.nodes.get(id);
      if (n?.origin === 'cloud') return model.everyMember(id).some(m => this.seen.has(m.id));
      return !!stage.shown.links.find(l => l.id === id)?.of?.some(x => this.seen.has(x));
    };
    const known = new Map(), plain = !this.seen && this.here !== 'risk';
    if (plain && !stage.off && !stage.risk && !stage.adapt) return; // as it is
    stage.off = !this.seen ? null : id => {
      if (!known.has(id)) known.set(id, has(id));
      return !known.get(id);
    };
    stage.risk = this.here === 'risk' ? n => this.riskOf(n)?.level || 0 : null;
    stage.adapt = this.here === 'stp' && this.seen ? shown => this.asTree(shown) : null;
    this.view.redraw();
  }

  riskOf(n) {
    if (n.origin === 'cloud') {
      const own = this.risks.get(`${this.view.model.name}/${n.name}`);
      if (own) return own;
      return this.view.model.everyMember(n.id).map(m => this.risks.get(m.bound || m.id)).filter(Boolean).sort((a, b) => b.risk - a.risk)[0];
    }
    return this.risks.get(n.bound || n.id);
  }

  // Links as the tree has them, and who is its root.
  asTree(shown) {
    const nodes = new Map(shown.nodes), root = nodes.get(this.root);
    if (root) nodes.set(this.root, { ...root, note: t('map.root') });
    return { ...shown, nodes, links: shown.links.map(l => {
      const end = this.seen.has(l.a) && this.seen.has(l.b) ? this.ends[l.id] : null;
      if (!end && !this.blocked.has(l.id)) return l;
      return { ...l, state: this.blocked.has(l.id) && l.state !== 'down' ? 'blocked' : l.state,
               a_tree: portInTree(end?.a_role, end?.a_state), b_tree: portInTree(end?.b_role, end?.b_state) };
    }) };
  }

  // A risk that changed while it is looked at.
  takeRisk(r) {
    if (this.here !== 'risk') return false;
    const n = [...this.view.model.nodes.values()].find(x => x.device === r.name || x.name === r.name);
    if (r.class === 'cloud') this.risks.set(r.name, r);
    else if (n) this.risks.set(n.id, r);
    return true;
  }
}
