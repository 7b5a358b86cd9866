// The drawer beside the map: who the chosen object is, what is wrong with it,
// figures, neighbours, and what one may do.
import { api, seg, withQuery } from '../base/api.js';
import { h, icon } from '../base/html.js';
import { t } from '../base/texts.js';
import { age, clock, percent, si } from '../base/format.js';
import { may } from '../base/session.js';
import { mark, stateWord } from '../parts/mark.js';
import { bar } from '../parts/bar.js';
import { comment, headline } from '../parts/alert.js';
import { drawer, part } from '../parts/drawer.js';
import { figuresPart } from './figures.js';
import { linkWord } from './things.js';
import { isTrouble, loadOf, severityOf, shortPort, styleOf } from './weigh.js';

const SYMPTOMS_SHOWN = 30, MEMBERS_SHOWN = 40;

// The name of a node's device, '' if it is none.
export const deviceOf = n => n.device || (n.origin === 'device' ? n.name : '');

// What the station says of a node's device: facts and alerts; nothing for what
// is none, and of what could not be had.
export async function askFacts(n, signal) {
  const name = deviceOf(n), none = () => ({});
  if (!name) return {};
  const [device, alerts] = await Promise.all([
    api.get('devices/' + seg(name), { signal }).then(d => ({ device: d }), problem => (problem.status === 404 ? { device: null } : {})),
    api.get(withQuery('alerts', { object: name }), { signal }).then(a => ({ alerts: a.alerts.filter(x => x.device === name || x.object === name) }), none),
  ]);
  return { ...device, ...alerts };
}

// The port of a node whose link carries most; '' where nobody knows.
export function busiestPort(n, view) {
  const [first] = view.model.neighbours(n.id, view.stage.shown.links).filter(x => loadOf(x.link) !== null && x.port && !x.link.summed)
    .sort((p, q) => loadOf(q.link) - loadOf(p.link));
  return first?.port || '';
}

// By which proofs a link is there: its place in links/why; nothing for sums.
export async function askProofs(l, model, signal) {
  const a = model.nodes.get(l.a), b = model.nodes.get(l.b);
  if (l.summed || l.added || !a || !b) return {};
  const { links } = await api.get(withQuery('links/why', { a: a.device || a.name, b: b.device || b.name }), { signal }).catch(() => ({}));
  if (!links) return {};
  const fits = x => (x.a_port === l.a_port && x.b_port === l.b_port) || (x.a_port === l.b_port && x.b_port === l.a_port);
  return { link: links.find(fits) || null };
}

const acts = (list) => h`${list.filter(Boolean).map(([act, text, primary]) =>
  h`<button class="btn ${primary ? 'pri' : ''}" type="button" data-act="${act}">${text}</button>`)}`;

// Cause, reasons and symptoms of one alert.
function alertPart(a) {
  const why = comment(a), count = a.symptom_count ?? a.symptoms?.length ?? 0;
  return h`<div class="why ${a.severity}" data-key="alert-${a.id}"><p><b>${headline(a)}</b></p>${why && h`<p>${why}</p>`}
    ${count > 0 && h`<p>${t('map.behind', { n: count })}</p>`}<p class="dim small">${t('since')} ${clock(a.raised)} · ${age(a.raised)}${a.acknowledged && h` · ${t('st.acknowledged')}: ${[a.acknowledged.who, a.acknowledged.text].filter(Boolean).join(', ')}`}</p></div>`;
}

const symptomsPart = alerts => {
  const list = alerts.flatMap(a => a.symptoms || []);
  return list.length ? part(t('map.symptoms', { n: list.length }), h`<ul class="rows">${list.slice(0, SYMPTOMS_SHOWN).map(s =>
    h`<li>${mark('unreachable', { label: typeof s === 'object' ? s.object || s.device : String(s) })}<small>${typeof s === 'object' ? s.text || '' : ''}</small></li>`)}</ul>`) : '';
};

