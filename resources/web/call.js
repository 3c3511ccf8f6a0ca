/**
 * Picture and sound over all epochs: when a new peer connection begins, when the old one goes (PROTOCOL.md, section 5).
 * The browser always offers. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';
import { Peer } from './peer.js';

/** @import {Clock} from './clock.js' */
/** @import {Fingerprints} from './safety_words.js' */
/** @import {Tracks} from './peer.js' */
/** @import {Admitted, Answer, Candidate, IceServer, NeedOffer, ToServer} from './wire.js' */

/** An epoch that brings no connection in this time is followed by the next. */
export const EPOCH_MS = 5_000;
/** `disconnected` for this long begins a new epoch. */
export const DISCONNECTED_MS = 3_000;
/** No packet for this long means that media is not flowing. */
export const STALL_MS = 2_000;
/** No packet for this long, although the program is there and sends something, begins a new epoch … */
export const DEAD_MS = 4_000;
/** … at most once in this time. */
export const DEAD_PAUSE_MS = 10_000;
/** How often the packet counter is read. */
const WATCH_MS = 500;
/** After `refused conflict` the next epoch is tried after this pause. */
const CONFLICT_MS = 300;

/** `none` not in the conversation · `connecting` for the first time · `connected` · `interrupted` media does not flow @typedef {'none' | 'connecting' | 'connected' | 'interrupted'} MediaLink */

/**
 * @typedef {object} CallEvents
 * @property {(message: ToServer) => boolean} send false if the server cannot be reached at the moment
 * @property {(stream: MediaStream) => void} stream the counsellor's picture and sound, anew for each epoch
 * @property {(epoch: number, prints: Fingerprints) => void} connected a new epoch carries media from now on
 * @property {(channel: RTCDataChannel, epoch: number, prints: Fingerprints) => void} channel the talk channel of an epoch is open
 * @property {(link: MediaLink, epoch: number) => void} changed
 */

/** @typedef {{room: string, peer: string, iceServers: IceServer[]}} Place */

export class Call {
  #events;
  #clock;
  #connect;
  /** @type {Place | null} */
  #place = null;
  /** @type {Tracks} */
  #tracks = { audio: null, video: null };
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
  #packets = 0;
  #flowedAt = -Infinity;
  /** @type {MediaLink} */
  #link = 'none';
  #epoch = 0;
  /** The program asked for the epoch that is being made, so that it is needed even while we receive. */
  #asked = false;
  #deadline = () => {};
  #disconnected = () => {};
  #watch = () => {};

  /** @param {CallEvents} events @param {Clock} clock @param {(configuration: RTCConfiguration) => RTCPeerConnection} connect */
  constructor(events, clock = systemClock, connect = (configuration) => new RTCPeerConnection(configuration)) {
    this.#events = events;
    this.#clock = clock;
    this.#connect = connect;
  }

  /** Admitted, or the seat was resumed: offer, unless media flows already. @param {Admitted} message */
  admitted(message) {
    const { room, peer, ice_servers: iceServers, epoch } = message;
    const again = this.#place !== null;
    this.#place = { room, peer, iceServers };
    this.#highest = Math.max(this.#highest, epoch);
    this.#peerPresent = message.peer_present;
    this.#serverAway = false;
    if (!again) this.#watchPackets();
    if (!this.#flows()) this.#begin();
  }

  /** @param {boolean} present whether the counsellor's program can be reached by signalling */
  peerIs(present) {
    const back = present && !this.#peerPresent;
    this.#peerPresent = present;
    if (back && this.#place !== null && !this.#flows()) this.#begin();
  }

  /** @param {boolean} any whether the counsellor's microphone or camera is on */
  peerSends(any) {
    this.#peerSends = any;
  }

  /** The browser says that the network is back. */
  online() {
    if (this.#place !== null && !this.#flows()) this.#begin();
  }

  /** The program asks for a new epoch. @param {NeedOffer} message */
  needOffer(message) {
    if (this.#place === null) return;
    this.#highest = Math.max(this.#highest, message.epoch);
    const newer = ((this.#coming ?? this.#current)?.epoch ?? 0) > message.epoch;
    if (newer && message.reason !== 'program-restarted') return; // what it asks for is already under way
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
    const peer = [this.#coming, this.#current].find((one) => one?.epoch === message.epoch);
    await peer?.candidate(message);
  }

  /** Our picture or sound has another source, or none. @param {Tracks} tracks */
  async setTracks(tracks) {
    this.#tracks = tracks;
    await Promise.all([this.#coming?.replace(tracks), this.#current?.replace(tracks)]);
  }

  /** Left, sent back, ended. The call can be admitted again. */
  close() {
    for (const stop of [this.#deadline, this.#disconnected, this.#watch]) stop();
    this.#giveUpComing();
    this.#current?.close();
    this.#current = null;
    this.#place = null;
    this.#flowedAt = -Infinity;
    this.#tell('none');
  }

  #flows() {
    return this.#current?.state === 'connected' && this.#clock.now() - this.#flowedAt < STALL_MS;
  }

  /** A new epoch; the old connection stays until this one stands. */
  #begin() {
    const place = this.#place;
    if (place === null) return;
    this.#giveUpComing();
    this.#highest += 1;
    const epoch = this.#highest;
    const { room, peer: to, iceServers } = place;
    const peer = new Peer(epoch, this.#tracks, {
      candidate: (candidate) => this.#events.send({ type: 'candidate', room, epoch, to, ...candidate }),
      changed: () => this.#changed(peer),
      opened: (channel) => this.#events.channel(channel, epoch, peer.fingerprints()),
    }, this.#connect({ iceServers, bundlePolicy: 'max-bundle', iceCandidatePoolSize: 1 }));
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
    this.#packets = 0;
    this.#flowedAt = this.#clock.now();
    this.#events.stream(peer.stream);
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

  #watchPackets() {
    this.#watch = this.#clock.after(WATCH_MS, () => {
      void this.#readPackets().finally(() => {
        if (this.#place !== null) this.#watchPackets();
      });
    });
  }

  async #readPackets() {
    const peer = this.#current;
    if (peer === null) return;
    const packets = await peer.packets();
    if (peer !== this.#current) return;
    if (packets > this.#packets) this.#flowedAt = this.#clock.now();
    this.#packets = packets;
    this.#tell(this.#flows() ? 'connected' : 'interrupted');
    this.#revive();
  }

  /** Media from the program stalls while ICE stays up: this connection is of no more use. */
  #revive() {
    const now = this.#clock.now();
    if (now - this.#flowedAt < DEAD_MS || now - this.#revivedAt < DEAD_PAUSE_MS) return;
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
