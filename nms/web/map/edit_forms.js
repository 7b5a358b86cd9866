// The forms of editing: a link's ports, a new device, a cloud, names and
// attributes. Each gives operations, or null when it was closed.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { dialog, field } from '../parts/dialog.js';
import { gathered, moveOp, newId, proposeName } from './edit_arrange.js';

const KINDS = ['router', 'switch', 'l3switch', 'firewall', 'server', 'host', 'hypervisor', 'vm', 'storage', 'ap', 'wlc', 'loadbalancer', 'stack', 'printer',
               'phone', 'camera', 'sensor', 'power', 'ups', 'internet', 'cloud', 'segment', 'station', 'unknown'];

// Ports of a node's device, those without a link first.
async function portsOf(n, model, signal) {
  const used = new Set();
  for (const l of model.links.values()) {
    if (l.a === n.id && l.a_port) used.add(l.a_port);
    if (l.b === n.id && l.b_port) used.add(l.b_port);
  }
  const name = n.device || (n.origin === 'device' ? n.name : '');
  const list = name ? await api.get(`devices/${seg(name)}/interfaces`, { signal }).then(a => a.interfaces || [], () => []) : [];
  const names = list.filter(p => !/^lo\d*$|loopback|vlan|null/i.test(p.name || '')).map(p => p.name);
  return [...names.filter(p => !used.has(p)).map(p => [p, t('map.port.free')]), ...names.filter(p => used.has(p)).map(p => [p, t('map.port.used')])];
}

const ports = (id, list) => h`<datalist id="${id}">${list.map(([p, note]) => h`<option value="${p}" label="${p} · ${note}"></option>`)}</datalist>`;

export async function linkForm(view, a, b) {
  const { signal } = view.place, [from, to] = await Promise.all([portsOf(a, view.model, signal), portsOf(b, view.model, signal)]);
  const free = list => list.find(p => p[1] === t('map.port.free'))?.[0] || '';
  const done = await dialog({
    title: t('map.tool.link'), cls: 'narrow',
    body: h`<p class="dim">${a.name} – ${b.name}</p>${field({ label: t('map.port.from'), name: 'from', value: free(from), list: 'ports-from', autofocus: true })}
      ${field({ label: t('map.port.to'), name: 'to', value: free(to), list: 'ports-to' })}${ports('ports-from', from)}${ports('ports-to', to)}
      ${field({ label: t('speed'), name: 'speed', options: [['', '–'], '100M', '1G', '2.5G', '10G', '25G', '40G', '100G'].map(v => Array.isArray(v) ? v : [v, v]) })}`,
    actions: [{ name: 'link', label: t('map.tool.link'), primary: true }],
  });
  if (!done) return null;
  const { from: a_port, to: b_port, speed } = done.values, ends = { a: a.id, b: b.id, ...(a_port && { a_port }), ...(b_port && { b_port }) };
  return [{ op: 'link', ...ends }, ...(speed ? [{ op: 'set', ...ends, key: 'speed', value: speed }] : [])];
}

async function deviceNames(signal) {
  const { devices = [] } = await api.get('devices', { signal }).catch(() => ({}));
  return devices.map(d => d.name);
}
const names = list => h`<datalist id="device-names">${list.map(n => h`<option value="${n}"></option>`)}</datalist>`;

export async function deviceForm(view, at) {
  const known = await deviceNames(view.place.signal);
  const done = await dialog({
    title: t('map.tool.add'), cls: 'narrow',
    body: h`${field({ label: t('name'), name: 'name', required: true, autofocus: true })}
      ${field({ label: t('kind'), name: 'kind', value: 'unknown', options: KINDS })}
      ${field({ label: t('map.bind'), name: 'device', list: 'device-names', hint: t('map.bind.hint') })}${names(known)}
      ${field({ label: t('address'), name: 'address' })}`,
    actions: [{ name: 'add', label: t('map.tool.add'), primary: true }],
  });
  if (!done) return null;
  const { name, kind, device, address } = done.values, id = newId(name, new Set([...view.model.nodes.keys(), ...[...view.model.nodes.values()].map(n => n.name)]));
  return [{ op: 'add', id, attributes: { kind, label: name, ...(address && { address }) } }, moveOp(id, at), ...(device ? [{ op: 'bind', id, device }] : [])];
}

