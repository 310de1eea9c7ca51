/** The windows on the desktop: which are there, which is in front, where focus goes. */
import { reachable } from './dom.js';
import { say } from './notices.js';

const layer = document.getElementById('windows');

/** @type {typeof import('./win.js').Win} */
let Win;
/** What windows are made of comes after the desktop has been drawn, which needs none of it. */
export const ready = async () => { ({ Win } = await import('./win.js')); };

class Desk {
  /** From the back to the front. @type {Win[]} */
  stack = [];
  /** In the order of the task bar. @type {Win[]} */
  list = [];
  onChange = () => {};

  get active() {
    return this.stack.findLast((win) => !win.frame.isMinimized);
  }

  find(id) {
    return this.list.find((win) => win.id === id && !win.stale);
  }

  /** A window that the host has opened. One that waits to be opened again takes it. */
  open(json, { origin = null, source = null } = {}) {
    const known = this.find(json.id);
    if (known) {
      known.adopt(json);
      return this.front(known);
    }
    const waiting = this.expected;
    if (waiting && waiting.json.type === json.type) {
      this.expected = null;
      waiting.adopt(json);
      return this.front(waiting);
    }
    const win = new Win(json, this);
    win.origin = origin;
    win.frame.place(source, this.list.length);
    this.list.push(win);
    this.stack.push(win);
    layer.append(win.frame.root);
    win.frame.settle();
    this.front(win);
    win.body.enter();
    return win;
  }

  /** Takes a window away and gives focus to the next one, where it was. */
  drop(win) {
    if (!win) return;
    const hadFocus = win === this.active || win.frame.root.contains(document.activeElement);
    this.list = this.list.filter((other) => other !== win);
    this.stack = this.stack.filter((other) => other !== win);
    win.frame.root.remove();
    this.arrange();
    if (!hadFocus) return;
    const next = this.active;
    if (next) next.frame.focus();
    else document.querySelector('#desktop .shortcut, #taskbar button')?.focus();
  }

  /** Brings a window to the front, with those that were opened over it. */
  front(win, focus = true) {
    const modal = this.stack.findLast((other) => other.isModal);
    if (modal && !win.isModal) win = modal;
    win.frame.isMinimized = false;
    this.stack = [...this.stack.filter((other) => other !== win), win];
    this.arrange();
    if (focus) win.frame.focus();
    return win;
  }

  minimize(win) {
    win.frame.isMinimized = true;
    this.arrange();
    const next = this.active;
    if (next) next.frame.focus();
    else win.frame.taskButton?.focus();
  }

  /** The next or previous window, minimized ones too. */
  cycle(step) {
    if (!this.list.length) return;
    const at = this.list.indexOf(this.active);
    const next = this.list[(at + step + this.list.length) % this.list.length];
    this.front(next);
    say(next.json.title);
  }

  /** While a modal window is there, nothing behind it can be reached. */
  arrange() {
    const modal = this.stack.findLast((win) => win.isModal);
    this.stack.forEach((win, order) => win.frame.layer(order, win === this.active, modal && win !== modal));
    for (const id of ['desktop', 'taskbar']) document.getElementById(id).inert = Boolean(modal);
    layer.classList.toggle('modal', Boolean(modal));
    this.onChange();
  }

  refresh(registry, tab) {
    for (const win of this.list) {
      if (win.json.type === `registry:${registry}` && !win.stale) win.body.reload(tab);
    }
  }

  /** Tab never leaves a modal window. */
  trap(event) {
    const win = this.stack.findLast((other) => other.isModal);
    if (!win || event.key !== 'Tab' || document.querySelector('dialog[open]')) return;
    const all = reachable(win.frame.root);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge && win.frame.root.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  }

  closeAll() {
    for (const win of this.list) win.frame.root.remove();
    this.list = [];
    this.stack = [];
    this.arrange();
  }
}

export const desk = new Desk();
addEventListener('keydown', (event) => desk.trap(event));
addEventListener('resize', () => desk.list.forEach((win) => win.frame.applySize()));
