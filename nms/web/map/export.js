// The map as a file: what the station draws and writes.
import { seg } from '../base/api.js';
import { t } from '../base/texts.js';

const FORMATS = [['svg', 'SVG'], ['png', 'PNG'], ['pdf', 'PDF'], '-', ['gv', 'DOT (Graphviz)'], ['graphml', 'GraphML'], ['json', 'JSON'], ['csv', 'CSV']];

export function exportItems(view) {
  const at = view.at === null ? '' : '?at=' + Math.floor(view.at / 1000);
  return FORMATS.map(f => f === '-' ? '-' : {
    label: f[1], act: () => {
      const a = document.createElement('a');
      a.href = `/api/v1/maps/${seg(view.name)}.${f[0]}${at}`;
      a.download = `${view.name}.${f[0]}`;
      document.body.append(a);
      a.click();
      a.remove();
    },
  }).concat([{ label: t('map.print'), act: () => print() }]);
}
