/**
 * Camera and microphone: asks the browser, chooses, switches, frees, and says in stable words what went wrong.
 * Knows no `document`; the browser's `mediaDevices` is handed in.
 */

/** @import {Tracks} from './peer.js' */

/** Why a device could not be had: the keys `page.devices.error.REASON`. @typedef {'denied' | 'missing' | 'busy' | 'insecure' | 'unknown'} DeviceTrouble */
/** @typedef {{microphone: boolean, camera: boolean}} Wish */
/** @typedef {{id: string, label: string}} Device */

/** What is asked of the microphone (W3C Media Capture, section 4.3.8). */
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } };
/** What is asked of the camera. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: 'user' };

/** @param {unknown} error what `getUserMedia` threw @returns {DeviceTrouble} */
export function troubleOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unknown';
}

export class Devices {
  #media;
  #onchange;
  /** @type {Tracks} */
  #tracks = { audio: null, video: null };
  #chosen = { microphone: '', camera: '' };
  /** What the person wants, also while the devices are free. @type {Wish} */
  #wish = { microphone: true, camera: true };
  /** Rises with each request and release, so that a late answer of the browser is not taken for a new one. */
  #turn = 0;
  #released = false;

  /** @param {MediaDevices | undefined} media missing outside of secure pages @param {() => void} onchange */
  constructor(media, onchange) {
    this.#media = media;
    this.#onchange = onchange;
    media?.addEventListener('devicechange', onchange);
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
    if (this.#media === undefined) return 'insecure';
    try {
      return this.#take(await this.#ask(wish), turn, null);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'denied' || !(wish.microphone && wish.camera)) return this.#take(null, turn, trouble);
      return this.#take(await this.#askForOne(), turn, trouble);
    }
  }

  /** The wish again after the devices were freed. */
  again() {
    return this.request(this.#wish);
  }

  /** A chosen device that is not there any more is forgotten, and any other one is taken. @param {Wish} wish @returns {Promise<MediaStream>} */
  async #ask(wish) {
    try {
      return await this.#open(wish);
    } catch (error) {
      const { microphone, camera } = this.#chosen;
      const chosen = (wish.microphone && microphone !== '') || (wish.camera && camera !== '');
      if (!chosen || troubleOf(error) !== 'missing') throw error;
      this.#chosen = { microphone: wish.microphone ? '' : microphone, camera: wish.camera ? '' : camera };
      return this.#open(wish);
    }
  }

  /** @param {Wish} wish @returns {Promise<MediaStream>} */
  async #open(wish) {
    if (this.#media === undefined) throw new DOMException('no devices', 'NotFoundError');
    const exact = (/** @type {string} */ id) => (id === '' ? {} : { deviceId: { exact: id } });
    return this.#media.getUserMedia({
      audio: wish.microphone && { ...SOUND, ...exact(this.#chosen.microphone) },
      video: wish.camera && { ...PICTURE, ...exact(this.#chosen.camera) },
    });
  }

  /** @returns {Promise<MediaStream | null>} sound alone, or picture alone, or nothing */
  async #askForOne() {
    for (const wish of [{ microphone: true, camera: false }, { microphone: false, camera: true }]) {
      try {
        return await this.#ask(wish);
      } catch {
        // the other one may work
      }
    }
    return null;
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
    for (const track of stream?.getTracks() ?? []) track.onended = () => this.#ended(track);
    this.#onchange();
    return trouble;
  }

  /** A device was pulled out or taken away. @param {MediaStreamTrack} track */
  #ended(track) {
    const { audio, video } = this.#tracks;
    this.#tracks = { audio: audio === track ? null : audio, video: video === track ? null : video };
    this.#onchange();
  }

  /** @param {MediaStreamTrack | null} track */
  #stop(track) {
    if (track === null) return;
    track.onended = null;
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
      this.#onchange();
      return null;
    }
    return on ? this.#add({ microphone: true, camera: false }) : null;
  }

  /** The camera is freed while it is off: its light goes out. @param {boolean} on @returns {Promise<DeviceTrouble | null>} */
  async setCamera(on) {
    this.#wish = { ...this.#wish, camera: on };
    if (on) return this.#tracks.video === null ? this.#add({ microphone: false, camera: true }) : null;
    this.#drop('camera');
    this.#onchange();
    return null;
  }

  /** @param {Wish} wish one of both @returns {Promise<DeviceTrouble | null>} */
  async #add(wish) {
    const turn = this.#turn;
    try {
      const stream = await this.#ask(wish);
      const [track] = stream.getTracks();
      const stillWanted = wish.microphone ? this.#wish.microphone : this.#wish.camera;
      if (track === undefined || turn !== this.#turn || !stillWanted) {
        for (const late of stream.getTracks()) late.stop();
        return null;
      }
      track.onended = () => this.#ended(track);
      this.#tracks = wish.microphone ? { ...this.#tracks, audio: track } : { ...this.#tracks, video: track };
      this.#onchange();
      return null;
    } catch (error) {
      return troubleOf(error);
    }
  }

  /** @param {'audioinput' | 'videoinput'} kind @returns {Promise<Device[]>} with names only after the permission */
  async list(kind) {
    const all = (await this.#media?.enumerateDevices()) ?? [];
    return all.filter((one) => one.kind === kind && one.deviceId !== '').map((one) => ({ id: one.deviceId, label: one.label }));
  }

  /** The device that is in use. @param {'audio' | 'video'} kind */
  current(kind) {
    return this.#tracks[kind]?.getSettings().deviceId ?? '';
  }

  /**
   * The old device is freed first: telephones open one camera at a time. If the new one cannot be had, the old one comes back.
   * @param {'microphone' | 'camera'} kind @param {string} id @returns {Promise<DeviceTrouble | null>}
   */
  async choose(kind, id) {
    const before = this.#chosen[kind];
    this.#wish = { ...this.#wish, [kind]: true };
    this.#turn += 1;
    const turn = this.#turn;
    this.#drop(kind);
    const trouble = await this.#addChosen(kind, id);
    if (trouble === null || turn !== this.#turn) return trouble;
    if ((await this.#addChosen(kind, before)) !== null) this.#onchange();
    return trouble;
  }

  /** @param {'microphone' | 'camera'} kind @param {string} id */
  #addChosen(kind, id) {
    this.#chosen = { ...this.#chosen, [kind]: id };
    return this.#add({ microphone: kind === 'microphone', camera: kind === 'camera' });
  }

  /** @param {'microphone' | 'camera'} kind */
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
    this.#onchange();
  }
}
