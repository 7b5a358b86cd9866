// Who changed what, when, and what came of it; searched by the station.
import { api, withQuery } from '../base/api.js';
import { h, icon, on, onAct, render } from '../base/html.js';
import { clock, day, moment, number } from '../base/format.js';
import { t } from '../base/texts.js';
import { emptyPart } from '../parts/empty.js';
import { parse } from '../parts/filter.js';
import { mark } from '../parts/mark.js';
import { sayProblem } from '../parts/toast.js';

const PAGE = 100, KEYS = ['who', 'method', 'operation', 'object', 'status', 'from', 'to'];

/* "who:a.sato object:maps/x word" as what the station is asked. */
function queryOf(text) {
  const out = {}, words = [];
  for (const x of parse(text)) {
    if (KEYS.includes(x.key) && !(x.key in out)) out[x.key] = x.value;
    else if (x.key === '') words.push(x.value);
  }
  if (words.length) out.text = words.join(' ');
  return out;
}

export default async function audit({ body, query, setQuery, signal }) {
  let list = [], next = null, text = query.get('q') ?? '', typing = null, run = 0;
  const open = new Set();

  async function more() {
    const mine = run;
    const page = await api.get(withQuery('audit', { ...queryOf(text), limit: PAGE, before: next }), { signal });
    if (mine !== run) return;
    list = [...list, ...page.audit];
    next = page.next;
    draw();
  }
  function again() {
    run++;
    list = [];
    next = null;
    return more().catch((problem) => { if (problem.name !== 'AbortError') sayProblem(problem); });
  }

  const value = (v) => h`<pre class="mono">${typeof v === 'string' ? v : JSON.stringify(v, null, 1)}</pre>`;
  const details = (e) => h`<tr class="ev-values" data-key="v-${e.id}"><td></td><td colspan="5"><dl class="kv">${[['body', t('audit.sent')], ['before', t('audit.before')], ['after', t('audit.after')]].filter(([k]) => e[k] !== undefined && e[k] !== null).map(([k, name]) => h`<dt>${name}</dt><dd>${value(e[k])}</dd>`)}<dt>${t('events.id')}</dt><dd class="num">${e.id} · ${moment(e.at)}</dd></dl></td></tr>`;
  const row = (e) => h`<tr data-key="a-${e.id}" data-id="${e.id}" tabindex="0" aria-expanded="${String(open.has(e.id))}"><td class="num nw"><time datetime="${e.at}" title="${moment(e.at)}">${day(e.at)} ${clock(e.at)}</time></td><td><b>${e.who}</b></td><td class="mono">${e.method} ${e.object}</td><td>${mark(e.status < 400 ? 'up' : 'warning', { label: String(e.status) })}</td><td class="dim">${t(`audit.by.${e.by}`)}</td><td class="dim num">${e.from ?? ''}</td></tr>${open.has(e.id) && details(e)}`;

  function draw() {
    render(body, h`<div class="al-bar" data-key="bar"><label class="al-filter filter">${icon('ui-search')}<span class="unseen">${t('filter')}</span><input name="q" type="search" value="${text}" placeholder="${t('audit.example')}" autocomplete="off" spellcheck="false" data-key="filter"></label></div>
      <section class="card flush" data-key="list">${list.length ? h`<table aria-label="${t('settings.audit')}"><thead><tr><th>${t('events.time')}</th><th>${t('audit.who')}</th><th>${t('what')}</th><th>${t('audit.result')}</th><th>${t('audit.by')}</th><th>${t('audit.from')}</th></tr></thead><tbody>${list.map(row)}</tbody></table>
      <p class="set-note">${next !== undefined && next !== null && h`<button class="btn" type="button" data-act="more">${t('events.older')}</button> `}<span class="dim num">${t('events.shown', { n: number(list.length) })}</span></p>` : emptyPart({ icon: 'ui-note', title: t('audit.none'), text: t('audit.none.text') })}</section>`);
  }

  const fold = (at) => { const id = Number(at.dataset.id); if (open.has(id)) open.delete(id); else open.add(id); draw(); };
  on(body, 'click', 'tr[data-id]', (e, at) => { if (!String(getSelection())) fold(at); }, signal);
  on(body, 'keydown', 'tr[data-id]', (e, at) => { if (e.target === at && (e.key === 'Enter' || e.key === ' ')) { e.preventDefault(); fold(at); } }, signal);
  on(body, 'input', 'input[name=q]', (e, at) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      text = at.value;
      setQuery({ q: text.trim() || null });
      again();
    }, 250);
  }, signal);
  onAct(body, { more: () => more().catch(sayProblem) }, signal);
  signal.addEventListener('abort', () => clearTimeout(typing), { once: true });
  await more();
}
