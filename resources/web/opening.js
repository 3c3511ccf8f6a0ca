/**
 * Opens a page: `data-page` of the document names the module; in a browser that is too old (`old_browser.js`) none. Whatever fails on the way there (a file, the texts) leaves no blank
 * page, but the sentences of the document itself, with a button that loads it again. Twice the page does that by itself: a telephone that changes its network in the middle of it needs no tap.
 */

const TRIES = 'opening-tries';
/** Pauses before the page loads itself again (ms). */
const AGAIN_MS = [800, 4_000];

/** How often this tab has loaded itself again. Where nothing can be kept: often enough. */
function tries() {
  try {
    return Number(sessionStorage.getItem(TRIES));
  } catch {
    return AGAIN_MS.length;
  }
}

/** @param {number} number */
function keepTries(number) {
  try {
    if (number === 0) sessionStorage.removeItem(TRIES);
    else sessionStorage.setItem(TRIES, String(number));
  } catch {
    // then there is nothing to be counted
  }
}

document.documentElement.dataset.opening = '';
try {
  const { page, tooOld } = document.documentElement.dataset;
  if (tooOld === undefined) await import(`./${page}.js`);
  keepTries(0);
} catch (error) {
  const sorry = document.getElementById('unopened');
  sorry?.querySelector('button')?.addEventListener('click', () => location.reload());
  sorry?.removeAttribute('hidden');
  const tried = tries();
  if (tried < AGAIN_MS.length) {
    keepTries(tried + 1);
    setTimeout(() => location.reload(), AGAIN_MS[tried]);
  }
  throw error;
}

export {};
