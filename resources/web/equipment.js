/** Camera and microphone on the way: asks with the fitting screens, keeps what the switches stood at, remembers what went wrong. */

import { instead } from './screens/message.js';
import { permission, preview, refused } from './screens/preview.js';

/** @import {Devices, DeviceTrouble, Wish} from './devices.js' */
/** @import {Display} from './display.js' */
/** @import {SeatStore} from './protocol.js' */
/** @import {Way} from './screens/message.js' */

/** @type {Wish} */
export const BOTH = Object.freeze({ microphone: true, camera: true });

export class Equipment {
  #display;
  #devices;
  #store;
  #enter;
  /** What came out when the devices were asked for last. @type {DeviceTrouble | null} */
  #trouble = null;

  /** @param {Display} display @param {Devices} devices @param {SeatStore} store @param {() => void} enter from the preview into the waiting room */
  constructor(display, devices, store, enter) {
    this.#display = display;
    this.#devices = devices;
    this.#store = store;
    this.#enter = enter;
  }

  get trouble() {
    return this.#devices.released ? null : this.#trouble;
  }

  /** Permission, then the preview. @param {Wish} wish */
  async ask(wish) {
    const display = this.#display;
    const ask = (/** @type {Wish} */ next) => void this.ask(next);
    const other = () => this.instead('other', () => void this.ask(wish));
    display.show('permission', () => permission(display.texts));
    const trouble = await this.#devices.request(wish);
    if (display.state !== 'permission') return;
    const { audio, video } = this.#devices.tracks;
    this.#store.update({ wish });
    if (trouble !== null && audio === null && video === null) {
      display.show('trouble', () => refused(display.texts, trouble, { ask, instead: other }));
    } else {
      display.show('preview', () => preview(display.texts, this.#devices, trouble, { enter: this.#enter, ask, instead: other }));
    }
  }

  /** By phone, or a visit: the devices are free. @param {Way} way @param {() => void} back */
  instead(way, back) {
    this.#devices.free();
    this.#display.show('instead', () => instead(this.#display.speaker, way, back));
  }

  /** The devices as this tab had them last. @param {Wish} [wish] */
  equip(wish = BOTH) {
    return this.#note(this.#devices.request(wish));
  }

  /** The devices again that were freed. */
  again() {
    return this.#note(this.#devices.again());
  }

  /** @param {'microphone' | 'camera'} kind @param {boolean} on */
  switch(kind, on) {
    this.#store.update({ wish: { ...this.#devices.switches, [kind]: on } });
    return this.#note(kind === 'microphone' ? this.#devices.setMicrophone(on) : this.#devices.setCamera(on));
  }

  /** @param {Promise<DeviceTrouble | null>} asked */
  async #note(asked) {
    this.#trouble = await asked;
    this.#display.screen.troubled?.(this.trouble);
    return this.#trouble;
  }
}
