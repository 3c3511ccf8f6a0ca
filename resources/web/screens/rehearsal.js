/** The guided check's screens: what is going to happen, one question each, and what to do where something does not work. */

import { dialogOf } from '../browser.js';
import { CameraLook } from '../camera_look.js';
import { systemClock } from '../clock.js';
import { button, el, icon, tell } from '../dom.js';
import { Hearing } from '../hearing.js';
import { Ear, LevelMeter } from '../level_meter.js';
import { TROUBLES } from '../troubles.js';
import { copyLink } from './copy_link.js';
import { deviceChoice } from './device_choice.js';
import { ownPicture } from './preview.js';
import { saver } from './saver.js';
import { heading, sheet } from './screen.js';

/** @import {Measured} from '../check_rules.js' */
/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {Part} from '../reports.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */
/** @import {Child} from '../dom.js' */
/** @import {Screen} from './screen.js' */

/**
 * @typedef {object} Answers
 * @property {(measured: Measured) => string[]} find what is wrong as far as it was measured
 * @property {(measured: Measured) => string[]} judge the same, and whoever helps is told
 * @property {(measured: Measured) => void} yes
 * @property {(measured: Measured) => void} no
 * @property {() => void} skip
 * @property {() => void} again
 */

/** A fault of the picture is said after so long; slow and frozen ones need it. */
const LOOK_S = 2.5;
/** Nothing is said of a voice before that; the person has to find the sentence first. */
const LISTEN_S = 4;
/** A voice that was heard for so long is believed. */
const HEARD_S = 1.5;
const LISTEN_MS = 40;
/** How often what was found is judged anew, and told. */
const JUDGE_MS = 1_000;

/** Drawings of the parts. @type {Readonly<Record<Part, string>>} */
export const DRAWINGS = Object.freeze({ camera: 'camera', microphone: 'mic', loudspeaker: 'sound', network: 'network' });

/** Before any device is touched. @param {Texts} texts @param {{start: () => void, back: () => void}} actions @returns {Screen} */
export function introduction(texts, { start, back }) {
  const head = heading(texts.say('page.rehearsal.title'));
  const element = sheet(head,
    el('p', {}, texts.say('page.rehearsal.what')),
    el('p', { class: 'calm' }, icon('shield'), el('span', {}, texts.say('page.rehearsal.private'))),
    button('rehearsal-start', 'button main wide', [texts.say('page.rehearsal.start')], start),
    el('p', {}, texts.say('page.rehearsal.told')),
    button('back', 'button wide', [texts.say('page.rehearsal.back')], back),
  );
  return { element, heading: head };
}

/** What is wrong, and what can be done: nothing at first. @param {Texts} texts */
function faultNote(texts) {
  const element = el('p', { class: 'caution', role: 'status', hidden: true });
  /** @param {readonly string[]} faults the first of them is said */
  const say = ([fault = '']) => {
    if (element.dataset.fault === fault) return;
    element.dataset.fault = fault;
    element.hidden = fault === '';
    element.textContent = fault === '' ? '' : `${texts.say(`page.fault.${fault}.sentence`)} ${texts.say(`page.fault.${fault}.action`)}`;
  };
  return { element, say };
}

/** How far it is. @param {Texts} texts @param {Part} part */
function numbered(texts, part) {
  const parts = Object.keys(DRAWINGS);
  return el('p', { class: 'quiet' }, texts.say('page.rehearsal.number', { number: parts.indexOf(part) + 1, all: parts.length }));
}

/**
 * One question: what is asked, yes, no, and the way past it.
 * @param {Texts} texts @param {Part} part @param {Child[]} content @param {() => Measured} measured so far @param {Answers} answers
 * @param {HTMLElement[]} choice of another device
 */
