// A map to look at, without tools: live, fitted into its box. For walls, and beside alerts.
import { h, render, $ } from '../base/html.js';
import { untilHad } from '../base/until.js';
import { MapModel } from '../map/model.js';
import { askMap } from '../map/ask.js';
import { addDevices, follow } from '../map/source.js';
import { Stage } from '../map/stage.js';
import { problemLine } from './empty.js';

const AGAIN_MS = 500, HIDDEN_MS = 5000;

const frame = (name) => h`<div class="sheet scene" role="img" aria-label="${name}"><div class="plot" aria-hidden="true"><canvas class="picture canvas-live"></canvas><div class="rings"></div><div class="things" hidden></div></div></div>`;

/* Shows a map; names: the view is fitted to these devices. Gives {destroy()}. */
export function mapScene(box, name, { signal, names = null, ring = false } = {}) {
  const own = new AbortController(), end = () => own.abort();
  signal?.addEventListener('abort', end, { once: true });
  /* What is wanted may be within a folded cloud; else what is drawn is enough. */
  const ask = () => askMap(name, { shown: !names, signal: own.signal });
  const begin = untilHad(() => ask().then((doc) => start(box, doc, { ask, names, ring, signal: own.signal })), own.signal, (problem) => render(box, problemLine(problem)));
  begin();
  return { destroy() { end(); box.replaceChildren(); } };
}

/* Those that are called so. */
function wantedIds(stage, names) {
  const called = new Set(names);
  return new Set([...stage.shown.nodes.values()].filter((n) => called.has(n.name) || called.has(n.device)).map((n) => n.id));
}

function start(box, doc, { ask, names, ring, signal }) {
  if (signal.aborted) return;
  const model = new MapModel().load(doc);
  render(box, frame(model.title || model.name));
  const stage = new Stage($('.plot', box), signal);
  /* Names stand beside their plates. */
  const side = () => Math.min(90 * stage.theme.scale, stage.camera.w * 0.12);
  stage.margins = () => ({ l: side(), t: 28 * stage.theme.scale, r: side(), b: 28 * stage.theme.scale });
  /* The first time all is shown at once, then what is wanted. */
  const look = () => {
    const wanted = names ? wantedIds(stage, names) : null;
    if (!wanted?.size) { stage.fit(0); return; }
    stage.fitted = false;
    stage.camera.flyTo(stage.camera.framing(stage.bounds(wanted), stage.margins(), stage.theme.scale), 0);
    if (ring) stage.select(wantedIds(stage, names.slice(0, 1)));
  };
  const show = (first) => { stage.show(model); if (first) look(); };
  show(true);
  let waiting = null;
  const load = untilHad(async () => {
    model.load(await ask());
    await addDevices(model, signal);
    show(!names);
  }, signal);
  const again = (ms) => {
    waiting ??= setTimeout(() => {
      waiting = null;
      load();
    }, ms === HIDDEN_MS ? HIDDEN_MS : AGAIN_MS);
  };
  follow(model, {
    states: (ids) => {
      stage.update();
      for (const id of ids) if (model.nodes.get(id)?.state === 'down' || model.nodes.get(id)?.state === 'critical') stage.ring(id);
    },
    links: () => stage.update(), document: again, reset: again, hidden: () => again(HIDDEN_MS),
  }, signal);
  signal.addEventListener('abort', () => clearTimeout(waiting), { once: true });
  addDevices(model, signal).then(() => show(false), () => { /* states alone */ });
}
