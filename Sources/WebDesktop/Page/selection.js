/** Which rows of a table are selected: shown at once, told to the host, and the host has the last word. */
import { notice } from './notices.js';
import { word } from './words.js';

/** The host takes no more. */
const MOST = 500;

export class Selection {
  #ids = new Set();
  #timer = 0;
  #sending = 0;
  /** Where a range begins. */
  anchor = 0;

  constructor(view) { this.view = view; }

  get size() { return this.#ids.size; }
  has(id) { return this.#ids.has(id); }
  get mode() { return this.view.table.selection; }

  /** The host's word, unless the person has chosen otherwise meanwhile. */
  take(ids) {
    if (!this.#timer && !this.#sending) this.#ids = new Set(ids);
  }

  only(index, { later = false } = {}) {
    const row = this.view.rows.row(index);
    if (!row || this.mode === 'none') return;
    this.anchor = index;
    if (this.#ids.size === 1 && this.#ids.has(row.id)) return;
    this.#change(new Set([row.id]), later);
  }

  toggle(index) {
    const row = this.view.rows.row(index);
    if (!row || this.mode === 'none') return;
    const ids = new Set(this.mode === 'multiple' ? this.#ids : [...this.#ids].filter((id) => id === row.id));
    if (!ids.delete(row.id)) ids.add(row.id);
    this.anchor = index;
    this.#change(ids);
  }

  /** All from the anchor to here; rows that have not come yet are left out. */
  range(index, { later = false } = {}) {
    if (this.mode !== 'multiple') return this.only(index, { later });
    const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    const ids = new Set();
    for (let at = from; at <= to && ids.size <= MOST; at += 1) {
      const row = this.view.rows.row(at);
      if (row) ids.add(row.id);
    }
    return this.#change(ids, later);
  }

  all() {
    if (this.mode !== 'multiple') return;
    this.anchor = 0;
    this.range(Math.min(this.view.rows.total, MOST + 1) - 1);
  }

  #change(ids, later = false) {
    if (ids.size > MOST) {
      notice(word('tooMany'), { level: 'warning' });
      ids = new Set([...ids].slice(0, MOST));
    }
    this.#ids = ids;
    this.view.draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), later ? 120 : 0);
  }

  /** Tells the host now. A press comes after its selection. */
  async flush() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#sending += 1;
    await this.view.win.select({ table: this.view.table.id, rows: [...this.#ids] });
    this.#sending -= 1;
    const known = this.view.win.json.tables.find((table) => table.id === this.view.table.id);
    if (known) this.take(known.selected);
    this.view.draw();
  }
}
