/**
 * One epoch: one RTCPeerConnection with its lines and its data channel (PROTOCOL.md, section 5). When it begins and ends is
 * decided in `call.js`. Knows no `document` and no `window`.
 */

import { figuresOf } from './figures.js';
import { UNLIMITED, bitrates, bound, scaleOf } from './sending.js';

/** @import {Candidate} from './wire.js' */
/** @import {Clock} from './clock.js' */
/** @import {Fingerprints} from './safety_words.js' */
/** @import {Wishes} from './talk.js' */

/** Of the devices. @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/** Everything that can be sent. @typedef {Tracks & {screen: MediaStreamTrack | null}} Sources */

/**
 * @typedef {object} PeerEvents
 * @property {(candidate: {candidate: string, mid: string, line: number}) => void} candidate of our side; an empty line is the end
 * @property {() => void} changed `state` has a new value
 * @property {(channel: RTCDataChannel) => void} opened the data channel
 */

/**
 * How long after the connection stands the camera's picture keeps its size whatever the line carries. Chromium judges the first pictures
 * by a bit rate from before the connection and would begin at half the size; it takes 5 s to find back (docs/decisions/0013).
 */
const WHOLE_MS = 2_000;

/** Negotiated beforehand on both sides. */
const CHANNEL = { label: 'talk', id: 0 };

/**
 * The one SHA-256 fingerprint of a description. Browsers accept any of several lines, so one that differs would let a listener
 * through whom the words do not show; lines of other hashes are taken out before a description is applied (`onlySha256`).
 * @param {string} sdp
 * @returns {string} as in RFC 8122
 * @throws {RangeError} none, or several that differ
 */
export function fingerprintOf(sdp) {
  const found = new Set([...sdp.matchAll(/^a=fingerprint:sha-256 ([0-9A-F:]{95})\s*$/gim)].map((match) => String(match[1]).toUpperCase()));
  const [print] = found;
  if (print === undefined || found.size !== 1) throw new RangeError(`${found.size} fingerprints`);
  return print;
}

/** @param {string} sdp @returns {string} without the fingerprints of other hashes */
export function onlySha256(sdp) {
  return sdp
    .split('\r\n')
    .filter((line) => !/^a=fingerprint:/i.test(line) || /^a=fingerprint:sha-256 /i.test(line))
    .join('\r\n');
}

/**
 * Has Chromium look for its network adapters before a connection needs them: it begins when the first RTCPeerConnection is made. On a
 * machine without any network, a connection that is older than the (empty) list waits for it for ever (decision 0010).
 */
export function findAdapters() {
  if (typeof RTCPeerConnection === 'function') new RTCPeerConnection().close();
}

export class Peer {
  #pc;
  #events;
  /** @type {RTCRtpSender} */
  #audio;
  /** @type {RTCRtpSender} */
  #video;
  /** @type {RTCRtpTransceiver} */
  #third;
  #sources;
  /** @type {Wishes} */
  #limits = UNLIMITED;
  /** What the camera keeps as long as it can. @type {RTCDegradationPreference} */
  #keeps = 'maintain-resolution';
  #settling = () => {};
  /** Candidates that came before the answer. @type {Candidate[]} */
  #early = [];
  /** Of both descriptions. Kept here, because the channel may open before the browser shows the answer as `remoteDescription`. */
  #prints = { browser: '', program: '' };

  /**
   * @param {number} epoch
   * @param {Sources} sources
   * @param {boolean} carriesScreen the third line is active in both directions
   * @param {PeerEvents} events
   * @param {RTCPeerConnection} pc fresh
   * @param {Clock} clock
   */
  constructor(epoch, sources, carriesScreen, events, pc, clock) {
    this.epoch = epoch;
    this.carriesScreen = carriesScreen;
    this.#pc = pc;
    this.#events = events;
    this.#sources = sources;
    /** The counsellor's picture and sound. */
    this.stream = new MediaStream();
    /** The screen that the counsellor's side shows, if the line carries one. */
    this.screen = new MediaStream();
    const streams = [new MediaStream()];
    this.#audio = pc.addTransceiver(sources.audio ?? 'audio', { direction: 'sendrecv', streams }).sender;
    this.#video = pc.addTransceiver(sources.video ?? 'video', { direction: 'sendrecv', streams }).sender;
    this.#third = pc.addTransceiver((carriesScreen && sources.screen) || 'video', { direction: carriesScreen ? 'sendrecv' : 'inactive' });
    this.#watch(clock);
    this.channel = pc.createDataChannel(CHANNEL.label, { negotiated: true, id: CHANNEL.id, ordered: true });
    this.channel.onopen = () => events.opened(this.channel);
  }

