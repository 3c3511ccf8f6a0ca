/** How a voice arrives, over the last seconds: loudest moment, level while somebody speaks, how much is at full scale. Sums only. */

/** @import {Measured} from './check_rules.js' */

/** Blocks of so long are compared with each other. */
const BLOCK_S = 0.01;
/** What is older does not count. */
const KEPT_MS = 5_000;
/** From here on a sample is at full scale. */
const FULL = 0.999;

/** @param {number} power @returns {number} dB of full scale */
const decibels = (power) => 10 * Math.log10(power + 1e-10);

export class Hearing {
  /** @type {{at: number, power: number, peak: number, full: number, count: number}[]} */
  #blocks = [];

  /** @param {Float32Array} samples -1 to 1 @param {number} rate per second @param {number} now milliseconds */
  take(samples, rate, now) {
    const length = Math.max(1, Math.round(rate * BLOCK_S));
    for (let from = 0; from + length <= samples.length; from += length) {
      const block = { at: now, power: 0, peak: 0, full: 0, count: length };
      for (const sample of samples.subarray(from, from + length)) {
        const size = Math.abs(sample);
        block.power += (size * size) / length;
        block.peak = Math.max(block.peak, size);
        block.full += size >= FULL ? 1 : 0;
      }
      this.#blocks.push(block);
    }
    this.#blocks = this.#blocks.filter(({ at }) => now - at <= KEPT_MS);
  }

  /** Nothing before the first samples. @returns {Measured} */
  get figures() {
    if (this.#blocks.length === 0) return {};
    const loudest = [...this.#blocks].sort((one, other) => other.power - one.power).slice(0, Math.max(1, Math.floor(this.#blocks.length / 10)));
    const sum = (/** @type {'full' | 'count'} */ name) => this.#blocks.reduce((all, block) => all + block[name], 0);
    return {
      peak_dbfs: decibels(Math.max(...this.#blocks.map(({ peak }) => peak)) ** 2),
      speech_dbfs: decibels(loudest.reduce((all, { power }) => all + power, 0) / loudest.length),
      clipped_share: sum('full') / sum('count'),
    };
  }
}
