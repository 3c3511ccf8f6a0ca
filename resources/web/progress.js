/** Where the page stands and what is in the way, in the words of PROTOCOL.md, section 10; said to the reports. Knows no `document`. */

import { systemClock } from './clock.js';
import { STUCK_MS } from './screens/situation.js';

/** @import {Clock} from './clock.js' */
/** @import {Reports} from './reports.js' */
/** @import {DeviceTrouble} from './troubles.js' */
/** @import {View} from './view.js' */

/** Screen -> step; on the others nothing is said. @type {Readonly<Record<string, string>>} */
const STEPS = Object.freeze({
  early: 'link',
  closed: 'link',
  welcome: 'agreement',
  permission: 'permission',
  trouble: 'permission',
  preview: 'preview',
  joining: 'waiting',
  waiting: 'waiting',
  refused: 'waiting',
  room: 'room',
});

/** @typedef {{screen: string, code: string, trouble: DeviceTrouble | null, view: View | null}} Standing `code` of a closed door */

/** What has to pass by itself within STUCK_MS, or it is in the way. @param {Standing} standing @returns {string} reason, empty for nothing */
function pending({ screen, view }) {
  if (screen === 'joining' || screen === 'waiting') return view?.troubled === true ? 'no-network' : '';
  return screen === 'room' && view !== null && view.media !== 'connected' ? 'stuck' : '';
}

/** What is in the way at once. @param {Standing} standing */
function obstacle({ screen, code, trouble, view }) {
  if (screen === 'refused') return view?.code ?? '';
  return screen === 'closed' ? code : (trouble ?? '');
}

export class Progress {
  #reports;
  #look;
  #clock;
  #heard;
  #pending = '';
  #stuck = '';
  #calm = () => {};
  /** Picture and sound passed once: who is cut off later did get in. */
  #inside = false;

  /** @param {Reports} reports @param {() => Standing} look @param {Clock} clock @param {(inside: boolean, stuck: string) => void} heard how far it is */
  constructor(reports, look, clock = systemClock, heard = () => {}) {
    this.#reports = reports;
    this.#look = look;
    this.#clock = clock;
    this.#heard = heard;
  }

  /** Something changed. */
  moved() {
    const standing = this.#look();
    const step = STEPS[standing.screen];
    this.#inside ||= standing.screen === 'room' && standing.view?.media === 'connected';
    this.#watch(this.#inside ? '' : pending(standing));
    if (step !== undefined) this.#reports.at(step, this.#stuck || obstacle(standing));
    this.#heard(this.#inside, this.#stuck);
  }

  /** @param {string} reason */
  #watch(reason) {
    if (reason === this.#pending) return;
    this.#calm();
    this.#pending = reason;
    this.#stuck = '';
    if (reason === '') return;
    this.#calm = this.#clock.after(STUCK_MS, () => {
      this.#stuck = reason;
      this.moved();
    });
  }
}