function question(texts, part, content, measured, { yes, no, skip }, choice) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.${part}.${name}`);
  const head = heading(say('title'));
  const both = el('div', { class: 'pair' },
    button('yes', 'button main', [icon('check'), say('yes')], () => yes(measured())),
    button('no', 'button', [icon('close'), say('no')], () => no(measured())),
  );
  const element = sheet(head, numbered(texts, part), ...content, both, ...choice, button('skip', 'button plain wide', [texts.say('page.rehearsal.skip')], skip));
  return { element, heading: head, both };
}

/**
 * @param {Texts} texts @param {Devices} devices @param {Loudspeaker} loudspeaker @param {Answers} answers
 * @returns {Screen}
 */
export function cameraQuestion(texts, devices, loudspeaker, answers) {
  const picture = ownPicture(texts, devices);
  const choice = deviceChoice(texts, devices, loudspeaker, () => undefined);
  const note = faultNote(texts);
  /** @type {Measured} */
  let figures = {};
  /** @type {CameraLook | null} */
  let look = null;
  const start = () => {
    look?.close();
    figures = {};
    try {
      let judged = LOOK_S - JUDGE_MS / 1000;
      look = new CameraLook(picture.video, (seen, seconds) => {
        figures = seen;
        if (seconds < judged + JUDGE_MS / 1000) return;
        judged = seconds;
        note.say(answers.judge(seen));
      });
    } catch {
      figures = { trouble: 'not-measured' };
      note.say(answers.judge(figures));
    }
  };
  const { element, heading: head } = question(texts, 'camera', [picture.element, note.element], () => figures, answers, choice.of.camera);
  const devicesChanged = () => {
    if (devices.tracks.video === null) return;
    picture.update();
    choice.update();
    start();
  };
  devicesChanged();
  return { element, heading: head, devicesChanged, close: () => look?.close() };
}

/**
 * @param {Texts} texts @param {Devices} devices @param {Loudspeaker} loudspeaker @param {Answers} answers
 * @returns {Screen}
 */
export function microphoneQuestion(texts, devices, loudspeaker, answers) {
  const bar = el('div', { class: 'level', role: 'img', 'aria-label': texts.say('page.preview.level') }, el('span'));
  const heard = el('p', { id: 'voice', class: 'quiet', role: 'status' });
  const note = faultNote(texts);
  const meter = new LevelMeter(bar);
  const choice = deviceChoice(texts, devices, loudspeaker, () => undefined);
  const deaf = { figures: () => /** @type {Measured} */ ({}), seconds: () => 0, stop: () => {} };
  let listening = deaf;
  const told = () => {
    const figures = listening.figures();
    if (listening.seconds() >= LISTEN_S) note.say(answers.judge(figures));
    const fine = listening.seconds() >= HEARD_S && 'speech_dbfs' in figures && answers.find(figures).length === 0;
    tell(heard, fine ? texts.say('page.rehearsal.microphone.heard') : '');
  };
  const { element, heading: head } = question(texts, 'microphone', [
    el('p', { class: 'big' }, icon('mic'), el('span', {}, texts.say('page.rehearsal.microphone.what'))),
    el('div', { class: 'sound' }, icon('mic'), bar),
    heard,
    note.element,
  ], () => (listening.seconds() < LISTEN_S ? { ...listening.figures(), peak_dbfs: null, speech_dbfs: null } : listening.figures()), answers, choice.of.microphone);
  const devicesChanged = () => {
    const { audio } = devices.tracks;
    listening.stop();
    listening = deaf;
    meter.show(null);
    if (audio === null) return;
    try {
      meter.show(audio);
      listening = listen(audio, told);
    } catch {
      listening = { ...deaf, figures: () => ({ trouble: 'not-measured' }) };
      note.say(answers.judge({ trouble: 'not-measured' }));
    }
    choice.update();
  };
  devicesChanged();
  const close = () => {
    listening.stop();
    meter.close();
  };
  return { element, heading: head, devicesChanged, close };
}

/** @param {MediaStreamTrack} track @param {() => void} told now and again */
function listen(track, told) {
  const ear = new Ear(track);
  const hearing = new Hearing();
  const began = systemClock.now();
  let turns = 0;
  const timer = setInterval(() => {
    if (ear.open) hearing.take(ear.samples, ear.rate, systemClock.now());
    turns += 1;
    if ((turns * LISTEN_MS) % JUDGE_MS === 0) told();
  }, LISTEN_MS);
  const stop = () => {
    clearInterval(timer);
    ear.close();
  };
  return { figures: () => hearing.figures, seconds: () => (systemClock.now() - began) / 1000, stop };
}

/**
 * @param {Texts} texts @param {Devices} devices @param {Loudspeaker} loudspeaker @param {() => Promise<void>} play @param {Answers} answers
 * @returns {Screen}
 */
export function soundQuestion(texts, devices, loudspeaker, play, answers) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.loudspeaker.${name}`);
  const playing = el('p', { id: 'playing', class: 'quiet', role: 'status' });
  const choice = deviceChoice(texts, devices, loudspeaker, () => undefined);
  /** @type {Measured} */
  let figures = {};
  const tap = () => {
    tell(playing, say('playing'));
    asked.both.hidden = false;
    play().then(() => tell(playing, say('played')), () => {
      figures = { trouble: 'not-measured' };
      tell(playing, texts.say('page.fault.not-measured.sentence'));
    });
  };
  const asked = question(texts, 'loudspeaker', [
    el('p', {}, say('what')),
    button('play', 'button wide', [icon('play'), say('play')], tap),
    playing,
  ], () => figures, answers, choice.of.loudspeaker);
  asked.both.hidden = true;
  return { element: asked.element, heading: asked.heading };
}

