/** Shows the person's own screen to the counsellor, where the browser can. The browser asks which one. Knows no `document`. */

/** What is asked of the picture: text that can be read rather than movement; this page itself is not offered. */
const PICTURE = Object.freeze({ video: { frameRate: { ideal: 10, max: 15 } }, audio: false, selfBrowserSurface: 'exclude', surfaceSwitching: 'include' });

export class Sharing {
  #media;
  #onchange;
  /** @type {MediaStreamTrack | null} */
  #track = null;

  /** @param {MediaDevices | undefined} media @param {() => void} onchange */
  constructor(media, onchange) {
    this.#media = media;
    this.#onchange = onchange;
  }

  /** Telephones cannot. */
  get possible() {
    return typeof this.#media?.getDisplayMedia === 'function';
  }

  get track() {
    return this.#track;
  }

  /** @returns {Promise<boolean>} false if it failed; who changed their mind has failed at nothing */
  async start() {
    try {
      const stream = await this.#media?.getDisplayMedia(PICTURE);
      this.#take(stream?.getVideoTracks()[0] ?? null);
      return true;
    } catch (error) {
      return error instanceof DOMException && error.name === 'NotAllowedError';
    }
  }

  /** @param {MediaStreamTrack | null} track */
  #take(track) {
    this.#free();
    this.#track = track;
    if (track !== null) {
      track.contentHint = 'text';
      track.onended = () => this.stop(); // the browser's own bar has a button for that
    }
    this.#onchange();
  }

  stop() {
    if (this.#track === null) return;
    this.#free();
    this.#onchange();
  }

  #free() {
    if (this.#track === null) return;
    this.#track.onended = null;
    this.#track.stop();
    this.#track = null;
  }
}
