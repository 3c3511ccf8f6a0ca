import assert from 'node:assert/strict';
import test from 'node:test';

import { DataUse, SAVING, expectedMegabytes } from '../../../resources/web/data_use.js';

test('what is wished for while data is saved', () => assert.deepEqual({ ...SAVING }, { height: 360, kbps: 400 }));

for (const [minutes, saving, megabytes] of [[30, true, 180], [30, false, 1100], [15, true, 90], [45, true, 270], [60, false, 2300]]) {
  test(`${minutes} minutes ${saving ? 'saving' : 'in full'}: ${megabytes} MB`, () => assert.equal(expectedMegabytes(minutes, saving), megabytes));
}

test('nothing was used before anything was counted', () => assert.equal(new DataUse().megabytes, 0));

test('the epochs are summed, each by its newest reading', () => {
  const use = new DataUse();
  use.count(1, 900_000);
  use.count(1, 1_500_000);
  use.count(2, 700_000);
  use.count(1, 1_600_000);
  assert.equal(use.bytes, 2_300_000);
  assert.equal(use.megabytes, 3);
});

test('a reading that comes late takes nothing back', () => {
  const use = new DataUse();
  use.count(1, 2_000);
  use.count(1, 1_000);
  assert.equal(use.bytes, 2_000);
});

test('what was counted before the tab was loaded again stays', () => {
  const use = new DataUse(5_000_000);
  use.count(1, 1_000_000);
  assert.equal(use.megabytes, 6);
});
