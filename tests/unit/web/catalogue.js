/** Reads the page's texts as the server would give them. */
import { readFileSync } from 'node:fs';

import { Texts } from '../../../resources/web/texts.js';

/** @param {string} language */
export function catalogue(language) {
  const po = readFileSync(new URL(`../../../resources/i18n/${language}/page.po`, import.meta.url), 'utf8');
  return new Texts(language, Object.fromEntries([...po.matchAll(/^msgid "(page.+)"\nmsgstr "(.+)"$/gm)].map(([, key, text]) => [key, text])));
}
