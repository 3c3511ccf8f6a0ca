/** While the browser's own question stands: what it looks like in this browser, drawn, with the one button that is to be tapped. */

import { dialogOf } from '../browser.js';
import { el, icon } from '../dom.js';
import { heading, sheet } from './screen.js';

/** @import {Dialog} from '../browser.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Screen} from './screen.js' */

/** Left, top, width, height. @typedef {readonly [number, number, number, number]} Box */
/** @typedef {{dialog: Box, yes: Box, no: readonly Box[], words: readonly Box[]}} Drawing */

/** Each browser's question in outline, in a screen of 200x110. @type {Readonly<Record<Dialog, Drawing>>} */
const DRAWINGS = Object.freeze({
  chrome: { dialog: [14, 8, 172, 96], yes: [22, 40, 156, 19], no: [[22, 62, 156, 16], [22, 81, 156, 16]], words: [[22, 16, 110, 5], [22, 27, 80, 5]] },
  firefox: { dialog: [14, 8, 172, 84], yes: [102, 66, 76, 20], no: [[22, 66, 76, 20]], words: [[22, 18, 140, 5], [22, 30, 110, 5], [22, 46, 90, 5]] },
  safari: { dialog: [30, 12, 140, 86], yes: [101, 70, 66, 24], no: [[33, 70, 66, 24]], words: [[48, 24, 104, 5], [42, 36, 116, 5], [60, 48, 80, 5]] },
  samsung: { dialog: [8, 34, 184, 72], yes: [102, 78, 82, 22], no: [[16, 78, 82, 22]], words: [[20, 46, 120, 5], [20, 58, 150, 5]] },
});

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} text */
function svg(tag, attributes, text = '') {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = text;
  return element;
}

/** @param {Box} box @param {string} look class name */
const box = ([x, y, width, height], look, rx = 5) => svg('rect', { x, y, width, height, rx, class: look });

/** @param {Texts} texts @param {Dialog} dialog */
export function picture(texts, dialog) {
  const { dialog: frame, yes, no, words } = DRAWINGS[dialog];
  const name = texts.say(`page.permission.button.${dialog}`);
  const drawn = svg('svg', { viewBox: '0 0 200 110', class: 'asks', role: 'img', 'aria-label': texts.say('page.permission.picture', { button: name }), 'data-browser': dialog });
  const label = svg('text', { x: yes[0] + yes[2] / 2, y: yes[1] + yes[3] / 2 + 3, class: 'yes-text' }, name);
  drawn.append(box(frame, 'frame', 8), ...words.map((line) => box(line, 'words', 2)), ...no.map((one) => box(one, 'no')), box(yes, 'yes'), label);
  return drawn;
}

/** @param {Texts} texts @returns {Screen} */
export function permission(texts, dialog = dialogOf(navigator.userAgent, navigator.maxTouchPoints)) {
  const head = heading(texts.say('page.permission.title'));
  const button = texts.say(`page.permission.button.${dialog}`);
  const element = sheet(head,
    el('p', {}, texts.say('page.permission.what')),
    el('p', { class: 'big' }, icon('camera'), icon('mic'), el('span', {}, texts.say('page.permission.allow', { button }))),
    picture(texts, dialog),
    el('p', { class: 'quiet' }, texts.say('page.permission.nobody')),
  );
  return { element, heading: head };
}
