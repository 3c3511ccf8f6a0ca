/**
 * What the counsellor learns of this side before the appointment (PROTOCOL.md, section 10). Nothing leaves before a person's tap. Reports are
 * state, not news: only the newest of each goes out, one at a time, again after a while if it got lost. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';

/** @import {Clock} from './clock.js' */
/** @import {Proof} from './entry.js' */

/** @typedef {'camera' | 'microphone' | 'loudspeaker' | 'network'} Part */
/** @typedef {'unknown' | 'ok' | 'weak' | 'failed'} Outcome */
/** @typedef {'cannot-come' | 'call-me'} Wish */
/** @typedef {Partial<Record<Part, Outcome>> & {step?: string, reason?: string, wish?: Wish | 'nothing'}} Report */

/** A report that was lost goes out again after so long. */
export const AGAIN_MS = 15_000;

/**
 * The body of a report.
 * @param {Proof} proof @param {Report} report
 */
export const bodyOf = (proof, report) => JSON.stringify({ ...proof, ...report });

export class Reports {
  #proof;
  #request;
  #clock;
  #person = false;
  #begun = false;
  /** The room takes no more: it is over, or unknown. */
  #closed = false;
  #sending = false;
  /** @type {Report} */
  #waits = {};
  #step = '';
  #reason = '';
  #again = () => {};

  /** @param {() => Proof} proof @param {typeof fetch} request @param {Clock} clock */
  constructor(proof, request = (...all) => fetch(...all), clock = systemClock) {
    this.#proof = proof;
    this.#request = request;
    this.#clock = clock;
  }

  /** A real tap was seen (`Event.isTrusted`); a script that plays one is no person. */
  person() {
    this.#person = true;
  }

  /** This tab was loaded again, and the person tapped before. */
  goOn() {
    this.person();
    this.begin();
  }

  /** The person does something for which the counsellor is to know how far it goes. */
  begin() {
    if (!this.#person) return;
    this.#begun = true;
    void this.#send();
  }

  /** Where the page stands, and what is in the way there. @param {string} step @param {string} reason empty for nothing */
  at(step, reason = '') {
    if (step === this.#step && reason === this.#reason) return;
    this.#step = step;
    this.#reason = reason;
    const { reason: _, ...others } = this.#waits;
    this.#waits = reason === '' ? { ...others, step } : { ...others, step, reason };
    void this.#send();
  }

  /** @param {Part} part @param {Outcome} outcome `unknown` says nothing */
  checked(part, outcome) {
    if (outcome === 'unknown') return;
    this.#waits = { ...this.#waits, [part]: outcome };
    void this.#send();
  }

  /**
   * What the client asks for, by a tap.
   * @param {Wish | 'nothing'} wish @returns {Promise<boolean>} whether the agency has it
   */
  async wish(wish) {
    if (!this.#person) return false;
    this.#begun = true;
    const waited = this.#waits;
    this.#waits = {};
    const sent = (await this.#post({ ...waited, wish })) === 'noted';
    if (!sent) this.#waits = { ...waited, ...this.#waits };
    void this.#send();
    return sent;
  }

  async #send() {
    if (!this.#begun || this.#closed || this.#sending || Object.keys(this.#waits).length === 0) return;
    this.#again();
    this.#sending = true;
    const report = this.#waits;
    this.#waits = {};
    const fate = await this.#post(report);
    this.#sending = false;
    if (fate === 'noted') return void this.#send();
    this.#closed = fate === 'closed';
    const { step, reason, ...checks } = report;
    this.#waits = 'step' in this.#waits ? { ...checks, ...this.#waits } : { ...report, ...this.#waits };
    this.#again = this.#clock.after(AGAIN_MS, () => void this.#send());
  }

  /** @param {Report} report @returns {Promise<'noted' | 'lost' | 'closed'>} */
  async #post(report) {
    const body = bodyOf(this.#proof(), report);
    try {
      const { ok, status } = await this.#request('/api/report', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, keepalive: true });
      return ok ? 'noted' : status === 404 || status === 410 ? 'closed' : 'lost';
    } catch {
      return 'lost';
    }
  }
}
