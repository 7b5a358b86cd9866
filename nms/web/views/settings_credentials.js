// Credentials, in the order in which they are tried, and where discovery may go. Secrets are written, never read.
import { api, seg } from '../base/api.js';
import { h, icon, onAct, render } from '../base/html.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { credentialFields, credentialOf } from '../parts/credential.js';
import { confirm, dialog } from '../parts/dialog.js';
import { emptyPart } from '../parts/empty.js';
import { placeWord } from '../parts/place.js';
import { say, sayProblem } from '../parts/toast.js';

const BOUNDS = ['seeds', 'ranges', 'within', 'exclude'];

/* The dialog of one: was: what it is so far, of which the secrets are unknown; null: a new one. */
function ask(was) {
  const values = { name: '', auth: 'SHA-256', priv: 'AES-128', ...was, version: was?.version ?? '2c' };
  if (was && was.version === '3') Object.assign(values, { auth: was.auth ?? 'none', priv: was.priv ?? 'none' });
  const draw = (form) => render(form.querySelector('.dialog-body'), h`${credentialFields(values, { required: !was })}${was && h`<p class="dim">${t('cred.keep')}</p>`}`);
  return dialog({
    title: was ? t('cred.change', { name: was.name }) : t('cred.add'), body: '', actions: [{ name: 'save', label: was ? t('save') : t('cred.add'), primary: true }],
    ready: (form) => {
      draw(form);
      const keep = () => Object.assign(values, Object.fromEntries(new FormData(form)));
      form.addEventListener('click', (e) => {
        const at = e.target.closest('[data-act=version]');
        if (!at) return;
        keep();
        values.version = at.dataset.value;
        draw(form);
      });
      form.addEventListener('change', (e) => {
        if (e.target.name !== 'auth' && e.target.name !== 'priv') return;
        keep();
        draw(form);
      });
    },
    send: (v) => {
      const made = credentialOf(v, values.version);
      if (!was) return api.post('credentials', made);
      /* What was left empty stays what it is; what the other version has goes. */
      for (const key of ['community', 'auth_secret', 'priv_secret']) if (made[key] === '') delete made[key];
      for (const key of ['community', 'user', 'auth', 'auth_secret', 'priv', 'priv_secret'])
        if (!(key in made) && (key === 'community' ? made.version === '3' : made.version !== '3' || (/^auth/.test(key) && !made.auth) || (/^priv/.test(key) && !made.priv))) made[key] = null;
      return api.patch(`credentials/${seg(was.name)}`, made);
    },
  });
}

