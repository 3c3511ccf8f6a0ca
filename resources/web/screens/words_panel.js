/** The safety words: what they are for, the four words of the session's language, and what is to be done with them. */

import { el, icon, tell } from '../dom.js';

/** @import {Words} from '../safety_words.js' */
/** @import {Texts} from '../texts.js' */

/** @typedef {{language: string, words: string[]}} WordList */

/**
 * @param {Texts} texts @param {() => Promise<WordList>} wordList of the session's language
 * @param {() => void} close
 */
export function wordsPanel(texts, wordList, close) {
  const state = el('p', { role: 'status' });
  const list = el('ol', { class: 'words', 'aria-label': texts.say('page.words.list'), hidden: true });
  const element = el('section', { id: 'words-panel', class: 'panel', hidden: true, 'aria-labelledby': 'words-title' },
    el('div', { class: 'panel-head' },
      el('h2', { id: 'words-title', tabindex: '-1' }, texts.say('page.words.title')),
      el('button', { id: 'words-close', type: 'button', class: 'round', 'aria-label': texts.say('page.words.close'), click: close }, icon('close')),
    ),
    el('div', { class: 'panel-body', tabindex: '0', role: 'group', 'aria-labelledby': 'words-title' },
      el('p', {}, texts.say('page.words.what')),
      list, state,
      el('p', { class: 'quiet' }, texts.say('page.words.proof')),
    ),
  );
  let shown = '';
  /** @param {Words} words */
  const update = (words) => {
    tell(state, texts.say(`page.words.${words.state}`));
    element.dataset.words = words.state;
    list.hidden = words.indices.length === 0;
    const wanted = words.indices.join(' ');
    if (wanted === shown) return;
    shown = wanted;
    list.replaceChildren();
    if (wanted !== '') void read(words.indices, wordList).then((items) => wanted === shown && list.replaceChildren(...items));
  };
  return { element, update, focus: () => element.querySelector('h2')?.focus() };
}

/** Where a list cannot be had the numbers serve as well. @param {number[]} indices @param {() => Promise<WordList>} wordList */
async function read(indices, wordList) {
  /** @type {WordList} */
  let list = { language: '', words: [] };
  try {
    list = await wordList();
  } catch {
    // the numbers are shown
  }
  const language = list.language || false;
  return indices.map((index) => el('li', { 'data-index': index, lang: language }, list.words[index] ?? String(index)));
}
