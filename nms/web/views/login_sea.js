// The sheet behind the card: two wind roses with their rhumb lines, three
// coasts, and the links between.
import { h } from '../base/html.js';

const ROSES = [[300, 300], [1330, 640]];
const COASTS = ['M180 520c40-50 120-60 170-20s90 20 110 70-30 110-100 120-150 10-190-40-30-90 10-130Z',
                'M1130 150c60-40 150-30 190 20s110 40 120 100-60 90-140 80-170-10-200-70-10-100 30-130Z',
                'M780 760c50-20 110 0 130 30s-10 70-70 70-110-10-120-40 20-50 60-60Z'];
const NODES = [[250, 590], [340, 560], [400, 630], [1210, 220], [1310, 250], [1370, 310], [830, 810]];
const LINKS = [[0, 1], [1, 2], [1, 3], [3, 4], [4, 5], [2, 6], [6, 5]];
const WINDS = 32, FAR = 2400;

const winds = ([x, y]) => Array.from({ length: WINDS }, (_, i) => {
  const a = i * 2 * Math.PI / WINDS;
  return h`<line class="wind ${i % 4 === 0 && 'main'}" x1="${x}" y1="${y}" x2="${(x + FAR * Math.cos(a)).toFixed(0)}" y2="${(y + FAR * Math.sin(a)).toFixed(0)}"/>`;
});

export const sea = () => h`<svg class="sea" viewBox="0 0 1600 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${ROSES.map(winds)}
  ${COASTS.map(d => h`<path class="coast-glow" d="${d}"/><path class="coast" d="${d}"/>`)}
  ${LINKS.map(([a, b]) => h`<line class="cable" x1="${NODES[a][0]}" y1="${NODES[a][1]}" x2="${NODES[b][0]}" y2="${NODES[b][1]}"/>`)}
  ${NODES.map(([x, y]) => h`<rect class="plate" x="${x - 9}" y="${y - 9}" width="18" height="18" rx="4"/>`)}
  ${ROSES.map(([x, y]) => h`<path class="rose" d="M${x} ${y - 60}l10 50 50 10-50 10-10 50-10-50-50-10 50-10Z"/>`)}</svg>`;
