// One alert, beside the list: what happened, what was checked, who was told, what else happened, and what is at stake.
import { api, seg } from '../base/api.js';
import { h, icon, render, $ } from '../base/html.js';
import { age, clock, duration, moment, number, when } from '../base/format.js';
import { t } from '../base/texts.js';
import { comment, graphAddress, headline, objectText, seriesSubject, severityMark, subjectOf } from '../parts/alert.js';
import { pips } from '../parts/bar.js';
import { mark } from '../parts/mark.js';
import { mapScene } from '../parts/map_scene.js';
import { picture, seriesTitle } from '../parts/picture.js';
import { said } from '../parts/said.js';

/* A part of it under a small heading, known again by its key; nothing when there is nothing. */
const part = (key, title, body) => (body ? h`<section data-key="${key}"><h3>${title}</h3>${body}</section>` : '');

const EVENTS_SHOWN = 8, BEFORE_MS = 600000, AFTER_MS = 300000;

/* What was looked at and with which result: of the device, and by which rule. */
function checksOf(a, device, rules) {
  const out = [], { poll } = device ?? {}, dead = /^(device\.unreachable|agent\.silent)$/.test(a.type);
  if (device && (a.class === 'device' || dead)) {
    if (poll?.loss_percent !== undefined)
      out.push({ ok: poll.loss_percent < 100, what: `ICMP ${device.address}`, told: t('alerts.lost', { n: number(poll.loss_percent) }) });
    out.push({ ok: device.state === 'up', what: `SNMP ${device.address}`, told: device.last_seen ? t('alerts.lastanswer', { age: age(device.last_seen) }) : t('alerts.noanswer') });
  }
  for (const r of rules ?? []) {
    if (r.rule !== a.rule || r.now === undefined) continue;
    if (!a.object.endsWith(r.object)) continue;
    out.push({ ok: r.state === 'normal', what: `${r.descr ?? r.object} ${r.rule}`, told: t('alerts.against', { now: `${number(r.now, 2)} ${r.unit ?? ''}`.trim(), level: number(r.level, 2) }) });
  }
  if (!out.length && a.value !== undefined)
    out.push({ ok: false, what: a.rule ?? a.type, told: a.limit === undefined ? number(a.value, 2) : t('alerts.against', { now: `${number(a.value, 2)} ${a.unit ?? ''}`.trim(), level: number(a.limit, 2) }) });
  for (const e of a.evidence ?? []) if (e !== 'poll') out.push({ ok: false, what: t(`evidence.${e}`), told: when(a.last_seen) });
  return out;
}

const checks = (list) => list.length > 0 && h`<ul class="rows">${list.map((c) => h`<li>${mark(c.ok ? 'up' : 'down', { label: false })}<span class="cut">${c.what}</span><small>${c.told}</small></li>`)}</ul>`;

const toldRows = (list) => list?.length > 0 && h`<ul class="rows">${list.map((r) => h`<li title="${r.error ?? ''}">${r.error ? mark('warning', { label: false }) : ''}<span class="cut">${r.receiver}</span><small class="num" title="${moment(r.at)}">${r.error ? h`<span class="cut">${t('receivers.trouble')} · </span>` : ''}${when(r.at)}</small></li>`)}</ul>`;

const eventRows = (list) => list?.length > 0 && h`<ul class="rows">${list.map((e) => h`<li title="${said(e.text)}">${mark(e.severity, { label: false })}<span class="cut"><b>${e.object}</b> ${said(e.text)}</span><small class="num" title="${moment(e.at)}">${clock(e.at)}</small></li>`)}</ul>`;

const symptomRows = (list) => list.length > 0 && h`<ul class="rows">${list.slice(0, 40).map((s) => h`<li><span class="cut">${severityMark(s, { label: objectText(s) })}</span><small class="cut">${headline(s)}</small></li>`)}${list.length > 40 && h`<li class="dim">${t('alerts.andmore', { n: list.length - 40 })}</li>`}</ul>`;

