/** The page's own signs, drawn with strokes of one weight in a box of 16. Signs of items come from their titles. */

import { button, h, set } from './dom.js';
import { word } from './words.js';

const PATHS = {
  start: 'M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3',
  close: 'M4 4l8 8M12 4l-8 8',
  minimize: 'M4 11.5h8',
  maximize: 'M3.5 3.5h9v9h-9z',
  restore: 'M5.5 5.5V3.5h7v7h-2M3.5 5.5h7v7h-7z',
  search: 'M7 3a4 4 0 100 8 4 4 0 000-8zM10 10l3.5 3.5',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5',
  theme: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 2.5v11M10.5 4v8',
  language: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM2.5 8h11M8 2.5c-3 3.5-3 7.5 0 11c3-3.5 3-7.5 0-11',
  help: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM6.3 6.5c0-2.3 3.4-2.2 3.4 0 0 1.3-1.7 1.3-1.7 2.5M8 11v.2',
  leave: 'M6 3H3.5v10H6M7 8h6.5M11 5.5L13.5 8 11 10.5',
  info: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 7.5V11M8 5v.2',
  warning: 'M8 2.5L14 13H2zM8 6.5v3M8 11.2v.2',
  error: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM6 6l4 4M10 6l-4 4',
  system: 'M2.5 3h11v10h-11zM2.5 6h11M5 9h4',
  check: 'M3.5 8.5l3 3 6-7',
  right: 'M6 3.5L10.5 8 6 12.5',
  left: 'M10 3.5L5.5 8 10 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  up: 'M3.5 10L8 5.5 12.5 10',
  pick: 'M3 4.5h10M3 8h10M3 11.5h6',
  out: 'M9.5 3h3.5v3.5M13 3L7.5 8.5M11 9v4H3V5h4',
  folder: 'M2.5 4h4l1.5 1.5h5.5V13h-11z',
  filter: 'M2.5 3.5h11L9.5 8.5v4l-3 1v-5z',
  eye: 'M1.5 8C4.5 3 11.5 3 14.5 8 11.5 13 4.5 13 1.5 8zM8 6a2 2 0 100 4 2 2 0 000-4z',
};

/** @param {keyof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}

/** A small button that shows only a sign. */
export const signButton = (name, label, onclick, props = {}) => button(
  { class: 'sign', 'aria-label': label, title: label, onclick, ...props }, icon(name));

/** Shows a number in a button with that title, and has it read out; nothing takes it away. */
export function badge(element, title, number) {
  element.querySelector('.badge')?.remove();
  // Drawn by the style sheet, as letters of a tile are.
  if (number) element.append(h('span', { class: 'badge', 'aria-hidden': 'true', 'data-letters': number }));
  set(element, { 'aria-label': number ? `${title}, ${word('badge', number)}` : null });
}

/** Eight hues on which white letters read well. */
const HUES = ['#1d5fa8', '#2a6f5b', '#7a4a8f', '#8a5a1c', '#a23b4d', '#3f5d8a', '#4f6b1f', '#5a4fa3'];

/**
 * The sign of something that has a title: its initials on a colour that stays the same for the same id.
 * @param {string} id
 * @param {string} title
 */
export function monogram(id, title) {
  const tile = document.createElement('span');
  tile.className = 'tile';
  tile.setAttribute('aria-hidden', 'true');
  const words = title.split(/[\s/«»"]+/).filter((word) => /\p{L}{3}/u.test(word));
  // Drawn by the style sheet: letters here would be read out and searched as part of the title.
  tile.dataset.letters = (words.length ? words.slice(0, 2) : [title]).map((word) => word[0] ?? '').join('').toUpperCase();
  let hash = 0;
  for (const letter of id.replace('registry:', '')) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  tile.style.backgroundColor = HUES[(hash >>> 13) % HUES.length];
  return tile;
}
