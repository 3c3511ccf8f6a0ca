/**
 * The way through the agency's relay, measured with a connection from this page to itself that may take no shorter one
 * (PROTOCOL.md, section 10): does a packet get through, over UDP too, and how many get lost. Knows no `document` and no `window`.
 */

import { systemClock } from './clock.js';

/** @import {Clock} from './clock.js' */
/** @import {IceServer} from './wire.js' */

/** A way that does not stand by then is none. */
export const WAY_MS = 5_000;
/** As many packets as two seconds of a voice have, of a like size. */
const PACKETS = 100;
const PACKET_MS = 20;
const BYTES = 120;
/** The last of them may be under way for so long. */
const LATE_MS = 500;

/** @typedef {{udp: boolean | null, relay: boolean | null, loss: number | null}} Path */
/** @typedef {new (configuration: RTCConfiguration) => RTCPeerConnection} PeerMaker */

/** @param {string} url of a TURN server (RFC 7065) */
const byUdp = (url) => url.startsWith('turn:') && !url.includes('transport=tcp');
/** @param {string} url */
const otherwise = (url) => /^turns?:/.test(url) && !byUdp(url);

/** @param {readonly IceServer[]} servers @param {(url: string) => boolean} fits @returns {IceServer[]} */
const only = (servers, fits) => servers.map((one) => ({ ...one, urls: one.urls.filter(fits) })).filter(({ urls }) => urls.length > 0);

/** One connection from here through the relay to here. */
class Loop {
  #clock;
  #peers;
  #channels;
  /** The relay gave an address. */
  #found = false;
  /** The relay answered, and said no: it can be reached. */
  refused = false;
  received = 0;

  /** @param {IceServer[]} servers @param {Clock} clock @param {PeerMaker} Peer */
  constructor(servers, clock, Peer) {
    this.#clock = clock;
    const [one, other] = (this.#peers = [0, 1].map(() => new Peer({ iceServers: servers, iceTransportPolicy: 'relay' })));
    this.#channels = this.#peers.map((peer) => peer.createDataChannel('', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 }));
    if (one === undefined || other === undefined) return;
    for (const [peer, far] of /** @type {const} */ ([[one, other], [other, one]])) {
      peer.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) return;
        this.#found = true;
        void far.addIceCandidate(candidate).catch(() => undefined);
      };
      peer.onicecandidateerror = ({ errorCode }) => (this.refused ||= errorCode >= 400 && errorCode < 700);
    }
  }

  /** @returns {Promise<boolean>} whether it stands */
  async open() {
    const [one, other] = this.#peers;
    const [from, to] = this.#channels;
    if (one === undefined || other === undefined || from === undefined || to === undefined) return false;
    to.onmessage = () => (this.received += 1);
    const stands = new Promise((done) => {
      from.onopen = () => done(true);
      one.onicegatheringstatechange = () => one.iceGatheringState === 'complete' && !this.#found && done(false);
      this.#clock.after(WAY_MS, () => done(false));
    });
    await one.setLocalDescription();
    await other.setRemoteDescription(/** @type {RTCSessionDescription} */ (one.localDescription));
    await other.setLocalDescription();
    await one.setRemoteDescription(/** @type {RTCSessionDescription} */ (other.localDescription));
    return /** @type {Promise<boolean>} */ (stands);
  }

  /** @param {number} count @returns {Promise<number>} share that did not arrive */
  async send(count) {
    const packet = new Uint8Array(BYTES);
    for (let sent = 0; sent < count; sent += 1) {
      if (this.#channels[0]?.readyState === 'open') this.#channels[0].send(packet);
      await this.#pause(PACKET_MS);
    }
    for (let waited = 0; waited < LATE_MS && this.received < count; waited += PACKET_MS) await this.#pause(PACKET_MS);
    return 1 - this.received / count;
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((done) => this.#clock.after(ms, () => done(undefined)));
  }

  close() {
    for (const peer of this.#peers) peer.close();
  }
}

/**
 * @param {readonly IceServer[]} servers @param {Clock} clock @param {PeerMaker} Peer
 * @returns {Promise<Path>} nulls where the agency has no relay, or this browser no connections
 */
export async function relayPath(servers, clock = systemClock, Peer = globalThis.RTCPeerConnection) {
  const [udp, rest] = [only(servers, byUdp), only(servers, otherwise)];
  if (Peer === undefined || udp.length + rest.length === 0) return { udp: null, relay: null, loss: null };
  const loops = { udp: udp.length > 0 ? new Loop(udp, clock, Peer) : null, rest: rest.length > 0 ? new Loop(rest, clock, Peer) : null };
  try {
    const rests = loops.rest?.open() ?? Promise.resolve(false);
    if (await loops.udp?.open()) return { udp: true, relay: true, loss: (await loops.udp?.send(PACKETS)) ?? null };
    const stands = await rests;
    return { udp: loops.udp === null || loops.udp.refused ? null : false, relay: stands && ((await loops.rest?.send(PACKETS / 10)) ?? 1) < 1, loss: null };
  } finally {
    loops.udp?.close();
    loops.rest?.close();
  }
}
