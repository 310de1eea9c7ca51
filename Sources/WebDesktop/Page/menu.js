/** Menus with submenus: «Start», the window's, a row's, the account's. Arrow keys, Escape and typing work in all. */
import { button as makeButton, h } from './dom.js';
import { badge, icon } from './icons.js';

/** @typedef {{title: string, sign?: Node, run?: () => void, children?: Item[], checked?: boolean, why?: string,
 *   badge?: number, disabled?: boolean, rule?: boolean, danger?: boolean}} Item */

let closeCurrent = () => {};

/** Closes the open menu, if there is one. */
export const closeMenu = () => closeCurrent();

/**
 * Opens a menu. Focus goes into it and, when it closes with nothing chosen, back to where it was.
 * @param {Item[]} items
 * @param {{label: string, at: DOMRect|{left: number, top: number, bottom: number, right: number}, up?: boolean,
 *   className?: string, closed?: () => void}} how  at: the place that the menu hangs on; up: it grows upwards
 */
export function openMenu(items, { label, at, up = false, className = '', closed }) {
  closeCurrent();
  const before = document.activeElement;
  const root = list(items, label, close);
  root.className = `menu ${className}`;
  document.getElementById('menus').append(root);
  place(root, at, up);
  const outside = (event) => root.contains(event.target) || close(false);
  addEventListener('pointerdown', outside, true);
  const away = () => close(false);
  addEventListener('blur', away);
  closeCurrent = () => close(false);
  root.addEventListener('keydown', (event) => keys(event, root, close));
  first(root)?.focus();
  return close;

  function close(refocus = true) {
    if (!root.isConnected) return;
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', away);
    closeCurrent = () => {};
    const hadFocus = root.contains(document.activeElement);
    root.remove();
    closed?.();
    if (refocus && hadFocus) before?.focus();
  }
}

function place(root, at, up) {
  const wide = root.offsetWidth;
  const left = Math.max(4, Math.min(at.left, innerWidth - wide - 4));
  root.style.left = `${left}px`;
  if (up) root.style.bottom = `${innerHeight - at.top + 4}px`;
  else root.style.top = `${Math.max(4, Math.min(at.bottom + 2, innerHeight - root.offsetHeight - 4))}px`;
}

function list(items, label, close) {
  const entries = items.map((item) => (item.rule
    ? h('li', { role: 'separator' })
    : h('li', { role: 'none' }, ...entry(item, close))));
  return h('ul', { role: 'menu', 'aria-label': label }, entries);
}

function entry(item, close) {
  const sub = item.children && list(item.children, item.title, close);
  if (sub) sub.hidden = true;
  const checks = item.checked !== undefined;
  const button = makeButton({
    role: checks ? 'menuitemradio' : 'menuitem', tabIndex: -1, class: item.danger ? 'danger' : '',
    'aria-checked': checks ? String(item.checked) : null, 'aria-haspopup': sub ? 'menu' : null,
    'aria-expanded': sub ? 'false' : null, 'aria-disabled': item.disabled ? 'true' : null,
    'aria-description': item.why, 'data-why': item.why,
  }, item.sign, h('span', { class: 'label' }, item.title), item.checked && icon('check'), sub && icon('right'));
  if (item.badge) badge(button, item.title, item.badge);
  button.onclick = (event) => {
    // A mouse has opened it by coming here.
    if (sub) return expand(button, sub.hidden || (event.pointerType === 'mouse' && innerWidth > 640));
    if (item.disabled) return undefined;
    close();
    return item.run?.();
  };
  button.onpointerenter = (event) => event.pointerType === 'mouse' && innerWidth > 640 && (sub ? expand(button, true) : collapse(button));
  return sub ? [button, sub] : [button];
}

/** Closes the submenus beside an entry. */
function collapse(button) {
  for (const other of button.closest('ul').querySelectorAll('[aria-expanded="true"]')) {
    if (other !== button) expand(other, false);
  }
}

function expand(button, open) {
  if (open) collapse(button);
  const sub = button.nextElementSibling;
  sub.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
}

const entries = (menu) => [...menu.querySelectorAll(':scope > li > button')];
const first = (menu) => entries(menu)[0];
const title = (button) => button.querySelector('.label').textContent.trim().toLowerCase();

function keys(event, root, close) {
  const button = document.activeElement.closest?.('[role^="menuitem"]');
  if (!button) return;
  const menu = button.closest('ul');
  const all = entries(menu);
  const at = all.indexOf(button);
  const sub = button.nextElementSibling;
  const go = (target) => {
    event.preventDefault();
    event.stopPropagation();
    target?.focus();
  };
  const leave = () => {
    const parent = menu.previousElementSibling;
    if (menu === root) return close();
    expand(parent, false);
    return parent.focus();
  };
  switch (event.key) {
    case 'ArrowDown': return go(all[(at + 1) % all.length]);
    case 'ArrowUp': return go(all[(at - 1 + all.length) % all.length]);
    case 'Home': return go(all[0]);
    case 'End': return go(all.at(-1));
    case 'ArrowRight':
      if (sub) expand(button, true);
      return go(sub ? first(sub) : button);
    case 'Enter': case ' ':
      event.preventDefault();
      event.stopPropagation();
      button.click();
      return sub && !sub.hidden ? first(sub).focus() : undefined;
    case 'ArrowLeft': go(button); return menu === root ? undefined : leave();
    case 'Escape': go(button); return leave();
    case 'Tab': event.preventDefault(); return close();
    default:
      if (event.key.length === 1 && !event.ctrlKey) {
        const letter = event.key.toLowerCase();
        go([...all.slice(at + 1), ...all.slice(0, at + 1)].find((b) => title(b).startsWith(letter)));
      }
      return undefined;
  }
}
