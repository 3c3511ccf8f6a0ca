/** What the survey shows: the form, and the thanks with what became of the answers. One fieldset for each question, "no answer" chosen from the beginning. */

import { button, el, icon, tell } from '../dom.js';
import { NONE } from './right.js';

/** @import {Texts} from '../texts.js' */
/** @import {Card, Variant} from './right.js' */

/** Question → answer. @typedef {Record<string, string>} Chosen */
/** @typedef {{send: () => void, skip: () => void, chosen: (id: string, answer: string) => void, plain: () => void}} Actions */

/** @param {Texts} texts @param {string} id @param {string} answer */
function wording(texts, id, answer) {
  if (/^\d+$/.test(answer)) return answer;
  const own = `page.survey.a.${id}.${answer}`;
  return texts.say(texts.has(own) ? own : `page.survey.a.${answer}`);
}

/** @param {Texts} texts @param {string} id @param {string[]} answers @param {Chosen} chosen @param {Actions} actions */
function question(texts, id, answers, chosen, actions) {
  const scale = answers.every((answer) => /^\d+$/.test(answer));
  const options = [...answers, NONE].map((answer) =>
    el('label', { class: 'option' },
      el('input', { type: 'radio', name: id, value: answer, checked: (chosen[id] ?? NONE) === answer, change: () => actions.chosen(id, answer) }),
      el('span', {}, wording(texts, id, answer)),
    ));
  return el('fieldset', { id: `survey-${id}`, class: scale ? 'scale' : '' },
    el('legend', {}, texts.say(`page.survey.q.${id}`)),
    el('div', { class: 'options' }, ...options),
  );
}

/**
 * @param {Texts} texts @param {Card} card @param {Variant} variant @param {Chosen} chosen @param {{label: string, lang: string} | null} plain the other wording that is there @param {Actions} actions
 */
export function form(texts, card, variant, chosen, plain, actions) {
  const asked = card.questions.filter(({ asked: variants }) => variants.includes(variant));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.send();
  };
  return el('form', { id: 'survey-form', 'aria-labelledby': 'survey-title', submit },
    el('p', {}, texts.say(`page.survey.intro.${variant}`)),
    el('p', { class: 'quiet' }, texts.say('page.survey.anonymous')),
    el('div', { class: 'pair' },
      plain === null ? null : el('button', { id: 'survey-plain', type: 'button', class: 'button', lang: plain.lang, click: actions.plain }, plain.label),
      button('survey-skip-now', 'button', [icon('close'), texts.say('page.survey.skip')], actions.skip),
    ),
    ...asked.map(({ id, answers }) => question(texts, id, answers, chosen, actions)),
    el('details', { class: 'notice' },
      el('summary', {}, texts.say('page.survey.about')),
      el('p', { class: 'quiet' }, texts.say('page.survey.about.why')),
      ...card.about.map(({ id, answers }) => question(texts, id, answers, chosen, actions)),
    ),
    el('div', { class: 'pair' },
      el('button', { id: 'survey-send', type: 'submit', class: 'button' }, icon('check'), texts.say('page.survey.send')),
      button('survey-skip', 'button', [icon('close'), texts.say('page.survey.skip')], actions.skip),
    ),
  );
}

/**
 * After the form: thanks, and what becomes of the answers.
 * @param {Texts} texts @param {() => void} again
 */
export function thanks(texts, again) {
  const news = el('p', { id: 'survey-news', role: 'status' });
  const retry = button('survey-again', 'button wide', [texts.say('page.again')], again);
  const reload = button('survey-reload', 'button wide', [texts.say('page.reload')], () => location.reload());
  /** @param {string} state `waiting`, `counted`, `skipped`, or a code */
  const say = (state) => {
    const own = `page.survey.news.${state}`;
    const error = `page.error.${state}`;
    tell(news, texts.say(texts.has(own) ? own : texts.has(error) ? error : 'page.error.not-ready'));
    news.dataset.state = state;
    retry.hidden = !['no-network', 'not-ready', 'too-many'].includes(state);
    reload.hidden = state !== 'unknown-version';
  };
  return { element: el('div', { class: 'ways-on' }, news, retry, reload), say };
}
