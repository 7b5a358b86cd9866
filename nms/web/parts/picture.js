// A picture of one object's series, or of several objects together: asks the station, draws, and draws again.
import { h, render } from '../base/html.js';
import { hasText, t } from '../base/texts.js';
import { chart, valueText } from './chart.js';
import { problemLine } from './empty.js';
import { compare, load, pictureOf, groupOf } from './series.js';
import { bandOf, usual } from './usual.js';
import { hourOfWeek } from './zone.js';

const PAST_S = 30 * 86400, PAST_POINTS = 1440, PX_PER_POINT = 1.6;

export const gapText = (reason) => (hasText(`gap.${reason}`) ? t(`gap.${reason}`) : reason);
export const seriesTitle = (series) => {
  const group = groupOf(series), rest = series.slice(group.length + 1);
  return `${hasText(`series.${group}`) ? t(`series.${group}`) : group}${rest && ` ${rest}`}`;
};

const past = new Map(); /* subject: promise of what is usual, for some minutes */

/* What is usual of each curve of a subject, from thirty days. */
async function usualOf(subject, to) {
  const key = `${subject.object}/${subject.series}/${Math.floor(to / 3600)}`;
  if (!past.has(key)) {
    if (past.size > 40) past.clear();
    past.set(key, load(subject, { from: to - PAST_S, to, points: PAST_POINTS })
      .then((answer) => {
        const p = pictureOf(answer, subject.series);
        return new Map(p.curves.map((c) => [c.of, usual(p.x, c.values, hourOfWeek)]));
      }));
  }
  return past.get(key);
}

async function bandsOf(subject, pictured, to) {
  const found = await usualOf(subject, to);
  const bands = pictured.curves.filter((c) => !c.alone && found.has(c.of)).map((c) => bandOf(pictured.x, found.get(c.of), c.below));
  return bands.filter(Boolean);
}

/* box: where it is drawn, of a certain height. Options: subjects [{object, series}], from, to (seconds), p95, base (the
 * band of what is usual), free, small, sync, name, lines, and what chart.js is told: onRange, onReset, onCursor.
 * loaded({answers, shown, bands}) is called when there is something new to see. */
export function picture(box, options) {
  let now = { ...options }, drawn = null, abort = null, answers = [], shown = null, bands = null;
  const plot = document.createElement('div'), words = document.createElement('div');
  plot.className = 'picture-plot';
  words.className = 'picture-words';
  box.replaceChildren(plot, words);

  function spec() {
    const several = now.subjects.length > 1;
    const curves = shown.curves.map((c) => ({
      ...c, title: [several ? c.object : '', labelOf(c)].filter(Boolean).join(' '), label: labelOf(c), endText: c.object,
    }));
    const lines = [...(now.lines ?? [])];
    if (now.p95 && !several)
      for (const c of shown.curves) if (!c.alone && c.figures.p95 != null)
        lines.push({ value: c.figures.p95 * (c.below ? -1 : 1), label: `${t('chart.p95')} ${valueText(c.figures.p95, shown.unit)}`, colour: c.colour });
    return {
      ...shown, curves, lines, name: now.name, from: now.from, to: now.to, band: now.base ? bands : null,
      gaps: shown.gaps.map((g) => ({ ...g, text: gapText(g.reason) })), free: now.free, small: now.small, sync: now.sync,
      onRange: now.onRange, onReset: now.onReset, onCursor: (i) => now.onCursor?.(i, shown),
    };
  }

  function draw() {
    if (!shown) return;
    if (drawn) drawn.set(spec());
    else drawn = chart(plot, spec());
    now.loaded?.({ answers, shown, bands, chart: drawn });
  }

  async function fetchAll() {
    abort?.abort();
    abort = new AbortController();
    const { signal } = abort, points = Math.max(100, Math.round((plot.clientWidth || 600) / PX_PER_POINT));
    try {
      const all = await Promise.all(now.subjects.map((s) => load(s, { from: now.from, to: now.to, points, signal })));
      answers = all;
      const several = all.length > 1, each = all.map((a, i) => pictureOf(a, now.subjects[i].series, { several }));
      shown = several ? compare(each) : each[0];
      bands = null;
      render(words, '');
      draw();
      if (now.base && !several) {
        bands = await bandsOf(now.subjects[0], shown, Math.floor(Date.now() / 1000)).catch(() => []);
        if (!signal.aborted) draw();
      }
    } catch (problem) {
      if (problem.name === 'AbortError' || signal.aborted) return;
      render(words, problemLine(problem, t('graphs.failed')));
      now.failed?.(problem);
    }
  }

  fetchAll();
  return {
    /* Other options; asks the station only for what it does not have. */
    update(more) {
      const before = now;
      now = { ...now, ...more };
      const asks = JSON.stringify([before.subjects, before.from, before.to]) !== JSON.stringify([now.subjects, now.from, now.to]) || (now.base && bands === null);
      if (asks) fetchAll();
      else draw();
    },
    again: fetchAll,
    get chart() { return drawn; },
    get state() { return { answers, shown, bands }; },
    destroy() { abort?.abort(); drawn?.destroy(); box.replaceChildren(); },
  };
}

export const labelOf = (c) => (c.label ? t(c.label) : c.name ?? c.of);
