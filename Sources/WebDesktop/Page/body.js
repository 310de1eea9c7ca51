/** What stands in a window's frame: message, fields, tabs, toolbars, tables and the buttons below, in that order. */
import { h, newID, roving, set, sync } from './dom.js';
import { icon } from './icons.js';
import { buttons, currentTab, mainButton, shows } from './model.js';
import { FieldView } from './field.js';
import { TableView } from './table.js';
import { reopen } from './again.js';
import { word } from './words.js';

export class Body {
  /** Tables keep their rows and places while another tab shows. @type {Map<string, TableView>} */
  tables = new Map();

  constructor(win) {
    this.win = win;
    this.panelID = newID('panel');
    this.textID = newID('text');
    win.frame.content.addEventListener('keydown', (event) => this.keys(event));
  }

  /** Another window of the host stands here now. */
  renew() {
    this.tables.clear();
    this.win.frame.content.replaceChildren();
  }

  show() {
    const { json, stale, frame } = this.win;
    const fields = json.fields.filter((field) => field.tab == null && shows(json, field));
    const tabs = json.tabs.filter((tab) => tab.visible);
    const parts = [
      stale && 'stale', json.text && 'text', fields.length && 'fields', (tabs.length > 1) && 'tabs', 'panel', 'foot',
    ].filter(Boolean);
    set(frame.root, { 'aria-describedby': json.text ? this.textID : null });
    sync(frame.content, parts, (part) => part, (part) => this.make(part), (element, part) => {
      if (part === 'text' && element.textContent !== json.text) element.textContent = json.text;
      if (part === 'fields') this.fields(element, fields);
      if (part === 'tabs') this.tabs(element, tabs);
      if (part === 'panel') this.panel(element, tabs);
      if (part === 'foot') this.foot(element);
      if (part !== 'stale') element.inert = stale;
    });
  }

  make(part) {
    switch (part) {
      case 'stale': return h('div', { class: 'stale', role: 'note' }, icon('warning'), h('p', {}, word('stale')),
        h('button', { type: 'button', onclick: () => reopen(this.win) }, word('reopen')));
      case 'text': return h('p', { class: 'message', id: this.textID });
      case 'fields': return h('div', { class: 'fields' });
      case 'tabs': return this.makeTabs();
      case 'panel': return h('div', { class: 'panel', id: this.panelID });
      default: return h('div', { class: 'foot' });
    }
  }

  makeTabs() {
    const list = h('div', { class: 'tabs', role: 'tablist' });
    roving(list, () => [...list.children], { select: (tab) => tab.click() });
    return list;
  }

  tabs(list, tabs) {
    const current = currentTab(this.win.json);
    sync(list, tabs, (tab) => tab.id, (tab) => h('button', {
      type: 'button', role: 'tab', id: newID('tab'), 'data-tab': tab.id, 'aria-controls': this.panelID,
      onclick: () => this.win.select({ tab: tab.id }),
    }), (element, tab) => {
      const isCurrent = tab.id === current;
      set(element, { 'aria-selected': String(isCurrent), tabIndex: isCurrent ? 0 : -1, textContent: tab.title });
      if (isCurrent) this.tabElement = element;
    });
  }

  panel(panel, tabs) {
    const { json } = this.win;
    const layout = buttons(json);
    const fields = json.fields.filter((field) => field.tab != null && shows(json, field));
    const tables = json.tables.filter((table) => shows(json, table));
    const isRegistry = json.kind === 'registry';
    const parts = [
      !isRegistry && fields.length && { key: 'fields' },
      layout.tab.length && { key: 'toolbar:', buttons: layout.tab },
      ...tables.flatMap((table) => [
        table.title && { key: `title:${table.id}`, table },
        layout.table(table.id).length && { key: `toolbar:${table.id}`, buttons: layout.table(table.id) },
        isRegistry && table === tables[0] && fields.length && { key: 'fields' },
        { key: `table:${table.id}`, table }]),
      isRegistry && !tables.length && fields.length && { key: 'fields' },
    ].filter(Boolean);
    const labelled = tabs.length > 1;
    set(panel, { role: labelled ? 'tabpanel' : null, 'aria-labelledby': labelled ? this.tabElement?.id : null });
    panel.classList.toggle('empty', !parts.length);
    sync(panel, parts, (part) => part.key, (part) => this.makePart(part), (element, part) => {
      if (part.key === 'fields') this.fields(element, fields);
      else if (part.buttons) this.buttons(element, part.buttons);
      else if (part.key.startsWith('title:')) element.textContent = part.table.title;
      else this.table(part.table).show(part.table, layout.row(part.table));
    });
  }

  makePart(part) {
    if (part.key === 'fields') return h('div', { class: 'fields' });
    if (part.key.startsWith('title:')) return h('h3', {});
    if (part.table) return this.table(part.table).root;
    const bar = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': word('actions') });
    roving(bar, () => [...bar.children]);
    return bar;
  }

  /** @returns {TableView} */
  table(table) {
    let view = this.tables.get(table.id);
    if (!view) this.tables.set(table.id, view = new TableView(this.win, table));
    return view;
  }

  buttons(bar, list) {
    sync(bar, list, (button) => `${button.tab ?? ''}/${button.id}`, (button) => h('button', {
      type: 'button', 'data-button': button.id,
    }), (element, button) => drawButton(element, button, () => this.win.press(button)));
    const focusable = [...bar.children].some((child) => child.tabIndex === 0);
    if (bar.role === 'toolbar') {
      [...bar.children].forEach((child, at) => { if (!focusable || child.tabIndex !== 0) child.tabIndex = focusable || at ? -1 : 0; });
    }
  }

  foot(foot) {
    const list = buttons(this.win.json).foot;
    foot.hidden = !list.length;
    this.buttons(foot, list);
  }

  fields(element, fields) {
    sync(element, fields, (field) => `${field.id}:${field.type}`, (field) => {
      const view = new FieldView(this.win, field);
      view.root.view = view;
      return view.root;
    }, (root, field) => root.view.show(field));
  }

  /** Where focus starts: what has to be filled in, the rows, or the button that closes. */
  enter() {
    const { content } = this.win.frame;
    const place = content.querySelector('.field :is(input, textarea, select):not([readonly], :disabled)')
      ?? (this.win.json.kind === 'dialog' ? content.querySelector('.foot button.primary, .foot button') : null)
      ?? content.querySelector('.grid') ?? this.win.frame.first();
    (place ?? this.win.frame.root).focus({ preventScroll: true });
  }

  reload(tab) {
    for (const view of this.tables.values()) {
      if (tab === undefined || view.table.tab === tab) view.reload();
    }
  }

  /** What was selected is told before a button is pressed. */
  flush() {
    for (const view of this.tables.values()) view.selection.flush();
  }

  keys(event) {
    if (event.key !== 'Enter' || event.defaultPrevented || !event.target.matches('input:not([type="search"])')) return;
    if (!event.target.closest('.fields')) return;
    const main = mainButton(this.win.json);
    if (!main) return;
    event.preventDefault();
    event.target.closest('.field').view.commit();
    this.win.press(main);
  }
}

/** Shows a button. A disabled one stays reachable, so that it can say why. */
export function drawButton(element, button, run) {
  set(element, {
    class: button.style === 'default' ? '' : button.style, onclick: run, textContent: button.label,
    'aria-disabled': button.enabled ? null : 'true', 'data-why': button.enabled ? null : button.why,
    'aria-description': button.enabled ? null : button.why,
  });
}
