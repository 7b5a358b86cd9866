// The fields of a credential, wherever one is asked for: names are those that a
// person sees, secrets are never shown again.
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { field } from './dialog.js';
import { segments } from './tabs.js';

// As the configuration names them.
export const AUTHS = ['none', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512', 'MD5'];
export const PRIVACIES = ['none', 'AES-128', 'AES-192', 'AES-256', 'AES-192-C', 'AES-256-C', 'DES'];

const options = list => list.map(v => [v, v === 'none' ? t('start.none') : v.replace(/-C$/, ' (Cisco)')]);

// values: {version: '2c', name, auth, priv}; act: data-act of the version
// buttons. `secret` is required only when there is none yet.
export const credentialFields = (values, { act = 'version', required = true } = {}) => h`
  ${segments(t('start.version'), [['2c', 'SNMP v2c'], ['3', 'SNMP v3'], ['1', 'SNMP v1']], values.version, act)}
  ${field({ label: t('start.name'), name: 'name', value: values.name ?? '', required: true })}
  ${values.version === '3' ? h`
    ${field({ label: t('start.user'), name: 'user', value: values.user ?? '', required: true })}
    <div class="pair">${field({ label: t('start.auth'), name: 'auth', options: options(AUTHS), value: values.auth ?? 'SHA-256' })}
      ${values.auth !== 'none' && field({ label: t('start.auth.secret'), name: 'auth_secret', type: 'password', required, autocomplete: 'new-password' })}</div>
    ${values.auth !== 'none' && h`<div class="pair">${field({ label: t('start.privacy'), name: 'priv', options: options(PRIVACIES), value: values.priv ?? 'AES-128' })}
      ${values.priv !== 'none' && field({ label: t('start.privacy.secret'), name: 'priv_secret', type: 'password', required, autocomplete: 'new-password', hint: t('start.stored') })}</div>`}` :
    field({ label: t('start.community'), name: 'community', type: 'password', required, autocomplete: 'new-password', hint: t('start.stored') })}`;

// What the station is told, out of the fields of a form.
export function credentialOf(values, version) {
  const v = name => String(values[name] ?? '').trim();
  const out = { name: v('name'), version };
  if (version !== '3') return { ...out, community: String(values.community ?? '') };
  out.user = v('user');
  if (values.auth && values.auth !== 'none') {
    out.auth = values.auth;
    out.auth_secret = String(values.auth_secret ?? '');
    if (values.priv && values.priv !== 'none') {
      out.priv = values.priv;
      out.priv_secret = String(values.priv_secret ?? '');
    }
  }
  return out;
}

// Is enough told to ask an agent?
export const credentialWhole = c => c.version === '3' ? Boolean(c.user && (!c.auth || c.auth_secret.length >= 8) && (!c.priv || c.priv_secret.length >= 8)) : Boolean(c.community);
