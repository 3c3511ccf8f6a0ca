/** The code that was dictated on the phone: reading it as people type it, showing it in threes, asking where it leads. Knows no `document`. */

import { asked } from './look.js';

/** @import {Appointment} from './look.js' */

export const DIGITS = 9;
/** The zeros of the digits that people's keyboards write: ours, Arabic, Persian. */
const ZEROS = [0x30, 0x660, 0x6f0];

/** @param {string} typed with blanks, hyphens, in whichever of the scripts @returns {string} its digits, as ours */
export function digitsOf(typed) {
  return [...typed].map((letter) => {
    const value = ZEROS.map((zero) => (letter.codePointAt(0) ?? 0) - zero).find((distance) => distance >= 0 && distance <= 9);
    return value === undefined ? '' : String(value);
  }).join('');
}

/** `123 456 789`, as far as it goes. @param {string} digits */
export const inThrees = (digits) => digits.match(/.{1,3}/g)?.join(' ') ?? '';

/**
 * @param {string} code @param {typeof fetch} request @returns {Promise<Appointment>}
 * @throws {import('./look.js').LookError} `unknown-code`, `too-many`, `not-ready` or `no-network`
 */
export const codeLook = (code, request = fetch) => asked('/api/code', { code }, 'unknown-code', request);
