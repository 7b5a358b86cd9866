// What a person may do with a device, by role.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { go } from '../base/route.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { confirm, dialog, field } from '../parts/dialog.js';
import { menuButton } from '../parts/menu.js';
import { silenceSay } from '../parts/silence.js';
import { say, sayProblem } from '../parts/toast.js';

export function deviceMenu(button, state, refresh) {
  const { name, device } = state, path = 'devices/' + seg(name);
  const operator = may('operator');
  menuButton(button, [
    { label: t('device.tab.graphs'), icon: 'ui-graphs', href: '/devices/' + seg(name) + '/graphs' },
    { label: t('device.events'), icon: 'ui-events', href: '/events?q=object:' + encodeURIComponent(name) },
    ...operator ? ['-',
      { label: t('device.silence'), icon: 'state-silenced', act: () => silenceSay(name, refresh) },
      { label: t('device.value'), icon: 'ui-risk', act: () => value(name, refresh) },
      { label: t('device.merge'), icon: 'ui-pin', act: () => pair('merge', name, refresh) },
      { label: t('device.apart'), icon: 'ui-devices', act: () => pair('apart', name, refresh) },
      ...(device.addresses || []).length > 1 ? [{ label: t('device.split'), icon: 'ui-align', act: () => split(name, device.addresses, refresh) }] : [],
      '-',
      { label: t('device.remove'), icon: 'ui-close', act: () => remove(name, path) }] : [],
  ], { label: t('device.more') });
}

async function value(name, refresh) {
  const now = await api.get('risk/' + seg(name)).catch(() => ({}));
  const done = await dialog({
    title: t('device.value.title', { name }),
    body: h`<p class="dim">${t('device.value.text')}${now.value_why && h` ${t('device.value.now', { value: now.value, why: now.value_why })}`}</p>
      ${field({ label: t('value'), name: 'value', value: '0', options: [['0', t('device.value.rule')], ...[1, 2, 3, 4, 5].map(n => [n, `${n} · ${t('risk.' + n)}`])] })}`,
    actions: [{ name: 'save', label: t('save'), primary: true }],
    send: v => api.post('risk/' + seg(name), { value: Number(v.value) }),
  });
  if (done) refresh();
}

/* merge: two are one device; apart: they never are. */
async function pair(what, name, refresh) {
  const known = await api.get('devices').catch(() => ({ devices: [] }));
  const done = await dialog({
    title: t(`device.${what}.title`, { name }),
    body: h`<p class="dim">${t(`device.${what}.text`)}</p>${field({ label: t('device.merge.other'), name: 'other', required: true, list: 'merge-names' })}
      <datalist id="merge-names">${known.devices.filter(d => d.name !== name).map(d => h`<option value="${d.name}"></option>`)}</datalist>`,
    actions: [{ name: what, label: t(`device.${what}.do`), primary: true }],
    send: v => api.post('pins', { [what]: [name, v.other.trim()] }),
  });
  if (done) {
    const other = done.values.other.trim();
    say(t(`device.${what}.done`, { a: name, b: other }), { undo: () => api.post('pins', { [what]: [name, other], undo: true }).then(refresh, sayProblem) });
    refresh();
  }
}

async function split(name, addresses, refresh) {
  const done = await dialog({
    title: t('device.split.title', { name }),
    body: h`<p class="dim">${t('device.split.text')}</p>${field({ label: t('address'), name: 'address', options: addresses.slice(1).concat(addresses[0]) })}`,
    actions: [{ name: 'split', label: t('device.split.do'), primary: true }],
    send: v => api.post('pins', { split: v.address }),
  });
  if (done) {
    say(t('device.split.done', { address: done.values.address }), { undo: () => api.post('pins', { split: done.values.address, undo: true }).then(refresh, sayProblem) });
    refresh();
  }
}

async function remove(name, path) {
  if (!await confirm({ title: t('device.remove.title', { name }), text: t('device.remove.text'), label: t('remove') })) return;
  try {
    await api.del(path);
    say(t('device.remove.done', { name }));
    go('/devices');
  } catch (problem) { sayProblem(problem); }
}
