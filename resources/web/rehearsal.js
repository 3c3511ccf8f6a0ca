/**
 * The guided check before the appointment: camera, microphone, loudspeaker, network, one question after the other, each of them can be passed
 * over. Where it stands and what comes out goes to the reports; no picture and no sound leaves this device.
 */

import { inApp } from './browser.js';
import { FaultTable } from './check_rules.js';
import { Devices } from './devices.js';
import { NetworkTest } from './network_test.js';
import { ended } from './screens/check_end.js';
import { permission } from './screens/permission.js';
import { cameraQuestion, introduction, microphoneQuestion, networkQuestion, obstacle, soundQuestion } from './screens/rehearsal.js';
import { systemLook } from './system_look.js';
import { playTone } from './tone.js';
import { withoutDevices } from './troubles.js';
import { serverUrl } from './where.js';

/** @import {Measured} from './check_rules.js' */
/** @import {Display} from './display.js' */
/** @import {Door} from './door.js' */
/** @import {Equipment} from './equipment.js' */
/** @import {Outcome, Part, Reports} from './reports.js' */
/** @import {Screen} from './screens/screen.js' */
/** @import {DeviceTrouble} from './troubles.js' */

/** In the order of the questions. @type {readonly Part[]} */
export const PARTS = ['camera', 'microphone', 'loudspeaker', 'network'];

/** Troubles of a device as faults of the table, with `camera-` or `mic-` before. @type {Readonly<Record<DeviceTrouble, string>>} */
const NAMES = Object.freeze({
  denied: 'denied', blocked: 'blocked', missing: 'none', busy: 'busy', interrupted: 'busy', ended: 'ended', silent: 'silent',
  'in-app': 'blocked', unsupported: 'blocked', unknown: '',
});

/** @param {'camera' | 'microphone'} part @param {DeviceTrouble} trouble */
export function faultOf(part, trouble) {
  if (NAMES[trouble] === '' || (part === 'camera' && trouble === 'silent')) return 'not-measured';
  return `${part === 'camera' ? 'camera' : 'mic'}-${NAMES[trouble]}`;
}

/** @typedef {{display: Display, door: Door, reports: Reports, loudspeaker: import('./loudspeaker.js').Loudspeaker, equipment: Equipment, look: string}} Near */
/** @typedef {{done: () => void, callMe: () => void}} Leads where it leads at the end */

export class Rehearsal {
  #near;
  #leads;
  #devices;
  /** What the person's "no" to a question means where nothing else was found. */
  #no = { camera: 'camera-frozen', microphone: 'mic-wrong', loudspeaker: 'speaker-wrong', network: 'not-measured' };
  #table = new FaultTable({ faults: [], limits: {} });
  /** @type {number | null} */
  #clockOffS = null;
  /** @type {Measured} */
  #system = {};
  /** Part -> faults, as far as it was checked. @type {Map<Part | 'system', string[]>} */
  #found = new Map();
  /** The person takes part without a picture, and is well with it. */
  #soundAlone = false;
  /** The part that is asked for at the moment. */
  #turn = -1;
  /** Whether the browser was asked for both devices. */
  #asked = false;
  /** @type {NetworkTest | null} */
  #network = null;

