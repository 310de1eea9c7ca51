/** Makes and updates elements. What the host sends becomes text nodes and attributes here, never markup. */

const PROPERTIES = new Set(['value', 'checked', 'hidden', 'inert', 'tabIndex', 'disabled', 'textContent', 'readOnly']);

/**
 * Sets attributes, properties and handlers (`onclick`…) of an element; null, undefined and false take one away.
 * @template {Element} E
 * @param {E} element
 * @param {Record<string, any>} props
 * @returns {E}
 */
export function set(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) element[name] = value;
    else if (PROPERTIES.has(name)) {
      if (element[name] !== value) element[name] = value;
    } else if (value == null || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? '' : value);
  }
  return element;
}

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|null|false|undefined|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = set(document.createElement(tag), props);
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** A button that submits nothing. */
export const button = (props, ...children) => h('button', { type: 'button', ...props }, ...children);

/**
 * Makes the children of `parent` show `items`, in order, keeping the element that showed the same key before: focus,
 * selection and scroll positions live on. `update` gets each element after `make`, too.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @param {(item: T) => Element} make
 * @param {(element: Element, item: T) => void} [update]
 */
export function sync(parent, items, key, make, update) {
  const old = new Map([...parent.children].map((child) => [child.syncKey, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const id = key(item);
    let element = old.get(id);
    old.delete(id);
    if (!element) {
      element = make(item);
      element.syncKey = id;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    update?.(element, item);
  }
  for (const gone of old.values()) gone.remove();
}

let lastID = 0;
/** An id for an element that others refer to. */
export const newID = () => `x${++lastID}`;

/** What the keyboard can reach inside of an element, in order. */
export function reachable(root) {
  const all = root.querySelectorAll(
    'a[href], button, input, select, textarea, [tabindex]:not([tabindex="-1"])');
  return [...all].filter((element) => !element.disabled && element.tabIndex >= 0
    && element.getClientRects().length && !element.closest('[inert]'));
}

/** Leaves one of these in the tab order: the one that was, or the first. */
export function oneStop(items) {
  const stop = items.find((item) => item.getAttribute('tabindex') === '0') ?? items[0];
  for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}

/**
 * Arrow keys walk through `items()`, of which one at a time is in the tab order: toolbars, tabs, menus.
 * @param {HTMLElement} root
 * @param {() => HTMLElement[]} items
 * @param {{vertical?: boolean, select?: (item: HTMLElement) => void}} [how]
 */
export function roving(root, items, how = {}) {
  const keys = how.vertical ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  root.addEventListener('keydown', (event) => {
    const list = items();
    const at = list.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = { [keys[0]]: at - 1, [keys[1]]: at + 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = list[(to + list.length) % list.length];
    next.focus();
    how.select?.(next);
  });
  root.addEventListener('focusin', (event) => {
    const list = items();
    const at = list.find((item) => item.contains(event.target));
    if (at) for (const item of list) item.tabIndex = item === at ? 0 : -1;
  });
}
