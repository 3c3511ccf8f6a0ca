/** The browser's news of the network: it is back, or it is another one (from Wi-Fi to the mobile network). */

/** What Chromium tells of the network; other browsers tell nothing. @typedef {EventTarget & {type?: string}} Connection */

/**
 * @param {() => void} changed
 * @param {EventTarget} browser
 * @param {Connection | undefined} connection its `change` also tells of mere estimates, so only another kind of network counts
 */
export function watchNetwork(changed, browser, connection) {
  let kind = connection?.type;
  browser.addEventListener('online', changed);
  connection?.addEventListener('change', () => {
    if (connection.type === kind) return;
    kind = connection.type;
    changed();
  });
}
