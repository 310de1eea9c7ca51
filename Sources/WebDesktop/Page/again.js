/**
 * Windows live as long as their connection. When it comes back, those that were opened from the desktop are opened
 * again where they stood; a form that was reached by pressing something is kept with all that was typed, and a person
 * decides whether to open it again.
 */
import { desk } from './desk.js';
import { perform } from './effects.js';
import { rpc } from './rpc.js';
import { complain, notice } from './notices.js';
import { word } from './words.js';

const OPENED = 'esh.windows';
/** Rows of a table that the host gives at once. */
const MOST = 500;

/** The connection is gone: the host knows none of these windows any more. */
export function lostAll() {
  for (const win of [...desk.list]) {
    win.stale = true;
    if (win.json.kind === 'dialog' || win.json.kind === 'picker') desk.drop(win);
  }
}

/** A new connection: opens what the desktop had opened, and leaves the rest to be decided on. */
export async function openAgain() {
  const front = desk.active;
  for (const win of desk.list.filter((one) => one.stale && one.origin?.method)) await reopen(win);
  for (const win of desk.list.filter((one) => one.stale)) win.show();
  if (desk.list.includes(front)) desk.front(front);
}

/** Opens a window by the way that it was opened first, then types again what had been typed. */
export async function reopen(win) {
  const { origin } = win;
  const picked = win.json.fields.filter((field) => field.type === 'reference' && field.enabled && field.display);
  win.picked = new Map(picked.map((field) => [field.id, field]));
  const typed = { ...Object.fromEntries(picked.map((field) => [field.id, field.value])), ...win.typed };
  const rows = rowsOf(win);
  try {
    if (origin?.method) await through(win, () => rpc.call(origin.method, origin.params));
    else if (origin?.from) {
      const parent = origin.from;
      if (parent.stale) await reopen(parent);
      if (parent.stale) return;
      if (origin.rows?.length) await parent.select({ table: origin.table, rows: origin.rows });
      const { button, row } = origin;
      await through(win, () => rpc.call('window/press', { window: parent.id, button, ...(row && { row }) }));
    }
    const able = Object.entries(typed).filter(([id, value]) => win.json.fields.some(
      (field) => field.id === id && field.enabled && field.value !== value));
    if (!win.stale && able.length) await win.set(Object.fromEntries(able));
    if (!win.stale) await editAgain(win, rows);
  } catch (error) {
    complain(error);
  }
}

/** What a form's tables showed: by table what a person knows each row by, and whether that was all of them. */
function rowsOf(win) {
  const shown = new Map();
  if (win.json.kind !== 'form') return shown;
  for (const { rows, table } of win.body.tables.values()) {
    if (rows.total > MOST) continue;
    const names = new Map();
    for (let at = 0; at < rows.total; at += 1) {
      const row = rows.row(at);
      if (row) names.set(row.id, nameOf(row, table));
    }
    const { search, filter } = rows.ask;
    const isAll = rows.isLoaded && names.size === rows.total && !search && !Object.keys(filter).length;
    shown.set(table.id, { names, isAll });
  }
  return shown;
}

const nameOf = (row, { columns }) => row.cells[columns[0]?.id] ?? row.id;

/**
 * Changes the cells of a form's tables again. A row that a picker had added is not there yet, one that was taken out is
 * there again, and doing that anew could do more than fill this form in: a person is told which they are.
 */
async function editAgain(win, shown) {
  const [gone, back] = [new Map(), []];
  for (const table of win.json.tables.filter(({ id }) => shown.has(id))) {
    const { names, isAll } = shown.get(table.id);
    const { rows } = await rpc.call('table/query', { window: win.id, table: table.id, limit: MOST });
    const ids = new Set(rows.map(({ id }) => id));
    for (const [id, name] of names) if (!ids.has(id)) gone.set(`${table.id}/${id}`, name);
    if (isAll) back.push(...rows.filter(({ id }) => !names.has(id)).map((row) => nameOf(row, table)));
  }
  for (const [key, { table, row, values }] of win.edited) {
    if (!gone.has(key)) await win.edit(table, row, values);
  }
  for (const [text, names] of [['rowsGone', [...gone.values()]], ['rowsBack', back]]) {
    if (names.length) notice(word(text, win.json.title, names.join(', ')), { level: 'warning' });
  }
}

/** Runs what opens a window, which then stands in the place of `win`, on the same tab. */
async function through(win, run) {
  const tab = win.json.tabs.find((one) => one.selected)?.id;
  desk.expected = win;
  try {
    perform(await run(), { origin: win.origin });
  } finally {
    desk.expected = null;
  }
  const known = win.json.tabs.find((one) => one.id === tab);
  if (!win.stale && known && !known.selected) await win.select({ tab });
}

/** Remembers what is open, so that a reload of the page finds it. */
export function remember() {
  const list = desk.list.filter((win) => win.origin?.method).map((win) => ({
    origin: win.origin, size: win.frame.size, isMaximized: win.frame.isMaximized, isMinimized: win.frame.isMinimized,
  }));
  try {
    sessionStorage.setItem(OPENED, JSON.stringify(list));
  } catch { /* then a reload starts empty */ }
}

/** Opens what was open before the page was loaded anew. */
export async function restore() {
  let list = [];
  try {
    list = JSON.parse(sessionStorage.getItem(OPENED) ?? '[]');
  } catch { /* nothing to restore */ }
  for (const { origin, size, isMaximized, isMinimized } of list) {
    try {
      const before = desk.list.length;
      perform(await rpc.call(origin.method, origin.params), { origin });
      const win = desk.list[before];
      if (!win) continue;
      Object.assign(win.frame.size, size);
      win.frame.applySize();
      if (isMaximized) win.frame.maximize();
      if (isMinimized) desk.minimize(win);
    } catch { /* not for this person any more */ }
  }
}

export function forget() {
  sessionStorage.removeItem(OPENED);
}
