/** The personal link, to be taken along into another browser: a field to copy from by hand, and a button that does it. */

import { button, el, tell } from '../dom.js';

/** @import {Texts} from '../texts.js' */

/** @param {Texts} texts @param {string} address without a link, the page on which the code is typed @returns {HTMLElement} */
export function copyLink(texts, address = location.hash === '#code' ? location.origin : location.href) {
  const field = el('input', { id: 'link', type: 'text', readonly: true, value: address, dir: 'ltr', 'aria-label': texts.say('page.link.label') });
  const done = el('p', { class: 'quiet', role: 'status' });
  const copy = () => {
    field.select();
    field.setSelectionRange(0, address.length);
    // The newer clipboard is closed to pages inside of other programs; this works in all of them.
    tell(done, texts.say(document.execCommand('copy') ? 'page.link.copied' : 'page.link.by-hand'));
  };
  return el('div', { class: 'copy' }, field, button('copy-link', 'button main wide', [texts.say('page.link.copy')], copy), done);
}
