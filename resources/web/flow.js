/** Watches one connection after the other: does media flow, does the path carry both ways? Knows no `document` and no `window`. */

/** @import {Clock} from './clock.js' */
/** @import {Figures} from './figures.js' */

/** How often the figures are read. */
export const WATCH_MS = 500;
/** No packet for this long is no accident: sound comes fifty times a second. */
export const SILENT_MS = 1_000;
/** No packet for this long means that media is not flowing. */
export const STALL_MS = 2_000;
/** No packet for this long means that the connection is of no more use. */
export const DEAD_MS = 4_000;
/** For this long after the network changed, what stalls is not waited for any longer. */
const CHANGED_MS = 10_000;

/** What is needed of a connection. @typedef {{epoch: number, figures: () => Promise<Figures>}} Watched */

export class Flow {
  #clock;
  #read;
  /** @type {Watched | null} */
  #peer = null;
  /** @type {Figures | null} */
  #last = null;
  #flowedAt = -Infinity;
  #answeredAt = -Infinity;
  #changedAt = -Infinity;
  #stop = () => {};

  /** @param {Clock} clock @param {(figures: Figures, epoch: number) => void} read heard after each reading */
  constructor(clock, read) {
    this.#clock = clock;
    this.#read = read;
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
  }

  /** Since the last packet, milliseconds. */
  get silence() {
    return this.#clock.now() - this.#flowedAt;
  }

  /** Whether this connection is not to be waited for any more. */
  get dead() {
    const changed = this.#clock.now() - this.#changedAt < CHANGED_MS;
    return this.silence >= (changed ? STALL_MS : DEAD_MS);
  }

  /** The browser says that the network is another one: what stops now does not come back. */
  networkChanged() {
    this.#changedAt = this.#clock.now();
  }

  /** Since the path last proved that it carries both ways, milliseconds. */
  get unanswered() {
    return this.#clock.now() - this.#answeredAt;
  }

  #plan() {
    this.#stop = this.#clock.after(WATCH_MS, () => void this.#look());
  }

  async #look() {
    const peer = this.#peer;
    const figures = await this.look();
    if (peer === null || figures === null) return;
    this.#plan();
    this.#read(figures, peer.epoch);
  }

  /** A reading out of turn, for a decision that hangs on it: on a busy device the last one may be old. @returns {Promise<Figures | null>} */
  async look() {
    const peer = this.#peer;
    const figures = (await peer?.figures()) ?? null;
    if (peer !== this.#peer || figures === null) return null;
    const now = this.#clock.now();
    if (figures.packets > (this.#last?.packets ?? 0)) this.#flowedAt = now;
    if (figures.answered > (this.#last?.answered ?? 0)) this.#answeredAt = now;
    this.#last = figures;
    return figures;
  }
}
