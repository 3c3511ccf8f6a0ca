/** The program asks for a new epoch (`need-offer`, PROTOCOL.md, section 5): which of its questions deserve one. Pure. */

/** @import {NeedOffer} from './wire.js' */

/** The program asks after 0.8 s without a packet at the earliest; a path that has carried both ways since then has recovered meanwhile. */
export const ANSWERED_MS = 700;

export class Questions {
  /** The epoch of the question that was passed over as late. */
  #passedOver = 0;

  /**
   * @param {NeedOffer} question
   * @param {{epoch: number, carriesScreen: boolean} | null} newest epoch of ours
   * @param {boolean} recovered we receive, and the path carries both ways again
   */
  deserves({ epoch, reason }, newest, recovered) {
    if (reason === 'program-restarted') return true;
    const underWay = newest !== null && newest.epoch > epoch && (reason !== 'screen' || newest.carriesScreen);
    if (underWay) return false;
    return !(reason === 'stalled' && recovered && this.#firstOf(epoch));
  }

  /** A question from an outage that is over is passed over once; asked again, it is meant. @param {number} epoch */
  #firstOf(epoch) {
    if (this.#passedOver === epoch) return false;
    this.#passedOver = epoch;
    return true;
  }
}
