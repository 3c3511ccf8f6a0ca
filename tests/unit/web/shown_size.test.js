import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ManualClock } from './fakes.js';

/** The last observer made, so that a test can say that the size changed. */
let observer;
globalThis.ResizeObserver = class {
  constructor(changed) {
    this.changed = changed;
    observer = this;
  }
  observe(element) {
    this.element = element;
  }
  disconnect() {
    this.element = null;
  }
};
globalThis.devicePixelRatio = 1;
const { ShownSize, neededHeight } = await import('../../../resources/web/shown_size.js');

const WIDE = { width: 1280, height: 720 };

test('the smallest height that still looks sharp; more than 540 is the whole picture', () => {
  assert.equal(neededHeight({ width: 1280, height: 553 }, WIDE, 1), 540);
  assert.equal(neededHeight({ width: 1280, height: 713 }, WIDE, 1), 0);
  assert.equal(neededHeight({ width: 360, height: 640 }, WIDE, 3), 0);
  assert.equal(neededHeight({ width: 360, height: 640 }, WIDE, 1.5), 360);
  assert.equal(neededHeight({ width: 600, height: 600 }, { width: 480, height: 640 }, 1), 0);
  assert.equal(neededHeight({ width: 300, height: 300 }, { width: 0, height: 0 }, 1), 360);
});

test('a new size is told once it lasts, each only once; a hidden place changes nothing', async () => {
  const clock = new ManualClock();
  const told = [];
  let place = { width: 1280, height: 553 };
  const video = { videoWidth: 1280, videoHeight: 720, getBoundingClientRect: () => place };
  const shown = new ShownSize(video, (height) => told.push(height), clock);
  assert.equal(observer.element, video);
  const resize = async (size, ms) => {
    place = size;
    observer.changed();
    await clock.pass(ms);
  };
  await resize(place, 400);
  await resize(place, 400);
  assert.deepEqual(told, []);
  await clock.pass(200);
  await resize({ width: 0, height: 0 }, 600);
  await resize({ width: 1270, height: 550 }, 600);
  assert.deepEqual(told, [540]);
  await resize({ width: 1920, height: 1080 }, 600);
  assert.deepEqual(told, [540, 0]);
  await resize({ width: 640, height: 360 }, 100);
  shown.close();
  await clock.pass(5_000);
  assert.deepEqual(told, [540, 0]);
  assert.equal(observer.element, null);
});

test('the first size is told, also if it is the whole picture', async () => {
  const clock = new ManualClock();
  const told = [];
  const video = { videoWidth: 1280, videoHeight: 720, getBoundingClientRect: () => ({ width: 1920, height: 1080 }) };
  new ShownSize(video, (height) => told.push(height), clock);
  observer.changed();
  await clock.pass(600);
  assert.deepEqual(told, [0]);
});
