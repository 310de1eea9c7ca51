/** One window of the host on this desktop: its description, its frame, and what a person does in it. */
import { apply } from './model.js';
import { rpc } from './rpc.js';
import { complain, notice } from './notices.js';
import { Frame } from './frame.js';
import { Body } from './body.js';
import { perform } from './effects.js';
import { word } from './words.js';

export class Win {
  /** Requests without an answer. */
  busy = 0;
  /** Values that the person typed, by field: what a window opened anew gets again. */
  typed = {};
  /** Cells of a form's tables that the person changed, by table and row: {table, row, values}. */
  edited = new Map();
  /** The host does not know this window any more. */
  stale = false;
  /** How to open it again: {method, params} from the desktop, or {from, button, row, rows} from another window. */
  origin = null;

  constructor(json, desk) {
    this.json = json;
    this.desk = desk;
    this.frame = new Frame(this);
    this.body = new Body(this);
    this.show();
  }

  get id() { return this.json.id; }
  get isModal() { return this.json.modal || this.json.kind === 'dialog' || this.json.kind === 'picker'; }

  /** Draws what changed. */
  show() {
    this.frame.show();
    this.body.show();
    if (this.frame.root.isConnected) this.frame.settle();
  }

  /** Takes news of the host. What was added stands in its place only in the whole window. */
  update(changed, revision) {
    this.json.revision = revision ?? this.json.revision;
    if (apply(this.json, changed)) this.refetch();
    this.show();
  }

  async refetch() {
    try {
      this.json = await rpc.call('window/get', { window: this.id });
      this.show();
    } catch { /* closed meanwhile */ }
  }

  /** Stands for a window that the host has opened in this one's place. */
  adopt(json) {
    this.json = json;
    this.stale = false;
    this.body.renew();
    this.show();
  }

  set(values, how) {
    Object.assign(this.typed, values);
    return this.act('window/set', { values }, how);
  }

  select(params) {
    return this.act('window/select', params, { quiet: true });
  }

  edit(table, row, values) {
    // Those of a registry are saved at once, those of a form by its button.
    if (this.json.kind === 'form') {
      const key = `${table}/${row}`;
      this.edited.set(key, { table, row, values: { ...this.edited.get(key)?.values, ...values } });
    }
    return this.act('window/edit', { table, row, values }, { change: true });
  }

  /** @param {object} button  @param {string} [row] */
  press(button, row) {
    if (!button.enabled) return notice(button.why || button.label, { level: 'warning' });
    this.body.flush();
    const rows = this.json.tables.find((table) => table.id === button.table)?.selected;
    const origin = { from: this, button: button.id, row, rows, table: button.table };
    return this.act('window/press', { button: button.id, ...(row && { row }) },
      { change: true, origin, label: button.label }).then((outcome) => {
      // A question before it is saved, or a mark, is no saving.
      const asks = outcome?.effects?.some((effect) => effect.type === 'openWindow');
      const isSaved = outcome && !asks && button.style === 'primary' && !this.json.fields.some((field) => field.error);
      if (!isSaved) return;
      this.typed = {};
      this.edited.clear();
    });
  }

  /** Closing a dialog is its refusal; the host decides what follows. */
  close() {
    if (this.stale) return this.desk.drop(this);
    return this.act('window/close', {}, {});
  }

  /**
   * Asks the host, shows that it works, and applies what it says.
   * @param {{change?: boolean, origin?: object, quiet?: boolean, label?: string}} how
   */
  async act(method, params, { change = false, origin = null, quiet = false, label = '' } = {}) {
    if (this.stale) return undefined;
    if (!quiet) this.work(1);
    let cancel;
    try {
      const outcome = await rpc.call(method, { window: this.id, ...params }, {
        change,
        started: (stop) => { cancel = stop; this.frame.cancel = stop; },
        progress: quiet ? undefined : (value) => this.frame.progress(value),
      });
      if (this.stale) return this.late(outcome, label);
      perform(outcome, { origin, source: this });
      return outcome;
    } catch (error) {
      this.failed(error, method, label);
      return undefined;
    } finally {
      if (!quiet) this.work(-1);
      if (this.frame.cancel === cancel) this.frame.cancel = null;
    }
  }

  /** An answer that came over a new connection: it was done, and the windows that it speaks of are gone. */
  late(outcome, label) {
    notice(word('doneAnyway', `${this.json.title}: ${label}`));
    for (const effect of outcome.effects ?? []) {
      if (effect.type === 'closeWindow') this.desk.drop(this.desk.list.find((win) => win.stale && win.id === effect.id));
      if (effect.type === 'openWindow' && effect.window.text) notice(effect.window.text, { level: effect.window.level });
      if (effect.type === 'openURL') perform({ effects: [effect] });
    }
  }

  failed(error, method, label) {
    if (error.code === -32801) this.refetch();
    if (error.code === -32004 && error.data.what === 'window' && this.stale) {
      return notice(word('notDone', `${this.json.title}: ${label}`), { level: 'warning' });
    }
    if (error.code === -32004 && error.data.what === 'window') return this.desk.drop(this);
    if (method === 'window/select' && error.code === -32004) return this.body.reload();
    return complain(error);
  }

  work(step) {
    this.busy += step;
    this.frame.showBusy();
  }

  /** Whether something was typed that no button has saved yet. */
  get isDirty() {
    return this.json.kind === 'form' && Object.keys(this.typed).length + this.edited.size > 0;
  }
}
