/**
 * Shapes of messages, for both wires: which fields must be there, which may, and what a missing one means. Pure functions.
 */

/** @typedef {(value: unknown) => boolean} Check */

/** @typedef {{must: Record<string, Check>, may?: Record<string, Check>, missing?: Record<string, unknown>}} Shape */

/** @param {RegExp} pattern @returns {Check} */
export const text = (pattern) => (value) => typeof value === 'string' && pattern.test(value);
/** @param {number} least @param {number} most @returns {Check} */
export const whole = (least, most) => (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
/** @param {...string} words @returns {Check} */
export const oneOf = (...words) => (value) => typeof value === 'string' && words.includes(value);
/** @type {Check} */
export const flag = (value) => typeof value === 'boolean';
/** Number of a peer connection. */
export const epoch = whole(1, 2 ** 31 - 1);

/**
 * The fields of a message that its shape knows; others are passed over. `null` counts as missing.
 * @param {Record<string, unknown>} message
 * @param {Shape} shape
 * @returns {{known: Record<string, unknown>} | {wrong: string}} or the name of the first field that is missing or does not hold
 */
export function readFields(message, { must, may, missing }) {
  /** @type {Record<string, unknown>} */
  const known = { ...missing };
  for (const [name, holds] of Object.entries({ ...must, ...may })) {
    const value = message[name] ?? undefined;
    if (value === undefined ? name in must : !holds(value)) return { wrong: name };
    if (value !== undefined) known[name] = value;
  }
  return { known };
}
