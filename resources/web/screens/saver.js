/** "Daten sparen": a switch, and in words how many megabytes the appointment takes with it and without. */

import { expectedMegabytes } from '../data_use.js';
import { el } from '../dom.js';

/** @import {Texts} from '../texts.js' */

/**
 * @param {Texts} texts @param {number} minutes of the appointment; 0 if they are not known
 * @param {boolean} on @param {(on: boolean) => void} changed
 * @returns {HTMLElement}
 */
export function saver(texts, minutes, on, changed) {
  const box = el('input', { id: 'saving', type: 'checkbox', role: 'switch', checked: on, 'aria-describedby': 'saving-what', change: () => changed(box.checked) });
  const megabytes = { minutes, saving: expectedMegabytes(minutes, true), full: expectedMegabytes(minutes, false) };
  return el('div', { class: 'saver' },
    el('label', { class: 'switch' }, box, el('span', {}, texts.say('page.saving.label'))),
    el('p', { id: 'saving-what', class: 'quiet' }, texts.say('page.saving.what'), ' ', minutes === 0 ? '' : texts.say('page.saving.megabytes', megabytes)),
  );
}
