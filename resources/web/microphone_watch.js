/**
 * Notices a microphone that gives nothing although it is on. Who only listens is silent too, so a microphone that was heard once is
 * believed from then on. Knows no `document`; ear and clock are handed in.
 */

import { systemClock } from './clock.js';
import { Ear } from './level_meter.js';

/** @import {Clock} from './clock.js' */

/** Nothing heard for this long means that the microphone is silent. */
export const SILENT_MS = 6_000;
/** How often it is listened to. */
const LISTEN_MS = 200;

/** What is needed of an ear. @typedef {{open: boolean, level: number, close: () => void}} Listener */

export class MicrophoneWatch {
  #told;
  #clock;
  #listen;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {Listener | null} */
  #ear = null;
  #silentMs = 0;
  #lookedAt = 0;
  #silent = false;
  #next = () => {};

  /** @param {(silent: boolean) => void} told @param {Clock} clock @param {(track: MediaStreamTrack) => Listener} listen */
  constructor(told, clock = systemClock, listen = (track) => new Ear(track)) {
    this.#told = told;
    this.#clock = clock;
    this.#listen = listen;
  }

  /** @param {MediaStreamTrack | null} track the one in use; the same one again changes nothing */
  watch(track) {
    if (track === this.#track) return;
    this.#close();
    this.#track = track;
    this.#tell(false);
    if (track === null) return;
    this.#ear = this.#listen(track);
    this.#silentMs = 0;
    this.#lookedAt = this.#clock.now();
    this.#look(track, this.#ear);
  }

  /** @param {MediaStreamTrack} track @param {Listener} ear */
  #look(track, ear) {
    this.#next = this.#clock.after(LISTEN_MS, () => {
      const now = this.#clock.now();
      const passed = now - this.#lookedAt;
      this.#lookedAt = now;
      if (ear.open && ear.level > 0) return this.#heard();
      const listens = ear.open && track.enabled && !track.muted;
      this.#silentMs = listens ? this.#silentMs + Math.min(passed, 2 * LISTEN_MS) : 0;
      if (this.#silentMs >= SILENT_MS || !listens) this.#tell(listens);
      return this.#look(track, ear);
    });
  }

  /** It works: there is no more to listen for. */
  #heard() {
    this.#close();
    this.#tell(false);
  }

  /** @param {boolean} silent */
  #tell(silent) {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#told(silent);
  }

  #close() {
    this.#next();
    this.#ear?.close();
    this.#ear = null;
  }
}
