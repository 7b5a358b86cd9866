// Icons as images of a colour, from the page's own sprite.
let symbols = null, loading = null;

// Reads the sprite once.
export function loadSymbols() {
  loading ||= fetch('/icons/icons.svg', { credentials: 'same-origin' }).then(a => a.text()).then(text => {
    symbols = new Map();
    const root = new DOMParser().parseFromString(text, 'image/svg+xml');
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

// A picture of an icon for a canvas, size pixels wide; null until it is there:
// then ready() is called.
export function iconPicture(name, colour, size, ready) {
  const px = Math.max(8, Math.ceil(size)), key = name + ' ' + colour + ' ' + px;
  let entry = images.get(key);
  if (!entry) {
    const address = iconAddress(name, colour);
    if (!address) return null;
    if (images.size > 400) images.clear();
    images.set(key, entry = { canvas: null });
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = px;
      canvas.getContext('2d').drawImage(image, 0, 0, px, px);
      entry.canvas = canvas;
      ready?.();
    };
    image.src = address;
  }
  return entry.canvas;
}
