/** A telephone that is not touched must not go dark on the way into a conversation or in the middle of it. */

export class Awake {
  #locks;
  #wanted = false;
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  /** One request after the other: the browser takes its time for each. */
  #turn = Promise.resolve();

  /** @param {WakeLock | undefined} locks missing where the browser has none */
  constructor(locks = navigator.wakeLock) {
    this.#locks = locks;
  }

  /** @param {boolean} wanted from now on */
  stay(wanted) {
    this.#wanted = wanted;
    return this.again();
  }

  /** The page is seen again; while it was hidden the browser took the lock away (W3C Screen Wake Lock, section 9.4). */
  again() {
    this.#turn = this.#turn.then(() => this.#settle());
    return this.#turn;
  }

  async #settle() {
    try {
      if (!this.#wanted) await this.#lock?.release();
      else if (this.#lock?.released !== false) this.#lock = (await this.#locks?.request('screen')) ?? null;
    } catch {
      // the page is hidden, or the battery is low
    }
  }
}
