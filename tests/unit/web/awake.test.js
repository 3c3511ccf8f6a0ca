import assert from 'node:assert/strict';
import test from 'node:test';

import { Awake } from '../../../resources/web/awake.js';

/** A browser that keeps the screen lit while a lock is held, and only for a page that is seen. */
function lamp() {
  const held = new Set();
  const made = {
    visible: true,
    get lit() {
      return held.size > 0;
    },
    get locks() {
      return held.size;
    },
    hide() {
      made.visible = false;
      for (const lock of held) lock.release();
    },
    request: async (kind) => {
      assert.equal(kind, 'screen');
      if (!made.visible) throw new DOMException('hidden', 'NotAllowedError');
      const lock = { released: false, release: async () => void (lock.released = held.delete(lock) || lock.released) };
      held.add(lock);
      return lock;
    },
  };
  return made;
}

test('the screen stays lit while it is wanted, with a single lock', async () => {
  const screen = lamp();
  const awake = new Awake(screen);
  await awake.stay(true);
  await awake.stay(true);
  assert.equal(screen.locks, 1);
  await awake.stay(false);
  assert.equal(screen.lit, false);
});

test('a page that is seen again takes the lock again, but only if it is wanted', async () => {
  const screen = lamp();
  const awake = new Awake(screen);
  await awake.stay(true);
  screen.hide();
  await awake.again();
  assert.equal(screen.lit, false);
  screen.visible = true;
  await awake.again();
  assert.equal(screen.lit, true);
  await awake.stay(false);
  await awake.again();
  assert.equal(screen.lit, false);
});

test('the last wish holds, however long the browser takes for the first', async () => {
  const screen = lamp();
  const awake = new Awake(screen);
  await Promise.all([awake.stay(true), awake.stay(false)]);
  assert.equal(screen.lit, false);
  await Promise.all([awake.stay(false), awake.stay(true)]);
  assert.equal(screen.lit, true);
});

test('a browser without such locks is none the worse', async () => {
  const awake = new Awake(undefined);
  await assert.doesNotReject(() => awake.stay(true));
});
