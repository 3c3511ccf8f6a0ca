/**
 * Asks the browser for camera and microphone: what is wished of them, and which ones were chosen.
 * Knows no `document`; the browser's `mediaDevices` is handed in.
 */

import { troubleOf } from './troubles.js';

/** @typedef {{microphone: boolean, camera: boolean}} Wish */
/** @typedef {'microphone' | 'camera'} Kind */
/** @typedef {{id: string, label: string}} Device */
/** The camera that looks at the person, or the one that looks away. @typedef {'user' | 'environment'} Facing */
/** Which device, as far as somebody chose: by its id, or by where it looks. @typedef {Pick<MediaTrackConstraints, 'deviceId' | 'facingMode'>} Choice */

/** What is asked of the microphone (W3C Media Capture, section 4.3.8). */
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } };
/** What is asked of the camera, and what while data is saved. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const SMALL_PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 } };
/** Nobody chose: the camera that looks at the person. */
const ANY = Object.freeze({ microphone: {}, camera: { facingMode: 'user' } });

export class Capture {
  #media;
  /** @type {Record<Kind, Choice>} */
  #chosen = ANY;
  /** Small pictures, few of them. */
  saving = false;

  /** @param {MediaDevices | undefined} media missing where a page gets no devices */
  constructor(media) {
    this.#media = media;
  }

  /** Whether the browser gives a page devices at all. */
  get possible() {
    return typeof this.#media?.getUserMedia === 'function';
  }

  /** @param {Kind} kind */
  chosen(kind) {
    return this.#chosen[kind];
  }

  /** @param {Kind} kind @param {Choice} choice for the next time */
  choose(kind, choice) {
    this.#chosen = { ...this.#chosen, [kind]: choice };
  }

  /** What the camera is asked for at the moment. */
  get picture() {
    return this.saving ? SMALL_PICTURE : PICTURE;
  }

  /** A chosen device that is not there any more is forgotten, and any other one is taken. @param {Wish} wish @returns {Promise<MediaStream>} */
  async open(wish) {
    try {
      return await this.#ask(wish);
    } catch (error) {
      const kinds = /** @type {const} */ (['microphone', 'camera']).filter((kind) => wish[kind] && this.#chosen[kind] !== ANY[kind]);
      if (kinds.length === 0 || troubleOf(error) !== 'missing') throw error;
      for (const kind of kinds) this.choose(kind, ANY[kind]);
      return this.#ask(wish);
    }
  }

  /** @param {Wish} wish @returns {Promise<MediaStream>} */
  async #ask(wish) {
    if (this.#media === undefined) throw new DOMException('no devices', 'NotFoundError');
    return this.#media.getUserMedia({
      audio: wish.microphone && { ...SOUND, ...this.#chosen.microphone },
      video: wish.camera && { ...this.picture, ...this.#chosen.camera },
    });
  }

  /** @returns {Promise<MediaStream | null>} sound alone, or picture alone, or nothing */
  async openOne() {
    for (const wish of [{ microphone: true, camera: false }, { microphone: false, camera: true }]) {
      try {
        return await this.open(wish);
      } catch {
        // the other one may work
      }
    }
    return null;
  }

  /** @param {'audioinput' | 'videoinput'} kind @returns {Promise<Device[]>} with names only after the permission */
  async list(kind) {
    const all = (await this.#media?.enumerateDevices?.()) ?? [];
    return all.filter((one) => one.kind === kind && one.deviceId !== '').map((one) => ({ id: one.deviceId, label: one.label }));
  }
}
