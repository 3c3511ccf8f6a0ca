/**
 * Looking before the tap (PROTOCOL.md, section 3): date, time and phone number for a key that is derived from the token.
 * The token itself goes nowhere. Knows no `document` and no `window`.
 */

import { sha256, toBase64url, utf8 } from './bytes.js';

/**
 * @typedef {object} Appointment
 * @property {string} label neutral name of the agency's side
 * @property {string} phone
 * @property {number} starts_at Unix seconds, UTC
 * @property {number} opens_at the waiting room opens, Unix seconds
 * @property {number} now the server's time when it answered: a device's clock may be wrong
 * @property {number} minutes
 * @property {string} language the session's language
 * @property {'early' | 'open' | 'over'} state
 * @property {boolean} save_data noted on the phone: little data volume
 * @property {'' | 'cannot-come' | 'call-me'} [wish] what the client said on this page and did not take back
 */

/** The agency did not show the appointment; `code` is one of the wire's stable codes, or `no-network`. */
export class LookError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** @param {string} token */
export const isToken = (token) => /^[\w-]{43}$/.test(token);

/** The key that opens nothing and cannot be turned back into the token. @param {string} token */
export async function lookKey(token) {
  return toBase64url(await sha256(utf8(`videoberatung/look/1:${token}`)));
}

/**
 * @param {string} key what `lookKey` made
 * @param {typeof fetch} request
 * @returns {Promise<Appointment>}
 * @throws {LookError}
 */
export const look = (key, request = fetch) => asked('/api/look', { look: key }, 'unknown-link', request);

/**
 * @param {string} path @param {Record<string, string>} question @param {string} unknown the code for an answer of 404
 * @param {typeof fetch} request
 * @returns {Promise<Appointment>}
 * @throws {LookError}
 */
export async function asked(path, question, unknown, request) {
  let answer;
  try {
    answer = await request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(question) });
  } catch {
    throw new LookError('no-network');
  }
  if (answer.status === 404) throw new LookError(unknown);
  if (answer.status === 429) throw new LookError('too-many');
  if (!answer.ok) throw new LookError('not-ready');
  return /** @type {Appointment} */ (await answer.json());
}
