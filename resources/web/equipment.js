/**
 * Camera, microphone and loudspeaker on the way: asks with the fitting screens, keeps what the switches stood at, and knows what is wrong
 * at the moment, whether it came out when asking or happened later.
 */

import { inApp } from './browser.js';
import { Devices } from './devices.js';
import { MicrophoneWatch } from './microphone_watch.js';
import { instead } from './screens/message.js';
import { permission } from './screens/permission.js';
import { preview, refused } from './screens/preview.js';
import { withoutDevices } from './troubles.js';

/** @import {Kind, Wish} from './capture.js' */
/** @import {Display} from './display.js' */
/** @import {Door} from './door.js' */
/** @import {Loudspeaker} from './loudspeaker.js' */
/** @import {SeatStore} from './protocol.js' */
/** @import {Way} from './screens/message.js' */
/** @import {DeviceTrouble} from './troubles.js' */

/** @type {Readonly<Wish>} */
export const BOTH = Object.freeze({ microphone: true, camera: true });

/** `moved`: what stands in the way may be another thing now. @typedef {{display: Display, door: Door, store: SeatStore, loudspeaker: Loudspeaker, moved: () => void}} Near */
/** @typedef {{enter: () => void, changed: () => void}} EquipmentEvents `enter`: from the preview into the waiting room */

export class Equipment {
  #near;
  #events;
  /** What came out when the devices were asked for last. @type {DeviceTrouble | null} */
  #asked = null;
  /** What happened to them since. @type {DeviceTrouble | null} */
  #happened = null;
  #silent = false;
  #microphone = new MicrophoneWatch((silent) => {
    this.#silent = silent;
    this.#tell();
  });

  /** @param {Near} near @param {EquipmentEvents} events @param {MediaDevices | undefined} media */
  constructor(near, events, media = navigator.mediaDevices) {
    this.#near = near;
    this.#events = events;
    this.devices = new Devices(media, {
      changed: () => this.#changed(),
      taken: (trouble) => {
        this.#happened = trouble;
        this.#tell();
      },
    }, withoutDevices(inApp(navigator.userAgent)));
  }

  /** The first that is true. @returns {DeviceTrouble | null} */
  get trouble() {
    if (this.devices.released) return null;
    return this.#happened ?? this.#asked ?? (this.#silent ? 'silent' : null);
  }

  /** Whether data is saved: as this tab chose, else as it was noted on the phone or as the browser does. */
  get saving() {
    const connection = /** @type {{saveData?: boolean} | undefined} */ (Reflect.get(navigator, 'connection'));
    return this.#near.store.read().saving ?? (this.#near.door.appointment?.save_data === true || connection?.saveData === true);
  }

  #changed() {
    this.#microphone.watch(this.devices.tracks.audio);
    this.#events.changed();
  }

  #tell() {
    this.#near.display.screen.troubled?.(this.trouble);
    this.#near.moved();
  }

  /** Permission, then the preview. @param {Wish} wish */
  async ask(wish) {
    const { display, store } = this.#near;
    display.show('permission', () => permission(display.texts));
    const trouble = await this.#request(() => this.devices.request(wish));
    if (display.state !== 'permission') return;
    const { audio, video } = this.devices.tracks;
    store.update({ wish, saving: this.saving });
    if (trouble !== null && audio === null && video === null) this.#showTrouble(trouble, wish);
    else this.#showPreview(wish);
  }

  /** @param {DeviceTrouble} trouble @param {Wish} wish */
  #showTrouble(trouble, wish) {
    const { display } = this.#near;
    display.show('trouble', () => refused(display.texts, trouble, this.#ways(wish)));
  }

  /** @param {Wish} wish */
  #showPreview(wish) {
    const { display, door, loudspeaker } = this.#near;
    const minutes = door.appointment?.minutes ?? 0;
    const what = () => ({ devices: this.devices, loudspeaker, minutes, saving: this.saving });
    display.show('preview', () => preview(display.texts, what(), { ...this.#ways(wish), enter: this.#events.enter, save: (on) => this.save(on) }));
  }

  /** @param {Wish} wish */
  #ways(wish) {
    return {
      ask: (/** @type {Wish} */ next) => void this.ask(next),
      instead: () => this.instead('other', () => void this.ask(wish)),
    };
  }

  /** @param {boolean} on */
  save(on) {
    this.#near.store.update({ saving: on });
    void this.devices.save(on);
  }

  /** By phone, or a visit: the devices are free. @param {Way} way @param {() => void} back */
  instead(way, back) {
    this.devices.free();
    const { display } = this.#near;
    display.show('instead', () => instead(display.speaker, way, back));
  }

  /** The devices as this tab had them last. @param {Wish} [wish] */
  equip(wish = BOTH) {
    return this.#request(() => this.devices.request(wish));
  }

  /** The devices again, as they were wished for: they were freed, or something took them away. */
  again() {
    return this.#request(() => this.devices.again());
  }

  /** @param {Kind} kind @param {boolean} on */
  switch(kind, on) {
    this.#near.store.update({ wish: { ...this.devices.switches, [kind]: on } });
    return this.#request(() => (kind === 'microphone' ? this.devices.setMicrophone(on) : this.devices.setCamera(on)));
  }

  /** @param {() => Promise<DeviceTrouble | null>} ask @returns {Promise<DeviceTrouble | null>} */
  async #request(ask) {
    void this.devices.save(this.saving);
    this.#happened = this.#asked = null;
    this.#tell();
    this.#asked = await ask();
    this.#tell();
    return this.#asked;
  }
}
