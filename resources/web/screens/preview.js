/** Permission after an explanation, then the own picture, the choice of devices and the level meter; one button leads on. */

import { button, el, icon, tell } from '../dom.js';
import { LevelMeter } from '../level_meter.js';
import { heading, sheet } from './screen.js';

/** @import {Device, Devices, DeviceTrouble, Wish} from '../devices.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Screen} from './screen.js' */

/** While the browser's own question stands. @param {Texts} texts @returns {Screen} */
export function permission(texts) {
  const head = heading(texts.say('page.permission.title'));
  const element = sheet(head,
    el('p', {}, texts.say('page.permission.what')),
    el('p', { class: 'big' }, icon('camera'), icon('mic'), el('span', {}, texts.say('page.permission.allow'))),
    el('p', { class: 'quiet' }, texts.say('page.permission.nobody')),
  );
  return { element, heading: head };
}

/**
 * The devices could not be had: a sentence, another try, and sound alone or neither of both.
 * @param {Texts} texts @param {DeviceTrouble} trouble
 * @param {{ask: (wish: Wish) => void, instead: () => void}} actions
 * @returns {Screen}
 */
export function refused(texts, trouble, { ask, instead }) {
  const head = heading(texts.say('page.devices.trouble'));
  const element = sheet(head,
    el('p', { role: 'alert', 'data-trouble': trouble }, texts.say(`page.devices.error.${trouble}`)),
    button('ask-again', 'button main wide', [texts.say('page.devices.again')], () => ask({ microphone: true, camera: true })),
    button('ask-sound', 'button wide', [icon('mic'), texts.say('page.devices.sound')], () => ask({ microphone: true, camera: false })),
    button('ask-nothing', 'button wide', [icon('chat'), texts.say('page.devices.nothing')], () => ask({ microphone: false, camera: false })),
    button('instead', 'button plain wide', [texts.say('page.devices.instead')], instead),
  );
  return { element, heading: head };
}

/**
 * One list of devices. @param {string} id @param {string} label @param {(id: string) => void} chosen
 */
function picker(id, label, chosen) {
  const select = el('select', { id, change: () => chosen(select.value) });
  const row = el('div', { class: 'field', hidden: true }, el('label', { for: id }, label), select);
  /** @param {Device[]} devices @param {string} current */
  const fill = (devices, current) => {
    row.hidden = devices.length < 2;
    select.replaceChildren(...devices.map((one, k) => el('option', { value: one.id, selected: one.id === current }, one.label || `${label} ${k + 1}`)));
  };
  return { row, fill };
}

/**
 * @param {Texts} texts @param {Devices} devices @param {DeviceTrouble | null} trouble what is missing of picture and sound
 * @param {{enter: () => void, ask: (wish: Wish) => void, instead: () => void}} actions
 * @returns {Screen}
 */
export function preview(texts, devices, trouble, { enter, ask, instead }) {
  const head = heading(texts.say('page.preview.title'));
  const video = el('video', { id: 'self-video', class: 'mirror', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
  const blank = el('p', { class: 'blank' }, icon('camera-off'), el('span', {}, texts.say('page.preview.no-camera')));
  const bar = el('div', { class: 'level', role: 'img', 'aria-label': texts.say('page.preview.level') }, el('span'));
  const speak = el('p', { class: 'quiet' });
  const meter = new LevelMeter(bar);
  const problem = el('p', { class: 'caution', role: 'alert', hidden: true });
  /** @param {Promise<DeviceTrouble | null>} choice */
  const report = async (choice) => {
    const found = await choice;
    problem.hidden = found === null;
    if (found !== null) tell(problem, texts.say(`page.devices.error.${found}`));
  };
  const cameras = picker('camera-choice', texts.say('page.preview.camera'), (id) => void report(devices.choose('camera', id)));
  const microphones = picker('microphone-choice', texts.say('page.preview.microphone'), (id) => void report(devices.choose('microphone', id)));
  const again = button('ask-again', 'button wide', [texts.say('page.devices.again')], () => ask({ microphone: true, camera: true }));
  const element = sheet(head,
    el('div', { class: 'picture' }, video, blank),
    problem,
    el('div', { class: 'sound' }, icon('mic'), bar),
    speak,
    button('enter-waiting', 'button main wide', [texts.say('page.preview.enter')], enter),
    el('p', { class: 'quiet' }, texts.say('page.preview.nobody')),
    again,
    cameras.row,
    microphones.row,
    button('instead', 'button plain wide', [texts.say('page.devices.instead')], instead),
  );
  const devicesChanged = () => {
    const { audio, video: picture } = devices.tracks;
    video.muted = true;
    video.srcObject = devices.stream();
    video.hidden = picture === null;
    blank.hidden = picture !== null;
    again.hidden = picture !== null && audio !== null;
    meter.show(audio);
    tell(speak, texts.say(audio === null ? 'page.preview.no-microphone' : 'page.preview.speak'));
    void devices.list('videoinput').then((list) => cameras.fill(list, devices.current('video')));
    void devices.list('audioinput').then((list) => microphones.fill(list, devices.current('audio')));
  };
  devicesChanged();
  void report(Promise.resolve(trouble));
  return { element, heading: head, devicesChanged, close: () => meter.close() };
}
