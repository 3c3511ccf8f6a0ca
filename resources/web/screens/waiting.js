/** The waiting room. Says only what is true: whether the counsellor's program knows, what the counsellor told, whether the connection stands. */

import { systemClock } from '../clock.js';
import { button, el, icon, tell } from '../dom.js';
import { callUs, heading, sheet } from './screen.js';
import { troubleNote } from './trouble_note.js';

/** @import {Clock} from '../clock.js' */
/** @import {Devices} from '../devices.js' */
/** @import {View} from '../view.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/** Knocking once more rests for this long (PROTOCOL.md, section 4). */
export const KNOCK_MS = 30_000;

/**
 * @typedef {object} WaitingActions
 * @property {() => void} leave
 * @property {() => boolean} knock whether it went out
 * @property {() => void} again takes the devices once more
 */

/** @param {View} view @param {string} phone may be empty @returns {string} key of the sentence that is true at the moment */
function situation(view, phone) {
  if (view.troubled) return 'page.waiting.lost';
  if (!view.online) return 'page.waiting.joining';
  if (view.reached) return 'page.waiting.reached';
  return phone === '' ? 'page.waiting.unreached-invitation' : 'page.waiting.unreached';
}

/**
 * @param {Speaker} speaker @param {Devices} devices @param {WaitingActions} actions @param {Clock} clock
 * @returns {Screen}
 */
export function waiting({ texts, phone }, devices, { leave, knock, again }, clock = systemClock) {
  const head = heading(texts.say('page.waiting.title'));
  const news = el('p', { id: 'waiting-news' });
  const pulse = el('span', { class: 'pulse', 'aria-hidden': 'true' }, icon('check'));
  const status = el('div', { class: 'status', role: 'status' }, pulse, news);
  const told = notice(texts);
  const knocker = knocking(texts, knock, clock);
  const back = el('p', { class: 'caution', hidden: true }, texts.say('page.waiting.sent-back'));
  const own = ownSide(texts, devices);
  const problem = troubleNote(texts, again);
  const element = sheet(head, back, status, told.element, problem.element,
    el('p', {}, texts.say('page.waiting.stay')),
    own.element,
    knocker.element,
    button('leave', 'button wide', [texts.say('page.waiting.leave')], leave),
  );
  /** @param {View} view */
  const update = (view) => {
    const key = situation(view, phone);
    const said = told.update(view);
    status.dataset.situation = key.slice(key.lastIndexOf('.') + 1);
    tell(news, texts.say(said && key === 'page.waiting.reached' ? 'page.waiting.noticed' : key, { phone }));
    back.hidden = !view.sentBack;
    knocker.update(view);
  };
  own.update();
  return { element, heading: head, update, devicesChanged: own.update, troubled: problem.show, close: knocker.close };
}

/** What the counsellor told those who wait. @param {Texts} texts */
function notice(texts) {
  const element = el('p', { id: 'notice', class: 'calm', role: 'status', hidden: true });
  /** @param {View} view @returns {boolean} whether there is something */
  const update = (view) => {
    const key = `page.waiting.notice.${view.notice}`;
    const known = view.notice !== '' && texts.has(key);
    element.hidden = !known;
    tell(element, known ? texts.say(key, { time: texts.time(view.noticeAt) }) : '');
    return known;
  };
  return { element, update };
}

/**
 * "Noch einmal anklopfen": rests after each time. The button keeps the focus while it rests.
 * @param {Texts} texts @param {() => boolean} knock @param {Clock} clock
 */
function knocking(texts, knock, clock) {
  const said = el('p', { id: 'knock-news', class: 'quiet', role: 'status' });
  let awake = () => {};
  let resting = false;
  const tap = button('knock', 'button wide', [icon('bell'), texts.say('page.waiting.knock')], () => {
    if (!resting && knock()) rest('page.waiting.knocked');
  });
  /** @param {boolean} rests @param {string} text */
  const show = (rests, text) => {
    resting = rests;
    tap.setAttribute('aria-disabled', String(rests));
    tell(said, text);
  };
  /** @param {string} key */
  const rest = (key) => {
    awake();
    show(true, texts.say(key));
    awake = clock.after(KNOCK_MS, () => show(false, ''));
  };
  const element = el('div', { class: 'ways', hidden: true }, tap, said);
  let refused = false;
  /** @param {View} view nobody hears it before the counsellor's program knows this seat */
  const update = (view) => {
    element.hidden = !view.online || !view.reached;
    if (view.knockRefused && !refused) rest('page.waiting.knocked-before');
    refused = view.knockRefused;
  };
  return { element, update, close: () => awake() };
}

/** The own small picture, and that nobody sees it yet. @param {Texts} texts @param {Devices} devices */
function ownSide(texts, devices) {
  const video = el('video', { id: 'self-video', class: 'mirror small', autoplay: true, muted: true, playsinline: true, 'aria-label': texts.say('page.self.label') });
  const unseen = el('p', { class: 'quiet' });
  const update = () => {
    const { audio, video: picture } = devices.tracks;
    video.muted = true;
    video.srcObject = devices.stream();
    video.className = devices.facing === 'user' ? 'mirror small' : 'small';
    video.hidden = picture === null;
    tell(unseen, texts.say(picture === null && audio === null ? 'page.waiting.devices-free' : 'page.waiting.unseen'));
  };
  return { element: el('div', { class: 'beside' }, video, unseen), update };
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
