// Markup from templates. h`` escapes whatever is put in, so text from a device
// can never become markup; render() brings an element to what a template says
// and touches only what differs.

export class Safe {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
}

const escape = s => String(s).replace(/[&<>"'`]/g, c => '&#' + c.charCodeAt(0) + ';');

function put(value) {
  if (value == null || value === false || value === true) return '';
  if (value instanceof Safe) return value.text;
  if (Array.isArray(value)) return value.map(put).join('');
  return escape(value);
}

// A template whose values are escaped; arrays are joined, null and false are
// nothing, what another template made is kept.
export function h(strings, ...values) {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += put(values[i]) + strings[i + 1];
  return new Safe(text);
}

// Icons are symbols of one sprite, taken into the page once, so that none is
// missing when the station is away.
let sprite = '/icons/icons.svg';
export const icon = (name, cls = '') =>
  h`<svg class="ico ${cls}" aria-hidden="true"><use href="${sprite}#${name}"/></svg>`;

export async function loadIcons() {
  try {
    const answer = await fetch(sprite);
    const drawing = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
    if (!answer.ok || drawing.nodeName !== 'svg') return;
    drawing.setAttribute('class', 'unseen');
    drawing.id = 'sprite';
    drawing.setAttribute('aria-hidden', 'true');
    document.documentElement.append(document.importNode(drawing, true));
    sprite = '';
  } catch { /* each icon is asked for by its address */ }
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Calls fn(event, element) for events of elements below root that fit selector.
export function on(root, type, selector, fn, signal) {
  root.addEventListener(type, event => {
    const at = event.target instanceof Element ? event.target.closest(selector) : null;
    if (at && root.contains(at)) fn(event, at);
  }, { signal });
}

// Clicks on elements with data-act="NAME" call acts[NAME](element, event).
export function onAct(root, acts, signal) {
  on(root, 'click', '[data-act]', (event, at) => {
    const fn = acts[at.dataset.act];
    if (fn && !at.disabled) fn(at, event);
  }, signal);
}

// Calls fn every so often while signal is not aborted, and not in a hidden tab.
export function every(ms, fn, signal) {
  const timer = setInterval(() => { if (!document.hidden) fn(); }, ms);
  signal?.addEventListener('abort', () => clearInterval(timer), { once: true });
}

// Sizes come as data-w, data-h, data-x, data-y and are set through the CSSOM as
// --w and so on: the content security policy allows no style attributes.
const SIZES = ['w', 'h', 'x', 'y'];

function size(element) {
  for (const name of SIZES)
    if (element.dataset && element.dataset[name] !== undefined)
      element.style.setProperty('--' + name, element.dataset[name]);
}

function sizes(root) {
  if (root.nodeType !== 1) return;
  size(root);
  for (const e of root.querySelectorAll('[data-w],[data-h],[data-x],[data-y]')) size(e);
}

const keyOf = node => node.nodeType === 1 ? node.dataset?.key || node.id || null : null;

function syncAttributes(old, next) {
  for (const { name, value } of [...next.attributes])
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
      // A new value for a field reaches it, but never under somebody's fingers.
      if (name === 'value' && 'value' in old && old !== document.activeElement) old.value = value;
      if (name === 'checked') old.checked = true;
      if (name === 'selected') old.selected = true;
    }
  for (const { name } of [...old.attributes])
    if (name !== 'style' && !next.hasAttribute(name)) {
      // What the browser itself opened stays open.
      if (name === 'open' && (old.nodeName === 'DETAILS' || old.nodeName === 'DIALOG')) continue;
      old.removeAttribute(name);
      if (name === 'checked') old.checked = false;
    }
  size(old);
}

function morph(old, next) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  // What a drawing library or a view fills itself is left alone.
  if (old.dataset?.keep !== undefined && next.dataset?.keep !== undefined) return;
  syncAttributes(old, next);
  if (old.nodeName === 'TEXTAREA') {
    if (old.defaultValue !== next.defaultValue) {
      old.defaultValue = next.defaultValue;
      if (old !== document.activeElement) old.value = next.defaultValue;
    }
    return;
  }
  morphChildren(old, next);
}

const fits = (old, next) => old.nodeType === next.nodeType && old.nodeName === next.nodeName;

function morphChildren(old, next) {
  const wanted = new Set([...next.childNodes].map(keyOf));
  const keyed = new Map();
  for (const child of [...old.childNodes]) {
    const key = keyOf(child);
    if (key === null) continue;
    if (wanted.has(key) && !keyed.has(key)) keyed.set(key, child);
    else child.remove();
  }
  let at = old.firstChild;
  for (const want of [...next.childNodes]) {
    const key = keyOf(want);
    let have = null;
    if (key !== null) {
      have = keyed.get(key) || null;
      keyed.delete(key);
    } else {
      // One with a key is moved here when its turn comes.
      while (at && keyOf(at) !== null) at = at.nextSibling;
      if (at && fits(at, want)) have = at;
    }
    if (have && fits(have, want)) {
      if (have === at) at = at.nextSibling;
      else old.insertBefore(have, at);
      morph(have, want);
    } else {
      if (have) keyed.set(key, have);
      old.insertBefore(want, at);
      sizes(want);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
  for (const left of keyed.values()) left.remove();
}

// Brings the children of element to what a template says. Children are known
// again by data-key or id; focus, selection, scroll and fields that are being
// edited stay. A child with data-keep is left as it is once it is there.
export function render(element, safe) {
  const template = document.createElement('template');
  template.innerHTML = put(safe);
  const focused = document.activeElement;
  morphChildren(element, template.content);
  if (focused && focused !== document.activeElement && focused.isConnected &&
      element.contains(focused)) focused.focus({ preventScroll: true });
  return element;
}

// One element made of a template.
export function element(safe) {
  const template = document.createElement('template');
  template.innerHTML = put(safe).trim();
  const made = document.importNode(template.content.firstElementChild, true);
  sizes(made);
  return made;
}
