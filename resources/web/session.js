/**
 * One client's part in one appointment: joins the server's news, the call, the talk and the safety words into a single view that
 * the screens show. Knows no `document` and no `window`.
 */

import { Call } from './call.js';
import { systemClock } from './clock.js';
import { reportOf } from './figures.js';
import { Protocol } from './protocol.js';
import { Readings } from './readings.js';
import { SafetyWords } from './safety_words.js';
import { UNLIMITED, stricter } from './sending.js';
import { Talk } from './talk.js';
import { START } from './view.js';
import { Close } from './wire.js';

/** @import {Figures} from './figures.js' */
/** @import {Sources} from './peer.js' */
/** @import {Hearing} from './readings.js' */
/** @import {MediaState, Switches, Wishes} from './talk.js' */
/** @import {SeatStore, Where} from './protocol.js' */
/** @import {Fingerprints} from './safety_words.js' */
/** @import {Phase, View} from './view.js' */
/** @import {FromServer, Waiting, Admitted} from './wire.js' */

/**
 * @typedef {object} SessionEvents
 * @property {(view: View) => void} changed
 * @property {(stream: MediaStream, screen: MediaStream) => void} stream the counsellor's picture and sound, and the shown screen
 * @property {(bytes: number, epoch: number) => void} used both ways since this epoch began
 * @property {() => void} replaced the counsellor shows a screen now, so that ours ends
 * @property {(line: {id: string, text: string}) => void} line
 * @property {(id: string) => void} seen
 */

export class Session {
  #store;
  #events;
  #view = START;
  #protocol;
  #call;
  #talk;
  #words;
  #readings;
  /** The height in which the counsellor's picture is shown; 0 is all of it. */
  #shown = 0;
  /** The newest. */
  #refusal = 'malformed';
  /** What we wish to receive, and the counsellor's side. @type {{own: Wishes, peer: Wishes}} */
  #wishes = { own: UNLIMITED, peer: UNLIMITED };

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
      stream: (stream, screen) => events.stream(stream, screen),
      connected: (epoch, prints) => this.#words.connected(epoch, prints),
      channel: (channel, epoch, prints) => this.#channel(channel, epoch, prints),
      changed: (media, epoch) => this.#change({ media, epoch }),
      silent: () => this.#protocol.hurry(true),
      figures: (figures, epoch) => this.#read(figures, epoch),
    });
    this.#readings = new Readings((before, now) => this.#report(before, now));
    this.#words = new SafetyWords((words) => this.#change({ words }));
    this.#talk = new Talk({
      line: (line) => events.line(line),
      seen: (id) => events.seen(id),
      mediaState: (state) => this.#peerSwitched(state),
      offered: ({ chat, screen }) => this.#change({ noChat: !chat, noScreen: !screen }),
      limits: ({ height, kbps }) => this.#limit({ peer: { height, kbps } }),
      lineReport: (report) => this.#readings.heard(report, systemClock.now()),
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
    this.#quiet();
    this.#protocol.leave();
    this.#change({ phase: 'left', code: this.#view.phase === 'room' ? '' : 'waiting', online: false });
  }

  /** The appointment is over, and the server cannot be heard: no more tries. */
  stop() {
    this.#quiet();
    this.#words.close();
    this.#protocol.stop();
  }

  /** From the waiting room: please look again. @returns {boolean} whether it went out */
  knock() {
    this.#change({ knockRefused: false });
    return this.#protocol.knock();
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

  /** @param {Sources} sources @param {Switches} switches */
  async setMedia(sources, switches) {
    this.#talk.showMedia(switches);
    if (switches.screen !== this.#view.sharing || switches.paused !== this.#view.paused) {
      this.#change({ sharing: switches.screen, paused: switches.paused });
    }
    await this.#call.setSources(sources);
  }

  /** "Daten sparen": neither side sends more than that. @param {Wishes} wishes */
  saveData({ height, kbps }) {
    this.#limit({ own: { height, kbps } });
    this.#wish();
  }

  /** No more pixels of the counsellor's than can be seen. @param {number} height 0 is all of them */
  shows(height) {
    this.#shown = height;
    this.#wish();
  }

  #wish() {
    this.#talk.limit(stricter(this.#wishes.own, { height: this.#shown, kbps: 0 }));
  }

  /** "Ich höre nichts": what is to be said about it; if no sound comes in, a new connection begins. @returns {Hearing | 'muted' | 'paused'} */
  listen() {
    if (this.#view.peerPaused) return 'paused';
    if (!this.#view.peerMicrophone) return 'muted';
    const hearing = this.#readings.hearing(systemClock.now());
    if (hearing === 'lost') this.#call.renew();
    return hearing;
  }

  /** @param {string} text @returns {string} the line's id */
  say(text) {
    return this.#talk.say(text);
  }

  /** @param {Partial<{own: Wishes, peer: Wishes}>} change */
  #limit(change) {
    this.#wishes = { ...this.#wishes, ...change };
    void this.#call.setLimits(stricter(this.#wishes.own, this.#wishes.peer));
  }

  /** @param {MediaState} state */
  #peerSwitched({ microphone, camera, screen, paused }) {
    const begins = screen && !this.#view.peerScreen;
    this.#call.peerSwitched({ microphone, camera, screen });
    this.#change({ peerMicrophone: microphone, peerCamera: camera, peerScreen: screen, peerPaused: paused });
    if (begins && this.#view.sharing) this.#events.replaced();
  }

  /** @param {Figures} figures @param {number} epoch */
  #read(figures, epoch) {
    this.#events.used(figures.bytes, epoch);
    const { verdict, ownSpeaks, peerSpeaks } = this.#readings.read(figures, epoch, systemClock.now());
    const { view } = this;
    if (verdict === view.verdict && ownSpeaks === view.ownSpeaks && peerSpeaks === view.peerSpeaks) return;
    this.#change({ verdict, ownSpeaks, peerSpeaks });
  }

  /** @param {Figures} before @param {Figures} now */
  #report(before, now) {
    const report = reportOf(before, now, this.#protocol.roundTripMs);
    this.#protocol.measure();
    this.#talk.send({ type: 'line-report', ...report });
    return report;
  }

  /** The conversation is over for now. */
  #quiet() {
    this.#call.close();
    this.#readings.forget();
    this.shows(0);
    this.#change({ peerScreen: false, peerPaused: false, peerSpeaks: false, ownSpeaks: false, verdict: 'unknown' });
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
      case 'relay':
        return this.#call.relays(message.ice_servers);
      case 'notice':
        return this.#change({ notice: message.notice, noticeAt: message.notice_at });
      case 'refused':
        return this.#refused(message.code);
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
    this.#quiet();
    const sentBack = message.sent_back || (this.#view.sentBack && this.#view.phase === 'waiting');
    this.#change({ phase: 'waiting', reached: message.reached, sentBack, notice: message.notice ?? '', noticeAt: message.notice_at ?? 0 });
  }

  /** @param {string} code of something that was sent after the join */
  #refused(code) {
    this.#refusal = code;
    if (code === 'conflict') this.#call.conflict();
    else if (code === 'too-many' && this.#view.phase === 'waiting') this.#change({ knockRefused: true });
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
    else this.#over('refused', code === Close.BAD_MESSAGE ? this.#refusal : 'not-ready');
  }

  /** @param {Phase} phase @param {string} code */
  #over(phase, code) {
    this.#quiet();
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
