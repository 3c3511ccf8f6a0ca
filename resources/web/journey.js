/**
 * Leads one person from the link to the goodbye: the door, the devices, the visit. Which screens each of them has is their own matter
 * (`door.js`, `equipment.js`, `visit.js`); what stands on the page is `display.js`.
 */

import { inApp } from './browser.js';
import { Display } from './display.js';
import { Door } from './door.js';
import { BOTH, Equipment } from './equipment.js';
import { Loudspeaker } from './loudspeaker.js';
import { SeatStore } from './protocol.js';
import { elsewhere } from './screens/elsewhere.js';
import { loading } from './screens/message.js';
import { Visit } from './visit.js';

/** @import {Site, Texts} from './texts.js' */
/** @import {Screen} from './screens/screen.js' */

export class Journey {
  #store;
  #display;
  #door;
  #equipment;
  #visit;
  #program = inApp(navigator.userAgent);
  #stays = false;

  /** @param {HTMLElement} root @param {HTMLElement} bar @param {Site} site @param {Texts} texts @param {{token: string, key: string}} link */
  constructor(root, bar, site, texts, { token, key }) {
    const store = new SeatStore(sessionStorage, key);
    const display = new Display(root, bar, site, texts, (screen) => this.#built(screen));
    const loudspeaker = new Loudspeaker(navigator.mediaDevices, 'setSinkId' in HTMLMediaElement.prototype);
    const door = new Door(display, key, () => void this.start());
    const near = { display, door, store, loudspeaker };
    const equipment = new Equipment(near, { enter: () => this.#visit.begin(), changed: () => this.#devicesChanged() });
    this.#store = store;
    this.#display = display;
    this.#door = door;
    this.#equipment = equipment;
    this.#visit = new Visit(token, { ...near, equipment, devices: equipment.devices });
  }

  async start() {
    this.#display.show('loading', () => loading(this.#display.texts.say('page.loading')));
    if (!isSecureContext) return this.#door.close('insecure');
    const { agreed, seat, left, wish } = this.#store.read();
    if (!agreed && !this.#stays && this.#program !== '') return this.#elsewhere();
    if (seat !== undefined && left !== true) {
      void this.#door.look().catch(() => undefined);
      this.#visit.begin();
      if (!this.#visit.paused) await this.#equipment.equip(wish);
    } else if (await this.#door.arrive()) {
      if (left === true) this.#visit.showLeft();
      else if (agreed) await this.#equipment.ask(wish ?? BOTH);
      else this.#welcome();
    }
    return undefined;
  }

  /** Inside of another program camera and microphone mostly fail: better to say so before the first tap. */
  #elsewhere() {
    const stay = () => {
      this.#stays = true;
      void this.start();
    };
    this.#display.show('elsewhere', () => elsewhere(this.#display.speaker, this.#program, stay));
  }

  #welcome() {
    const agree = () => {
      this.#store.update({ agreed: true });
      void this.#equipment.ask(BOTH);
    };
    this.#door.welcome({ agree, instead: (way) => this.#equipment.instead(way, () => this.#welcome()) });
  }

  /** A new screen gets what is known already. @param {Screen} screen */
  #built(screen) {
    const { view } = this.#visit;
    if (view !== null) screen.update?.(view);
    screen.troubled?.(this.#equipment.trouble);
  }

  #devicesChanged() {
    this.#display.screen.devicesChanged?.();
    this.#visit.devicesChanged();
  }

  // ---- the browser's news

  online() {
    this.#visit.online();
  }

  seen() {
    this.#visit.seen();
  }
}
