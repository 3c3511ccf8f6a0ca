import assert from 'node:assert/strict';
import test from 'node:test';

import { UNLIMITED, bitrates, bound, scaleOf, stricter } from '../../../resources/web/sending.js';

const track = (width, height) => ({ getSettings: () => ({ width, height }) });

test('the stricter of two wishes holds in each respect; 0 is none', () => {
  assert.deepEqual(stricter({ height: 360, kbps: 0 }, { height: 720, kbps: 500 }), { height: 360, kbps: 500 });
  assert.deepEqual(stricter(UNLIMITED, UNLIMITED), UNLIMITED);
});

test('sound keeps its part; a shown screen gets more of the rest than the camera', () => {
  assert.deepEqual(bitrates({ height: 0, kbps: 400 }, false), { camera: 360_000, screen: 360_000 });
  assert.deepEqual(bitrates({ height: 0, kbps: 400 }, true), { camera: 90_000, screen: 270_000 });
  assert.deepEqual(bitrates(UNLIMITED, true), { camera: 2_500_000, screen: 3_000_000 });
  assert.ok(bitrates({ height: 0, kbps: 1 }, true).camera > 0);
});

test('a picture is made as small as wished for, upright or not, and never larger', () => {
  assert.equal(scaleOf({ height: 360, kbps: 0 }, track(1280, 720)), 2);
  assert.equal(scaleOf({ height: 360, kbps: 0 }, track(720, 1280)), 2);
  assert.equal(scaleOf({ height: 720, kbps: 0 }, track(640, 360)), 1);
  assert.equal(scaleOf(UNLIMITED, null), 1);
});

test('a browser that refuses the parameters goes on sending', async () => {
  const asked = [];
  const sender = { getParameters: () => ({ encodings: [{}] }), setParameters: (parameters) => asked.push(parameters) && Promise.reject(new TypeError()) };
  await bound(sender, 1, 2, 'maintain-framerate');
  assert.deepEqual(asked, [{ encodings: [{ maxBitrate: 1, scaleResolutionDownBy: 2 }], degradationPreference: 'maintain-framerate' }]);
});
