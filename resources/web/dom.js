/** Small helpers to make elements. Texts go in as text, never as markup. */

/** @typedef {string | Node | null} Child */
/** @typedef {Record<string, string | number | boolean | ((event: Event) => void)>} Attributes `true` sets an empty attribute, `false` none, a function listens to `click`, `input` … */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Attributes} attributes @param {Child[]} children `null` is left out
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Outlines of the icons, drawn in 24x24. @type {Record<string, string>} */
const PATHS = {
  phone: 'M6.5 3h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2L21 14.5v3A3.5 3.5 0 0 1 17.5 21 14.5 14.5 0 0 1 3 6.5 3.5 3.5 0 0 1 6.5 3z',
  language: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9s.5-6 3.5-9z',
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  'mic-off': 'M15 10V6a3 3 0 0 0-5.8-1M9 9v2a3 3 0 0 0 4.6 2.6M5.5 11a6.5 6.5 0 0 0 10.3 5.3M18.3 12.5l.2-1.5M12 17.5V21M4 3l16 18',
  camera: 'M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5zM15 10.5l6-3v9l-6-3',
  'camera-off': 'M9 6.5h4.5A1.5 1.5 0 0 1 15 8v4M15 16a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.2-1.5M16.5 9.8 21 7.5v9l-2-1M3.5 3l17 18',
  chat: 'M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9a1.5 1.5 0 0 1-1.5 1.5h-7L7 20.5v-4H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5z',
  shield: 'M12 3l7.5 2.5v6c0 4.5-3 7.8-7.5 9.5-4.5-1.700-7.5-5-7.5-9.5v-6zM8.5 12l2.5 2.5 4.5-5',
  leave: 'M3 14.5c0-1.5 0-2.5 1.5-3.5 4.5-3 10.5-3 15 0 1.5 1 1.5 2 1.5 3.5s-1 1.5-2 1.2l-2.5-.7c-.8-.2-1-.8-1-1.5v-1.3c-2-.7-4-.7-6 0v1.3c0 .7-.2 1.3-1 1.5l-2.5.7c-1 .3-2 .3-2-1.2z',
  close: 'M6 6l12 12M18 6L6 18',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  house: 'M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6',
  calendar: 'M5 5.5h14A1.5 1.5 0 0 1 20.5 7v12a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 19V7A1.5 1.5 0 0 1 5 5.5zM3.5 10h17M8 3v4M16 3v4',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  check: 'M4.5 12.5l5 5 10-11',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4M12 3v2',
  turn: 'M4.5 12a7.5 7.5 0 0 1 13-5.2L20 9.5M20 4.5v5h-5M19.5 12a7.5 7.5 0 0 1-13 5.2L4 14.5M4 19.5v-5h5',
  cup: 'M5 9h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 10.5h1.5a2.5 2.5 0 0 1 0 5H16M8 3.5v2.5M11.5 3.5v2.5',
  play: 'M7.5 5v14l11-7z',
  screen: 'M4.5 5h15A1.5 1.5 0 0 1 21 6.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4.5 5zM8.5 20.5h7M12 13.5v-5.5M9.5 10 12 7.5l2.5 2.5',
  'screen-off': 'M4.5 5h15A1.5 1.5 0 0 1 21 6.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4.5 5zM8.5 20.5h7M9.800 8.800l4.400 4.400M14.200 8.800l-4.400 4.400',
  ear: 'M7 10.5a5 5 0 0 1 10 0c0 3-3 3.5-3 6.5a2.800 2.800 0 0 1-5.300 1.200M9.800 10.5a2.200 2.200 0 0 1 4.400 0c0 1.5-1.800 2-1.800 3.300',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  more: 'M4 12a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0zM10.8 12a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0zM17.6 12a1.2 1.2 0 1 0 2.4 0 1.2 1.2 0 1 0-2.4 0z',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 8V5h4M16 5h4v3M20 16v3h-4M8 19H4v-3M8.5 9.5h7v5h-7z',
  test: 'M9 4h6M10 4v6l-5.5 8a1.5 1.5 0 0 0 1.300 2.200h12.400a1.5 1.5 0 0 0 1.300-2.200L14 10V4M7.5 15.500h9',
  absent: 'M5 5.5h14A1.5 1.5 0 0 1 20.5 7v12a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 19V7A1.5 1.5 0 0 1 5 5.5zM3.5 10h17M8 3v4M16 3v4M9.5 13l5 5M14.5 13l-5 5',
  network: 'M3 9.5a13 13 0 0 1 18 0M6.2 13a8.500 8.500 0 0 1 11.600 0M9.400 16.300a4 4 0 0 1 5.200 0M12 19.500v.1',
  send: 'M4 12l16-8-5 16-3.5-6.5zM11.5 13.5L20 4',
};

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing beside a text that says the same, hence hidden from screen readers. @param {string} name one of PATHS */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  path.setAttribute('d', PATHS[name] ?? '');
  svg.append(path);
  return svg;
}

/**
 * @param {string} id for tests and labels @param {string} look class names @param {Child[]} content
 * @param {() => void} tapped
 */
export function button(id, look, content, tapped) {
  return el('button', { id, type: 'button', class: look, click: tapped }, ...content);
}

/**
 * Changes a text only if it is another one, so that a live region says it once.
 * @param {HTMLElement} element @param {string} text
 */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} phone as a person reads it */
export const telephone = (phone) => `tel:${phone.replaceAll(/[^+0-9]/g, '')}`;
