// The map as a list: the same nodes and links, in the order of the layout.
import { h, icon, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { percent, si } from '../base/format.js';
import { mark } from '../parts/mark.js';
import { linkWord } from './things.js';
import { loadOf } from './weigh.js';

export function drawList(box, view) {
  const { shown, selected } = view.stage, { model } = view;
  const nodes = [...shown.nodes.values()].sort((p, q) => p.y - q.y || p.x - q.x);
  const order = new Map(nodes.map((n, i) => [n.id, i]));
  const links = [...shown.links].sort((p, q) => order.get(p.a) - order.get(q.a) || order.get(p.b) - order.get(q.b));
  render(box, h`<div class="page"><section class="card flush"><h3>${t('map.list.nodes', { n: nodes.length })}</h3><table><thead><tr><th>${t('name')}</th><th>${t('kind')}</th><th>${t('state')}</th><th>${t('address')}</th><th>${t('model')}</th></tr></thead>
    <tbody>${nodes.map(n => h`<tr data-key="ln-${n.id}" class="${selected.has(n.id) ? 'sel' : ''}"><td><button class="link" type="button" data-act="pick" data-id="${n.id}">${icon('kind-' + (n.kind || 'unknown'))} ${n.name}</button></td><td>${n.kind || ''}</td><td>${mark(n.state || 'unknown')}</td><td class="num">${n.within || n.address || ''}</td><td>${n.origin === 'cloud' ? t('map.devices', { n: model.countOf(n) }) : n.detail || ''}</td></tr>`)}</tbody></table></section>
    <section class="card flush"><h3>${t('map.list.links', { n: links.length })}</h3><table><thead><tr><th>${t('map.from')}</th><th>${t('map.to')}</th><th>${t('state')}</th><th class="n">${t('speed')}</th><th class="n">${t('load')}</th></tr></thead>
    <tbody>${links.map(l => {
      const a = shown.nodes.get(l.a), b = shown.nodes.get(l.b);
      return h`<tr data-key="ll-${l.id}" class="${selected.has(l.id) ? 'sel' : ''}"><td><button class="link" type="button" data-act="pick" data-id="${l.id}">${[a.name, l.a_port].filter(Boolean).join(' ')}</button></td><td>${[b.name, l.b_port].filter(Boolean).join(' ')}</td><td>${linkWord(l, a, b)}</td><td class="n">${l.speed ? si(l.speed) : ''}</td><td class="n">${loadOf(l) === null ? '' : percent(loadOf(l))}</td></tr>`;
    })}</tbody></table></section></div>`);
}
