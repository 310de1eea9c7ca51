/** Sign-in: login and password become a cookie that scripts cannot read. */
import { h, set } from './dom.js';
import { icon, monogram } from './icons.js';
import { locale, save, setTheme, theme } from './settings.js';
import { say } from './notices.js';
import { word } from './words.js';

/**
 * Shows the sign-in over everything until it has succeeded: what stood there before is kept.
 * @param {{reason?: string, done: () => void}} how  reason: why the last session ended
 */
export function showSignIn({ reason = '', done }) {
  const login = h('input', { id: 'login', name: 'login', autocomplete: 'username', required: true, autocapitalize: 'none',
    spellcheck: 'false', 'aria-describedby': 'sign-in-trouble' });
  const password = h('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password',
    required: true, 'aria-describedby': 'sign-in-trouble' });
  const trouble = h('p', { class: 'error', id: 'sign-in-trouble', role: 'alert', hidden: !reason }, reason);
  const enter = h('button', { class: 'primary', type: 'submit' }, word('enter'));
  const form = h('form', { class: 'sign-in', 'aria-labelledby': 'sign-in-title', onsubmit: submit },
    monogram('esh', 'ESh'), h('h1', { id: 'sign-in-title' }, word('signIn')), trouble,
    h('label', { for: 'login' }, word('login')), login, h('label', { for: 'password' }, word('password')), password,
    enter, choices());
  document.querySelector('.sign-in-page')?.remove();
  const page = h('div', { class: 'sign-in-page' }, form);
  document.body.append(page);
  document.body.dataset.state = 'sign-in';
  login.focus();

  async function submit(event) {
    event.preventDefault();
    if (enter.disabled) return;
    set(enter, { disabled: true });
    const problem = await signIn(login.value.trim(), password.value);
    set(enter, { disabled: false });
    if (!problem) {
      page.remove();
      return done();
    }
    set(trouble, { hidden: false, textContent: problem });
    set(password, { 'aria-invalid': 'true' });
    say(problem, { urgent: true });
    password.select();
    return password.focus();
  }
}

/** @returns {Promise<string>} what is wrong, in words; empty when the person is signed in */
async function signIn(login, password) {
  let answer;
  try {
    answer = await fetch('session', {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password, locale: locale() }), credentials: 'same-origin',
    });
  } catch {
    return word('noHost');
  }
  if (answer.ok) return '';
  const error = await answer.json().catch(() => ({}));
  switch (error.data?.kind) {
    case 'session.invalid': return word('wrong');
    case 'session.locked': return word('locked', Math.ceil((error.data.retryAfterMs ?? 60_000) / 1000));
    default: return error.message ?? word('noHost');
  }
}

/** Ends the cookie's session. The page goes back to the sign-in whether the host hears it or not. */
export async function signOut() {
  await fetch('session', { method: 'DELETE', credentials: 'same-origin' }).catch(() => {});
}

function choices() {
  const other = locale() === 'ru' ? 'en' : 'ru';
  const speak = h('button', { type: 'button', class: 'quiet', lang: other, onclick: () => {
    save('locale', other);
    location.reload();
  } }, icon('language'), other === 'en' ? 'English' : 'Русский');
  const order = ['auto', 'light', 'dark'];
  const look = h('button', { type: 'button', class: 'quiet', onclick: () => {
    setTheme(order[(order.indexOf(theme()) + 1) % 3]);
    look.lastChild.textContent = word(theme());
  } }, icon('theme'), h('span', {}, word(theme())));
  look.setAttribute('aria-label', `${word('theme')}`);
  return h('div', { class: 'choices' }, speak, look);
}
