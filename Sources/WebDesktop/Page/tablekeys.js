/** Mouse and keyboard over a table: walking, selecting, editing, the menu of a row. */
import { editCell } from './cells.js';
import { openMenu } from './menu.js';
import { headingButtons, mainButton } from './model.js';
import { notice } from './notices.js';
import { readable, word } from './words.js';

/** @param {import('./table.js').TableView} view */
export function tableKeys(view) {
  const { grid } = view;
  grid.onclick = (event) => clicked(view, event);
  grid.ondblclick = (event) => spot(view, event) && (isPicker(view) && !view.hasMarks ? choose(view) : edit(view));
  grid.onkeydown = (event) => key(view, event);
  grid.oncontextmenu = async (event) => {
    event.preventDefault();
    if (!spot(view, event)) return;
    await stand(view);
    rowMenu(view, { left: event.clientX, bottom: event.clientY });
  };
}

const isPicker = (view) => view.win.json.kind === 'picker';

/** The column under the keys; one of data, a mark or the row's buttons. */
const columnAt = (view) => view.columns[view.at.column];
const cellAt = (view) => view.line(view.at.row)?.children[view.at.column];

/** Goes to the cell of an event; false when it is in none. */
function spot(view, { target }) {
  const cell = target.closest('[role="gridcell"]');
  if (cell) Object.assign(view.at, { row: cell.parentElement.index, column: [...cell.parentElement.children].indexOf(cell) });
  return Boolean(cell);
}

/** Selects the row under the keys unless it is selected. */
async function stand(view) {
  const row = view.rows.row(view.at.row);
  if (row && !view.selection.has(row.id)) view.selection.only(view.at.row);
  view.draw();
  await view.selection.flush();
}

function clicked(view, event) {
  if (event.target.closest('a, button, .editor') || !spot(view, event)) return;
  const { selection, at } = view;
  const isMark = columnAt(view).mark;
  if (isMark) event.preventDefault();
  if (event.shiftKey) selection.range(at.row);
  else if (isMark || event.ctrlKey || event.metaKey || (isPicker(view) && view.hasMarks)) selection.toggle(at.row);
  else selection.only(at.row);
  view.draw();
}

/** Takes the row of a picker: selects it and presses the picker's main button. */
async function choose(view) {
  if (!view.hasMarks) view.selection.only(view.at.row);
  await view.selection.flush();
  const main = mainButton(view.win.json);
  if (main) view.win.press(main);
}

/** Opens the cell for typing, or turns its mark. False when it is not that kind of cell. */
function edit(view) {
  const column = columnAt(view);
  const row = view.rows.row(view.at.row);
  if (!column?.editable || !row) return false;
  const cell = cellAt(view);
  if (row.locked?.includes(column.id)) notice(word('lockedCell'), { level: 'warning' });
  else if (column.type === 'boolean') cell?.querySelector('input')?.click();
  else if (cell) editCell(view, cell, column, row);
  return true;
}

function enter(view) {
  if (view.at.row < 0) return view.sortBy(columnAt(view));
  const own = cellAt(view)?.querySelector('button, a');
  if (own) return own.click();
  if (edit(view)) return undefined;
  return isPicker(view) ? choose(view) : menuHere(view);
}

async function menuHere(view) {
  await stand(view);
  const cell = cellAt(view);
  if (cell) rowMenu(view, cell.getBoundingClientRect());
}

/** What can be done with the row: its own buttons, those over the table, and a look at its like. */
function rowMenu(view, at) {
  const { win, table } = view;
  const row = view.rows.row(view.at.row);
  if (!row) return;
  const items = (buttons, id) => buttons.map((one) => ({
    title: one.label, run: () => win.press(one, id), disabled: !one.enabled, why: one.why, danger: one.style === 'danger',
  }));
  const headings = headingButtons(win.json);
  const over = win.json.buttons.filter((one) => one.table === table.id && one.visible && !one.row && !headings.has(one.id));
  const isFor = (one) => view.forRows?.includes(one.id);
  const column = columnAt(view);
  const value = row.cells[column.id];
  const text = readable(value, column.type);
  const groups = [
    items(view.rowButtons.filter((one) => row.actions?.includes(one.id)), row.id), items(over.filter(isFor)),
    items(over.filter((one) => !isFor(one))), text ? [
      { title: word('onlySame', text.slice(0, 32)), run: () => view.filter(column.id, value) },
      { title: word('copyCell'), run: () => navigator.clipboard?.writeText(text) }] : [],
  ].filter((group) => group.length);
  openMenu(groups.flatMap((group, n) => (n ? [{ rule: true }, ...group] : group)), { label: word('rowMenu'), at });
}

function key(view, event) {
  if (event.target !== view.grid || event.altKey || event.metaKey) return;
  const { at, rows } = view;
  const { ctrlKey: ctrl, shiftKey: shift } = event;
  const page = Math.max(1, view.scroll.viewHeight / view.line(-1).offsetHeight | 0);
  const far = rows.total + 1;
  const rowsDown = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, ...(ctrl && { Home: -far, End: far }) }[event.key];
  const columnsRight = { ArrowLeft: -1, ArrowRight: 1, Home: -99, End: 99 }[event.key];
  if (rowsDown) walk(view, rowsDown, event);
  else if (columnsRight) {
    at.column = Math.max(0, Math.min(view.columns.length - 1, at.column + columnsRight));
    view.draw();
    view.head.children[at.column].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  } else if (event.key === ' ') space(view);
  else if (event.key === 'Enter') enter(view);
  else if (event.key === 'F2') edit(view);
  else if (event.code === 'KeyA' && ctrl) view.selection.all();
  else if (event.key === 'ContextMenu' || (event.key === 'F10' && shift)) menuHere(view);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** To another row; up from the first one to the headings, one step at a time. */
function walk(view, step, { shiftKey, ctrlKey }) {
  const most = view.rows.total - 1;
  const row = Math.max(step === -1 ? -1 : Math.min(0, most), Math.min(most, view.at.row + step));
  view.at.row = row;
  view.scroll.reveal(row);
  if (row < 0) return;
  if (shiftKey) view.selection.range(row, { later: true });
  else if (!ctrlKey && !isPicker(view)) view.selection.only(row, { later: true });
}

function space(view) {
  const column = columnAt(view);
  if (view.at.row < 0) enter(view);
  else if (!(column.editable && column.type === 'boolean' && edit(view))) view.selection.toggle(view.at.row);
}
