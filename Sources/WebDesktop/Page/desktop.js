/** The desktop itself: shortcuts, «Start», the task bar with its windows, the account and the clock. */
import { button, h, oneStop, roving, set, sync } from './dom.js';
import { badge, icon, monogram } from './icons.js';
import { desk, ready } from './desk.js';
import { perform } from './effects.js';
import { forget, remember } from './again.js';
import { closeMenu, openMenu } from './menu.js';
import { complain, notice, say } from './notices.js';
import { rpc } from './rpc.js';
import { load, locale, save, setTheme, theme } from './settings.js';
import { word } from './words.js';

const area = document.getElementById('desktop');
const bar = document.getElementById('taskbar');

/** The keys; loaded when somebody asks. */
export const help = async () => (await import('./help.js')).help();

export class Desktop {
  /** @param {{user: object, desktop: object, leave: () => void}} what */
  constructor({ user, desktop, leave }) {
    this.user = user;
    this.leave = leave;
    this.shortcuts = h('ul', { class: 'shortcuts', 'aria-label': word('shortcuts') });
    roving(this.shortcuts, () => [...this.shortcuts.querySelectorAll('button')], { vertical: true });
    set(area, { 'aria-label': word('desktop') });
    area.replaceChildren(this.shortcuts);
    this.startButton = button({
      class: 'start', 'aria-label': word('start'), 'aria-haspopup': 'menu', 'aria-expanded': 'false',
      onclick: () => this.start(),
    }, icon('start'), h('span', {}, word('start')));
    this.tasks = h('div', { class: 'tasks', role: 'toolbar', 'aria-label': word('windows') });
    roving(this.tasks, () => [...this.tasks.children]);
    this.line = h('span', { class: 'line', role: 'status' });
    this.clock = h('time', { class: 'clock' });
    this.account = button({
      class: 'account', 'aria-haspopup': 'menu', onclick: () => this.accountMenu(),
      'aria-label': `${word('account')}: ${user.displayName}`,
    }, monogram(user.id, user.displayName), h('span', { class: 'name' }, user.displayName));
    set(bar, { 'aria-label': word('taskbar') });
    bar.replaceChildren(this.startButton, this.tasks, this.line, this.account, this.clock);
    document.title = user.organization?.name ?? 'ESh';
    desk.onChange = () => {
      this.showTasks();
      remember();
    };
    this.tick();
    this.show(desktop);
    document.body.dataset.state = 'desktop';
  }

  show(desktop) {
    const before = new Map(this.desktop?.shortcuts.map((item) => [item.id, item.badge ?? 0]));
    this.desktop = desktop;
    sync(this.shortcuts, desktop.shortcuts, (item) => `${item.id}/${item.title}`, (item) => h('li', {}, button({
      class: 'shortcut', 'data-shortcut': item.id,
      onclick: (event) => this.run(event.currentTarget, 'shortcut/open', { id: item.id }),
    }, monogram(item.id, item.title), h('span', {}, item.title))), (entry, item) => {
      badge(entry.firstChild, item.title, item.badge);
      if (item.badge > before.get(item.id)) say(`${item.title}, ${word('badge', item.badge)}`);
    });
    oneStop([...this.shortcuts.querySelectorAll('button')]);
    this.showTasks();
  }

  /** Windows that the host has opened or closed by itself. */
  async refresh(changed) {
    const desktop = await rpc.call('desktop/get');
    this.show(desktop);
    if (!changed.includes('windows')) return;
    await ready();
    const known = new Set(desktop.windows.map((window) => window.id));
    for (const window of desktop.windows) {
      if (!desk.find(window.id)) desk.open(window);
    }
    for (const win of [...desk.list]) if (!win.stale && !known.has(win.id)) desk.drop(win);
  }

  async run(from, method, params) {
    set(from, { 'aria-busy': 'true' });
    try {
      // With no key: an answer from before a break would open a window that is no more.
      const [outcome] = await Promise.all([rpc.call(method, params), ready()]);
      perform(outcome, { origin: { method, params } });
    } catch (error) {
      complain(error);
    } finally {
      set(from, { 'aria-busy': null });
    }
  }

