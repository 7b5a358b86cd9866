// Search over everything: a button in the top bar becomes a combobox; results
// by kind with their state; Enter goes there.
import { api, withQuery } from '../base/api.js';
import { h, icon, render, element } from '../base/html.js';
import { t } from '../base/texts.js';
import { mark } from './mark.js';

let pick = null; // what a view does with a result instead of going to it

// While signal is not aborted a view gets results first: fn(result, {add}) is
// true when it took it. A result: {kind, name, device, state, href, node, map}.
export function onPick(signal, fn) {
  pick = fn;
  signal.addEventListener('abort', () => { if (pick === fn) pick = null; }, { once: true });
}

const address = name => '/devices/' + encodeURIComponent(name);

// What the station found, as one list of results.
export function resultsOf(found) {
  const out = [], seen = new Set();
  const add = (group, r) => {
    const id = group + ' ' + r.href;
    if (seen.has(id)) return;
    seen.add(id);
    out.push({ group, ...r });
  };
  for (const d of found.devices || [])
    add('device', { name: d.name, icon: 'kind-' + (d.kind || 'unknown'), state: d.state, device: d.name, map: d.map, node: d.node,
                    note: [d.address, d.hardware || d.os].filter(Boolean).join(' · '), href: address(d.name) });
  for (const p of found.ports || found.interfaces || [])
    add('port', { name: `${p.device} ${p.name}`, icon: 'ui-linkdraw', state: p.state || (p.admin === 'down' ? 'unmanaged' : p.oper || undefined), device: p.device, port: p.name, note: p.alias || '',
                  href: address(p.device) + '/interfaces?port=' + encodeURIComponent(p.name) });
  for (const a of found.addresses || [])
    add('address', { name: a.address, icon: 'ui-map', note: [a.device, a.interface].filter(Boolean).join(' · '), device: a.device,
                     href: a.device ? address(a.device) : '/devices?q=' + encodeURIComponent(a.address) });
  // A device stands on many maps: its own line leads to it and from there to
  // the map.
  const devices = new Set((found.devices || []).map(d => d.name));
  for (const n of found.nodes || [])
    if (!devices.has(n.device || n.name) || n.kind === 'cloud')
      add(n.kind === 'cloud' ? 'cloud' : 'node', { name: n.label || n.name || n.node || n.id, icon: 'kind-' + (n.kind || 'unknown'), state: n.state, device: n.device, map: n.map, node: n.node || n.id,
        note: n.map || '', href: '/maps/' + encodeURIComponent(n.map || 'physical') + '?sel=' + encodeURIComponent(n.node || n.id || '') });
  return out;
}

// deep: descriptions of ports too, which takes the station longer.
async function ask(text, signal, deep = false) {
  const [search, maps] = await Promise.all([
    api.get(withQuery('search', { q: text, limit: 12, deep: deep ? 1 : null }), { signal }).catch(() => ({})),
    api.get(withQuery('find', { q: text }), { signal }).catch(() => ({})),
  ]);
  return resultsOf({ ...search, nodes: (maps.found || []).slice(0, 24) }).slice(0, 40);
}

export function openFind(button) {
  if (document.querySelector('.finder')) return;
  const box = element(h`<div class="finder" role="dialog" aria-label="${t('find')}"><div class="finder-field">${icon('ui-search')}
    <input type="text" role="combobox" aria-label="${t('find')}" aria-expanded="false" aria-controls="find-list" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="${t('find')}"><kbd>Esc</kbd></div>
    <div class="finder-results" id="find-list" role="listbox" aria-label="${t('find.results')}"></div></div>`);
  const scrim = element(h`<div class="finder-scrim"></div>`);
  const input = box.querySelector('input'), list = box.querySelector('.finder-results');
  let results = [], at = 0, asking = new AbortController(), timer = null, said = '';

  const close = () => {
    asking.abort();
    clearTimeout(timer);
    box.remove();
    scrim.remove();
    button.focus({ preventScroll: true });
  };
  const draw = () => {
    let group = null;
    render(list, results.length ? h`${results.map((r, i) => {
      const head = r.group !== group ? h`<p class="finder-group" role="presentation" data-key="g-${r.group}">${t('find.' + r.group)}</p>` : '';
      group = r.group;
      return h`${head}<a role="option" id="find-${i}" data-i="${i}" href="${r.href}" tabindex="-1" aria-selected="${String(i === at)}">${icon(r.icon, 'k')}<b>${r.name}</b><span class="dim">${r.note}</span>${r.state && mark(r.state)}</a>`;
    })}` : said && h`<p class="finder-none">${said}</p>`);
    input.setAttribute('aria-expanded', String(results.length > 0));
    if (results.length) input.setAttribute('aria-activedescendant', 'find-' + at);
    else input.removeAttribute('aria-activedescendant');
    list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  };
  const choose = async (result, event) => {
    close();
    if (pick && await pick(result, { add: event.shiftKey })) return;
    const { go } = await import('../base/route.js');
    go(result.href);
  };
  input.addEventListener('input', () => {
    asking.abort();
    clearTimeout(timer);
    const text = input.value.trim();
    if (text === '') { results = []; said = ''; return draw(); }
    const mine = asking = new AbortController();
    timer = setTimeout(async () => {
      for (const deep of [false, true]) {
        const found = await ask(text, mine.signal, deep);
        if (mine.signal.aborted) return;
        const chosen = results[at]?.href;
        results = found;
        at = Math.max(0, deep ? found.findIndex(r => r.href === chosen) : 0);
        said = t('find.none', { q: text });
        draw();
        if (text.length < 3) return;
        await new Promise(done => setTimeout(done, 300));
        if (mine.signal.aborted) return;
      }
    }, 120);
  });
  box.addEventListener('keydown', async event => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') event.preventDefault();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (results.length) at = (at + (event.key === 'ArrowDown' ? 1 : results.length - 1)) % results.length;
      draw();
    } else if (event.key === 'Enter') {
      if (!results.length && input.value.trim()) {
        clearTimeout(timer);
        results = await ask(input.value.trim(), asking.signal).catch(() => []);
      }
      if (results[at]) choose(results[at], event);
      else { said = t('find.none', { q: input.value.trim() }); draw(); }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('click', event => {
    const item = event.target.closest('[data-i]');
    if (!item || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    choose(results[item.dataset.i], event);
  });
  scrim.addEventListener('pointerdown', close);
  document.body.append(scrim, box);
  const place = button.getBoundingClientRect();
  box.style.setProperty('left', Math.max(8, Math.min(place.left - 1, innerWidth - 540)) + 'px');
  box.style.setProperty('top', Math.max(4, place.top - 1) + 'px');
  input.focus();
}
