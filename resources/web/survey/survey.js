/**
 * The survey after one session, from the right to the thanks. What it needs to go on after a reload lies in this tab's storage until the answers are counted or passed over, and nothing of it then.
 */

import { systemClock } from '../clock.js';
import { el } from '../dom.js';
import { Texts, getJson } from '../texts.js';
import { form, thanks } from './form.js';
import { NONE, SurveyError, begin, bodyOf, card, obtain, send } from './right.js';

/** @import {Clock} from '../clock.js' */
/** @import {Proof} from '../entry.js' */
/** @import {Asking, Card, Right, Variant} from './right.js' */

/** So long at most the answers wait, by chance, before they go: whoever listens on the line shall not see whose they are. The person waits for nothing. */
export const PAUSE_MS = 20_000;
/** Asking for the right again after a moment without network. */
const AGAIN_MS = 5_000;
/** Codes after which nothing can be mended. */
const LASTING = ['counted', 'right-spent', 'right-invalid', 'period-closed', 'malformed', 'too-large'];

/** What lies in the tab's storage. @typedef {{asking?: Asking, right?: Right, body?: string}} Kept */

/**
 * @typedef {object} Around
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage
 * @property {string} name in it
 * @property {Variant} variant
 * @property {Proof} proof names seat or link, only to ask for the right
 * @property {readonly string[]} plain easier texts that are there
 * @property {() => void} secured the right is there: seat and secret are of no more use
 * @property {() => void} over it is answered or passed over
 * @property {typeof fetch} [request]
 * @property {Clock} [clock]
 */

export class Survey {
  element = el('section', { id: 'survey', class: 'survey', 'aria-labelledby': 'survey-title', hidden: true });
  #around;
  #request;
  #clock;
  #texts;
  /** @type {Texts | null} */
  #plain = null;
  /** @type {Card | null} */
  #card = null;
  /** @type {Record<string, string>} */
  #chosen = {};
  #aboutOpen = false;
  #state = 'asking';
  #stop = () => {};
  #sending = false;
  /** @type {((state: string) => void) | null} */
  #say = null;

  /** @param {Texts} texts @param {Around} around */
  constructor(texts, around) {
    this.#texts = texts;
    this.#around = around;
    this.#request = around.request ?? ((/** @type {Parameters<typeof fetch>} */ ...all) => fetch(...all));
    this.#clock = around.clock ?? systemClock;
  }

  /** Gets the right and shows the questions; shows nothing if there is none to be had. @param {string} [site] whose keys, where they are not the server's own */
  async start(site) {
    try {
      if (this.#kept.body === undefined) {
        this.#card = await card(this.#request, this.#kept.asking?.site ?? site);
        await this.#right(this.#card);
      } else this.#goSoon(0);
      this.show(this.#texts);
    } catch (error) {
      if (!(error instanceof SurveyError)) throw error;
      if (['no-network', 'not-ready', 'too-many'].includes(error.code)) this.#stop = this.#clock.after(AGAIN_MS, () => void this.start(site));
      else if (error.code === 'conflict' && error.site !== undefined && site === undefined) await this.#startElsewhere(error.site);
      else this.#finish();
    }
  }

  /** The room is one of another site. @param {string} site */
  async #startElsewhere(site) {
    this.#keep({});
    await this.start(site);
  }

  /** @param {Card} open */
  async #right(open) {
    if (this.#kept.right !== undefined) return;
    const known = this.#kept.asking;
    const asking = known !== undefined && open.keys.some(({ quarter }) => quarter === known.quarter) ? known : await begin(open);
    this.#keep({ asking });
    this.#keep({ right: await obtain(this.#around.proof, asking, open, this.#request) });
    this.#around.secured();
  }

  /** @returns {Kept} */
  get #kept() {
    try {
      return /** @type {Kept} */ (JSON.parse(this.#around.storage.getItem(this.#around.name) ?? '{}'));
    } catch {
      return {};
    }
  }

  /** @param {Kept} kept */
  #keep(kept) {
    try {
      this.#around.storage.setItem(this.#around.name, JSON.stringify(kept));
    } catch {
      // Without storage it goes as long as the page stays.
    }
  }

