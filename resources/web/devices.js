/**
 * Camera and microphone in use: takes, chooses, switches, frees, and notices when one is taken away. How the browser is asked stands in
 * `capture.js`, what can go wrong in `troubles.js`. Knows no `document`.
 */

import { Capture } from './capture.js';
import { systemClock } from './clock.js';
import { troubleOf } from './troubles.js';

/** @import {Choice, Device, Facing, Kind, Wish} from './capture.js' */
/** @import {Clock} from './clock.js' */
/** @import {Tracks} from './peer.js' */
/** @import {DeviceTrouble} from './troubles.js' */

/** A device that gives nothing for this long is held by something else: a call, for example. Shorter gaps pass unseen. */
export const HELD_MS = 1_500;

/**
 * @typedef {object} DeviceEvents
 * @property {() => void} changed tracks or switches, or which devices there are
 * @property {(trouble: DeviceTrouble | null) => void} [taken] what somebody else did to a device in use; null when it is back
 */

export class Devices {
  #capture;
  #events;
  #without;
  #clock;
  /** @type {Tracks} */
  #tracks = { audio: null, video: null };
  /** What the person wants, also while the devices are free. @type {Wish} */
  #wish = { microphone: true, camera: true };
  /** Rises with each request and release, so that a late answer of the browser is not taken for a new one. */
  #turn = 0;
  #released = false;
  #held = false;
  #holding = () => {};

  /**
   * @param {MediaDevices | undefined} media missing where a page gets no devices
   * @param {DeviceEvents} events
   * @param {DeviceTrouble} without why there are none, if there are none
   * @param {Clock} clock
   */
  constructor(media, events, without = 'unsupported', clock = systemClock) {
    this.#capture = new Capture(media);
    this.#events = events;
    this.#without = without;
    this.#clock = clock;
    media?.addEventListener?.('devicechange', () => events.changed());
  }

  get tracks() {
    return this.#tracks;
  }

  /** What really is on at the moment. @returns {Wish} */
  get switches() {
    const { audio, video } = this.#tracks;
    return { microphone: audio !== null && audio.enabled, camera: video !== null };
  }

  /** Whether `free` was the last word. */
  get released() {
    return this.#released;
  }

  /** Where the camera looks; who looks away shows no mirror. @returns {Facing} */
  get facing() {
    const settings = this.#tracks.video?.getSettings?.() ?? {};
    return settings.facingMode === 'environment' ? 'environment' : 'user';
  }

  /** The person's own picture and sound. */
  stream() {
    const { audio, video } = this.#tracks;
    return new MediaStream([audio, video].filter((track) => track !== null));
  }

  /**
   * Asks for what is wanted; if the camera alone is the trouble, takes the microphone alone (and the other way round).
   * @param {Wish} wish
   * @returns {Promise<DeviceTrouble | null>} null if all that was wanted is there
   */
  async request(wish) {
    this.#wish = wish;
    this.#released = false;
    this.#turn += 1;
    const turn = this.#turn;
    if (!wish.microphone && !wish.camera) return this.#take(null, turn, null);
    if (!this.#capture.possible) return this.#without;
    try {
      return this.#take(await this.#capture.open(wish), turn, null);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'denied' || !(wish.microphone && wish.camera)) return this.#take(null, turn, trouble);
      return this.#take(await this.#capture.openOne(), turn, trouble);
    }
  }

  /** The wish again: after the devices were freed, or when something took them away. */
  again() {
    return this.request(this.#wish);
  }

  /** @param {MediaStream | null} stream @param {number} turn @param {DeviceTrouble | null} trouble */
  #take(stream, turn, trouble) {
    if (turn !== this.#turn) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      return trouble;
    }
    this.#stop(this.#tracks.audio);
    this.#stop(this.#tracks.video);
    this.#tracks = { audio: stream?.getAudioTracks()[0] ?? null, video: stream?.getVideoTracks()[0] ?? null };
    for (const track of stream?.getTracks() ?? []) this.#watch(track);
    this.#changed();
    return trouble;
  }

  #changed() {
    this.#lookWhoHolds();
    this.#events.changed();
  }

