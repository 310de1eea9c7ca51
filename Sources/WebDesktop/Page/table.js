/** A table of a window: search, headings, and the part of its rows that shows. Works as one stop of the Tab key. */
import { button, h, newID, set, sync } from './dom.js';
import { icon } from './icons.js';
import { rpc } from './rpc.js';
import { complain } from './notices.js';
import { Rows } from './rows.js';
import { drawCell, widthOf } from './cells.js';
import { ROW, Scroll } from './scroll.js';
import { Selection } from './selection.js';
import { tableKeys } from './tablekeys.js';
import { count, word } from './words.js';

/** Columns that are no data: the marks before them, the row's buttons after them. */
const MARK = { id: '', title: '', mark: true };
const ACTIONS = { id: ' ', title: '', actions: true };

/** Which tables have a search, by window type and table. */
const searchable = new Map();

export class TableView {
  /** The row and cell that keys act on; row −1 is the headings. */
  at = { row: 0, column: 0 };

  /** @param {object} [ask]  what the rows are narrowed to and sorted by from the start */
  constructor(win, table, ask = {}) {
    this.win = win;
    this.table = table;
    this.rows = new Rows((params) => this.query(params), () => this.draw());
    this.selection = new Selection(this);
    this.search = h('input', { type: 'search', 'aria-label': word('search'), placeholder: word('search') });
    this.search.oninput = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask({ search: this.search.value.trim() }), 200);
    };
    this.searchBox = h('label', { class: 'search', hidden: true }, icon('search'), this.search);
    this.chips = h('span', {});
    this.count = h('span', { class: 'count', role: 'status' });
    this.head = h('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 });
    this.body = h('div', { class: 'rows', role: 'rowgroup' });
    this.grid = h('div', { class: 'grid', role: 'grid', tabIndex: 0, 'data-table': table.id },
      h('div', { role: 'rowgroup', class: 'head-group' }, this.head), this.body);
    this.empty = h('p', { class: 'empty', hidden: true });
    this.walk = h('div', { class: 'walk', role: 'status', hidden: true }, h('span', {}),
      button({ class: 'quiet', onclick: () => this.stopWalk() }, word('stop')));
    this.root = h('div', { class: 'table' }, h('div', { class: 'table-bar' }, this.searchBox, this.chips, this.count),
      h('div', { class: 'grid-box' }, this.grid, this.empty, this.walk));
    this.scroll = new Scroll(this);
    tableKeys(this);
    new ResizeObserver(() => this.draw()).observe(this.grid);
    this.search.value = ask.search ?? '';
    this.rows.renew(ask);
    this.probe();
  }

  query(params) { return rpc.call('table/query', { window: this.win.id, table: this.table.id, ...params }); }

  style(name, pixels) { this.grid.style.setProperty(`--${name}`, `${pixels}px`); }

  /** Takes the host's word for the table; rows are fetched again when it says that they are others. */
  show(table, rowButtons) {
    const isOther = table.revision !== this.table.revision || table.columns.length !== this.table.columns.length;
    Object.assign(this, { table, rowButtons, laidOut: '' });
    this.selection.take(table.selected);
    if (isOther) this.reload();
    const { tabs, title, buttons } = this.win.json;
    set(this.grid, {
      'aria-label': table.title ?? tabs.find((tab) => tab.id === table.tab)?.title ?? title,
      'aria-multiselectable': table.selection === 'multiple' ? 'true' : null,
    });
    // What rests while nothing is selected is what there is to do with rows.
    if (!table.selected.length) {
      this.forRows = buttons.filter((one) => one.table === table.id && !one.enabled).map((one) => one.id);
    }
    this.draw();
  }

  /** A table that cannot be searched says so; asked once for each kind of window. */
  async probe() {
    const key = `${this.win.json.type}/${this.table.id}`;
    if (!searchable.has(key)) {
      searchable.set(key, this.query({ search: 'a', limit: 1 }).then(() => true, ({ code }) => {
        if (code !== -32602) searchable.delete(key);
        return false;
      }));
    }
    this.searchBox.hidden = !(await searchable.get(key));
  }

  /** All columns as they are drawn. */
  get columns() {
    return [...(this.hasMarks ? [MARK] : []), ...this.table.columns, ...(this.rowButtons.length ? [ACTIONS] : [])];
  }
  get hasMarks() { return this.table.selection === 'multiple'; }

  ask(what) {
    this.at.row = Math.min(this.at.row, 0);
    this.laidOut = '';
    this.rows.renew(what);
    this.scroll.to(0);
  }

  reload() { this.rows.reload(); }

  sortBy(column) {
    if (column.button) {
      const heading = this.win.json.buttons.find((one) => one.id === column.button);
      if (heading) this.win.press(heading);
    } else if (column.sortable) {
      const [known] = this.rows.ask.sort;
      this.ask({
        sort: known?.column !== column.id ? [{ column: column.id }]
          : known.descending ? [] : [{ column: column.id, descending: true }],
      });
    }
  }

  filter(column, value) {
    const { [column]: _, ...others } = this.rows.ask.filter;
    this.ask({ filter: value === undefined ? others : { ...others, [column]: value } });
  }

  /** Columns' widths and headings, by what the first rows need. */
  layout() {
    const { rows, columns } = this;
    const sample = Array.from({ length: 50 }, (_, index) => rows.row(index)).filter(Boolean);
    const widths = columns.map((column) => (column.mark ? 44 : column.actions
      ? 32 + Math.min(2, this.rowButtons.length) * Math.max(...this.rowButtons.map(({ label }) => label.length * 9 + 24))
      : widthOf(column, sample)));
    this.grid.style.setProperty('--columns', columns.map(({ mark, actions }, n) => (mark || actions
      ? `${widths[n]}px` : `minmax(${widths[n]}px, ${widths[n]}fr)`)).join(' '));
    this.style('wide', widths.reduce((sum, one) => sum + one));
    set(this.grid, { 'aria-colcount': columns.length });
    const [sort] = rows.ask.sort;
    sync(this.head, columns, (column) => column.id, (column) => h('div', { role: 'columnheader', id: newID() },
      h('span', {}), column.sortable && icon('up')), (cell, column) => {
      const presses = column.sortable || column.button;
      const order = sort?.column !== column.id ? 'none' : sort.descending ? 'descending' : 'ascending';
      cell.firstChild.textContent = column.title;
      set(cell, {
        title: column.title, 'aria-sort': column.sortable ? order : null,
        'aria-label': column.title || word(column.mark ? 'select' : 'actions'),
        class: `${column.type ?? ''} ${column.emphasis ?? ''} ${presses ? 'press' : ''}`,
        onclick: presses ? () => this.sortBy(column) : null,
      });
    });
  }

  stopWalk() {
    this.rows.stop();
    this.at.row = 0;
    this.scroll.to(0);
    this.grid.focus();
  }

  /** The element of a row; undefined for one that does not show. */
  line(row) { return row < 0 ? this.head : [...this.body.children].find((one) => one.index === row); }

  /** Draws the rows that show, and asks for those that are missing. */
  draw() {
    if (!this.grid.isConnected || !this.rowButtons) return;
    const { rows, grid } = this;
    // A lost connection is told of elsewhere.
    if (rows.error?.code) complain(rows.error);
    rows.error = null;
    const laidOut = `${rows.isLoaded && rows.total > 0} ${this.columns.map((column) => column.id)}`;
    if (this.laidOut !== laidOut) {
      this.laidOut = laidOut;
      this.layout();
    }
    const { first, last, shift, height } = this.scroll.sight();
    this.body.style.height = `${height}px`;
    if (this.scroll.viewHeight) rows.want(first, last - 1);
    sync(this.body, Array.from({ length: Math.max(0, last - first) }, (_, n) => first + n), String,
      () => h('div', { role: 'row', class: 'row' }), (element, index) => this.drawRow(element, index, index * ROW + shift));
    this.tell();
  }

  drawRow(element, index, top) {
    const row = this.rows.row(index);
    const isSelected = Boolean(row && this.selection.has(row.id));
    element.style.transform = `translateY(${top}px)`;
    element.index = index;
    set(element, {
      'aria-rowindex': index + 2, 'data-emphasis': row?.emphasis,
      'aria-selected': this.table.selection === 'none' ? null : String(isSelected),
    });
    sync(element, this.columns, (column) => column.id, () => h('div', { role: 'gridcell', id: newID() }),
      (cell, column) => drawCell(this, cell, column, row, isSelected));
  }

  /** What is said of the table beside it, and which cell the screen reader is to follow. */
  tell() {
    const { rows, grid } = this;
    const { search, filter } = rows.ask;
    const isNarrowed = search || Object.keys(filter).length;
    const parts = [word(isNarrowed ? 'found' : 'rows', count(rows.total))];
    if (this.selection.size > 1) parts.push(word('chosen', count(this.selection.size)));
    set(this.count, { textContent: rows.isLoaded || rows.total ? parts.join(' · ') : '' });
    set(this.empty, { hidden: !rows.isLoaded || rows.total > 0, textContent: word(isNarrowed ? 'nothingFound' : 'nothing') });
    this.walk.hidden = rows.walkingTo === null;
    this.walk.firstChild.textContent = word('walking', count((rows.walkingTo ?? 0) + 1));
    const cell = this.line(this.at.row)?.children[this.at.column];
    for (const old of grid.querySelectorAll('.at')) old.classList.remove('at');
    cell?.classList.add('at');
    set(grid, { 'aria-rowcount': rows.total + 1, 'aria-activedescendant': cell?.id });
    sync(this.chips, Object.entries(filter), ([id]) => id, () => button({ class: 'chip' }), (chip, [id, value]) => {
      const { title } = this.table.columns.find((column) => column.id === id) ?? {};
      set(chip, { 'aria-label': `${word('unfilter')}: ${title}`, onclick: () => this.filter(id) });
      chip.replaceChildren(icon('filter'), `${title}: ${value}`, icon('close'));
    });
  }
}
