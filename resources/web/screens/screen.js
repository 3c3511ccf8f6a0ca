/** What every screen is made of and gets. */

import { el, icon, telephone } from '../dom.js';

/** @import {View} from '../view.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */
/** @import {Child} from '../dom.js' */

/**
 * @typedef {object} Screen
 * @property {HTMLElement} element
 * @property {HTMLElement} heading gets the focus when the screen appears
 * @property {(view: View) => void} [update] the session changed
 * @property {() => void} [devicesChanged]
 * @property {(trouble: DeviceTrouble | null) => void} [troubled] what came out when the devices were asked for on the way here
 * @property {() => void} [close]
 */

/** The heading that names a screen. @param {string} text @param {string} look class names */
export const heading = (text, look = '') => el('h1', { tabindex: '-1', class: look }, text);

/** @param {HTMLElement} head @param {Child[]} content @returns {HTMLElement} a screen as one column of text */
export const sheet = (head, ...content) => el('section', { class: 'sheet' }, head, ...content);

/**
 * The agency's number inside a text, or where to find it. @param {Texts} texts @param {string} phone may be empty
 * @returns {HTMLElement}
 */
export function callUs(texts, phone) {
  if (phone === '') return el('p', {}, texts.say('page.phone.invitation'));
  return el('a', { class: 'button wide', href: telephone(phone) }, icon('phone'), texts.say('page.phone.call', { phone }));
}