  /** @param {MediaStreamTrack} track */
  #watch(track) {
    track.onended = () => this.#ended(track);
    track.onmute = track.onunmute = () => this.#lookWhoHolds();
  }

  /** A device was pulled out or taken away. @param {MediaStreamTrack} track */
  #ended(track) {
    const { audio, video } = this.#tracks;
    this.#tracks = { audio: audio === track ? null : audio, video: video === track ? null : video };
    this.#changed();
    this.#events.taken?.('ended');
  }

  /** The browser mutes the track of a device that something else holds (W3C Media Capture, section 4.3.1). */
  #lookWhoHolds() {
    const held = [this.#tracks.audio, this.#tracks.video].some((track) => track?.muted === true);
    this.#holding();
    if (held && !this.#held) {
      this.#holding = this.#clock.after(HELD_MS, () => {
        this.#held = true;
        this.#events.taken?.('interrupted');
      });
    } else if (!held && this.#held) {
      this.#held = false;
      this.#events.taken?.(null);
    }
  }

  /** @param {MediaStreamTrack | null} track */
  #stop(track) {
    if (track === null) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }

  /**
   * The microphone stays open while muted, so that it is back at once; its track sends silence.
   * @param {boolean} on @returns {Promise<DeviceTrouble | null>}
   */
  async setMicrophone(on) {
    this.#wish = { ...this.#wish, microphone: on };
    const { audio } = this.#tracks;
    if (audio !== null) {
      audio.enabled = on;
      this.#changed();
      return null;
    }
    return on ? this.#add('microphone') : null;
  }

  /** The camera is freed while it is off: its light goes out. @param {boolean} on @returns {Promise<DeviceTrouble | null>} */
  async setCamera(on) {
    this.#wish = { ...this.#wish, camera: on };
    if (on) return this.#tracks.video === null ? this.#add('camera') : null;
    this.#drop('camera');
    this.#changed();
    return null;
  }

  /** @param {Kind} kind @returns {Promise<DeviceTrouble | null>} */
  async #add(kind) {
    const turn = this.#turn;
    if (!this.#capture.possible) return this.#without;
    try {
      const stream = await this.#capture.open({ microphone: kind === 'microphone', camera: kind === 'camera' });
      const [track] = stream.getTracks();
      if (track === undefined || turn !== this.#turn || !this.#wish[kind]) {
        for (const late of stream.getTracks()) late.stop();
        return null;
      }
      this.#watch(track);
      this.#tracks = kind === 'microphone' ? { ...this.#tracks, audio: track } : { ...this.#tracks, video: track };
      this.#changed();
      return null;
    } catch (error) {
      return troubleOf(error);
    }
  }

  /** @param {'audioinput' | 'videoinput'} kind @returns {Promise<Device[]>} with names only after the permission */
  list(kind) {
    return this.#capture.list(kind);
  }

  /** The device that is in use. @param {'audio' | 'video'} line */
  current(line) {
    return this.#tracks[line]?.getSettings().deviceId ?? '';
  }

  /** @param {Kind} kind @param {string} id @returns {Promise<DeviceTrouble | null>} */
  choose(kind, id) {
    return this.#change(kind, { deviceId: { exact: id } });
  }

  /** The other camera of a telephone. @returns {Promise<DeviceTrouble | null>} */
  turnCamera() {
    return this.#change('camera', { facingMode: { exact: this.facing === 'user' ? 'environment' : 'user' } });
  }

  /**
   * The old device is freed first: telephones open one camera at a time. If the new one cannot be had, the old one comes back.
   * @param {Kind} kind @param {Choice} choice @returns {Promise<DeviceTrouble | null>}
   */
  async #change(kind, choice) {
    const before = this.#capture.chosen(kind);
    this.#wish = { ...this.#wish, [kind]: true };
    this.#turn += 1;
    const turn = this.#turn;
    this.#drop(kind);
    this.#capture.choose(kind, choice);
    const trouble = await this.#add(kind);
    if (trouble === null || turn !== this.#turn) return trouble;
    this.#capture.choose(kind, before);
    if ((await this.#add(kind)) !== null) this.#changed();
    return trouble;
  }

  /**
   * Small pictures from now on, or large ones. A camera that runs becomes smaller as it is; larger only when it is opened anew.
   * @param {boolean} on @returns {Promise<DeviceTrouble | null>}
   */
  async save(on) {
    const { video } = this.#tracks;
    const news = on !== this.#capture.saving;
    this.#capture.saving = on;
    if (video === null || !news) return null;
    if (!on) return this.#change('camera', this.#capture.chosen('camera'));
    try {
      await video.applyConstraints(this.#capture.picture);
    } catch {
      // then the connection's own bounds make the picture small
    }
    return null;
  }

  /** @param {Kind} kind */
  #drop(kind) {
    const line = kind === 'microphone' ? 'audio' : 'video';
    this.#stop(this.#tracks[line]);
    this.#tracks = { ...this.#tracks, [line]: null };
  }

  /** Frees everything; `again` takes it back. */
  free() {
    this.#released = true;
    this.#turn += 1;
    this.#stop(this.#tracks.audio);
    this.#stop(this.#tracks.video);
    this.#tracks = { audio: null, video: null };
    this.#changed();
  }
}
