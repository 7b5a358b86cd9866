// The bare address: the map, or the first minute while there is nothing.
import { go } from '../base/route.js';
import { session } from '../base/session.js';

export default async function view() {
  go(session.first ? '/start' : '/maps/physical', { replace: true });
}
