// Why something has its risk: the sum as a sum, its history, and what would lower it by how much.
import { api, seg } from '../base/api.js';
import { h, icon, render, $ } from '../base/html.js';
import { number } from '../base/format.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { pips } from '../parts/bar.js';
import { chart } from '../parts/chart.js';
import { problemLine } from '../parts/empty.js';
import { mark } from '../parts/mark.js';
import { said } from '../parts/said.js';
import { sayProblem } from '../parts/toast.js';
import { factorsOf, lowering } from './risk_sum.js';

const ALERTS = 12, MEMBERS = 12, BACK_S = 30 * 86400, ROWS = 6;

const n2 = (v) => number(v, v < 10 ? 2 : 1);
const part = (key, title, body) => (body ? h`<section data-key="${key}"><h3>${title}</h3>${body}</section>` : '');

export function riskDrawer(place, { close, changed }) {
  let box = null, name = '', report = null, problem = null, drawn = null, abort = null;

  const whole = () => `125 × (1 − ${report.alerts.slice(0, 3).map((p) => `(1 − ${n2(p.risk)}/125)`).join(' × ')}${report.alerts.length > 3 ? ' × …' : ''})`;

  /* Each alert: severity x value x exposure. */
  const alertRow = (p) => {
    const factors = factorsOf(p, report.formula);
    return h`<a href="/alerts?sel=${p.alert}">${mark(p.severity, { label: false })}<span class="cut" title="${p.object}: ${said(p.text)}">${said(p.text)}</span></a><span class="num dim nw">${factors && factors.map((f) => number(f, 1)).join(' × ')}</span><b class="num">${n2(p.risk)}</b>`;
  };
  const sum = () => h`<div class="term three"><span>${t('risk.value')}: <span class="dim">${report.value_why ?? ''}</span></span><span></span><b class="num">${report.value}</b>
    <span>${t('risk.exposure')}: <span class="dim">${report.exposure_why ?? ''}</span></span><span></span><b class="num">${report.exposure}</b></div>
    ${report.alerts.length ? h`<p class="dim small term-head">${t('risk.factors')}</p><div class="term three">${report.alerts.slice(0, ALERTS).map(alertRow)}
      ${report.alerts.length > ALERTS && h`<span class="dim">${t('alerts.andmore', { n: report.alerts.length - ALERTS })}</span><span></span><span></span>`}
      <span class="sum">${t('risk')}</span><span class="sum"></span><b class="sum num">${n2(report.risk)}</b></div>${report.alerts.length > 1 && h`<p class="dim num small r">${whole()}</p>`}` : h`<p class="dim term-head">${t('risk.noalerts')}</p>`}`;

  const members = () => h`<div class="term"><span>${t('risk.highest')}: <a class="link" href="/risk?sel=${seg(report.members[0]?.name ?? '')}">${report.members[0]?.name ?? '–'}</a></span><b class="num">${n2(report.highest)}</b>
    <span>${t('risk.rest', { n: Math.max(0, report.count - 1) })}</span><b class="num">${n2(report.rest)}</b>
    <span class="sum">${report.formula === 'highest + 0.2 * rest' ? t('risk.grouped') : report.formula}</span><b class="sum num">${n2(report.risk)}</b></div>`;
  const memberRows = () => h`<ul class="rows">${report.members.slice(0, MEMBERS).map((x) => h`<li><a class="cut" href="/risk?sel=${seg(x.name)}">${x.name}</a><small class="risk-mem">${pips(x.risk)} <span class="num">${Math.round(x.risk)}</span></small></li>`)}</ul>`;

  function lowerRows() {
    const list = lowering(report).slice(0, ROWS);
    return list.length > 0 && h`<ul class="rows">${list.map((x) => h`<li><span class="cut">${x.kind === 'alert' ? t('risk.lower.alert', { text: said(x.part.text) }) : t('risk.lower.exposure')}</span><small class="num">${Math.round(x.from)} → ${Math.round(x.to)}</small></li>`)}</ul>`;
  }
  const setting = () => report.class === 'device' && may('operator') && h`<div class="seg" role="group" aria-label="${t('risk.setvalue')}">${[1, 2, 3, 4, 5].map((v) => h`<button type="button" data-value="${v}" aria-pressed="${String(report.value === v)}">${v}</button>`)}<button type="button" data-value="0" aria-pressed="false">${t('risk.byrule')}</button></div>`;

  function draw() {
    if (!box) return;
    box.setAttribute('aria-label', name);
    if (!report) {
      render(box, h`<header><div><h2>${name}</h2></div><button class="icon" type="button" data-do="close" aria-label="${t('close')}">${icon('ui-close')}</button></header>${problem && problemLine(problem)}`);
      return;
    }
    const group = report.members !== undefined;
    render(box, h`<header>${icon(group ? 'kind-cloud' : report.class === 'link' ? 'ui-linkdraw' : `kind-${report.kind ?? 'unknown'}`)}<div><h2>${name === 'all' ? t('risk.whole') : name}</h2><p class="risk-line">${pips(report.risk, report.level)} <b class="num">${Math.round(report.risk)}</b> <span class="dim">· ${t(`risk.${report.level}`)}</span></p></div>
      <button class="icon" type="button" data-do="close" aria-label="${t('close')}">${icon('ui-close')}</button></header>
      ${report.class === 'device' && h`<div class="acts"><a class="btn" href="/devices/${seg(name)}/overview">${t('alerts.opendevice')}</a><a class="btn" href="/alerts?q=device:${seg(name)}">${t('nav.alerts')}</a><a class="btn" href="/maps/physical?sel=${seg(name)}">${t('alerts.onmap')}</a></div>`}
      ${part('why', t('risk.why', { n: Math.round(report.risk) }), group ? members() : sum())}
      ${group && report.members.length > 1 && part('members', t('risk.members'), memberRows())}
      <section data-key="history"><h3>${t('risk.history')}</h3><div class="risk-history" data-keep data-key="plot"></div></section>
      ${!group && part('lower', t('risk.lower'), lowerRows())}
      ${part('set', t('risk.setvalue'), setting())}`);
    history();
  }

  /* As it was kept: a step at each change. */
  function history() {
    const place = $('.risk-history', box), now = Math.floor(Date.now() / 1000), points = report.history ?? [];
    const first = points.length ? Date.parse(points[0].at) / 1000 : now - 86400, from = Math.max(now - BACK_S, Math.min(first - 600, now - 3600));
    const x = [from, ...points.map((p) => Math.floor(Date.parse(p.at) / 1000)).filter((at) => at > from && at < now), now];
    const at = (s) => points.reduce((risk, p) => (Date.parse(p.at) / 1000 <= s + 0.999 ? p.risk : risk), points.length && first <= from ? points[0].risk : 0);
    const spec = {
      name: t('risk.history'), from, to: now, x, unit: { text: '', base: 1 }, ceiling: 100, small: true, gaps: [],
      curves: [{ label: t('risk'), values: x.map(at), colour: 1, area: true, step: true, figures: { last: report.risk } }],
    };
    if (drawn) drawn.set(spec); else drawn = chart(place, spec);
  }

  async function load() {
    abort?.abort();
    abort = new AbortController();
    const { signal } = abort, wanted = name;
    try {
      const value = await api.get(`risk/${seg(wanted)}`, { signal });
      if (value.class === 'device') value.kind = (await api.get(`devices/${seg(wanted)}`, { signal }).catch(() => ({}))).kind;
      if (wanted !== name) return;
      report = value;
      problem = null;
    } catch (error) {
      if (error.name === 'AbortError') return;
      problem = error;
    }
    draw();
  }

  async function act(e) {
    const at = e.target.closest('button');
    if (at?.dataset.do === 'close') close();
    if (at?.dataset.value === undefined) return;
    try {
      await api.post(`risk/${seg(name)}`, { value: Number(at.dataset.value) });
      await load();
      changed();
    } catch (error) { sayProblem(error); }
  }

  return {
    show(element, wanted) {
      if (!box) {
        box = element;
        box.addEventListener('click', act, { signal: place.signal });
      }
      if (wanted === name) return;
      name = wanted;
      report = problem = null;
      drawn?.destroy();
      drawn = null;
      if (!name) return;
      draw();
      load();
    },
    again() { if (name) load(); },
    hide() { abort?.abort(); drawn?.destroy(); drawn = null; },
  };
}
