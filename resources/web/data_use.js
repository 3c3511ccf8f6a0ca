/** How many megabytes a conversation takes: expected before, counted while it runs. Pure sums; knows no `document` and no `window`. */

/** "Daten sparen": what is wished for and what is sent (PROTOCOL.md, section 7). */
export const SAVING = Object.freeze({ height: 360, kbps: 400 });
/** At most, without saving: a camera of 1280x720, sound and overhead, one way (kbit/s). */
const FULL_KBPS = 2_540;
const MEGABYTE = 1_000_000;

/**
 * At most so much for both ways together, with two significant digits.
 * @param {number} minutes @param {boolean} saving @returns {number} megabytes
 */
export function expectedMegabytes(minutes, saving) {
  const kbps = 2 * (saving ? SAVING.kbps : FULL_KBPS);
  const megabytes = (kbps * 1000 * 60 * minutes) / 8 / MEGABYTE;
  return Number(megabytes.toPrecision(2));
}

/** Sums what all epochs of a conversation sent and received. Each browser counts from zero with each epoch. */
export class DataUse {
  #before;
  /** Epoch -> bytes so far. @type {Map<number, number>} */
  #epochs = new Map();

  /** @param {number} before bytes that this tab counted before it was loaded again */
  constructor(before = 0) {
    this.#before = before;
  }

  /** @param {number} epoch @param {number} bytes both ways, since this epoch began; a reading that is late changes nothing */
  count(epoch, bytes) {
    this.#epochs.set(epoch, Math.max(bytes, this.#epochs.get(epoch) ?? 0));
  }

  get bytes() {
    return [...this.#epochs.values()].reduce((sum, bytes) => sum + bytes, this.#before);
  }

  /** Whole megabytes, rounded up from the first byte on: who saves data is not told too little. */
  get megabytes() {
    return Math.ceil(this.bytes / MEGABYTE);
  }
}
