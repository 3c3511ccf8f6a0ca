import assert from 'node:assert/strict';
import test from 'node:test';

import { watchNetwork } from '../../../resources/web/network.js';

test('the network is back, or is of another kind; an estimate is no news', () => {
  const [browser, connection] = [new EventTarget(), Object.assign(new EventTarget(), { type: 'wifi' })];
  let heard = 0;
  watchNetwork(() => (heard += 1), browser, connection);
  connection.dispatchEvent(new Event('change'));
  assert.equal(heard, 0);
  connection.type = 'cellular';
  connection.dispatchEvent(new Event('change'));
  browser.dispatchEvent(new Event('online'));
  assert.equal(heard, 2);
});

test('a browser that tells nothing of its network still says when it is back', () => {
  const browser = new EventTarget();
  let heard = 0;
  watchNetwork(() => (heard += 1), browser, undefined);
  browser.dispatchEvent(new Event('online'));
  assert.equal(heard, 1);
});
