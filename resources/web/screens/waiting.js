/** The waiting room. Says only what is true: whether the counsellor's program knows, and whether the connection stands. */

import { button, el, icon, tell } from '../dom.js';
import { callUs, heading, sheet } from './screen.js';

/** @import {Devices, DeviceTrouble} from '../devices.js' */
/** @import {View} from '../session.js' */
/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/** @param {View} view @param {string} phone may be empty @returns {string} key of the sentence that is true at the moment */
function situation(view, phone) {
  if (view.troubled) return 'page.waiting.lost';
  if (!view.online) return 'page.waiting.joining';
  if (view.reached) return 'page.waiting.reached';
  return phone === '' ? 'page.waiting.unreached-invitation' : 'page.waiting.unreached';
}

/**
 * @param {Speaker} speaker @param {Devices} devices @param {() => void} leave
 * @returns {Screen}
 */
export function waiting({ texts, phone }, devices, leave) {
  const head = heading(texts.say('page.waiting.title'));
  const news = el('p', { id: 'waiting-news' });
  const pulse = el('span', { class: 'pulse', 'aria-hidden': 'true' }, icon('check'));
  const status = el('div', { class: 'status', role: 'status' }, pulse, news);
  const back = el('p', { class: 'caution', hidden: true }, texts.say('page.waiting.sent-back'));
  const video = el('video', { id: 'self-video', class: 'mirror small', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
  const unseen = el('p', { class: 'quiet' });
  const problem = el('p', { class: 'caution', role: 'alert', hidden: true });
  const element = sheet(head, back, status, problem,
    el('p', {}, texts.say('page.waiting.stay')),
    el('div', { class: 'beside' }, video, unseen),
    button('leave', 'button wide', [texts.say('page.waiting.leave')], leave),
  );
  /** @param {View} view */
  const update = (view) => {
    const key = situation(view, phone);
    status.dataset.situation = key.slice(key.lastIndexOf('.') + 1);
    tell(news, texts.say(key, { phone }));
    back.hidden = !view.sentBack;
  };
  const devicesChanged = () => {
    video.muted = true;
    video.srcObject = devices.stream();
    video.hidden = devices.tracks.video === null;
    tell(unseen, texts.say(devices.tracks.video === null && devices.tracks.audio === null ? 'page.waiting.devices-free' : 'page.waiting.unseen'));
  };
  /** @param {DeviceTrouble | null} trouble */
  const troubled = (trouble) => {
    problem.hidden = trouble === null;
    tell(problem, trouble === null ? '' : texts.say(`page.devices.error.${trouble}`));
  };
  devicesChanged();
  return { element, heading: head, update, devicesChanged, troubled };
}

/**
 * Between the tap and the server's answer, also while a reloaded tab goes back to its seat.
 * @param {Speaker} speaker
 * @returns {Screen}
 */
export function joining({ texts, phone }) {
  const head = heading(texts.say('page.joining.title'));
  const news = el('p', { role: 'status' });
  const element = sheet(head, news, callUs(texts, phone));
  return { element, heading: head, update: (view) => tell(news, texts.say(view.troubled ? 'page.waiting.lost' : 'page.waiting.joining')) };
}
