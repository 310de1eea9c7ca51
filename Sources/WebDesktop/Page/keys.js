/** The keys that work everywhere. None needs Alt, none takes one away from typing. */
import { desk } from './desk.js';
import { help } from './desktop.js';

/** @param {() => import('./desktop.js').Desktop|null} desktop */
export function globalKeys(desktop) {
  addEventListener('keydown', (event) => {
    const here = desktop();
    if (!here || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
    const win = desk.active;
    const name = `${event.ctrlKey ? 'Ctrl+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.key}`;
    const isModal = win?.isModal;
    const run = {
      F10: () => isModal || here.start(),
      'Ctrl+Escape': () => isModal || here.start(),
      F6: () => desk.cycle(1),
      'Shift+F6': () => desk.cycle(-1),
      F7: () => isModal || here.shortcuts.querySelector('button')?.focus(),
      F8: () => win?.frame.menu(),
      'Shift+F8': () => win?.close(),
      F1: () => help(),
      // In a search it empties the search first, as browsers do.
      Escape: event.target.type === 'search' && event.target.value ? null : () => isModal && win.close(),
    }[name] ?? (event.ctrlKey && event.code === 'KeyF' ? search(win) : null);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

/** Goes to the window's search; nil when it has none, so that the browser's own opens. */
function search(win) {
  const box = win?.frame.content.querySelector('.search:not([hidden]) input');
  return box && (() => { box.focus(); box.select(); });
}
