/** Which camera, which microphone, which loudspeaker: the lists are the same on the preview and in the room. */

import { button, el, icon } from '../dom.js';

/** @import {Device} from '../capture.js' */
/** @import {Devices} from '../devices.js' */
/** @import {Loudspeaker} from '../loudspeaker.js' */
/** @import {Texts} from '../texts.js' */
/** @import {DeviceTrouble} from '../troubles.js' */

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

/** Held in the hand: its cameras look at the person and away, so one button says more than a list of names. */
const handheld = () => navigator.maxTouchPoints > 0 && matchMedia('(pointer: coarse)').matches;

/**
 * @param {Texts} texts @param {Devices} devices @param {Loudspeaker} loudspeaker
 * @param {(trouble: DeviceTrouble | null) => void} told what came out of a choice
 * @returns {{element: HTMLElement, update: () => void, of: Record<'camera' | 'microphone' | 'loudspeaker', HTMLElement[]>}} `update` reads anew
 *   which devices there are; `of`: the pieces of one kind
 */
export function deviceChoice(texts, devices, loudspeaker, told) {
  const say = (/** @type {string} */ key) => texts.say(key);
  const turn = button('turn-camera', 'button wide', [icon('turn'), say('page.choice.turn')], () => void devices.turnCamera().then(told));
  const cameras = picker('camera-choice', say('page.preview.camera'), (id) => void devices.choose('camera', id).then(told));
  const microphones = picker('microphone-choice', say('page.preview.microphone'), (id) => void devices.choose('microphone', id).then(told));
  const speakers = picker('loudspeaker-choice', say('page.choice.loudspeaker'), (id) => void loudspeaker.choose(id).then(update));
  const ask = button('loudspeaker-ask', 'button wide', [icon('sound'), say('page.choice.loudspeaker-ask')], () => void loudspeaker.ask().then(update));
  const element = el('div', { class: 'choices' }, turn, cameras.row, microphones.row, speakers.row, ask);
  turn.hidden = ask.hidden = true;
  function update() {
    void devices.list('videoinput').then((list) => {
      cameras.fill(handheld() ? [] : list, devices.current('video'));
      turn.hidden = !handheld() || list.length < 2;
    });
    void devices.list('audioinput').then((list) => microphones.fill(list, devices.current('audio')));
    void loudspeaker.list().then((list) => {
      speakers.fill(list, loudspeaker.chosen || (list[0]?.id ?? ''));
      ask.hidden = !loudspeaker.asks || list.length > 1;
    });
  }
  update();
  return { element, update, of: { camera: [turn, cameras.row], microphone: [microphones.row], loudspeaker: [speakers.row, ask] } };
}
