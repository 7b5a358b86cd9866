// What the pointer or the focus is on, in short: name, state, address, load.
import { h, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { percent, si } from '../base/format.js';
import { mark, stateWord } from '../parts/mark.js';
import { linkWord } from './things.js';
import { halfOf, loadOf } from './weigh.js';
import { lineOf } from './geometry.js';

export class Tip {
  constructor(box, view) {
    this.box = box;
    this.view = view;
  }

  show(thing) {
    const { stage, model } = this.view;
    this.box.hidden = !thing;
    if (!thing) return;
    const n = thing.node && model.nodes.get(thing.node), l = thing.link && stage.shown.links.find(x => x.id === thing.link);
    if (n) render(this.box, this.ofNode(n));
    else if (l) render(this.box, this.ofLink(l, model.nodes.get(l.a), model.nodes.get(l.b)));
    else { this.box.hidden = true; return; }
    const a = n || lineOf(model.nodes.get(l.a), model.nodes.get(l.b), l.lane || 0).mid;
    const p = stage.camera.toScreen(a), half = n ? halfOf(n).h * stage.camera.zoom : 6, own = this.box.getBoundingClientRect();
    const below = p.y + half + 10 + own.height < stage.camera.h;
    this.box.style.setProperty('left', Math.max(6, Math.min(stage.camera.w - own.width - 6, p.x - own.width / 2)) + 'px');
    this.box.style.setProperty('top', (below ? p.y + half + 10 : p.y - half - 10 - own.height) + 'px');
  }

  ofNode(n) {
    const { model, stage } = this.view;
    const busy = stage.shown.links.filter(l => l.a === n.id || l.b === n.id).map(loadOf).filter(v => v !== null);
    const risk = this.view.layers?.here === 'risk' ? this.view.layers.riskOf(n) : null;
    return h`<b>${n.name}</b>${mark(n.state || 'unknown', { label: n.words && n.state !== 'up' ? `${stateWord(n.state)} · ${n.words}` : true })}
      <span class="dim">${[n.origin === 'cloud' ? t('map.devices', { n: model.countOf(n) }) : '', n.within, n.address, n.detail].filter(Boolean).join(' · ')}</span>
      ${busy.length > 0 && h`<span class="dim">${t('map.tip.load', { load: percent(Math.max(...busy)) })}</span>`}
      ${risk && h`<span class="dim">${t('risk')} ${Math.round(risk.risk)} · ${t('risk.' + risk.level)}</span>`}`;
  }

  ofLink(l, a, b) {
    return h`<b>${[a.name, l.a_port].filter(Boolean).join(' ')} – ${[b.name, l.b_port].filter(Boolean).join(' ')}</b>
      <span class="dim">${[linkWord(l, a, b), l.speed ? si(l.speed) : '', l.summed > 1 ? t('map.links.n', { n: l.summed }) : ''].filter(Boolean).join(' · ')}</span>
      ${loadOf(l) !== null && h`<span class="dim">→ ${percent(l.load_ab)} · ← ${percent(l.load_ba)}</span>`}
      ${(l.a_tree || l.b_tree) && h`<span class="dim">${[l.a_tree, l.b_tree].map(x => x || '?').join(' – ')}</span>`}
      ${l.why && h`<span class="dim">${l.why}</span>`}`;
  }
}
