"""What of a view keeps somebody out: too little contrast, controls without a name, focus that is not seen."""

INTERACTIVE = {'button', 'link', 'textbox', 'searchbox', 'combobox', 'listbox', 'checkbox', 'radio', 'switch', 'slider',
               'spinbutton', 'tab', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'treeitem', 'option', 'application'}

# Every text that is seen against what is behind it: WCAG 2.2, 1.4.3. Colours of any syntax are read from a pixel; what is
# behind HTML is what its ancestors paint, behind a text of a drawing the last shape drawn under its middle.
CONTRAST = r'''
const pixel = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
const known = new Map();
const read = text => {
  if (!known.has(text)) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = text;
    pixel.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
    known.set(text, [r, g, b, a / 255]);
  }
  return known.get(text);
};
const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => {
  const v = c[i] / 255;
  return sum + k * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
}, 0);
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const shape = (svg, text) => {  // the colour of the last shape under the middle of a text
  const r = text.getBoundingClientRect(), x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2;
  let found = null;
  for (const e of svg.querySelectorAll('rect, path, circle, ellipse, polygon')) {
    if (text.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) break;
    const b = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (style.fill === 'none' || b.left > x || b.right < x || b.top > y || b.bottom < y) continue;
    if (e.nodeName === 'path' && !e.isPointInFill(new DOMPoint(x, y).matrixTransform(e.getScreenCTM().inverse()))) continue;
    const c = read(style.fill);
    found = [c[0], c[1], c[2], c[3] * Number(style.fillOpacity) * Number(style.opacity)];
  }
  return found;
};
const behind = element => {
  const layers = [];
  const svg = element.closest('svg');
  const drawn = svg && svg !== element && shape(svg, element);
  if (drawn) layers.push(drawn);
  for (let e = svg || element; e; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (style.backgroundImage !== 'none' && style.backgroundImage.includes('url(')) return null;
    const c = read(style.backgroundColor);
    if (c[3] > 0) layers.push(c);
    if (c[3] === 1) break;
  }
  return layers.reduceRight((under, top) => over(top, under), [255, 255, 255, 1]);
};
const faint = element => { let o = 1; for (let e = element; e; e = e.parentElement) o *= Number(getComputedStyle(e).opacity); return o; };
const faults = new Map();
const check = (element, colour, text, style) => {
  const under = behind(element);
  if (!under) return;
  const c = [...colour];
  c[3] *= faint(element);
  const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
  const got = ratio(over(c, under), under);
  if (got < (large ? 3 : 4.5) - 0.005)
    faults.set(`${element.nodeName.toLowerCase()}.${element.getAttribute('class') || ''} in .${element.parentElement?.getAttribute('class') || ''}: "${text.slice(0, 30)}" ${got.toFixed(2)}`, got);
};
const off = e => e.closest(':disabled, [aria-disabled=true], option, [inert]');
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let n = walk.nextNode(); n; n = walk.nextNode()) {
  const e = n.parentElement, text = n.nodeValue.trim();
  if (!text || off(e) || e.closest('script, style, noscript, template, .unseen, canvas') || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
  const box = e.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) continue;
  const style = getComputedStyle(e), drawn = e.namespaceURI.endsWith('svg');
  check(e, read(drawn ? style.fill : style.color), text, style);
}
for (const e of document.querySelectorAll('input, textarea, select')) {
  if (off(e) || !e.checkVisibility({visibilityProperty: true}) || ['checkbox', 'radio', 'range', 'file'].includes(e.type)) continue;
  const style = getComputedStyle(e);
  if (e.value) check(e, read(style.color), e.value, style);
  if (e.placeholder && !e.value) check(e, read(getComputedStyle(e, '::placeholder').color), e.placeholder, style);
}
return [...faults.keys()];
'''

# One control of each kind gets the focus as from the keyboard (after Tab was pressed): it has to look different.
FOCUS = r'''
const one = e => { const s = getComputedStyle(e); return [s.outlineStyle === 'none' || s.outlineWidth === '0px' ? '' : s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.stroke].join('|'); };
const look = e => [e, ...e.children].map(one).join();
const kinds = new Map(), faults = [];
for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')) {
  if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({visibilityProperty: true})) continue;
  const kind = e.nodeName + ' ' + (e.getAttribute('class') || '') + ' in ' + (e.parentElement?.getAttribute('class') || '');
  if (!kinds.has(kind)) kinds.set(kind, e);
}
const before = new Map([...kinds].map(([kind, e]) => [kind, document.activeElement === e ? null : look(e)]));
for (const [kind, e] of kinds) {
  if (!e.isConnected || before.get(kind) === null) continue;
  const label = e.closest('label');
  const was = label && look(label);
  e.focus({preventScroll: true});
  if (document.activeElement === e && look(e) === before.get(kind) && (!label || look(label) === was)) faults.push(kind);
}
document.activeElement?.blur();
return faults;
'''


def faint_texts(person):
    return person.driver.execute_script(CONTRAST)


def unseen_focus(person):
    person.key('Tab')
    return person.driver.execute_script(FOCUS)


def nameless(person):
    """Controls that nobody can call: by role and a hint of where they are."""
    found = []
    for node in person.cdp('Accessibility.getFullAXTree')['nodes']:
        role = node.get('role', {}).get('value')
        if node.get('ignored') or role not in INTERACTIVE or node.get('name', {}).get('value', '').strip():
            continue
        html = person.cdp('DOM.resolveNode', backendNodeId=node['backendDOMNodeId'])['object']
        text = person.cdp('Runtime.callFunctionOn', objectId=html['objectId'],
                          functionDeclaration='function() { return (this.outerHTML || "").slice(0, 160) }')['result'].get('value', '')
        found.append(f'{role}: {text}')
    return found
