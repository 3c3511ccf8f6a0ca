/** The counsellor's shown screen, as large as it goes: enlarged by fingers, buttons, wheel and keys, and pushed about. */

import { el, icon } from '../dom.js';
import { STEP, Zoom } from '../zoom.js';

/** @import {Texts} from '../texts.js' */
/** @import {Point} from '../zoom.js' */

/** Two taps within this time and distance (CSS pixels) are one double tap. */
const DOUBLE_MS = 350;
const DOUBLE_PIXELS = 30;
/** Share of the frame that one arrow key pushes. */
const PUSH = 0.2;

export class ScreenView {
  #zoom = new Zoom();
  #video;
  #frame;
  #observer;
  /** Fingers on the picture. @type {Map<number, Point>} */
  #fingers = new Map();
  #moved = false;
  /** @type {{at: number, point: Point} | null} */
  #tapped = null;

  /** @param {Texts} texts */
  constructor(texts) {
    const say = (/** @type {string} */ key) => texts.say(key);
    this.#video = el('video', { id: 'remote-screen', autoplay: true, muted: true, playsinline: true, 'aria-label': say('page.screen.label'), resize: () => this.#measure() });
    this.#video.muted = true;
    this.#frame = el('div', { id: 'screen-frame', class: 'frame', tabindex: '0', role: 'group', 'aria-label': say('page.screen.frame') }, this.#video);
    const zoomButton = (/** @type {string} */ id, /** @type {string} */ drawing, /** @type {() => void} */ tapped) =>
      el('button', { id, type: 'button', class: 'round', 'aria-label': say(`page.screen.${id}`), title: say(`page.screen.${id}`), click: () => this.#do(tapped) }, icon(drawing));
    const buttons = el('div', { class: 'zoom', role: 'group', 'aria-label': say('page.screen.zoom') },
      zoomButton('zoom-out', 'minus', () => this.#zoom.scale(1 / STEP)),
      zoomButton('zoom-fit', 'fit', () => this.#zoom.fit()),
      zoomButton('zoom-in', 'plus', () => this.#zoom.scale(STEP)),
    );
    const soon = el('p', { class: 'soon' }, say('page.screen.soon'));
    this.element = el('div', { class: 'shown', hidden: true, 'data-empty': 'true' }, this.#frame, soon, buttons);
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(this.#frame);
    this.#listen();
  }

  /** @param {MediaStream | null} stream null when nothing is shown */
  show(stream) {
    if (this.#video.srcObject === stream) return;
    this.#video.srcObject = stream;
    if (stream !== null) void this.#video.play().catch(() => undefined); // a newer stream took over
  }

  /** @param {boolean} visible */
  set visible(visible) {
    if (this.element.hidden !== visible) return;
    this.element.hidden = !visible;
    this.#zoom.fit();
    this.#measure();
  }

  close() {
    this.#observer.disconnect();
    this.#video.srcObject = null;
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    this.element.dataset.empty = String(this.#video.videoWidth === 0);
    this.#zoom.resize({ width, height }, { width: this.#video.videoWidth, height: this.#video.videoHeight });
    this.#draw();
  }

  /** @param {() => void} change */
  #do(change) {
    change();
    this.#draw();
  }

  #draw() {
    const { x, y, width, height } = this.#zoom.box;
    Object.assign(this.#video.style, { width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px)` });
    this.#frame.dataset.zoom = this.#zoom.factor.toFixed(2);
  }

  #listen() {
    const frame = this.#frame;
    frame.addEventListener('keydown', (event) => this.#key(event));
    frame.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.#do(() => this.#zoom.scale(Math.exp(-event.deltaY / 300), this.#at(event)));
    }, { passive: false });
    frame.addEventListener('pointerdown', (event) => this.#down(event));
    frame.addEventListener('pointermove', (event) => this.#move(event));
    frame.addEventListener('pointerup', (event) => this.#up(event, true));
    frame.addEventListener('pointercancel', (event) => this.#up(event, false));
  }

  /** @param {MouseEvent} event @returns {Point} within the frame */
  #at({ clientX, clientY }) {
    const { left, top } = this.#frame.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.#zoom.push(width * PUSH, 0),
      ArrowRight: () => this.#zoom.push(-width * PUSH, 0),
      ArrowUp: () => this.#zoom.push(0, height * PUSH),
      ArrowDown: () => this.#zoom.push(0, -height * PUSH),
      '+': () => this.#zoom.scale(STEP),
      '-': () => this.#zoom.scale(1 / STEP),
      0: () => this.#zoom.fit(),
    };
    const run = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (run === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#do(run);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#frame.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#at(event));
    this.#moved = this.#fingers.size > 1;
  }

  /** One finger pushes, two enlarge. @param {PointerEvent} event */
  #move(event) {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.#at(event);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (Math.hypot(now.x - before.x, now.y - before.y) > 1) this.#moved = true;
    this.#do(() => {
      if (other === undefined) return this.#zoom.push(now.x - before.x, now.y - before.y);
      const spread = (/** @type {Point} */ point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      this.#zoom.scale(spread(now) / spread(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      return this.#zoom.push((now.x - before.x) / 2, (now.y - before.y) / 2);
    });
  }

  /** @param {PointerEvent} event @param {boolean} lifted the finger was lifted, and not taken away by the browser */
  #up(event, lifted) {
    const known = this.#fingers.delete(event.pointerId);
    if (!known || !lifted || this.#moved) return;
    const [point, last] = [this.#at(event), this.#tapped];
    this.#tapped = { at: event.timeStamp, point };
    if (last === null || event.timeStamp - last.at > DOUBLE_MS || Math.hypot(point.x - last.point.x, point.y - last.point.y) > DOUBLE_PIXELS) return;
    this.#tapped = null;
    this.#do(() => this.#zoom.toggle(point));
  }
}