function neighboursPart(n, view) {
  const list = view.model.neighbours(n.id, view.stage.shown.links)
    .sort((p, q) => (loadOf(q.link) ?? -1) - (loadOf(p.link) ?? -1) || p.node.name.localeCompare(q.node.name));
  return list.length ? part(t('map.neighbours'), h`<ul class="rows">${list.slice(0, MEMBERS_SHOWN).map(x => {
    const is = styleOf(x.link, n, x.node), load = loadOf(x.link);
    return h`<li data-key="nb-${x.link.id}" data-lights="${x.link.id}">${icon('kind-' + (x.node.kind || 'unknown'), 'k')}<button class="link" type="button" data-act="pick" data-id="${x.node.id}">${x.node.name}</button>
      <span class="dimmer" title="${x.port}">${shortPort(x.port)}</span><small>${is === 'up' && load !== null ? bar(load) : h`<span class="${is === 'down' ? 't-down' : 'dim'}">${is === 'up' ? '' : linkWord(x.link, n, x.node)}</span>`}</small></li>`;
  })}</ul>`) : '';
}

const fact = (label, value) => value ? h`<div><dt>${label}</dt><dd>${value}</dd></div>` : '';

function factsPart(n, device) {
  const d = device || {};
  const rows = [fact(t('address'), [n.address, ...(n.addresses ? n.addresses.split(' ').slice(0, 3) : [])].filter(Boolean).join(', ')),
                fact(t('model'), d.hardware || n.detail), fact('OS', [d.os, d.version].filter(Boolean).join(' ')), fact(t('place'), d.location),
                d.rtt_ms ? fact('RTT', `${Number(d.rtt_ms).toFixed(d.rtt_ms < 10 ? 2 : 0)} ms`) : '', n.bound ? fact(t('map.bound'), d.name || n.device || '') : '',
                ...Object.entries(n.attributes || {}).map(([k, v]) => fact(k, v))];
  return part(t('map.facts'), h`<dl class="facts">${rows}</dl>`);
}

// What is shown of a node. facts: of askFacts().
export function nodeDrawer(n, facts, view) {
  const alerts = facts.alerts || [], open = alerts.filter(a => !a.acknowledged);
  const name = deviceOf(n);
  const since = alerts.map(a => a.raised).filter(Boolean).sort()[0] || facts.device?.since || n.changedAt;
  const note = [isTrouble(n.state) && since ? `${t('since')} ${clock(since)} · ${age(since)}` : '',
                !isTrouble(n.state) ? [facts.device?.hardware || n.detail, n.address].filter(Boolean).join(' · ') : ''].filter(Boolean).join('');
  return drawer({
    name: n.name, kind: n.kind || 'unknown', state: mark(n.state || 'unknown'), note, key: 'node-' + n.id,
    actions: h`${acts(open.length && may('operator') ? [['ack', t('map.ack'), true], name && ['silence', t('map.silence')]] : [])}
      ${name && h`<a class="btn ${open.length ? '' : 'pri'}" href="/devices/${encodeURIComponent(name)}">${t('map.opendev')}</a>`}
      ${n.leads && h`<a class="btn" href="/maps/${encodeURIComponent(n.leads)}">${t('map.leads')}</a>`}
      ${acts([!open.length && name && may('operator') && ['silence', t('map.silence')], ['show', t('map.show')], view.mayEdit() && !n.pinned && ['pin', t('map.pin')], view.mayEdit() && n.pinned && ['unpin', t('map.unpin')],
              view.mayEdit() && !n.hidden && ['hide', t('map.hide')], view.mayEdit() && n.hidden && ['unhide', t('map.unhide')], view.editing() && ['attributes', t('map.attributes')]])}`,
    body: h`${alerts.map(alertPart)}${symptomsPart(alerts)}${neighboursPart(n, view)}${figuresPart(facts.figures, name)}${factsPart(n, facts.device)}`,
  });
}

