/** A table of a window: search, headings, and the part of its rows that shows. Works as one stop of the Tab key. */
import { h, newID, set, sync } from './dom.js';
import { icon } from './icons.js';
import { rpc } from './rpc.js';
import { complain } from './notices.js';
import { Rows } from './rows.js';
import { drawCell, widthOf } from './cells.js';
import { Selection } from './selection.js';
import { tableKeys } from './tablekeys.js';
import { count, word } from './words.js';

/** Browsers end at some ten million pixels: longer tables scroll by ratio. */
const HIGHEST = 8_000_000;
const ROW = matchMedia('(pointer: coarse)').matches ? 44 : 34;
const HEAD = 36;

/** Which tables have a search, by window type and table. */
const searchable = new Map();

export class TableView {
  /** The row and column that keys act on; row −1 is the headings. */
  at = { row: 0, column: 0 };
  #offset = 0;

  constructor(win, table) {
    this.win = win;
    this.table = table;
    this.id = newID('grid');
    this.rows = new Rows((params) => rpc.call('table/query', { window: win.id, table: table.id, ...params }),
      () => this.draw());
    this.selection = new Selection(this);
    this.search = h('input', { type: 'search', 'aria-label': word('search'), placeholder: word('search') });
    this.search.oninput = () => {
      clearTimeout(this.searchTimer);
      this.searchTimer = setTimeout(() => this.ask({ search: this.search.value.trim() }), 200);
    };
    this.searchBox = h('label', { class: 'search', hidden: true }, icon('search'), this.search);
    this.chips = h('span', { class: 'chips' });
    this.count = h('span', { class: 'count', role: 'status' });
    this.head = h('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 });
    this.body = h('div', { class: 'rows', role: 'rowgroup' });
    this.grid = h('div', { class: 'grid', role: 'grid', tabIndex: 0, id: this.id, 'data-table': table.id },
      h('div', { role: 'rowgroup', class: 'head-group' }, this.head), this.body);
    this.grid.style.setProperty('--row', `${ROW}px`);
    this.grid.style.setProperty('--head', `${HEAD}px`);
    this.empty = h('p', { class: 'empty', hidden: true });
    this.walk = h('div', { class: 'walk', role: 'status', hidden: true }, h('span', {}),
      h('button', { type: 'button', class: 'quiet', onclick: () => this.stopWalk() }, word('stop')));
    this.root = h('div', { class: 'table' }, h('div', { class: 'table-bar' }, this.searchBox, this.chips, this.count),
      h('div', { class: 'grid-box' }, this.grid, this.empty, this.walk));
    this.grid.onscroll = () => this.scrolled();
    this.grid.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    tableKeys(this);
    new ResizeObserver(() => this.draw()).observe(this.grid);
    this.rows.renew({});
    this.probe();
  }

  /** Takes the host's word for the table; rows are fetched again when it says that they are others. */
  show(table, rowButtons) {
    const isOther = table.revision !== this.table.revision || table.columns.length !== this.table.columns.length;
    this.table = table;
    this.rowButtons = rowButtons;
    this.selection.take(table.selected);
    if (isOther) this.reload();
    const tab = this.win.json.tabs.find((one) => one.id === table.tab);
    set(this.grid, {
      'aria-label': table.title ?? tab?.title ?? this.win.json.title,
      'aria-multiselectable': table.selection === 'multiple' ? 'true' : null,
    });
    this.layout();
    this.draw();
  }

  /** A table that cannot be searched says so; asked once for each kind of window. */
  async probe() {
    const key = `${this.win.json.type}/${this.table.id}`;
    if (!searchable.has(key)) {
      searchable.set(key, rpc.call('table/query', { window: this.win.id, table: this.table.id, search: 'a', limit: 1 })
        .then(() => true, (error) => { if (error.code !== -32602) searchable.delete(key); return false; }));
    }
    this.searchBox.hidden = !(await searchable.get(key));
  }

  get columns() { return this.table.columns; }
  get hasMarks() { return this.table.selection === 'multiple'; }
  get hasActions() { return this.rowButtons?.length > 0; }

  ask(what) {
    this.rows.renew(what);
    this.at.row = Math.min(this.at.row, 0);
    this.scrollTo(0);
    this.layout();
  }

  reload() { this.rows.reload(); }

  sortBy(column) {
    if (column.button) {
      const button = this.win.json.buttons.find((one) => one.id === column.button);
      if (button) this.win.press(button);
    } else if (column.sortable) {
      const [known] = this.rows.ask.sort;
      const next = known?.column !== column.id ? [{ column: column.id }]
        : known.descending ? [] : [{ column: column.id, descending: true }];
      this.ask({ sort: next });
    }
  }

  /** Columns' widths and headings. */
  layout() {
    const sample = [...Array(50).keys()].map((index) => this.rows.row(index)).filter(Boolean);
    const widths = this.columns.map((column) => widthOf(column, sample));
    const marks = this.hasMarks ? ['44px'] : [];
    const actions = this.hasActions
      ? [`${24 + Math.max(...this.rowButtons.map((button) => button.label.length * 8 + 40)) * Math.min(2, this.rowButtons.length)}px`] : [];
    this.grid.style.setProperty('--columns', [...marks, ...widths.map((wide) => `minmax(${wide}px, ${wide}fr)`), ...actions].join(' '));
    const wide = widths.reduce((sum, one) => sum + one, 0) + marks.length * 44 + actions.reduce((sum, one) => sum + parseInt(one, 10), 0);
    this.grid.style.setProperty('--wide', `${wide}px`);
    const [sort] = this.rows.ask.sort;
    const cells = [...(this.hasMarks ? [{ id: '', title: '', mark: true }] : []), ...this.columns,
      ...(this.hasActions ? [{ id: ' ', title: '' }] : [])];
    set(this.grid, { 'aria-colcount': cells.length });
    sync(this.head, cells, (column) => column.id, (column) => h('div', { role: 'columnheader', id: newID('head') },
      h('span', {}), column.sortable && icon('up')), (cell, column) => {
      const sorted = sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : null;
      cell.firstChild.textContent = column.title;
      set(cell, {
        title: column.title, 'data-column': column.id, 'aria-sort': column.sortable ? sorted ?? 'none' : null,
        'aria-label': column.mark ? word('select') : column.title || word('actions'),
        class: `${column.type ?? ''} ${column.emphasis ?? ''} ${column.sortable || column.button ? 'press' : ''}`,
        onclick: column.sortable || column.button ? () => this.sortBy(column) : null,
      });
    });
  }

  // MARK: the part that shows

  get viewHeight() { return Math.max(0, this.grid.clientHeight - HEAD); }
  get fullHeight() { return this.rows.total * ROW; }
  get scale() {
    const view = this.viewHeight;
    return this.fullHeight > HIGHEST ? (this.fullHeight - view) / (HIGHEST - view) : 1;
  }

  scrolled() {
    const top = this.grid.scrollTop;
    if (Math.abs(top - this.#offset / this.scale) > 1.5) this.#offset = top * this.scale;
    this.draw();
  }

  wheel(event) {
    if (this.scale === 1 || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    this.scrollTo(this.#offset + event.deltaY);
  }

  scrollTo(offset) {
    this.#offset = Math.max(0, Math.min(offset, this.fullHeight - this.viewHeight));
    this.grid.scrollTop = this.#offset / this.scale;
    this.draw();
  }

  reveal(row) {
    if (row < 0) return;
    const top = row * ROW;
    if (top < this.#offset) this.scrollTo(top);
    else if (top + ROW > this.#offset + this.viewHeight) this.scrollTo(top + ROW - this.viewHeight);
    else this.draw();
  }

  stopWalk() {
    this.rows.stop();
    this.at.row = 0;
    this.scrollTo(0);
    this.grid.focus();
  }

  draw() {
    if (!this.grid.isConnected || !this.rowButtons) return;
    const { rows, grid } = this;
    if (rows.error) {
      complain(rows.error);
      rows.error = null;
    }
    if (rows.isLoaded && !this.hasLayout) {
      this.hasLayout = true;
      this.layout();
    }
    this.body.style.height = `${Math.min(this.fullHeight, HIGHEST)}px`;
    const first = Math.max(0, Math.floor(this.#offset / ROW));
    const last = Math.min(rows.total, Math.ceil((this.#offset + this.viewHeight) / ROW) + 1);
    if (this.viewHeight) rows.want(first, last - 1);
    const shift = this.scale === 1 ? 0 : grid.scrollTop - this.#offset;
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, n) => first + n);
    sync(this.body, indexes, String, () => h('div', { role: 'row', class: 'row', id: newID('row') }),
      (element, index) => this.drawRow(element, index, index * ROW + shift));
    this.tell();
  }

  drawRow(element, index, top) {
    const row = this.rows.row(index);
    const isSelected = row && this.selection.has(row.id);
    element.style.transform = `translateY(${top}px)`;
    element.index = index;
    set(element, {
      'aria-rowindex': index + 2, 'data-row': row?.id, 'data-emphasis': row?.emphasis,
      'aria-selected': this.table.selection === 'none' ? null : String(Boolean(isSelected)),
    });
    element.classList.toggle('at', index === this.at.row);
    const cells = [...(this.hasMarks ? [{ id: '', mark: true }] : []), ...this.columns, ...(this.hasActions ? [{ id: ' ', actions: true }] : [])];
    sync(element, cells, (column) => column.id, () => h('div', { role: 'gridcell', id: newID('cell') }),
      (cell, column) => drawCell(this, cell, column, row, isSelected));
    [...element.children].forEach((cell, at) => cell.classList.toggle('at', index === this.at.row && at === this.at.column));
  }

  /** What is said of the table beside it, and what the screen reader is to follow. */
  tell() {
    const { rows, grid } = this;
    const isNarrowed = rows.ask.search || Object.keys(rows.ask.filter).length;
    const parts = [word(isNarrowed ? 'found' : 'rows', count(rows.total))];
    if (this.selection.size > 1) parts.push(word('chosen', count(this.selection.size)));
    set(this.count, { textContent: rows.isLoaded || rows.total ? parts.join(' · ') : '' });
    set(this.empty, { hidden: !rows.isLoaded || rows.total > 0, textContent: word(isNarrowed ? 'nothingFound' : 'nothing') });
    this.walk.hidden = rows.walkingTo === null;
    if (!this.walk.hidden) this.walk.firstChild.textContent = word('walking', count(rows.walkingTo + 1));
    const line = this.at.row < 0 ? this.head : [...this.body.children].find((element) => element.index === this.at.row);
    const cell = line?.children[this.at.column];
    [...this.head.children].forEach((one) => one.classList.toggle('at', one === cell));
    set(grid, { 'aria-rowcount': rows.total + 1, 'aria-activedescendant': cell?.id });
    sync(this.chips, Object.entries(rows.ask.filter), ([id]) => id, () => h('button', { type: 'button', class: 'chip' }),
      (chip, [id, value]) => {
        const column = this.columns.find((one) => one.id === id);
        set(chip, { 'aria-label': `${word('unfilter')}: ${column?.title}`, onclick: () => this.filter(id, undefined) });
        chip.replaceChildren(icon('filter'), `${column?.title}: ${value}`, icon('close'));
      });
  }

  filter(column, value) {
    const { [column]: _, ...others } = this.rows.ask.filter;
    this.ask({ filter: value === undefined ? others : { ...others, [column]: value } });
  }
}
