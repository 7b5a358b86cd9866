// Short words at the foot of the page; with undo, a button that takes it back.
import { h, element } from '../base/html.js';
import { t } from '../base/texts.js';

const LASTS_MS = 6000;

function place() {
  let box = document.getElementById('toasts');
  if (!box) {
    box = element(h`<div id="toasts" class="toasts" role="status" aria-live="polite"></div>`);
    document.body.append(box);
  }
  return box;
}

// kind: 'news', 'done' or 'trouble' (stays until it is closed). The answer
// closes it.
export function say(text, { undo, label = t('undo'), kind = 'done' } = {}) {
  const box = element(h`<div class="toast ${kind}"><span>${text}</span>
    ${undo && h`<button class="btn quiet" type="button" data-undo>${label}</button>`}
    <button class="icon" type="button" data-close aria-label="${t('close')}"><svg class="ico" aria-hidden="true"><use href="/icons/icons.svg#ui-close"/></svg></button></div>`);
  const close = () => box.remove();
  box.querySelector('[data-close]').addEventListener('click', close);
  box.querySelector('[data-undo]')?.addEventListener('click', () => { close(); undo(); });
  place().append(box);
  if (kind !== 'trouble') setTimeout(close, LASTS_MS);
  return close;
}

// What a Problem says.
export const sayProblem = (problem, title = '') =>
  problem.name === 'AbortError' ? () => {} :
    say([title, problem.detail || problem.message, problem.remedy].filter(Boolean).join(' '), { kind: 'trouble' });
