import assert from 'node:assert/strict';
import test from 'node:test';

import { Loudspeaker } from '../../../resources/web/loudspeaker.js';

const DEVICES = [
  { kind: 'audiooutput', deviceId: 'default', label: 'System' },
  { kind: 'audiooutput', deviceId: 'headset', label: 'Headset' },
  { kind: 'audiooutput', deviceId: '', label: '' },
  { kind: 'audioinput', deviceId: 'mic', label: 'Mikrofon' },
];

/** An element that plays, and the loudspeakers that are plugged in. */
function player(plugged = ['', 'default', 'headset']) {
  const made = {
    sinkId: '',
    plugged,
    setSinkId: async (id) => {
      if (!made.plugged.includes(id)) throw new DOMException('gone', 'NotFoundError');
      made.sinkId = id;
    },
  };
  return made;
}

const media = (more = {}) => ({ enumerateDevices: async () => DEVICES, ...more });

test('the loudspeakers that have a name to choose by, and nothing else', async () => {
  const list = await new Loudspeaker(media(), true).list();
  assert.deepEqual(list, [{ id: 'default', label: 'System' }, { id: 'headset', label: 'Headset' }]);
});

test('where the browser cannot lead sound, nothing is listed, asked or led', async () => {
  const loudspeaker = new Loudspeaker(media({ selectAudioOutput: async () => assert.fail('nobody asked') }), false);
  const element = player();
  await loudspeaker.plays(element);
  await loudspeaker.choose('headset');
  await loudspeaker.ask();
  assert.deepEqual([await loudspeaker.list(), loudspeaker.asks, element.sinkId], [[], false, '']);
});

test('what was chosen before the voice is there, and after, and on the next element', async () => {
  const loudspeaker = new Loudspeaker(media(), true);
  await loudspeaker.choose('headset');
  const first = player();
  await loudspeaker.plays(first);
  assert.equal(first.sinkId, 'headset');
  await loudspeaker.choose('default');
  assert.equal(first.sinkId, 'default');
  const second = player();
  await loudspeaker.plays(second);
  assert.equal(second.sinkId, 'default');
});

test('one that is pulled out gives way to the system\'s choice', async () => {
  const loudspeaker = new Loudspeaker(media(), true);
  const element = player();
  await loudspeaker.plays(element);
  await loudspeaker.choose('headset');
  element.plugged = ['', 'default'];
  const next = player(['', 'default']);
  await loudspeaker.plays(next);
  assert.deepEqual([next.sinkId, loudspeaker.chosen], ['', '']);
});

test("the browser's own question leads the sound; who changes their mind keeps what they have", async () => {
  let answer = async () => ({ deviceId: 'headset' });
  const loudspeaker = new Loudspeaker(media({ selectAudioOutput: () => answer() }), true);
  const element = player();
  await loudspeaker.plays(element);
  assert.equal(loudspeaker.asks, true);
  await loudspeaker.ask();
  assert.equal(element.sinkId, 'headset');
  answer = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  await loudspeaker.ask();
  assert.deepEqual([element.sinkId, loudspeaker.chosen], ['headset', 'headset']);
});
