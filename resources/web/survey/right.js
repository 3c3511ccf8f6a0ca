/**
 * What goes between page and server for the survey (PROTOCOL.md, section 12): the questions with the pinned keys, the one-time right, the answer. Nothing here carries cookies or a referrer,
 * and the answer nothing that leads to a seat. Knows no `document` and no `window`.
 */

import { fromBase64url, join, randomBytes, toBase64url, utf8 } from '../bytes.js';
import { blind, finalize } from './blind.js';

/** @import {Proof} from '../entry.js' */

/** @typedef {{id: string, answers: string[], asked: string[]}} Question */
/** `site` only where it is not the server's own. @typedef {{version: string, questions: Question[], about: {id: string, answers: string[]}[], keys: {quarter: string, n: string}[], site?: string}} Card */
/** A nonce that is still hidden; it is asked for again with the same, if the answer is lost. @typedef {{quarter: string, nonce: string, blinded: string, inverse: string, site?: string}} Asking */
/** @typedef {{quarter: string, nonce: string, signature: string, site?: string}} Right */
/** @typedef {'held' | 'phone' | 'failed'} Variant */
/** @typedef {{version: string, spoken: 'de' | 'other', variant: Variant, answers: Record<string, string>, about: Record<string, string>}} Sheet */

/** Every answer is so long, whatever was answered (bytes). */
export const ANSWER_BYTES = 2048;
/** Who gives no answer. */
export const NONE = 'none';

/** `code` is one of the wire's stable codes, or `no-network`; with `conflict` the site under whose keys to ask. */
export class SurveyError extends Error {
  /** @param {string} code @param {string} [site] */
  constructor(code, site) {
    super(code);
    this.code = code;
    this.site = site;
  }
}

const ALONE = Object.freeze({ credentials: /** @type {const} */ ('omit'), referrerPolicy: /** @type {const} */ ('no-referrer') });

/** @param {string} path @param {string} body @param {typeof fetch} request @returns {Promise<any>} @throws {SurveyError} */
async function post(path, body, request) {
  let answer;
  try {
    answer = await request(path, { ...ALONE, method: 'POST', cache: 'no-store', keepalive: true, headers: { 'Content-Type': 'application/json' }, body });
  } catch {
    throw new SurveyError('no-network');
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new SurveyError(typeof said.code === 'string' ? said.code : 'not-ready', said.site);
  return said;
}

/** The same for everybody of a site. @param {typeof fetch} request @param {string} [site] @returns {Promise<Card>} @throws {SurveyError} */
export async function card(request, site) {
  try {
    const answer = await request(site === undefined ? '/survey.json' : `/survey/${site}.json`, ALONE);
    if (answer.ok) return { ...(await answer.json()), site };
  } catch {
    throw new SurveyError('no-network');
  }
  throw new SurveyError('not-ready');
}

/** @param {string} nonce */
const message = (nonce) => join(utf8('videoberatung/survey/right/1:'), fromBase64url(nonce));

/** @param {Card} card @returns {Promise<Asking>} under the key of the running quarter */
export async function begin({ keys, site }) {
  const [key] = keys;
  if (key === undefined) throw new SurveyError('period-closed');
  const nonce = toBase64url(randomBytes(32));
  const { blinded, inverse } = await blind(fromBase64url(key.n), message(nonce), {});
  return { quarter: key.quarter, nonce, blinded: toBase64url(blinded), inverse: toBase64url(inverse), site };
}

/**
 * @param {Proof} proof of the seat or the link @param {Asking} asking @param {Card} card @param {typeof fetch} request
 * @returns {Promise<Right>} signed with a key that everybody sees
 * @throws {SurveyError}
 */
export async function obtain(proof, { quarter, nonce, blinded, inverse, site }, { keys }, request) {
  const key = keys.find((one) => one.quarter === quarter);
  if (key === undefined) throw new SurveyError('period-closed');
  const { signature: signed } = await post('/api/survey/right', JSON.stringify({ ...proof, quarter, blinded, site }), request);
  if (typeof signed !== 'string' || !/^[\w-]{342}$/.test(signed)) throw new SurveyError('malformed');
  const signature = await finalize(fromBase64url(key.n), message(nonce), fromBase64url(inverse), fromBase64url(signed));
  if (signature === null) throw new SurveyError('right-invalid');
  return { quarter, nonce, signature: toBase64url(signature), site };
}

/** All of one length. @param {Sheet} sheet @param {Right} right */
export function bodyOf(sheet, right) {
  const body = { ...sheet, ...right, filler: '' };
  return JSON.stringify({ ...body, filler: 'x'.repeat(ANSWER_BYTES - JSON.stringify(body).length) });
}

/** @param {string} body @param {typeof fetch} request @returns {Promise<string>} the code of what became of it @throws {SurveyError} `no-network`, or a door that stays closed */
export async function send(body, request) {
  const { code } = await post('/api/survey', body, request);
  return typeof code === 'string' ? code : 'not-ready';
}
