// Tabs that are links: each has its address.
import { h } from '../base/html.js';

// list: [{href, text, count}]
export const tabs = (label, list, here) =>
  h`<nav class="tabs" aria-label="${label}">${list.map(x => h`<a href="${x.href}" ${x.id === here && h`class="here" aria-current="page"`} data-key="tab-${x.id}">${x.text}${x.count > 0 && h`<span class="tab-count num">${x.count}</span>`}</a>`)}</nav>`;

// A row of buttons of which one is pressed. list: [[value, text]].
export const segments = (label, list, here, act) =>
  h`<span class="seg" role="group" aria-label="${label}">${list.map(([value, text]) => h`<button type="button" data-act="${act}" data-value="${value}" aria-pressed="${String(value === here)}">${text}</button>`)}</span>`;
