// How plates and links look, made from tokens, state and speed; sizes in points
// of the map. They are drawn by draw.js. Names, marks and pills are drawn by
// paper.js, where they can keep their size on the screen. Pure.
import { widthOf, stepOf, styleOf, shapeOf, halfOf, isSmall, LEVELS } from './weigh.js';
import { plateLook, riskLook } from './theme.js';
import { kindIcon } from './images.js';

const DASHES = { broken: [4, 2], dots: [1, 2], dashes: [4, 2] };

// How a node looks: {shape: 'round' 'plate' 'cloud', w, h, radius, fill, line,
// lw, dash, icon and ink of it, size of it; caption in ink}. how: {theme, level,
// grow, risk, width(text), count(cloud)}.
export function nodeLook(node, how) {
  const { theme, level, grow } = how, shape = shapeOf(node);
  const plate = how.risk ? riskLook(how.risk(node), theme) : plateLook(node, theme);
  const half = halfOf(node, shape === 'subnet' ? how.width(node.name) : 0);
  const look = { shape: shape === 'round' ? 'round' : 'plate', w: half.w * 2 * grow, h: half.h * 2 * grow,
                 radius: shape === 'subnet' ? half.h : (isSmall(node) ? 4.5 : 6.5) * grow,
                 fill: plate.fill, line: plate.line, lw: plate.width * grow, dash: DASHES[plate.dash] || null, ink: plate.ink, icon: '', size: 0, caption: '' };
  if (shape === 'cloud') {
    return { ...look, shape: 'cloud', plate, w: 70 * grow, h: 39.9 * grow, caption: String(how.count(node) || ''), captionSize: 16 * grow, captionDrop: 4 * grow };
  }
  if (shape === 'subnet') {
    return level > LEVELS.chart ? { ...look, caption: node.name, captionSize: 11.5, captionDrop: 0.5 } : look;
  }
  if (level === LEVELS.chart) {
    // A dot in the colour of what it is about; quiet when well.
    const fill = plate.fill === theme.plate ? theme.plateLine : plate.dash ? theme.states[node.state]?.mark || plate.line : plate.line;
    return { ...look, shape: 'round', dash: null, fill };
  }
  return { ...look, icon: kindIcon(node.kind), size: (isSmall(node) ? 17 : 26) * grow };
}

const LINES = {
  down: { pattern: [7, 4], colour: 'linkDown' },
  blocked: { pattern: null, colour: 'linkBlocked' },
  stale: { pattern: [0.1, 4.5], colour: 'linkStale', cap: 'round' },
  candidate: { pattern: [5, 4], colour: 'linkCandidate' },
  unreachable: { pattern: [2, 4], colour: 'unreachable' },
};

// How a link looks: {w, colour, other (of the second half, '' for the same),
// dash, cap, alpha, casing (of sea, at both sides)}; each half is coloured by
// what its own end sends.
export function linkLook(link, a, b, how) {
  const { theme, lineGrow: grow } = how, is = styleOf(link, a, b), width = widthOf(link.speed), chart = how.level <= LEVELS.chart;
  const look = { w: width * grow, colour: theme.linkIdle, other: '', dash: null, cap: 'butt', alpha: 1, casing: chart ? 0 : 1.3 * grow };
  const line = LINES[is];
  if (line) {
    const thin = Math.max(1.5, is === 'down' ? Math.min(width, 3.5) : width * 0.6), weak = is === 'unreachable';
    return { ...look, dash: line.pattern?.map(v => v * grow) || null, cap: line.cap || 'butt', alpha: weak ? 0.8 : 1,
             colour: weak ? theme.states.unreachable.mark : theme[line.colour],
             w: (is === 'stale' ? 2 : weak ? Math.min(thin, 2) : thin) * grow, casing: is === 'stale' ? 0 : look.casing };
  }
  const ab = stepOf(link.load_ab), ba = stepOf(link.load_ba);
  if (chart) return { ...look, colour: theme.load[Math.max(ab ?? 0, ba ?? 0)] };
  const from = ab === null ? theme.linkIdle : theme.load[ab], to = ba === null ? theme.linkIdle : theme.load[ba];
  return { ...look, colour: from, other: from === to ? '' : to };
}
