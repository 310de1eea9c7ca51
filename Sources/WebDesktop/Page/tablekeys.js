/** Mouse and keyboard over a table: walking, selecting, editing, the menu of a row. */
import { editCell } from './cells.js';
import { openMenu } from './menu.js';
import { mainButton } from './model.js';
import { notice } from './notices.js';
import { readable, word } from './words.js';

/** @param {import('./table.js').TableView} view */
export function tableKeys(view) {
  const { grid } = view;
  grid.addEventListener('click', (event) => clicked(view, event));
  grid.addEventListener('dblclick', (event) => twice(view, event));
  grid.addEventListener('keydown', (event) => key(view, event));
  grid.addEventListener('contextmenu', async (event) => {
    event.preventDefault();
    const place = spot(view, event.target);
    if (!place || place.row < 0) return;
    await stand(view, place);
    rowMenu(view, { left: event.clientX, top: event.clientY, right: event.clientX, bottom: event.clientY });
  });
}

/** Row and column of an element in the grid. */
function spot(view, element) {
  const cell = element.closest('[role="gridcell"], [role="columnheader"]');
  if (!cell) return null;
  const line = cell.parentElement;
  return { row: line === view.head ? -1 : line.index, column: [...line.children].indexOf(cell) };
}

/** Goes to a cell and selects its row unless it is selected. */
async function stand(view, place) {
  Object.assign(view.at, place);
  const row = view.rows.row(place.row);
  if (row && !view.selection.has(row.id)) view.selection.only(place.row);
  view.draw();
  await view.selection.flush();
}

/** The column that an index of a cell means; undefined for marks and actions. */
const columnAt = (view, at) => view.columns[at - (view.hasMarks ? 1 : 0)];

const isPicker = (view) => view.win.json.kind === 'picker';

function clicked(view, event) {
  const place = spot(view, event.target);
  if (!place || place.row < 0 || event.target.closest('a, button, .editor')) return;
  Object.assign(view.at, place);
  const isMark = view.hasMarks && place.column === 0;
  if (isMark) event.preventDefault();
  if (event.shiftKey) view.selection.range(place.row);
  else if (isMark || event.ctrlKey || event.metaKey || (isPicker(view) && view.hasMarks)) view.selection.toggle(place.row);
  else view.selection.only(place.row);
  view.draw();
}

function twice(view, event) {
  const place = spot(view, event.target);
  if (!place || place.row < 0) return;
  if (isPicker(view) && !view.hasMarks) choose(view, place.row);
  else edit(view);
}

/** Takes a row of a picker: selects it and presses the picker's main button. */
async function choose(view, row) {
  view.selection.only(row);
  await view.selection.flush();
  const button = mainButton(view.win.json);
  if (button) view.win.press(button);
}

function edit(view) {
  const column = columnAt(view, view.at.column);
  const row = view.rows.row(view.at.row);
  if (!column?.editable || !row) return false;
  if (row.locked?.includes(column.id)) {
    notice(word('lockedCell'), { level: 'warning' });
    return true;
  }
  const line = [...view.body.children].find((element) => element.index === view.at.row);
  const cell = line?.children[view.at.column];
  if (column.type === 'boolean') cell?.querySelector('input')?.click();
  else if (cell) editCell(view, cell, column, row);
  return true;
}

function enter(view) {
  if (view.at.row < 0) {
    const column = columnAt(view, view.at.column);
    return column && view.sortBy(column);
  }
  const line = [...view.body.children].find((element) => element.index === view.at.row);
  const cell = line?.children[view.at.column];
  const own = cell?.querySelector('button, a');
  if (own) return own.click();
  if (edit(view)) return undefined;
  if (isPicker(view)) {
    if (!view.hasMarks) return choose(view, view.at.row);
    const button = mainButton(view.win.json);
    return button && view.win.press(button);
  }
  return stand(view, view.at).then(() => cell && rowMenu(view, cell.getBoundingClientRect()));
}

/** What can be done with the row: its own buttons, those over the table, and a look at its like. */
function rowMenu(view, at) {
  const { win, table } = view;
  const row = view.rows.row(view.at.row);
  if (!row) return;
  const item = (button, id) => ({
    title: button.label, run: () => win.press(button, id), disabled: !button.enabled, why: button.why,
    danger: button.style === 'danger',
  });
  const own = view.rowButtons.filter((button) => row.actions?.includes(button.id)).map((button) => item(button, row.id));
  const over = win.json.buttons.filter((button) => button.table === table.id && button.visible && !button.row)
    .filter((button) => !view.columns.some((column) => column.button === button.id)).map((button) => item(button));
  const column = columnAt(view, view.at.column);
  const value = column && row.cells[column.id];
  const text = readable(value, column?.type);
  const look = text ? [
    { title: word('onlySame', text.length > 32 ? `${text.slice(0, 31)}…` : text), run: () => view.filter(column.id, value) },
    { title: word('copyCell'), run: () => navigator.clipboard?.writeText(text).then(() => notice(word('copied'))) }] : [];
  const groups = [own, over, look].filter((group) => group.length);
  openMenu(groups.flatMap((group, n) => (n ? [{ rule: true }, ...group] : group)), { label: word('rowMenu'), at });
}

function key(view, event) {
  if (event.target !== view.grid) return;
  const { at, rows } = view;
  const page = Math.max(1, Math.floor(view.viewHeight / 34) - 1);
  const moves = {
    ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page,
    Home: event.ctrlKey ? -Infinity : null, End: event.ctrlKey ? Infinity : null,
  };
  const columns = view.head.children.length;
  if (event.altKey || event.metaKey) return;
  if (moves[event.key]) {
    const most = rows.total - 1;
    const lowest = event.key === 'ArrowUp' ? -1 : Math.min(0, most);
    walk(view, Math.max(lowest, Math.min(most, at.row + moves[event.key])), event);
  } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    at.column = Math.max(0, Math.min(columns - 1, at.column + (event.key === 'ArrowLeft' ? -1 : 1)));
    view.draw();
    seeColumn(view);
  } else if (event.key === 'Home' || event.key === 'End') {
    at.column = event.key === 'Home' ? 0 : columns - 1;
    view.draw();
    seeColumn(view);
  } else if (event.key === ' ') space(view);
  else if (event.key === 'Enter') enter(view);
  else if (event.key === 'F2') edit(view);
  else if ((event.key === 'a' || event.code === 'KeyA') && event.ctrlKey) view.selection.all();
  else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    const line = [...view.body.children].find((element) => element.index === at.row);
    if (line) stand(view, at).then(() => rowMenu(view, line.children[at.column].getBoundingClientRect()));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function walk(view, row, event) {
  view.at.row = row;
  view.reveal(row);
  if (row < 0) return view.draw();
  if (event.shiftKey) view.selection.range(row, { later: true });
  else if (!event.ctrlKey && !isPicker(view)) view.selection.only(row, { later: true });
  return view.draw();
}

function space(view) {
  const column = columnAt(view, view.at.column);
  if (view.at.row < 0) enter(view);
  else if (column?.editable && column.type === 'boolean') edit(view);
  else view.selection.toggle(view.at.row);
}

/** Brings the cell into view sideways. */
function seeColumn(view) {
  const cell = view.head.children[view.at.column];
  const { grid } = view;
  if (!cell) return;
  if (cell.offsetLeft < grid.scrollLeft) grid.scrollLeft = cell.offsetLeft;
  else if (cell.offsetLeft + cell.offsetWidth > grid.scrollLeft + grid.clientWidth) {
    grid.scrollLeft = cell.offsetLeft + cell.offsetWidth - grid.clientWidth;
  }
}
