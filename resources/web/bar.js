/** The bar above every screen: the agency's number and the language, in the same place everywhere (WCAG 2.2, 3.2.6). */

import { el, icon, tell, telephone } from './dom.js';
import { direction, ownName } from './texts.js';

/** @import {Texts} from './texts.js' */

export class Bar {
  #element;
  #phone = el('a', { id: 'phone', class: 'phone', hidden: true });
  #select;
  #label = el('span', { class: 'unseen' });
  #failed = el('p', { id: 'language-failed', role: 'status' });
  /** What stands in the bar. @type {Texts | null} */
  #texts = null;

  /** @param {HTMLElement} element @param {string[]} languages @param {(language: string) => Promise<void>} chosen fails where its texts cannot be had */
  constructor(element, languages, chosen) {
    this.#element = element;
    this.#select = el('select', { id: 'language', change: () => void chosen(this.#select.value).catch(() => this.#stay()) });
    for (const tag of languages) this.#select.append(el('option', { value: tag, lang: tag }, ownName(tag)));
    const language = el('label', { class: 'language', hidden: languages.length < 2 }, icon('language'), this.#label, this.#select);
    element.replaceChildren(this.#phone, language, this.#failed);
  }

  /** @param {Texts} texts @param {string} phone may be empty */
  show(texts, phone) {
    this.#texts = texts;
    tell(this.#failed, '');
    document.documentElement.lang = texts.language;
    document.documentElement.dir = direction(texts.language);
    this.#element.setAttribute('aria-label', texts.say('page.bar.label'));
    this.#select.value = texts.language;
    this.#label.textContent = texts.say('page.bar.language');
    this.#phone.hidden = phone === '';
    this.#phone.href = telephone(phone);
    this.#phone.replaceChildren(icon('phone'), el('span', { class: 'unseen' }, texts.say('page.bar.phone')), ` ${phone}`);
  }

  /** In the language as it was. */
  #stay() {
    if (this.#texts === null) return;
    this.#select.value = this.#texts.language;
    tell(this.#failed, this.#texts.say('page.bar.language-failed'));
  }
}
