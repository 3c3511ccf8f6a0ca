/**
 * Picture and sound over all epochs: when a new peer connection begins, when the old one goes (PROTOCOL.md, section 5).
 * The browser always offers. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';
import { DOUBT_MS, Flow, SILENT_MS, STALL_MS } from './flow.js';
import { Peer } from './peer.js';
import { ANSWERED_MS, Questions } from './questions.js';
import { UNLIMITED } from './sending.js';

/** @import {Clock} from './clock.js' */
/** @import {Figures} from './figures.js' */
/** @import {Fingerprints} from './safety_words.js' */
/** @import {Sources} from './peer.js' */
/** @import {Wishes} from './talk.js' */
/** @import {Admitted, Answer, Candidate, IceServer, NeedOffer, ToServer} from './wire.js' */

/** An epoch that brings no connection in this time is followed by the next. */
export const EPOCH_MS = 5_000;
/** `disconnected` for this long begins a new epoch. */
export const DISCONNECTED_MS = 3_000;
/** Media that stops, although the program is there and sends something, begins a new epoch at most once in this time. */
export const DOUBT_PAUSE_MS = 10_000;
/** After `refused conflict` the next epoch is tried after this pause. */
const CONFLICT_MS = 300;

/** `none` not in the conversation · `connecting` for the first time · `connected` · `interrupted` media does not flow @typedef {'none' | 'connecting' | 'connected' | 'interrupted'} MediaLink */

/**
 * @typedef {object} CallEvents
 * @property {(message: ToServer) => boolean} send false if the server cannot be reached at the moment
 * @property {(stream: MediaStream, screen: MediaStream) => void} stream the counsellor's picture and sound, and the shown screen, anew for each epoch
 * @property {(epoch: number, prints: Fingerprints) => void} connected a new epoch carries media from now on
 * @property {(channel: RTCDataChannel, epoch: number, prints: Fingerprints) => void} channel the talk channel of an epoch is open
 * @property {(link: MediaLink, epoch: number) => void} changed
 * @property {() => void} silent media has just stopped: the way to the server may be gone, too, and nobody else would notice soon
 * @property {(figures: Figures, epoch: number) => void} figures twice a second, of the epoch that carries media
 */

/** @typedef {{room: string, peer: string, iceServers: IceServer[]}} Place */

export class Call {
  #events;
  #clock;
  #connect;
  /** @type {Place | null} */
  #place = null;
  #flow;
  /** @type {Sources} */
  #sources = { audio: null, video: null, screen: null };
  /** @type {Wishes} */
  #limits = UNLIMITED;
  /** The program shows a screen, or is about to. */
  #peerScreen = false;
  /** The epoch that carries media. @type {Peer | null} */
  #current = null;
  /** The epoch that is being made. @type {Peer | null} */
  #coming = null;
  #highest = 0;
  #peerPresent = true;
  /** Whether the program says that its microphone or its camera is on. */
  #peerSends = true;
  /** An offer could not go out since the last `admitted`: nobody says who is present. */
  #serverAway = false;
  #revivedAt = -Infinity;
  #silent = false;
  #questions = new Questions();
  /** @type {MediaLink} */
  #link = 'none';
  #epoch = 0;
  /** The program asked for the epoch that is being made, so that it is needed even while we receive. */
  #asked = false;
  #deadline = () => {};
  #disconnected = () => {};

  /** @param {CallEvents} events @param {Clock} clock @param {(configuration: RTCConfiguration) => RTCPeerConnection} connect */
  constructor(events, clock = systemClock, connect = (configuration) => new RTCPeerConnection(configuration)) {
    this.#events = events;
    this.#clock = clock;
    this.#connect = connect;
    this.#flow = new Flow(clock, (figures, epoch) => this.#read(figures, epoch), () => this.#revive());
  }

  /** Admitted, or the seat was resumed: offer, unless media flows already. @param {Admitted} message */
  admitted(message) {
    const { room, peer, ice_servers: iceServers, epoch } = message;
    this.#place = { room, peer, iceServers };
    this.#highest = Math.max(this.#highest, epoch);
    this.#peerPresent = message.peer_present;
    this.#serverAway = false;
    this.#beginUnlessFlowing();
  }

