/** Where an enlarged picture stands in its frame: sums only. Lengths in CSS pixels, the origin is the frame's upper left corner. */

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number}} Point */

/** One step of the buttons and keys. */
export const STEP = 1.5;
/** At most so many times the size at which the picture just fits … */
const MOST = 6;
/** … or so many CSS pixels for one of its own, whichever is more: text stays readable on the narrowest telephone. */
const MOST_PIXELS = 2;

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(Math.max(value, least), most);

export class Zoom {
  /** @type {Size} */
  #frame = { width: 1, height: 1 };
  /** @type {Size} */
  #picture = { width: 1, height: 1 };
  /** 1 is the size at which the picture fits. */
  #factor = 1;
  /** Middle of the frame in the picture, as shares of the picture. @type {Point} */
  #middle = { x: 0.5, y: 0.5 };

  /** The frame or the picture has another size: the middle stays where it was. @param {Size} frame @param {Size} picture */
  resize(frame, picture) {
    if (frame.width === 0 || frame.height === 0 || picture.width === 0 || picture.height === 0) return;
    this.#frame = frame;
    this.#picture = picture;
    this.#factor = within(this.#factor, 1, this.most);
    this.#settle();
  }

  get factor() {
    return this.#factor;
  }

  /** Largest factor. */
  get most() {
    return Math.max(MOST, MOST_PIXELS / this.#fit);
  }

  /** CSS pixels for one pixel of the picture that just fits. */
  get #fit() {
    return Math.min(this.#frame.width / this.#picture.width, this.#frame.height / this.#picture.height);
  }

  /** Where the picture stands now. @returns {{x: number, y: number, width: number, height: number}} */
  get box() {
    const scale = this.#fit * this.#factor;
    const [width, height] = [this.#picture.width * scale, this.#picture.height * scale];
    return { x: this.#frame.width / 2 - this.#middle.x * width, y: this.#frame.height / 2 - this.#middle.y * height, width, height };
  }

  /** @param {number} by more than 1 enlarges @param {Point} [at] stays where it is; without it the middle */
  scale(by, at = { x: this.#frame.width / 2, y: this.#frame.height / 2 }) {
    const before = this.box;
    const share = { x: (at.x - before.x) / before.width, y: (at.y - before.y) / before.height };
    this.#factor = within(this.#factor * by, 1, this.most);
    const { width, height } = this.box;
    this.#middle = { x: share.x + (this.#frame.width / 2 - at.x) / width, y: share.y + (this.#frame.height / 2 - at.y) / height };
    this.#settle();
  }

  /** @param {number} x @param {number} y how far the picture is pushed */
  push(x, y) {
    const { width, height } = this.box;
    this.#middle = { x: this.#middle.x - x / width, y: this.#middle.y - y / height };
    this.#settle();
  }

  fit() {
    this.#factor = 1;
    this.#settle();
  }

  /** From the whole to a size at which text can be read, and back. @param {Point} at what is to be read */
  toggle(at) {
    if (this.#factor > 1) this.fit();
    else this.scale(Math.max(2.5, 1 / this.#fit), at);
  }

  /** No empty edge where there is picture beyond it. */
  #settle() {
    const { width, height } = this.box;
    const half = { x: this.#frame.width / 2 / width, y: this.#frame.height / 2 / height };
    this.#middle = {
      x: half.x >= 0.5 ? 0.5 : within(this.#middle.x, half.x, 1 - half.x),
      y: half.y >= 0.5 ? 0.5 : within(this.#middle.y, half.y, 1 - half.y),
    };
  }
}
