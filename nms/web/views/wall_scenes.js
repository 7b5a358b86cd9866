// What a wall shows in turn, read from its name: "physical,sites,+alerts" are two maps and a board. Pure.
export const BOARDS = ['alerts', 'risk', 'links', 'events'];
const EVERY_S = 30, EVERY_LEAST_S = 5, HELD_MS = 120000, USUAL = 'overview';

/* Scenes of a name: {kind: 'map' or 'board', name}. What is called overview has the whole network, the sites where there
 * are several, and boards. */
export function scenesOf(name, maps = []) {
  const usual = !name || name === USUAL;
  const sites = maps.filter((m) => /^site-/.test(m.name)).length > 1 && maps.some((m) => m.name === 'sites') ? ['sites'] : [];
  const list = usual ? ['physical', ...sites, '+alerts', '+risk'] : name.split(',').map((s) => s.trim()).filter(Boolean);
  const out = list.map((s) => (s.startsWith('+') ? { kind: 'board', name: s.slice(1) } : { kind: 'map', name: s }))
    .filter((s) => s.kind === 'map' || BOARDS.includes(s.name));
  return out.length ? out : [{ kind: 'map', name: 'physical' }];
}

/* Seconds a scene stays. */
export const everyOf = (text) => Math.max(EVERY_LEAST_S, Number(text) || EVERY_S);

/* Which cause holds the rotation: critical, not acknowledged, two minutes old at most. */
export const holding = (alerts, now) => alerts.find((a) => a.state === 'active' && a.severity === 'critical' && !(a.cause > 0) && !a.acknowledged && !(a.silence > 0)
  && now - Date.parse(a.raised) < HELD_MS) ?? null;

/* A link in the busier of its directions: {id, from, to, load}. */
export function busier(l) {
  const ab = (l.load_ab ?? 0) >= (l.load_ba ?? 0);
  return { id: l.id, from: ab ? l.a : l.b, to: ab ? l.b : l.a, load: (ab ? l.load_ab : l.load_ba) ?? 0 };
}
