/**
 * How this tab comes in: with the link's token, or with the dictated code (PROTOCOL.md, sections 3 and 11). Each way knows how to look at the
 * appointment before the tap, what to join with, and what a report names its room by. Knows no `document` and no `window`.
 */

import { codeLook } from './code.js';
import { LookError, isToken, look, lookKey } from './look.js';

/** @import {Appointment} from './look.js' */
/** @import {SeatRecord} from './protocol.js' */

/** What names a room in a report. @typedef {Record<string, string>} Proof */

/**
 * @typedef {object} Entry
 * @property {string} key names what this tab keeps; empty for no way at all
 * @property {() => Promise<Appointment>} look
 * @property {{token: string} | {code: string}} with what joins
 * @property {(record: SeatRecord) => Proof} proof
 */

/** The fragment of a tab that came in by code; where the code itself is kept, see `CODE_PLACE`. */
export const BY_CODE = 'code';
/** Name in the tab's own storage. */
export const CODE_PLACE = 'code';

/** @param {string} token what stands in the fragment @param {boolean} secure without encryption nothing can be derived from it @returns {Promise<Entry>} */
export async function byLink(token, secure) {
  const key = isToken(token) && secure ? await lookKey(token) : '';
  return { key, look: () => look(key), with: { token }, proof: () => ({ token }) };
}

/**
 * Once the code is used up, the tab goes by the seat that it holds, and by the appointment as it was seen with the code.
 * @param {string} code nine digits @param {Pick<Storage, 'getItem' | 'setItem'>} storage
 * @param {(code: string) => Promise<Appointment>} ask
 * @returns {Entry}
 */
export function byCode(code, storage, ask = codeLook) {
  const place = 'appointment';
  const lookAgain = async () => {
    try {
      const appointment = await ask(code);
      storage.setItem(place, JSON.stringify(appointment));
      return appointment;
    } catch (error) {
      const seen = storage.getItem(place);
      if (seen === null || storage.getItem(`seat/${BY_CODE}`) === null || !(error instanceof LookError && error.code === 'unknown-code')) throw error;
      return /** @type {Appointment} */ (JSON.parse(seen));
    }
  };
  /** @param {SeatRecord} record @returns {Proof} */
  const proof = ({ room, seat, secret }) => (room !== undefined && seat !== undefined && secret !== undefined ? { room, seat, secret } : { code });
  return { key: BY_CODE, look: lookAgain, with: { code }, proof };
}
