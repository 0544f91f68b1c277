// Small tools over the document: make elements, find them by id. Never writes HTML from text.

const SVG = 'http://www.w3.org/2000/svg';

/** The element of that id; the page always has it. */
export const byId = (id) => document.getElementById(id);

const apply = (element, properties) => {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : value);
  }
};

/** An HTML element with attributes, `on…` listeners, and children (texts or elements). */
export const h = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  apply(element, properties);
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
};

/** The same for SVG. */
export const s = (tag, properties = {}, ...children) => {
  const element = document.createElementNS(SVG, tag);
  apply(element, properties);
  element.append(...children);
  return element;
};

/** Line icons of 24 × 24. */
const ICONS = {
  webcam: 'M12 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 11.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM8 20h8M12 15v5',
  dark: 'M19 14.500A8 8 0 0 1 9.500 5a7.500 7.500 0 1 0 9.500 9.500z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01',
  print:
    'M6 3h9l4 4v14H6zM15 3v4h4M12.500 12.500a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600zM9 17.500c.4-2 1.700-3 3.500-3s3.100 1 3.500 3',
  phone:
    'M7 3h10v18H7zM12 11a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600zM8.800 15.800c.4-1.900 1.500-2.800 3.200-2.800s2.800.9 3.200 2.800M11 18.500h2',
  plus: 'M12 5v14M5 12h14',
  person: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.8-5 4-7.500 8-7.500s7.200 2.500 8 7.500',
  backspace: 'M9 6h11v12H9l-5-6zM12 9.500l5 5M17 9.500l-5 5',
};

export const icon = (name) => s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, s('path', { d: ICONS[name] }));
