/** The control of each type of field: `{root, input, show(field, {keep}), value()}`. */
import { h, set } from './dom.js';
import { icon } from './icons.js';
import { openCalendar } from './calendar.js';
import { asDate, asPhone, asTime } from './masks.js';
import { readable, word } from './words.js';

/** Texts of this length and more get room for several lines. */
const LONG = 60;

const KINDS = {
  checkbox, select, reference, label, date,
  text: (view, id) => (String(view.field.value ?? '').length >= LONG || /\n/.test(view.field.value ?? '')
    ? typed(view, h('textarea', { id, rows: 3 })) : typed(view, h('input', { id, autocomplete: 'off' }))),
  number: (view, id) => typed(view, h('input', { id, inputmode: 'decimal', autocomplete: 'off' }), {
    value: (text) => (text.trim() === '' ? null : /^-?\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.replace(',', '.')) : text),
  }),
  time: (view, id) => typed(view, h('input', { id, inputmode: 'numeric', placeholder: word('timeHint'), autocomplete: 'off' }),
    { value: asTime }),
  phone: (view, id) => typed(view, h('input', { id, type: 'tel', placeholder: '+7 (9XX) XXX-XX-XX', autocomplete: 'off' }),
    { mask: asPhone }),
  password,
};

export const control = (view, id) => (KINDS[view.field.type] ?? KINDS.text)(view, id);

/**
 * A control that is typed into. `mask` gives what is typed its form; `value` makes it what the host gets.
 */
function typed(view, input, { mask, value = (text) => text } = {}) {
  input.oninput = (event) => {
    view.typed = true;
    if (mask && event.inputType?.startsWith('insert') && input.selectionEnd === input.value.length) {
      input.value = mask(input.value);
    }
  };
  input.onchange = () => view.commit();
  return {
    root: input, input, value: () => value(input.value),
    show(field, { keep }) {
      set(input, { readOnly: !field.enabled, 'aria-disabled': field.enabled ? null : 'true' });
      if (!keep) set(input, { value: field.display ?? String(field.value ?? '') });
    },
  };
}

function password(view, id) {
  const input = h('input', { id, type: 'password', autocomplete: 'new-password' });
  const base = typed(view, input);
  const eye = h('button', {
    type: 'button', class: 'sign', 'aria-label': word('showPassword'), 'aria-pressed': 'false',
    onclick: () => {
      input.type = input.type === 'password' ? 'text' : 'password';
      set(eye, { 'aria-pressed': String(input.type === 'text') });
    },
  }, icon('eye'));
  return {
    ...base, root: h('div', { class: 'joined' }, input, eye),
    // The host never tells a password: what is typed stays until the window closes.
    show: (field) => base.show(field, { keep: true }),
  };
}

function date(view, id) {
  const base = typed(view, h('input', { id, inputmode: 'numeric', placeholder: word('dateHint'), autocomplete: 'off' }),
    { value: asDate });
  const open = h('button', { type: 'button', class: 'sign', 'aria-label': word('openCalendar'), 'aria-haspopup': 'dialog' },
    icon('calendar'));
  open.onclick = () => openCalendar(base.input, asDate(base.input.value), (day) => {
    base.input.value = readable(day, 'date');
    view.send(day);
  });
  base.input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && !open.disabled) open.click();
  });
  return {
    ...base, root: h('div', { class: 'joined' }, base.input, open),
    show(field, how) {
      base.show(field, how);
      open.disabled = !field.enabled;
    },
  };
}

function checkbox(view, id) {
  const input = h('input', { id, type: 'checkbox' });
  input.onchange = () => view.send(input.checked);
  return {
    root: input, input, value: () => input.checked,
    show(field, { keep }) {
      input.disabled = !field.enabled;
      if (!keep) input.checked = field.value === true;
    },
  };
}

function select(view, id) {
  const input = h('select', { id });
  let shown = '';
  input.onchange = () => view.send(input.value === '' ? null : JSON.parse(input.value));
  return {
    root: input, input, value: () => (input.value === '' ? null : JSON.parse(input.value)),
    show(field, { keep }) {
      const options = field.options ?? [];
      const isSet = options.some((option) => option.value === field.value);
      const key = JSON.stringify([options, isSet, field.required]);
      if (key !== shown) {
        input.replaceChildren(
          ...(isSet && field.required ? [] : [h('option', { value: '' }, word('none'))]),
          ...options.map((option) => h('option', { value: JSON.stringify(option.value) }, option.title)));
        shown = key;
        keep = false;
      }
      input.disabled = !field.enabled;
      if (!keep) input.value = isSet ? JSON.stringify(field.value) : '';
    },
  };
}

/** Shows what was picked; a picker changes it, Delete empties it. */
function reference(view, id) {
  const input = h('input', { id, readOnly: true, 'aria-haspopup': 'dialog' });
  const pick = h('button', { type: 'button', class: 'sign', onclick: () => view.pick() }, icon('pick'));
  const clear = h('button', { type: 'button', class: 'sign', onclick: () => view.send(null) }, icon('close'));
  const able = () => view.field.enabled;
  input.onclick = () => able() && !view.field.value && view.pick();
  input.onkeydown = (event) => {
    if (!able()) return;
    if (['Enter', ' ', 'ArrowDown'].includes(event.key)) {
      event.preventDefault();
      view.pick();
    } else if (['Delete', 'Backspace'].includes(event.key) && view.field.value) view.send(null);
  };
  return {
    root: h('div', { class: 'joined' }, input, clear, pick), input, value: () => view.field.value,
    show(field) {
      set(input, { value: field.display ?? String(field.value ?? ''), 'aria-disabled': field.enabled ? null : 'true' });
      set(pick, { disabled: !field.enabled, 'aria-label': `${word('pick')}: ${field.label}`, 'data-pick': field.id });
      set(clear, { 'aria-label': `${word('clear')}: ${field.label}`, hidden: field.value == null || field.value === '' || !field.enabled });
    },
  };
}

function label(view, id) {
  const input = h('output', { id });
  return { root: input, input, value: () => null, show: (field) => { input.textContent = field.display ?? readable(field.value); } };
}
