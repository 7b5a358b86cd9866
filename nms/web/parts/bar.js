// Small figures: a bar of load and the pips of risk.
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { loadStep, percent, riskLevel } from '../base/format.js';

// A load, 0..1, in the map's colours; nothing where it is not known.
export const bar = v => v === null || v === undefined || !Number.isFinite(Number(v)) ? '' :
  h`<span class="ubar u${loadStep(v)}" data-w="${Math.min(100, Math.max(0, v * 100)).toFixed(1)}%"><i></i><b class="num">${percent(v)}</b></span>`;

// How far something is, 0..1, in one colour.
export const fill = (v, label = '') =>
  h`<span class="fill" data-w="${Math.min(100, Math.max(0, v * 100)).toFixed(1)}%" role="img" aria-label="${label || percent(v)}"><i></i></span>`;

// Risk 0..125: n of five pips; the number stands beside where it is wanted.
export const pips = (risk, level = riskLevel(risk)) =>
  h`<span class="pips r${level}" role="img" aria-label="${Math.round(risk)} ${t('risk.' + level)}">${[1, 2, 3, 4, 5].map(i =>
    h`<i class="${i <= level ? 'on' : ''}"></i>`)}</span>`;
