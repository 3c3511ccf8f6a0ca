/**
 * The WebSocket to the server: opens it, answers beats, notices silence, and comes back by itself (PROTOCOL.md, section 2).
 * Knows no room and no seat; no `document`, no `window`.
 */

import { systemClock } from './clock.js';
import { Close, SUBPROTOCOL, WireError, encode, parse } from './wire.js';

/** @import {Clock} from './clock.js' */
/** @import {FromServer, ToServer} from './wire.js' */

/** The server sends a beat every 5 s; who saw none for this long connects again. */
export const SILENCE_MS = 12_000;
/** Beats come every 5 s: after this long, a connection that looks open is given up when the network changed … */
const DOUBT_MS = 5_500;
/** … and one that spoke lately answers a ping within this time, or is given up too. */
const PROOF_MS = 1_500;
/** … and for this long when media has stopped, too. */
const PROOF_WHEN_SILENT_MS = 800;
/** The server answers a ping at most once in a second. */
const PING_PAUSE_MS = 1_100;
/** The distance to the server is measured at most this often. */
const MEASURE_PAUSE_MS = 2_500;
/** A measurement counts this long. */
const MEASURED_MS = 15_000;
/** A connection that does not open within this time is given up. */
const OPENING_MS = 5_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 3_000;
/** In a conversation every second of silence counts: at first, chance included … */
const LONGEST_PAUSE_AT_FIRST_MS = 400;
/** … which is for so long, … */
const AT_FIRST_MS = 10_000;
/** … and later. */
const LONGEST_PAUSE_IN_CONVERSATION_MS = 1_000;
const SLOW_DOWN_PAUSE_MS = 10_000;
/** WebSocket close code of the IANA registry: the server cannot serve anybody now, because its database is away. */
const TRY_AGAIN_LATER = 1013;
/** After these the page does not connect again by itself. @type {readonly number[]} */
const FINAL = [Close.OVER, Close.REFUSED, Close.TAKEN_OVER];
/** Closed so many times in a row because of what we said: the next time would end alike … */
const MISUNDERSTOOD = 3;
/** … unless the connection stood for this long before. */
const UNDERSTOOD_MS = 60_000;

/**
 * What the owner of a connection hears.
 * @typedef {object} ConnectionEvents
 * @property {() => void} opened a fresh connection stands; `seq` starts again
 * @property {(message: FromServer) => void} received
 * @property {() => void} lost it comes back by itself; heard again for each attempt that fails
 * @property {(code: number) => void} closed for good, with one of our close codes
 */

export class Connection {
  #url;
  #events;
  #clock;
  #open;
  /** @type {WebSocket | null} */
  #socket = null;
  #seq = 0;
  #failures = 0;
  #misunderstood = 0;
  #openedAt = 0;
  /** When the last connection that stood was lost; null while one stands. @type {number | null} */
  #lostAt = null;
  #heardAt = 0;
  #wanted = false;
  /** Somebody is in the middle of a conversation: come back sooner. */
  inConversation = false;
  #calmed = () => {};
  #doubted = () => {};
  #pings = 0;
  #pingedAt = -Infinity;
  #pongedAt = -Infinity;
  /** @type {number | null} */
  #roundTripMs = null;

  /**
   * @param {string} url
   * @param {ConnectionEvents} events
   * @param {Clock} clock
   * @param {(url: string, protocol: string) => WebSocket} open
   */
  constructor(url, events, clock = systemClock, open = (address, protocol) => new WebSocket(address, protocol)) {
    this.#url = url;
    this.#events = events;
    this.#clock = clock;
    this.#open = open;
  }

  /** Whether a message can be sent at this moment. */
  get ready() {
    return this.#socket?.readyState === 1;
  }

  /** Connects, and stays connected until `stop` or a final close code. */
  start() {
    this.#wanted = true;
    this.#failures = 0;
    this.#misunderstood = 0;
    this.#connect();
  }

  /** Closes for good, from our side. */
  stop() {
    this.#wanted = false;
    this.#drop();
  }

