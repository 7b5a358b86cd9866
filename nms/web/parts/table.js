// A table that sorts, and draws only the rows that are seen: ten thousand cost
// what fifty cost.
import { h, render, on } from '../base/html.js';
import { byName } from '../base/format.js';
import { t } from '../base/texts.js';

const AHEAD = 12; // rows drawn beyond what is seen
const ALL = 150;  // up to so many rows all are drawn

// What to sort by: numbers by size, texts as names, what is not known last.
export function compare(a, b, down) {
  const none = v => v === null || v === undefined || v === '' || (typeof v === 'number' && Number.isNaN(v));
  if (none(a) || none(b)) return none(a) && none(b) ? 0 : none(a) ? 1 : -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : byName(a, b);
  return down ? -order : order;
}

export function sortRows(rows, columns, sort) {
  const down = sort.startsWith('-'), id = down ? sort.slice(1) : sort;
  const column = columns.find(c => c.id === id);
  if (!column) return rows;
  const value = column.value || (row => row[id]);
  return rows.map((row, i) => [value(row), i, row])
    .sort((x, y) => compare(x[0], y[0], down) || x[1] - y[1]).map(x => x[2]);
}

// A table in box. columns: [{id, label, cell(row) -> Safe, value(row) to sort
// by, num, cls, sort: false, first: 'down' where largest is wanted first}];
// key(row): its own text. onSort(sort), onOpen(row, event), onSelect(row).
// Gives {rows(list), sort(text), select(key), element}.
export function table(box, { columns, key, label, sort = '', onSort, onOpen, rowClass = () => '', rowLabel, selected = null, signal, empty = '', height = null }) {
  const state = { rows: [], shown: [], sort, selected, at: 0 };
  box.classList.add('table-box');
  const scroller = () => {
    for (let e = box; e && e !== document.documentElement; e = e.parentElement) {
      const o = getComputedStyle(e).overflowY;
      if (o === 'auto' || o === 'scroll') return e;
    }
    return document.scrollingElement;
  };
  let scroll = null;
  const rowHeight = () => height || parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 30;

  function range() {
    const count = state.shown.length, each = rowHeight();
    if (count <= ALL) return [0, count];
    const view = scroll.getBoundingClientRect(), own = box.getBoundingClientRect();
    const top = Math.max(0, Math.max(view.top, 0) - own.top - 30);
    const seen = Math.min(view.bottom, innerHeight) - Math.max(view.top, own.top, 0);
    const from = Math.max(0, Math.floor(top / each) - AHEAD);
    return [Math.min(from, count), Math.min(count, from + Math.ceil(Math.max(seen, 0) / each) + 2 * AHEAD)];
  }

  const arrow = c => state.sort === c.id ? 'ascending' : state.sort === '-' + c.id ? 'descending' : 'none';
  const draw = () => {
    if (signal?.aborted) return;
    const [from, to] = range(), each = rowHeight(), count = state.shown.length;
    const row = (r, i) => {
      const k = key(r), sel = k === state.selected;
      return h`<tr data-key="r-${k}" data-row="${k}" aria-rowindex="${from + i + 2}" class="${rowClass(r)} ${sel && 'sel'}" ${onOpen && h`tabindex="${sel || (state.selected === null && from + i === 0) ? 0 : -1}"`} ${sel && h`aria-selected="true"`} ${rowLabel && h`aria-label="${rowLabel(r)}"`}>${columns.map(c => h`<td class="${c.num && 'n'} ${c.cls || ''}">${c.cell ? c.cell(r) : r[c.id]}</td>`)}</tr>`;
    };
    render(box, h`<table aria-label="${label}" aria-rowcount="${count + 1}"><thead><tr>${columns.map(c => h`<th scope="col" class="${c.num && 'n'} ${c.cls || ''}" ${c.sort !== false && h`aria-sort="${arrow(c)}"`} data-key="h-${c.id}">${c.sort === false ? c.label : h`<button type="button" data-sort="${c.id}">${c.label}<i class="arrow"></i></button>`}</th>`)}</tr></thead>
      <tbody>${from > 0 && h`<tr class="pad" aria-hidden="true" data-key="pad-top"><td colspan="${columns.length}" data-h="${from * each}px"></td></tr>`}${state.shown.slice(from, to).map(row)}${to < count && h`<tr class="pad" aria-hidden="true" data-key="pad-end"><td colspan="${columns.length}" data-h="${(count - to) * each}px"></td></tr>`}
      ${count === 0 && h`<tr class="none" data-key="none"><td colspan="${columns.length}">${empty || t('table.none')}</td></tr>`}</tbody></table>`);
  };
  let asked = false;
  const soon = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };

  on(box, 'click', '[data-sort]', (_, at) => {
    const id = at.dataset.sort, first = columns.find(c => c.id === id).first === 'down';
    const next = state.sort === id ? '-' + id : state.sort === '-' + id ? id : (first ? '-' : '') + id;
    api.sort(next);
    onSort?.(next);
  }, signal);
  if (onOpen) {
    const rowOf = at => state.shown.find(r => String(key(r)) === at.dataset.row);
    on(box, 'click', 'tr[data-row]', (event, at) => {
      if (event.target.closest('a, button, input, label') || String(getSelection())) return;
      onOpen(rowOf(at), event);
    }, signal);
    on(box, 'keydown', 'tr[data-row]', (event, at) => {
      if (event.target !== at) return;
      const i = state.shown.findIndex(r => String(key(r)) === at.dataset.row);
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: state.shown.length - 1, PageDown: i + 15, PageUp: i - 15 }[event.key];
      if (event.key === 'Enter') onOpen(rowOf(at), event);
      else if (to !== undefined) api.focus(Math.max(0, Math.min(state.shown.length - 1, to)));
      else return;
      event.preventDefault();
    }, signal);
  }

  const api = {
    element: box,
    rows(list) {
      state.rows = list;
      state.shown = state.sort ? sortRows(list, columns, state.sort) : list;
      if (!scroll && box.isConnected) {
        scroll = scroller();
        (scroll === document.scrollingElement ? window : scroll).addEventListener('scroll', soon, { passive: true, signal });
        addEventListener('resize', soon, { signal });
      } else if (!scroll) scroll = document.scrollingElement;
      draw();
    },
    sort(text) {
      state.sort = text;
      api.rows(state.rows);
    },
    get sorted() { return state.sort; },
    get shown() { return state.shown; },
    select(k) {
      state.selected = k;
      draw();
    },
    // Brings row i into view and gives it focus.
    focus(i) {
      const each = rowHeight(), r = state.shown[i];
      if (!r) return;
      const own = box.getBoundingClientRect(), view = scroll.getBoundingClientRect();
      const y = own.top + 30 + i * each, above = Math.max(view.top, 0) + 34, below = Math.min(view.bottom, innerHeight) - each;
      if (y < above) scroll.scrollTop -= above - y;
      else if (y > below) scroll.scrollTop += y - below;
      draw();
      [...box.querySelectorAll('tr[data-row]')].find(e => e.dataset.row === String(key(r)))?.focus({ preventScroll: true });
    },
    draw,
  };
  return api;
}
