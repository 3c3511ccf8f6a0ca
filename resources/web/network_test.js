/**
 * The rehearsal's question to the network, on a WebSocket of its own that joins nothing (PROTOCOL.md, section 10): does it get through, how
 * long is the way, how much passes. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';
import { SUBPROTOCOL, WireError, encode, parse } from './wire.js';

/** @import {Clock} from './clock.js' */
/** @import {Outcome} from './reports.js' */
/** @import {FromServer, ToServer} from './wire.js' */

/** How often the way is measured, and the pause between (the server answers one ping in a second). */
const PINGS = 2;
const PING_PAUSE_MS = 1_100;
/** A further ping that is not answered by then is not waited for. */
const PONG_MS = 2_000;
/** Weights that are under way at the same time, and the characters of each. */
const PROBES = 8;
const WEIGHT = 24 * 1024;
/** All of it ends by then. */
export const DEADLINE_MS = 15_000;
/** A longer way, or less that passes, is weak: a picture of the smallest kind with sound still fits. */
const FAR_MS = 400;
const LITTLE_KBPS = 600;

/** @typedef {{outcome: Outcome, roundTripMs: number | null, kbps: number | null}} Measured */

export class NetworkTest {
  #clock;
  #socket;
  #seq = 0;
  #pings = 0;
  #sentAt = 0;
  #returned = 0;
  #weighs = false;
  /** @type {number | null} */
  #roundTripMs = null;
  #calm = () => {};
  #deadline = () => {};
  /** @type {(measured: Measured) => void} */
  #done = () => {};

  /** @param {string} url @param {Clock} clock @param {(url: string, protocol: string) => WebSocket} open */
  constructor(url, clock = systemClock, open = (address, protocol) => new WebSocket(address, protocol)) {
    this.#clock = clock;
    this.#socket = open(url, SUBPROTOCOL);
  }

  /** @returns {Promise<Measured>} */
  run() {
    const socket = this.#socket;
    socket.onopen = () => this.#ping();
    socket.onmessage = (event) => this.#read(event.data);
    socket.onclose = () => this.#end(null);
    this.#deadline = this.#clock.after(DEADLINE_MS, () => this.#end(null));
    return new Promise((done) => (this.#done = done));
  }

  /** The person goes on without waiting for it. */
  stop() {
    this.#done = () => {};
    this.#end(null);
  }

  /** @param {ToServer} message */
  #send(message) {
    this.#seq += 1;
    this.#socket.send(encode(message, this.#seq));
  }

  #ping() {
    this.#pings += 1;
    this.#sentAt = this.#clock.now();
    this.#send({ type: 'ping', n: this.#pings });
    if (this.#pings > 1) this.#calm = this.#clock.after(PONG_MS, () => this.#probe());
  }

  #probe() {
    this.#weighs = true;
    this.#sentAt = this.#clock.now();
    for (let n = 1; n <= PROBES; n += 1) this.#send({ type: 'probe', n, filler: 'a'.repeat(WEIGHT) });
  }

  /** @param {unknown} data */
  #read(data) {
    /** @type {FromServer} */
    let message;
    try {
      message = parse(data);
    } catch (error) {
      if (error instanceof WireError) return; // a newer server may say more than we know
      throw error;
    }
    if (message.type === 'beat') this.#send({ type: 'beat', n: message.n });
    else if (message.type === 'pong' && !this.#weighs) this.#pong();
    else if (message.type === 'probe') this.#weighed();
  }

  #pong() {
    this.#calm();
    const passed = this.#clock.now() - this.#sentAt;
    this.#roundTripMs = Math.min(this.#roundTripMs ?? Infinity, passed);
    if (this.#pings < PINGS) this.#calm = this.#clock.after(PING_PAUSE_MS, () => this.#ping());
    else this.#probe();
  }

  #weighed() {
    this.#returned += 1;
    if (this.#returned < PROBES) return;
    const passed = Math.max(1, this.#clock.now() - this.#sentAt - (this.#roundTripMs ?? 0));
    this.#end((PROBES * WEIGHT * 8) / passed);
  }

  /** @param {number | null} kbps null if not all came back */
  #end(kbps) {
    this.#calm();
    this.#deadline();
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#done({ outcome: this.#outcome(kbps), roundTripMs: this.#roundTripMs, kbps });
    this.#done = () => {};
  }

  /** @param {number | null} kbps @returns {Outcome} */
  #outcome(kbps) {
    if (this.#roundTripMs === null) return 'failed';
    return kbps === null || kbps < LITTLE_KBPS || this.#roundTripMs > FAR_MS ? 'weak' : 'ok';
  }
}
