/** What can be done on the link before the appointment: try the technology out, say that one cannot come, ask for a call. One tap each. */

import { button, el, icon } from '../dom.js';

/** @import {Appointment} from '../look.js' */
/** @import {Wish} from '../reports.js' */
/** @import {Texts} from '../texts.js' */

/**
 * @typedef {object} Ahead
 * @property {() => void} rehearse
 * @property {(wish: Wish | 'nothing') => void} wish `nothing` takes it back
 */

/**
 * @param {Texts} texts @param {Appointment} appointment @param {Ahead} actions
 * @param {boolean} main whether trying out is what there is to do now
 * @returns {HTMLElement}
 */
export function ahead(texts, { wish = '' }, { rehearse, wish: say }, main) {
  const part = (/** @type {string} */ name) => texts.say(`page.wish.${name}`);
  return el('section', { class: 'choice ahead', 'aria-labelledby': 'ahead' },
    el('h2', { id: 'ahead' }, part('ahead')),
    wish === '' ? null : el('p', { id: 'wished', class: 'calm' }, icon('check'), el('span', {}, part(`${wish}.said`))),
    button('rehearse', main ? 'button main wide' : 'button wide', [icon('test'), texts.say('page.rehearsal.try')], rehearse),
    el('div', { class: 'pair' },
      wish === '' ? null : button('wish-undo', 'button', [icon('turn'), part(`${wish}.undo`)], () => say('nothing')),
      wish === 'cannot-come' ? null : button('cannot-come', 'button', [icon('absent'), part('cannot-come')], () => say('cannot-come')),
      wish === 'call-me' ? null : button('call-me', 'button', [icon('phone'), part('call-me')], () => say('call-me')),
    ),
  );
}
