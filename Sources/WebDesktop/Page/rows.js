/**
 * The rows of a table, fetched page by page as they are needed. Pages hang on keyset cursors: one is reached from the
 * page before, so a far jump walks there once and remembers the way. Sorted by one heading, the end is reached from
 * the other side.
 */

export const PAGE = 200;
/** Pages that are kept; the way to all others is. */
const KEPT = 24;

/** One direction through the table: cursors by page, and the pages that are kept. */
class Way {
  cursors = new Map([[0, null]]);
  pages = new Map();
  /** What was there before a reload, shown until the new rows come. */
  old = new Map();

  row(index) {
    const page = Math.floor(index / PAGE);
    return (this.pages.get(page) ?? this.old.get(page))?.[index % PAGE];
  }

  nearest(page) {
    let known = page;
    while (!this.cursors.has(known)) known -= 1;
    return known;
  }

  keep(page, rows) {
    this.old.delete(page);
    this.pages.set(page, rows);
    if (this.pages.size > KEPT) this.pages.delete(this.pages.keys().next().value);
  }

  stale() {
    for (const [page, rows] of this.pages) this.old.set(page, rows);
    this.pages.clear();
  }
}

export class Rows {
  total = 0;
  /** What is asked for: {search, filter, sort}. */
  ask = { search: '', filter: {}, sort: [] };
  isLoaded = false;
  /** The row that a walk goes to; null when there is none. */
  walkingTo = null;
  error = null;
  #ways = { forth: new Way(), back: new Way() };
  #wanted = [0, 0];
  #generation = 0;
  #isRunning = false;
  /** Nothing is asked for after an error, until somebody asks anew. */
  #hasFailed = false;

  /**
   * @param {(params: object) => Promise<{rows: object[], total: number, next: string|null}>} query
   * @param {() => void} changed  called when rows have come
   */
  constructor(query, changed) {
    this.query = query;
    this.changed = changed;
  }

  row(index) {
    return this.#ways.forth.row(index) ?? this.#ways.back.row(this.total - 1 - index);
  }

  /** Asks for something else: from the first row on. */
  renew(ask) {
    Object.assign(this.ask, ask);
    this.#ways = { forth: new Way(), back: new Way() };
    this.#wanted = [0, 0];
    this.reload();
  }

  /** Fetches again what shows; the ways stay, since cursors name places, not numbers. */
  reload() {
    this.#generation += 1;
    this.#hasFailed = false;
    this.#ways.forth.stale();
    this.#ways.back = new Way();
    this.isLoaded = false;
    this.#run();
  }

  /** Says which rows show now. */
  want(first, last) {
    this.#wanted = [first, last];
    this.#run();
  }

  stop() {
    this.#wanted = [0, 0];
    this.walkingTo = null;
  }

  async #run() {
    if (this.#isRunning || this.#hasFailed) return;
    this.#isRunning = true;
    try {
      for (let step = this.#next(); step; step = this.#next()) {
        await this.#fetch(step);
        this.changed();
      }
    } catch (error) {
      this.error = error;
      this.#hasFailed = true;
      this.changed();
    } finally {
      this.#isRunning = false;
      this.walkingTo = null;
    }
  }

  /** What to fetch next; null when all that shows is there. */
  #next() {
    const { forth, back } = this.#ways;
    if (!this.isLoaded) return this.#step(forth, forth.nearest(Math.floor(this.#wanted[0] / PAGE)));
    const last = Math.min(this.#wanted[1], this.total - 1);
    for (let index = Math.max(0, this.#wanted[0]); index <= last; index = (Math.floor(index / PAGE) + 1) * PAGE) {
      const page = Math.floor(index / PAGE);
      if (forth.pages.has(page)) continue;
      const near = this.#step(forth, page);
      if (this.ask.sort.length !== 1) return near;
      const ends = [index, Math.min(last, index - (index % PAGE) + PAGE - 1)].map((at) => this.total - 1 - at);
      const missing = ends.find((end) => !back.pages.has(Math.floor(end / PAGE)));
      if (missing === undefined) continue;
      const other = this.#step(back, Math.floor(missing / PAGE));
      return other.page + 1 - other.from < page + 1 - near.from ? other : near;
    }
    return null;
  }

  #step(way, page) {
    return { way, page, from: way.nearest(page) };
  }

  async #fetch({ way, page, from }) {
    const generation = this.#generation;
    const { search, filter, sort } = this.ask;
    const isBack = way === this.#ways.back;
    const order = isBack ? sort.map(({ column, descending }) => ({ column, descending: !descending })) : sort;
    const after = way.cursors.get(from);
    // On a long way two pages at once, the most that the host gives.
    const pages = page - from > 1 ? 2 : 1;
    if (page - from > 2) this.walkingTo = this.#wanted[0];
    const answer = await this.query({
      limit: PAGE * pages, ...(search && { search }), ...(Object.keys(filter).length && { filter }),
      ...(order.length && { sort: order }), ...(after && { after }),
    });
    if (generation !== this.#generation) return;
    this.error = null;
    this.isLoaded = true;
    this.total = answer.total;
    for (let n = 0; n < pages; n += 1) way.keep(from + n, answer.rows.slice(n * PAGE, (n + 1) * PAGE));
    if (answer.next) way.cursors.set(from + pages, answer.next);
    else if (!isBack) this.total = from * PAGE + answer.rows.length;
    // Somebody took rows away meanwhile: the page that was wanted is no more.
    if (!answer.next && page > from) this.#wanted = [0, 0];
  }
}
