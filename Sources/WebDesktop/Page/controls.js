/** The control of each type of field: `{root, input, show(field, {keep}), value()}`. */
import { h, set } from './dom.js';
import { signButton } from './icons.js';
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
  const { placeholder } = input;
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
      set(input, {
        readOnly: !field.enabled, 'aria-disabled': field.enabled ? null : 'true', placeholder: field.enabled ? placeholder : '',
      });
      if (!keep) set(input, { value: field.display ?? String(field.value ?? '') });
    },
  };
}

function password(view, id) {
  const base = typed(view, h('input', { id, type: 'password', autocomplete: 'new-password' }));
  const { input } = base;
  const eye = signButton('eye', word('showPassword'), () => {
    input.type = input.type === 'password' ? 'text' : 'password';
    set(eye, { 'aria-pressed': String(input.type === 'text') });
  }, { 'aria-pressed': 'false' });
  return {
    ...base, root: h('div', { class: 'joined' }, input, eye),
    // The host never tells a password: what is typed stays until the window closes.
    show: (field) => base.show(field, { keep: true }),
  };
}

/** Typed the way people write dates, or picked from the browser's own calendar, which every reader knows. */
function date(view, id) {
  const base = typed(view, h('input', { id, inputmode: 'numeric', placeholder: word('dateHint'), autocomplete: 'off' }),
    { value: asDate });
  const native = h('input', { type: 'date', tabIndex: -1, 'aria-hidden': 'true', class: 'native' });
  native.onchange = () => {
    base.input.value = readable(native.value, 'date');
    view.send(native.value);
    base.input.focus();
  };
  const open = signButton('calendar', word('openCalendar'), () => {
    native.value = asDate(base.input.value);
    native.showPicker();
  });
  return {
    ...base, root: h('div', { class: 'joined' }, base.input, native, open),
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
          ...(isSet && (field.required || options.some(({ value }) => !value)) ? [] : [new Option(word('none'), '')]),
          ...options.map((option) => new Option(option.title, JSON.stringify(option.value))));
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
  const pick = signButton('pick', '', () => view.pick());
  const clear = signButton('close', '', () => view.send(null));
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
      const isEmpty = field.value == null || field.value === '';
      // A window that was opened again knows what was picked, but not how it is called.
      const known = view.win.picked?.get(field.id);
      const display = field.display ?? (known?.value === field.value ? known?.display : field.value) ?? '';
      set(input, { value: String(display), 'aria-disabled': field.enabled ? null : 'true' });
      const called = (name) => ({ title: word(name), 'aria-label': `${word(name)}: ${field.label}` });
      set(pick, { ...called('pick'), disabled: !field.enabled, 'data-pick': field.id });
      set(clear, { ...called('clear'), hidden: isEmpty || !field.enabled });
    },
  };
}

function label(view, id) {
  const input = h('output', { id });
  return { root: input, input, value: () => null, show: (field) => { input.textContent = field.display ?? readable(field.value); } };
}
