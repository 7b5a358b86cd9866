// Colours and sizes of the map, read from the page's tokens.
import { severityOf } from './weigh.js';

const STATES = ['up', 'warning', 'minor', 'major', 'critical', 'down', 'unreachable', 'unknown', 'silenced', 'unmanaged'];
const PLAIN = ['ground', 'sea', 'surface', 'surface-2', 'surface-3', 'line', 'line-strong', 'ink', 'ink-2', 'ink-3', 'accent', 'accent-ink',
               'accent-soft', 'accent-line', 'rhumb', 'coast', 'coast-soft', 'plate', 'plate-line', 'mark-ink',
               'link-idle', 'link-down', 'link-blocked', 'link-stale', 'link-candidate', 'link-mislink', 's1', 's2', 's3', 's4', 's5'];

export function readTheme() {
  const root = document.documentElement, css = getComputedStyle(root);
  const read = name => css.getPropertyValue('--' + name).trim();
  const out = { dark: root.dataset.theme === 'dark', states: {}, load: [], risk: [], sans: read('sans') };
  for (const name of PLAIN) out[name.replace(/-(\w)/g, (_, c) => c.toUpperCase())] = read(name);
  for (const s of STATES) out.states[s] = { mark: read(s), text: read(s + '-text'), soft: read(s + '-soft') };
  for (let i = 0; i < 8; i++) out.load.push(read('u' + i));
  for (let i = 1; i <= 5; i++) out.risk.push(read('r' + i));
  // What the page is enlarged by: large screens, roomy density, the wall.
  out.scale = Math.max(1, (parseFloat(read('t-s')) || 12) / 12);
  out.calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return out;
}

// Calls fn when theme, density or language change, until signal ends.
export function onTheme(fn, signal) {
  const seen = new MutationObserver(fn);
  seen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-density', 'lang'] });
  const motion = matchMedia('(prefers-reduced-motion: reduce)');
  motion.addEventListener('change', fn);
  signal.addEventListener('abort', () => {
    seen.disconnect();
    motion.removeEventListener('change', fn);
  }, { once: true });
}

// Plate of a state: fill, border, its width and dashes, ink of the icon.
export function plateLook(node, theme) {
  const s = theme.states[node.state] || theme.states.unknown;
  const plain = { fill: theme.plate, line: theme.plateLine, width: 1.2, dash: '', ink: theme.ink };
  if (node.kind === 'station') Object.assign(plain, { fill: theme.accentSoft, line: theme.accent, ink: theme.accent });
  switch (node.state) {
  case 'warning': case 'minor':
    return node.acknowledged ? { ...plain, line: s.mark, width: 1.8 } : { ...plain, fill: s.soft, line: s.mark, width: 1.8 };
  case 'major': case 'critical':
    return node.acknowledged ? { ...plain, line: s.mark, width: 2 } : { ...plain, fill: s.soft, line: s.mark, width: 2 };
  case 'down':
    return node.acknowledged ? { ...plain, line: s.mark, width: 2 } : { fill: s.mark, line: s.mark, width: 1.2, dash: '', ink: '#fff' };
  case 'unreachable':
    return { fill: s.soft, line: s.mark, width: 1.2, dash: 'broken', ink: s.text };
  case 'unknown':
    return { ...plain, line: s.mark, dash: 'dots', ink: s.text };
  case 'unmanaged':
    return { ...plain, line: s.mark, dash: 'dashes', ink: s.text };
  default:
    return plain;
  }
}

// A plate coloured by risk, 1 to 5; level 1 stays plain.
export function riskLook(level, theme) {
  const plain = { fill: theme.plate, line: theme.plateLine, width: 1.2, dash: '', ink: theme.ink };
  if (!level || level < 2) return plain;
  const fill = theme.risk[level - 1];
  const light = theme.dark || level < 3;
  return { fill, line: fill, width: 1.2, dash: '', ink: light ? '#10180a' : '#fff' };
}

// Text of a name by its state.
export const nameInk = (node, theme) => node.state === 'down' ? theme.states.down.text :
  node.state === 'unreachable' ? theme.states.unreachable.text : theme.ink;

// Has it a badge: only what deviates.
export const badgeOf = node => node.state === 'up' || node.state === 'unmanaged' || !node.state ? '' : node.state;
export const isWorse = (a, b) => severityOf(a) > severityOf(b);
