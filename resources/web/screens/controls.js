/** The switches and doors of the room: which buttons there are, and where they stand. On a narrow screen the rarer ones stand in a panel. */

import { el, icon, tell } from '../dom.js';

/** @import {Texts} from '../texts.js' */

/** Wide and high enough for every button in the bar. */
const ROOMY = '(min-width: 44rem) and (min-height: 30rem)';

/** Drawing and text of each. */
const LOOKS = Object.freeze({
  mic: ['mic', 'page.room.microphone'],
  cam: ['camera', 'page.room.camera'],
  pause: ['cup', 'page.room.pause'],
  share: ['screen', 'page.room.share'],
  'chat-toggle': ['chat', 'page.room.chat'],
  words: ['shield', 'page.room.words'],
  hear: ['ear', 'page.room.hear'],
  full: ['full', 'page.room.full'],
  more: ['more', 'page.room.more'],
  leave: ['leave', 'page.room.leave'],
});
/** @typedef {keyof typeof LOOKS} Name */

const ALWAYS = /** @type {const} */ (['mic', 'cam', 'chat-toggle', 'more', 'leave']);
const BAR = /** @type {const} */ (['mic', 'cam', 'pause', 'share', 'chat-toggle', 'words', 'more', 'leave']);
const PANEL = /** @type {const} */ (['pause', 'hear', 'words', 'share', 'full']);

export class Controls {
  #texts;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #roomy = matchMedia(ROOMY);
  #panel;
  #place = () => this.#settle();

  /** @param {Texts} texts @param {Record<Name, () => void>} actions @param {HTMLElement} panel where the rarer ones stand */
  constructor(texts, actions, panel) {
    this.#texts = texts;
    this.#panel = panel;
    for (const name of /** @type {Name[]} */ (Object.keys(LOOKS))) {
      const [drawing = '', key = ''] = LOOKS[name];
      const content = [icon(drawing), el('span', { class: 'name' }, texts.say(key))];
      this.#buttons.set(name, el('button', { id: name, type: 'button', class: `control is-${name}`, click: actions[name] }, ...content));
    }
    this.element = el('div', { class: 'controls', role: 'group', 'aria-label': texts.say('page.room.controls') });
    this.#roomy.addEventListener('change', this.#place);
    this.#settle();
  }

  /** @param {Name} name @returns {HTMLButtonElement} */
  button(name) {
    return /** @type {HTMLButtonElement} */ (this.#buttons.get(name));
  }

  /** @param {readonly Name[]} names */
  #of(names) {
    return names.map((name) => this.button(name));
  }

  #settle() {
    const active = document.activeElement;
    this.element.replaceChildren(...this.#of(this.#roomy.matches ? BAR : ALWAYS));
    this.#panel.replaceChildren(...this.#of(PANEL.filter((name) => !this.#roomy.matches || !BAR.some((one) => one === name))));
    if (active instanceof HTMLElement && active.isConnected) active.focus();
  }

  /** A switch that is on or off. @param {Name} name @param {boolean} on @param {string} drawing */
  press(name, on, drawing) {
    this.button(name).setAttribute('aria-pressed', String(on));
    this.draw(name, drawing);
  }

  /** @param {Name} name @param {string} drawing */
  draw(name, drawing) {
    this.button(name).firstElementChild?.replaceWith(icon(drawing));
  }

  /** @param {Name} name @param {string} key of the text */
  call(name, key) {
    const text = this.button(name).querySelector('.name');
    if (text instanceof HTMLElement) tell(text, this.#texts.say(key));
  }

  close() {
    this.#roomy.removeEventListener('change', this.#place);
  }
}
