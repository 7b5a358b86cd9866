// The drawer of an object, the same wherever it is met: who it is, state with
// reason, actions, figures, neighbours.
import { h, icon } from '../base/html.js';
import { t } from '../base/texts.js';

// close: data-act of the button that closes it, or null for none.
export const drawer = ({ name, title = name, kind = null, state = '', note = '', body = '', actions = '', close = 'close-drawer', key = 'drawer' }) =>
  h`<aside class="drawer" aria-label="${name}" data-key="${key}"><header>${kind && icon('kind-' + kind)}<div><h2>${title}</h2><p>${state}${note && h`<span class="dim">${state && ' · '}${note}</span>`}</p></div>
    ${close && h`<button class="icon" type="button" data-act="${close}" aria-label="${t('close')}">${icon('ui-close')}</button>`}</header>
    ${actions && h`<div class="acts">${actions}</div>`}${body}</aside>`;

// A part of it under a small heading; nothing when there is nothing.
export const part = (title, body) => body ? h`<section><h3>${title}</h3>${body}</section>` : '';
