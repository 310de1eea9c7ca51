/** What a person chose for this browser: language, light or dark, sizes of windows. */

const PREFIX = 'esh.';

/** Storage may be switched off or full; then choices last as long as the page. */
const memory = new Map();

export function load(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? memory.get(name) ?? otherwise : JSON.parse(text);
  } catch {
    return memory.get(name) ?? otherwise;
  }
}

export function save(name, value) {
  memory.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* kept in memory */ }
}

/** @returns {'ru'|'en'} */
export const locale = () => {
  const chosen = load('locale');
  return chosen === 'ru' || chosen === 'en' ? chosen : navigator.language.startsWith('en') ? 'en' : 'ru';
};

/** @returns {'auto'|'light'|'dark'} */
export const theme = () => load('theme', 'auto');

export function setTheme(value) {
  save('theme', value);
  showTheme();
}

export function showTheme() {
  document.documentElement.dataset.theme = theme();
}