  start() {
    if (this.startButton.getAttribute('aria-expanded') === 'true') return closeMenu();
    const items = (nodes, path) => nodes.map((node) => {
      const here = [...path, node.id];
      return node.children
        ? { title: node.title, sign: icon('folder'), children: items(node.children, here) }
        : {
          title: node.title, sign: monogram(node.id, node.title), badge: node.badge,
          run: () => this.run(this.startButton, 'startMenu/open', { path: here }),
        };
    });
    set(this.startButton, { 'aria-expanded': 'true' });
    return openMenu(items(this.desktop.startMenu, []), {
      label: word('start'), at: this.startButton.getBoundingClientRect(), up: true, className: 'start-menu',
      closed: () => set(this.startButton, { 'aria-expanded': 'false' }),
    });
  }

  showTasks() {
    sync(this.tasks, desk.list, (win) => win.frame.title.id, (win) => {
      const task = button({ class: 'task' }, monogram(win.json.type, win.json.title), h('span', {}));
      win.frame.taskButton = task;
      task.onclick = () => (desk.active === win ? desk.minimize(win) : desk.front(win));
      return task;
    }, (task, win) => {
      task.lastChild.textContent = win.json.title;
      const isActive = win === desk.active;
      set(task, { 'aria-pressed': String(isActive), title: win.json.title, tabIndex: isActive ? 0 : -1 });
    });
    if (!desk.active && this.tasks.firstChild) this.tasks.firstChild.tabIndex = 0;
  }

  accountMenu() {
    const choose = (name, options, current, take) => ({
      title: word(name), sign: icon(name), children: options.map(([value, title]) => ({
        title, checked: current === value, run: () => take(value),
      })),
    });
    openMenu([
      choose('theme', ['auto', 'light', 'dark'].map((one) => [one, word(one)]), theme(), setTheme),
      choose('language', [['ru', 'Русский'], ['en', 'English']], locale(), (one) => this.speak(one)),
      { title: word('keys'), sign: icon('help'), run: help },
      { rule: true },
      { title: word('signOut'), sign: icon('leave'), run: () => this.mayLeave() && this.leave() },
    ], { label: this.user.displayName, at: this.account.getBoundingClientRect(), up: true });
  }

  mayLeave() {
    return !desk.list.some((win) => win.isDirty) || confirm(word('unsaved'));
  }

  /** The host translates for a connection: another language is another page. */
  speak(language) {
    if (language === locale() || !this.mayLeave()) return;
    save('locale', language);
    this.isLeaving = true;
    location.reload();
  }

  /** Says whether the host is there. */
  connection(isThere) {
    if (this.wasLost && isThere) notice(word('back'));
    this.wasLost = !isThere;
    set(this.line, { textContent: isThere ? '' : word('lostLine') });
    document.body.classList.toggle('offline', !isThere);
  }

  /** The time of the organization, a minute at a time. */
  tick() {
    const timeZone = this.user.organization?.timeZone;
    const now = new Date();
    // As everywhere here: 26.11.2026, 20:43.
    const show = (how) => new Intl.DateTimeFormat('ru', { timeZone, ...how }).format(now);
    this.clock.replaceChildren(h('span', {}, show({ hour: '2-digit', minute: '2-digit' })),
      h('span', { class: 'date' }, show({ day: '2-digit', month: '2-digit', year: 'numeric' })));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), 60_000 - (Date.now() % 60_000) + 20);
  }

  end() {
    clearTimeout(this.timer);
    closeMenu();
    desk.onChange = () => {};
    desk.closeAll();
    forget();
    area.replaceChildren();
    bar.replaceChildren();
    document.body.classList.remove('offline');
  }
}

/** Whether the person has seen the desktop before: the first time, the keys are told. */
export function welcome() {
  if (load('welcomed')) return;
  save('welcomed', true);
  notice(word('helpText'), { action: { label: word('keys'), run: help } });
}