export async function cloudForm(view, nodes) {
  const { model } = view, clouds = [...model.nodes.values()].filter(n => n.origin === 'cloud' && !nodes.some(x => x.id === n.id));
  const taken = new Set([...model.nodes.values()].map(n => n.name));
  const around = nodes.length && nodes.every(n => n.cloud === nodes[0].cloud) ? nodes[0].cloud || '' : '';
  const done = await dialog({
    title: t('map.cloud.make'), cls: 'narrow',
    body: h`<p class="dim">${nodes.length ? t('map.selected', { n: nodes.length }) : t('map.cloud.none')}</p>
      ${field({ label: t('map.cloud.name'), name: 'name', value: proposeName(nodes, taken, t('map.cloud.word')), required: true, autofocus: true })}
      ${field({ label: t('map.cloud.inside'), name: 'inside', value: around, options: [['', t('map.cloud.nowhere')], ...clouds.map(c => [c.id, c.name])] })}
      ${field({ label: t('map.cloud.prefix'), name: 'prefix', required: !nodes.length, placeholder: '192.0.2.0/24', hint: t('map.cloud.prefix.hint') })}`,
    actions: [{ name: 'make', label: t('map.cloud.make'), primary: true }],
  });
  if (!done) return null;
  const { name, inside, prefix } = done.values, own = new Set(nodes.map(n => n.id));
  // The members draw together, where others stand between them.
  const places = prefix ? [] : gathered(nodes, [...view.stage.shown.nodes.values()].filter(n => !own.has(n.id)));
  return [...[...places].map(([id, p]) => moveOp(id, p)), prefix ? { op: 'cloud', name, prefix } : { op: 'cloud', name, nodes: nodes.map(n => n.id) },
          ...(inside ? [{ op: 'nest', name, parent: inside }] : [])];
}

export async function renameForm(n) {
  const done = await dialog({
    title: t('map.rename'), cls: 'narrow', body: field({ label: t('name'), name: 'text', value: n.name, autofocus: true, hint: t('map.rename.hint') }),
    actions: [{ name: 'rename', label: t('map.rename'), primary: true }], ready: form => form.elements.text.select(),
  });
  return done && done.values.text !== n.name ? [{ op: 'rename', id: n.id, text: done.values.text }] : null;
}

export async function nestForm(view, nodes) {
  const { model } = view, own = new Set(nodes.map(n => n.id));
  const clouds = [...model.nodes.values()].filter(c => c.origin === 'cloud' && !own.has(c.id) && !model.around(c).some(x => own.has(x.id)));
  const done = await dialog({
    title: t('map.nest'), cls: 'narrow', body: field({ label: t('map.cloud.inside'), name: 'parent', value: nodes[0].cloud || '', options: [['', t('map.cloud.nowhere')], ...clouds.map(c => [c.id, c.name])] }),
    actions: [{ name: 'nest', label: t('map.nest'), primary: true }],
  });
  return done ? nodes.map(n => ({ op: 'nest', name: n.id, parent: done.values.parent })) : null;
}

// Attributes of a node or link: what changed becomes an operation each.
export async function attributesForm(view, o) {
  const link = o.a !== undefined, subject = { id: o.id };
  const own = Object.entries(o.attributes || {}), known = link ? [] : await deviceNames(view.place.signal);
  const fields = link ? [['speed', o.speed ? String(o.speed) : ''], ['a_port', o.a_port || ''], ['b_port', o.b_port || ''], ['kind', o.kind || '']] :
    [['kind', o.kind || ''], ['address', o.address || ''], ['detail', o.detail || ''], ['leads', o.leads || '']];
  const label = { speed: t('speed'), a_port: t('map.port.from'), b_port: t('map.port.to'), kind: t('kind'), address: t('address'), detail: t('model'), leads: t('map.leads.to') };
  const bound = o.bound ? view.model.nodes.get(o.id)?.device || '' : '';
  const done = await dialog({
    title: t('map.attributes'), cls: 'narrow',
    body: h`${fields.map(([k, v]) => k === 'kind' && !link ? field({ label: label[k], name: 'k.' + k, value: v, options: KINDS }) : field({ label: label[k], name: 'k.' + k, value: v }))}
      ${!link && o.origin !== 'device' && h`${field({ label: t('map.bind'), name: 'bind', value: bound, list: 'device-names' })}${names(known)}`}
      ${own.map(([k, v]) => field({ label: k, name: 'k.' + k, value: v }))}
      <div class="two">${field({ label: t('map.attribute.new'), name: 'key' })}${field({ label: t('value'), name: 'value' })}</div>`,
    actions: [{ name: 'save', label: t('save'), primary: true }],
  });
  if (!done) return null;
  const v = done.values, ops = [];
  for (const [k, was] of [...fields, ...own]) if (v['k.' + k] !== undefined && v['k.' + k] !== String(was)) ops.push({ op: 'set', ...subject, key: k, value: v['k.' + k] });
  if (v.key) ops.push({ op: 'set', ...subject, key: v.key, value: v.value });
  if (v.bind !== undefined && v.bind !== bound) ops.push({ op: 'bind', id: o.id, device: v.bind });
  return ops.length ? ops : null;
}