  get state() {
    return this.#pc.connectionState;
  }

  /** @param {Clock} clock */
  #watch(clock) {
    const pc = this.#pc;
    pc.ontrack = ({ track, transceiver }) => (transceiver === this.#third ? this.screen : this.stream).addTrack(track);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === 'connected') this.#settle(clock);
      this.#events.changed();
    };
    pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) this.#events.candidate({ candidate: '', mid: '0', line: 0 });
      else if (candidate.candidate !== '') {
        const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
        this.#events.candidate({ candidate: line, mid: sdpMid ?? '0', line: sdpMLineIndex ?? 0 });
      }
    };
  }

  /** Frame rate before size from now on, after the beginning. @param {Clock} clock */
  #settle(clock) {
    this.#settling();
    this.#settling = clock.after(WHOLE_MS, () => {
      this.#keeps = 'maintain-framerate';
      void this.setLimits(this.#limits);
    });
  }

  /** @returns {Promise<string>} the session description to send */
  async offer() {
    await this.#pc.setLocalDescription();
    const sdp = this.#pc.localDescription?.sdp ?? '';
    this.#prints.browser = fingerprintOf(sdp);
    return sdp;
  }

  /** @param {string} sdp @throws {Error} if it cannot be applied, or its fingerprints are ambiguous */
  async answer(sdp) {
    if (this.#prints.program !== '') return; // one answer for one offer
    this.#prints.program = fingerprintOf(sdp);
    await this.#limit(); // before the first picture
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: onlySha256(sdp) });
    await this.#limit(); // browsers that take no limits earlier
    for (const candidate of this.#early.splice(0)) await this.candidate(candidate);
  }

  /** @param {Candidate} message of the other side */
  async candidate(message) {
    if (this.#pc.remoteDescription === null) {
      this.#early.push(message);
      return;
    }
    const { candidate, mid, line } = message;
    try {
      await this.#pc.addIceCandidate(candidate === '' ? undefined : { candidate, sdpMid: mid ?? null, sdpMLineIndex: line ?? null });
    } catch {
      // One unusable candidate is no reason to give up the others; if none is left, the epoch fails by its deadline.
    }
  }

  async #limit() {
    const { video, screen } = this.#sources;
    const { camera, screen: third } = bitrates(this.#limits, screen !== null);
    await bound(this.#video, camera, scaleOf(this.#limits, video), this.#keeps);
    if (this.carriesScreen) await bound(this.#third.sender, third, 1, 'maintain-resolution');
  }

  /** @param {Wishes} limits of what we send, from now on */
  async setLimits(limits) {
    this.#limits = limits;
    if (this.#pc.remoteDescription !== null && this.state !== 'closed') await this.#limit();
  }

  /** @param {Sources} sources the sending lines stay as they are, only their source changes */
  async replace(sources) {
    if (this.state === 'closed') return;
    this.#sources = sources;
    const screen = this.carriesScreen ? this.#third.sender.replaceTrack(sources.screen) : undefined;
    await Promise.all([this.#audio.replaceTrack(sources.audio), this.#video.replaceTrack(sources.video), screen]);
    await this.setLimits(this.#limits);
  }

  /** What the browser counted so far. */
  async figures() {
    return figuresOf((await this.#pc.getStats()).values());
  }

  /** @returns {Fingerprints} as this browser sees them */
  fingerprints() {
    return { ...this.#prints };
  }

  close() {
    const pc = this.#pc;
    this.#settling();
    pc.ontrack = pc.onconnectionstatechange = pc.onicecandidate = null;
    this.channel.onopen = this.channel.onmessage = null;
    pc.close();
  }
}
