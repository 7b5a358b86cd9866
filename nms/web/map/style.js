// How cytoscape draws plates and links: the sheet is fixed, what differs comes
// as data made here from tokens, state and speed. Names, marks and pills are
// drawn by paper.js, where they can keep their size on the screen.
import { widthOf, stepOf, styleOf, shapeOf, halfOf, isSmall, LEVELS } from './weigh.js';
import { plateLook, riskLook } from './theme.js';
import { iconAddress, kindIcon, cloudAddress } from './images.js';

export const SHEET = [
  { selector: 'core', style: { 'active-bg-opacity': 0, 'selection-box-opacity': 0, 'outside-texture-bg-opacity': 0 } },
  { selector: 'node', style: {
    shape: 'data(shape)', width: 'data(w)', height: 'data(h)', 'corner-radius': 'data(radius)',
    'background-color': 'data(fill)', 'background-opacity': 'data(opaque)',
    'border-color': 'data(line)', 'border-width': 'data(lw)', 'border-style': 'data(dash)',
    'overlay-opacity': 0, events: 'no', 'background-image-smoothing': 'yes',
  } },
  { selector: 'node[image]', style: {
    'background-image': 'data(image)', 'background-width': 'data(iw)', 'background-height': 'data(ih)',
    'background-fit': 'none', 'background-clip': 'none', 'background-image-containment': 'over',
    'background-image-opacity': 1,
  } },
  { selector: 'node[caption]', style: {
    label: 'data(caption)', 'font-family': 'data(sans)', 'font-size': 'data(captionSize)', 'font-weight': 600,
    color: 'data(ink)', 'text-valign': 'center', 'text-halign': 'center', 'text-margin-y': 'data(captionDrop)', 'min-zoomed-font-size': 5,
  } },
  { selector: 'edge', style: {
    'curve-style': 'straight', width: 'data(w)', 'line-color': 'data(colour)', 'line-style': 'data(dash)',
    'line-dash-pattern': 'data(pattern)', 'line-cap': 'data(cap)', 'line-opacity': 'data(opaque)',
    'source-endpoint': 'data(from)', 'target-endpoint': 'data(to)',
    'line-outline-width': 'data(casing)', 'line-outline-color': 'data(sea)',
    'overlay-opacity': 0, events: 'no', 'target-arrow-shape': 'none',
  } },
  { selector: 'edge[stops]', style: {
    'line-fill': 'linear-gradient', 'line-gradient-stop-colors': 'data(stops)', 'line-gradient-stop-positions': '0% 50% 50% 100%',
  } },
  { selector: '.dim', style: { opacity: 0.3 } },
  { selector: '.off', style: { opacity: 0.16 } },
  { selector: '.ghost', style: { opacity: 0.45 } },
];

const DASHES = { broken: 'dashed', dots: 'dotted', dashes: 'dashed' };

// What cytoscape is told of a node. how: {theme, level, grow, risk, text(width)}.
export function nodeData(node, how) {
  const { theme, level, grow } = how, shape = shapeOf(node);
  const look = how.risk ? riskLook(how.risk(node), theme) : plateLook(node, theme);
  const half = halfOf(node, shape === 'subnet' ? how.width(node.name) : 0);
  const data = { id: node.id, shape: shape === 'round' ? 'ellipse' : 'round-rectangle', w: half.w * 2 * grow, h: half.h * 2 * grow,
                 radius: String(shape === 'subnet' ? half.h : isSmall(node) ? 4.5 : 6.5),
                 fill: look.fill, opaque: 1, line: look.line, lw: look.width * grow, dash: DASHES[look.dash] || 'solid', sans: theme.sans };
  if (shape === 'cloud') {
    Object.assign(data, { opaque: 0, lw: 0, shape: 'rectangle', image: cloudAddress(look), iw: 70 * grow, ih: 39.9 * grow,
                          caption: String(how.count(node) || ''), captionSize: 16 * grow, captionDrop: 4 * grow, ink: look.ink });
  } else if (shape === 'subnet') {
    if (level > LEVELS.chart) Object.assign(data, { caption: node.name, captionSize: 11.5, captionDrop: 0.5, ink: look.ink });
  } else if (level === LEVELS.chart) {
    // A dot in the colour of what it is about; quiet when well.
    data.fill = look.fill === theme.plate ? theme.plateLine : look.dash ? theme.states[node.state]?.mark || look.line : look.line;
    data.shape = 'ellipse';
    data.dash = 'solid';
  } else {
    const size = (isSmall(node) ? 17 : 26) * grow;
    Object.assign(data, { image: iconAddress(kindIcon(node.kind), look.ink) || undefined, iw: size, ih: size });
  }
  return data;
}

const LINES = {
  down: { dash: 'dashed', pattern: [7, 4], colour: 'linkDown' },
  blocked: { dash: 'solid', pattern: [6, 3], colour: 'linkBlocked' },
  stale: { dash: 'dashed', pattern: [0.1, 4.5], colour: 'linkStale', cap: 'round' },
  candidate: { dash: 'dashed', pattern: [5, 4], colour: 'linkCandidate' },
  unreachable: { dash: 'dashed', pattern: [2, 4], colour: 'unreachable' },
};

// What cytoscape is told of a link: from a to b, each half coloured by what its
// own end sends.
export function linkData(link, a, b, how) {
  const { theme } = how, grow = how.lineGrow, is = styleOf(link, a, b), width = widthOf(link.speed);
  const data = { id: link.id, source: link.a, target: link.b, sea: theme.sea, casing: how.level <= LEVELS.chart ? 0 : 1.3 * grow, cap: 'butt', opaque: 1,
                 pattern: [6, 3], dash: 'solid', w: width * grow, colour: theme.linkIdle };
  lane(data, a, b, link.lane);
  const line = LINES[is];
  if (line) {
    const thin = Math.max(1.5, is === 'down' ? Math.min(width, 3.5) : width * 0.6);
    Object.assign(data, { dash: line.dash, pattern: line.pattern.map(v => v * grow), cap: line.cap || 'butt',
                          colour: is === 'unreachable' ? theme.states.unreachable.mark : theme[line.colour],
                          w: (is === 'stale' ? 2 : is === 'unreachable' ? Math.min(thin, 2) : thin) * grow, opaque: is === 'unreachable' ? 0.8 : 1, casing: is === 'stale' ? 0 : data.casing });
    return data;
  }
  const ab = stepOf(link.load_ab), ba = stepOf(link.load_ba);
  const from = ab === null ? theme.linkIdle : theme.load[ab], to = ba === null ? theme.linkIdle : theme.load[ba];
  data.colour = from;
  if (how.level <= LEVELS.chart) data.colour = theme.load[Math.max(ab ?? 0, ba ?? 0)];
  else if (from !== to) data.stops = `${from} ${from} ${to} ${to}`;
  return data;
}

// Ends of a link beside the centres of its plates.
function lane(data, a, b, offset) {
  if (!offset || !a || !b) {
    data.from = data.to = '0px 0px';
    return;
  }
  const dx = b.x - a.x, dy = b.y - a.y, len = Math.hypot(dx, dy) || 1;
  data.from = data.to = `${(-dy / len * offset).toFixed(2)}px ${(dx / len * offset).toFixed(2)}px`;
}