  /** Fresh credentials, for epochs to come. @param {IceServer[]} iceServers */
  relays(iceServers) {
    if (this.#place !== null) this.#place.iceServers = iceServers;
  }

  /** @param {boolean} present whether the counsellor's program can be reached by signalling */
  peerIs(present) {
    const back = present && !this.#peerPresent;
    this.#peerPresent = present;
    if (back && this.#place !== null) this.#beginUnlessFlowing();
  }

  /** @param {{microphone: boolean, camera: boolean, screen: boolean}} switches of the program; later epochs carry the line of its screen */
  peerSwitched({ microphone, camera, screen }) {
    this.#peerSends = microphone || camera;
    this.#peerScreen = screen;
  }

  /** The browser says that the network is back, or is another one. */
  online() {
    if (this.#place === null) return;
    this.#revivedAt = -Infinity;
    this.#beginUnlessFlowing();
  }

  /** The program asks for a new epoch. @param {NeedOffer} message */
  needOffer(message) {
    if (this.#place === null) return;
    this.#highest = Math.max(this.#highest, message.epoch);
    if (message.reason === 'screen') this.#peerScreen = true;
    if (message.reason === 'stalled') void this.#flow.look().then(() => this.#consider(message));
    else this.#consider(message);
  }

  /** @param {NeedOffer} question that we have just looked for */
  #consider(question) {
    const recovered = this.#current?.state === 'connected' && this.#flow.silence === 0 && this.#flow.unanswered <= ANSWERED_MS;
    if (this.#place !== null && this.#questions.deserves(question, this.#coming ?? this.#current, recovered)) this.renew();
  }

  /** A new epoch that is needed even while we receive. */
  renew() {
    this.#asked = true;
    this.#begin();
  }

  /** An offer was refused because its epoch is not the highest. */
  conflict() {
    if (this.#coming === null) return;
    this.#deadline();
    this.#deadline = this.#clock.after(CONFLICT_MS, () => this.#begin());
  }

  /** @param {Answer} message */
  async answer(message) {
    const peer = this.#coming;
    if (peer?.epoch !== message.epoch) return;
    try {
      await peer.answer(message.sdp);
    } catch {
      if (peer === this.#coming) this.#giveUpComing(); // an answer that cannot be applied: the deadline begins the next epoch
    }
  }

  /** @param {Candidate} message */
  async candidate(message) {
    await [this.#coming, this.#current].find((one) => one?.epoch === message.epoch)?.candidate(message);
  }

  /** Our picture, sound or screen has another source, or none. A screen that no line carries begins an epoch. @param {Sources} sources */
  async setSources(sources) {
    this.#sources = sources;
    if (sources.screen !== null && (this.#coming ?? this.#current)?.carriesScreen === false) this.renew();
    await Promise.all([this.#coming?.replace(sources), this.#current?.replace(sources)]);
  }

  /** @param {Wishes} limits of what we send, in this and every later epoch */
  async setLimits(limits) {
    this.#limits = limits;
    await Promise.all([this.#coming?.setLimits(limits), this.#current?.setLimits(limits)]);
  }

  /** Left, sent back, ended. The call can be admitted again. */
  close() {
    for (const stop of [this.#deadline, this.#disconnected]) stop();
    this.#flow.stop();
    this.#peerScreen = false;
    this.#giveUpComing();
    this.#current?.close();
    this.#current = null;
    this.#place = null;
    this.#tell('none');
  }

  #flows() {
    return this.#current?.state === 'connected' && this.#flow.silence < STALL_MS;
  }

  #beginUnlessFlowing() {
    if (this.#current?.state !== 'connected') return this.#begin();
    if (this.#flow.silence < DOUBT_MS) return;
    const { epoch } = this.#coming ?? this.#current;
    void this.#flow.look().then(() => {
      if ((this.#coming ?? this.#current)?.epoch === epoch && this.#flow.silence >= DOUBT_MS) this.#begin();
    });
  }

  /** A new epoch; the old connection stays until this one stands. */
  #begin() {
    const place = this.#place;
    if (place === null) return;
    this.#giveUpComing();
    const epoch = (this.#highest += 1);
    const { room, peer: to, iceServers } = place;
    const peer = new Peer(epoch, this.#sources, this.#peerScreen || this.#sources.screen !== null, {
      candidate: (candidate) => this.#events.send({ type: 'candidate', room, epoch, to, ...candidate }),
      changed: () => this.#changed(peer),
      opened: (channel) => this.#events.channel(channel, epoch, peer.fingerprints()),
    }, this.#connect({
      iceServers,
      bundlePolicy: 'max-bundle',
      iceCandidatePoolSize: 1,
      ...(iceServers.some((one) => one.relay_only) && { iceTransportPolicy: 'relay' }),
    }), this.#clock);
    void peer.setLimits(this.#limits);
    this.#coming = peer;
    this.#tell(this.#link === 'none' ? 'connecting' : this.#link);
    this.#await();
    void this.#offer(peer, room, to);
  }

  /** @param {Peer} peer @param {string} room @param {string} to */
  async #offer(peer, room, to) {
    const sdp = await peer.offer();
    if (peer !== this.#coming) return;
    if (this.#events.send({ type: 'offer', room, epoch: peer.epoch, sdp, to })) return;
    this.#serverAway = true;
    this.#deadline();
    this.#giveUpComing(); // the server is away; `admitted` follows when it is back
  }

  /** What happens if this epoch brings no connection. While the program cannot be reached a new offer would be lost. */
  #await() {
    this.#deadline();
    this.#deadline = this.#clock.after(EPOCH_MS, () => {
      if (this.#flows() && !this.#asked) this.#giveUpComing();
      else if (this.#peerPresent) this.#begin();
      else this.#await();
    });
  }

  /** @param {Peer} peer */
  #changed(peer) {
    if (peer === this.#coming && peer.state === 'connected') this.#promote(peer);
    else if (peer === this.#coming && peer.state === 'failed') this.#giveUpComing(); // the deadline begins the next
    else if (peer === this.#current) this.#currentChanged(peer);
  }

  /** @param {Peer} peer the new epoch stands: the old one goes */
  #promote(peer) {
    this.#deadline();
    this.#disconnected();
    this.#current?.close();
    this.#current = peer;
    this.#coming = null;
    this.#asked = false;
    this.#flow.watch(peer);
    this.#events.stream(peer.stream, peer.screen);
    this.#events.connected(peer.epoch, peer.fingerprints());
    this.#tell('connected');
  }

  /** @param {Peer} peer the epoch that carries media */
  #currentChanged(peer) {
    this.#disconnected();
    if (peer.state === 'failed' && this.#coming === null) this.#begin();
    if (peer.state === 'disconnected') {
      this.#disconnected = this.#clock.after(DISCONNECTED_MS, () => {
        if (this.#coming === null) this.#begin();
      });
    }
  }

  #giveUpComing() {
    this.#coming?.close();
    this.#coming = null;
  }

  /** @param {Figures} figures @param {number} epoch */
  #read(figures, epoch) {
    const silent = this.#flow.silence >= SILENT_MS;
    if (silent && !this.#silent) this.#events.silent();
    this.#silent = silent;
    this.#tell(this.#flows() ? 'connected' : 'interrupted');
    this.#events.figures(figures, epoch);
  }

  /** Media from the program stops while ICE stays up: this connection is doubted, and another one made beside it. */
  #revive() {
    const now = this.#clock.now();
    if (this.#flow.silence < DOUBT_MS || now - this.#revivedAt < DOUBT_PAUSE_MS) return;
    if (!this.#peerPresent || !this.#peerSends || this.#serverAway || this.#coming !== null) return;
    this.#revivedAt = now;
    this.#begin();
  }

  /** @param {MediaLink} link */
  #tell(link) {
    const epoch = (this.#current ?? this.#coming)?.epoch ?? 0;
    if (link === this.#link && epoch === this.#epoch) return;
    this.#link = link;
    this.#epoch = epoch;
    this.#events.changed(link, epoch);
  }
}
