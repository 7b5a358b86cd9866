// Files dropped on the page become maps: what the station reads of DOT, GraphML,
// JSON and CSV.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { dialog, field } from '../parts/dialog.js';
import { say } from '../parts/toast.js';

const FORMATS = { gv: 'gv', dot: 'gv', graphml: 'graphml', xml: 'graphml', json: 'json', csv: 'csv', tsv: 'csv' };
const TYPES = { gv: 'text/vnd.graphviz', graphml: 'application/graphml+xml', json: 'application/json', csv: 'text/csv' };

export const formatOf = name => FORMATS[name.toLowerCase().split('.').pop()] || '';
// A name of a map that a file's name suggests.
export const nameOf = name => name.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'map';

// Asks for a name and sends the file; goes to the map it became.
export async function importFile(file) {
  const format = formatOf(file.name);
  if (!format) { say(t('map.import.format', { name: file.name }), { kind: 'trouble' }); return; }
  const document = await file.arrayBuffer();
  const done = await dialog({
    title: t('map.import.title', { name: file.name }),
    body: h`${field({ label: t('map.new.name'), name: 'name', value: nameOf(file.name), required: true, hint: t('map.new.hint') })}
      <div class="f check"><label><input type="checkbox" name="replace" value="1"> ${t('map.import.replace')}</label></div>`,
    actions: [{ name: 'import', label: t('map.import'), primary: true }],
    send: v => api.send(`maps/${seg(v.name)}.${format}${v.replace ? '?replace=1' : ''}`, document, TYPES[format]),
  });
  if (done) go('/maps/' + seg(done.values.name));
}

export function acceptDrops(sheet, signal) {
  let depth = 0;
  const on = (type, fn) => sheet.addEventListener(type, fn, { signal });
  const files = e => [...(e.dataTransfer?.types || [])].includes('Files');
  const end = () => { depth = 0; sheet.classList.remove('dropping'); };
  on('dragenter', e => { if (files(e) && may('operator')) { depth++; sheet.classList.add('dropping'); } });
  on('dragleave', e => { if (files(e) && --depth <= 0) end(); });
  on('dragover', e => { if (files(e)) e.preventDefault(); });
  on('drop', e => {
    end();
    if (!files(e)) return;
    e.preventDefault();
    if (!may('operator')) { say(t('map.import.role'), { kind: 'trouble' }); return; }
    const file = e.dataTransfer.files[0];
    if (file) importFile(file);
  });
}
