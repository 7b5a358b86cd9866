// Choosing what to look at: a device by name or address, then a port or another series of it.
import { api, seg, withQuery } from '../base/api.js';
import { h, icon, render, $ } from '../base/html.js';
import { t } from '../base/texts.js';
import { dialog } from '../parts/dialog.js';
import { problemLine } from '../parts/empty.js';
import { groupOf } from '../parts/series.js';
import { seriesTitle } from '../parts/picture.js';

const FOUND = 12, PORTS = 300, WAIT_MS = 150;

const PORT_SERIES = ['traffic', 'packets', 'errors', 'discards'];

/* What of a device can be shown: [{object, series, name, note}]; only of `series` where that is given. */
function offers(device, ports, files, series) {
  const wanted = series && groupOf(series), out = [];
  if (!wanted || PORT_SERIES.includes(wanted))
    for (const p of ports.slice(0, PORTS))
      out.push({ object: `${device}:${p.name}`, series: wanted ?? 'traffic', name: p.name, note: p.alias ?? '', busy: (p.rates?.in_octets ?? 0) + (p.rates?.out_octets ?? 0), up: p.oper === 'up' });
  out.sort((a, b) => b.busy - a.busy);
  for (const f of files) {
    if (f.series === 'port' || (wanted && f.series !== wanted)) continue;
    const one = f.object && f.series !== 'icmp' ? `${f.series}:${f.object}` : f.series;
    out.push({ object: device, series: one, name: seriesTitle(one), note: '' });
  }
  return out;
}

/* Asks; {object, series}, or null. */
export async function choose({ title, series = '', signal }) {
  let list = [], answer = null, timer = null;
  const result = await dialog({
    title, cls: 'choose', actions: [], body: h`<div class="f"><label><span>${t('graphs.device')}</span><input name="device" autocomplete="off" spellcheck="false" autofocus placeholder="${t('find')}"></label></div><div class="choose-list" data-keep></div>`,
    ready: (form, box) => {
      const out = $('.choose-list', form), input = form.elements.device;
      const ask = async () => {
        try {
          const q = input.value.trim();
          const found = (await api.get(withQuery('devices', { q, limit: FOUND }), { signal })).devices;
          list = [];
          render(out, h`<ul role="list">${found.map((d) => h`<li><button type="button" data-device="${d.name}">${icon(`kind-${d.kind}`, 'k')}<b>${d.name}</b><span class="dim">${d.address ?? ''}</span></button></li>`)}${found.length === 0 && h`<li class="dim">${t('find.none', { q })}</li>`}</ul>`);
        } catch (problem) { if (problem.name !== 'AbortError') render(out, problemLine(problem)); }
      };
      const open = async (device) => {
        input.value = device;
        try {
          const [ports, files] = await Promise.all([api.get(`devices/${seg(device)}/interfaces`, { signal }), api.get(`series/${seg(device)}`, { signal })]);
          list = offers(device, ports.interfaces, files.files, series);
          render(out, h`<ul role="list">${list.map((o, i) => h`<li><button type="button" data-pick="${i}">${icon(o.object.includes(':') ? 'ui-linkdraw' : 'ui-graphs', 'k')}<b>${o.name}</b><span class="dim">${o.note}</span></button></li>`)}${list.length === 0 && h`<li class="dim">${t('graphs.noseries')}</li>`}</ul>`);
          out.querySelector('button')?.focus();
        } catch (problem) { if (problem.name !== 'AbortError') render(out, problemLine(problem)); }
      };
      input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
      input.addEventListener('keydown', (e) => {
        if (e.key === 'ArrowDown' || e.key === 'Enter') { e.preventDefault(); out.querySelector('button')?.focus(); }
      });
      out.addEventListener('keydown', (e) => {
        const all = [...out.querySelectorAll('button')], i = all.indexOf(document.activeElement), to = { ArrowDown: i + 1, ArrowUp: i - 1 }[e.key];
        if (to === undefined) return;
        e.preventDefault();
        (to < 0 ? input : all[Math.min(to, all.length - 1)]).focus();
      });
      out.addEventListener('click', (e) => {
        const at = e.target.closest('button');
        if (at?.dataset.device !== undefined) open(at.dataset.device);
        if (at?.dataset.pick !== undefined) { answer = list[Number(at.dataset.pick)]; box.close(); }
      });
      ask();
    },
  });
  return answer ?? result?.result ?? null;
}
