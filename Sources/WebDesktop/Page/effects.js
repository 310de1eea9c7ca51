/** Does what the host's answers ask for, in their order. */
import { desk } from './desk.js';
import { h } from './dom.js';
import { notice } from './notices.js';
import { word } from './words.js';

/**
 * @param {{effects?: object[]}} outcome
 * @param {{origin?: object, source?: import('./win.js').Win}} [how]  origin: how to come to a window that opens
 */
export function perform(outcome, { origin = null, source = null } = {}) {
  for (const effect of outcome?.effects ?? []) {
    switch (effect.type) {
      case 'openWindow': desk.open(effect.window, { origin, source }); break;
      case 'updateWindow': desk.find(effect.id)?.update(effect.changed, effect.revision); break;
      case 'closeWindow': desk.drop(desk.find(effect.id)); break;
      case 'openURL': openURL(effect.url); break;
      case 'refresh': desk.refresh(effect.registry, effect.tab); break;
      default: // An effect of a later protocol: what it changes comes by notifications, too.
    }
  }
}

/** Whether an address may be opened: nothing that runs here. */
export function isSafe(url) {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Opens an address in a tab of its own, which learns nothing of this one. Blockers may refuse: the message stays. */
export function openURL(url) {
  if (!isSafe(url)) return notice(word('badLink'), { level: 'warning' });
  const follow = () => h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }).click();
  follow();
  return notice(word('opened', new URL(url).host), { action: { label: word('openAgain'), run: follow } });
}
