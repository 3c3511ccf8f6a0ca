/** The page's texts in the chosen language, from `/i18n/LANG.json`. Knows no `document`. */

import { systemClock } from './clock.js';

const CHOICE = 'language';
/** Pauses before the further tries (ms): a packet is lost, a server starts again, or there were too many requests for a moment. */
export const PAUSES = [400, 1_200, 3_000];

/** `plain`: easier texts of a language, for instance `de-simple`. @typedef {{label: string, phone: string, languages: string[], plain?: string[], training?: boolean}} Site */

/**
 * The language to begin with: what this tab chose before, else the first of the browser's that we have, else our first.
 * @param {readonly string[]} ours @param {readonly string[]} browser BCP 47 tags, best first @param {string | null} chosen
 */
export function pickLanguage(ours, browser, chosen) {
  if (chosen !== null && ours.includes(chosen)) return chosen;
  for (const wish of browser.map((tag) => tag.toLowerCase())) {
    const found = ours.find((tag) => tag === wish) ?? ours.find((tag) => tag === wish.split('-')[0]);
    if (found !== undefined) return found;
  }
  return ours[0] ?? 'de';
}

/** How a language calls itself. @param {string} tag */
export function ownName(tag) {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

/** @param {string} tag @returns {'ltr' | 'rtl'} */
export const direction = (tag) => (/^(ar|fa|he|ps|ur|ckb|sd|yi)\b/.test(tag) ? 'rtl' : 'ltr');

/** @param {string} name @returns {string | null} */
export function remembered(name = CHOICE) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} tag */
export function remember(tag) {
  try {
    sessionStorage.setItem(CHOICE, tag);
  } catch {
    // then the choice holds until the page is loaded again
  }
}

class StatusError extends Error {
  /** @param {string} path @param {number} status of HTTP */
  constructor(path, status) {
    super(`${path}: ${status}`);
    this.status = status;
  }
}

/**
 * Tries again a few times, unless the answer is that there is no such thing.
 * @param {string} path @param {typeof fetch} request
 * @param {Pick<import('./clock.js').Clock, 'after'>} clock
 * @returns {Promise<unknown>}
 */
export async function getJson(path, request = fetch, clock = systemClock) {
  for (const pause of [...PAUSES, null]) {
    try {
      const answer = await request(path);
      if (answer.ok) return await answer.json();
      throw new StatusError(path, answer.status);
    } catch (error) {
      const lasting = error instanceof StatusError && error.status < 500 && error.status !== 429;
      if (pause === null || lasting) throw error;
      await new Promise((resolve) => clock.after(pause, () => resolve(undefined)));
    }
  }
  return undefined;
}

/** Every text of one language. */
export class Texts {
  #entries;

  /** @param {string} language @param {Record<string, string>} entries */
  constructor(language, entries) {
    this.language = language;
    this.#entries = entries;
  }

  /** @param {string} language @returns {Promise<Texts>} */
  static async load(language) {
    return new Texts(language, /** @type {Record<string, string>} */ (await getJson(`/i18n/${language}.json`)));
  }

  /**
   * The text behind a key with its `{places}` filled in.
   * @param {string} key @param {Record<string, string | number>} values
   */
  say(key, values = {}) {
    const text = this.#entries[key];
    if (text === undefined) throw new Error(`no text ${key} in ${this.language}`);
    return text.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
  }

  /** @param {string} key */
  has(key) {
    return key in this.#entries;
  }

  /** For example "Dienstag, 24. November 2026", in Germany's time. @param {number} unix seconds */
  date(unix) {
    return this.#format(unix, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  }

  /** For example "10:30", in Germany's time. @param {number} unix seconds */
  time(unix) {
    return this.#format(unix, { hour: '2-digit', minute: '2-digit' });
  }

  /** For example "in 45 Minuten". @param {number} seconds at least 0; rounded up to minutes, hours or days */
  ahead(seconds) {
    const [unit, length] = seconds > 36 * 3600 ? /** @type {const} */ (['day', 86_400]) : seconds > 90 * 60 ? /** @type {const} */ (['hour', 3600]) : /** @type {const} */ (['minute', 60]);
    return new Intl.RelativeTimeFormat(this.language).format(Math.max(1, Math.ceil(seconds / length)), unit);
  }

  /** @param {number} unix @param {Intl.DateTimeFormatOptions} options */
  #format(unix, options) {
    return new Intl.DateTimeFormat(this.language, { timeZone: 'Europe/Berlin', ...options }).format(unix * 1000);
  }
}
