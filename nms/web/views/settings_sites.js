// Sites: by what a device is of one.
import { h, icon } from '../base/html.js';
import { t } from '../base/texts.js';
import { field } from '../parts/dialog.js';
import { orderedList } from './settings_order.js';

const KEYS = ['name', 'location', 'device', 'prefix'];
const plain = (s) => Object.fromEntries(KEYS.filter((k) => s[k]).map((k) => [k, s[k]]));
const mono = (key) => (s) => h`<td class="mono">${s[key] ?? ''}</td>`;

export default (place) => orderedList(place, {
  path: 'sites', key: 'sites', icon: 'kind-cloud', title: t('settings.sites'), add: t('sites.add'), none: t('sites.none'), noneText: t('sites.none.text'),
  where: t('sites.where'), removeText: t('sites.remove.text'), added: (name) => t('sites.added', { name }), earlier: (name) => t('sites.earlier.of', { name }),
  columns: [[t('name'), (s) => h`<td>${icon('kind-cloud', 'k')}<b>${s.name}</b></td>`], [t('sites.location'), mono('location')], [t('sites.device'), mono('device')], [t('sites.prefix'), mono('prefix')]],
  plain, called: (s) => s.name, read: (v) => plain(Object.fromEntries(KEYS.map((k) => [k, v[k].trim()]))),
  fields: (was) => h`${field({ label: t('name'), name: 'name', value: was?.name ?? '', required: true, autofocus: true, placeholder: 'Hamburg' })}<p class="dim">${t('sites.text')}</p>
    ${field({ label: t('sites.location'), name: 'location', value: was?.location ?? '', placeholder: 'Hamburg*' })}${field({ label: t('sites.device'), name: 'device', value: was?.device ?? '', placeholder: 'ham-*' })}${field({ label: t('sites.prefix'), name: 'prefix', value: was?.prefix ?? '', placeholder: '192.0.2.0/24' })}`,
});
