/** Messages beside the work: a stack in the corner that is read aloud too, and errors with the step that comes next. */
import { button, h } from './dom.js';
import { icon, signButton } from './icons.js';
import { word } from './words.js';

const stack = document.getElementById('toasts');
stack.setAttribute('aria-label', word('notices'));

/** Reads a sentence aloud without showing it. */
export function say(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? 'assertive' : 'polite');
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/**
 * Shows a message. Errors stay until they are closed, the rest leaves after some seconds.
 * @param {string} text
 * @param {{level?: 'info'|'warning'|'error', next?: string, action?: {label: string, run: () => void}}} [how]
 */
export function notice(text, { level = 'info', next = '', action } = {}) {
  const close = () => toast.remove();
  const toast = h('div', { class: `toast ${level}` }, icon(level),
    h('div', {}, h('p', {}, text), next && h('p', { class: 'next' }, next),
      action && button({ class: 'quiet', onclick: () => { close(); action.run(); } }, action.label)),
    signButton('close', word('close'), close));
  for (const old of [...stack.children].slice(0, -3)) old.remove();
  stack.append(toast);
  say(next ? `${text}. ${next}` : text, { urgent: level !== 'info' });
  if (level === 'error') return;
  const leave = () => (toast.matches(':hover, :focus-within') ? setTimeout(leave, 2000) : close());
  setTimeout(leave, level === 'info' ? 6000 : 12_000);
}

/**
 * What a person can do after an error, in words; empty when the message says it itself.
 * @param {import('./rpc.js').RpcError} error
 */
function nextStep(error) {
  switch (error.code) {
    case 0: return word('nextLost');
    case -32801: return word('nextConflict');
    case -32006: return word('nextPlugin');
    case -32007: return word('nextBusy', Math.ceil((error.data.retryAfterMs ?? 1000) / 1000));
    case -32008: return word('nextTime');
    case -32603: return word('nextDefect', error.data.trace ?? '?');
    case -32004: return word('nextGone');
    default: return (error.data.issues ?? []).map((issue) => issue.message).join('. ');
  }
}

/** Tells of an error. A cancelled request is no trouble. */
export function complain(error) {
  if (error.code === -32800) return notice(word('cancelled'));
  if (!(error.code <= 0)) throw error;
  const refused = error.code === -32009;
  notice(error.message || word('error'), { level: refused ? 'warning' : 'error', next: nextStep(error) });
}
