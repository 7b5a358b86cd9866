// What is usual of a curve at an hour, learned from its own past, as the station's rules of baselines do (docs/rules.md):
// level is the median of what the same hour of other weeks had, spread the median distance from that. Pure.

const HOUR = 3600, WEEKS_LEAST = 2, DAYS_LEAST = 3, NORMAL = 1.4826, SPREAD_LEAST = 0.02, WIDTH = 2;

function median(list) {
  const sorted = [...list].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function levelOf(values) {
  const level = median(values), spread = NORMAL * median(values.map((v) => Math.abs(v - level)));
  return { level, spread: Math.max(spread, SPREAD_LEAST * Math.abs(level)) };
}

/* Means of the hours that rows tell: {hour number: mean}. */
function hours(x, values) {
  const sums = new Map();
  x.forEach((t, i) => {
    if (values[i] == null) return;
    const hour = Math.floor((t - 1) / HOUR), at = sums.get(hour) ?? [0, 0];
    sums.set(hour, [at[0] + values[i], at[1] + 1]);
  });
  return sums;
}

/* A function that gives {level, spread} of a time, null where nothing is known: by the hour of the week where that was
 * met in two weeks, else by the hour of the day where that was met on three days. hourOfWeek(seconds): 0 to 167. */
export function usual(x, values, hourOfWeek) {
  const weekly = new Map(), daily = new Map();
  const put = (map, key, v) => (map.get(key) ?? map.set(key, []).get(key)).push(v);
  for (const [hour, [sum, n]] of hours(x, values)) {
    const slot = hourOfWeek(hour * HOUR + HOUR / 2);
    put(weekly, slot, sum / n);
    put(daily, slot % 24, sum / n);
  }
  const cache = new Map();
  const slotOf = (slot) => {
    if (!cache.has(slot)) {
      const week = weekly.get(slot) ?? [], day = daily.get(slot % 24) ?? [];
      cache.set(slot, week.length >= WEEKS_LEAST ? levelOf(week) : day.length >= DAYS_LEAST ? levelOf(day) : null);
    }
    return cache.get(slot);
  };
  /* Between the middles of two hours it goes from one to the other. */
  return (t) => {
    const before = t - HOUR / 2, share = (before / HOUR) % 1;
    const a = slotOf(hourOfWeek(before)), b = slotOf(hourOfWeek(before + HOUR));
    if (!a || !b) return null;
    return { level: a.level + (b.level - a.level) * share, spread: a.spread + (b.spread - a.spread) * share };
  };
}

/* The band around what is usual at times x; of values below zero it is below too. */
export function bandOf(x, usualAt, below = false) {
  const low = [], high = [];
  let any = false;
  for (const t of x) {
    const u = usualAt(t);
    if (!u) { low.push(null); high.push(null); continue; }
    any = true;
    const from = below ? u.level - WIDTH * u.spread : Math.max(0, u.level - WIDTH * u.spread);
    low.push(from);
    high.push(below ? Math.min(0, u.level + WIDTH * u.spread) : u.level + WIDTH * u.spread);
  }
  return any ? { low, high } : null;
}
