/** The pages that are only read, `/` and `/info`: headings and paragraphs from the catalogue, the bar above. */

import { Bar } from './bar.js';
import { el } from './dom.js';
import { Texts, getJson, pickLanguage, remember, remembered } from './texts.js';

/** @import {Site} from './texts.js' */

/**
 * @param {(texts: Texts, site: Site) => HTMLElement[]} content the first is the heading
 */
export async function paper(content) {
  const site = /** @type {Site} */ (await getJson('/site.json'));
  const bar = new Bar(/** @type {HTMLElement} */ (document.getElementById('bar')), site.languages, async (language) => {
    await show(language);
    remember(language);
  });
  /** @param {string} language */
  const show = async (language) => {
    const texts = await Texts.load(language);
    const parts = content(texts, site);
    bar.show(texts, site.phone);
    document.getElementById('page')?.replaceChildren(el('article', { class: 'sheet' }, ...parts));
    document.title = texts.say('page.title', { screen: parts[0]?.textContent ?? '' });
  };
  await show(pickLanguage(site.languages, navigator.languages, remembered()));
}
