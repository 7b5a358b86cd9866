// Where a map comes from: the station's document, of now or of a moment.
import { api, seg, withQuery } from '../base/api.js';

// shown: what is drawn alone, without what is within folded clouds.
export const askMap = async (name, { at, shown, signal } = {}) => whole(await api.get(withQuery('maps/' + seg(name), { at, brief: 1, shown: shown ? 1 : null }), { signal }));

// Ends of links come as places in the list of nodes: half of what they would
// weigh as ids.
export function whole(doc) {
  for (const l of doc.links) {
    l.a ??= doc.nodes[l.a_at]?.id;
    l.b ??= doc.nodes[l.b_at]?.id;
  }
  return doc;
}