  /** In another language, or for the first time. @param {Texts} texts */
  show(texts) {
    if (texts.language !== this.#texts.language) this.#plain = null;
    this.#texts = texts;
    if (this.#state === 'over') return;
    this.#aboutOpen = this.element.querySelector('details')?.open ?? this.#aboutOpen;
    const spoken = this.#plain ?? texts;
    const head = el('h2', { id: 'survey-title', tabindex: '-1' }, spoken.say(this.#state === 'asking' ? 'page.survey.title' : 'page.survey.thanks'));
    this.element.replaceChildren(head, this.#state === 'asking' ? this.#form(spoken) : this.#thanks(spoken));
    this.element.hidden = this.#state === 'asking' && this.#card === null;
  }

  /** @param {Texts} texts */
  #form(texts) {
    if (this.#card === null) return '';
    const made = form(texts, this.#card, this.#around.variant, this.#chosen, this.#other(), {
      send: () => this.#answer(),
      skip: () => this.#skip(),
      chosen: (id, answer) => (this.#chosen[id] = answer),
      plain: () => void this.#switch(),
    });
    const details = made.querySelector('details');
    if (details !== null) details.open = this.#aboutOpen;
    return made;
  }

  /** The wording that can be switched to. */
  #other() {
    const { language } = this.#texts;
    if (!this.#around.plain.includes(`${language}-simple`)) return null;
    return { label: this.#texts.say(this.#plain === null ? 'page.survey.plain' : 'page.survey.usual'), lang: language };
  }

  async #switch() {
    try {
      const { language } = this.#texts;
      const entries = this.#plain === null ? /** @type {Record<string, string>} */ (await getJson(`/i18n/${language}-simple.json`)) : null;
      this.#plain = entries === null ? null : new Texts(language, entries);
    } catch {
      return; // it stays as it was
    }
    this.show(this.#texts);
    this.#focus('#survey-plain');
  }

  /** @param {string} what */
  #focus(what) {
    /** @type {HTMLElement | null} */ (this.element.querySelector(what))?.focus();
  }

  /** @param {Texts} texts */
  #thanks(texts) {
    const { element, say } = thanks(texts, () => void this.#go());
    this.#say = say;
    say(this.#state);
    return element;
  }

  #skip() {
    this.#forget();
    this.#become('skipped');
  }

  #answer() {
    const { right } = this.#kept;
    const { variant } = this.#around;
    if (this.#card === null || right === undefined) return this.#become('right-invalid');
    const of = (/** @type {{id: string}[]} */ list) => Object.fromEntries(list.map(({ id }) => [id, this.#chosen[id] ?? NONE]));
    const answers = of(this.#card.questions.filter(({ asked }) => asked.includes(variant)));
    const spoken = /** @type {'de' | 'other'} */ (/^de\b/.test(this.#texts.language) ? 'de' : 'other');
    this.#keep({ body: bodyOf({ version: this.#card.version, spoken, variant, answers, about: of(this.#card.about) }, right) });
    this.#goSoon(this.#clock.chance() * PAUSE_MS);
    return undefined;
  }

  /** @param {number} ms */
  #goSoon(ms) {
    this.#become('waiting');
    this.#stop = this.#clock.after(ms, () => void this.#go());
  }

  /** The page is closed or loaded anew: now or never. */
  leave() {
    if (this.#state === 'waiting') void this.#go();
  }

  async #go() {
    const { body } = this.#kept;
    if (body === undefined || this.#sending) return;
    this.#stop();
    this.#sending = true;
    const code = await send(body, this.#request).catch((error) => (error instanceof SurveyError ? error.code : 'not-ready'));
    this.#sending = false;
    if (LASTING.includes(code)) this.#forget();
    else if (code === 'unknown-version') this.#askAgain(body);
    this.#become(code);
  }

  /** The right is still good, for the new questions. @param {string} body */
  #askAgain(body) {
    const { quarter, nonce, signature } = /** @type {Right} */ (JSON.parse(body));
    this.#keep({ right: { quarter, nonce, signature } });
  }

  /** @param {string} state */
  #become(state) {
    const asked = this.#state === 'asking';
    this.#state = state;
    if (!asked) return this.#say?.(state);
    this.show(this.#texts);
    return this.#focus('#survey-title');
  }

  /** Nothing of it stays. */
  #forget() {
    this.#around.storage.removeItem(this.#around.name);
    this.#around.over();
  }

  #finish() {
    this.#forget();
    this.#state = 'over';
    this.element.hidden = true;
  }
}
