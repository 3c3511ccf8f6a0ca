/**
 * A first short rehearsal before the appointment: camera, microphone, loudspeaker, network, one question after the other, each of them
 * can be passed over. What comes out goes to the reports; no picture and no sound leaves this device.
 */

import { inApp } from './browser.js';
import { Devices } from './devices.js';
import { NetworkTest } from './network_test.js';
import { permission } from './screens/preview.js';
import { cameraQuestion, introduction, microphoneQuestion, networkQuestion, soundQuestion, summary } from './screens/rehearsal.js';
import { playTone } from './tone.js';
import { withoutDevices } from './troubles.js';
import { serverUrl } from './where.js';

/** @import {Display} from './display.js' */
/** @import {Outcome, Part, Reports} from './reports.js' */
/** @import {Screen} from './screens/screen.js' */
/** @import {DeviceTrouble} from './troubles.js' */

/** In the order of the questions. @type {readonly Part[]} */
export const PARTS = ['camera', 'microphone', 'loudspeaker', 'network'];

/** @typedef {{display: Display, reports: Reports, loudspeaker: import('./loudspeaker.js').Loudspeaker}} Near */
/** @typedef {{done: () => void, callMe: () => void}} Leads where it leads at the end */

export class Rehearsal {
  #near;
  #leads;
  #devices;
  /** What stood in the way of the devices. @type {DeviceTrouble | null} */
  #trouble = null;
  /** Whether the browser was asked for the devices in this rehearsal. */
  #asked = false;
  /** @type {Record<Part, Outcome>} */
  #outcomes = { camera: 'unknown', microphone: 'unknown', loudspeaker: 'unknown', network: 'unknown' };
  /** The part that is asked for at the moment. */
  #turn = -1;
  /** @type {NetworkTest | null} */
  #network = null;

  /** @param {Near} near @param {Leads} leads @param {MediaDevices | undefined} media */
  constructor(near, leads, media = navigator.mediaDevices) {
    this.#near = near;
    this.#leads = leads;
    this.#devices = new Devices(media, { changed: () => near.display.screen.devicesChanged?.() }, withoutDevices(inApp(navigator.userAgent)));
  }

  /** What is going to happen, before any device is touched. */
  start() {
    this.#show(() => introduction(this.#near.display.texts, { start: () => void this.#ask(0), back: () => this.#leave() }));
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
    if (part === 'camera' || part === 'microphone') await this.#open(part);
    if (part === 'loudspeaker') this.#devices.free();
    if (this.#turn !== turn) return undefined;
    this.#near.display.note({ part });
    this.#show(() => this.#screenOf(part));
    if (part === 'network') void this.#measure();
    return undefined;
  }

  /** Both at once, so that the browser asks only once; again if the one that is asked for is not there. @param {'camera' | 'microphone'} part */
  async #open(part) {
    const { audio, video } = this.#devices.tracks;
    if (this.#asked && (part === 'camera' ? video : audio) !== null) return;
    this.#show(() => permission(this.#near.display.texts));
    this.#asked = true;
    this.#trouble = await this.#devices.request({ microphone: true, camera: true });
  }

  /** @param {Part} part @returns {Screen} */
  #screenOf(part) {
    const { display, loudspeaker } = this.#near;
    const actions = {
      /** @param {Outcome} outcome */
      answer: (outcome) => this.#answer(part, outcome),
      again: () => void this.#again(),
    };
    if (part === 'camera') return cameraQuestion(display.texts, this.#devices, this.#trouble, actions);
    if (part === 'microphone') return microphoneQuestion(display.texts, this.#devices, this.#trouble, actions);
    if (part === 'loudspeaker') return soundQuestion(display.texts, () => playTone(loudspeaker.chosen), actions);
    return networkQuestion(display.texts, this.#outcomes.network, actions);
  }

  /** The same question, with the devices asked for once more. */
  #again() {
    this.#asked = false;
    return this.#ask(this.#turn);
  }

  /** @param {Part} part @param {Outcome} outcome */
  #answer(part, outcome) {
    this.#keep(part, outcome);
    void this.#ask(this.#turn + 1);
  }

  /** @param {Part} part @param {Outcome} outcome */
  #keep(part, outcome) {
    this.#outcomes = { ...this.#outcomes, [part]: outcome };
    if (outcome !== 'unknown') this.#near.reports.checked(part, outcome);
  }

  async #measure() {
    this.#outcomes = { ...this.#outcomes, network: 'unknown' };
    const test = new NetworkTest(serverUrl());
    this.#network = test;
    const { outcome } = await test.run();
    if (this.#network !== test) return;
    this.#keep('network', outcome);
    this.#show(() => this.#screenOf('network'));
  }

  #conclude() {
    this.#devices.free();
    this.#near.display.note({ part: 'end' });
    const { display } = this.#near;
    this.#show(() => summary(display.speaker, this.#outcomes, { done: () => this.#leave(), again: () => this.#restart(), callMe: this.#leads.callMe }));
  }

  #restart() {
    this.#asked = false;
    void this.#ask(0);
  }

  #leave() {
    this.#network?.stop();
    this.#devices.free();
    this.#leads.done();
  }
}
