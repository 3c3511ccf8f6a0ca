/**
 * Speaks with the server for one tab: joins with the link's token or the dictated code, keeps the seat's secret, takes the same seat again after a
 * reload or a lost connection (PROTOCOL.md, section 4). Knows no `document` and no `window`; the storage is handed in.
 */

import { Connection } from './connection.js';

/** @import {FromServer, ToServer, Refused} from './wire.js' */

/**
 * What this tab keeps of its seat, in `sessionStorage` only.
 * @typedef {object} SeatRecord
 * @property {boolean} agreed the person agreed to this appointment in this tab
 * @property {string} [room] the room of the seat
 * @property {string} [seat]
 * @property {string} [secret]
 * @property {boolean} [admitted] the seat was in the conversation
 * @property {boolean} [left] the person left by a tap
 * @property {{microphone: boolean, camera: boolean}} [wish] what the switches stood at
 * @property {boolean} [saving] what "Daten sparen" stood at
 * @property {boolean} [paused] the person took a short pause
 * @property {number} [used] bytes of this appointment's picture and sound so far
 * @property {boolean} [talked] picture and sound passed once
 * @property {string} [trouble] what kept this tab out for long
 * @property {'held' | 'phone' | 'failed'} [variant] how it ended; of what is over only
 */

/** Reads and writes this tab's record for one link. */
export class SeatStore {
  #storage;
  #name;
  #pastName;

  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage @param {string} look key derived from the token */
  constructor(storage, look) {
    this.#storage = storage;
    this.#name = `seat/${look}`;
    this.#pastName = `past/${look}`;
  }

