// What stands where nothing is yet: empty, loading, or what failed.
import { h, icon } from '../base/html.js';
import { t } from '../base/texts.js';

// Says what will be here and offers the one next step: {icon, title, text,
// link: {href, text}} or {act, label} for a button with data-act.
export const emptyPart = ({ icon: name = 'ui-map', title, text = '', link, act, label }) =>
  h`<div class="empty"><span class="empty-ico">${icon(name)}</span><h2>${title}</h2>${text && h`<p>${text}</p>`}
    ${link && h`<a class="btn pri" href="${link.href}">${link.text}</a>`}
    ${act && h`<button class="btn pri" type="button" data-act="${act}">${label}</button>`}</div>`;

// The frame of a view with still grey bars.
export const loadingPart = (rows = 8) =>
  h`<div class="page loading" role="status" aria-label="${t('loading')}"><div class="card">${Array.from({ length: rows }, (_, i) =>
    h`<i class="bone" data-w="${[92, 71, 84, 63, 88, 76, 58, 80][i % 8]}%"></i>`)}</div></div>`;

// What failed, what can be done: {title, detail, remedy, id, retry, link}.
export const problemPart = ({ title, detail = '', remedy = '', id = '', retry = false, link = null }) =>
  h`<div class="page"><section class="card trouble" role="alert"><h2>${icon('state-warning')}${title}</h2>
    ${detail && h`<p>${detail}</p>`}${remedy && h`<p class="dim">${remedy}</p>`}${id && h`<p class="dimmer mono">${id}</p>`}
    <div class="acts">${retry && h`<button class="btn" type="button" data-retry>${t('retry')}</button>`}
    ${link && h`<a class="btn" href="${link.href}">${link.text}</a>`}</div></section></div>`;

// The same as one line inside of a card.
export const problemLine = (problem, title) =>
  h`<p class="trouble-line" role="alert">${icon('state-warning')}<span><b>${title || t('failed')}</b> ${problem.detail || problem.message}${problem.remedy && h` <span class="dim">${problem.remedy}</span>`}</span></p>`;
