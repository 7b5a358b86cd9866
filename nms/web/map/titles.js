// What maps are called on the page, by their names and titles at the station.
import { t } from '../base/texts.js';

const OWN = new Set(['physical', 'network', 'sites', 'station']);

// "prefix-10.0.0.0-24" as 10.0.0.0/24, "prefix-2001-db8---32" as 2001:db8::/32.
export function prefixOf(name) {
  const m = /^prefix-(.+)-(\d+)$/.exec(name);
  if (!m) return '';
  return (m[1].includes('.') ? m[1] : m[1].replaceAll('-', ':')) + '/' + m[2];
}

// m: {name, title, view}, as GET maps or a document has them.
export function titleOf({ name, title = '', view = '' }) {
  if (OWN.has(name)) return t('map.title.' + name);
  if (view === 'vlan' || (!view && /^vlan-\d+$/.test(name))) return ['VLAN ' + name.slice(5), title].filter(Boolean).join(' · ');
  if (view === 'stp' || (!view && name.startsWith('stp-'))) return t('map.tree', { name: title || name.slice(4) });
  if (view === 'prefix') return title || prefixOf(name) || name;
  if (view === 'site' && !title) return name.replace(/^site-/, '');
  return title || name;
}
