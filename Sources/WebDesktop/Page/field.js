/** One field of a form: label, control, hint and what is wrong. */
import { h, newID, set } from './dom.js';
import { control } from './controls.js';
import { word } from './words.js';

export class FieldView {
  constructor(win, field) {
    this.win = win;
    this.field = field;
    const id = newID();
    this.label = h('label', { for: id, id: `${id}-label` });
    this.hint = h('p', { class: 'hint', id: `${id}-hint` });
    this.error = h('p', { class: 'error', id: `${id}-error` });
    this.control = control(this, id);
    this.root = h('div', { class: `field ${field.type}`, 'data-field': field.id },
      this.label, h('div', { class: 'control' }, this.control.root, this.hint, this.error));
    this.input = this.control.input;
  }

  show(field) {
    this.field = field;
    if (this.label.textContent !== field.label) this.label.replaceChildren(field.label);
    this.root.classList.toggle('required', field.required);
    this.hint.textContent = field.hint ?? '';
    this.error.textContent = field.error ?? '';
    this.hint.hidden = !field.hint;
    this.error.hidden = !field.error;
    set(this.input, {
      'aria-describedby': `${this.hint.id} ${this.error.id}`, 'aria-invalid': field.error ? 'true' : null,
      'aria-required': field.required && field.type !== 'label' ? 'true' : null,
    });
    this.control.show(field, { keep: this.isTyping });
  }

  /** While a person types, the host's word for the value waits. */
  get isTyping() { return this.typed || this.sending > 0; }

  /** Sends a value. What was typed meanwhile is kept. */
  async send(value) {
    this.typed = false;
    if (value === this.field.value || (value === '' && this.field.value == null)) return this.show(this.field);
    this.sending = (this.sending ?? 0) + 1;
    await this.win.set({ [this.field.id]: value });
    this.sending -= 1;
    return this.show(this.win.json.fields.find((field) => field.id === this.field.id) ?? this.field);
  }

  /** Sends what stands in the control, if it was typed. */
  commit() {
    if (this.typed) this.send(this.control.value());
  }

  pick() {
    return this.win.act('window/press', { button: `pick:${this.field.id}` },
      { origin: { from: this.win, button: `pick:${this.field.id}` }, label: word('pick') });
  }
}