  /**
   * The network changed or the tab woke up: connect at once, or make sure that the standing connection still carries.
   * @param {boolean} silent media has stopped, so that there is more reason to doubt
   */
  hurry(silent = false) {
    if (!this.#wanted) return;
    if (this.#socket === null || this.#clock.now() - this.#heardAt > DOUBT_MS) this.#again();
    else if (this.ready) this.#doubt(silent ? PROOF_WHEN_SILENT_MS : PROOF_MS);
  }

  #again() {
    this.#failures = 0;
    this.#connect();
    this.#events.lost();
  }

  /** @param {number} patience milliseconds for the proof */
  #doubt(patience) {
    this.#doubted();
    this.#doubted = this.#clock.after(Math.max(0, this.#pingedAt + PING_PAUSE_MS - this.#clock.now()), () => {
      this.#ping();
      this.#doubted = this.#clock.after(patience, () => {
        if (this.#heardAt < this.#pingedAt) this.#again();
      });
    });
  }

  /** Asks how far away the server is; the answer stands in `roundTripMs`. */
  measure() {
    if (this.#clock.now() - this.#pingedAt >= MEASURE_PAUSE_MS) this.#ping();
  }

  /** The last that was measured; null if there is none of late: whether a server answers at all is its own matter. */
  get roundTripMs() {
    return this.#clock.now() - this.#pongedAt > MEASURED_MS ? null : this.#roundTripMs;
  }

  #ping() {
    this.#pings += 1;
    this.#pingedAt = this.#clock.now();
    this.send({ type: 'ping', n: this.#pings });
  }

  /** @param {number} n */
  #pong(n) {
    if (n !== this.#pings) return;
    this.#pongedAt = this.#clock.now();
    this.#roundTripMs = this.#pongedAt - this.#pingedAt;
  }

  /** The server asked for patience: let go now, connect again after a pause. @param {boolean} away it cannot serve anybody for now */
  comeBackLater(away) {
    this.#lost(away ? TRY_AGAIN_LATER : Close.SLOW_DOWN);
  }

  /**
   * @param {ToServer} message
   * @returns {number} the number it went out with, 0 if it could not be sent
   */
  send(message) {
    if (this.#socket === null || !this.ready) return 0;
    this.#seq += 1;
    this.#socket.send(encode(message, this.#seq));
    return this.#seq;
  }

  #connect() {
    this.#drop();
    const socket = this.#open(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#seq = 0;
    this.#heardAt = this.#clock.now();
    socket.onopen = () => {
      this.#failures = 0;
      this.#openedAt = this.#clock.now();
      this.#lostAt = null;
      this.#heard(SILENCE_MS);
      this.#events.opened();
    };
    socket.onmessage = (event) => this.#read(event.data);
    socket.onclose = (event) => this.#lost(event.code);
    this.#heard(OPENING_MS);
  }

  /** Lets go of the socket without waiting for its close, which on a dead network takes minutes. */
  #drop() {
    this.#calmed();
    this.#doubted();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** @param {number} patience milliseconds until silence counts as a loss */
  #heard(patience) {
    this.#heardAt = this.#clock.now();
    this.#calmed();
    this.#calmed = this.#clock.after(patience, () => this.#lost(1006));
  }

  /** @param {unknown} data */
  #read(data) {
    this.#heard(SILENCE_MS);
    let message;
    try {
      message = parse(data);
    } catch (error) {
      if (error instanceof WireError) return; // a newer server may say more than we know
      throw error;
    }
    if (message.type === 'beat') this.send({ type: 'beat', n: message.n });
    else if (message.type === 'pong') this.#pong(message.n);
    else this.#events.received(message);
  }

  /** @param {number} code */
  #lost(code) {
    this.#drop();
    if (FINAL.includes(code) || this.#isMisunderstood(code)) {
      this.#wanted = false;
      this.#events.closed(code);
      return;
    }
    if (!this.#wanted) return;
    this.#lostAt ??= this.#clock.now();
    this.#calmed = this.#clock.after(this.#pause(code), () => this.#connect());
    this.#failures += 1;
    this.#events.lost();
  }

  /** @param {number} code @returns {boolean} whether another try is in vain */
  #isMisunderstood(code) {
    const lasted = this.#clock.now() - this.#openedAt > UNDERSTOOD_MS;
    this.#misunderstood = code === Close.BAD_MESSAGE ? (lasted ? 1 : this.#misunderstood + 1) : 0;
    return this.#misunderstood >= MISUNDERSTOOD;
  }

  /**
   * 0.3 s, 0.6 s, 1.2 s … at most 3 s, or 1 s, each with up to 30 % of chance; at most 0.4 s at first. To a server that cannot serve, once to
   * twice the longest: everybody was sent away in one moment.
   * @param {number} code
   */
  #pause(code) {
    const longest = this.inConversation ? LONGEST_PAUSE_IN_CONVERSATION_MS : LONGEST_PAUSE_MS;
    if (code === TRY_AGAIN_LATER) return longest * (1 + this.#clock.chance());
    const plain = code === Close.SLOW_DOWN ? SLOW_DOWN_PAUSE_MS : Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, longest);
    const pause = plain * (1 + 0.3 * this.#clock.chance());
    const hurried = this.inConversation && code !== Close.SLOW_DOWN && this.#clock.now() - (this.#lostAt ?? -Infinity) < AT_FIRST_MS;
    return hurried ? Math.min(pause, LONGEST_PAUSE_AT_FIRST_MS) : pause;
  }
}
