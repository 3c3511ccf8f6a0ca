/** After the permission: the own picture, the level meter, the choice of devices, and saving data; one button leads on. */

import { button, el, icon, tell } from '../dom.js';
import { LevelMeter } from '../level_meter.js';
import { TROUBLES } from '../troubles.js';
import { deviceChoice } from './device_choice.js';
import { saver } from './saver.js';
import { heading, sheet } from './screen.js';
import { troubleNote, waysOut } from './trouble_note.js';

/** @import {Wish} from '../capture.js' */
/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */
/** @import {Screen} from './screen.js' */

/**
 * @typedef {object} PreviewActions
 * @property {() => void} enter
 * @property {(wish: Wish) => void} ask for the devices once more
 * @property {() => void} instead
 * @property {(on: boolean) => void} save
 */

/** @param {(wish: Wish) => void} ask @returns {import('./trouble_note.js').WayActions} */
const asking = (ask) => ({
  again: () => ask({ microphone: true, camera: true }),
  sound: () => ask({ microphone: true, camera: false }),
  nothing: () => ask({ microphone: false, camera: false }),
});

/**
 * The devices could not be had: a sentence, and every way out that its row in the table names.
 * @param {Texts} texts @param {DeviceTrouble} trouble
 * @param {Pick<PreviewActions, 'ask' | 'instead'>} actions
 * @returns {Screen}
 */
export function refused(texts, trouble, { ask, instead }) {
  const head = heading(texts.say('page.devices.trouble'));
  const element = sheet(head,
    el('p', { role: 'alert', 'data-trouble': trouble }, texts.say(TROUBLES[trouble].sentence)),
    ...waysOut(texts, trouble, asking(ask)),
    button('instead', 'button plain wide', [texts.say('page.devices.instead')], instead),
  );
  return { element, heading: head };
}

/**
 * @param {Texts} texts @param {{devices: Devices, loudspeaker: Loudspeaker, minutes: number, saving: boolean}} what `minutes` of the appointment
 * @param {PreviewActions} actions
 * @returns {Screen}
 */
export function preview(texts, { devices, loudspeaker, minutes, saving }, { enter, ask, instead, save }) {
  const head = heading(texts.say('page.preview.title'));
  const picture = ownPicture(texts, devices);
  const bar = el('div', { class: 'level', role: 'img', 'aria-label': texts.say('page.preview.level') }, el('span'));
  const meter = new LevelMeter(bar);
  const speak = el('p', { class: 'quiet' });
  const all = () => ask({ microphone: true, camera: true });
  const note = troubleNote(texts, all);
  const choice = deviceChoice(texts, devices, loudspeaker, note.show);
  const both = button('ask-both', 'button wide', [icon('camera'), texts.say('page.devices.way.again')], all);
  const element = sheet(head,
    picture.element,
    note.element,
    el('div', { class: 'sound' }, icon('mic'), bar),
    speak,
    button('enter-waiting', 'button main wide', [texts.say('page.preview.enter')], enter),
    el('p', { class: 'quiet' }, texts.say('page.preview.nobody')),
    both,
    saver(texts, minutes, saving, save),
    choice.element,
    button('instead', 'button plain wide', [texts.say('page.devices.instead')], instead),
  );
  const devicesChanged = () => {
    const { audio, video } = devices.tracks;
    picture.update();
    both.hidden = audio !== null && video !== null;
    meter.show(audio);
    tell(speak, texts.say(audio === null ? 'page.preview.no-microphone' : 'page.preview.speak'));
    choice.update();
  };
  devicesChanged();
  return { element, heading: head, devicesChanged, troubled: note.show, close: () => meter.close() };
}

/** The own picture; mirrored, unless it is the camera that looks away. @param {Texts} texts @param {Devices} devices */
export function ownPicture(texts, devices) {
  const video = el('video', { id: 'self-video', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
  const blank = el('p', { class: 'blank' }, icon('camera-off'), el('span', {}, texts.say('page.preview.no-camera')));
  const update = () => {
    const there = devices.tracks.video !== null;
    video.muted = true;
    video.srcObject = devices.stream();
    video.className = devices.facing === 'user' ? 'mirror' : '';
    video.hidden = !there;
    blank.hidden = there;
  };
  return { element: el('div', { class: 'picture' }, video, blank), video, update };
}
