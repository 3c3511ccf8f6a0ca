/** The page stands in a browser inside of another program: how to get out of it, with the link to take along. */

import { button, el } from '../dom.js';
import { copyLink } from './copy_link.js';
import { callUs, heading, sheet } from './screen.js';

/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/**
 * @param {Speaker} speaker @param {string} program its name, or `app` if it gives none (`browser.js`) @param {() => void} stay
 * @returns {Screen}
 */
export function elsewhere({ texts, phone }, program, stay) {
  const head = heading(texts.say('page.in-app.title'));
  const what = program === 'app' ? texts.say('page.in-app.what-app') : texts.say('page.in-app.what', { app: program });
  const element = sheet(head,
    el('p', {}, what),
    copyLink(texts),
    button('stay', 'button wide', [texts.say('page.in-app.stay')], stay),
    callUs(texts, phone),
  );
  return { element, heading: head };
}
