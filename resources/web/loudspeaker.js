/** Where the counsellor's voice comes out, where the browser lets a page choose. Knows no `document`. */

/** @import {Device} from './capture.js' */

/** Firefox's and Safari's own question; not in every browser's types. @typedef {MediaDevices & {selectAudioOutput?: () => Promise<MediaDeviceInfo>}} Media */

export class Loudspeaker {
  /** @type {Media | undefined} */
  #media;
  #chosen = '';
  /** @type {HTMLMediaElement | null} */
  #player = null;

  /** @param {MediaDevices | undefined} media @param {boolean} possible whether sound can be led to a chosen device */
  constructor(media, possible = 'setSinkId' in HTMLMediaElement.prototype) {
    this.#media = possible ? media : undefined;
  }

  /** The id of the chosen one; empty is the system's own choice. */
  get chosen() {
    return this.#chosen;
  }

  /** Whether the browser lists loudspeakers only after a question of its own (`ask`). */
  get asks() {
    return typeof this.#media?.selectAudioOutput === 'function';
  }

  /** Whether this device has none at all, as far as a browser can be believed: only Chromium tells of every output unasked. */
  async missing() {
    if (this.#media === undefined || this.asks || !navigator.vendor.startsWith('Google')) return false;
    return !(await this.#media.enumerateDevices()).some(({ kind }) => kind === 'audiooutput');
  }

  /** @returns {Promise<Device[]>} none where nothing can be chosen */
  async list() {
    const all = (await this.#media?.enumerateDevices()) ?? [];
    return all.filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== '').map(({ deviceId, label }) => ({ id: deviceId, label }));
  }

  /** The browser's own question; whoever changes their mind keeps what they have. */
  async ask() {
    try {
      const device = await this.#media?.selectAudioOutput?.();
      if (device !== undefined) await this.choose(device.deviceId);
    } catch {
      // no choice was made
    }
  }

  /** @param {string} id */
  async choose(id) {
    this.#chosen = id;
    await this.#lead();
  }

  /** This element plays the counsellor's voice from now on. @param {HTMLMediaElement} player */
  async plays(player) {
    this.#player = player;
    await this.#lead();
  }

  /** A device that is gone gives way to the system's choice. */
  async #lead() {
    const player = this.#player;
    if (this.#media === undefined || player === null || player.sinkId === this.#chosen) return;
    try {
      await player.setSinkId(this.#chosen);
    } catch {
      this.#chosen = '';
      await player.setSinkId('').catch(() => undefined);
    }
  }
}
