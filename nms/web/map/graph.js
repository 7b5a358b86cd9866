// The graph behind the picture, for what is asked of it: who is next to whom.
// Cytoscape holds it, without styles or a canvas: what is drawn is draw.js's, so
// that opening a map waits for neither.
let cytoscape = null, loading = null;
const load = () => loading ||= import('/vendor/cytoscape.esm.min.mjs').then(m => { cytoscape = m.default; }, () => { loading = null; });

export class Graph {
  constructor() { this.cy = null; }

  // Fetches what it needs.
  prepare() { return load(); }

  // What is shown is another graph.
  take(shown) {
    this.shown = shown;
    this.fresh = false;
  }

  // A node with its links and neighbours, or a link with its ends: their ids;
  // null as long as there is no graph.
  around(id) {
    if (!cytoscape || !this.shown) {
      load();
      return null;
    }
    if (!this.fresh) this.bring();
    const e = this.cy.getElementById(id);
    if (e.empty()) return new Set([id]);
    return new Set((e.isNode() ? e.closedNeighborhood() : e.union(e.connectedNodes())).map(x => x.id()));
  }

  bring() {
    this.fresh = true;
    this.cy ||= cytoscape({ headless: true, styleEnabled: false, elements: [] });
    const { cy, shown } = this, ends = new Map(shown.links.map(l => [l.id, l])), add = [];
    cy.edges().filter(e => {
      const l = ends.get(e.id());
      return !l || l.a !== e.source().id() || l.b !== e.target().id();
    }).remove();
    cy.nodes().filter(n => !shown.nodes.has(n.id())).remove();
    for (const id of shown.nodes.keys()) if (cy.getElementById(id).empty()) add.push({ data: { id } });
    for (const l of shown.links) if (cy.getElementById(l.id).empty()) add.push({ data: { id: l.id, source: l.a, target: l.b } });
    cy.add(add);
  }

  end() { this.cy?.destroy(); }
}
