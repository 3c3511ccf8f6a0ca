/** The rehearsal's screens: what is going to happen, one question each, what came out. */

import { button, el, icon, tell } from '../dom.js';
import { Ear, LevelMeter } from '../level_meter.js';
import { TROUBLES } from '../troubles.js';
import { ownPicture } from './preview.js';
import { callUs, heading, sheet } from './screen.js';

/** @import {Devices} from '../devices.js' */
/** @import {Outcome, Part} from '../reports.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */
/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/** @typedef {{answer: (outcome: Outcome) => void, again: () => void}} Answers */

/** Loud enough for a word (0 to 1), and how often it has to be. */
const VOICE = 0.35;
const VOICE_TIMES = 5;
const LISTEN_MS = 100;

/** Drawings of the parts. @type {Readonly<Record<Part, string>>} */
const DRAWINGS = Object.freeze({ camera: 'camera', microphone: 'mic', loudspeaker: 'sound', network: 'network' });

/** Before any device is touched. @param {Texts} texts @param {{start: () => void, back: () => void}} actions @returns {Screen} */
export function introduction(texts, { start, back }) {
  const head = heading(texts.say('page.rehearsal.title'));
  const element = sheet(head,
    el('p', {}, texts.say('page.rehearsal.what')),
    el('p', { class: 'calm' }, icon('shield'), el('span', {}, texts.say('page.rehearsal.private'))),
    el('p', {}, texts.say('page.rehearsal.told')),
    button('rehearsal-start', 'button main wide', [texts.say('page.rehearsal.start')], start),
    button('back', 'button wide', [texts.say('page.rehearsal.back')], back),
  );
  return { element, heading: head };
}

/**
 * One question: what is asked, yes, no, and the way past it.
 * @param {Texts} texts @param {Part} part @param {(HTMLElement | null)[]} content @param {Answers} answers @param {boolean} ready whether yes and no can be said yet
 */
function question(texts, part, content, { answer }, ready = true) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.${part}.${name}`);
  const head = heading(say('title'));
  const yes = button('yes', 'button main wide', [icon('check'), say('yes')], () => answer('ok'));
  const no = button('no', 'button wide', [icon('close'), say('no')], () => answer('failed'));
  const both = el('div', { class: 'ways', hidden: !ready }, yes, no);
  const element = sheet(head, numbered(texts, part), ...content, both, skip(texts, answer));
  return { element, heading: head, ready: () => (both.hidden = false) };
}

/** How far it is. @param {Texts} texts @param {Part} part */
function numbered(texts, part) {
  const parts = Object.keys(DRAWINGS);
  return el('p', { class: 'quiet' }, texts.say('page.rehearsal.number', { number: parts.indexOf(part) + 1, all: parts.length }));
}

/** @param {Texts} texts @param {(outcome: Outcome) => void} answer */
const skip = (texts, answer) => button('skip', 'button plain wide', [texts.say('page.rehearsal.skip')], () => answer('unknown'));

/**
 * The device is not there: why, once more, or on without it.
 * @param {Texts} texts @param {Part} part @param {DeviceTrouble} trouble @param {Answers} answers @returns {Screen}
 */
function missing(texts, part, trouble, { answer, again }) {
  const head = heading(texts.say(`page.rehearsal.${part}.missing`));
  const element = sheet(head, numbered(texts, part),
    el('p', { role: 'alert', 'data-trouble': trouble }, texts.say(TROUBLES[trouble].sentence)),
    button('again', 'button main wide', [texts.say('page.again')], again),
    button('next', 'button wide', [texts.say('page.rehearsal.next')], () => answer('failed')),
    skip(texts, answer),
  );
  return { element, heading: head };
}

/**
 * @param {Texts} texts @param {Devices} devices @param {DeviceTrouble | null} trouble @param {Answers} answers
 * @returns {Screen}
 */
export function cameraQuestion(texts, devices, trouble, answers) {
  if (devices.tracks.video === null) return missing(texts, 'camera', trouble ?? 'ended', answers);
  const picture = ownPicture(texts, devices);
  picture.update();
  const { element, heading: head } = question(texts, 'camera', [picture.element, el('p', {}, texts.say('page.rehearsal.camera.what'))], answers);
  return { element, heading: head, devicesChanged: picture.update };
}
/**
 * @param {Texts} texts @param {Devices} devices @param {DeviceTrouble | null} trouble @param {Answers} answers
 * @returns {Screen}
 */
export function microphoneQuestion(texts, devices, trouble, answers) {
  const { audio } = devices.tracks;
  if (audio === null) return missing(texts, 'microphone', trouble ?? 'ended', answers);
  const bar = el('div', { class: 'level', role: 'img', 'aria-label': texts.say('page.preview.level') }, el('span'));
  const heard = el('p', { id: 'heard', class: 'quiet', role: 'status' });
  const meter = new LevelMeter(bar);
  meter.show(audio);
  const deaf = listen(audio, () => tell(heard, texts.say('page.rehearsal.microphone.heard')));
  const { element, heading: head } = question(texts, 'microphone', [
    el('p', {}, texts.say('page.rehearsal.microphone.what')),
    el('div', { class: 'sound' }, icon('mic'), bar),
    heard,
  ], answers);
  const close = () => {
    deaf();
    meter.close();
  };
  return { element, heading: head, close };
}

/** Calls `heard` once, when a voice was loud enough. @param {MediaStreamTrack} track @param {() => void} heard */
function listen(track, heard) {
  const ear = new Ear(track);
  let times = 0;
  const timer = setInterval(() => {
    times += ear.level > VOICE ? 1 : 0;
    if (times === VOICE_TIMES) heard();
  }, LISTEN_MS);
  return () => {
    clearInterval(timer);
    ear.close();
  };
}

/**
 * @param {Texts} texts @param {() => Promise<void>} play @param {Answers} answers
 * @returns {Screen}
 */
export function soundQuestion(texts, play, answers) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.loudspeaker.${name}`);
  const playing = el('p', { id: 'playing', class: 'quiet', role: 'status' });
  const tap = () => {
    tell(playing, say('playing'));
    asked.ready();
    void play().then(() => tell(playing, say('played')));
  };
  const asked = question(texts, 'loudspeaker', [
    el('p', {}, say('what')),
    button('play', 'button wide', [icon('sound'), say('play')], tap),
    playing,
  ], answers, false);
  return { element: asked.element, heading: asked.heading };
}

