// What the lines mean: load, speed, states of links; or risk.
import { h, icon } from '../base/html.js';
import { t } from '../base/texts.js';
import { widthOf } from './weigh.js';

const BOUNDS = ['1', '10', '25', '40', '55', '70', '85 %'];
const SPEEDS = [['100M', 1e8, 0], ['1G', 1e9, 60], ['10G', 1e10, 104], ['25G', 2.5e10, 155], ['40G', 4e10, 206], ['100G', 1e11, 257]];
const STATES = ['down', 'blocked', 'stale', 'candidate', 'mislink'];

const ramp = () => h`<svg class="ramp" viewBox="0 0 232 24" aria-hidden="true">${[0, 1, 2, 3, 4, 5, 6, 7].map(i =>
  h`<rect class="u${i}" x="${i * 29}" y="2" width="28" height="8" rx="1"/>`)}${BOUNDS.map((b, i) =>
  h`<text x="${(i + 1) * 29 - .5}" y="21">${b}</text>`)}</svg>`;

const speeds = () => h`<svg class="sp" viewBox="0 0 310 16" aria-hidden="true">${SPEEDS.map(([text, v, x]) =>
  h`<line x1="${x}" x2="${x + 14}" y1="8" y2="8" stroke-width="${widthOf(v)}"/><text class="st" x="${x + 18}" y="12">${text}</text>`)}</svg>`;

export function legend({ risk = false } = {}) {
  if (risk) return h`<span>${t('map.layer.risk')}</span>${[1, 2, 3, 4, 5].map(i =>
    h`<span class="key-risk"><i class="r${i}"></i>${t('risk.' + i)}</span>`)}`;
  return h`<span>${t('map.load')}</span>${ramp()}<span>${t('map.speed')}</span>${speeds()}
    <span class="lk"><b>${t('map.links')}</b>${STATES.map(s => h`<span class="l-${s}">${icon('state-link-' + s)}${t('map.link.' + s)}</span>`)}</span>`;
}
