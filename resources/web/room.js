/** `/r`: builds the journey for the link in the address bar and hands it the browser's news. */

import { Journey } from './journey.js';
import { isToken, lookKey } from './look.js';
import { findAdapters } from './peer.js';
import { watchNetwork } from './network.js';
import { Texts, getJson, pickLanguage, remembered } from './texts.js';

/** @import {Site} from './texts.js' */

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no #${id}`);
  return element;
}

async function main() {
  findAdapters();
  const token = location.hash.slice(1);
  const site = /** @type {Site} */ (await getJson('/site.json'));
  const texts = await Texts.load(pickLanguage(site.languages, navigator.languages, remembered()));
  const journey = new Journey(byId('page'), byId('bar'), site, texts, { token, key: isToken(token) && isSecureContext ? await lookKey(token) : '' });
  window.addEventListener('hashchange', () => location.reload());
  watchNetwork(() => journey.online(), window, 'connection' in navigator ? /** @type {import('./network.js').Connection} */ (navigator.connection) : undefined);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && journey.seen());
  await journey.start();
}

await main();
