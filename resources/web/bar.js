/** The bar above every screen: the agency's number and the language, in the same place everywhere (WCAG 2.2, 3.2.6). */

import { el, icon, telephone } from './dom.js';
import { direction, ownName } from './texts.js';

/** @import {Texts} from './texts.js' */

export class Bar {
  #element;
  #phone = el('a', { id: 'phone', class: 'phone', hidden: true });
  #select;
  #label = el('span', { class: 'unseen' });

  /** @param {HTMLElement} element @param {string[]} languages @param {(language: string) => void} chosen */
  constructor(element, languages, chosen) {
    this.#element = element;
    this.#select = el('select', { id: 'language', change: () => chosen(this.#select.value) });
    for (const tag of languages) this.#select.append(el('option', { value: tag, lang: tag }, ownName(tag)));
    const language = el('label', { class: 'language', hidden: languages.length < 2 }, icon('language'), this.#label, this.#select);
    element.replaceChildren(this.#phone, language);
  }

  /** @param {Texts} texts @param {string} phone may be empty */
  show(texts, phone) {
    document.documentElement.lang = texts.language;
    document.documentElement.dir = direction(texts.language);
    this.#element.setAttribute('aria-label', texts.say('page.bar.label'));
    this.#select.value = texts.language;
    this.#label.textContent = texts.say('page.bar.language');
    this.#phone.hidden = phone === '';
    this.#phone.href = telephone(phone);
    this.#phone.replaceChildren(icon('phone'), el('span', { class: 'unseen' }, texts.say('page.bar.phone')), ` ${phone}`);
  }
}
