/** Time and chance as one small object, so that a test can turn the clock by hand. Knows no `document` and no `window`. */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds from any origin, never going back
 * @property {(ms: number, run: () => void) => () => void} after runs once after `ms`; the answer calls it off
 * @property {() => number} chance 0 ≤ x < 1
 */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  chance: () => Math.random(),
};
