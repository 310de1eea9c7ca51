/** Where a table is scrolled to, and which of its rows that shows. */

/** Browsers end at some ten million pixels: longer tables scroll by ratio. */
const HIGHEST = 8_000_000;
/** Heights in pixels. */
export const ROW = matchMedia('(pointer: coarse)').matches ? 44 : 34;
const HEAD = 36;

export class Scroll {
  /** Pixels of the table above those that show. */
  #offset = 0;

  /** @param {import('./table.js').TableView} view */
  constructor(view) {
    this.view = view;
    this.grid = view.grid;
    view.style('row', ROW);
    view.style('head', HEAD);
    this.grid.onscroll = () => this.#scrolled();
    this.grid.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  get viewHeight() { return Math.max(0, this.grid.clientHeight - HEAD); }
  get #fullHeight() { return this.view.rows.total * ROW; }
  /** Pixels of the table for one of the scroll bar. */
  get #scale() {
    const view = this.viewHeight;
    return this.#fullHeight > HIGHEST ? (this.#fullHeight - view) / (HIGHEST - view) : 1;
  }

  #scrolled() {
    const top = this.grid.scrollTop;
    if (Math.abs(top - this.#offset / this.#scale) > 1.5) this.#offset = top * this.#scale;
    this.view.draw();
  }

  #wheel(event) {
    if (this.#scale === 1 || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    this.to(this.#offset + event.deltaY);
  }

  to(offset) {
    this.#offset = Math.max(0, Math.min(offset, this.#fullHeight - this.viewHeight));
    this.grid.scrollTop = this.#offset / this.#scale;
    this.view.draw();
  }

  reveal(row) {
    const over = row * ROW - this.#offset;
    const under = over + ROW - this.viewHeight;
    this.to(this.#offset + (row < 0 ? 0 : Math.min(over, 0) || Math.max(under, 0)));
  }

  /** Rows from `first` to before `last` show, moved by `shift` pixels in a body of that height. */
  sight() {
    return {
      first: Math.floor(this.#offset / ROW),
      last: Math.min(this.view.rows.total, Math.ceil((this.#offset + this.viewHeight) / ROW) + 1),
      shift: this.#scale === 1 ? 0 : this.grid.scrollTop - this.#offset, height: Math.min(this.#fullHeight, HIGHEST),
    };
  }
}
