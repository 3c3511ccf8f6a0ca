import assert from 'node:assert/strict';
import test from 'node:test';

import { Devices, HELD_MS } from '../../../resources/web/devices.js';
import { ManualClock } from './fakes.js';

/** A machine with these devices; each may be refused with the name of an error. */
class FakeMedia {
  asked = [];
  wishes = [];
  /** There is no camera that looks away. */
  front = false;
  /** @type {FakeTrack[]} */
  given = [];

  constructor(refusals = {}) {
    this.refusals = refusals;
  }

  addEventListener() {}

  /** A telephone opens one camera at a time. */
  single = false;
  live = (kind) => this.given.filter((track) => track.kind === kind && track.readyState === 'live');

  /** Devices that were unplugged, and those that another program holds. */
  gone = new Set();
  broken = new Set();

  async getUserMedia(wish) {
    this.wishes.push(wish);
    if (this.front && wish.video?.facingMode?.exact === 'environment') throw new DOMException('', 'OverconstrainedError');
    this.asked.push([wish.audio !== false, wish.video !== false]);
    for (const kind of ['audio', 'video']) {
      const id = wish[kind].deviceId?.exact;
      if (this.gone.has(id)) throw new DOMException('', 'OverconstrainedError');
      if (this.broken.has(id)) throw new DOMException('', 'NotReadableError');
      if (this.single && wish[kind] !== false && this.live(kind).length > 0) throw new DOMException('', 'NotReadableError');
    }
    for (const kind of ['audio', 'video']) {
      if (wish[kind] !== false && this.refusals[kind] !== undefined) throw new DOMException('', this.refusals[kind]);
    }
    const tracks = ['audio', 'video'].filter((kind) => wish[kind] !== false).map((kind) => new FakeTrack(kind, wish[kind].deviceId?.exact ?? 'default', wish[kind].facingMode?.exact ?? wish[kind].facingMode));
    this.given.push(...tracks);
    const of = (kind) => tracks.filter((track) => track.kind === kind);
    return { getTracks: () => tracks, getAudioTracks: () => of('audio'), getVideoTracks: () => of('video') };
  }
}

class FakeTrack {
  enabled = true;
  readyState = 'live';
  onended = null;
  onmute = null;
  onunmute = null;
  muted = false;
  constructor(kind, id, facing) {
    this.kind = kind;
    this.id = id;
    this.facing = facing;
  }
  getSettings() {
    return { deviceId: this.id, facingMode: this.facing };
  }
  async applyConstraints(wish) {
    this.applied = wish;
  }
  stop() {
    this.readyState = 'ended';
  }
  /** Something else takes the device, or gives it back. */
  hold(muted) {
    this.muted = muted;
    (muted ? this.onmute : this.onunmute)?.();
  }
}

const both = { microphone: true, camera: true };
const make = (refusals) => {
  const media = new FakeMedia(refusals);
  const clock = new ManualClock();
  const taken = [];
  const devices = new Devices(media, { changed: () => {}, taken: (trouble) => taken.push(trouble) }, 'unsupported', clock);
  return { media, devices, clock, taken };
};

test('both are asked for at once', async () => {
  const { media, devices } = make();
  assert.equal(await devices.request(both), null);
  assert.deepEqual(media.asked, [[true, true]]);
  assert.deepEqual(devices.switches, both);
});

test('a camera that is busy leaves the sound', async () => {
  const { devices } = make({ video: 'NotReadableError' });
  assert.equal(await devices.request(both), 'busy');
  assert.deepEqual(devices.switches, { microphone: true, camera: false });
});

test('a refusal is not asked about twice', async () => {
  const { media, devices } = make({ audio: 'NotAllowedError', video: 'NotAllowedError' });
  assert.equal(await devices.request(both), 'denied');
  assert.equal(media.asked.length, 1);
});

for (const without of ['in-app', 'unsupported']) {
  test(`where a page gets no devices the reason is told: ${without}`, async () => {
    const devices = new Devices(undefined, { changed: () => {} }, without);
    assert.equal(await devices.request(both), without);
    assert.equal(await devices.setMicrophone(true), without);
    assert.equal(await devices.request({ microphone: false, camera: false }), null);
  });
}

test('neither of both asks for nothing', async () => {
  const { media, devices } = make();
  assert.equal(await devices.request({ microphone: false, camera: false }), null);
  assert.deepEqual(media.asked, []);
});

test('a muted microphone stays open, a camera that is off is freed', async () => {
  const { media, devices } = make();
  await devices.request(both);
  await devices.setMicrophone(false);
  await devices.setCamera(false);
  assert.deepEqual(media.given.map(({ kind, enabled, readyState }) => [kind, enabled, readyState]), [['audio', false, 'live'], ['video', true, 'ended']]);
  await devices.setCamera(true);
  await devices.setMicrophone(true);
  assert.deepEqual(devices.switches, both);
});

test('freed devices are stopped, and `again` takes back what was wanted', async () => {
  const { media, devices } = make();
  await devices.request(both);
  await devices.setCamera(false);
  devices.free();
  assert.ok(devices.released);
  assert.ok(media.given.every(({ readyState }) => readyState === 'ended'));
  await devices.again();
  assert.deepEqual(devices.switches, { microphone: true, camera: false });
});

test('an answer of the browser that comes after the release is stopped', async () => {
  const { media, devices } = make();
  const asked = devices.request(both);
  devices.free();
  await asked;
  assert.ok(media.given.every(({ readyState }) => readyState === 'ended'));
  assert.deepEqual(devices.switches, { microphone: false, camera: false });
});

