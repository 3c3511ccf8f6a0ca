/** Nine digits from the phone call. Where they lead is the server's business; the tab keeps them until it has a seat. */

import { DIGITS, codeLook, digitsOf, inThrees } from '../code.js';
import { el, tell } from '../dom.js';
import { BY_CODE, CODE_PLACE } from '../entry.js';
import { LookError } from '../look.js';

/** @import {Texts} from '../texts.js' */

/**
 * @param {Texts} texts
 * @param {(code: string) => Promise<unknown>} ask where it leads
 * @param {(code: string) => void} go
 * @returns {HTMLElement}
 */
export function codeForm(texts, ask = codeLook, go = enter) {
  const field = el('input', {
    id: 'code', type: 'text', inputmode: 'numeric', autocomplete: 'off', dir: 'ltr', 'aria-describedby': 'code-what code-news', input: () => write(field),
  });
  const news = el('p', { id: 'code-news', class: 'caution', role: 'alert', hidden: true });
  const submit = el('button', { id: 'code-go', class: 'button main wide' }, texts.say('page.code.go'));
  let busy = false;
  /** @param {string} text empty for none */
  const say = (text) => {
    news.hidden = text === '';
    tell(news, text);
    if (text === '') field.removeAttribute('aria-invalid');
    else field.setAttribute('aria-invalid', 'true');
  };
  const send = async () => {
    const digits = digitsOf(field.value);
    if (busy) return;
    if (digits.length !== DIGITS) return wrong(texts.say('page.code.digits', { count: digits.length }));
    busy = true;
    say('');
    tell(submit, texts.say('page.code.asking'));
    try {
      await ask(digits);
      go(digits);
    } catch (error) {
      const code = error instanceof LookError ? error.code : 'not-ready';
      wrong(texts.say(`page.error.${code}`));
    } finally {
      busy = false;
      tell(submit, texts.say('page.code.go'));
    }
  };
  /** @param {string} text */
  const wrong = (text) => {
    say(text);
    field.focus();
  };
  /** @param {Event} event */
  const submitted = (event) => {
    event.preventDefault();
    void send();
  };
  return el('form', { class: 'code', submit: submitted, novalidate: true },
    el('h2', {}, texts.say('page.code.title')),
    el('label', { for: 'code' }, texts.say('page.code.label')),
    field,
    el('p', { id: 'code-what', class: 'quiet' }, texts.say('page.code.what')),
    news,
    submit,
  );
}

/** Keeps what is typed in threes, unless somebody mends something in the middle. @param {HTMLInputElement} field */
function write(field) {
  if (field.selectionStart !== field.value.length) return;
  const digits = digitsOf(field.value);
  const shown = inThrees(digits.slice(0, DIGITS));
  if (digits.length <= DIGITS && shown !== field.value.trimEnd()) field.value = shown;
}

/** Into the waiting room's page; what this tab knew of another code is forgotten. @param {string} code */
function enter(code) {
  if (sessionStorage.getItem(CODE_PLACE) !== code) {
    for (const name of [`seat/${BY_CODE}`, 'appointment']) sessionStorage.removeItem(name);
  }
  sessionStorage.setItem(CODE_PLACE, code);
  location.assign(`/r#${BY_CODE}`);
}
