/** `/r`: builds the journey for the link in the address bar, or for the code that was typed on `/`, and hands it the browser's news. */

import { Journey } from './journey.js';
import { BY_CODE, CODE_PLACE, byCode, byLink } from './entry.js';
import { findAdapters } from './peer.js';
import { watchNetwork } from './network.js';
import { Texts, getJson, pickLanguage, remembered } from './texts.js';

/** @import {Site} from './texts.js' */

/** Served in training only. @type {string} */
const TRAINING = '/static/training.js';

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no #${id}`);
  return element;
}

/** @param {string} fragment @returns {Promise<import('./entry.js').Entry | null>} null if the code is to be typed first */
async function enter(fragment) {
  if (fragment !== BY_CODE) return byLink(fragment, isSecureContext);
  const code = remembered(CODE_PLACE);
  return code === null ? null : byCode(code, sessionStorage);
}

async function main() {
  findAdapters();
  const entry = await enter(location.hash.slice(1));
  if (entry === null) return location.replace('/');
  const site = /** @type {Site} */ (await getJson('/site.json'));
  const texts = await Texts.load(pickLanguage(site.languages, navigator.languages, remembered()));
  if (site.training) (await import(TRAINING)).begin(texts.say('page.training.mark'));
  const journey = new Journey(byId('page'), byId('bar'), site, texts, entry);
  window.addEventListener('hashchange', () => location.reload());
  watchNetwork(() => journey.online(), window, 'connection' in navigator ? /** @type {import('./network.js').Connection} */ (navigator.connection) : undefined);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && journey.seen());
  document.addEventListener('click', (event) => event.isTrusted && journey.tapped(), true);
  await journey.start();
  return undefined;
}

await main();
