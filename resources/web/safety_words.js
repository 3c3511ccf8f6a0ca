/**
 * Safety words (PROTOCOL.md, section 8): the sums, and the browser's part of the exchange over the data channel.
 * Knows no `document` and no `window`; uses WebCrypto.
 */

import { fromBase64url, join, randomBytes, sha256, toBase64url, utf8 } from './bytes.js';
import { systemClock } from './clock.js';

/** @import {Bytes} from './bytes.js' */
/** @import {Clock} from './clock.js' */

/** Both certificates of one epoch, SHA-256 in the form of RFC 8122. @typedef {{browser: string, program: string}} Fingerprints */
/** @typedef {{type: 'words-commit', epoch: number, commitment: string}} WordsCommit */
/** @typedef {{type: 'words-reveal', epoch: number, nonce: string}} WordsReveal */
/** @typedef {{type: 'words-open', epoch: number, nonce: string}} WordsOpen */
/** @typedef {{type: 'words-keep', epoch: number, mac: string}} WordsKeep */
/** @typedef {{browser: string, program: string}} Nonces base64url */

/**
 * `pending` words are being made or vouched for · `fresh` to be compared · `again` to be compared anew · `lost` those from before do not
 * vouch for this connection, and without a channel there are no new ones · `broken` the connection cannot be vouched for.
 * Only `fresh` and `again` have indices.
 * @typedef {{state: 'pending' | 'fresh' | 'again' | 'lost' | 'broken', indices: number[]}} Words
 */

/** The program's `words-keep` must be there this long after the epoch's connection. */
export const KEEP_MS = 5_000;

/** @param {string} print @returns {Bytes} 32 bytes */
function printBytes(print) {
  const pairs = print.split(':');
  if (pairs.length !== 32 || !pairs.every((pair) => /^[0-9A-F]{2}$/.test(pair))) throw new RangeError('not a SHA-256 fingerprint');
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** @param {Fingerprints} prints */
const both = (prints) => join(printBytes(prints.browser), printBytes(prints.program));

/** What the browser sends first. @param {string} nonce base64url */
export async function commitment(nonce) {
  return toBase64url(await sha256(join(utf8('videoberatung/words/commit/1:'), fromBase64url(nonce))));
}

/**
 * Four indices of 0 to 2047: the first 44 bits of the digest, highest first.
 * @param {Fingerprints} prints @param {Nonces} nonces
 */
export async function wordIndices(prints, nonces) {
  const text = join(utf8('videoberatung/words/1:'), both(prints), fromBase64url(nonces.browser), fromBase64url(nonces.program));
  const first = new DataView((await sha256(text)).buffer).getBigUint64(0);
  return [53n, 42n, 31n, 20n].map((shift) => Number((first >> shift) & 0x7ffn));
}

/**
 * What `side` sends in a later epoch.
 * @param {'browser' | 'program'} side @param {number} epoch @param {Fingerprints} prints the new ones @param {Nonces} nonces the first ones
 */
export async function keepMac(side, epoch, prints, nonces) {
  const secret = await sha256(join(utf8('videoberatung/words/keep/1:'), fromBase64url(nonces.browser), fromBase64url(nonces.program)));
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const number = new DataView(new ArrayBuffer(4));
  number.setUint32(0, epoch);
  const text = join(utf8(`${side}:`), new Uint8Array(number.buffer), both(prints));
  return toBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)));
}

/** The browser's part of the exchange, over all epochs of one page load. */
export class SafetyWords {
  #clock;
  #onchange;
  /** Over the channel of this epoch, null before it is open. @type {((message: WordsCommit | WordsOpen | WordsKeep) => void) | null} */
  #send = null;
  #epoch = 0;
  /** @type {Fingerprints} */
  #prints = { browser: '', program: '' };
  #nonce = '';
  /** @type {Nonces | null} */
  #nonces = null;
  /** What the nonces came to: shown again when a later epoch is vouched for. @type {Words} */
  #held = { state: 'pending', indices: [] };
  /** @type {'idle' | 'committed' | 'keeping' | 'done'} */
  #step = 'idle';
  #compared = false;
  #calm = () => {};

