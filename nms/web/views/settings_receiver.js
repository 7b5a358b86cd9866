// The dialog of a receiver: where to, of what, and when. Secrets are written, never read: what is left empty stays.
import { api, seg } from '../base/api.js';
import { h, render, $ } from '../base/html.js';
import { t } from '../base/texts.js';
import { stateWord } from '../parts/mark.js';
import { credentialFields } from '../parts/credential.js';
import { checkbox, dialog, field } from '../parts/dialog.js';
import { segments } from '../parts/tabs.js';

const KINDS = ['snmp', 'webhook', 'mail'], FORMS = ['json', 'slack', 'teams', 'chatwork', 'plain'];
const SEVERITIES = ['indeterminate', 'warning', 'minor', 'major', 'critical'];
/* What belongs to one way alone. */
const OF_KIND = { snmp: ['to', 'version', 'inform', 'community', 'user', 'auth', 'auth_secret', 'priv', 'priv_secret'], webhook: ['webhook', 'format', 'headers', 'secret'], mail: ['mail', 'server', 'from', 'user', 'secret', 'plain'] };
const SECRETS = ['community', 'auth_secret', 'priv_secret', 'webhook', 'headers', 'secret'];

export const linesOf = (text) => String(text ?? '').split(/\n/).map((x) => x.trim()).filter(Boolean);

