/** The first screen: who, what for, when, how long, voluntary; one button that is notice and agreement; two equal alternatives. */

import { button, el, icon } from '../dom.js';
import { ahead } from './ahead.js';
import { heading, sheet } from './screen.js';

/** @import {Appointment} from '../look.js' */
/** @import {Texts} from '../texts.js' */
/** @import {Ahead} from './ahead.js' */
/** @import {Screen} from './screen.js' */

/** So long after the beginning (s) the page says that one may still come. */
const LATE_S = 120;

/** @param {string} drawing @param {string} text */
const fact = (drawing, text) => el('li', {}, icon(drawing), el('span', {}, text));

/**
 * Who, when and how long.
 * @param {Texts} texts @param {Appointment} appointment
 */
export function facts(texts, { label, starts_at: at, minutes }) {
  return el('ul', { class: 'facts' },
    fact('person', label),
    fact('calendar', texts.date(at)),
    fact('clock', texts.say('page.welcome.time', { time: texts.time(at), minutes })),
  );
}

/** What happens with data, in plain words, and the way to the whole text. @param {Texts} texts */
function dataNotice(texts) {
  return el('details', { class: 'notice' },
    el('summary', {}, texts.say('page.welcome.data')),
    el('ul', {},
      el('li', {}, texts.say('page.welcome.data.direct')),
      el('li', {}, texts.say('page.welcome.data.recording')),
      el('li', {}, texts.say('page.welcome.data.server')),
      el('li', {}, texts.say('page.welcome.data.withdraw')),
    ),
    el('p', {}, el('a', { href: '/info', target: '_blank', rel: 'noopener' }, texts.say('page.welcome.data.more'))),
  );
}

/**
 * @param {Texts} texts @param {Appointment} appointment
 * @param {Ahead & {agree: () => void, instead: (way: 'phone' | 'visit') => void}} actions
 * @returns {Screen}
 */
export function welcome(texts, appointment, actions) {
  const head = heading(texts.say('page.welcome.title'));
  const late = appointment.now > appointment.starts_at + LATE_S;
  const element = sheet(head,
    facts(texts, appointment),
    late ? el('p', { class: 'calm' }, texts.say('page.welcome.late', { time: texts.time(appointment.starts_at) })) : null,
    el('p', {}, texts.say('page.welcome.purpose')),
    el('p', { id: 'voluntary' }, texts.say('page.welcome.voluntary')),
    el('div', { class: 'choice' },
      el('button', { id: 'agree', type: 'button', class: 'button main wide', 'aria-describedby': 'voluntary agreement', click: actions.agree },
        icon('check'), texts.say('page.welcome.agree')),
      el('p', { id: 'agreement', class: 'quiet' }, texts.say('page.welcome.agreement')),
      el('div', { class: 'pair' },
        button('instead-phone', 'button', [icon('phone'), texts.say('page.welcome.phone')], () => actions.instead('phone')),
        button('instead-visit', 'button', [icon('house'), texts.say('page.welcome.visit')], () => actions.instead('visit')),
      ),
    ),
    ahead(texts, appointment, actions, false),
    dataNotice(texts),
  );
  return { element, heading: head };
}