const facts = (a) => [
  [t('alerts.first'), moment(a.raised)], a.cleared ? [t('st.cleared'), moment(a.cleared)] : [t('alerts.last'), moment(a.last_seen)],
  a.cleared && [t('alerts.lasted'), duration((Date.parse(a.cleared) - Date.parse(a.raised)) / 1000)],
  a.count > 1 && [t('alerts.count'), number(a.count)], a.flaps > 0 && [t('alerts.flaps'), number(a.flaps)],
  a.worst && a.worst !== a.severity && [t('alerts.worst'), t(`st.${a.worst}`)], a.rule && [t('alerts.rule'), a.rule],
].filter(Boolean);

/* The pane: show(box, alert, its symptoms), update(alert), hide(). */
export function detail(place, { take, may, ack, silence, shelve }) {
  let box = null, a = null, symptoms = [], more = {}, abort = null, bound = null, drawn = null, scene = null;

  const doing = () => h`<div class="acts">
    <button class="btn ${a.acknowledged ? '' : 'pri'}" type="button" data-do="ack" ${(!may() || a.state === 'cleared') && h`disabled`}>${a.acknowledged ? t('alerts.unack') : t('alerts.ack')}</button>
    <button class="btn" type="button" data-do="silence" ${!may() && h`disabled`}>${t('alerts.silence')}</button>
    <button class="btn" type="button" data-do="shelve" aria-haspopup="menu" ${(!may() || a.state === 'cleared') && h`disabled`}>${t('alerts.shelve')}</button>
    ${a.device && h`<a class="btn" href="/devices/${seg(a.device)}/overview">${t('alerts.opendevice')}</a>
    <a class="btn" href="/maps/physical?sel=${seg(a.device)}">${t('alerts.onmap')}</a>`}</div>`;

  function why() {
    const behind = a.symptom_count ?? symptoms.length, over = a.state === 'cleared';
    return h`<div class="why ${over || a.cause > 0 ? 'calm' : `of-${a.severity}`}"><p><b>${headline(a)}</b></p>${comment(a) && h`<p>${comment(a)}</p>`}
      ${behind > 0 && h`<p>${t('alerts.behind', { n: behind })}</p>`}
      ${a.cause > 0 && h`<p>${t('alerts.because')} <a class="link" href="/alerts?sel=${a.cause}">${more.cause ? headline(more.cause) : `#${a.cause}`}</a></p>`}</div>`;
  }

  const people = () => h`${a.acknowledged && h`<p class="al-deed">${mark('acknowledged')} <b>${a.acknowledged.who}</b> <time class="dim num">${when(a.acknowledged.at)}</time>${a.acknowledged.text && h`<br>${a.acknowledged.text}`}</p>`}
    ${a.silence > 0 && h`<p class="al-deed">${mark('silenced')} <a class="link" href="/settings/silences">#${a.silence}</a></p>`}
    ${a.shelved_until && Date.parse(a.shelved_until) > Date.now() && h`<p class="al-deed">${t('alerts.shelveduntil', { at: when(a.shelved_until) })}</p>`}`;

  function draw() {
    const graph = graphAddress(a);
    box.setAttribute('aria-label', objectText(a));
    render(box, h`<header>${icon(`kind-${more.device?.kind ?? 'unknown'}`)}<div><h2>${objectText(a)}</h2><p>${severityMark(a, { cls: 't' })} <span class="dim">· ${t('since')} <time class="num" title="${moment(a.raised)}">${when(a.raised)}</time> · <time class="num" data-age="${a.raised}">${age(a.raised)}</time></span></p></div>
      <button class="icon" type="button" data-do="close" aria-label="${t('close')}">${icon('ui-close')}</button></header>
      ${doing()}${why()}${people()}
      <div class="minimap" data-keep data-key="map"></div>
      ${part('checked', t('alerts.checked'), checks(checksOf(a, more.device, more.rules)))}
      ${part('told', t('alerts.told'), toldRows(more.told))}
      ${graph && h`<section data-key="graph"><h3>${t('alerts.graph')}</h3><div class="al-graph" data-keep data-key="graph-${a.id}"></div><p><a class="link small" href="${graph}">${t('alerts.opengraph')}</a></p></section>`}
      ${part('symptoms', t('alerts.symptoms.head', { n: symptoms.length }), symptomRows(symptoms))}
      ${part('events', t('nav.events'), h`${eventRows(more.events)}${more.events && h`<p><a class="link small" href="/events?q=object:${seg(a.device || a.object)}">${t('alerts.allevents')}</a></p>`}`)}
      ${a.risk > 0 && part('risk', t('risk'), h`<p class="al-risk">${pips(a.risk)} <b class="num">${number(Math.round(a.risk))}</b> <a class="link" href="/risk?sel=${seg(a.device || a.object)}">${t('alerts.whyrisk')}</a></p>`)}
      <dl class="kv">${facts(a).map(([k, v]) => h`<dt>${k}</dt><dd class="num">${v}</dd>`)}</dl>`);
  }

  /* The hour before and after its beginning. */
  function showGraph() {
    const place = $('.al-graph', box), subject = seriesSubject(a), at = Math.floor(Date.parse(a.raised) / 1000), now = Math.floor(Date.now() / 1000);
    drawn?.destroy();
    drawn = null;
    if (place && subject)
      drawn = picture(place, { subjects: [subject], from: at - 3600, to: Math.min(at + 3600, now), small: true, name: `${objectText(a)}, ${seriesTitle(subject.series)}` });
  }

  /* The map around it: what does not answer, and what lies next to that. */
  function showMap() {
    const place = $('.minimap', box);
    scene?.destroy();
    scene = null;
    place.hidden = !a.device;
    if (a.device) scene = mapScene(place, 'physical', { signal: abort.signal, names: [...new Set([a.device, ...symptoms.map((s) => s.device)])].slice(0, 200), ring: true });
  }

  function get(key, path, pick = (v) => v) {
    const { signal } = abort, { id } = a;
    return api.get(path, { signal }).then((v) => {
      if (a?.id !== id || signal.aborted) return;
      more[key] = pick(v);
      draw();
    }, () => { /* left out */ });
  }

  /* What stands behind it comes when it comes; each for itself. */
  function fetchMore() {
    abort?.abort();
    abort = new AbortController();
    const at = Date.parse(a.raised);
    if (a.device) {
      get('device', `devices/${seg(a.device)}`);
      if (a.rule) get('rules', `alerts/rules?object=${seg(a.class === 'port' ? a.object : a.device)}`, (v) => v.rules);
    }
    const range = `from=${Math.floor((at - BEFORE_MS) / 1000)}&to=${Math.ceil((at + AFTER_MS) / 1000)}`;
    get('events', `events?object=${seg(a.device || a.object)}&${range}&limit=${EVENTS_SHOWN}`, (v) => v.events);
    get('told', `alerts/${a.id}`, (v) => v.told);
    if (a.cause > 0) get('cause', `alerts/${a.cause}`);
  }

  return {
    show(element, alert, list) {
      const other = a?.id !== alert.id;
      box = element;
      a = alert;
      symptoms = list;
      if (!bound) {
        bound = true;
        onDo();
      }
      if (other) { more = {}; box.scrollTop = 0; }
      draw();
      if (other) { fetchMore(); showGraph(); showMap(); }
    },
    update(alert) {
      if (a?.id !== alert.id || !box) return;
      const again = a.severity !== alert.severity || a.state !== alert.state;
      a = alert;
      draw();
      if (again && abort) get('told', `alerts/${a.id}`, (v) => v.told);
    },
    hide() {
      abort?.abort();
      drawn?.destroy();
      scene?.destroy();
      a = drawn = scene = null;
    },
  };

  function onDo() {
    box.addEventListener('click', (e) => {
      const at = e.target.closest('[data-do]');
      if (!at || at.disabled) return;
      if (at.dataset.do === 'ack') ack(a);
      else if (at.dataset.do === 'silence') silence(a);
      else if (at.dataset.do === 'shelve') shelve(at, a);
      else if (at.dataset.do === 'close') place.root.dispatchEvent(new CustomEvent('al-close'));
    }, { signal: place.signal });
  }
}
