// Rules of alerts: those that are in force, what each comes from, and what they make of an object.
import { api, seg, withQuery } from '../base/api.js';
import { h, on, onAct, render } from '../base/html.js';
import { duration, number } from '../base/format.js';
import { may } from '../base/session.js';
import { hasText, lang, t } from '../base/texts.js';
import { confirm } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { placeWord } from '../parts/place.js';
import { say, sayProblem } from '../parts/toast.js';
import { ruleDialog } from './settings_rule.js';

const PATTERNS = ['kinds', 'devices', 'objects', 'sites'], NOT = ['not_devices', 'not_objects'];

const levels = (r) => {
  const of = (o, sign) => Object.entries(o ?? {}).map(([severity, v]) => h`<span class="mark ${severity}">${mark(severity, { label: false })}<span>${sign} ${number(v, 2)}${r.unit && ` ${r.unit}`}</span></span>`);
  return h`<span class="set-levels">${of(r.above, '>')}${of(r.below, '<')}${r.severity && mark(r.severity)}</span>`;
};
const whom = (r) => [...PATTERNS.flatMap((k) => r[k] ?? []), ...NOT.flatMap((k) => (r[k] ?? []).map((p) => `−${p}`))].join(', ');
const amount = (v, unit) => (v === undefined ? '' : `${number(v, Math.abs(v) < 10 ? 2 : 1)}${unit ? ` ${unit}` : ''}`);
const FITS = { 'it applies': 'fits', 'it is off': 'off', 'the kind of device is not in `kinds`': 'kind', 'the device fits no pattern of `devices`': 'device', 'the device fits a pattern of `not_devices`': 'notdevice', 'the site fits no pattern of `sites`': 'site', 'the object fits no pattern of `objects`': 'object', 'the object fits a pattern of `not_objects`': 'notobject', 'nothing says that the port should be up: it leads nowhere': 'expected' };
const fitWord = (x) => (FITS[x.why] ? t(`rules.fit.${FITS[x.why]}`) : x.why);

/* What it finds: of the rules that come with the station in the reader's language. */
const what = (r) => (r.standard && !r.page?.text && (!r.text || lang() !== 'en') && hasText(`rule.${r.name}`) ? t(`rule.${r.name}`) : r.text ?? '');