export default async function credentials({ body, signal }) {
  let list = [], bounds = null;
  const can = may('administrator');

  async function load() {
    [list, bounds] = await Promise.all([api.get('credentials', { signal }).then((v) => v.credentials), api.get('discovery/bounds', { signal }).catch(() => null)]);
    draw();
  }

  const how = (c) => (c.version === '3' ? [c.user, c.auth && c.auth !== 'none' ? c.auth : t('cred.noauth'), c.priv && c.priv !== 'none' ? c.priv : t('cred.nopriv')].filter(Boolean).join(' · ') : t('cred.community'));
  const own = () => list.filter((c) => c.from === 'page');
  function row(c, i) {
    const mine = c.from === 'page', at = own().indexOf(c);
    return h`<tr data-key="c-${c.name}"><td class="n num dim">${i + 1}</td><td>${icon('ui-key', 'k')}<b>${c.name}</b></td><td>SNMP v${c.version}</td><td>${how(c)}</td><td class="dim">${placeWord(c)}</td>
      <td class="r nw">${mine && can && h`${at > 0 && h`<button class="btn quiet" type="button" data-act="up" data-name="${c.name}" aria-label="${t('cred.earlier.of', { name: c.name })}">${t('cred.earlier')}</button>`}<button class="btn quiet" type="button" data-act="change" data-name="${c.name}" aria-label="${t('cred.change', { name: c.name })}">${t('edit')}</button><button class="btn quiet" type="button" data-act="remove" data-name="${c.name}" aria-label="${t('people.remove', { name: c.name })}">${t('remove')}</button>`}</td></tr>`;
  }
  const bound = (kind) => h`<div class="f" data-key="b-${kind}"><span class="f-label">${t(`cred.${kind}`)}</span><ul class="set-bounds">${bounds[kind].map((b) => h`<li class="chip">${b.value}${b.from === 'page' && can ? h`<button type="button" data-act="unbound" data-kind="${kind}" data-value="${b.value}" aria-label="${t('people.remove', { name: b.value })}">${icon('ui-close')}</button>` : h`<span class="dimmer">${b.from === 'page' ? '' : placeWord(b)}</span>`}</li>`)}
      ${can && h`<li><form data-kind="${kind}"><input name="value" placeholder="192.0.2.0/24" aria-label="${t('cred.addto', { what: t(`cred.${kind}`) })}" autocomplete="off" spellcheck="false"><button class="btn" type="submit">${t('add')}</button></form></li>`}</ul><small>${t(`cred.${kind}.hint`)}</small></div>`;

  function draw() {
    render(body, h`<section class="card flush" data-key="list"><div class="bar-h"><h3>${t('settings.credentials')}</h3><span class="grow"></span>${can && h`<button class="btn pri" type="button" data-act="add">${t('cred.add')}</button>`}</div>
      ${list.length ? h`<table aria-label="${t('settings.credentials')}"><thead><tr><th class="n"></th><th>${t('name')}</th><th>${t('cred.version')}</th><th>${t('cred.how')}</th><th>${t('cred.from')}</th><th></th></tr></thead><tbody>${list.map(row)}</tbody></table><p class="set-note dim">${t('cred.order')}</p>` : emptyPart({ icon: 'ui-key', title: t('cred.none'), text: t('cred.none.text') })}</section>
      ${bounds && h`<section class="card form" data-key="bounds"><h3>${t('cred.bounds')}</h3>${BOUNDS.map(bound)}</section>`}`);
  }

  const done = (text) => { if (text) say(text); return load(); };
  /* Made to what they are now: somebody else may have changed them. True if it worked. */
  const setBounds = async (kind, change) => {
    try {
      bounds = await api.get('discovery/bounds', { signal });
      await api.patch('discovery/bounds', { [kind]: change(ofPage(kind)) });
      await done();
      return true;
    } catch (problem) {
      sayProblem(problem);
      return false;
    }
  };
  const ofPage = (kind) => bounds[kind].filter((b) => b.from === 'page').map((b) => b.value);
  const named = (at) => list.find((c) => c.name === at.dataset.name);
  onAct(body, {
    add: async () => { if (await ask(null)) load(); },
    change: async (at) => { if (await ask(named(at))) done(t('cred.changed', { name: at.dataset.name })); },
    up: (at) => api.patch(`credentials/${seg(at.dataset.name)}`, { position: own().indexOf(named(at)) - 1 }).then(() => done(), sayProblem),
    remove: async (at) => {
      const { name } = at.dataset;
      if (await confirm({ title: t('people.remove', { name }), text: t('cred.remove.text'), label: t('remove') })) await api.del(`credentials/${seg(name)}`).then(() => done(t('people.removed', { name })), sayProblem);
    },
    unbound: (at) => setBounds(at.dataset.kind, (all) => all.filter((v) => v !== at.dataset.value)),
  }, signal);
  body.addEventListener('submit', (e) => {
    const form = e.target.closest('form[data-kind]');
    if (!form) return;
    e.preventDefault();
    const value = form.elements.value.value.trim();
    if (value) setBounds(form.dataset.kind, (all) => [...all, value]).then((worked) => { if (worked) form.reset(); });
  }, { signal });
  await load();
}
