// The front of a device, drawn: numbers in the sockets, states by colour and
// shape, every port a button.
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { portName, portWord } from '../parts/ports.js';
import { frontOf, layoutFront } from './device_ports.js';

const CLASS = { up: 'on', down: 'dn', disabled: 'bl', empty: 'off', unknown: 'off' };

function socket({ port, x, y, w, h: height }, at, focus) {
  const cx = x + w / 2, cls = CLASS[port.state] || 'alert ' + port.state;
  return h`<g role="button" class="socket ${port.name === at && 'sel'}" data-act="port" data-port="${port.name}" data-key="p-${port.name}" tabindex="${port.name === focus ? 0 : -1}" aria-label="${portName(port)}" aria-pressed="${String(port.name === at)}">
    <title>${portName(port)}${port.alias && ' · ' + port.alias}${port.link && ' · ' + port.link.device + ' ' + port.link.port}</title>
    <rect class="port ${cls}" x="${x}" y="${y}" width="${w}" height="${height}" rx="2.5"/>
    ${port.state === 'down' ? h`<path class="x" d="M${cx - 4.5} ${y + 6}l9 9m0-9l-9 9"/>` : h`<text x="${cx}" y="${y + 14}">${port.label}</text>`}
    ${CLASS[port.state] ? '' : h`<path class="flag ${port.state}" d="M${x + w - 9} ${y}h9v9z"/>`}
    ${port.name === at && h`<rect class="ring" x="${x - 3}" y="${y - 3}" width="${w + 6}" height="${height + 6}" rx="4"/>`}</g>`;
}

// at: the name of the port that is chosen. Nothing for a device without sockets.
export function front(ports, { at = null, label = t('device.panel') } = {}) {
  const units = frontOf(ports);
  if (!units.length) return '';
  const drawn = layoutFront(units);
  const focus = drawn.sockets.some(s => s.port.name === at) ? at : drawn.sockets[0]?.port.name;
  const width = Math.max(drawn.width, 240);
  return h`<svg class="face" viewBox="0 0 ${width.toFixed(0)} ${drawn.height.toFixed(0)}" data-w="${(width * 1.5).toFixed(0)}px" role="group" aria-label="${label}">
    ${drawn.units.map(u => h`<rect class="body" x="1" y="${u.y}" width="${(width - 2).toFixed(0)}" height="${u.height}" rx="6"/>${u.blocks.map((b, i) => h`<text class="nm" x="${b.x}" y="${b.y}">${i === 0 && drawn.units.length > 1 && u.name && u.name + ' · '}${b.name}</text>`)}`)}
    ${drawn.sockets.map(s => socket(s, at, focus))}</svg>`;
}

// How many sockets are in which state, with the shape each has in the drawing.
export function frontKey(ports) {
  const counts = new Map();
  for (const p of ports) if (p.socket) counts.set(p.state, (counts.get(p.state) || 0) + 1);
  const order = ['up', 'critical', 'major', 'minor', 'warning', 'down', 'empty', 'disabled', 'unknown'];
  return h`<ul class="front-key face">${order.filter(s => counts.has(s)).map(s => h`<li><b class="num">${counts.get(s)}</b><svg viewBox="0 0 20 14" aria-hidden="true"><rect class="port ${CLASS[s] || 'alert ' + s}" x="1" y="1" width="18" height="12" rx="2.5"/>${s === 'down' && h`<path class="x" d="M7 4l6 6m0-6l-6 6"/>`}</svg><span>${portWord(s)}</span></li>`)}</ul>`;
}

// Arrow keys lead from socket to socket.
export function frontKeys(root, signal) {
  root.addEventListener('keydown', event => {
    const at = event.target instanceof Element ? event.target.closest('.socket') : null;
    if (!at) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      at.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      return;
    }
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const here = box(at);
    let best = null, least = Infinity;
    for (const other of at.parentNode.querySelectorAll('.socket')) {
      if (other === at) continue;
      const b = box(other), dx = b.x - here.x, dy = b.y - here.y, along = dx * way[0] + dy * way[1];
      if (along <= 2) continue;
      const cost = along + 3 * Math.abs(dx * way[1] + dy * way[0]);
      if (cost < least) { least = cost; best = other; }
    }
    if (!best) return;
    at.setAttribute('tabindex', '-1');
    best.setAttribute('tabindex', '0');
    best.focus();
  }, { signal });
}

const box = g => {
  const r = g.querySelector('.port');
  return { x: +r.getAttribute('x') + r.getAttribute('width') / 2, y: +r.getAttribute('y') + r.getAttribute('height') / 2 };
};
