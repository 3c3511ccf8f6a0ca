import assert from 'node:assert/strict';
import test from 'node:test';

import { Sharing } from '../../../resources/web/sharing.js';

/** A browser that can show a screen, and a person who chose one, or did not. */
function sharing(answer) {
  const heard = [];
  const made = new Sharing({ getDisplayMedia: answer }, () => heard.push(made.track?.contentHint ?? 'none'));
  return { made, heard };
}

const track = () => ({ state: 'live', stop() { this.state = 'ended'; } });
const stream = (one) => async () => ({ getVideoTracks: () => [one] });
const refuse = (name) => () => Promise.reject(new DOMException('', name));

test('a screen is shown with sharp text, until a tap', async () => {
  const screen = track();
  const { made, heard } = sharing(stream(screen));
  assert.equal(await made.start(), true);
  assert.equal(made.track, screen);
  made.stop();
  made.stop();
  assert.deepEqual([screen.state, heard], ['ended', ['text', 'none']]);
});

test("the browser's own bar ends it too", async () => {
  const screen = track();
  const { made, heard } = sharing(stream(screen));
  await made.start();
  screen.onended();
  assert.deepEqual([made.track, heard], [null, ['text', 'none']]);
});

test('who changed their mind has failed at nothing; what the system refuses is told', async () => {
  assert.equal(await sharing(refuse('NotAllowedError')).made.start(), true);
  assert.equal(await sharing(refuse('NotReadableError')).made.start(), false);
});

test('where the browser cannot, it is not offered', () => {
  assert.equal(new Sharing({}, () => {}).possible, false);
  assert.equal(new Sharing(undefined, () => {}).possible, false);
  assert.equal(sharing(refuse('x')).made.possible, true);
});
