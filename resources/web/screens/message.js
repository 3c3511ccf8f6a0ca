/** Screens that say one thing and what to do now: the other ways to talk, closed doors, the goodbye. */

import { button, el, icon, tell } from '../dom.js';
import { ahead } from './ahead.js';
import { facts } from './welcome.js';
import { callUs, heading, sheet } from './screen.js';

/** @import {Appointment} from '../look.js' */
/** @import {View} from '../view.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Ahead} from './ahead.js' */
/** @import {Screen} from './screen.js' */

/** @typedef {{texts: Texts, phone: string}} Speaker */
/** Another way to talk. @typedef {'phone' | 'visit' | 'other'} Way */

/** While the page is loading. @param {string} text empty before the first text is there @returns {Screen} */
export function loading(text) {
  const head = heading(text, 'quiet');
  return { element: sheet(head), heading: head };
}

/**
 * "Lieber per Telefon", "Lieber vor Ort": nothing is sent, nothing is lost.
 * @param {Speaker} speaker @param {Way} way @param {() => void} back
 * @returns {Screen}
 */
export function instead({ texts, phone }, way, back) {
  const head = heading(texts.say(`page.instead.${way}.title`));
  const element = sheet(head,
    el('p', {}, texts.say('page.instead.fine')),
    el('p', {}, texts.say(`page.instead.${way}.what`)),
    callUs(texts, phone),
    button('back', 'button wide', [texts.say('page.instead.back')], back),
  );
  return { element, heading: head };
}

/**
 * The waiting room is not open yet: when it opens, and that the page waits for it.
 * @param {Speaker} speaker @param {Appointment} appointment @param {Ahead & {again: () => void}} actions
 * @returns {Screen & {looked: (appointment: Appointment) => void}} `looked`: so it stands now
 */
export function early({ texts, phone }, appointment, actions) {
  const head = heading(texts.say('page.early.title'));
  const opens = el('p', { class: 'calm' });
  const element = sheet(head,
    facts(texts, appointment),
    opens,
    el('p', {}, texts.say('page.early.what')),
    ahead(texts, appointment, actions, true),
    button('again', 'button wide', [texts.say('page.again')], actions.again),
    callUs(texts, phone),
  );
  /** @param {Appointment} now */
  const looked = (now) => tell(opens, texts.say('page.early.opens', { time: texts.time(now.opens_at), ahead: texts.ahead(now.opens_at - now.now) }));
  looked(appointment);
  return { element, heading: head, looked };
}

/** Codes after which trying again can help. */
const PASSING = ['no-network', 'too-many', 'not-ready', 'room-full', 'too-early', 'conflict', 'unknown-seat', 'not-admitted'];
/** Codes after which a page that is loaded anew can be another one. */
const OUTDATED = ['malformed', 'unknown-type', 'too-large', 'out-of-order'];

/**
 * A door that stays closed, with the sentence for its code.
 * @param {Speaker} speaker @param {string} code of the wire, or `no-network` @param {() => void} again
 * @returns {Screen}
 */
export function closed({ texts, phone }, code, again) {
  const key = `page.error.${code}`;
  const head = heading(texts.say('page.closed.title'));
  const element = sheet(head,
    el('p', { role: 'alert' }, texts.say(texts.has(key) ? key : 'page.error.not-ready')),
    PASSING.includes(code) ? button('again', 'button main wide', [texts.say('page.again')], again) : null,
    code === 'unknown-code' ? el('a', { id: 'code-again', class: 'button main wide', href: '/' }, texts.say('page.code.again')) : null,
    OUTDATED.includes(code) ? button('reload', 'button main wide', [texts.say('page.reload')], () => location.reload()) : null,
    callUs(texts, phone),
  );
  return { element, heading: head };
}

/**
 * The link leads nowhere any more: the appointment is over, or was withdrawn before it began.
 * @param {Speaker} speaker @param {Appointment} appointment @returns {Screen}
 */
export function over({ texts, phone }, appointment) {
  const end = appointment.now < appointment.starts_at ? 'page.revoked.' : 'page.over.';
  const head = heading(texts.say(`${end}title`));
  return { element: sheet(head, facts(texts, appointment), el('p', {}, texts.say(`${end}what`)), callUs(texts, phone)), heading: head };
}

/** Ends of a conversation with a way back. @type {View['phase'][]} */
const WAYS_BACK = ['left', 'removed', 'taken-over'];

/** Beginnings of the keys of title and text. @type {Partial<Record<View['phase'], string>>} */
const ENDS = {
  left: 'page.left.',
  ended: 'page.ended.',
  removed: 'page.removed.',
  replaced: 'page.replaced.',
  'taken-over': 'page.taken-over.',
};

/** @param {View} view @returns {string} beginning of the keys */
function endOf(view) {
  if (view.phase === 'ended' && view.code === 'expired') return 'page.expired.';
  if (view.phase === 'ended' && view.code === 'revoked') return view.notice === 'colleague' ? 'page.colleague.' : 'page.revoked.';
  if (view.phase === 'ended' && view.code === 'phone') return 'page.phone-end.';
  if (view.phase === 'left' && view.code === 'waiting') return 'page.left-waiting.';
  return ENDS[view.phase] ?? 'page.ended.';
}

/**
 * Left, ended, removed, replaced, taken over. The devices are free by now, and the screen says so.
 * @param {Speaker} speaker @param {View} view @param {() => void} back
 * @returns {Screen}
 */
export function goodbye({ texts, phone }, view, back) {
  const end = endOf(view);
  const head = heading(texts.say(`${end}title`));
  const element = sheet(head,
    el('p', {}, texts.say(`${end}what`)),
    end === 'page.phone-end.' ? el('p', {}, texts.say('page.phone-end.later')) : null,
    el('p', { class: 'calm' }, icon('check'), el('span', {}, texts.say('page.goodbye.devices'))),
    WAYS_BACK.includes(view.phase) ? button('return', 'button main wide', [texts.say(`${end}back`)], back) : null,
    callUs(texts, phone),
  );
  return { element, heading: head };
}
