/**
 * After a session: whether a survey is due, and of which kind (PROTOCOL.md, section 12). What the survey itself needs is loaded only then.
 */

import { systemClock } from './clock.js';

/** @import {Clock} from './clock.js' */
/** @import {Display} from './display.js' */
/** @import {Entry} from './entry.js' */
/** @import {SeatRecord, SeatStore} from './protocol.js' */
/** @import {Screen} from './screens/screen.js' */
/** @import {Survey} from './survey/survey.js' */
/** @import {Variant} from './survey/right.js' */
/** @import {View} from './view.js' */

/** Who cannot get in learns so often (ms) whether the appointment is over. */
export const LOOK_MS = 60_000;

/** `ended` looks and, if the appointment is over, says so. @typedef {{ended: () => Promise<void>, storage: Storage, store: SeatStore, display: Display, entry: Entry, plain: readonly string[]}} Around */

/** Screens after a session, or after the tries to have one. */
const ENDS = ['ended', 'left', 'over', 'refused'];

/**
 * Which questions fit; null if there was no session to be asked about.
 * @param {string} screen @param {string} code of the view @param {SeatRecord} record of this tab
 * @returns {Variant | null}
 */
export function variantOf(screen, code, { admitted, talked, trouble, variant }) {
  if (!ENDS.includes(screen)) return null;
  if (screen === 'refused' && code !== 'expired-link') return null;
  if (screen === 'left' && admitted !== true) return null;
  if (screen === 'ended' && code === 'phone') return 'phone';
  if (variant !== undefined) return variant;
  if (talked === true) return 'held';
  if (screen === 'ended' && code === 'revoked') return null;
  if (trouble !== undefined) return 'failed';
  return admitted === true ? 'held' : null;
}

export class Aftermath {
  #around;
  /** @type {Survey | null} */
  #survey = null;
  #begun = false;
  #clock;
  /** Calls the next look off; null while there is nothing to be looked after. @type {(() => void) | null} */
  #stop = null;

  /** @param {Around} around @param {Clock} clock */
  constructor(around, clock = systemClock) {
    this.#around = around;
    this.#clock = clock;
  }

  /** How far this tab got. @param {boolean} inside picture and sound passed once @param {string} stuck what keeps it out; empty for nothing */
  noted(inside, stuck) {
    const { store } = this.#around;
    if (store.past() !== null) return;
    const { talked, trouble } = store.read();
    if (inside && talked !== true) store.update({ talked: true });
    if (stuck !== '' && stuck !== trouble) store.update({ trouble: stuck });
    if (stuck === '') this.#calm();
    else this.#stop ??= this.#clock.after(LOOK_MS, () => void this.#look());
  }

  #calm() {
    this.#stop?.();
    this.#stop = null;
  }

  async #look() {
    await this.#around.ended();
    if (this.#stop !== null && !ENDS.includes(this.#around.display.state)) this.#stop = this.#clock.after(LOOK_MS, () => void this.#look());
  }

  /** A screen was built: the survey stands below the goodbye. @param {string} name @param {View | null} view @param {Screen} screen */
  built(name, view, screen) {
    const { store, display } = this.#around;
    if (!ENDS.includes(name)) return;
    const record = store.past() ?? store.read();
    const variant = variantOf(name, view?.code ?? '', record);
    if (variant === null) store.forgetPast();
    else if (this.#survey === null) void this.#begin(variant, record);
    else {
      this.#survey.show(display.texts);
      screen.element.append(this.#survey.element);
    }
  }

  /** @param {Variant} variant @param {SeatRecord} record */
  async #begin(variant, record) {
    if (this.#begun) return;
    this.#begun = true;
    const { storage, store, display, entry, plain } = this.#around;
    const ended = store.past() !== null;
    if (ended) store.settle({ ...record, variant });
    const loaded = await import('./survey/survey.js').catch(() => null);
    if (loaded === null) return;
    const survey = new loaded.Survey(display.texts, {
      storage, name: `survey/${entry.key}`, variant, proof: proofOf(record, entry), plain,
      secured: () => ended && store.settle({ agreed: true, variant }),
      over: () => store.forgetPast(),
    });
    this.#survey = survey;
    window.addEventListener('pagehide', () => survey.leave());
    display.screen.element.append(survey.element);
    await survey.start();
  }
}

/** @param {SeatRecord} record @param {Entry} entry @returns {import('./entry.js').Proof} */
function proofOf(record, entry) {
  const { room, seat, secret } = record;
  return room !== undefined && seat !== undefined && secret !== undefined ? { room, seat, secret } : entry.proof(record);
}
