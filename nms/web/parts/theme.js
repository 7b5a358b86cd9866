// Light or dark, and how dense: kept by the browser.
const root = document.documentElement;
const keep = (name, value) => { try { localStorage.setItem('portolan.' + name, value); } catch { /* not kept */ } };
const watchers = new Set();

export const theme = () => root.dataset.theme;
export function setTheme(name) {
  root.dataset.theme = name;
  keep('theme', name);
  for (const fn of [...watchers]) fn(name);
}
export const otherTheme = () => setTheme(theme() === 'dark' ? 'light' : 'dark');

// Drawings that hold colours themselves draw anew when fn(name) is called.
export function onTheme(fn, signal) {
  watchers.add(fn);
  signal?.addEventListener('abort', () => watchers.delete(fn), { once: true });
}

export const density = () => root.dataset.density || 'compact';
export function setDensity(name) {
  if (name === 'compact') delete root.dataset.density;
  else root.dataset.density = name;
  keep('density', name === 'compact' ? '' : name);
  dispatchEvent(new Event('resize'));
}

// The value of a token, for canvases: token('--ink').
export const token = name => getComputedStyle(root).getPropertyValue(name).trim();
