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
  return { made, remote: named('video', 'remote-video'), self: named('video', 'self-video'), held: named('div', 'sound-held'), soundOn: named('button', 'sound-on') };
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
