/** The written part of the conversation. The lines live in memory only and go with the page. */

import { button, el, icon, tell } from '../dom.js';
import { MAX_LINE } from '../talk.js';

/** @import {Texts} from '../texts.js' */

/** @typedef {{id: string, text: string, own: boolean, seen: boolean}} Line */

/** All lines of this page load, in order. */
export class ChatLog {
  /** @type {Line[]} */
  lines = [];
  /** What is being written. */
  draft = '';

  /** @param {Line} line */
  add(line) {
    this.lines.push(line);
  }

  /** @param {string} id of one of our lines: it arrived */
  seen(id) {
    for (const line of this.lines) if (line.id === id) line.seen = true;
  }
}

/**
 * @param {Texts} texts @param {ChatLog} log
 * @param {{say: (text: string) => void, close: () => void}} actions
 */
export function chatPanel(texts, log, { say, close }) {
  const list = el('ol', {});
  const history = el('div', { id: 'chat-lines', class: 'lines', role: 'log', tabindex: '0', 'aria-label': texts.say('page.chat.lines') }, list);
  const field = el('textarea', { id: 'chat-text', rows: 1, maxlength: MAX_LINE, autocomplete: 'off', dir: 'auto' });
  field.value = log.draft;
  field.addEventListener('input', () => (log.draft = field.value));
  const empty = el('p', { class: 'quiet' }, texts.say('page.chat.empty'));
  const submit = () => {
    const text = field.value.trim();
    if (text === '') return;
    field.value = log.draft = '';
    say(text);
    field.focus();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const element = el('section', { id: 'chat', class: 'panel', hidden: true, 'aria-labelledby': 'chat-title' },
    el('div', { class: 'panel-head' },
      el('h2', { id: 'chat-title' }, texts.say('page.chat.title')),
      el('button', { id: 'chat-close', type: 'button', class: 'round', 'aria-label': texts.say('page.chat.close'), click: close }, icon('close')),
    ),
    empty, history,
    el('div', { class: 'write' },
      el('label', { for: 'chat-text' }, texts.say('page.chat.write')),
      el('div', { class: 'row' }, field, button('chat-send', 'button main', [icon('send'), el('span', {}, texts.say('page.chat.send'))], submit)),
    ),
  );
  const update = () => {
    empty.hidden = log.lines.length > 0;
    history.hidden = !empty.hidden;
    for (const line of log.lines.slice(list.children.length)) list.append(lineItem(texts, line));
    log.lines.forEach((line, k) => showState(texts, list.children[k], line));
    history.scrollTop = history.scrollHeight;
  };
  update();
  return { element, update, focus: () => field.focus() };
}

/** @param {Texts} texts @param {Line} line */
function lineItem(texts, line) {
  return el('li', { class: line.own ? 'own' : 'other', 'data-id': line.id },
    el('span', { class: 'who' }, texts.say(line.own ? 'page.chat.you' : 'page.chat.counsellor')),
    el('span', { class: 'text', dir: 'auto' }, line.text),
    line.own ? el('span', { class: 'state' }) : null,
  );
}

/** @param {Texts} texts @param {Element | undefined} item @param {Line} line */
function showState(texts, item, line) {
  const state = item?.querySelector('.state');
  if (state instanceof HTMLElement) tell(state, texts.say(line.seen ? 'page.chat.seen' : 'page.chat.sending'));
}
