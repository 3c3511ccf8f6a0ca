import assert from 'node:assert/strict';
import test from 'node:test';

import { MicrophoneWatch, SILENT_MS } from '../../../resources/web/microphone_watch.js';
import { ManualClock } from './fakes.js';

/** A watch over a microphone whose loudness a test turns. */
function make() {
  const clock = new ManualClock();
  const told = [];
  const ear = { open: true, level: 0, closed: 0, close: () => (ear.closed += 1) };
  const watch = new MicrophoneWatch((silent) => told.push(silent), clock, () => ear);
  return { clock, told, ear, watch, track: { enabled: true, muted: false } };
}

/** In steps as small as a timer's. */
async function pass(clock, ms) {
  for (let passed = 0; passed < ms; passed += 200) await clock.pass(200);
}

test('a microphone that gives nothing is told once', async () => {
  const { clock, told, watch, track } = make();
  watch.watch(track);
  await pass(clock, SILENT_MS - 400);
  assert.deepEqual(told, []);
  await pass(clock, 2 * SILENT_MS);
  assert.deepEqual(told, [true]);
});

test('the first sound takes it back, and who was heard once may be silent', async () => {
  const { clock, told, ear, watch, track } = make();
  watch.watch(track);
  await pass(clock, SILENT_MS + 400);
  ear.level = 0.3;
  await pass(clock, 400);
  assert.deepEqual(told, [true, false]);
  assert.equal(ear.closed, 1);
  ear.level = 0;
  watch.watch(track);
  await pass(clock, 2 * SILENT_MS);
  assert.deepEqual(told, [true, false]);
});

test('a muted microphone is not silent', async () => {
  const { clock, told, watch, track } = make();
  track.enabled = false;
  watch.watch(track);
  await pass(clock, 2 * SILENT_MS);
  track.enabled = true;
  await pass(clock, SILENT_MS - 400);
  assert.deepEqual(told, []);
  await pass(clock, 800);
  assert.deepEqual(told, [true]);
  track.enabled = false;
  await pass(clock, 400);
  assert.deepEqual(told, [true, false]);
});

test('while the browser holds the sound back nobody can say that it is silent', async () => {
  const { clock, told, ear, watch, track } = make();
  ear.open = false;
  watch.watch(track);
  await pass(clock, 2 * SILENT_MS);
  assert.deepEqual(told, []);
});

test('another microphone begins anew, none is no trouble', async () => {
  const { clock, told, ear, watch, track } = make();
  watch.watch(track);
  await pass(clock, SILENT_MS + 400);
  watch.watch({ enabled: true, muted: false });
  assert.deepEqual(told, [true, false]);
  await pass(clock, SILENT_MS - 400);
  watch.watch(null);
  await pass(clock, 2 * SILENT_MS);
  assert.deepEqual(told, [true, false]);
  assert.equal(ear.closed, 2);
});
