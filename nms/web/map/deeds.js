// What a person does about an object of the map: look after it, silence it.
import { api, seg } from '../base/api.js';
import { t } from '../base/texts.js';
import { say, sayProblem } from '../parts/toast.js';
import { silenceSay } from '../parts/silence.js';

const deviceOf = (view, id) => {
  const n = view.model.nodes.get(id);
  return n ? n.device || n.name : '';
};

// All open alerts of the object.
export async function acknowledge(view, id) {
  const open = (view.facts.get(id)?.alerts || []).filter(a => !a.acknowledged);
  try {
    await Promise.all(open.map(a => api.post(`alerts/${seg(a.id)}/ack`, {})));
    say(t('map.acked', { name: deviceOf(view, id) }));
    const n = view.model.nodes.get(id);
    if (n) n.acknowledged = true;
    view.stage.update();
  } catch (problem) { sayProblem(problem); }
  view.askFacts(id);
}

export const silence = (view, id) => silenceSay(deviceOf(view, id), () => view.askFacts(id));
