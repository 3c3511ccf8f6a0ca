/** After "Ich kann nicht kommen", "Bitte rufen Sie mich an", or the taking back: whether the agency has it, and the way back. */

import { button, el, icon } from '../dom.js';
import { callUs, heading, sheet } from './screen.js';

/** @import {Wish} from '../reports.js' */
/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/**
 * @typedef {object} WishActions
 * @property {() => void} undo
 * @property {() => void} again
 * @property {() => void} back
 */

/** On its way. @param {Speaker} speaker @returns {Screen} */
export function telling({ texts }) {
  const head = heading(texts.say('page.wish.telling'), 'quiet');
  return { element: sheet(head), heading: head };
}

/**
 * The agency has it.
 * @param {Speaker} speaker @param {Wish | 'nothing'} wish @param {WishActions} actions
 * @returns {Screen}
 */
export function told({ texts, phone }, wish, { undo, back }) {
  const head = heading(texts.say(`page.wish.${wish}.title`));
  const element = sheet(head,
    el('p', { class: 'calm' }, icon('check'), el('span', {}, texts.say(`page.wish.${wish}.what`))),
    wish === 'nothing' ? null : el('p', {}, texts.say(`page.wish.${wish}.later`)),
    button('back', 'button main wide', [texts.say('page.wish.back')], back),
    wish === 'nothing' ? null : button('wish-undo', 'button wide', [icon('turn'), texts.say(`page.wish.${wish}.undo`)], undo),
    callUs(texts, phone),
  );
  return { element, heading: head };
}

/** It could not be told. @param {Speaker} speaker @param {WishActions} actions @returns {Screen} */
export function untold({ texts, phone }, { again, back }) {
  const head = heading(texts.say('page.wish.untold.title'));
  const element = sheet(head,
    el('p', { role: 'alert' }, texts.say('page.wish.untold.what')),
    callUs(texts, phone),
    button('again', 'button main wide', [texts.say('page.again')], again),
    button('back', 'button wide', [texts.say('page.wish.back')], back),
  );
  return { element, heading: head };
}
