// What ports should be, whatever was learned of them: which are told of when they are down, or up, or never.
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { field } from '../parts/dialog.js';
import { orderedList } from './settings_order.js';

const EXPECTS = ['up', 'down', 'any'], LISTS = ['devices', 'ports'];
const plain = (p) => ({ expect: p.expect, ...Object.fromEntries(LISTS.filter((k) => p[k]?.length).map((k) => [k, p[k]])) });
const listOf = (text) => String(text ?? '').split('\n').map((x) => x.trim()).filter(Boolean);
const patterns = (key) => (p) => h`<td class="mono">${(p[key] ?? []).join(', ')}</td>`;

export default (place) => orderedList(place, {
  path: 'alerts/ports', key: 'ports', icon: 'ui-alerts', title: t('settings.ports'), add: t('expected.add'), none: t('expected.none'), noneText: t('expected.none.text'),
  where: t('expected.where'), removeText: t('expected.remove.text'), added: (name) => t('expected.added', { name }), earlier: (name) => t('sites.earlier.of', { name }),
  columns: [[t('expected.devices'), patterns('devices')], [t('expected.ports'), patterns('ports')], [t('expected.expect'), (p) => h`<td>${t(`expected.expect.${p.expect}`)}</td>`]],
  plain, called: (p) => LISTS.flatMap((k) => p[k] ?? []).join(' '), read: (v) => plain({ expect: v.expect, devices: listOf(v.devices), ports: listOf(v.ports) }),
  fields: (was) => h`<p class="dim">${t('expected.text')}</p>${field({ label: t('expected.devices'), name: 'devices', rows: 2, value: (was?.devices ?? []).join('\n'), placeholder: '^core-' })}
    ${field({ label: t('expected.ports'), name: 'ports', rows: 2, value: (was?.ports ?? []).join('\n'), placeholder: '^(Te|xe-)' })}${field({ label: t('expected.expect'), name: 'expect', options: EXPECTS.map((e) => [e, t(`expected.expect.${e}`)]), value: was?.expect ?? 'up' })}`,
});
