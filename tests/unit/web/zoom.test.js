import assert from 'node:assert/strict';
import test from 'node:test';

import { Zoom } from '../../../resources/web/zoom.js';

/** A Full HD screen on a telephone. */
function phone() {
  const zoom = new Zoom();
  zoom.resize({ width: 320, height: 400 }, { width: 1920, height: 1080 });
  return zoom;
}

const rounded = ({ x, y, width, height }) => [x, y, width, height].map(Math.round);

test('at first the whole picture fits and stands in the middle', () => {
  assert.deepEqual(rounded(phone().box), [0, 110, 320, 180]);
});

test('what is under the finger stays there', () => {
  const zoom = phone();
  zoom.scale(6);
  const finger = { x: 100, y: 150 };
  const under = ({ x, y, width, height }) => [(finger.x - x) / width, (finger.y - y) / height].map((one) => one.toFixed(3));
  const before = under(zoom.box);
  zoom.scale(1.7, finger);
  assert.deepEqual(under(zoom.box), before);
  zoom.scale(1 / 1.7, finger);
  assert.deepEqual(under(zoom.box), before);
});

test('no empty edge: it cannot be pushed further than the picture goes', () => {
  const zoom = phone();
  zoom.scale(4);
  zoom.push(9_999, 9_999);
  assert.deepEqual(rounded(zoom.box).slice(0, 2), [0, 0]);
  zoom.push(-9_999, -9_999);
  const { x, y, width, height } = zoom.box;
  assert.deepEqual([Math.round(x + width), Math.round(y + height)], [320, 400]);
});

test('a tap twice shows one pixel as one, and the whole again', () => {
  const zoom = phone();
  zoom.toggle({ x: 10, y: 200 });
  assert.equal(Math.round(zoom.box.width), 1920);
  zoom.toggle({ x: 10, y: 200 });
  assert.deepEqual(rounded(zoom.box), [0, 110, 320, 180]);
});

test('never smaller than the whole, never larger than two pixels for one', () => {
  const zoom = phone();
  zoom.scale(0.1);
  assert.equal(zoom.factor, 1);
  zoom.scale(99);
  assert.equal(Math.round(zoom.box.width), 3840);
});

test('a telephone that is turned keeps what stood in the middle', () => {
  const zoom = phone();
  zoom.scale(5);
  zoom.push(80, 40);
  const share = ({ x, y, width, height }, frame) => [(frame[0] / 2 - x) / width, (frame[1] / 2 - y) / height].map((one) => one.toFixed(2));
  const before = share(zoom.box, [320, 400]);
  zoom.resize({ width: 300, height: 400 }, { width: 1920, height: 1080 });
  assert.deepEqual(share(zoom.box, [300, 400]), before);
  zoom.resize({ width: 0, height: 0 }, { width: 1920, height: 1080 });
  assert.ok(Number.isFinite(zoom.box.x));
});
