// A menu that opens from a button.
import { h, element, icon } from '../base/html.js';

// items: {label, act, icon, checked (one of several; alone: on or off by itself),
// href, note}, or '-' for a line. act is called once; the menu is closed then.
export function menu(button, items, { label = button.getAttribute('aria-label') || button.textContent.trim() } = {}) {
  document.querySelector('.menu')?.dispatchEvent(new Event('dismiss'));
  const box = element(h`<div class="menu" role="menu" aria-label="${label}">${items.map((item, i) => item === '-' ? h`<hr>` :
    item.head ? h`<p class="menu-head">${item.head}${item.note && h`<small>${item.note}</small>`}</p>` :
    item.href ? h`<a role="menuitem" href="${item.href}" ${item.download && h`download`} tabindex="-1" data-i="${i}">${item.icon && icon(item.icon)}<span>${item.label}</span></a>` :
    h`<button role="${item.checked === undefined ? 'menuitem' : item.alone ? 'menuitemcheckbox' : 'menuitemradio'}" type="button" tabindex="-1" data-i="${i}" ${item.checked !== undefined && h`aria-checked="${String(item.checked)}"`} ${item.lang && h`lang="${item.lang}"`}>${item.icon && icon(item.icon)}<span>${item.label}</span>${item.key && h`<kbd>${item.key}</kbd>`}</button>`)}</div>`);
  document.body.append(box);
  const at = button.getBoundingClientRect(), own = box.getBoundingClientRect();
  box.style.setProperty('left', Math.max(8, Math.min(at.right - own.width > 8 && at.left + own.width > innerWidth - 8 ? at.right - own.width : at.left, innerWidth - own.width - 8)) + 'px');
  box.style.setProperty('top', (at.bottom + own.height + 8 > innerHeight && at.top > own.height + 8 ? at.top - own.height - 4 : at.bottom + 4) + 'px');
  const list = [...box.querySelectorAll('[role^=menuitem]')];
  const gone = new AbortController();
  const close = (refocus = true) => {
    gone.abort();
    box.remove();
    button.setAttribute('aria-expanded', 'false');
    if (refocus) button.focus();
  };
  button.setAttribute('aria-expanded', 'true');
  box.addEventListener('dismiss', () => close(false));
  box.addEventListener('click', event => {
    const item = event.target.closest('[data-i]');
    if (!item) return;
    close(!items[item.dataset.i].href);
    items[item.dataset.i].act?.();
  });
  addEventListener('pointerdown', event => {
    if (!box.contains(event.target) && !button.contains(event.target)) close(false);
  }, { signal: gone.signal, capture: true });
  addEventListener('resize', () => close(false), { signal: gone.signal });
  box.addEventListener('keydown', event => {
    const i = list.indexOf(document.activeElement);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) list.at(((to % list.length) + list.length) % list.length).focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list[0]?.focus();
  return close;
}

// Turns a button into one that opens a menu.
export function menuButton(button, items, options) {
  button.setAttribute('aria-haspopup', 'menu');
  if (button.getAttribute('aria-expanded') === 'true') return document.querySelector('.menu')?.dispatchEvent(new Event('dismiss'));
  return menu(button, typeof items === 'function' ? items() : items, options);
}
