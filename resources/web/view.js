/** Everything the screens need to know of one client's part in one appointment. Pure; knows no `document` and no `window`. */

/** @import {MediaLink} from './call.js' */
/** @import {Verdict} from './line.js' */
/** @import {Words} from './safety_words.js' */

/** Where the person is. `taken-over`: the same tab was opened twice. @typedef {'joining' | 'waiting' | 'room' | 'left' | 'ended' | 'removed' | 'replaced' | 'taken-over' | 'refused'} Phase */

/**
 * Everything the screens need to know; a new object for each change.
 * @typedef {object} View
 * @property {Phase} phase
 * @property {string} code why, if `phase` is `refused`; the reason, if it is `ended`; `waiting`, if the waiting room was `left`
 * @property {boolean} online the server knows this seat at the moment
 * @property {boolean} troubled the server cannot be reached
 * @property {boolean} reached the counsellor's program shows this seat
 * @property {boolean} sentBack
 * @property {string} notice what the counsellor told those who wait; empty if nothing
 * @property {number} noticeAt when, Unix seconds
 * @property {boolean} knockRefused the last knock came too soon after the one before
 * @property {boolean} peerPresent the counsellor's program is connected to the server
 * @property {MediaLink} media
 * @property {number} epoch
 * @property {boolean} peerMicrophone
 * @property {boolean} peerCamera
 * @property {boolean} peerScreen the counsellor shows a screen
 * @property {boolean} peerPaused the counsellor is away for a moment
 * @property {boolean} peerSpeaks
 * @property {boolean} ownSpeaks
 * @property {boolean} noChat the agency leaves it out @property {boolean} noScreen and this
 * @property {boolean} sharing we show our screen
 * @property {boolean} paused we are away for a moment
 * @property {Verdict} verdict on the line between the two
 * @property {Words} words
 */

/** Before anything happened. @type {View} */
export const START = Object.freeze({
  phase: 'joining',
  code: '',
  online: false,
  troubled: false,
  reached: false,
  sentBack: false,
  notice: '',
  noticeAt: 0,
  knockRefused: false,
  peerPresent: true,
  media: 'none',
  epoch: 0,
  peerMicrophone: true,
  peerCamera: true,
  peerScreen: false,
  peerPaused: false,
  peerSpeaks: false,
  ownSpeaks: false,
  noChat: false,
  noScreen: false,
  sharing: false,
  paused: false,
  verdict: 'unknown',
  words: Object.freeze({ state: 'pending', indices: [] }),
});
