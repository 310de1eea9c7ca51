/**
 * Windows live as long as their connection. When it comes back, those that were opened from the desktop are opened
 * again where they stood; a form that was reached by pressing something is kept with all that was typed, and a person
 * decides whether to open it again.
 */
import { desk } from './desk.js';
import { perform } from './effects.js';
import { rpc } from './rpc.js';
import { complain } from './notices.js';

const OPENED = 'esh.windows';

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
  } catch (error) {
    complain(error);
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
