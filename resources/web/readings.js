/**
 * What is made of a conversation's figures: our report on the line every 3 s, the verdict from both sides' reports, who is speaking, and
 * whether the counsellor's sound arrives. Knows no `document` and no `window`; the time is handed in.
 */

import { LineJudge, REPORT_MS } from './line.js';

/** @import {Figures} from './figures.js' */
/** @import {Verdict} from './line.js' */
/** @import {Report} from './talk.js' */

/** Mean power (1 is full scale) from which somebody speaks: 40 dB below full scale. */
const SPEECH = 1e-4;
/** So long somebody is shown as speaking after the last loud moment: words have gaps. */
const LINGER_MS = 1_200;
/** Sound that has not come for so long does not arrive. */
const SOUND_GONE_MS = 1_500;

/** `lost` no sound comes · `quiet` it comes, and nobody speaks · `loud` it comes and can be heard @typedef {'lost' | 'quiet' | 'loud'} Hearing */
/** @typedef {{verdict: Verdict, ownSpeaks: boolean, peerSpeaks: boolean}} Reading */

export class Readings {
  #report;
  #judge = new LineJudge();
  /** The reading before, and the one that the next report counts from. @type {{figures: Figures, at: number} | null} */
  #before = null;
  /** @type {{figures: Figures, at: number} | null} */
  #base = null;
  #epoch = 0;
  #soundAt = -Infinity;
  #spokeAt = { own: -Infinity, peer: -Infinity };
  /** @type {Verdict} */
  #verdict = 'unknown';

  /** @param {(before: Figures, now: Figures) => Report} report sends what it makes of two readings, and gives it back */
  constructor(report) {
    this.#report = report;
  }

  /** @param {Report} report of the program @param {number} now milliseconds */
  heard(report, now) {
    this.#judge.heard(report, now);
  }

  /** @param {Figures} figures @param {number} epoch a new one counts from nothing @param {number} now @returns {Reading} */
  read(figures, epoch, now) {
    const fresh = { figures, at: now };
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#before = this.#base = fresh;
    }
    this.#listen(this.#before ?? fresh, fresh);
    this.#before = fresh;
    if (this.#base !== null && now - this.#base.at >= REPORT_MS) {
      this.#verdict = this.#judge.judge(this.#report(this.#base.figures, figures), now);
      this.#base = fresh;
    }
    return { verdict: this.#verdict, ownSpeaks: now - this.#spokeAt.own < LINGER_MS, peerSpeaks: now - this.#spokeAt.peer < LINGER_MS };
  }

  /** @param {{figures: Figures, at: number}} before @param {{figures: Figures, at: number}} now */
  #listen({ figures: before, at: from }, { figures: now, at }) {
    const loud = (/** @type {number} */ energy) => energy / Math.max(1, at - from) > SPEECH / 1000;
    if (now.soundPackets > before.soundPackets) this.#soundAt = at;
    if (loud(now.spoken - before.spoken)) this.#spokeAt.own = at;
    if (loud(now.heard - before.heard)) this.#spokeAt.peer = at;
  }

  /** @param {number} now @returns {Hearing} how the counsellor's sound came in last */
  hearing(now) {
    if (now - this.#soundAt > SOUND_GONE_MS) return 'lost';
    return now - this.#spokeAt.peer > 2 * LINGER_MS ? 'quiet' : 'loud';
  }

  /** Nobody is in the conversation any more. */
  forget() {
    this.#judge = new LineJudge();
    this.#before = this.#base = null;
    this.#epoch = 0;
    this.#soundAt = -Infinity;
    this.#spokeAt = { own: -Infinity, peer: -Infinity };
    this.#verdict = 'unknown';
  }
}

