// Discovery: what runs, what it found, what failed and why.
import { api } from '../base/api.js';
import { h, onAct, render } from '../base/html.js';
import { moment, duration } from '../base/format.js';
import { may } from '../base/session.js';
import { t } from '../base/texts.js';
import { credentialFields, credentialOf } from '../parts/credential.js';
import { dialog, field } from '../parts/dialog.js';
import { emptyPart, problemLine } from '../parts/empty.js';
import { say, sayProblem } from '../parts/toast.js';
import { Addresses } from './discovery_addresses.js';
import { justNow, kinds, needs, progress, tried } from './discovery_parts.js';
import { follow } from './discovery_feed.js';
import { foldCard, foldSite } from './discovery_fold.js';
import { took } from './discovery_state.js';

export default async function view(place) {
  const { root, signal } = place;
  let feed = null;
  const addresses = new Addresses(place, () => draw());

  const draw = () => {
    if (signal.aborted || !feed?.d) return;
    const d = feed.d;
    place.title([{ text: t('nav.discovery'), href: '/discovery' }, d.running ? t('disc.running') : d.started ? t('disc.done') : t('disc.never')]);
    if (!d.running && (d.devices ?? 0) <= 1 && !(d.addresses_asked > 0)) {
      render(root, emptyPart({ icon: 'ui-discovery', title: t('disc.empty'), text: t('disc.empty.text'), link: may('administrator') && { href: '/start', text: t('start.go') } }));
      return;
    }
    addresses.follow(d);
    render(root, h`<div class="page">${feed.failed && problemLine(feed.failed, t('disc.failed'))}${progress(d, feed.rate)}${foldCard(feed)}
      <div class="cols disc">${tried(d, feed.tried)}<section class="card" data-key="found"><h3>${t('disc.found')}</h3>${kinds(d)}<h3 class="mt">${t('disc.needs')}</h3>${needs(feed.needs)}</section></div>
      ${addresses.part(d)}${addresses.doublesPart()}${justNow(feed.latest)}${!d.running && d.ended && h`<p class="dimmer small">${t('disc.last', { at: moment(d.started), took: duration(took(d)) })}</p>`}</div>`);
  };

  const begin = async targets => {
    try {
      await api.post('discovery', targets.length ? { targets } : {});
      await feed.load();
    } catch (problem) { sayProblem(problem); }
  };
  onAct(root, {
    again: () => begin([]),
    more: async () => {
      const done = await dialog({
        title: t('disc.more.title'),
        body: field({ label: t('disc.more.targets'), name: 'targets', hint: t('disc.more.hint'), placeholder: '192.0.2.0/24' }),
        actions: [{ name: 'go', label: t('start.go'), primary: true }],
        send: v => api.post('discovery', { targets: v.targets.split(/[\s,;]+/).filter(Boolean) }),
      });
      if (done) { say(t('disc.started')); feed.load(); }
    },
    stop: async () => {
      try {
        await api.del('discovery');
        say(t('disc.stopped'));
        await feed.load();
      } catch (problem) { sayProblem(problem); }
    },
    credential: at => addCredential(at.dataset.address),
    state: at => addresses.choose(feed.d, at.dataset.state),
    next: () => addresses.load(feed.d, { more: true }),
    ask: at => addresses.again(at.dataset.address),
    merge: at => addresses.merge(at), apart: at => addresses.apart(at),
    fold: at => foldSite(at.dataset.name, feed, draw),
  }, signal);

  place.onQuery?.(() => draw());
  place.title([t('nav.discovery')]);
  feed = await follow(signal, draw);
  draw();
}

// A credential for an address that refused those there are; it is asked again.
export async function addCredential(address) {
  const values = { version: '2c', name: '', auth: 'SHA-256', priv: 'AES-128' };
  const done = await dialog({
    title: t('disc.credential.add'), body: credentialFields(values), actions: [{ name: 'add', label: t('disc.credential.add'), primary: true }],
    ready: form => {
      const body = form.querySelector('.dialog-body');
      const again = () => {
        for (const e of body.querySelectorAll('input:not([type=password]), select')) values[e.name] = e.value;
        render(body, credentialFields(values));
      };
      body.addEventListener('click', event => {
        const at = event.target.closest('[data-act=version]');
        if (at) { values.version = at.dataset.value; again(); }
      });
      body.addEventListener('change', event => { if (event.target.nodeName === 'SELECT') again(); });
    },
    send: async v => {
      await api.post('credentials', credentialOf(v, values.version));
      if (address) await api.post('discovery', { targets: [address] });
    },
  });
  if (done) say(t('disc.started'));
  return done;
}
