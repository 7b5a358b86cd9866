// Keys, each with a name on screen. Single keys do nothing while a field has
// focus, and a person can switch them off.
import { h, element } from './html.js';
import { t } from './texts.js';

const scopes = []; // {scope, keys: {combo: [fn, textKey]}}
let pending = '', pendingTimer = null;

const kept = () => { try { return localStorage.getItem('portolan.keys'); } catch { return null; } };
export const keysOff = () => kept() === 'off';

function comboOf(event) {
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key;
  if (ctrl) return 'Ctrl+' + (event.shiftKey ? 'Shift+' : '') + (key.length === 1 ? key.toLowerCase() : key);
  if (key.length === 1) return event.altKey ? 'Alt+' + key : key;
  return (event.altKey ? 'Alt+' : '') + (event.shiftKey ? 'Shift+' : '') + key;
}

const inField = at => at instanceof Element &&
  (at.closest('input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable=true]') !== null);

function find(combo) {
  for (let i = scopes.length - 1; i >= 0; i--) {
    const found = scopes[i].keys[combo];
    if (found) return found;
  }
  return null;
}

const begins = combo => scopes.some(s => Object.keys(s.keys).some(k => k.startsWith(combo + ' ')));

function press(event) {
  if (event.defaultPrevented || event.isComposing || event.key === 'Shift' || event.key === 'Control') return;
  if (document.querySelector('dialog[open]')) return;
  const combo = comboOf(event);
  if (inField(event.target) && combo !== 'Escape') return;
  if (keysOff() && combo.length === 1) return;
  const whole = pending ? pending + ' ' + combo : combo;
  // Caps lock is not a different key where only one of the two is bound.
  const found = find(whole) || (combo.length === 1 && !event.shiftKey && find(whole.toLowerCase()));
  pending = '';
  clearTimeout(pendingTimer);
  if (found) {
    if (found[0](event) !== false) event.preventDefault();
    return;
  }
  if (combo.length === 1 && begins(combo)) {
    pending = combo;
    pendingTimer = setTimeout(() => { pending = ''; }, 1500);
    event.preventDefault();
  }
}

// How a combination is written on screen.
const NAMES = { Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→',
                Delete: 'Del', ' ': 'Space', Backspace: '⌫' };
export const keyName = combo => combo.split(' ').map(part => part.split('+').map(k =>
  NAMES[k] ?? (k.length === 1 && part.length > 1 ? k.toUpperCase() : k)).join('+')).join(' ') || '+';

export const keys = {
  // Binds while signal is not aborted. A function that answers false lets the
  // key go on. scope is the key of the heading in the list of keys.
  on(signal, scope, bound) {
    const entry = { scope, keys: bound };
    scopes.push(entry);
    signal?.addEventListener('abort', () => scopes.splice(scopes.indexOf(entry), 1), { once: true });
  },

  switch(onOff) {
    try { localStorage.setItem('portolan.keys', onOff ? 'on' : 'off'); } catch { /* not kept */ }
  },

  start() { addEventListener('keydown', press); },

  // All that is bound now, with names.
  show() {
    const groups = new Map();
    for (const { scope, keys: bound } of scopes)
      for (const [combo, [, text]] of Object.entries(bound))
        if (text) groups.set(scope, [...(groups.get(scope) || []), [combo, text]]);
    const box = element(h`<dialog class="sheet-dialog keys-list" aria-labelledby="keys-title">
      <h2 id="keys-title">${t('keys.title')}</h2>
      <div class="keys-groups">${[...groups].reverse().map(([scope, list]) => h`<section>
        <h3>${t('keys.' + scope)}</h3>
        <dl>${list.map(([combo, text]) => h`<div><dt>${combo.split(' ').map(c => h`<kbd>${keyName(c)}</kbd>`)}</dt><dd>${t(text)}</dd></div>`)}</dl>
      </section>`)}</div>
      <footer><button class="btn" type="button" autofocus>${t('close')}</button></footer></dialog>`);
    document.body.append(box);
    box.querySelector('button').addEventListener('click', () => box.close());
    box.addEventListener('close', () => box.remove());
    box.showModal();
  },
};
