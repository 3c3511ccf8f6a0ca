/** One trouble in a sentence, with the ways out of it as buttons: what preview, waiting room and room show. */

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
 * Whoever goes on with the trouble as it is sees the note no more, until there is another trouble.
 * @param {Texts} texts @param {() => void} again takes the devices once more
 * @returns {{element: HTMLElement, show: (trouble: DeviceTrouble | null) => void}} hidden while there is none
 */
export function troubleNote(texts, again) {
  const sentence = el('p', { role: 'alert' });
  const ways = el('div', { class: 'ways' });
  const element = el('div', { class: 'caution trouble', hidden: true }, sentence, ways);
  const stay = button('stay-so', 'button plain wide', [texts.say('page.devices.way.stay')], () => {
    element.hidden = true;
  });
  /** @type {DeviceTrouble | null} */
  let shown = null;
  /** @param {DeviceTrouble | null} trouble */
  const show = (trouble) => {
    if (trouble === shown) return;
    shown = trouble;
    element.hidden = trouble === null;
    element.dataset.trouble = trouble ?? '';
    tell(sentence, trouble === null ? '' : texts.say(TROUBLES[trouble].sentence));
    ways.replaceChildren(...(trouble === null ? [] : [...waysBack(texts, trouble, again), stay]));
  };
  return { element, show };
}

/** @param {Texts} texts @param {DeviceTrouble} trouble @param {() => void} again */
function waysBack(texts, trouble, again) {
  const { ways } = TROUBLES[trouble];
  if (ways.includes('copy')) return [copyLink(texts)];
  return ways.includes('again') ? [button('ask-again', 'button main wide', [texts.say('page.again')], again)] : [];
}
