/** Reads the page's texts as the server would give them. */
import { readFileSync, readdirSync } from 'node:fs';

import { Texts } from '../../../resources/web/texts.js';

/** @param {string} language */
export function catalogue(language) {
  const folder = new URL(`../../../resources/i18n/${language}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => /^page(\..+)?\.po$/.test(name));
  const po = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
  return new Texts(language, Object.fromEntries([...po.matchAll(/^msgid "(page.+)"\nmsgstr "(.+)"$/gm)].map(([, key, text]) => [key, text])));
}