/* "192.0.2.9" as the configuration writes it. */
export function placeOf(text) {
  const s = text.trim();
  if (!s || /^\w+:[^:]*[.[]/.test(s)) return s;
  if (/^\[.*\]:\d+$/.test(s) || /^[\d.]+:\d+$/.test(s)) return `udp:${s}`;
  return s.includes(':') ? `udp:[${s}]:162` : `udp:${s}:162`;
}

/* What the station is told of the fields' values; was: what it is so far, null for a new one. */
export function receiverOf(v, kind, version, was) {
  const text = (name) => String(v[name] ?? '').trim(), out = { name: text('name') };
  if (kind === 'snmp') {
    Object.assign(out, { to: placeOf(text('to')), version, inform: Boolean(v.inform) });
    if (version === '3') {
      out.user = text('user');
      if (v.auth && v.auth !== 'none') Object.assign(out, { auth: v.auth, auth_secret: String(v.auth_secret ?? '') });
      if (out.auth && v.priv && v.priv !== 'none') Object.assign(out, { priv: v.priv, priv_secret: String(v.priv_secret ?? '') });
    } else out.community = String(v.community ?? '');
  } else if (kind === 'webhook') Object.assign(out, { webhook: text('webhook'), format: v.format, headers: linesOf(v.headers) });
  else Object.assign(out, { mail: text('mail').split(/[\s,;]+/).filter(Boolean), server: text('server'), from: text('from'), user: text('user'), secret: String(v.secret ?? ''), plain: Boolean(v.plain) });
  Object.assign(out, { severity: v.severity, objects: linesOf(v.objects), types: linesOf(v.types), when: linesOf(v.when), digest: kind === 'snmp' ? '' : text('digest'), repeat: text('repeat') });
  const nothing = (x) => x === '' || x === false || (Array.isArray(x) && x.length === 0);
  for (const key of Object.keys(out)) {
    if (!nothing(out[key])) continue;
    if (!was || SECRETS.includes(key)) delete out[key];
    else out[key] = null;
  }
  if (was) for (const key of OF_KIND.snmp) if (kind === 'snmp' && !(key in out) && !(SECRETS.includes(key) && wanted(key, version, out))) out[key] = null;
  return out;
}

const wanted = (key, version, out) => (key === 'community' ? version !== '3' : version === '3' && (key === 'auth_secret' ? Boolean(out.auth) : Boolean(out.priv)));

const way = (kind, v, was) => (kind === 'snmp' ? h`${credentialFields(v, { required: !was })}
    ${field({ label: t('receivers.to'), name: 'to', value: v.to ?? '', required: true, placeholder: 'udp:192.0.2.9:162' })}${checkbox({ label: t('receivers.inform'), name: 'inform', checked: v.inform, hint: t('receivers.inform.hint') })}` :
  kind === 'webhook' ? h`${field({ label: t('name'), name: 'name', value: v.name ?? '', required: true })}${field({ label: t('receivers.url'), name: 'webhook', value: was ? '' : v.webhook ?? '', required: !was, placeholder: was?.webhook ? `${was.webhook}…` : 'https://hooks.example.net/…', hint: t('receivers.url.hint') })}
    ${field({ label: t('receivers.format'), name: 'format', options: FORMS.map((f) => [f, t(`receivers.format.${f}`)]), value: v.format ?? 'json' })}
    ${field({ label: t('receivers.headers'), name: 'headers', rows: 2, value: was ? '' : v.headers ?? '', placeholder: was?.headers?.length ? was.headers.map((x) => `${x}: …`).join('\n') : 'X-Token: …', hint: t('receivers.headers.hint') })}` :
    h`${field({ label: t('name'), name: 'name', value: v.name ?? '', required: true })}${field({ label: t('receivers.mail'), name: 'mail', value: v.mail ?? '', required: true, placeholder: 'noc@example.net' })}
    <div class="pair">${field({ label: t('receivers.server'), name: 'server', value: v.server ?? '', required: true, placeholder: 'smtps://mail.example.net' })}${field({ label: t('receivers.from'), name: 'from', value: v.from ?? '', required: true, placeholder: 'portolan@example.net' })}</div>
    <div class="pair">${field({ label: t('receivers.user'), name: 'user', value: v.user ?? '' })}${field({ label: t('receivers.secret'), name: 'secret', type: 'password', autocomplete: 'new-password' })}</div>${checkbox({ label: t('receivers.plain'), name: 'plain', checked: v.plain })}`);

const what = (kind, v) => h`<fieldset class="form"><legend>${t('receivers.what')}</legend>
  ${field({ label: t('receivers.severity'), name: 'severity', options: SEVERITIES.map((s) => [s, s === 'indeterminate' ? t('receivers.all') : t('events.atleast', { severity: stateWord(s) })]), value: v.severity ?? 'indeterminate' })}
  <div class="pair">${field({ label: t('receivers.objects'), name: 'objects', rows: 2, value: v.objects ?? '', placeholder: 'core-*', hint: t('receivers.objects.hint') })}${field({ label: t('receivers.types'), name: 'types', rows: 2, value: v.types ?? '', placeholder: 'port.*', hint: t('receivers.types.hint') })}</div>
  ${field({ label: t('receivers.when'), name: 'when', rows: 2, value: v.when ?? '', placeholder: 'mon-fri 08:00-18:00', hint: t('receivers.when.hint') })}
  <div class="pair">${kind !== 'snmp' && field({ label: t('receivers.digest'), name: 'digest', value: v.digest ?? '', placeholder: '5m', hint: t('receivers.digest.hint') })}${field({ label: t('receivers.repeat'), name: 'repeat', value: v.repeat ?? '', placeholder: '30m', hint: t('receivers.repeat.hint') })}</div></fieldset>`;

const span = (text) => { const s = parseInt(text, 10); return !s ? '' : s % 86400 === 0 ? `${s / 86400}d` : s % 3600 === 0 ? `${s / 3600}h` : s % 60 === 0 ? `${s / 60}m` : `${s}s`; };

/* The values of the fields, of one that is there. */
const valuesOf = (r) => {
  const s = r.settings ?? {}, list = (x) => (x ?? []).join('\n');
  return { ...s, name: r.name, severity: r.severity, objects: list(s.objects), types: list(s.types), when: list(s.when), mail: (s.mail ?? []).join(', '), digest: span(s.digest), repeat: span(s.repeat), version: s.version ?? '2c', auth: s.auth ?? 'none', priv: s.priv ?? 'none' };
};

/* r: one of the page, null: a new one. */
export function receiverDialog(r) {
  const was = r?.settings ?? null, values = r ? valuesOf(r) : { version: '2c', auth: 'SHA-256', priv: 'AES-128', inform: true };
  let kind = r?.kind ?? 'webhook';
  const draw = (form) => render($('.dialog-body', form), h`${!r && segments(t('receivers.way'), KINDS.map((k) => [k, t(`receivers.kind.${k}`)]), kind, 'kind')}${way(kind, values, was)}${was && h`<p class="dim">${t('cred.keep')}</p>`}${what(kind, values)}${!r && h`<p class="dim small">${t('receivers.run.text')}</p>`}`);
  return dialog({
    title: r ? t('cred.change', { name: r.name }) : t('receivers.add'), body: '', cls: 'big', actions: [{ name: 'save', label: r ? t('save') : t('receivers.add'), primary: true }],
    ready: (form) => {
      draw(form);
      const keep = () => Object.assign(values, kind === 'snmp' ? { inform: false } : kind === 'mail' ? { plain: false } : {}, Object.fromEntries(new FormData(form)));
      const again = () => { draw(form); if (r) $('[name=name]', form).readOnly = true; };
      form.addEventListener('click', (e) => {
        const at = e.target.closest('[data-act]');
        if (!at) return;
        keep();
        if (at.dataset.act === 'kind') kind = at.dataset.value;
        else values.version = at.dataset.value;
        again();
      });
      form.addEventListener('change', (e) => { if (e.target.name === 'auth' || e.target.name === 'priv') { keep(); again(); } });
      again();
    },
    send: (v) => {
      const made = receiverOf(v, kind, values.version, was);
      return r ? api.patch(`receivers/${seg(r.name)}`, made) : api.post('receivers', made);
    },
  });
}