export default async function rules({ body, query, setQuery, signal }) {
  let list = [], told = null, object = query.get('object') ?? '', failed = null;
  const can = may('administrator');

  function row(r) {
    const name = h`data-name="${r.name}"`, only = whom(r);
    return h`<tr data-key="rule-${r.name}" class="${r.off ? 'off' : ''}"><td><b>${r.name}</b></td><td>${t(`rules.on.${r.on}`)}</td><td class="cut" title="${r.value ?? ''}">${what(r)} <span class="dimmer mono">${r.value ?? ''}</span></td><td>${r.off ? h`<span class="dim">${t('station.off')}</span>` : levels(r)}</td><td class="n num">${r.for_s > 0 ? duration(r.for_s) : ''}</td><td class="dim cut" title="${only}">${only}</td><td class="dim nw">${placeWord(r)}</td>
      ${can && h`<td class="r nw"><button class="btn quiet" type="button" data-act="change" ${name} aria-label="${t('cred.change', { name: r.name })}">${t('edit')}</button><button class="btn quiet" type="button" data-act="off" ${name} aria-label="${t(r.off ? 'rules.on.of' : 'rules.off.of', { name: r.name })}">${t(r.off ? 'rules.turnon' : 'rules.turnoff')}</button>${r.page && h`<button class="btn quiet" type="button" data-act="remove" ${name} aria-label="${t(r.standard || r.line ? 'rules.back.of' : 'people.remove', { name: r.name })}">${t(r.standard || r.line ? 'rules.back' : 'remove')}</button>`}</td>`}</tr>`;
  }
  const state = (x) => (!x.applies ? h`<span class="dimmer">${t('rules.applies.not')}</span>` : x.state === 'normal' ? mark('up', { label: t('rules.normal') }) : x.state === 'pending' ? mark('unknown', { label: t('rules.pending', { time: duration(x.held_s ?? 0) }) }) : mark(x.state));
  const explained = (x) => h`<tr data-key="x-${x.object}-${x.rule}" class="${x.applies ? '' : 'off'}"><td><b>${x.object}</b> <span class="dimmer">${x.descr ?? ''}</span></td><td>${x.rule}</td><td>${state(x)}</td><td class="n num">${amount(x.now, x.unit)}</td><td class="n num dim">${x.usual === undefined ? '' : `${amount(x.usual, x.unit)} ± ${number(x.spread, 2)}`}</td><td class="dim">${fitWord(x)}${x.by && h` <span class="mono">${x.by}</span>`}</td></tr>`;

  function draw() {
    render(body, h`<section class="card flush" data-key="rules"><div class="bar-h"><h3>${t('settings.rules')}</h3><span class="dimmer num">${number(list.length)}</span><span class="grow"></span>${can && h`<button class="btn pri" type="button" data-act="add">${t('rules.add')}</button>`}</div><div class="scroll-x">
      <table class="set-rules" aria-label="${t('station.rules')}"><thead><tr><th>${t('name')}</th><th>${t('station.on')}</th><th>${t('what')}</th><th>${t('station.levels')}</th><th class="n">${t('station.for')}</th><th>${t('station.only')}</th><th>${t('cred.from')}</th>${can && h`<th></th>`}</tr></thead><tbody>${list.map(row)}</tbody></table></div><p class="set-note dim">${t('rules.where')}</p></section>
      <section class="card flush" data-key="explain"><div class="bar-h"><h3>${t('rules.explain')}</h3></div><form class="set-ask"><input name="object" value="${object}" placeholder="core-1:Gi0/1" aria-label="${t('rules.object')}" autocomplete="off" spellcheck="false"><button class="btn" type="submit">${t('rules.explain.do')}</button></form>
      ${failed ? h`<p class="set-note" role="alert">${failed.detail} <span class="dim">${failed.remedy}</span></p>` : told === null ? h`<p class="set-note dim">${t('rules.explain.text')}</p>` : told.length ? h`<div class="scroll-x"><table aria-label="${t('rules.explain')}"><thead><tr><th>${t('object')}</th><th>${t('rules.rule')}</th><th>${t('state')}</th><th class="n">${t('rules.now')}</th><th class="n">${t('rules.usual')}</th><th>${t('rules.why')}</th></tr></thead><tbody>${told.map(explained)}</tbody></table></div>` : emptyPart({ icon: 'ui-alerts', title: t('rules.explain.none') })}</section>`);
  }
  const named = (at) => list.find((r) => r.name === at.dataset.name);
  const take = (answer, text) => { list = answer.rules; if (text) say(text); draw(); };
  async function explain() {
    failed = told = null;
    if (object) try { told = (await api.get(withQuery('alerts/rules', { object }), { signal })).rules; } catch (problem) {
      if (problem.name === 'AbortError') return;
      failed = problem;
    }
    draw();
  }
  onAct(body, {
    add: async () => { const made = await ruleDialog(null); if (made) take(made.result, t('rules.added', { name: made.values.name.trim() })); },
    change: async (at) => { const made = await ruleDialog(named(at)); if (made) take(made.result, t('cred.changed', { name: at.dataset.name })); },
    off: (at) => {
      const r = named(at), path = `alerts/rules/${seg(r.name)}`, set = (off) => api.patch(path, { off }).then((answer) => take(answer), sayProblem);
      api.patch(path, { off: !r.off }).then((answer) => { take(answer); say(t(r.off ? 'rules.is.on' : 'rules.is.off', { name: r.name }), { undo: () => set(r.off ? true : null) }); }, sayProblem);
    },
    remove: async (at) => {
      const r = named(at), back = r.standard || r.line;
      if (await confirm({ title: t(back ? 'rules.back.of' : 'people.remove', { name: r.name }), text: t(back ? 'rules.back.text' : 'rules.remove.text'), label: t(back ? 'rules.back' : 'remove'), danger: !back }))
        await api.del(`alerts/rules/${seg(r.name)}`).then((answer) => take(answer, t(back ? 'rules.is.back' : 'people.removed', { name: r.name })), sayProblem);
    },
  }, signal);
  on(body, 'submit', 'form.set-ask', (e, at) => {
    e.preventDefault();
    object = at.elements.object.value.trim();
    setQuery({ object: object || null });
    explain();
  }, signal);
  list = (await api.get('alerts/rules', { signal })).rules;
  await explain();
}
