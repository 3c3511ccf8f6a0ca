import assert from 'node:assert/strict';
import test from 'node:test';

import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';

globalThis.document = fakeDocument;
globalThis.ResizeObserver = class {
  observe() {}
  disconnect() {}
};
globalThis.MediaStream = class {
  constructor(tracks) {
    this.tracks = tracks;
  }
  getTracks = () => this.tracks;
};
const { Stage } = await import('../../../resources/web/screens/stage.js');

const texts = catalogue('de');

/** A room's pictures, in a browser that plays what it is asked to play. */
function stage() {
  const loudspeaker = { plays: async () => {}, choose: async () => {} };
  const made = new Stage(texts, loudspeaker, { resume: () => {}, shows: () => {} });
  const named = (tag, id) => made.element.all(tag).find((one) => one.attributes.id === id);
  for (const video of made.element.all('video')) {
    video.paused = true;
    video.play = async () => void (video.paused = false);
  }
  return { made, remote: named('video', 'remote-video'), self: named('video', 'self-video'), held: made.held, soundOn: made.held.all('button')[0] };
}

test('the own picture is a mirror, but what the other camera sees can be read', () => {
  const { made, self } = stage();
  const devices = { facing: 'user', tracks: { audio: null, video: {} }, stream: () => 'picture' };
  made.showSelf(devices);
  assert.equal(self.className, 'mirror');
  made.showSelf({ ...devices, facing: 'environment' });
  assert.equal(self.className, '');
  made.showSelf(devices);
  assert.equal(self.className, 'mirror');
});

const REMOTE = { stream: new MediaStream([]), screen: new MediaStream([]) };
const rest = () => new Promise((resolve) => setImmediate(resolve));

/** A telephone that rings: the system stops what plays. */
function ring({ remote }) {
  remote.paused = true;
  remote.listeners.pause();
}

test('sound that a telephone call stopped goes on with one tap', async () => {
  const one = stage();
  one.made.show(REMOTE);
  await rest();
  assert.equal(one.held.hidden, true);
  ring(one);
  assert.equal(one.held.hidden, false);
  one.soundOn.listeners.click();
  await rest();
  assert.deepEqual([one.remote.paused, one.held.hidden], [false, true]);
});

test('… or by itself, when the page is seen again or the devices are taken back', async () => {
  const one = stage();
  one.made.show(REMOTE);
  await rest();
  ring(one);
  one.made.goOn();
  await rest();
  assert.deepEqual([one.remote.paused, one.remote.muted, one.held.hidden], [false, false, true]);
});

test('sound that is held back is tried again muted, until a tap', async () => {
  const one = stage();
  let tapped = false;
  one.remote.play = async () => {
    if (!one.remote.muted && !tapped) throw new DOMException('no', 'NotAllowedError');
    one.remote.paused = false;
  };
  one.made.show(REMOTE);
  await rest();
  one.made.goOn();
  await rest();
  assert.deepEqual([one.remote.muted, one.remote.paused, one.held.hidden], [true, false, false]);
  tapped = true;
  one.made.goOn();
  await rest();
  assert.deepEqual([one.remote.muted, one.held.hidden], [false, true]);
});

test('a stream that came to its end, or none at all, asks for no tap', async () => {
  const one = stage();
  ring(one);
  assert.notEqual(one.held.hidden, false);
  one.made.show(REMOTE);
  await rest();
  one.remote.ended = true;
  ring(one);
  assert.equal(one.held.hidden, true);
});
