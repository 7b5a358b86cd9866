// The graph as cytoscape draws it. It never lays anything out: positions are
// the station's and the engineer's. One frame is drawn when it is asked for.
import cytoscape from '/vendor/cytoscape.esm.min.mjs';
import { SHEET, nodeData, linkData } from './style.js';

// Cytoscape would put a style element into the page, which the policy forbids;
// it leaves that out when there is one by this name. map.css has the rule.
function standIn() {
  const id = '__________cytoscape_stylesheet';
  if (document.getElementById(id)) return;
  const e = document.createElement('template');
  e.id = id;
  document.head.append(e);
}

export class Graph {
  constructor(container) {
    standIn();
    this.container = container;
    this.cy = cytoscape({
      container, style: SHEET, layout: { name: 'preset' }, elements: [],
      userZoomingEnabled: false, userPanningEnabled: false, boxSelectionEnabled: false, autoungrabify: true,
      autounselectify: true, minZoom: 1e-4, maxZoom: 50, pixelRatio: 'auto', motionBlur: false,
      textureOnViewport: false, hideEdgesOnViewport: false,
    });
    this.drawNothing();
    this.said = new Map(); // what was last told of each: text of its data
  }

  // Cytoscape keeps textures of all elements at many sizes, on canvases of its
  // own, for being drawn 60 times a second. Here a frame is drawn when something
  // changed and moved as a picture meanwhile: its own canvases stay empty (and
  // a point large), and what is in view is drawn on paper.
  drawNothing() {
    const r = this.cy.renderer();
    r.drawLayeredElements = r.drawCachedElements = () => {};
  }

  // Draws what is in view (a box of the map) on a canvas whose transform is that
  // of the map: links, then plates.
  drawOn(context, view) {
    const r = this.cy.renderer();
    r.flushRenderedStyleQueue();
    this.cy.edges().forEach(e => { if (edgeSeen(e, view)) r.drawElement(context, e); });
    this.cy.nodes().forEach(n => { if (nodeSeen(n, view)) r.drawElement(context, n); });
  }

  onRender(fn) { this.cy.on('render', fn); }

  // Brings the graph to what is shown. how: for nodeData() and linkData().
  sync(shown, how) {
    const cy = this.cy, seen = new Set(), added = [];
    const bring = (data, position) => {
      seen.add(data.id);
      const text = JSON.stringify(data), before = this.said.get(data.id);
      if (before === undefined) {
        added.push({ group: data.source ? 'edges' : 'nodes', data, ...(position && { position: { ...position } }) });
      } else {
        const e = cy.getElementById(data.id);
        if (before !== text) {
          for (const key of ['image', 'caption', 'stops']) if (!(key in data) && e.data(key) !== undefined) e.removeData(key);
          e.data(data);
        }
        if (position) {
          const p = e.position();
          if (p.x !== position.x || p.y !== position.y) e.position(position);
        }
      }
      this.said.set(data.id, text);
    };
    cy.batch(() => {
      for (const n of shown.nodes.values()) bring(nodeData(n, how), { x: n.x, y: n.y });
      // A link whose ends are others now is another link to cytoscape.
      for (const l of shown.links) {
        const e = this.said.has(l.id) ? cy.getElementById(l.id) : null;
        if (e && (e.data('source') !== l.a || e.data('target') !== l.b)) {
          e.remove();
          this.said.delete(l.id);
        }
      }
      for (const l of shown.links) bring(linkData(l, shown.nodes.get(l.a), shown.nodes.get(l.b), how));
      for (const id of [...this.said.keys()]) {
        if (seen.has(id)) continue;
        cy.getElementById(id).remove();
        this.said.delete(id);
      }
      cy.add(added.filter(e => e.group === 'nodes'));
      cy.add(added.filter(e => e.group === 'edges'));
    });
  }

  // Nodes move while they are dragged; their links' lanes follow.
  move(positions) {
    this.cy.batch(() => { for (const [id, p] of positions) this.cy.getElementById(id).position(p); });
  }

  // keep(id): stays as it is, everything else becomes faint (cls 'dim', 'off');
  // null: nothing is.
  fade(cls, keep) {
    this.cy.batch(() => {
      if (!keep) { this.cy.elements('.' + cls).removeClass(cls); return; }
      this.cy.elements().forEach(e => { e.toggleClass(cls, !keep(e.id())); });
    });
  }

  view(zoom, pan) { this.cy.viewport({ zoom, pan }); }
  redraw() { this.cy.forceRender(); }
  end() { this.cy.destroy(); }
}

const MARGIN = 40; // of points that a plate or line reaches beyond its middle

function nodeSeen(n, v) {
  const p = n.position();
  return p.x > v.x1 - MARGIN && p.x < v.x2 + MARGIN && p.y > v.y1 - MARGIN && p.y < v.y2 + MARGIN;
}

function edgeSeen(e, v) {
  const a = e.source().position(), b = e.target().position();
  return Math.max(a.x, b.x) > v.x1 - MARGIN && Math.min(a.x, b.x) < v.x2 + MARGIN &&
    Math.max(a.y, b.y) > v.y1 - MARGIN && Math.min(a.y, b.y) < v.y2 + MARGIN;
}