  /** @returns {SeatRecord} */
  read() {
    try {
      const record = /** @type {unknown} */ (JSON.parse(this.#storage.getItem(this.#name) ?? 'null'));
      if (typeof record === 'object' && record !== null && 'agreed' in record) return /** @type {SeatRecord} */ (record);
    } catch {
      // Storage may be switched off or hold something foreign: then this is a new tab.
    }
    return { agreed: false };
  }

  /** @param {Partial<SeatRecord>} change */
  update(change) {
    try {
      this.#storage.setItem(this.#name, JSON.stringify({ ...this.read(), ...change }));
    } catch {
      // Without storage everything works but resuming after a reload.
    }
  }

  /** Forgets the seat, not the agreement, the switches and what was used. */
  forgetSeat() {
    const { agreed, wish, saving, used, trouble } = this.read();
    this.clear();
    this.update({ agreed, wish, saving, used, trouble });
  }

  /** The session is over: what the survey needs to have a right to it stays, until it has it. @param {SeatRecord} record */
  settle(record = this.read()) {
    const { agreed, room, seat, secret, admitted, talked, trouble, variant } = record;
    this.clear();
    try {
      this.#storage.setItem(this.#pastName, JSON.stringify({ agreed, room, seat, secret, admitted, talked, trouble, variant }));
    } catch {
      // then there will be no survey
    }
  }

  /** Of a session that is over. @returns {SeatRecord | null} */
  past() {
    try {
      return /** @type {SeatRecord | null} */ (JSON.parse(this.#storage.getItem(this.#pastName) ?? 'null'));
    } catch {
      return null;
    }
  }

  forgetPast() {
    try {
      this.#storage.removeItem(this.#pastName);
    } catch {
      // nothing was kept
    }
  }

  clear() {
    try {
      this.#storage.removeItem(this.#name);
    } catch {
      // nothing was kept
    }
  }
}

/**
 * What the owner hears: the server's messages besides those that are settled here, and the fate of the connection.
 * @typedef {object} ProtocolEvents
 * @property {(message: FromServer) => void} received
 * @property {(code: string) => void} refused the join was refused, for good
 * @property {(open: boolean) => void} connected
 * @property {(code: number) => void} closed
 */

/** These refusals of a join pass by themselves: the connection is taken up again. */
const PASSING = ['not-ready', 'too-many', 'conflict'];

/** @typedef {{url: string, language: string} & ({token: string} | {code: string})} Where */

export class Protocol {
  #where;
  #store;
  #events;
  #connection;
  #joinedAs = 0;
  #room = '';

  /**
   * @param {Where} where
   * @param {SeatStore} store
   * @param {ProtocolEvents} events
   * @param {(url: string, events: import('./connection.js').ConnectionEvents) => Connection} connect
   */
  constructor(where, store, events, connect = (url, heard) => new Connection(url, heard)) {
    this.#where = where;
    this.#store = store;
    this.#events = events;
    this.#connection = connect(where.url, {
      opened: () => this.#join(),
      received: (message) => this.#received(message),
      lost: () => events.connected(false),
      closed: (code) => events.closed(code),
    });
  }

  /** A person tapped (now, or before this tab was loaded again): join. */
  start() {
    this.#store.update({ agreed: true, left: false });
    this.#connection.start();
  }

  /** The network is back or the tab is seen again. @param {boolean} silent media has stopped */
  hurry(silent = false) {
    this.#connection.hurry(silent);
  }

  /** The person leaves; the seat's secret stays for "back into the conversation". */
  leave() {
    this.#store.update({ left: true });
    this.#connection.send({ type: 'leave', room: this.#room });
    this.#connection.stop();
  }

  /** @returns {boolean} whether it went out */
  knock() {
    return this.send({ type: 'knock', room: this.#room });
  }

  /** @param {ToServer} message @returns {boolean} whether it went out */
  send(message) {
    return this.#connection.send(message) > 0;
  }

  /** Round trip to the server in milliseconds, null if it is not known. */
  get roundTripMs() {
    return this.#connection.roundTripMs;
  }

  /** Ask for that round trip anew. */
  measure() {
    this.#connection.measure();
  }

  stop() {
    this.#connection.stop();
  }

  #join() {
    this.#joinedAs = this.#connection.send(this.#joining());
  }

  /** @returns {ToServer} the way back to the seat that this tab holds, else to a new one */
  #joining() {
    const { room, seat, secret } = this.#store.read();
    const { language } = this.#where;
    const known = seat !== undefined && secret !== undefined ? { seat, secret } : null;
    if ('token' in this.#where) return { type: 'join', token: this.#where.token, language, ...known };
    if (known !== null && room !== undefined) return { type: 'resume', room, ...known };
    return { type: 'join-code', code: this.#where.code, language };
  }

  /** @param {FromServer} message */
  #received(message) {
    if (message.type === 'refused') return this.#refused(message);
    if (message.type === 'waiting' || message.type === 'admitted') {
      this.#room = message.room;
      this.#keep(message.seat, message.secret, message.type === 'admitted');
      this.#events.connected(true);
    }
    if (message.type === 'ended') this.#store.settle();
    if (message.type === 'ended' || message.type === 'replaced') this.#over();
    if (message.type === 'removed') this.#over(true);
    return this.#events.received(message);
  }

  /** @param {string} seat @param {string | undefined} secret @param {boolean} admitted */
  #keep(seat, secret, admitted) {
    this.#connection.inConversation = admitted;
    this.#store.update({ room: this.#room, seat, admitted, ...(secret === undefined ? null : { secret }) });
    if (secret !== undefined) this.#connection.send({ type: 'kept', room: this.#room });
  }

  /** @param {boolean} again a way back is offered: no camera comes on that was off, and data is saved as before */
  #over(again = false) {
    const { wish, saving, used, trouble } = this.#store.read();
    this.#store.clear();
    if (again) this.#store.update({ wish, saving, used, trouble });
    this.#connection.stop();
  }

  /** @param {Refused} message */
  #refused(message) {
    if (message.re !== this.#joinedAs) return this.#events.received(message);
    if (message.code === 'unknown-seat') {
      this.#store.forgetSeat();
      return this.#join();
    }
    if (PASSING.includes(message.code)) return this.#connection.comeBackLater(message.code === 'not-ready');
    this.#over(true);
    return this.#events.refused(message.code);
  }
}
