/** Puts the page together: the connection, who is signed in, and the news of the host. */
import { Desktop, welcome } from './desktop.js';
import { desk, ready } from './desk.js';
import { lostAll, openAgain, restore } from './again.js';
import { globalKeys } from './keys.js';
import { complain, notice } from './notices.js';
import { rpc } from './rpc.js';
import { locale, showTheme } from './settings.js';
import { showSignIn, signOut } from './signin.js';
import { word } from './words.js';

/** @type {Desktop|null} */
let desktop = null;

showTheme();
document.documentElement.lang = locale();
globalKeys(() => desktop);

rpc.onOpen = async () => {
  try {
    await rpc.call('initialize', { clientInfo: { name: 'web', version: '1.0' }, locale: locale() });
    rpc.notify('initialized');
    const session = await rpc.call('session/get');
    if (session) await arrive(session.user);
    else signInAgain(desktop ? word('ended') : '', true);
  } catch (error) {
    if (error.code !== 0) complain(error);
  }
};

/** Somebody is signed in on a new connection: the first one, or one after a break. */
async function arrive(user) {
  const isBack = desktop?.user.id === user.id;
  if (desktop && !isBack) leave();
  if (isBack) rpc.resume();
  else rpc.forget();
  const state = await rpc.call('desktop/get');
  if (isBack) {
    document.body.dataset.state = 'desktop';
    desktop.show(state);
    desktop.connection(true);
    await openAgain();
    return;
  }
  desktop = new Desktop({ user, desktop: state, leave: signOff });
  if (!state.windows.length) desktop.shortcuts.querySelector('button')?.focus();
  performance.mark('desktop');
  await ready();
  for (const window of state.windows) desk.open(window);
  await restore();
  welcome();
}

function leave() {
  desktop?.end();
  desktop = null;
}

/** @param {boolean} [keeps]  the windows stay for the same person: the host has only forgotten who it was */
function signInAgain(reason = '', keeps = false) {
  if (!keeps) leave();
  rpc.rest();
  // A connection arrives signed in when its cookie was there at its start.
  showSignIn({ reason, done: () => rpc.reconnect() });
}

async function signOff() {
  leave();
  await rpc.call('session/logout').catch(() => {});
  await signOut();
  signInAgain();
}

let isToldOfSilence = false;
rpc.onState = () => {
  lostAll();
  desktop?.connection(false);
  // Nothing is drawn yet that could say so.
  if (!document.body.dataset.state && !isToldOfSilence) notice(word('lostLine'), { level: 'warning' });
  isToldOfSilence = true;
};

const NEWS = {
  'desktop/didChange': ({ changed }) => desktop?.refresh(changed).catch(complain),
  'window/didChange': ({ window, changed, revision }) => desk.find(window)?.update(changed, revision),
  'registry/didChange': ({ registry, tab }) => desk.refresh(registry, tab),
  'session/didEnd': () => desktop && signInAgain(word('ended')),
};
rpc.onNotification = (method, params) => NEWS[method]?.(params);

addEventListener('beforeunload', (event) => {
  if (!desktop?.isLeaving && desk.list.some((win) => win.isDirty)) event.preventDefault();
});

rpc.connect();
