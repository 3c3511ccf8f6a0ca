/** Looks at the own picture for a few seconds: how bright, against the light, how many pictures a second, does it stand still. */

import { systemClock } from './clock.js';

/** @import {Measured} from './check_rules.js' */
/** @import {Clock} from './clock.js' */

const EVERY_MS = 100;
/** Dots of the whole picture made small, and of a piece of its middle as it is: only there the noise is left that every real sensor has. */
const WIDE = 32;
const HIGH = 24;
/** So much brightness (0 to 255) lies between the dots of a picture that shows anything; a covered lens gives one colour and may stand still. */
const ANYTHING = 8;
/** Brightness is that of the last so many looks: a camera has to find its exposure first. */
const SETTLED = 5;

/** @param {Uint8ClampedArray} dots RGBA @param {number} k */
const luma = (dots, k) => 0.2126 * (dots[4 * k] ?? 0) + 0.7152 * (dots[4 * k + 1] ?? 0) + 0.0722 * (dots[4 * k + 2] ?? 0);

/**
 * Mean brightness of the middle half of a picture each way, that of the border against it, and the span between darkest and brightest.
 * @param {Uint8ClampedArray} dots RGBA of WIDE x HIGH
 */
export function brightness(dots) {
  const sums = { middle: 0, border: 0 };
  let [least, most] = [255, 0];
  for (let k = 0; k < WIDE * HIGH; k += 1) {
    const [x, y, light] = [k % WIDE, Math.floor(k / WIDE), luma(dots, k)];
    const inside = x >= WIDE / 4 && x < (WIDE * 3) / 4 && y >= HIGH / 4 && y < (HIGH * 3) / 4;
    sums[inside ? 'middle' : 'border'] += light;
    [least, most] = [Math.min(least, light), Math.max(most, light)];
  }
  const middle = sums.middle / ((WIDE * HIGH) / 4);
  const border = sums.border / ((WIDE * HIGH * 3) / 4);
  return { middle, ratio: border / Math.max(1, middle), span: most - least };
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

export class CameraLook {
  #video;
  #clock;
  #paper;
  #began;
  #changed;
  #before = '';
  #framesBefore = 0;
  #framesFrom = 0;
  /** @type {{middle: number, ratio: number, span: number}[]} */
  #lights = [];
  #next = () => {};

  /** @param {HTMLVideoElement} video @param {(figures: Measured, seconds: number) => void} told after each look @param {Clock} clock */
  constructor(video, told, clock = systemClock) {
    this.#video = video;
    this.#clock = clock;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [WIDE, 2 * HIGH];
    const paper = canvas.getContext('2d', { willReadFrequently: true });
    if (paper === null) throw new Error('no canvas');
    this.#paper = paper;
    this.#began = this.#changed = clock.now();
    const look = () => {
      this.#look();
      told(this.figures, (clock.now() - this.#began) / 1000);
      this.#next = clock.after(EVERY_MS, look);
    };
    this.#next = clock.after(EVERY_MS, look);
  }

  close() {
    this.#next();
  }

  #look() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0) return;
    this.#paper.drawImage(this.#video, 0, 0, WIDE, HIGH);
    this.#paper.drawImage(this.#video, (width - WIDE) / 2, (height - HIGH) / 2, WIDE, HIGH, 0, HIGH, WIDE, HIGH);
    const { data } = this.#paper.getImageData(0, 0, WIDE, 2 * HIGH);
    const light = brightness(data);
    if (this.#lights.length === 0) {
      this.#framesBefore = this.#frames;
      this.#framesFrom = this.#clock.now();
    }
    this.#lights = [...this.#lights, light].slice(-SETTLED);
    const dots = data.join();
    if (dots !== this.#before || light.span < ANYTHING) this.#changed = this.#clock.now();
    this.#before = dots;
  }

  get #frames() {
    return this.#video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
  }

  /** @returns {Measured} */
  get figures() {
    const still_s = (this.#clock.now() - this.#changed) / 1000;
    if (this.#lights.length < SETTLED) return { still_s };
    const [seconds, frames] = [(this.#clock.now() - this.#framesFrom) / 1000, this.#frames];
    return {
      still_s,
      luma: mean(this.#lights.map(({ middle }) => middle)),
      backlight: mean(this.#lights.map(({ ratio }) => ratio)),
      fps: frames > 0 && seconds >= 1 ? (frames - this.#framesBefore) / seconds : null, // a browser that counts none says nothing
    };
  }
}