/** @typedef {{faults: readonly string[], minutes: number, saving: boolean, save: (on: boolean) => void}} Needs of a talk */

/**
 * While the network is measured, the person reads what a talk needs: power and data.
 * @param {Texts} texts @param {readonly string[] | null} faults null while it is measured @param {Needs} needs @param {Answers} answers
 * @returns {Screen}
 */
export function networkQuestion(texts, faults, { faults: weak, minutes, saving, save }, { again, skip }) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.network.${name}`);
  const head = heading(say('title'));
  const note = faultNote(texts);
  const battery = faultNote(texts);
  note.say(faults ?? []);
  battery.say(weak);
  const fine = faults !== null && faults.length === 0;
  const element = sheet(head, numbered(texts, 'network'),
    faults === null ? el('p', { role: 'status', class: 'measuring', 'data-outcome': 'unknown' }, say('unknown')) : null,
    fine ? el('p', { role: 'status', class: 'calm', 'data-outcome': 'ok' }, icon('check'), el('span', {}, say('ok'))) : note.element,
    faults === null ? null : button('next', 'button main wide', [texts.say('page.rehearsal.next')], skip),
    faults === null || fine ? null : button('again', 'button wide', [texts.say('page.again')], again),
    el('h2', {}, texts.say('page.rehearsal.needs')),
    saver(texts, minutes, saving, save),
    battery.element,
    weak.length === 0 ? el('p', { class: 'quiet' }, texts.say('page.rehearsal.battery')) : null,
    faults === null ? button('skip', 'button plain wide', [texts.say('page.rehearsal.skip')], skip) : null,
  );
  return { element, heading: head };
}

/**
 * It does not work: why, what can be done, once more, or on without it.
 * @param {Texts} texts @param {Part} part @param {{fault: string, trouble: DeviceTrouble | null}} what @param {{again: () => void, next: () => void}} actions
 * @returns {Screen}
 */
export function obstacle(texts, part, { fault, trouble }, { again, next }) {
  const head = heading(texts.say(`page.rehearsal.${part}.missing`));
  const elsewhere = trouble === 'in-app' || trouble === 'unsupported';
  const denied = trouble === 'denied' ? texts.say(`page.permission.again.${dialogOf(navigator.userAgent, navigator.maxTouchPoints)}`) : '';
  const sentence = elsewhere ? texts.say(TROUBLES[trouble].sentence) : texts.say(`page.fault.${fault}.sentence`);
  const element = sheet(head, numbered(texts, part),
    el('p', { role: 'alert', class: 'caution', 'data-trouble': trouble ?? false, 'data-fault': fault }, sentence),
    elsewhere ? copyLink(texts) : el('p', {}, denied || texts.say(`page.fault.${fault}.action`)),
    button('again', 'button main wide', [icon('turn'), texts.say('page.again')], again),
    button('next', 'button wide', [texts.say(part === 'camera' ? 'page.rehearsal.camera.without' : 'page.rehearsal.next')], next),
  );
  return { element, heading: head };
}
