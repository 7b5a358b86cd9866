// What a person does about an object of the map: look after it, silence it.
import { api, seg } from '../base/api.js';
import { h } from '../base/html.js';
import { t } from '../base/texts.js';
import { dialog, field } from '../parts/dialog.js';
import { say, sayProblem } from '../parts/toast.js';

const deviceOf = (view, id) => {
  const n = view.model.nodes.get(id);
  return n ? n.device || n.name : '';
};

// All open alerts of the object.
export async function acknowledge(view, id) {
  const open = (view.facts.get(id)?.alerts || []).filter(a => !a.acknowledged && a.state !== 'acknowledged');
  try {
    await Promise.all(open.map(a => api.post(`alerts/${seg(a.id)}/ack`, {})));
    say(t('map.acked', { name: deviceOf(view, id) }));
    const n = view.model.nodes.get(id);
    if (n) n.acknowledged = true;
    view.stage.update();
  } catch (problem) { sayProblem(problem); }
  view.askFacts(id);
}

export async function silence(view, id) {
  const name = deviceOf(view, id);
  const done = await dialog({
    title: t('map.silence.title', { name }),
    body: h`${field({ label: t('map.silence.for'), name: 'duration', value: '2h', options: ['30m', '1h', '2h', '8h', '1d', '7d'].map(v => [v, v.replace(/(\d+)(\w)/, (_, n, u) => `${n} ${t('unit.' + ({ m: 'min' }[u] || u))}`)]) })}
      ${field({ label: t('map.silence.why'), name: 'text' })}`,
    actions: [{ name: 'silence', label: t('map.silence.do'), primary: true }],
    send: v => api.post('silences', { object: name, duration: v.duration, text: v.text }),
  });
  if (done) { say(t('map.silenced', { name })); view.askFacts(id); }
}
