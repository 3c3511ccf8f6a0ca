/** How many of the counsellor's pixels can be seen where their picture stands, so that no others are sent. */

import { systemClock } from './clock.js';

/** @import {Clock} from './clock.js' */

/** Heights that are asked for; more than the largest is the whole picture. */
const HEIGHTS = [360, 540];
/** A picture may be enlarged by so much before anybody sees it. */
const STRETCH = 1.05;
/** A place that changes its size is left in peace for so long: each new size costs a whole picture. */
const SETTLE_MS = 500;

/**
 * @param {{width: number, height: number}} place CSS pixels
 * @param {{width: number, height: number}} picture of which only the shape counts
 * @param {number} ratio device pixels in a CSS pixel
 * @returns {number} the height to ask for, 0 for the whole picture
 */
export function neededHeight(place, picture, ratio) {
  const shape = picture.width > 0 ? picture.height / picture.width : 9 / 16;
  const shown = Math.min(place.height, place.width * shape) * ratio;
  return HEIGHTS.find((height) => height * STRETCH >= shown) ?? 0;
}

export class ShownSize {
  #video;
  #tell;
  #clock;
  /** What was told last; nothing yet, because the other side may still go by an earlier place. */
  #told = -1;
  #settling = () => {};
  #watch = new ResizeObserver(() => this.#later());

  /** @param {HTMLVideoElement} video @param {(height: number) => void} tell hears of each new height to ask for @param {Clock} clock */
  constructor(video, tell, clock = systemClock) {
    this.#video = video;
    this.#tell = tell;
    this.#clock = clock;
    this.#watch.observe(video);
  }

  close() {
    this.#watch.disconnect();
    this.#settling();
  }

  #later() {
    this.#settling();
    this.#settling = this.#clock.after(SETTLE_MS, () => this.#look());
  }

  #look() {
    const { width, height } = this.#video.getBoundingClientRect();
    if (width === 0 || height === 0) return; // hidden for a while, behind a screen or a pause
    const needed = neededHeight({ width, height }, { width: this.#video.videoWidth, height: this.#video.videoHeight }, devicePixelRatio);
    if (needed === this.#told) return;
    this.#told = needed;
    this.#tell(needed);
  }
}