test('a camera that is switched off again while the browser still opens it stays off', async () => {
  const { media, devices } = make();
  await devices.request({ microphone: true, camera: false });
  const on = devices.setCamera(true);
  await devices.setCamera(false);
  await on;
  assert.equal(devices.switches.camera, false);
  assert.equal(media.given.at(-1)?.readyState, 'ended');
});

test('a device that is pulled out is off, and can be switched on again', async () => {
  const { media, devices } = make();
  await devices.request(both);
  media.given[0]?.onended?.();
  assert.equal(devices.switches.microphone, false);
  await devices.setMicrophone(true);
  assert.equal(devices.switches.microphone, true);
});

test('a telephone changes its camera: the old one is freed first, the microphone is left alone', async () => {
  const { media, devices } = make();
  media.single = true;
  await devices.request(both);
  assert.equal(await devices.choose('camera', 'back'), null);
  assert.deepEqual(media.live('video').map(({ id }) => id), ['back']);
  assert.equal(devices.tracks.video, media.live('video')[0]);
  assert.equal(media.given.filter(({ kind }) => kind === 'audio').length, 1);
  assert.equal(media.live('audio').length, 1);
});

test('a camera that cannot be had brings back the one before, with the reason', async () => {
  const { media, devices } = make();
  media.single = true;
  await devices.request(both);
  await devices.choose('camera', 'front');
  media.broken.add('back');
  assert.equal(await devices.choose('camera', 'back'), 'busy');
  assert.deepEqual(media.live('video').map(({ id }) => id), ['front']);
  assert.deepEqual(devices.switches, both);
  devices.free();
  assert.equal(await devices.again(), null);
  assert.deepEqual(media.live('video').map(({ id }) => id), ['front']);
});

test('two choices in a row leave one camera open', async () => {
  const { media, devices } = make();
  await devices.request(both);
  await Promise.all([devices.choose('camera', 'front'), devices.choose('camera', 'back')]);
  assert.deepEqual(media.live('video').map(({ id }) => id), ['back']);
  assert.equal(devices.tracks.video?.readyState, 'live');
});

test('a chosen camera that was unplugged is forgotten', async () => {
  const { media, devices } = make();
  await devices.request(both);
  await devices.choose('camera', 'usb');
  media.gone.add('usb');
  devices.free();
  assert.equal(await devices.again(), null);
  assert.deepEqual(media.live('video').map(({ id }) => id), ['default']);
  await devices.setCamera(false);
  assert.equal(await devices.setCamera(true), null);
});

test('a device that vanishes while it is in use is told, and one tap takes it again', async () => {
  const { media, devices, taken } = make();
  await devices.request(both);
  media.given[1].onended();
  assert.deepEqual(taken, ['ended']);
  assert.deepEqual(devices.switches, { microphone: true, camera: false });
  assert.equal(await devices.again(), null);
  assert.deepEqual(devices.switches, both);
});

test('a call that takes the sound is told after a moment, and when it is over', async () => {
  const { media, devices, clock, taken } = make();
  await devices.request(both);
  media.given[0].hold(true);
  assert.deepEqual(taken, []);
  await clock.pass(HELD_MS);
  assert.deepEqual(taken, ['interrupted']);
  media.given[0].hold(false);
  assert.deepEqual(taken, ['interrupted', null]);
});

test('a short gap is not told', async () => {
  const { media, devices, clock, taken } = make();
  await devices.request(both);
  media.given[1].hold(true);
  await clock.pass(HELD_MS - 1);
  media.given[1].hold(false);
  await clock.pass(HELD_MS);
  assert.deepEqual(taken, []);
});

test('one tap takes back what a call held, with fresh tracks', async () => {
  const { media, devices, clock, taken } = make();
  await devices.request(both);
  media.given[0].hold(true);
  await clock.pass(HELD_MS);
  assert.equal(await devices.again(), null);
  assert.deepEqual(taken, ['interrupted', null]);
  assert.equal(media.given[0].readyState, 'ended');
  assert.equal(devices.tracks.audio, media.given[2]);
});

test('the camera is turned round and back', async () => {
  const { devices } = make();
  await devices.request(both);
  assert.equal(devices.facing, 'user');
  assert.equal(await devices.turnCamera(), null);
  assert.equal(devices.facing, 'environment');
  assert.equal(await devices.turnCamera(), null);
  assert.equal(devices.facing, 'user');
});

test('without a camera that looks away the one before stays', async () => {
  const { media, devices } = make();
  await devices.request(both);
  media.front = true;
  await devices.turnCamera();
  assert.equal(devices.facing, 'user');
  assert.equal(devices.switches.camera, true);
});

test('who saves data asks for a small picture, and a picture that runs becomes small', async () => {
  const { media, devices } = make();
  await devices.request(both);
  assert.equal(media.wishes[0].video.height.ideal, 720);
  await devices.save(true);
  assert.deepEqual(media.given[1].applied, { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 } });
  await devices.setCamera(false);
  await devices.setCamera(true);
  assert.equal(media.wishes.at(-1).video.height.ideal, 360);
  await devices.save(true);
  assert.equal(media.given.length, 3, 'nothing new, nothing opened');
  assert.equal(await devices.save(false), null);
  assert.equal(media.wishes.at(-1).video.height.ideal, 720);
  assert.equal(media.live('video').length, 1);
});
