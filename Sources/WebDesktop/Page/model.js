/** A window as the host described it, kept up to date by what the host says has changed. */

const PARTS = ['fields', 'tabs', 'tables', 'buttons'];

/** Elements are matched by id; two tabs may have a button of the same id. */
const same = (a, b) => a.id === b.id && (a.tab ?? '') === (b.tab ?? '') && (a.table ?? '') === (b.table ?? '');

/**
 * Applies a `changed` of `updateWindow` or `window/didChange`.
 * @param {object} window  the whole window, changed in place
 * @param {object} changed
 * @returns {boolean} whether something came whose place among the others only the whole window tells
 */
export function apply(window, changed) {
  let isNew = false;
  for (const name of ['title', 'text', 'level']) {
    if (changed[name] !== undefined) window[name] = changed[name];
  }
  for (const part of PARTS) {
    const gone = new Set(changed.removed?.[part] ?? []);
    if (gone.size) window[part] = window[part].filter((element) => !gone.has(element.id));
    for (const element of changed[part] ?? []) {
      const at = window[part].findIndex((known) => same(known, element));
      if (at >= 0) window[part][at] = element;
      else {
        window[part].push(element);
        isNew = true;
      }
    }
  }
  return isNew;
}

/** The tab that shows; undefined for a window with none. */
export const currentTab = (window) => {
  const shown = window.tabs.filter((tab) => tab.visible);
  return (shown.find((tab) => tab.selected) ?? shown[0])?.id;
};

/** Whether an element belongs to what shows now. */
export function shows(window, element) {
  const tab = currentTab(window);
  return element.visible !== false && (element.tab == null || tab === undefined || element.tab === tab);
}

/** Ids of buttons that headings press: they are drawn as headings only. */
export const headingButtons = (window) => new Set(
  window.tables.flatMap((table) => table.columns).map((column) => column.button).filter(Boolean));

/**
 * Buttons as they are laid out: over a table, over a tab's content, below everything.
 * @returns {{table: (id: string) => object[], tab: object[], row: (table: object) => object[], foot: object[]}}
 */
export function buttons(window) {
  const headings = headingButtons(window);
  const all = window.buttons.filter((button) => shows(window, button) && !headings.has(button.id));
  const plain = all.filter((button) => !button.row);
  return {
    table: (id) => plain.filter((button) => button.table === id),
    tab: plain.filter((button) => !button.table && button.tab),
    row: (table) => all.filter((button) => button.row && (button.table == null || button.table === table.id)),
    foot: plain.filter((button) => !button.table && !button.tab),
  };
}

/** What Enter in a field presses: the button that the window calls its main one. */
export const mainButton = (window) => window.buttons.find(
  (button) => button.style === 'primary' && shows(window, button) && !button.row);
