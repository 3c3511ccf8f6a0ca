/** One trouble in a sentence, with the ways out of it as buttons: the same piece on preview, waiting room and room. */

import { button, el, icon, tell } from '../dom.js';
import { TROUBLES } from '../troubles.js';
import { copyLink } from './copy_link.js';

/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble, Way} from '../troubles.js' */

/** What can be done here; ways that are not among them are not offered. @typedef {Partial<Record<Way, () => void>>} WayActions */

/** @type {Readonly<Record<Exclude<Way, 'copy'>, [string, string]>>} */
const BUTTONS = Object.freeze({
  again: ['ask-again', 'camera'],
  sound: ['ask-sound', 'mic'],
  nothing: ['ask-nothing', 'chat'],
});

/**
 * @param {Texts} texts @param {DeviceTrouble} trouble @param {WayActions} actions
 * @returns {HTMLElement[]} the ways out, the first of them as the main one
 */
export function waysOut(texts, trouble, actions) {
  return TROUBLES[trouble].ways.flatMap((way, k) => {
    if (way === 'copy') return [copyLink(texts)];
    const act = actions[way];
    const [id, drawing] = BUTTONS[way];
    const look = k === 0 ? 'button main wide' : 'button wide';
    return act === undefined ? [] : [button(id, look, [icon(drawing), texts.say(`page.devices.way.${way}`)], act)];
  });
}

/**
 * @param {Texts} texts @param {WayActions} actions
 * @returns {{element: HTMLElement, show: (trouble: DeviceTrouble | null) => void}} hidden while there is none
 */
export function troubleNote(texts, actions) {
  const sentence = el('p', { role: 'alert' });
  const ways = el('div', { class: 'ways' });
  const element = el('div', { class: 'caution trouble', hidden: true }, sentence, ways);
  /** @param {DeviceTrouble | null} trouble */
  const show = (trouble) => {
    element.hidden = trouble === null;
    element.dataset.trouble = trouble ?? '';
    tell(sentence, trouble === null ? '' : texts.say(TROUBLES[trouble].sentence));
    ways.replaceChildren(...(trouble === null ? [] : waysOut(texts, trouble, actions)));
  };
  return { element, show };
}
