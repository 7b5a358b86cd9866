// People and the tokens of scripts. Passwords and tokens that the station makes are shown once.
import { api, seg } from '../base/api.js';
import { h, icon, on, onAct, render } from '../base/html.js';
import { age, moment } from '../base/format.js';
import { session } from '../base/session.js';
import { t } from '../base/texts.js';
import { confirm, dialog, field } from '../parts/dialog.js';
import { say, sayProblem } from '../parts/toast.js';

const ROLES = ['viewer', 'operator', 'administrator'], LASTS = ['30d', '90d', '365d', ''];

const roles = () => ROLES.map((r) => [r, t(`role.${r}`)]);

/* What is shown now and never again. */
async function once(title, text, secret) {
  await dialog({
    title, cancel: false, actions: [{ name: 'ok', label: t('people.kept'), primary: true }],
    body: h`<p>${text}</p><div class="secret"><output class="mono">${secret}</output><button class="btn" type="button" data-copy>${t('people.copy')}</button></div><p class="dim small">${t('people.once')}</p>`,
    ready: (form) => form.querySelector('[data-copy]').addEventListener('click', () => navigator.clipboard?.writeText(secret).then(() => say(t('people.copied')))),
  });
}

export default async function people({ body, signal }) {
  let users = [], tokens = [];

  async function load() {
    [users, tokens] = await Promise.all([api.get('users', { signal }).then((v) => v.users), api.get('tokens', { signal }).then((v) => v.tokens)]);
    draw();
  }

  const seen = (at) => (at ? h`<time title="${moment(at)}">${t('people.ago', { age: age(at) })}</time>` : t('never'));
  const user = (u) => h`<tr data-key="u-${u.name}"><td>${icon('ui-user', 'k')}<b>${u.name}</b>${u.name === session.user && h` <span class="dimmer">${t('people.you')}</span>`}</td>
    <td><select class="slim" name="role" data-user="${u.name}" aria-label="${t('people.roleof', { name: u.name })}" ${u.name === session.user && h`disabled`}>${roles().map(([v, text]) => h`<option value="${v}" ${v === u.role && h`selected`}>${text}</option>`)}</select></td>
    <td>${seen(u.seen)}</td><td class="n num">${u.sessions}</td><td class="dim">${u.must_change ? t('people.mustchange') : ''}</td>
    <td class="r nw"><button class="btn quiet" type="button" data-act="password" data-name="${u.name}">${t('people.newpassword')}</button>${u.name !== session.user && h`<button class="btn quiet" type="button" data-act="remove" data-name="${u.name}" aria-label="${t('people.remove', { name: u.name })}">${t('remove')}</button>`}</td></tr>`;
  const token = (k) => h`<tr data-key="t-${k.name}"><td>${icon('ui-key', 'k')}<b>${k.name}</b></td><td>${t(`role.${k.role}`)}</td><td>${k.by}</td><td>${seen(k.used)}</td><td class="${k.ends && Date.parse(k.ends) < Date.now() ? 'dimmer' : ''}">${k.ends ? moment(k.ends) : t('people.forever')}</td>
    <td class="r"><button class="btn quiet" type="button" data-act="revoke" data-name="${k.name}" aria-label="${t('people.revoke', { name: k.name })}">${t('people.revoke.short')}</button></td></tr>`;

  function draw() {
    render(body, h`<section class="card flush"><div class="bar-h"><h3>${t('people.people')}</h3><span class="grow"></span><button class="btn pri" type="button" data-act="add">${t('people.add')}</button></div>
      <table aria-label="${t('people.people')}"><thead><tr><th>${t('name')}</th><th>${t('people.role')}</th><th>${t('people.seen')}</th><th class="n">${t('people.sessions')}</th><th></th><th></th></tr></thead><tbody>${users.map(user)}</tbody></table>
      <p class="set-note dim">${t('people.roles')}</p></section>
      <section class="card flush"><div class="bar-h"><h3>${t('people.tokens')}</h3><span class="grow"></span><button class="btn" type="button" data-act="token">${t('people.addtoken')}</button></div>
      ${tokens.length ? h`<table aria-label="${t('people.tokens')}"><thead><tr><th>${t('name')}</th><th>${t('people.role')}</th><th>${t('people.by')}</th><th>${t('people.used')}</th><th>${t('people.ends')}</th><th></th></tr></thead><tbody>${tokens.map(token)}</tbody></table>` : h`<p class="set-note dim">${t('people.notokens')}</p>`}</section>`);
  }

  const done = (text) => { if (text) say(text); return load(); };
  onAct(body, {
    add: async () => {
      const made = await dialog({
        title: t('people.add'), body: h`${field({ label: t('login.user'), name: 'name', required: true, autofocus: true })}${field({ label: t('people.role'), name: 'role', options: roles(), value: 'viewer' })}<p class="dim">${t('people.add.text')}</p>`,
        actions: [{ name: 'add', label: t('people.add'), primary: true }], send: (v) => api.post('users', { name: v.name.trim(), role: v.role }),
      });
      if (made) await once(t('people.added', { name: made.result.user.name }), t('people.password.text'), made.result.password);
      if (made) load();
    },
    password: async (at) => {
      const { name } = at.dataset;
      if (!await confirm({ title: t('people.newpassword'), text: t('people.newpassword.text', { name }), label: t('people.newpassword.make'), danger: false })) return;
      try {
        const answer = await api.patch(`users/${seg(name)}`, { password: '' });
        await once(t('people.newpassword.of', { name }), t('people.password.text'), answer.password);
        load();
      } catch (problem) { sayProblem(problem); }
    },
    remove: async (at) => {
      const { name } = at.dataset;
      if (await confirm({ title: t('people.remove', { name }), text: t('people.remove.text', { name }), label: t('remove') })) await api.del(`users/${seg(name)}`).then(() => done(t('people.removed', { name })), sayProblem);
    },
    token: async () => {
      const made = await dialog({
        title: t('people.addtoken'), body: h`${field({ label: t('name'), name: 'name', required: true, autofocus: true, hint: t('people.token.name') })}${field({ label: t('people.role'), name: 'role', options: roles(), value: 'viewer' })}${field({ label: t('people.lasts'), name: 'duration', options: LASTS.map((d) => [d, d ? t(`people.lasts.${d}`) : t('people.forever')]), value: '90d' })}`,
        actions: [{ name: 'make', label: t('people.addtoken'), primary: true }], send: (v) => api.post('tokens', { name: v.name.trim(), role: v.role, duration: v.duration }),
      });
      if (made) await once(t('people.token.made', { name: made.result.name }), t('people.token.text'), made.result.token);
      if (made) load();
    },
    revoke: async (at) => {
      const { name } = at.dataset;
      if (await confirm({ title: t('people.revoke', { name }), text: t('people.revoke.text'), label: t('people.revoke.short') })) await api.del(`tokens/${seg(name)}`).then(() => done(t('people.revoked', { name })), sayProblem);
    },
  }, signal);
  on(body, 'change', 'select[data-user]', (e, at) => {
    api.patch(`users/${seg(at.dataset.user)}`, { role: at.value }).then(() => done(t('people.role.set', { name: at.dataset.user, role: t(`role.${at.value}`) })), (problem) => {
      sayProblem(problem);
      at.value = users.find((u) => u.name === at.dataset.user)?.role ?? at.value;
      load().catch(() => { /* it stays as it was */ });
    });
  }, signal);
  await load();
}
