/**
 * What the browser counts about one connection, read out of `getStats` (W3C webrtc-stats): pure functions over plain figures.
 * Sums rise over the life of a connection; whoever wants a rate takes two readings.
 */

/** @import {Report} from './talk.js' */

/**
 * @typedef {object} Figures
 * @property {number} bytes both ways, on the wire
 * @property {number} packets media packets that came in
 * @property {number} lost packets that did not
 * @property {number} soundPackets of those that came in
 * @property {number} heard energy of the sound that came in
 * @property {number} spoken energy of our own sound
 * @property {number} answered checks of the path that came back (RFC 7675): it carries both ways
 * @property {number} [roundTripMs] of the path in use
 * @property {number} uplink estimate of what we can send, bit/s; Infinity if the browser has none
 * @property {string} limitation what holds our own picture down: `none`, `cpu`, `bandwidth` or `other`
 */

/** Too little for a picture that serves a conversation (bit/s). */
const WEAK_UPLINK = 300_000;
/** Longest time that a report can name. */
const LONGEST_MS = 60_000;

/** @param {Iterable<any>} reports of `getStats` @returns {Figures} */
export function figuresOf(reports) {
  /** @type {Figures} */
  const figures = { bytes: 0, packets: 0, lost: 0, soundPackets: 0, heard: 0, spoken: 0, answered: 0, uplink: Infinity, limitation: 'none' };
  const all = [...reports];
  const used = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  for (const one of all) {
    if (one.type === 'inbound-rtp') addInbound(figures, one);
    else if (one.type === 'media-source' && one.kind === 'audio') figures.spoken += one.totalAudioEnergy ?? 0;
    else if (one.type === 'outbound-rtp' && one.kind === 'video') figures.limitation = stronger(figures.limitation, one.qualityLimitationReason);
    else if (one.type === 'candidate-pair' && (one.id === used || (used === undefined && one.nominated))) addPath(figures, one);
  }
  return figures;
}

/** @param {Figures} figures @param {any} one */
function addInbound(figures, one) {
  figures.packets += Number(one.packetsReceived ?? 0);
  figures.lost += Number(one.packetsLost ?? 0);
  if (one.kind !== 'audio') return;
  figures.soundPackets += Number(one.packetsReceived ?? 0);
  figures.heard += Number(one.totalAudioEnergy ?? 0);
}

/** @param {Figures} figures @param {any} one */
function addPath(figures, one) {
  figures.bytes += Number(one.bytesSent ?? 0) + Number(one.bytesReceived ?? 0);
  figures.answered += Number(one.responsesReceived ?? 0);
  if (one.currentRoundTripTime !== undefined) figures.roundTripMs = Math.round(one.currentRoundTripTime * 1000);
  if (one.availableOutgoingBitrate !== undefined) figures.uplink = one.availableOutgoingBitrate;
}

/** Camera and screen count together. @param {string} one @param {string | undefined} other */
function stronger(one, other = 'none') {
  return one === 'cpu' || other === 'none' ? one : other;
}

/**
 * Our side's report, from two readings of one connection. A picture that is small because the line is measured only just now, or because we
 * save data, is not held down by the network: that counts from the point where the uplink carries no useful picture.
 * @param {Figures} before @param {Figures} now @param {number | null} serverMs round trip to the server
 * @returns {Report}
 */
export function reportOf(before, now, serverMs) {
  const lost = Math.max(0, now.lost - before.lost);
  const expected = lost + Math.max(0, now.packets - before.packets);
  const held = now.limitation === 'bandwidth' && now.uplink < WEAK_UPLINK;
  /** @type {Report} */
  const report = {
    loss: expected === 0 ? 0 : Math.round((lost / expected) * 1000) / 1000,
    limited: now.limitation === 'cpu' ? 'device' : held ? 'network' : 'none',
  };
  if (now.roundTripMs !== undefined) report.round_trip_ms = Math.min(now.roundTripMs, LONGEST_MS);
  if (serverMs !== null) report.server_ms = Math.min(Math.round(serverMs), LONGEST_MS);
  return report;
}