  /** @param {Near} near @param {Leads} leads @param {MediaDevices | undefined} media */
  constructor(near, leads, media = navigator.mediaDevices) {
    this.#near = near;
    this.#leads = leads;
    this.#devices = new Devices(media, {
      changed: () => near.display.screen.devicesChanged?.(),
      taken: (trouble) => this.#taken(trouble),
    }, withoutDevices(inApp(navigator.userAgent)));
  }

  /** What is going to happen, before any device is touched. */
  start() {
    this.#show(() => introduction(this.#near.display.texts, { start: () => void this.#begin(), back: () => this.#leave() }));
  }

  /** The table, and what is asked of nobody. */
  async #begin() {
    try {
      const { table, clockOffS } = await FaultTable.load();
      this.#table = table;
      this.#clockOffS = clockOffS;
    } catch {
      return this.#near.door.close('no-network');
    }
    return this.#ask(0);
  }

  /** @param {() => Screen} make */
  #show(make) {
    this.#near.display.show('rehearsal', make);
  }

  /** @param {number} turn */
  async #ask(turn) {
    this.#network?.stop();
    this.#network = null;
    this.#turn = turn;
    const part = PARTS[turn];
    if (part === undefined) return this.#conclude();
    this.#near.reports.at(`check-${part}`);
    const trouble = part === 'camera' || part === 'microphone' ? await this.#open(part) : null;
    if (part === 'loudspeaker') this.#devices.free();
    if (part === 'network') {
      this.#found.delete('network');
      this.#system = await systemLook(this.#clockOffS);
    }
    if (this.#turn !== turn) return undefined;
    this.#near.display.note({ part });
    if (trouble !== null) return this.#stuck(part, { trouble: faultOf(/** @type {'camera' | 'microphone'} */ (part), trouble) }, trouble);
    this.#show(() => this.#screenOf(part));
    if (part === 'network') void this.#measure();
    return undefined;
  }

  /**
   * Both at once, so that the browser asks only once; the microphone alone where both were refused: sound alone is enough.
   * @param {'camera' | 'microphone'} part @returns {Promise<DeviceTrouble | null>}
   */
  async #open(part) {
    const has = () => (part === 'camera' ? this.#devices.tracks.video : this.#devices.tracks.audio) !== null;
    if (has()) return null;
    this.#show(() => permission(this.#near.display.texts));
    const trouble = await this.#devices.request({ microphone: true, camera: part === 'camera' || !this.#asked });
    this.#asked = true;
    return has() ? null : (trouble ?? 'ended');
  }

  /** Something took a device away, or holds it for a while. @param {DeviceTrouble | null} trouble */
  #taken(trouble) {
    const part = PARTS[this.#turn];
    if (part !== 'camera' && part !== 'microphone') return;
    const track = part === 'camera' ? this.#devices.tracks.video : this.#devices.tracks.audio;
    if (trouble === null) void this.#ask(this.#turn);
    else if (track === null || track.muted) this.#stuck(part, { trouble: faultOf(part, trouble) }, trouble);
  }

  /** @param {Part} part @returns {Screen} */
  #screenOf(part) {
    const { display, loudspeaker, equipment, door } = this.#near;
    const { texts } = display;
    const actions = {
      find: (/** @type {Measured} */ measured) => this.#judge(part, measured),
      judge: (/** @type {Measured} */ measured) => this.#judged(part, measured),
      yes: (/** @type {Measured} */ measured) => this.#answer(part, measured),
      no: (/** @type {Measured} */ measured) => void this.#deny(part, measured),
      skip: () => void this.#ask(this.#turn + 1),
      again: () => void this.#ask(this.#turn),
    };
    if (part === 'camera') return cameraQuestion(texts, this.#devices, loudspeaker, actions);
    if (part === 'microphone') return microphoneQuestion(texts, this.#devices, loudspeaker, actions);
    if (part === 'loudspeaker') return soundQuestion(texts, this.#devices, loudspeaker, () => playTone(loudspeaker.chosen), actions);
    const needs = { minutes: door.appointment?.minutes ?? 0, saving: equipment.saving, save: (/** @type {boolean} */ on) => equipment.save(on) };
    return networkQuestion(texts, this.#found.get('network') ?? null, { faults: this.#judge('system', this.#system), ...needs }, actions);
  }

  /** @param {Part | 'system'} part @param {Measured} measured @returns {string[]} */
  #judge(part, measured) {
    return this.#table.judge(part, measured);
  }

  /** What was measured so far, said at once to whoever helps on the phone. @param {Part} part @param {Measured} measured */
  #judged(part, measured) {
    const faults = this.#judge(part, measured);
    this.#near.reports.at(`check-${part}`, this.#worst(faults));
    return faults;
  }

  /** @param {readonly string[]} faults */
  #worst(faults) {
    return this.#table.verdict(faults).fault;
  }

  /** @param {Part} part @param {Measured} measured */
  #answer(part, measured) {
    this.#keep(part, this.#judge(part, measured));
    void this.#ask(this.#turn + 1);
  }

  /** The person says no. @param {Part} part @param {Measured} measured */
  async #deny(part, measured) {
    const turn = this.#turn;
    const nothing = part === 'loudspeaker' && (await this.#near.loudspeaker.missing().catch(() => false));
    if (this.#turn !== turn) return;
    const trouble = nothing ? 'speaker-none' : this.#no[part];
    this.#stuck(part, this.#judge(part, measured).length > 0 ? measured : { trouble });
  }

  /** It does not work: what it is, what can be done, and the way past it. @param {Part} part @param {Measured} measured @param {DeviceTrouble | null} trouble */
  #stuck(part, measured, trouble = null) {
    const faults = this.#judged(part, measured);
    this.#keep(part, faults);
    const fault = this.#worst(faults);
    const without = () => {
      this.#soundAlone = part === 'camera';
      if (this.#soundAlone) this.#near.reports.checked('camera', 'weak');
      void this.#ask(this.#turn + 1);
    };
    this.#show(() => obstacle(this.#near.display.texts, part, { fault, trouble }, { again: () => void this.#ask(this.#turn), next: without }));
  }

  /** @param {Part} part @param {string[]} faults */
  #keep(part, faults) {
    if (part === 'camera') this.#soundAlone = false;
    this.#found.set(part, faults);
    this.#near.reports.checked(part, this.#outcome(part));
  }

  /** @param {Part} part @returns {Outcome} */
  #outcome(part) {
    const faults = this.#found.get(part);
    if (faults === undefined) return 'unknown';
    return part === 'camera' && this.#soundAlone ? 'weak' : this.#table.verdict(faults).outcome;
  }

  async #measure() {
    const test = new NetworkTest({ url: serverUrl(), look: this.#near.look });
    this.#network = test;
    const measured = await test.run().catch(() => ({ trouble: 'not-measured' }));
    if (this.#network !== test) return;
    this.#keep('network', this.#judged('network', measured));
    this.#show(() => this.#screenOf('network'));
  }

  #conclude() {
    this.#devices.free();
    this.#found.set('system', this.#judge('system', this.#system));
    const faults = [...this.#found].flatMap(([part, found]) => (part === 'camera' && this.#soundAlone ? [] : found));
    const { display, door, reports } = this.#near;
    const verdict = this.#table.verdict(faults);
    display.note({ part: 'end' });
    reports.at('check-done', verdict.fault);
    const outcomes = PARTS.map((part) => ({ part, outcome: this.#outcome(part) }));
    const actions = { done: () => this.#leave(), again: () => void this.#restart(), callMe: this.#leads.callMe };
    this.#show(() => ended(display.speaker, { outcomes, verdict, soundAlone: this.#soundAlone, appointment: door.appointment }, actions));
  }

  async #restart() {
    this.#found.clear();
    this.#soundAlone = this.#asked = false;
    await this.#begin();
  }

  #leave() {
    this.#turn = -1;
    this.#network?.stop();
    this.#devices.free();
    this.#leads.done();
  }
}
