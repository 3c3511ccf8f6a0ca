/**
 * The data channel between the two people's machines (PROTOCOL.md, section 7): chat lines with acknowledgement, what the switches
 * stand at, how much is wished for, how the line looks, and the safety words' messages. Nothing is stored. Knows no `document` and no `window`.
 */

import { randomBytes, toBase64url } from './bytes.js';
import { epoch, flag, oneOf, readFields, text, whole } from './shapes.js';

/** @import {Check, Shape} from './shapes.js' */
/** @import {WordsCommit, WordsReveal, WordsOpen, WordsKeep} from './safety_words.js' */

/** @typedef {{type: 'chat', id: string, text: string}} ChatLine */
/** @typedef {{type: 'chat-seen', id: string}} ChatSeen */
/** What one side's switches stand at; `paused` is a "Kurze Pause". @typedef {{microphone: boolean, camera: boolean, screen: boolean, paused: boolean}} Switches */
/** @typedef {{type: 'media-state'} & Switches} MediaState */
/** How much one side wishes to receive: pixels high, kbit/s; 0 is no limit. @typedef {{height: number, kbps: number}} Wishes */
/** @typedef {{type: 'limits'} & Wishes} Limits */
/** How the line looks from one side (section 9). @typedef {{loss: number, round_trip_ms?: number, server_ms?: number, limited: 'none' | 'network' | 'device'}} Report */
/** @typedef {{type: 'line-report'} & Report} LineReport */
/** @typedef {ChatLine | ChatSeen | MediaState | Limits | LineReport | WordsReveal | WordsKeep} FromProgram */
/** @typedef {ChatLine | ChatSeen | MediaState | Limits | LineReport | WordsCommit | WordsOpen | WordsKeep} ToProgram */

/** Longest chat line in characters. */
export const MAX_LINE = 2000;
const MAX_TALK_BYTES = 16 * 1024;

const key = text(/^[\w-]{43}$/);
const id = text(/^[\w-]{8,22}$/);
const milliseconds = whole(0, 60_000);
/** @type {Check} */
const line = (value) => typeof value === 'string' && value.length > 0 && [...value].length <= MAX_LINE;
/** @type {Check} */
const share = (value) => typeof value === 'number' && value >= 0 && value <= 1;

/** What the program may send. @type {Record<string, Shape>} */
const SHAPES = {
  chat: { must: { id, text: line } },
  'chat-seen': { must: { id } },
  'media-state': {
    must: { microphone: flag, camera: flag },
    may: { screen: flag, paused: flag },
    missing: { screen: false, paused: false },
  },
  limits: { must: {}, may: { height: whole(0, 4320), kbps: whole(0, 100_000) }, missing: { height: 0, kbps: 0 } },
  'line-report': {
    must: { loss: share },
    may: { round_trip_ms: milliseconds, server_ms: milliseconds, limited: oneOf('none', 'network', 'device') },
    missing: { limited: 'none' },
  },
  'words-reveal': { must: { epoch, nonce: key } },
  'words-keep': { must: { epoch, mac: key } },
};

/**
 * One message of the program, or null for anything malformed or unknown: such messages are passed over.
 * @param {unknown} data
 * @returns {FromProgram | null}
 */
export function parseTalk(data) {
  if (typeof data !== 'string' || data.length > MAX_TALK_BYTES) return null;
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return null;
  const shape = Object.hasOwn(SHAPES, value.type) ? SHAPES[value.type] : undefined;
  if (shape === undefined) return null;
  const read = readFields(/** @type {Record<string, unknown>} */ (value), shape);
  return 'wrong' in read ? null : /** @type {FromProgram} */ (/** @type {unknown} */ ({ type: value.type, ...read.known }));
}

/**
 * @typedef {object} TalkEvents
 * @property {(line: {id: string, text: string}) => void} line the counsellor wrote
 * @property {(id: string) => void} seen our line arrived
 * @property {(state: MediaState) => void} mediaState the counsellor's switches
 * @property {(limits: Limits) => void} limits how much the counsellor's side wishes to receive
 * @property {(report: LineReport) => void} lineReport how the line looks from the counsellor's side
 * @property {(message: WordsReveal | WordsKeep) => void} words
 */

/** What is needed of an RTCDataChannel. @typedef {Pick<RTCDataChannel, 'send' | 'onmessage' | 'readyState'>} Channel */

/** One conversation's talk, over the channels of all its epochs. */
export class Talk {
  #events;
  /** @type {Channel | null} */
  #channel = null;
  /** Our lines that the other side has not acknowledged yet, in order. @type {Map<string, string>} */
  #unseen = new Map();
  /** Ids of the counsellor's lines that are shown. @type {Set<string>} */
  #shown = new Set();
  /** @type {MediaState | null} */
  #mediaState = null;
  /** @type {Limits | null} */
  #limits = null;

  /** @param {TalkEvents} events */
  constructor(events) {
    this.#events = events;
  }

  /** The channel of a new epoch is open: what was not acknowledged goes out again. @param {Channel} channel */
  attach(channel) {
    if (this.#channel !== null) this.#channel.onmessage = null;
    this.#channel = channel;
    channel.onmessage = (event) => this.#received(event.data);
    if (this.#mediaState !== null) this.send(this.#mediaState);
    if (this.#limits !== null) this.send(this.#limits);
    for (const [id, text] of this.#unseen) this.send({ type: 'chat', id, text });
  }

  /** @param {string} text not empty, at most MAX_LINE characters @returns {string} the line's id */
  say(text) {
    const id = toBase64url(randomBytes(12));
    this.#unseen.set(id, text);
    this.send({ type: 'chat', id, text });
    return id;
  }

  /** @param {Switches} switches what ours stand at */
  showMedia(switches) {
    const last = this.#mediaState;
    this.#mediaState = { type: 'media-state', ...switches };
    if (JSON.stringify(last) !== JSON.stringify(this.#mediaState)) this.send(this.#mediaState);
  }

  /** @param {Wishes} wishes how much we want to receive */
  limit({ height, kbps }) {
    this.#limits = { type: 'limits', height, kbps };
    this.send(this.#limits);
  }

  /** @param {ToProgram} message passed over while no channel is open */
  send(message) {
    if (this.#channel?.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }

  /** @param {unknown} data */
  #received(data) {
    const message = parseTalk(data);
    if (message === null) return;
    if (message.type === 'chat') this.#line(message);
    else if (message.type === 'chat-seen') this.#seen(message.id);
    else if (message.type === 'media-state') this.#events.mediaState(message);
    else if (message.type === 'limits') this.#events.limits(message);
    else if (message.type === 'line-report') this.#events.lineReport(message);
    else this.#events.words(message);
  }

  /** @param {ChatLine} line */
  #line({ id, text }) {
    this.send({ type: 'chat-seen', id });
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    this.#events.line({ id, text });
  }

  /** @param {string} id */
  #seen(id) {
    if (this.#unseen.delete(id)) this.#events.seen(id);
  }
}
