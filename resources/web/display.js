/**
 * The one screen that stands on the page, in the chosen language, with the bar above it.
 * For whoever measures from outside, `#page` carries `data-state` (the screen), what `note` is given and, on a closed door, `data-code`.
 */

import { Bar } from './bar.js';
import { loading } from './screens/message.js';
import { Texts, remember } from './texts.js';

/** @import {Site} from './texts.js' */
/** @import {Screen} from './screens/screen.js' */

export class Display {
  #root;
  #texts;
  #phone;
  #bar;
  /** Hands a new screen what is known already. @type {(screen: Screen) => void} */
  #built;
  /** @type {Screen} */
  #screen = loading('');
  #make = () => this.#screen;

  /** @param {HTMLElement} root @param {HTMLElement} bar @param {Site} site @param {Texts} texts @param {(screen: Screen) => void} built */
  constructor(root, bar, site, texts, built) {
    this.#root = root;
    this.#texts = texts;
    this.#phone = site.phone;
    this.#built = built;
    this.#bar = new Bar(bar, site.languages, (language) => this.#speak(language));
    this.#bar.show(texts, this.#phone);
  }

  get texts() {
    return this.#texts;
  }

  /** What screens with a number in them are made with. */
  get speaker() {
    return { texts: this.#texts, phone: this.#phone };
  }

  get screen() {
    return this.#screen;
  }

  /** The name of the screen, empty before the first. */
  get state() {
    return this.#root.dataset.state ?? '';
  }

  /** Why the door is closed, or what a screen says in particular; mostly empty. */
  get code() {
    return this.#root.dataset.code ?? '';
  }

  /** The number of the appointment's own site; an empty one changes nothing. @param {string} phone */
  call(phone) {
    this.#phone = phone || this.#phone;
    this.#bar.show(this.#texts, this.#phone);
  }

  /** @param {string} state for `data-state` @param {() => Screen} make called again when the language changes @param {string} code for `data-code` */
  show(state, make, code = '') {
    const first = this.state === '';
    this.#make = make;
    this.#root.dataset.state = state;
    document.documentElement.dataset.screen = state; // for the style sheets: older browsers cannot look from a screen up to the page
    if (code === '') delete this.#root.dataset.code;
    else this.#root.dataset.code = code;
    this.#build();
    if (!first) this.#screen.heading.focus();
  }

  /** @param {Record<string, string | number>} facts for `data-…` */
  note(facts) {
    for (const [name, value] of Object.entries(facts)) this.#root.dataset[name] = String(value);
  }

  #build() {
    this.#screen.close?.();
    this.#screen = this.#make();
    this.#root.replaceChildren(this.#screen.element);
    document.title = this.#texts.say('page.title', { screen: this.#screen.heading.textContent ?? '' });
    this.#built(this.#screen);
    window.scrollTo(0, 0);
  }

  /** @param {string} language */
  async #speak(language) {
    this.#texts = await Texts.load(language);
    remember(language);
    this.#bar.show(this.#texts, this.#phone);
    this.#build();
  }
}
