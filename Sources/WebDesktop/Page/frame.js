/** A window's frame: title bar, moving and resizing by mouse and keyboard, the sign that it works. */
import { button, h, newID, reachable, set } from './dom.js';
import { icon, monogram, signButton } from './icons.js';
import { openMenu } from './menu.js';
import { load, save } from './settings.js';
import { say } from './notices.js';
import { word } from './words.js';
import { area, drag, freeSpace, sizeOf } from './geometry.js';

export class Frame {
  isMinimized = false;
  isMaximized = false;
  /** Cancels what the window waits for; null when it waits for nothing. */
  cancel = null;
  #lastFocus = null;

  constructor(win) {
    this.win = win;
    const { kind, type } = win.json;
    this.sign = h('span', { class: 'sign-place' });
    this.title = h('h2', { id: newID() });
    const control = (name, run) => signButton(name, word(name), run, { class: `sign ${name}` });
    this.maxButton = control('maximize', () => this.maximize());
    this.bar = h('header', { class: 'title-bar' }, this.sign, this.title,
      control('minimize', () => win.desk.minimize(win)), this.maxButton, control('close', () => win.close()));
    this.bar.ondblclick = (event) => event.target.closest('button') || this.maximize();
    this.bar.oncontextmenu = (event) => { event.preventDefault(); this.menu(); };
    this.meter = h('progress', { max: 100, 'aria-label': word('working') });
    this.doing = h('span', {});
    this.status = h('div', { class: 'busy', hidden: true }, this.meter, this.doing,
      button({ class: 'quiet', onclick: () => this.cancel?.() }, word('cancel')));
    this.content = h('div', { class: 'content' });
    this.root = h('section', {
      class: `window ${kind}`, role: 'dialog', 'aria-labelledby': this.title.id, tabIndex: -1,
      'aria-modal': win.isModal ? 'true' : null, 'data-kind': kind, 'data-type': type,
    }, this.bar, this.status, this.content);
    const toFront = () => win.desk.active === win || win.desk.front(win, false);
    this.root.addEventListener('pointerdown', toFront);
    this.root.addEventListener('focusin', (event) => {
      this.#lastFocus = event.target;
      // Tab may have come here from another window: what has focus is to be seen.
      toFront();
    });
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

  /** Places a new window: as large as windows of its type were last, beside the others. */
  place(source, order) {
    const { win } = this;
    this.size = { ...sizeOf(win.json), ...(!win.isModal && load(`window.${win.json.type}`)) };
    Object.assign(this.size, freeSpace(this.size, source?.frame.size, win.isModal ? null : order));
    this.applySize();
  }

  applySize() {
    const { size, root: { style }, isMaximized: whole } = this;
    const room = area();
    const px = (name, most) => { style[name] = `${Math.min(size[name === 'left' ? 'x' : name === 'top' ? 'y' : name], most)}px`; };
    px('left', room.width - 80);
    px('top', room.height - 40);
    px('width', room.width - 16);
    px('height', room.height - 16);
    if (!size.height) style.height = '';
    if (whole) Object.assign(style, { left: 0, top: 0, width: '100%', height: '100%' });
    this.root.classList.toggle('maximized', whole);
  }

  /** A window as high as its content stands where all of it can be seen. */
  settle() {
    const high = this.root.offsetHeight;
    const hasGrown = high > (this.high ?? 0);
    this.high = high;
    const room = area().height - high - 8;
    if (!hasGrown || this.size.y <= room) return;
    this.size.y = Math.max(0, room);
    this.applySize();
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
    set(this.root, { hidden: this.isMinimized, inert: Boolean(isInert) });
    this.root.classList.toggle('active', isActive);
  }

  /** Focus goes to what is marked as wrong, to where it was, or to the first thing in the content. */
  focus() {
    const { root, content } = this;
    if (root.contains(document.activeElement)) return;
    const last = content.querySelector('[aria-invalid="true"]') ?? this.#lastFocus;
    const isThere = last?.isConnected && last !== root && last.getClientRects().length;
    (isThere ? last : reachable(content)[0] ?? root).focus({ preventScroll: true });
  }

  /** The window's menu: all that the mouse does to a window. */
  menu() {
    const { win, isMaximized } = this;
    const item = (name, run, more) => ({ title: word(name), run, ...more });
    openMenu([
      ...(win.isModal ? [] : [item(isMaximized ? 'restore' : 'maximize', () => this.maximize()),
        item('minimize', () => win.desk.minimize(win))]),
      item('move', () => this.byKeys('moving', 'x', 'y', 0), { disabled: isMaximized }),
      item('resize', () => this.byKeys('sizing', 'width', 'height', 280), { disabled: isMaximized }),
      { rule: true }, item('close', () => win.close()),
    ], { label: word('windowMenu'), at: this.bar.getBoundingClientRect() });
  }

  /** Arrow keys move the window or change its size until Enter or Escape. */
  byKeys(how, across, down, least) {
    const { root, size } = this;
    say(word(how), { urgent: true });
    root.classList.add('by-keys');
    root.focus();
    if (down === 'height') size.height ||= root.offsetHeight;
    const step = (event) => {
      event.preventDefault();
      event.stopPropagation();
      const [name, by] = {
        ArrowLeft: [across, -16], ArrowRight: [across, 16], ArrowUp: [down, -16], ArrowDown: [down, 16],
      }[event.key] ?? [];
      if (name) {
        size[name] = Math.max(least, size[name] + by);
        this.applySize();
      } else if (['Enter', 'Escape', 'Tab'].includes(event.key)) {
        root.removeEventListener('keydown', step, true);
        root.classList.remove('by-keys');
        this.keepSize();
        reachable(this.content)[0]?.focus();
      }
    };
    root.addEventListener('keydown', step, true);
  }

  /** A line that moves while the window works, and a way out when it takes longer. */
  showBusy() {
    clearTimeout(this.timer);
    const isBusy = this.win.busy > 0;
    set(this.content, { 'aria-busy': isBusy ? 'true' : null });
    if (isBusy) this.timer = setTimeout(() => this.progress({}), 200);
    else this.status.hidden = true;
  }

  /** @param {{message?: string, percent?: number}} value */
  progress({ message, percent }) {
    clearTimeout(this.timer);
    this.status.hidden = false;
    if (percent == null) this.meter.removeAttribute('value');
    else this.meter.value = percent;
    this.doing.textContent = `${message || word('working')}${percent == null ? '' : ` ${percent} %`}`;
  }
}
