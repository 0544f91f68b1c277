// Builds elements. Text always goes in as text, never as markup: names on cards are input from outside.

const SVG = 'http://www.w3.org/2000/svg';

/** h('p', {class: 'note', onclick: f}, 'text', child…) — undefined, null and false children are left out. */
export const h = (tag, props = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else element.setAttribute(name, String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};

/** Line icons on a 24 px grid, drawn for this page. */
const ICONS = {
  face: [
    'M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2',
    'M9.500 9.500v1M14.500 9.500v1M9 14.500c1.800 1.700 4.200 1.700 6 0',
  ],
  pin: ['M5 11h14v9H5z', 'M8 11V8a4 4 0 0 1 8 0v3'],
  staff: [
    'M2.500 12s3.500-6 9.500-6 9.500 6 9.500 6-3.500 6-9.500 6-9.500-6-9.500-6z',
    'M12 14.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600z',
  ],
  check: ['M5 12.500l4.500 4.500L19 7.500'],
  dash: ['M7 12h10'],
  clock: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 7v5.500l3.500 2'],
  alert: ['M12 3.500 22 20.500H2z', 'M12 10v5M12 17.500v.500'],
  close: ['M6 6l12 12M18 6L6 18'],
  card: ['M3 6h18v12H3z', 'M3 10h18M6.500 14.500h4'],
  sound: ['M4 9.500h3.500L12 6v12l-4.500-3.500H4z', 'M15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11'],
  mute: ['M4 9.500h3.500L12 6v12l-4.500-3.500H4z', 'M16 10l5 5M21 10l-5 5'],
  search: ['M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13z', 'M15.500 15.500L20.500 20.500'],
};

export const icon = (name, size = 20) => {
  const svg = document.createElementNS(SVG, 'svg');
  const set = { viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor', 'aria-hidden': 'true' };
  for (const [key, value] of Object.entries(set)) svg.setAttribute(key, String(value));
  svg.setAttribute('class', 'icon');
  for (const line of ICONS[name] ?? []) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', line);
    svg.append(path);
  }
  return svg;
};

/** A table whose cells know their heading, for screens that are too narrow for a row of headings. */
export const table = (heads, rows) => h('div', { class: 'list' }, h('table', { class: 'plain-table' }, h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
  h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, index) => h('td', { 'data-label': heads[index] }, cell))))))); // biome-ignore format: reads as the page does

const FOCUSABLE = 'a[href], button, summary, input, select';

/**
 * Redraws inside `root` and gives the focus back to what stands in its place, by the data-key of the part it was in: what arrives by itself must
 * not take the keyboard away from whoever uses it.
 */
export const keepFocus = (root, draw) => {
  const part = root.contains(document.activeElement) ? document.activeElement.closest('[data-key]') : null;
  const index = part === null ? -1 : [...part.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  draw();
  if (index < 0) return;
  const again = [...root.querySelectorAll('[data-key]')].find((one) => one.dataset.key === part.dataset.key);
  again?.querySelectorAll(FOCUSABLE)[index]?.focus({ preventScroll: true });
};

/** Tells screen readers something that appeared by itself. */
export const announce = (text) => {
  const live = document.getElementById('live');
  if (live !== null) live.textContent = text;
};

/** A field with its label, hint and error. The input is at `.input`, and `say(message)` shows or clears the error. */
export const field = (label, input, { hint, optional } = {}) => {
  const id = `field-${input.name}`;
  input.id = id;
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  input.setAttribute('aria-describedby', `${id}-error`);
  const element = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label, optional ? h('span', { class: 'optional' }, optional) : undefined),
    hint ? h('p', { class: 'hint' }, hint) : undefined,
    input,
    error,
  );
  const say = (message) => {
    error.textContent = message ?? '';
    error.hidden = message === undefined;
    if (message === undefined) input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  };
  return { element, input, say };
};

/** Says at every field what is wrong with it, and puts the cursor into the first; false where the error is of none of them. */
export const sayAt = (parts, { fields }) => {
  const wrong = Object.entries(parts).filter(([name]) => fields?.[name] !== undefined);
  for (const [name, part] of wrong) part.say(fields[name]);
  wrong[0]?.[1].input.focus();
  return wrong.length > 0;
};

/** A button that asks once more, in itself: `sure` says what the second press does. Leaving it takes the question back. */
export const askingButton = (style, text, sure, run) => {
  let asked = false;
  const say = (value) => {
    asked = value;
    button.textContent = asked ? sure : text;
  };
  const press = (event) => (asked ? run(event) : say(true));
  const button = h('button', { class: style, type: 'button', onclick: press, onblur: () => say(false) }, text);
  return button;
};
