/** The page's own words in the person's language. Everything else that people read comes from the host, translated. */
import { locale } from './settings.js';

/** Only the language that is spoken is loaded. @type {Record<string, string>} */
const { default: WORDS } = await import(`./words.${locale()}.js`);

/** A word or sentence by its name, with the values in their places. */
export const word = (name, ...values) => (WORDS[name] ?? name).replace(/\{(\d)\}/g, (_, n) => values[n]);

/** How a value of a table's or a field's type is read: `2025-04-05` → `05.04.2025`, true → «Да». */
export function readable(value, type) {
  if (value == null) return '';
  if (typeof value === 'boolean') return word(value ? 'yes' : 'no');
  if (type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value)) return value.split('-').reverse().join('.');
  return type === 'number' && typeof value === 'number' ? count(value) : String(value);
}

/** From five digits on in groups: a year stays a year. */
export const count = (number) => number.toLocaleString(locale(), { useGrouping: 'min2' });
