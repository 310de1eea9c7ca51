/** A window's frame: title bar, moving and resizing by mouse and keyboard, the sign that it works. */
import { h, newID, reachable, set, sync } from './dom.js';
import { icon, monogram } from './icons.js';
import { openMenu } from './menu.js';
import { load, save } from './settings.js';
import { say } from './notices.js';
import { word } from './words.js';
import { drag, freeSpace, sizeOf } from './geometry.js';

export class Frame {
  isMinimized = false;
  isMaximized = false;
  /** Cancels what the window waits for; null when it waits for nothing. */
  cancel = null;
  #lastFocus = null;

  constructor(win) {
    this.win = win;
    const title = newID('title');
    this.sign = h('span', { class: 'sign-place' });
    this.title = h('h2', { id: title });
    const control = (name, run) => h('button', {
      type: 'button', class: `sign ${name}`, 'aria-label': word(name), title: word(name), onclick: run,
    }, icon(name));
    this.maxButton = control('maximize', () => this.maximize());
    this.bar = h('header', { class: 'title-bar' }, this.sign, this.title,
      control('minimize', () => win.desk.minimize(win)), this.maxButton, control('close', () => win.close()));
    this.bar.ondblclick = (event) => event.target.closest('button') || this.maximize();
    this.bar.oncontextmenu = (event) => {
      event.preventDefault();
      this.menu();
    };
    this.status = h('div', { class: 'busy', hidden: true });
    this.content = h('div', { class: 'content' });
    this.root = h('section', {
      class: `window ${win.json.kind}`, role: 'dialog', 'aria-labelledby': title, tabIndex: -1,
      'aria-modal': win.isModal ? 'true' : null, 'data-kind': win.json.kind, 'data-type': win.json.type,
    }, this.bar, this.status, this.content);
    this.root.addEventListener('pointerdown', () => win.desk.active === win || win.desk.front(win, false));
    this.root.addEventListener('focusin', (event) => { this.#lastFocus = event.target; });
    drag(this);
  }

  show() {
    const { title, level, id, type } = this.win.json;
    if (this.title.textContent !== title) {
      this.title.textContent = title;
      this.sign.replaceChildren(level ? icon(level) : monogram(type, title));
    }
    set(this.root, { 'data-window': id, 'data-level': level, 'data-stale': this.win.stale });
  }

  /** Places a new window: where windows of its type were last, or beside the others. */
  place(source, order) {
    this.size = sizeOf(this.win.json);
    const known = this.win.isModal ? null : load(`window.${this.win.json.type}`);
    if (known) Object.assign(this.size, { width: known.width, height: known.height });
    Object.assign(this.size, freeSpace(this.size, source?.frame.size, this.win.isModal ? null : order));
    this.applySize();
  }

  applySize() {
    const { x, y, width, height } = this.size;
    const style = this.root.style;
    const whole = this.isMaximized;
    style.left = whole ? '0' : `${x}px`;
    style.top = whole ? '0' : `${y}px`;
    style.width = whole ? '100%' : `${width}px`;
    style.height = whole ? '100%' : height ? `${height}px` : '';
    this.root.classList.toggle('maximized', whole);
  }

  keepSize() {
    const { width, height } = this.size;
    if (!this.win.isModal) save(`window.${this.win.json.type}`, { width, height });
  }

  maximize() {
    if (this.win.isModal) return;
    this.isMaximized = !this.isMaximized;
    const name = this.isMaximized ? 'restore' : 'maximize';
    this.maxButton.replaceChildren(icon(name));
    set(this.maxButton, { 'aria-label': word(name), title: word(name) });
    this.applySize();
  }

  layer(order, isActive, isInert) {
    this.root.style.zIndex = order + 1;
    this.root.hidden = this.isMinimized;
    this.root.inert = Boolean(isInert);
    this.root.classList.toggle('active', isActive);
  }

  /** Focus goes where it was in this window, or to the first thing in its content. */
  focus() {
    if (this.root.contains(document.activeElement)) return;
    const last = this.#lastFocus;
    const place = last?.isConnected && last !== this.root && last.getClientRects().length ? last : this.first();
    (place ?? this.root).focus({ preventScroll: true });
  }

  first() {
    return this.content.querySelector('[data-first]') ?? reachable(this.content)[0];
  }

  /** The window's menu: all that the mouse does to a window. */
  menu() {
    const { win } = this;
    const by = (how) => ({ title: word(how), run: () => this.byKeys(how), disabled: this.isMaximized });
    openMenu([
      ...(win.isModal ? [] : [
        { title: word(this.isMaximized ? 'restore' : 'maximize'), run: () => this.maximize() },
        { title: word('minimize'), run: () => win.desk.minimize(win) }]),
      by('move'), by('resize'), { rule: true }, { title: word('close'), run: () => win.close() },
    ], { label: word('windowMenu'), at: this.bar.getBoundingClientRect() });
  }

  /** Arrow keys move the window or change its size until Enter or Escape. */
  byKeys(how) {
    say(word(how === 'move' ? 'moving' : 'sizing'), { urgent: true });
    this.root.classList.add('by-keys');
    this.root.focus();
    if (!this.size.height && how === 'resize') this.size.height = this.root.offsetHeight;
    const step = (event) => {
      event.preventDefault();
      event.stopPropagation();
      const by = { ArrowLeft: [-16, 0], ArrowRight: [16, 0], ArrowUp: [0, -16], ArrowDown: [0, 16] }[event.key];
      if (by) {
        const [a, b] = how === 'move' ? ['x', 'y'] : ['width', 'height'];
        this.size[a] = Math.max(how === 'move' ? 0 : 240, this.size[a] + by[0]);
        this.size[b] = Math.max(how === 'move' ? 0 : 120, this.size[b] + by[1]);
        this.applySize();
      } else if (['Enter', 'Escape', 'Tab'].includes(event.key)) {
        this.root.removeEventListener('keydown', step, true);
        this.root.classList.remove('by-keys');
        this.keepSize();
        this.first()?.focus();
      }
    };
    this.root.addEventListener('keydown', step, true);
  }

  /** A line that moves while the window works; a word and a way out when it takes longer. */
  showBusy() {
    clearTimeout(this.busyTimer);
    const isBusy = this.win.busy > 0;
    set(this.content, { 'aria-busy': isBusy ? 'true' : null });
    if (!isBusy) this.status.hidden = true;
    else this.busyTimer = setTimeout(() => this.progress({ message: '' }), 200);
  }

  /** @param {{message?: string, percent?: number}} value */
  progress({ message, percent }) {
    this.status.hidden = false;
    const text = message || word('working');
    sync(this.status, ['bar', 'text', 'stop'], (name) => name, (name) => ({
      bar: () => h('progress', { 'aria-label': word('working') }),
      text: () => h('span', {}),
      stop: () => h('button', { type: 'button', class: 'quiet', onclick: () => this.cancel?.() }, word('cancel')),
    })[name](), (element, name) => {
      if (name === 'bar' && percent == null) element.removeAttribute('value');
      else if (name === 'bar') set(element, { max: 100, value: percent });
      if (name === 'text') element.textContent = percent == null ? text : `${text} ${percent} %`;
    });
  }
}
