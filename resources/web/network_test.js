/**
 * The check's question to the network, on a WebSocket of its own that joins nothing (PROTOCOL.md, section 10): does it get through, how
 * long is the way and how even, how much passes, and what becomes of the way through the relay. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';
import { relayPath } from './relay_path.js';
import { SUBPROTOCOL, WireError, encode, parse } from './wire.js';

/** @import {Measured} from './check_rules.js' */
/** @import {Clock} from './clock.js' */
/** @import {FromServer, IceServer, ToServer} from './wire.js' */

/** So many weights without weight measure the way, one after the other; the server sends sixteen of either kind back. */
const LIGHT = 8;
const LIGHT_PAUSE_MS = 150;
/** Weights that are under way at the same time, and the characters of each. */
const HEAVY = 8;
const WEIGHT = 24 * 1024;
/** All but the relay ends by then. */
export const DEADLINE_MS = 12_000;

/** @typedef {{url: string, look: string}} Where `look`: the look key, or empty, and the relay is left out */
/** What comes from the browser. @typedef {{clock: Clock, open: (url: string, protocol: string) => WebSocket, request: typeof fetch, relay: (servers: readonly IceServer[]) => Promise<Measured>}} Means */

/** @type {Means} */
const BROWSER = {
  clock: systemClock,
  open: (url, protocol) => new WebSocket(url, protocol),
  request: (...all) => fetch(...all),
  relay: (servers) => relayPath(servers),
};

export class NetworkTest {
  #means;
  #socket;
  #look;
  #seq = 0;
  #sentAt = 0;
  /** Round trips in milliseconds. @type {number[]} */
  #trips = [];
  #weighs = false;
  #returned = 0;
  /** @type {readonly IceServer[]} */
  #servers = [];
  #calm = () => {};
  #deadline = () => {};
  /** @type {(kbps: number | null) => void} */
  #done = () => {};
  #stopped = false;

  /** @param {Where} where @param {Partial<Means>} means */
  constructor({ url, look }, means = {}) {
    this.#means = { ...BROWSER, ...means };
    this.#look = look;
    this.#socket = this.#means.open(url, SUBPROTOCOL);
  }

  /** @returns {Promise<Measured>} */
  async run() {
    const socket = this.#socket;
    socket.onopen = () => this.#begin();
    socket.onmessage = (event) => this.#read(event.data);
    socket.onclose = () => this.#end(this.#passed());
    this.#deadline = this.#means.clock.after(DEADLINE_MS, () => this.#end(this.#passed()));
    const kbps = await new Promise((/** @type {(kbps: number | null) => void} */ done) => (this.#done = done));
    if (this.#trips.length === 0) return { trouble: await this.#why() };
    const path = this.#stopped ? {} : await this.#means.relay(this.#servers).catch(() => ({ relay: false })); // addresses that no browser can read
    return { round_trip_ms: Math.min(...this.#trips), jitter_ms: this.#jitter, down_kbps: kbps, up_kbps: kbps, ...path };
  }

  /** The person goes on without waiting for it. */
  stop() {
    this.#stopped = true;
    this.#end(null);
  }

  /** Nothing came back: of the WebSocket alone, or of the server at all. */
  async #why() {
    const answer = await this.#means.request('/healthz', { cache: 'no-store' }).catch(() => null);
    return answer?.ok === true ? 'websocket-blocked' : 'server-unreachable';
  }

  /** Mean deviation of neighbouring round trips. */
  get #jitter() {
    const steps = this.#trips.slice(1).map((ms, k) => Math.abs(ms - (this.#trips[k] ?? ms)));
    return steps.length === 0 ? null : steps.reduce((sum, ms) => sum + ms, 0) / steps.length;
  }

  /** @param {ToServer} message */
  #send(message) {
    this.#seq += 1;
    this.#socket.send(encode(message, this.#seq));
  }

  #begin() {
    if (this.#look !== '') this.#send({ type: 'relay', look: this.#look });
    this.#light();
  }

  #light() {
    this.#sentAt = this.#means.clock.now();
    this.#send({ type: 'probe', n: this.#trips.length + 1, filler: '' });
  }

  #heavy() {
    this.#weighs = true;
    this.#sentAt = this.#means.clock.now();
    for (let n = 1; n <= HEAVY; n += 1) this.#send({ type: 'probe', n: LIGHT + n, filler: 'a'.repeat(WEIGHT) });
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
    else if (message.type === 'relay') this.#servers = message.ice_servers;
    else if (message.type === 'probe') this.#back();
  }

  /** A weight came back. */
  #back() {
    if (this.#weighs) {
      this.#returned += 1;
      if (this.#returned === HEAVY) this.#end(this.#passed());
      return;
    }
    this.#trips.push(this.#means.clock.now() - this.#sentAt);
    if (this.#trips.length < LIGHT) this.#calm = this.#means.clock.after(LIGHT_PAUSE_MS, () => this.#light());
    else this.#heavy();
  }

  /** What passes there and back at the same time, so far: the narrower of both ways. Null before anything was weighed. */
  #passed() {
    const passed = this.#means.clock.now() - this.#sentAt - Math.min(...this.#trips);
    return this.#weighs ? (this.#returned * WEIGHT * 8) / Math.max(1, passed) : null;
  }

  /** @param {number | null} kbps */
  #end(kbps) {
    this.#calm();
    this.#deadline();
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#done(kbps);
    this.#done = () => {};
  }
}
