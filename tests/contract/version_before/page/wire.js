/**
 * The messages between page and server (PROTOCOL.md, sections 2, 4 and 5): their shapes, reading and writing.
 * Pure functions; knows no connection, no `document` and no `window`.
 */

import { epoch, flag, readFields, text, whole } from './shapes.js';

/** @import {Check, Shape} from './shapes.js' */

/** @typedef {{urls: string[], username?: string, credential?: string, relay_only?: boolean}} IceServer */
/** @typedef {{type: 'beat', n: number}} Beat */
/** @typedef {{type: 'ping', n: number}} Ping */
/** @typedef {{type: 'pong', n: number}} Pong */
/** A weight that comes back as it went. @typedef {{type: 'probe', n: number, filler: string}} Probe */
/** @typedef {{type: 'refused', code: string, re?: number}} Refused */
/**
 * @typedef {{type: 'waiting', room: string, seat: string, reached: boolean, secret?: string, sent_back: boolean, notice?: string,
 *   notice_at?: number}} Waiting
 */
/** @typedef {{type: 'notice', room: string, notice: string, notice_at: number}} NoticeTold */
/** @typedef {{type: 'reached', room: string, reached: boolean, seat?: string}} Reached */
/**
 * @typedef {{type: 'admitted', room: string, seat: string, peer: string, epoch: number, ice_servers: IceServer[],
 *   secret?: string, peer_present: boolean}} Admitted
 */
/** @typedef {{type: 'need-offer', room: string, epoch: number, reason: string, to?: string, from?: string}} NeedOffer */
/** @typedef {{type: 'answer', room: string, epoch: number, sdp: string, to?: string, from?: string}} Answer */
/**
 * @typedef {{type: 'candidate', room: string, epoch: number, candidate: string, mid?: string, line?: number, to?: string,
 *   from?: string}} Candidate
 */
/** For the check before a seat, and fresh credentials in a conversation. @typedef {{type: 'relay', ice_servers: IceServer[]}} RelayTold */
/** @typedef {{type: 'peer', room: string, present: boolean}} PeerNews */
/** @typedef {{type: 'removed', room: string}} Removed */
/** @typedef {{type: 'replaced', room: string}} Replaced */
/** @typedef {{type: 'ended', room: string, reason: string}} Ended */
/**
 * @typedef {Beat | Pong | Probe | Refused | Waiting | NoticeTold | Reached | Admitted | NeedOffer | Answer | Candidate | PeerNews | Removed
 *   | Replaced | Ended | RelayTold} FromServer
 */
/** @typedef {{type: 'join', token: string, language: string, seat?: string, secret?: string}} Join */
/** @typedef {{type: 'join-code', code: string, language: string}} JoinCode */
/** @typedef {{type: 'resume', room: string, seat: string, secret: string}} Resume */
/** @typedef {{type: 'relay', look: string}} RelayWanted */
/** @typedef {{type: 'kept', room: string}} Kept */
/** @typedef {{type: 'offer', room: string, epoch: number, sdp: string, to?: string}} Offer */
/** @typedef {{type: 'leave', room: string}} Leave */
/** @typedef {{type: 'knock', room: string}} Knock */
/** @typedef {Join | JoinCode | Resume | Kept | Beat | Ping | Probe | Offer | Candidate | Leave | Knock | RelayWanted} ToServer */

/** WebSocket subprotocol; carries the version of the wire. */
export const SUBPROTOCOL = 'videoberatung-client.v1';
/** Largest message in bytes, both ways. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Our own close codes (RFC 6455, section 7.4.2). */
export const Close = Object.freeze({ OVER: 4000, REFUSED: 4001, TAKEN_OVER: 4002, BAD_MESSAGE: 4003, SLOW_DOWN: 4004, GOING_AWAY: 4005 });

/** A message of the other side that cannot be accepted. `code` is one of the wire's stable codes. */
export class WireError extends Error {
  /** @param {string} code @param {string} detail for us, never for a person */
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

const id = text(/^[\w-]{22}$/);
const key = text(/^[\w-]{43}$/);
const code = text(/^[a-z-]{1,40}$/);
const line = text(/^[^\r\n]{0,1024}$/);
const sdp = text(/^[\r\n\x20-\x7e]{1,30720}$/);
const seq = whole(1, Number.MAX_SAFE_INTEGER);
const knownEpoch = whole(0, 2 ** 31 - 1);
const filler = text(/^[\w-]{0,32768}$/);
const unixTime = whole(0, 2 ** 40);

/** @type {Check} */
const iceServer = (value) =>
  typeof value === 'object' && value !== null && 'urls' in value && Array.isArray(value.urls) && value.urls.every((url) => typeof url === 'string');
/** @type {Check} */
const iceServers = (value) => Array.isArray(value) && value.every(iceServer);

/** What the page may get. @type {Record<string, Shape>} */
const SHAPES = {
  beat: { must: { n: seq } },
  pong: { must: { n: seq } },
  probe: { must: { n: seq, filler } },
  refused: { must: { code }, may: { re: seq } },
  waiting: {
    must: { room: id, seat: id, reached: flag },
    may: { secret: key, sent_back: flag, notice: code, notice_at: unixTime },
    missing: { sent_back: false },
  },
  notice: { must: { room: id, notice: code, notice_at: unixTime } },
  reached: { must: { room: id }, may: { reached: flag, seat: id }, missing: { reached: true } },
  admitted: {
    must: { room: id, seat: id, peer: id, epoch: knownEpoch, ice_servers: iceServers },
    may: { secret: key, peer_present: flag },
    missing: { peer_present: true },
  },
  'need-offer': { must: { room: id, epoch: knownEpoch, reason: code }, may: { to: id, from: id } },
  answer: { must: { room: id, epoch, sdp }, may: { to: id, from: id } },
  candidate: { must: { room: id, epoch, candidate: line }, may: { mid: line, line: whole(0, 1000), to: id, from: id } },
  relay: { must: { ice_servers: iceServers } },
  peer: { must: { room: id, present: flag } },
  removed: { must: { room: id } },
  replaced: { must: { room: id } },
  ended: { must: { room: id, reason: code } },
};

/**
 * One message of the server. Fields that this version does not know are passed over.
 * @param {unknown} data what the WebSocket delivered
 * @returns {FromServer}
 * @throws {WireError} `malformed`, `too-large` or `unknown-type`
 */
export function parse(data) {
  if (typeof data !== 'string') throw new WireError('malformed', 'binary frame');
  if (data.length > MAX_MESSAGE_BYTES) throw new WireError('too-large', `${data.length} characters`);
  const message = record(data);
  if (typeof message.type !== 'string' || !seq(message.seq)) throw new WireError('malformed', 'type or seq');
  const shape = Object.hasOwn(SHAPES, message.type) ? SHAPES[message.type] : undefined;
  if (shape === undefined) throw new WireError('unknown-type', message.type);
  const read = readFields(message, shape);
  if ('wrong' in read) throw new WireError('malformed', `${message.type}.${read.wrong}`);
  return /** @type {FromServer} */ (/** @type {unknown} */ ({ type: message.type, ...read.known }));
}

/** @param {string} data @returns {Record<string, unknown>} */
function record(data) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(data);
  } catch {
    throw new WireError('malformed', 'no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError('malformed', 'no object');
  return /** @type {Record<string, unknown>} */ (value);
}

/**
 * The text of a message as it goes out. Fields that are `undefined` are left out.
 * @param {ToServer} message
 * @param {number} seq its number within this connection, from 1, rising
 */
export function encode(message, seq) {
  return JSON.stringify({ ...message, seq });
}
