/** One verdict on the line between two people, from both sides' reports (PROTOCOL.md, section 9). Pure; the time is handed in. */

/** @import {Report} from './talk.js' */

/** Each has a sentence in the catalogue: `page.line.VERDICT`. @typedef {'unknown' | 'good' | 'client-network' | 'counsellor-network' | 'network-between' | 'client-device' | 'counsellor-device'} Verdict */

/** Each side reports this often. */
export const REPORT_MS = 3_000;
/** A report is believed this long. */
export const BELIEVED_MS = 10_000;
/** Share of lost packets from which speech and picture suffer. */
const SOME_LOSS = 0.03;
/** Round trip from which two people begin to talk into each other (ITU-T G.114: 150 ms each way). */
const SLOW_MS = 300;
/** Round trip of a side's own way to the server from which that way may be the cause. */
const FAR_SERVER_MS = 150;

/** @param {Report} side */
const good = ({ loss, round_trip_ms: trip = 0, limited }) => loss < SOME_LOSS && trip < SLOW_MS && limited !== 'network';

/**
 * Only a server between the two, to which both ways are known, tells whose way is the long one: one on the counsellor's machine lies at
 * the end of the same way that picture and sound take.
 * @param {number | undefined} own @param {number | undefined} other round trips to the server
 */
const far = (own, other) => own !== undefined && other !== undefined && own >= Math.max(FAR_SERVER_MS, 2 * other);

/** The table of section 9. @param {Report | null} client @param {Report | null} counsellor null: missing or too old @returns {Verdict} */
export function verdict(client, counsellor) {
  if (client === null || counsellor === null) return 'unknown';
  if (client.limited === 'device') return 'client-device';
  if (counsellor.limited === 'device') return 'counsellor-device';
  if (good(client) && good(counsellor)) return 'good';
  if (far(client.server_ms, counsellor.server_ms)) return 'client-network';
  if (far(counsellor.server_ms, client.server_ms)) return 'counsellor-network';
  return 'network-between';
}

/** Keeps the newest report of either side, and shows a verdict only when it came out twice in a row. */
export class LineJudge {
  /** @type {{report: Report, at: number} | null} */
  #counsellor = null;
  /** @type {Verdict} */
  #last = 'unknown';
  /** @type {Verdict} */
  #shown = 'unknown';

  /** @param {Report} report of the program @param {number} now milliseconds */
  heard(report, now) {
    this.#counsellor = { report, at: now };
  }

  /** The page's own report is due every 3 s. @param {Report} client @param {number} now @returns {Verdict} what is to be shown */
  judge(client, now) {
    const other = this.#counsellor !== null && now - this.#counsellor.at <= BELIEVED_MS ? this.#counsellor.report : null;
    const fresh = verdict(client, other);
    if (fresh === this.#last || fresh === 'unknown') this.#shown = fresh;
    this.#last = fresh;
    return this.#shown;
  }
}
