import assert from 'node:assert/strict';
import test from 'node:test';

import { Devices, troubleOf } from '../../../resources/web/devices.js';

/** A machine with these devices; each may be refused with the name of an error. */
class FakeMedia {
  asked = [];
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
    const tracks = ['audio', 'video'].filter((kind) => wish[kind] !== false).map((kind) => new FakeTrack(kind, wish[kind].deviceId?.exact ?? 'default'));
    this.given.push(...tracks);
    const of = (kind) => tracks.filter((track) => track.kind === kind);
    return { getTracks: () => tracks, getAudioTracks: () => of('audio'), getVideoTracks: () => of('video') };
  }
}

class FakeTrack {
  enabled = true;
  readyState = 'live';
  onended = null;
  constructor(kind, id) {
    this.kind = kind;
    this.id = id;
  }
  stop() {
    this.readyState = 'ended';
  }
}

const both = { microphone: true, camera: true };
const make = (refusals) => {
  const media = new FakeMedia(refusals);
  return { media, devices: new Devices(media, () => {}) };
};

for (const [name, trouble] of [['NotAllowedError', 'denied'], ['SecurityError', 'denied'], ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'], ['NotReadableError', 'busy'], ['AbortError', 'busy'], ['TypeError', 'unknown']]) {
  test(`${name} is ${trouble}`, () => assert.equal(troubleOf(new DOMException('', name)), trouble));
}

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

test('outside of a secure page there are no devices', async () => {
  assert.equal(await new Devices(undefined, () => {}).request(both), 'insecure');
});

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
