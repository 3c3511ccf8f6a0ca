/**
 * The data channel between the two people's machines (PROTOCOL.md, section 7): chat lines with acknowledgement, what the switches
 * stand at, and the safety words' messages. Nothing is stored. Knows no `document` and no `window`.
 */

import { randomBytes, toBase64url } from './bytes.js';

/** @import {WordsCommit, WordsReveal, WordsOpen, WordsKeep} from './safety_words.js' */

/** @typedef {{type: 'chat', id: string, text: string}} ChatLine */
/** @typedef {{type: 'chat-seen', id: string}} ChatSeen */
/** @typedef {{type: 'media-state', microphone: boolean, camera: boolean}} MediaState */
/** @typedef {ChatLine | ChatSeen | MediaState | WordsReveal | WordsKeep} FromProgram */
/** @typedef {ChatLine | ChatSeen | MediaState | WordsCommit | WordsOpen | WordsKeep} ToProgram */

/** Longest chat line in characters. */
export const MAX_LINE = 2000;
const MAX_TALK_BYTES = 16 * 1024;

/** @param {unknown} value */
const isKey = (value) => typeof value === 'string' && /^[\w-]{43}$/.test(value);
/** @param {unknown} value */
const isEpoch = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;
/** @param {unknown} value */
const isId = (value) => typeof value === 'string' && /^[\w-]{8,22}$/.test(value);
/** @param {unknown} value */
const isLine = (value) => typeof value === 'string' && value.length > 0 && [...value].length <= MAX_LINE;
/** @param {unknown} value */
const isFlag = (value) => typeof value === 'boolean';

/** @type {Record<string, Record<string, (value: unknown) => boolean>>} */
const SHAPES = {
  chat: { id: isId, text: isLine },
  'chat-seen': { id: isId },
  'media-state': { microphone: isFlag, camera: isFlag },
  'words-reveal': { epoch: isEpoch, nonce: isKey },
  'words-keep': { epoch: isEpoch, mac: isKey },
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
  const fields = /** @type {Record<string, unknown>} */ (value);
  if (!Object.entries(shape).every(([name, holds]) => holds(fields[name]))) return null;
  const known = Object.keys(shape).map((name) => [name, fields[name]]);
  return /** @type {FromProgram} */ ({ type: value.type, ...Object.fromEntries(known) });
}

/**
 * @typedef {object} TalkEvents
 * @property {(line: {id: string, text: string}) => void} line the counsellor wrote
 * @property {(id: string) => void} seen our line arrived
 * @property {(state: MediaState) => void} mediaState the counsellor's switches
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
    for (const [id, text] of this.#unseen) this.send({ type: 'chat', id, text });
  }

  /** @param {string} text not empty, at most MAX_LINE characters @returns {string} the line's id */
  say(text) {
    const id = toBase64url(randomBytes(12));
    this.#unseen.set(id, text);
    this.send({ type: 'chat', id, text });
    return id;
  }

  /** @param {boolean} microphone @param {boolean} camera what our switches stand at */
  showMedia(microphone, camera) {
    this.#mediaState = { type: 'media-state', microphone, camera };
    this.send(this.#mediaState);
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
