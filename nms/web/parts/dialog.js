// A dialog over the page. The browser keeps focus inside and Escape closes it.
import { h, element, icon, render } from '../base/html.js';
import { t } from '../base/texts.js';
import { problemLine } from './empty.js';

let count = 0;

// actions: [{name, label, primary, danger}], the first primary is Enter's;
// send(values, name): awaited before it closes, its Problem is shown inside.
// ready(form): after it is drawn. The promise gives {action, values, result},
// or null when it was closed.
export function dialog({ title, body = '', actions, send, ready, cls = '', cancel = true }) {
  const id = 'dialog-' + ++count;
  const list = actions || [{ name: 'ok', label: t('ok'), primary: true }];
  const box = element(h`<dialog class="sheet-dialog ${cls}" aria-labelledby="${id}"><form method="dialog">
    <header><h2 id="${id}">${title}</h2><button class="icon" type="button" data-close aria-label="${t('close')}">${icon('ui-close')}</button></header>
    <div class="dialog-body form">${body}</div><div class="dialog-trouble" data-keep></div>
    <footer>${cancel && h`<button class="btn" type="button" data-close>${t('cancel')}</button>`}${list.map(a =>
      h`<button class="btn ${a.primary ? 'pri' : ''} ${a.danger ? 'danger' : ''}" type="${a.primary ? 'submit' : 'button'}" value="${a.name}" data-action="${a.name}">${a.label}</button>`)}</footer>
  </form></dialog>`);
  const form = box.querySelector('form');
  const back = document.activeElement;
  document.body.append(box);
  return new Promise(resolve => {
    let answer = null;
    const finish = async name => {
      const values = Object.fromEntries(new FormData(form));
      const buttons = box.querySelectorAll('footer button');
      try {
        buttons.forEach(b => { b.disabled = true; });
        const result = send ? await send(values, name, form) : undefined;
        if (result === false) return;
        answer = { action: name, values, result };
        box.close();
      } catch (problem) {
        render(box.querySelector('.dialog-trouble'), problemLine(problem));
        blame(form, problem.field);
      } finally {
        buttons.forEach(b => { b.disabled = false; });
      }
    };
    form.addEventListener('submit', event => {
      event.preventDefault();
      finish(event.submitter?.value || (list.find(a => a.primary) || list[0]).name);
    });
    for (const b of box.querySelectorAll('[data-action][type=button]'))
      b.addEventListener('click', () => { if (form.reportValidity()) finish(b.dataset.action); });
    for (const b of box.querySelectorAll('[data-close]')) b.addEventListener('click', () => box.close());
    box.addEventListener('click', event => { if (event.target === box && !form.querySelector('input, textarea')) box.close(); });
    box.addEventListener('close', () => {
      box.remove();
      if (back?.isConnected) back.focus({ preventScroll: true });
      resolve(answer);
    });
    box.showModal();
    ready?.(form, box);
    if (!box.querySelector('[autofocus]')) (form.querySelector('.dialog-body input, .dialog-body select, .dialog-body textarea') ||
      form.querySelector('footer .pri'))?.focus();
  });
}

// Marks the field that the station names, and leads there.
function blame(form, name) {
  for (const e of form.elements) e.removeAttribute('aria-invalid');
  const field = name ? form.elements[name] : null;
  if (!field?.setAttribute) return;
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}

// Asks before something that cannot be taken back.
export const confirm = async ({ title, text, label, danger = true }) =>
  (await dialog({ title, body: h`<p>${text}</p>`, actions: [{ name: 'yes', label, primary: true, danger }] })) !== null;

// A labelled field for forms: {label, name, type, value, hint, required...}.
export function field({ label, name, type = 'text', value = '', hint = '', required = false, autocomplete = 'off',
                        options = null, placeholder = '', autofocus = false, min, max, rows, list, hidden = false }) {
  const attrs = h` name="${name}" ${required && h`required`} ${autofocus && h`autofocus`} ${hint && h`aria-describedby="${name}-hint"`}`;
  const input = options ? h`<select ${attrs}>${options.map(o => {
    const [v, text] = Array.isArray(o) ? o : [o, o];
    return h`<option value="${v}" ${String(v) === String(value) && h`selected`}>${text}</option>`;
  })}</select>` : rows ? h`<textarea rows="${rows}" ${placeholder && h`placeholder="${placeholder}"`} ${attrs}>${value}</textarea>` :
    h`<input type="${type}" value="${value}" autocomplete="${autocomplete}" spellcheck="false" ${placeholder && h`placeholder="${placeholder}"`}
      ${min !== undefined && h`min="${min}"`} ${max !== undefined && h`max="${max}"`} ${list && h`list="${list}"`} ${attrs}>`;
  return h`<div class="f" data-field="${name}" ${hidden && h`hidden`}><label><span>${label}</span>${input}</label>${hint && h`<small id="${name}-hint">${hint}</small>`}</div>`;
}

// The same of what is so or not.
export const checkbox = ({ label, name, checked = false, hint = '' }) =>
  h`<div class="f check" data-field="${name}"><label><input type="checkbox" name="${name}" value="1" ${checked && h`checked`} ${hint && h`aria-describedby="${name}-hint"`}> ${label}</label>${hint && h`<small id="${name}-hint">${hint}</small>`}</div>`;
