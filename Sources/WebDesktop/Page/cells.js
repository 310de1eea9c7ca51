/** Cells of a table: how a value of each type shows, and how it is edited in place. */
import { button, h, set } from './dom.js';
import { icon } from './icons.js';
import { drawButton } from './body.js';
import { isSafe } from './effects.js';
import { asDate, asTime } from './masks.js';
import { readable, word } from './words.js';

/**
 * The width that a column asks for, in pixels: what its first rows need, within bounds.
 * @param {object} column
 * @param {object[]} sample
 */
export function widthOf(column, sample) {
  const texts = sample.map((row) => readable(row.cells[column.id], column.type).length);
  const longest = Math.max(4, ...texts.sort((a, b) => a - b).slice(0, Math.ceil(texts.length * 0.9)));
  const heading = Math.min(column.title.length, 22) * 8.8 + (column.sortable ? 48 : 30);
  return Math.round(Math.max(heading, Math.min(320, longest * 8 + 28)));
}

/** Draws a cell unless it shows the same already. */
export function drawCell(view, cell, column, row, isSelected) {
  if (column.mark) return drawMark(view, cell, row, isSelected);
  if (column.actions) return drawActions(view, cell, row);
  if (cell.editor) return undefined;
  const value = row?.cells[column.id];
  const isLocked = row?.locked?.includes(column.id) ?? false;
  const key = JSON.stringify([value, isLocked, column.type, column.editable, row === undefined]);
  if (cell.shown === key) return undefined;
  cell.shown = key;
  const edits = column.editable && !isLocked;
  set(cell, {
    class: column.type, 'data-column': column.id, 'aria-readonly': column.editable && isLocked ? 'true' : null,
    'data-edits': edits ? column.type : null,
  });
  if (row === undefined) return cell.replaceChildren(h('span', { class: 'coming' }));
  if (column.type === 'boolean' && column.editable) return drawCheck(view, cell, column, row, value, isLocked);
  if (column.type === 'link' && value) return drawLink(cell, String(value));
  const text = readable(value, column.type);
  set(cell, { title: text.length > 24 || text.includes('\n') ? text : null });
  cell.replaceChildren(text.replaceAll('\n', '; '));
  return undefined;
}

function drawMark(view, cell, row, isSelected) {
  cell.classList.add('mark');
  if (!cell.firstChild) cell.append(h('input', { type: 'checkbox', tabIndex: -1, 'aria-label': word('select') }));
  cell.firstChild.checked = Boolean(isSelected);
  cell.firstChild.disabled = row === undefined;
}

function drawActions(view, cell, row) {
  const list = view.rowButtons.filter((button) => row?.actions?.includes(button.id));
  const key = JSON.stringify([row?.id, list]);
  if (cell.shown === key) return;
  cell.shown = key;
  cell.classList.add('actions');
  cell.replaceChildren(...list.map((one) => {
    const element = button({ tabIndex: -1, 'data-button': one.id });
    drawButton(element, one, (event) => { event.stopPropagation(); view.win.press(one, row.id); });
    return element;
  }));
}

function drawCheck(view, cell, column, row, value, isLocked) {
  const box = h('input', { type: 'checkbox', tabIndex: -1, 'aria-label': column.title });
  box.checked = value === true;
  box.disabled = isLocked;
  box.onclick = async (event) => {
    event.stopPropagation();
    const wanted = box.checked;
    box.checked = value === true;  // until the host says so
    if (!await view.win.edit(view.table.id, row.id, { [column.id]: wanted })) return;
    view.grid.focus();
  };
  if (isLocked) set(cell, { title: word('lockedCell') });
  cell.replaceChildren(box);
}

function drawLink(cell, url) {
  if (!isSafe(url)) return cell.replaceChildren(url);
  return cell.replaceChildren(h('a', {
    href: url, target: '_blank', rel: 'noopener noreferrer', tabIndex: -1, title: url,
  }, url.replace(/^https?:\/\//, ''), icon('out')));
}

/** What was typed as a value of its column's type; what is none goes as it is, and the host says so. */
const VALUES = {
  number: (text) => (text.trim() === '' ? null : Number.isNaN(Number(text.replace(',', '.'))) ? text : Number(text.replace(',', '.'))),
  date: asDate, time: asTime,
};

/** Opens a cell for typing. Enter and leaving it keep what was typed, Escape does not. */
export function editCell(view, cell, column, row) {
  const before = readable(row.cells[column.id], column.type === 'number' ? 'text' : column.type);
  const input = h('input', { value: before, 'aria-label': column.title, class: 'editor' });
  cell.editor = input;
  cell.replaceChildren(input);
  input.focus();
  input.select();
  let isOver = false;
  const end = async (keeps) => {
    if (isOver) return;
    isOver = true;
    if (cell.contains(document.activeElement)) view.grid.focus();
    if (keeps && input.value !== before) {
      await view.win.edit(view.table.id, row.id, { [column.id]: (VALUES[column.type] ?? ((text) => text))(input.value) });
    }
    cell.editor = null;
    cell.shown = null;
    view.draw();
  };
  input.onblur = () => end(true);
  input.onkeydown = (event) => {
    event.stopPropagation();
    if (!['Enter', 'Escape', 'Tab'].includes(event.key)) return;
    event.preventDefault();
    end(event.key !== 'Escape');
  };
}
