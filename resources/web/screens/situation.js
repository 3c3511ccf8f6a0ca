/** What goes on in the room, in one banner. Where no connection comes about for a while, it says so and names the telephone. */

import { systemClock } from '../clock.js';
import { el, tell, telephone } from '../dom.js';

/** @import {Clock} from '../clock.js' */
/** @import {Texts} from '../texts.js' */
/** @import {View} from '../view.js' */

/** Picture and sound that do not flow after this long may never do so: some networks let nothing of the kind through. */
export const STUCK_MS = 15_000;

/** Verdicts that are worth a sentence. */
export const WEAK = ['client-network', 'counsellor-network', 'network-between', 'client-device', 'counsellor-device'];

/** What the banner says: the first that is true. @param {View} view @returns {string} key, empty if all is well */
export function situation(view) {
  const flows = view.media === 'connected';
  if (view.troubled && !flows) return 'page.room.offline';
  if (!view.peerPresent && !flows) return 'page.room.peer-away';
  if (view.media === 'interrupted') return 'page.room.interrupted';
  if (!flows) return 'page.room.connecting';
  if (view.troubled) return 'page.room.server-lost';
  if (view.words.state === 'broken') return 'page.room.words-broken';
  if (view.words.state === 'lost') return 'page.room.words-lost';
  if (view.words.state === 'again') return 'page.room.words-again';
  return calmSituation(view);
}

/** The connection is as it should be. @param {View} view @returns {string} */
function calmSituation(view) {
  if (WEAK.includes(view.verdict)) return `page.line.${view.verdict}`;
  if (view.sharing) return 'page.room.sharing';
  if (!view.peerMicrophone && !view.peerPaused && !view.paused) return 'page.room.peer-muted';
  return '';
}

/** It is being tried, and that may go on for ever. */
const TRYING = ['page.room.connecting', 'page.room.interrupted'];

export class Situation {
  element = el('p', { id: 'room-news', class: 'banner', role: 'status' });
  #texts;
  #phone;
  #clock;
  #key = '';
  #stuck = false;
  /** @type {(() => void) | null} */
  #patience = null;

  /** @param {Texts} texts @param {string} phone may be empty @param {Clock} clock */
  constructor(texts, phone, clock = systemClock) {
    this.#texts = texts;
    this.#phone = phone;
    this.#clock = clock;
  }

  /** @param {View} view */
  update(view) {
    this.#key = situation(view);
    if (!TRYING.includes(this.#key)) this.#forget();
    else this.#patience ??= this.#clock.after(STUCK_MS, () => {
      this.#stuck = true;
      this.#show();
    });
    this.#show();
  }

  #show() {
    const key = this.#stuck ? 'page.room.stuck' : this.#key;
    const before = this.element.dataset.situation;
    this.element.dataset.situation = key.slice(key.lastIndexOf('.') + 1);
    if (!this.#stuck) tell(this.element, key === '' ? '' : this.#texts.say(key));
    else if (before !== 'stuck') this.element.replaceChildren(this.#texts.say(key), ' ', this.#wayOut());
  }

  #wayOut() {
    if (this.#phone === '') return this.#texts.say('page.phone.invitation');
    return el('a', { href: telephone(this.#phone) }, this.#texts.say('page.phone.call', { phone: this.#phone }));
  }

  #forget() {
    this.#patience?.();
    this.#patience = null;
    this.#stuck = false;
  }

  close() {
    this.#forget();
  }
}
