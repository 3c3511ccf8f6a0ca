/** What this side lets the counsellor see and hear: camera and microphone, a screen, or a short pause in which nothing is taken in. */

import { Sharing } from './sharing.js';

/** @import {Devices} from './devices.js' */
/** @import {Equipment} from './equipment.js' */
/** @import {Sources} from './peer.js' */
/** @import {SeatStore} from './protocol.js' */
/** @import {Switches} from './talk.js' */

export class Presence {
  #devices;
  #equipment;
  #store;
  #changed;
  #paused;

  /** @param {Devices} devices @param {Equipment} equipment @param {SeatStore} store @param {() => void} changed */
  constructor(devices, equipment, store, changed) {
    this.#devices = devices;
    this.#equipment = equipment;
    this.#store = store;
    this.#changed = changed;
    this.#paused = store.read().paused === true;
    this.sharing = new Sharing(navigator.mediaDevices, changed);
  }

  /** @returns {Sources} */
  get sources() {
    return { ...this.#devices.tracks, screen: this.sharing.track };
  }

  /** @returns {Switches} */
  get switches() {
    return { ...this.#devices.switches, screen: this.sharing.track !== null, paused: this.#paused };
  }

  get paused() {
    return this.#paused;
  }

  /** Camera and microphone are freed, their lights go out; what the switches stood at stays noted. */
  pause() {
    this.#note(true);
    this.sharing.stop();
    this.#devices.free();
  }

  /** Back, with the switches as they stood. */
  async resume() {
    this.#note(false);
    this.#changed();
    return this.#equipment.equip(this.#store.read().wish);
  }

  /** Out of the conversation: nothing of this is taken along. */
  end() {
    this.sharing.stop();
    if (this.#paused) this.#note(false);
  }

  /** @param {boolean} paused a tab that is loaded again stays in its pause */
  #note(paused) {
    this.#paused = paused;
    this.#store.update({ paused });
  }
}
