/** What stands in a window's frame: message, fields, tabs, toolbars, tables and the buttons below, in that order. */
import { button, h, newID, oneStop, roving, set, sync } from './dom.js';
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
    this.panelID = newID();
    this.textID = newID();
    const { content } = win.frame;
    content.addEventListener('keydown', (event) => this.keys(event));
    this.scroll = h('div', { class: 'scroll' });
    this.foot = h('div', { class: 'foot' });
    content.append(this.scroll, this.foot);
  }

  /** Another window of the host stands here now; its tables are searched and sorted as these were. */
  renew() {
    this.asked = new Map([...this.tables].map(([id, view]) => [id, view.rows.ask]));
    this.tables.clear();
    this.scroll.replaceChildren();
  }

  show() {
    const { json, stale, frame } = this.win;
    const fields = json.fields.filter((field) => field.tab == null && shows(json, field));
    const tabs = json.tabs.filter((tab) => tab.visible);
    const parts = [
      stale && 'stale', json.text && 'text', fields.length && 'fields', (tabs.length > 1) && 'tabs', 'panel',
    ].filter(Boolean);
    set(frame.root, { 'aria-describedby': json.text ? this.textID : null });
    sync(this.scroll, parts, (part) => part, (part) => this.make(part), (element, part) => {
      if (part === 'text' && element.textContent !== json.text) element.textContent = json.text;
      if (part === 'fields') this.fields(element, fields);
      if (part === 'tabs') this.tabs(element, tabs);
      if (part === 'panel') this.panel(element, tabs);
      if (part !== 'stale') element.inert = stale;
    });
    const below = buttons(json).foot;
    set(this.foot, { hidden: !below.length, inert: stale });
    this.buttons(this.foot, below);
  }

  make(part) {
    switch (part) {
      case 'stale': return h('div', { class: 'stale', role: 'note' }, icon('warning'), h('p', {}, word('stale')),
        button({ onclick: () => reopen(this.win) }, word('reopen')));
      case 'text': return h('p', { class: 'message', id: this.textID });
      case 'fields': return makeFields();
      case 'tabs': return this.makeTabs();
      default: return h('div', { class: 'panel', id: this.panelID });
    }
  }

  makeTabs() {
    const list = h('div', { class: 'tabs', role: 'tablist' });
    roving(list, () => [...list.children], { select: (tab) => tab.click() });
    return list;
  }

  tabs(list, tabs) {
    const current = currentTab(this.win.json);
    sync(list, tabs, (tab) => tab.id, (tab) => button({
      role: 'tab', id: newID(), 'data-tab': tab.id, 'aria-controls': this.panelID,
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
    if (part.key === 'fields') return makeFields();
    if (part.key.startsWith('title:')) return h('h3', {});
    if (part.table) return this.table(part.table).root;
    const bar = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': word('actions') });
    roving(bar, () => [...bar.children]);
    return bar;
  }

  /** @returns {TableView} */
  table(table) {
    let view = this.tables.get(table.id);
    if (!view) this.tables.set(table.id, view = new TableView(this.win, table, this.asked?.get(table.id)));
    return view;
  }

  buttons(bar, list) {
    sync(bar, list, (one) => `${one.tab ?? ''}/${one.id}`, ({ id }) => button({ 'data-button': id }),
    (element, one) => drawButton(element, one, () => this.win.press(one)));
    if (bar.role === 'toolbar') oneStop([...bar.children]);
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
    const place = content.querySelector('.field :is(input, textarea, select):not([aria-disabled], :disabled)')
      ?? (this.win.json.kind === 'dialog' ? content.querySelector('.foot button.primary, .foot button') : null)
      ?? content.querySelector('.grid');
    if (place) place.focus({ preventScroll: true });
    else this.win.frame.focus();
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

/** A form, as browsers and keepers of passwords want it; it is never submitted. */
const makeFields = () => h('form', { class: 'fields', autocomplete: 'off', onsubmit: (event) => event.preventDefault() });

/** Shows a button. A disabled one stays reachable, so that it can say why. */
export function drawButton(element, { label, style, enabled, why }, run) {
  set(element, {
    class: style === 'default' ? '' : style, onclick: run, textContent: label, 'aria-disabled': enabled ? null : 'true',
    'data-why': enabled ? null : why, 'aria-description': enabled ? null : why,
  });
}
