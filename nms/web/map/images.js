// Icons as images of a colour, from the page's own sprite.
let symbols = null, loading = null;

// Reads the sprite once: from the page, which took it in, or from the station.
export function loadSymbols() {
  const taken = document.getElementById('sprite');
  loading ||= (taken ? Promise.resolve(taken) : fetch('/icons/icons.svg', { credentials: 'same-origin' }).then(a => a.text())
    .then(text => new DOMParser().parseFromString(text, 'image/svg+xml'))).then(root => {
    symbols = new Map();
    for (const s of root.querySelectorAll('symbol')) symbols.set(s.id, { inner: s.innerHTML, box: s.getAttribute('viewBox') || '0 0 24 24' });
    return symbols;
  });
  return loading;
}

export const hasSymbols = () => symbols !== null;

const KINDS_LIKE = { host: 'host', '': 'unknown' };
const known = name => symbols?.has(name);
export const kindIcon = kind => known('kind-' + kind) ? 'kind-' + kind : 'kind-' + (KINDS_LIKE[kind || ''] || 'unknown');

const addresses = new Map(), images = new Map();

// The address (data:) of an icon in a colour.
export function iconAddress(name, colour) {
  const key = name + ' ' + colour;
  if (!addresses.has(key)) {
    const s = symbols?.get(name);
    if (!s) return '';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="${s.box}" color="${colour}">${s.inner}</svg>`;
    addresses.set(key, 'data:image/svg+xml;utf8,' + encodeURIComponent(svg));
  }
  return addresses.get(key);
}

// The outline of a folded cloud.
export const CLOUD_PATH = 'M-27 17a13 13 0 0 1-1-26 18 18 0 0 1 33-6 16 16 0 0 1 23 9 12 12 0 0 1 0 23Z';
export function cloudAddress(look) {
  const key = 'cloud ' + JSON.stringify(look);
  if (!addresses.has(key)) {
    const dash = { broken: '3.5 2.5', dots: '1.5 2', dashes: '3 2' }[look.dash];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="210" height="120" viewBox="-43 -30 86 49">` +
      `<path d="${CLOUD_PATH}" fill="${look.fill}" stroke="${look.line}" stroke-width="${look.width}"${dash ? ` stroke-dasharray="${dash}"` : ''}/></svg>`;
    addresses.set(key, 'data:image/svg+xml;utf8,' + encodeURIComponent(svg));
  }
  return addresses.get(key);
}

// Drawings of icons, as the browser read them; null until it has: then ready() is
// called.
const drawings = new Map();
function drawingOf(address, ready) {
  let d = drawings.get(address);
  if (!d) {
    drawings.set(address, d = { image: new Image(), there: false, wait: new Set() });
    d.image.onload = () => {
      d.there = true;
      for (const fn of d.wait) fn();
      d.wait.clear();
    };
    d.image.src = address;
  }
  if (!d.there && ready) d.wait.add(ready);
  return d.there ? d.image : null;
}

export const iconDrawing = (name, colour, ready) => {
  const address = iconAddress(name, colour);
  return address ? drawingOf(address, ready) : null;
};

function pictureOf(key, address, w, h, ready) {
  const known = images.get(key);
  if (known) return known;
  const image = address && drawingOf(address, ready);
  if (!image) return null;
  if (images.size > 600) images.clear();
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  canvas.getContext('2d').drawImage(image, 0, 0, w, h);
  images.set(key, canvas);
  return canvas;
}

// A picture of an icon for a canvas, size pixels wide; null until it is there:
// then ready() is called.
export function iconPicture(name, colour, size, ready) {
  const px = Math.max(8, Math.ceil(size));
  return pictureOf(`${name} ${colour} ${px}`, iconAddress(name, colour), px, px, ready);
}

// The same of a folded cloud, width pixels wide.
export function cloudPicture(look, width, ready) {
  const w = Math.max(8, Math.round(width)), address = cloudAddress(look);
  return pictureOf(`${address} ${w}`, address, w, Math.round(w * 0.57), ready);
}
