/** Before the tap: looks at the appointment, and shows the first screen or why the door is closed. */

import { systemClock } from './clock.js';
import { LookError } from './look.js';
import { closed, early, over } from './screens/message.js';
import { welcome } from './screens/welcome.js';

/** @import {Clock} from './clock.js' */
/** @import {Display} from './display.js' */
/** @import {Appointment} from './look.js' */
/** @import {Ahead} from './screens/ahead.js' */
/** @import {Wish} from './reports.js' */
/** @import {Way} from './screens/message.js' */

/** While the waiting room is not open yet, the page looks again by itself: at the latest after so long … */
const EARLY_MS = 30_000;
/** … and so soon after it opened. */
const OPENED_MS = 500;

export class Door {
  #display;
  #look;
  #again;
  #ahead;
  #clock;
  /** @type {Appointment | null} */
  #appointment = null;

  /**
   * @param {Display} display @param {() => Promise<Appointment>} look before the tap @param {() => void} again begins from the link once more
   * @param {Ahead} ahead what can be done before the appointment @param {Clock} clock
   */
  constructor(display, look, again, ahead, clock = systemClock) {
    this.#display = display;
    this.#look = look;
    this.#again = again;
    this.#ahead = ahead;
    this.#clock = clock;
  }

  /** The appointment, as it was seen last; null before the first look. */
  get appointment() {
    return this.#appointment;
  }

  /** What the client said, without looking again. @param {Wish | ''} wish */
  wished(wish) {
    if (this.#appointment !== null) this.#appointment = { ...this.#appointment, wish };
  }

  /** @throws {LookError} */
  async look() {
    this.#appointment = await this.#look();
    this.#display.call(this.#appointment.phone);
    return this.#appointment;
  }

  /** @returns {Promise<boolean>} whether the door is open; else a screen says why not */
  async arrive() {
    try {
      const appointment = await this.look();
      if (appointment.state === 'open') return true;
      if (appointment.state === 'over') this.#display.show('over', () => over(this.#display.speaker, appointment));
      else this.#waitForOpening(appointment);
    } catch (error) {
      if (!(error instanceof LookError)) throw error;
      this.close(error.code);
    }
    return false;
  }

  /** @param {string} code why the door stays closed */
  close(code) {
    this.#display.show('closed', () => closed(this.#display.speaker, code, this.#again), code);
  }

  /** @param {Appointment} appointment */
  #waitForOpening(appointment) {
    let stop = () => {};
    const actions = { ...this.#ahead, again: () => again() };
    let shown = early(this.#display.speaker, appointment, actions);
    const again = () => {
      stop();
      this.#again();
    };
    const lookLater = ({ opens_at: opens, now } = this.#appointment ?? appointment) => {
      stop = this.#clock.after(Math.min(EARLY_MS, Math.max(0, opens - now) * 1000 + OPENED_MS), () => void look());
    };
    const look = async () => {
      if (this.#display.state !== 'early') return undefined; // the person tries something out, or reads; they come back by a tap
      const seen = await this.look().catch(() => null);
      if (this.#display.state !== 'early') return undefined;
      if (seen !== null && seen.state !== 'early') return again();
      if (seen !== null) shown.looked(seen);
      return lookLater();
    };
    this.#display.show('early', () => (shown = early(this.#display.speaker, this.#appointment ?? appointment, actions)));
    lookLater();
  }

  /** @param {{agree: () => void, instead: (way: Way) => void}} actions */
  welcome(actions) {
    const appointment = this.#appointment;
    if (appointment !== null) this.#display.show('welcome', () => welcome(this.#display.texts, this.#appointment ?? appointment, { ...this.#ahead, ...actions }));
  }
}
