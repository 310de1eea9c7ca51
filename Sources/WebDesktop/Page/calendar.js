/** A month to choose a day from, with the keys that people know from calendars. */
import { h, set } from './dom.js';
import { icon } from './icons.js';
import { locale } from './settings.js';
import { word } from './words.js';

const iso = (date) => date.toISOString().slice(0, 10);
const at = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null);
const today = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
};
const format = (how) => new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...how });

/**
 * @param {HTMLInputElement} input  the field that the calendar hangs on and gives focus back to
 * @param {string} value  ISO date, or anything else for today
 * @param {(day: string) => void} choose
 */
export function openCalendar(input, value, choose) {
  const chosen = at(value);
  let day = chosen ?? today();
  const heading = h('strong', { 'aria-live': 'polite' });
  const grid = h('div', { class: 'days', role: 'grid', 'aria-label': word('openCalendar') });
  const turn = (name, step) => h('button', {
    type: 'button', class: 'sign', 'aria-label': word(name), onclick: () => show(month(day, step), false),
  }, icon(step < 0 ? 'left' : 'right'));
  const root = h('div', { class: 'calendar', role: 'dialog', 'aria-modal': 'true', 'aria-label': word('openCalendar') },
    h('div', { class: 'calendar-head' }, turn('earlier', -1), heading, turn('later', 1)), grid);
  document.getElementById('menus').append(root);
  const box = input.getBoundingClientRect();
  root.style.left = `${Math.max(4, Math.min(box.left, innerWidth - 300))}px`;
  root.style.top = `${box.bottom + 320 < innerHeight ? box.bottom + 4 : Math.max(4, box.top - 320)}px`;
  const outside = (event) => root.contains(event.target) || close();
  addEventListener('pointerdown', outside, true);
  root.onkeydown = keys;
  show(day, true);

  function close() {
    removeEventListener('pointerdown', outside, true);
    root.remove();
    input.focus();
  }

  function show(next, focus = true) {
    day = next;
    heading.textContent = format({ month: 'long', year: 'numeric' }).format(day);
    const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));
    const start = new Date(first);
    start.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
    const weeks = [0, 1, 2, 3, 4, 5].map((week) => h('div', { role: 'row', class: 'week' },
      [0, 1, 2, 3, 4, 5, 6].map((n) => cell(new Date(start.getTime() + (week * 7 + n) * 86_400_000)))));
    const names = h('div', { role: 'row', class: 'week' }, [0, 1, 2, 3, 4, 5, 6].map((n) => h('span',
      { role: 'columnheader' }, format({ weekday: 'short' }).format(new Date(start.getTime() + n * 86_400_000)))));
    grid.replaceChildren(names, ...weeks);
    if (focus) grid.querySelector('[tabindex="0"]').focus();
  }

  function cell(date) {
    const is = (other) => other && iso(other) === iso(date);
    return set(h('button', {
      type: 'button', role: 'gridcell', 'data-day': iso(date), tabIndex: is(day) ? 0 : -1,
      'aria-label': format({ dateStyle: 'full' }).format(date), 'aria-selected': String(Boolean(is(chosen))),
      'aria-current': is(today()) ? 'date' : null,
      class: date.getUTCMonth() === day.getUTCMonth() ? '' : 'other',
      onclick: () => { close(); choose(iso(date)); },
    }), { textContent: date.getUTCDate() });
  }

  function keys(event) {
    if (event.key === 'Escape') { event.stopPropagation(); return close(); }
    if (event.key === 'Tab') {
      const all = [...root.querySelectorAll('button')].filter((button) => button.tabIndex === 0);
      const next = all[(all.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1) + all.length) % all.length];
      event.preventDefault();
      event.stopPropagation();
      return next.focus();
    }
    if (!grid.contains(document.activeElement)) return undefined;
    const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    if (!days && !months) return undefined;
    event.preventDefault();
    event.stopPropagation();
    return show(days ? new Date(day.getTime() + days * 86_400_000) : month(day, event.shiftKey ? months * 12 : months));
  }
}

/** The same day of another month, or its last one. */
function month(date, step) {
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step + 1, 0));
  last.setUTCDate(Math.min(date.getUTCDate(), last.getUTCDate()));
  return last;
}
