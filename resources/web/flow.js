/** Watches one connection after the other: does media flow, does the path carry both ways? Knows no `document` and no `window`. */

/** @import {Clock} from './clock.js' */
/** @import {Figures} from './figures.js' */

/** How often the figures are read. */
export const WATCH_MS = 500;
/** After a reading without a packet it is looked so often whether one comes. */
const LISTEN_MS = 100;
/** No packet for this long is no accident: sound comes fifty times a second. */
export const SILENT_MS = 1_000;
/** No packet for this long and the next connection is made beside this one. The program, which can ask the path, doubts sooner. */
export const DOUBT_MS = 1_300;
/** No packet for this long means that media is not flowing. */
export const STALL_MS = 2_000;

/** What is needed of a connection. @typedef {{epoch: number, figures: () => Promise<Figures>}} Watched */

export class Flow {
  #clock;
  #read;
  #looked;
  /** @type {Watched | null} */
  #peer = null;
  /** @type {Figures | null} */
  #last = null;
  #flowedAt = -Infinity;
  #answeredAt = -Infinity;
  #readAt = -Infinity;
  /** The last look brought packets. */
  #speaks = true;
  #stop = () => {};

  /**
   * @param {Clock} clock
   * @param {(figures: Figures, epoch: number) => void} read heard twice a second
   * @param {() => void} looked heard after each look; there are more of them while nothing comes
   */
  constructor(clock, read, looked) {
    this.#clock = clock;
    this.#read = read;
    this.#looked = looked;
  }

  /** This connection carries media from now on; its figures begin at nothing. @param {Watched} peer */
  watch(peer) {
    this.stop();
    this.#peer = peer;
    this.#flowedAt = this.#clock.now();
    this.#plan();
  }

  stop() {
    this.#stop();
    this.#peer = null;
    this.#last = null;
    this.#flowedAt = this.#answeredAt = -Infinity;
    this.#speaks = true;
  }

  /** Since the last packet, milliseconds. */
  get silence() {
    return this.#clock.now() - this.#flowedAt;
  }

  /** Since the path last proved that it carries both ways, milliseconds. */
  get unanswered() {
    return this.#clock.now() - this.#answeredAt;
  }

  #plan() {
    const pause = this.#speaks || this.silence > STALL_MS ? WATCH_MS : LISTEN_MS;
    this.#stop = this.#clock.after(pause, () => void this.#look());
  }

  async #look() {
    const peer = this.#peer;
    const figures = await this.look();
    if (peer === null || figures === null) return;
    this.#plan();
    const now = this.#clock.now();
    if (now - this.#readAt >= WATCH_MS) {
      this.#readAt = now;
      this.#read(figures, peer.epoch);
    }
    this.#looked();
  }

  /** A reading out of turn, for a decision that hangs on it: on a busy device the last one may be old. @returns {Promise<Figures | null>} */
  async look() {
    const peer = this.#peer;
    const figures = (await peer?.figures()) ?? null;
    if (peer !== this.#peer || figures === null) return null;
    const now = this.#clock.now();
    this.#speaks = figures.packets > (this.#last?.packets ?? 0);
    if (this.#speaks) this.#flowedAt = now;
    if (figures.answered > (this.#last?.answered ?? 0)) this.#answeredAt = now;
    this.#last = figures;
    return figures;
  }
}
