/** A telephone that is not touched must not go dark in the middle of a conversation. */

export class Awake {
  /** @type {WakeLockSentinel | null} */
  #lock = null;

  /** @param {boolean} wanted */
  async stay(wanted) {
    try {
      await this.#lock?.release();
      this.#lock = wanted ? await navigator.wakeLock.request('screen') : null;
    } catch {
      // not offered here, or the page is hidden
    }
  }
}
