/** The keys, in a window of the page's own. */
import { button, h, newID } from './dom.js';
import { icon, signButton } from './icons.js';
import { word } from './words.js';

const KEYS = [
  ['F10', 'kStart'], ['F6', 'kNext'], ['F8', 'kMenu'], ['Shift+F8', 'kClose'], ['F7', 'kDesk'], ['Esc', 'kEsc'],
  ['Ctrl+F', 'kFind'], ['← ↑ → ↓', 'kArrows'], ['Space', 'kSpace'], ['Enter', 'kEnter'], ['Ctrl+A', 'kAll'],
  ['Delete', 'kDelete'], ['F1', 'kHelp'],
];

/** Shows the keys; focus comes back where it was when they are closed. */
export function help() {
  if (document.querySelector('dialog.help')) return;
  const title = newID();
  const close = () => dialog.close();
  const dialog = h('dialog', { class: 'help', 'aria-labelledby': title },
    h('header', { class: 'title-bar' }, h('span', { class: 'sign-place' }, icon('help')), h('h2', { id: title }, word('keys')),
      signButton('close', word('close'), close)),
    h('div', { class: 'content' }, h('p', { class: 'message' }, word('helpText')),
      h('dl', {}, KEYS.map(([key, name]) => h('div', {}, h('dt', {}, key.split('+').flatMap((one, n) => [n ? '+' : null, h('kbd', {}, one)])),
        h('dd', {}, word(name))))),
      h('div', { class: 'foot' }, button({ class: 'primary', onclick: close }, word('close')))));
  const before = document.activeElement;
  dialog.onclose = () => {
    dialog.remove();
    before?.focus();
  };
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector('.foot button').focus();
}
