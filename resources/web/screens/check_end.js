/** What came out of the guided check: "Geschafft" and what comes next, or the one thing to do now, and who can be asked. */

import { button, el, icon } from '../dom.js';
import { DRAWINGS } from './rehearsal.js';
import { callUs, heading, sheet } from './screen.js';
import { facts } from './welcome.js';

/** @import {Verdict} from '../check_rules.js' */
/** @import {Appointment} from '../look.js' */
/** @import {Outcome, Part} from '../reports.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Speaker} from './message.js' */
/** @import {Screen} from './screen.js' */

/** @typedef {{outcomes: {part: Part, outcome: Outcome}[], verdict: Verdict, soundAlone: boolean, appointment: Appointment | null}} Found */

/** Whose thing it is, what it is, and the one thing to do. @param {Texts} texts @param {Verdict} verdict */
function toMend(texts, { blame, fault, others }) {
  if (fault === '') return [];
  const rest = others.map((other) => el('li', { 'data-fault': other }, texts.say(`page.fault.${other}.sentence`), ' ', texts.say(`page.fault.${other}.action`)));
  return [
    el('div', { class: 'caution', id: 'verdict', 'data-fault': fault, 'data-blame': blame },
      el('p', {}, el('strong', {}, texts.say(`page.rehearsal.blame.${blame}`), ': '), texts.say(`page.fault.${fault}.sentence`)),
      el('p', {}, el('strong', {}, texts.say('page.rehearsal.end.then'), ' '), texts.say(`page.fault.${fault}.action`)),
    ),
    rest.length === 0 ? null : el('details', { class: 'notice' }, el('summary', {}, texts.say('page.rehearsal.end.others')), el('ul', {}, ...rest)),
  ];
}

/**
 * @param {Speaker} speaker @param {Found} found @param {{done: () => void, again: () => void, callMe: () => void}} actions
 * @returns {Screen}
 */
export function ended({ texts, phone }, { outcomes, verdict, soundAlone, appointment }, { done, again, callMe }) {
  const help = verdict.outcome === 'failed';
  const checked = outcomes.some(({ outcome }) => outcome !== 'unknown');
  const head = heading(texts.say(`page.rehearsal.end.${help ? 'help' : checked ? 'well' : 'fine'}`));
  const rows = outcomes.map(({ part, outcome }) => el('li', { 'data-part': part, 'data-outcome': outcome },
    icon(DRAWINGS[part]),
    el('span', {}, texts.say(`page.rehearsal.${part}.name`), ': ',
      texts.say(part === 'camera' && soundAlone ? 'page.rehearsal.camera.sound-alone' : `page.rehearsal.outcome.${outcome}`)),
  ));
  const call = [
    el('p', {}, texts.say('page.rehearsal.end.help-us')),
    button('call-me', 'button wide', [icon('phone'), texts.say('page.wish.call-me')], callMe),
    callUs(texts, phone),
  ];
  const finish = button('done', help ? 'button wide' : 'button main wide', [texts.say('page.rehearsal.end.done')], done);
  const once = button('rehearse-again', help ? 'button main wide' : 'button wide', [icon('turn'), texts.say('page.rehearsal.end.again')], again);
  const next = appointment === null ? [] : [el('p', {}, texts.say('page.rehearsal.end.next')), facts(texts, appointment)];
  const element = sheet(head,
    ...(help ? [...toMend(texts, verdict), once, ...call] : [...next, finish, ...toMend(texts, verdict), ...(verdict.fault === '' ? [] : call)]),
    el('ul', { class: 'facts outcomes' }, ...rows),
    help ? finish : once,
    el('p', { class: 'quiet' }, texts.say('page.rehearsal.end.told')),
    verdict.fault === '' ? callUs(texts, phone) : null,
  );
  return { element, heading: head };
}
