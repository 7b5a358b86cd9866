// The mark of a state: shape, colour and word.
import { h, icon } from '../base/html.js';
import { t, hasText } from '../base/texts.js';

const SHAPES = new Set(['up', 'warning', 'minor', 'major', 'critical', 'down', 'unreachable', 'unknown',
                        'silenced', 'unmanaged', 'acknowledged', 'stale', 'offline']);
// States of the station's own words that share a shape.
const SHAPE_OF = { suspect: 'warning', cleared: 'up', ok: 'up', indeterminate: 'unknown', isolated: 'unknown',
                   new: 'unknown', testing: 'unknown', dormant: 'unknown', pending: 'unknown' };

// Worst first; symptoms never outrank a cause.
export const STATES = ['down', 'critical', 'major', 'minor', 'warning', 'unreachable', 'unknown', 'silenced', 'up', 'unmanaged'];
export const worse = (a, b) => (STATES.indexOf(shapeOf(a)) - STATES.indexOf(shapeOf(b)));

export const shapeOf = state => SHAPES.has(state) ? state : SHAPE_OF[state] || 'unknown';
export const stateWord = state => hasText('st.' + state) ? t('st.' + state) : state || t('st.unknown');

// label: false for the shape alone (the word is then its title), a text for
// another word than the state's own.
export function mark(state, { label = true, cls = '' } = {}) {
  const shape = shapeOf(state), word = typeof label === 'string' ? label : stateWord(state);
  return label ? h`<span class="mark ${shape} ${cls}">${icon('state-' + shape)}<span>${word}</span></span>` :
    h`<span class="mark ${shape} ${cls}" role="img" aria-label="${word}" title="${word}">${icon('state-' + shape)}</span>`;
}
