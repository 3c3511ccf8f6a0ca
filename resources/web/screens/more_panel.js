/** Everything else that can be done in the room: what the bar has no place for, the choice of devices, help with the sound, the megabytes. */

import { el, icon, tell } from '../dom.js';
import { deviceChoice } from './device_choice.js';

/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */

/** What came out of "Ich höre nichts": keys `page.hear.…`. @typedef {import('../readings.js').Hearing | 'muted' | 'paused' | 'again'} Heard */

/**
 * @param {Texts} texts @param {Devices} devices @param {Loudspeaker} loudspeaker
 * @param {{told: (trouble: DeviceTrouble | null) => void, close: () => void}} actions
 * @param {HTMLElement[]} items buttons, in order
 */
export function morePanel(texts, devices, loudspeaker, { told, close }, items) {
  const choice = deviceChoice(texts, devices, loudspeaker, told);
  const heard = el('p', { id: 'heard', class: 'calm', role: 'status' });
  const line = el('p', { id: 'line', class: 'quiet' });
  const used = el('p', { id: 'data-used', class: 'quiet' });
  const list = el('div', { class: 'items' }, ...items);
  const element = el('section', { id: 'more-panel', class: 'panel', hidden: true, 'aria-labelledby': 'more-title' },
    el('div', { class: 'panel-head' },
      el('h2', { id: 'more-title', tabindex: '-1' }, texts.say('page.more.title')),
      el('button', { id: 'more-close', type: 'button', class: 'round', 'aria-label': texts.say('page.more.close'), click: close }, icon('close')),
    ),
    el('div', { class: 'panel-body', tabindex: '0', role: 'group', 'aria-labelledby': 'more-title' }, heard, list, line, choice.element, used),
  );
  return {
    element,
    list,
    focus: () => element.querySelector('h2')?.focus(),
    devicesChanged: choice.update,
    /** @param {Heard | ''} what */
    hear: (what) => {
      tell(heard, what === '' ? '' : texts.say(`page.hear.${what}`));
      if (what !== '') heard.scrollIntoView({ block: 'nearest' });
    },
    /** @param {string} text about the line, empty if it is good */
    say: (text) => tell(line, text),
    /** @param {number} megabytes */
    use: (megabytes) => tell(used, texts.say('page.more.used', { megabytes })),
  };
}
