/**
 * Opens a page: `data-page` of the document names the module; in a browser that is too old (`old_browser.js`) none. Whatever fails on the way there (a file, the texts) leaves no blank
 * page, but the sentences of the document itself, with a button that loads it again.
 */

try {
  const { page, tooOld } = document.documentElement.dataset;
  if (tooOld === undefined) await import(`./${page}.js`);
} catch (error) {
  const sorry = document.getElementById('unopened');
  sorry?.querySelector('button')?.addEventListener('click', () => location.reload());
  sorry?.removeAttribute('hidden');
  throw error;
}

export {};
