/**
 * One client's part in one appointment: joins the server's news, the call, the talk and the safety words into a single view that
 * the screens show. Knows no `document` and no `window`.
 */

import { Call } from './call.js';
import { Protocol } from './protocol.js';
import { SafetyWords } from './safety_words.js';
import { Talk } from './talk.js';
import { Close } from './wire.js';

/** @import {MediaLink} from './call.js' */
/** @import {Tracks} from './peer.js' */
/** @import {SeatStore, Where} from './protocol.js' */
/** @import {Fingerprints, Words} from './safety_words.js' */
/** @import {FromServer, Waiting, Admitted} from './wire.js' */

/** Where the person is. `taken-over`: the same tab was opened twice. @typedef {'joining' | 'waiting' | 'room' | 'left' | 'ended' | 'removed' | 'replaced' | 'taken-over' | 'refused'} Phase */

/**
 * Everything the screens need to know; a new object for each change.
 * @typedef {object} View
 * @property {Phase} phase
 * @property {string} code why, if `phase` is `refused`; the reason, if it is `ended`
 * @property {boolean} online the server knows this seat at the moment
 * @property {boolean} troubled the server cannot be reached
 * @property {boolean} reached the counsellor's program shows this seat
 * @property {boolean} sentBack
 * @property {boolean} peerPresent the counsellor's program is connected to the server
 * @property {MediaLink} media
 * @property {number} epoch
 * @property {boolean} peerMicrophone
 * @property {boolean} peerCamera
 * @property {Words} words
 */

/**
 * @typedef {object} SessionEvents
 * @property {(view: View) => void} changed
 * @property {(stream: MediaStream) => void} stream the counsellor's picture and sound
 * @property {(line: {id: string, text: string}) => void} line
 * @property {(id: string) => void} seen
 */

/** Before anything happened. @type {View} */
export const START = Object.freeze({
  phase: 'joining',
  code: '',
  online: false,
  troubled: false,
  reached: false,
  sentBack: false,
  peerPresent: true,
  media: 'none',
  epoch: 0,
  peerMicrophone: true,
  peerCamera: true,
  words: Object.freeze({ state: 'pending', indices: [] }),
});

export class Session {
  #store;
  #events;
  #view = START;
  #protocol;
  #call;
  #talk;
  #words;

  /** @param {Where} where @param {SeatStore} store @param {SessionEvents} events */
  constructor(where, store, events) {
    this.#store = store;
    this.#events = events;
    this.#protocol = new Protocol(where, store, {
      received: (message) => this.#received(message),
      refused: (code) => this.#over('refused', code),
      connected: (online) => this.#change({ online, troubled: !online }),
      closed: (code) => this.#closed(code),
    });
    this.#call = new Call({
      send: (message) => this.#protocol.send(message),
      stream: (stream) => events.stream(stream),
      connected: (epoch, prints) => this.#words.connected(epoch, prints),
      channel: (channel, epoch, prints) => this.#channel(channel, epoch, prints),
      changed: (media, epoch) => this.#change({ media, epoch }),
    });
    this.#words = new SafetyWords((words) => this.#change({ words }));
    this.#talk = new Talk({
      line: (line) => events.line(line),
      seen: (id) => events.seen(id),
      mediaState: ({ microphone, camera }) => {
        this.#call.peerSends(microphone || camera);
        this.#change({ peerMicrophone: microphone, peerCamera: camera });
      },
      limits: () => {},
      lineReport: () => {},
      words: (message) => void this.#words.received(message),
    });
  }

  get view() {
    return this.#view;
  }

  /** The person tapped "into the waiting room" or "back", or this tab was loaded again. */
  start() {
    if (this.#store.read().admitted === true) this.#words.remember();
    this.#change({ phase: 'joining', online: false, troubled: false });
    this.#protocol.start();
  }

  leave() {
    this.#call.close();
    this.#protocol.leave();
    this.#change({ phase: 'left', online: false });
  }

  /** The browser says that the network is back. */
  online() {
    this.#protocol.hurry();
    this.#call.online();
  }

  /** The tab is seen again. */
  wake() {
    this.#protocol.hurry();
  }

  /** @param {Tracks} tracks @param {{microphone: boolean, camera: boolean}} switches */
  async setMedia(tracks, switches) {
    this.#talk.showMedia(switches.microphone, switches.camera);
    await this.#call.setTracks(tracks);
  }

  /** @param {string} text @returns {string} the line's id */
  say(text) {
    return this.#talk.say(text);
  }

  /** @param {FromServer} message */
  #received(message) {
    switch (message.type) {
      case 'waiting':
        return this.#waiting(message);
      case 'admitted':
        return this.#admitted(message);
      case 'reached':
        return this.#change({ reached: message.reached });
      case 'peer':
        this.#change({ peerPresent: message.present });
        return this.#call.peerIs(message.present);
      case 'need-offer':
        return this.#call.needOffer(message);
      case 'answer':
        return void this.#call.answer(message);
      case 'candidate':
        return void this.#call.candidate(message);
      case 'refused':
        return message.code === 'conflict' ? this.#call.conflict() : undefined;
      case 'removed':
      case 'replaced':
        return this.#over(message.type, '');
      case 'ended':
        return this.#over('ended', message.reason);
      case 'beat':
        return undefined;
    }
  }

  /** @param {Waiting} message */
  #waiting(message) {
    this.#call.close();
    const sentBack = message.sent_back || (this.#view.sentBack && this.#view.phase === 'waiting');
    this.#change({ phase: 'waiting', reached: message.reached, sentBack });
  }

  /** @param {Admitted} message */
  #admitted(message) {
    this.#change({ phase: 'room', sentBack: false, peerPresent: message.peer_present });
    this.#call.admitted(message);
  }

  /** @param {RTCDataChannel} channel @param {number} epoch @param {Fingerprints} prints */
  #channel(channel, epoch, prints) {
    this.#talk.attach(channel);
    void this.#words.opened(epoch, prints, (message) => this.#talk.send(message));
  }

  /** @param {number} code */
  #closed(code) {
    if (code === Close.TAKEN_OVER) this.#over('taken-over', '');
    else if (code === Close.OVER) this.#over('ended', 'counsellor');
    else this.#over('refused', 'not-ready');
  }

  /** @param {Phase} phase @param {string} code */
  #over(phase, code) {
    this.#call.close();
    this.#words.close();
    this.#protocol.stop();
    this.#change({ phase, code, online: false, troubled: false });
  }

  /** @param {Partial<View>} change */
  #change(change) {
    this.#view = Object.freeze({ ...this.#view, ...change });
    this.#events.changed(this.#view);
  }
}