export function cloudDrawer(c, view) {
  const { model } = view, members = model.everyMember(c.id).sort((a, b) => severityOf(b.state) - severityOf(a.state) || a.name.localeCompare(b.name));
  const folded = !model.isOpen(c);
  return drawer({
    name: c.name, kind: 'cloud', state: mark(c.state || 'unknown'), key: 'cloud-' + c.id,
    note: [c.count ? `${c.well}/${c.count}` : t('map.devices', { n: model.countOf(c) }), c.within].filter(Boolean).join(' · '),
    actions: h`${acts([folded && model.canOpen(c) && ['open', t('map.cloud.open'), true], !folded && ['fold', t('map.cloud.fold'), true],
                       model.canOpen(c) && ['enter', t('map.cloud.enter')]])}${c.leads && h`<a class="btn" href="/maps/${encodeURIComponent(c.leads)}">${t('map.leads')}</a>`}
      ${acts([['show', t('map.show')], view.mayEdit() && ['rename', t('map.rename')]])}`,
    body: h`${folded ? neighboursPart(c, view) : ''}${members.length > 0 && part(t('map.members', { n: members.length }), h`<ul class="rows">${members.slice(0, MEMBERS_SHOWN).map(m =>
      h`<li data-key="m-${m.id}">${icon('kind-' + (m.kind || 'unknown'), 'k')}<span class="mark">${m.state === 'up' ? '' : mark(m.state, { label: false })}<button class="link" type="button" data-act="pick" data-id="${m.id}">${m.name}</button></span><small>${m.address || ''}</small></li>`)}</ul>`)}`,
  });
}

export function linkDrawer(l, facts, view) {
  const a = view.model.nodes.get(l.a), b = view.model.nodes.get(l.b), title = `${a.name} – ${b.name}`;
  const is = styleOf(l, a, b), end = (n, port, sends) => h`<li>${icon('kind-' + (n.kind || 'unknown'), 'k')}<button class="link" type="button" data-act="pick" data-id="${n.id}">${n.name}</button>
    <span class="dimmer">${port}</span><small>${sends === null || sends === undefined ? '' : h`${si(sends * l.speed)} · ${percent(sends)}`}</small></li>`;
  return drawer({
    name: title, kind: null, key: 'link-' + l.id, state: h`<span class="mark l-${is}">${icon('state-link-' + ({ unreachable: 'stale' }[is] || is))}<span>${linkWord(l, a, b)}</span></span>`,
    note: [l.speed ? si(l.speed) : '', loadOf(l) === null ? '' : percent(loadOf(l))].filter(Boolean).join(' · '),
    actions: acts([['show', t('map.show')], view.mayEdit() && !l.summed && !l.added && ['hide', t('map.hide')], view.mayEdit() && l.added && ['remove', t('map.remove')], view.editing() && !l.summed && ['attributes', t('map.attributes')]]),
    body: h`${part(t('map.ends'), h`<ul class="rows">${end(a, l.a_port, l.load_ab)}${end(b, l.b_port, l.load_ba)}</ul>`)}
      ${l.summed > 1 && h`<p class="dim">${t('map.links.n', { n: l.summed })}</p>`}
      ${part(t('map.facts'), h`<dl class="facts">${fact(t('kind'), l.kind)}${fact(t('map.evidence'), (l.evidence || '').replaceAll(',', ', '))}${fact(t('map.confidence'), l.confidence ? l.confidence + ' %' : '')}
        ${fact(t('map.whylink'), facts.link?.why || l.why)}${facts.link ? fact(t('map.lastseen'), age(facts.link.last_seen)) : ''}${fact(t('state'), stateWord(l.state) === l.state ? l.state : stateWord(l.state))}${Object.entries(l.attributes || {}).map(([k, v]) => fact(k, v))}</dl>`)}
      ${part(t('map.proofs'), facts.link?.proofs?.length ? h`<ul class="rows proofs">${facts.link.proofs.slice(0, 12).map(x => h`<li><span>${x.says}</span><small>${x.table || x.evidence}</small></li>`)}</ul>` : '')}`,
  });
}