  /** @param {(words: Words) => void} onchange @param {Clock} clock */
  constructor(onchange, clock = systemClock) {
    this.#onchange = onchange;
    this.#clock = clock;
  }

  /** The page was loaded again in the middle of a conversation: there were words before. */
  remember() {
    this.#compared = true;
  }

  /**
   * An epoch is connected. Words from before do not vouch for it until its mac holds, whether or not its channel ever opens.
   * @param {number} epoch @param {Fingerprints} prints
   */
  connected(epoch, prints) {
    if (epoch <= this.#epoch) return; // its channel was faster
    this.#calm();
    this.#epoch = epoch;
    this.#prints = prints;
    this.#send = null;
    this.#step = 'idle';
    if (this.#nonces === null) return;
    this.#step = 'keeping';
    this.#onchange({ state: 'pending', indices: [] });
    this.#calm = this.#clock.after(KEEP_MS, () => this.#again());
  }

  /**
   * The channel of an epoch is open.
   * @param {number} epoch @param {Fingerprints} prints
   * @param {(message: WordsCommit | WordsOpen | WordsKeep) => void} send over this epoch's channel
   */
  async opened(epoch, prints, send) {
    this.connected(epoch, prints);
    if (epoch !== this.#epoch) return undefined;
    this.#send = send;
    if (this.#nonces === null) return this.#commit();
    const mac = await keepMac('browser', epoch, prints, this.#nonces);
    return epoch === this.#epoch ? send({ type: 'words-keep', epoch, mac }) : undefined;
  }

  /** @param {WordsReveal | WordsKeep} message of the program */
  async received(message) {
    if (message.epoch !== this.#epoch) return undefined; // of an epoch that is gone
    if (message.type === 'words-reveal') return this.#revealed(message.nonce);
    return this.#kept(message);
  }

  /** The words from before do not hold here: new ones, now or as soon as there is a channel. */
  async #again() {
    this.#calm();
    this.#nonces = null;
    this.#step = 'idle';
    if (this.#send !== null) return this.#commit();
    return this.#onchange({ state: 'lost', indices: [] });
  }

  async #commit() {
    this.#nonce = toBase64url(randomBytes(32));
    this.#step = 'committed';
    this.#onchange({ state: 'pending', indices: [] });
    const epoch = this.#epoch;
    const value = await commitment(this.#nonce);
    if (epoch === this.#epoch) this.#send?.({ type: 'words-commit', epoch, commitment: value });
  }

  /** @param {string} program */
  async #revealed(program) {
    if (this.#step !== 'committed') return this.#broken();
    this.#step = 'done';
    const nonces = { browser: this.#nonce, program };
    this.#nonces = nonces;
    this.#send?.({ type: 'words-open', epoch: this.#epoch, nonce: this.#nonce });
    const state = this.#compared ? 'again' : 'fresh';
    this.#compared = true;
    this.#held = { state, indices: await wordIndices(this.#prints, nonces) };
    return this.#step === 'done' && this.#nonces === nonces ? this.#onchange(this.#held) : undefined;
  }

  /** @param {WordsKeep} message */
  async #kept(message) {
    if (this.#step !== 'keeping' || this.#nonces === null) return undefined; // it still knows words that this page load does not
    const expected = await keepMac('program', message.epoch, this.#prints, this.#nonces);
    if (message.epoch !== this.#epoch || this.#step !== 'keeping') return undefined;
    if (expected !== message.mac) return this.#again();
    this.#calm();
    this.#step = 'done';
    return this.#onchange(this.#held);
  }

  #broken() {
    this.#calm();
    this.#step = 'idle';
    this.#nonces = null;
    this.#onchange({ state: 'broken', indices: [] });
  }

  /** No more epochs. */
  close() {
    this.#calm();
  }
}