/**
 * @param {Texts} texts @param {Outcome} outcome `unknown` while it is measured @param {Answers} answers
 * @returns {Screen}
 */
export function networkQuestion(texts, outcome, { answer, again }) {
  const say = (/** @type {string} */ name) => texts.say(`page.rehearsal.network.${name}`);
  const head = heading(say('title'));
  const measured = outcome !== 'unknown';
  const element = sheet(head, numbered(texts, 'network'),
    el('p', { role: 'status', class: measured ? (outcome === 'ok' ? 'calm' : 'caution') : 'quiet', 'data-outcome': outcome }, say(outcome)),
    measured ? button('next', 'button main wide', [texts.say('page.rehearsal.next')], () => answer(outcome)) : null,
    measured && outcome !== 'ok' ? button('again', 'button wide', [texts.say('page.again')], again) : null,
    measured ? null : skip(texts, answer),
  );
  return { element, heading: head };
}

/**
 * What came out, what can be done about it, and who learns of it.
 * @param {Speaker} speaker @param {Record<Part, Outcome>} outcomes @param {{done: () => void, again: () => void, callMe: () => void}} actions
 * @returns {Screen}
 */
export function summary({ texts, phone }, outcomes, { done, again, callMe }) {
  const parts = /** @type {[Part, Outcome][]} */ (Object.entries(outcomes));
  const bad = parts.filter(([, outcome]) => outcome === 'failed');
  const whole = parts.every(([, outcome]) => outcome === 'ok');
  const head = heading(texts.say(`page.rehearsal.end.${bad.length > 0 ? 'help' : whole ? 'well' : 'fine'}`));
  const rows = parts.map(([part, outcome]) => el('li', { 'data-part': part, 'data-outcome': outcome },
    icon(DRAWINGS[part]),
    el('span', {}, texts.say(`page.rehearsal.${part}.name`), ': ', texts.say(`page.rehearsal.outcome.${outcome}`)),
  ));
  const element = sheet(head,
    el('ul', { class: 'facts outcomes' }, ...rows),
    ...bad.map(([part]) => el('p', { class: 'caution' }, texts.say(`page.rehearsal.${part}.help`))),
    el('p', {}, texts.say('page.rehearsal.end.told')),
    button('done', 'button main wide', [texts.say('page.rehearsal.end.done')], done),
    bad.length > 0 ? button('call-me', 'button wide', [icon('phone'), texts.say('page.wish.call-me')], callMe) : null,
    button('rehearse-again', 'button wide', [icon('turn'), texts.say('page.rehearsal.end.again')], again),
    callUs(texts, phone),
  );
  return { element, heading: head };
}
