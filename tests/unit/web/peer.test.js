import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Peer } from '../../../resources/web/peer.js';
import { ManualClock } from './fakes.js';
import { FakePeerConnection, FakeStream, answerSdp } from './fake_peer.js';

globalThis.MediaStream = FakeStream;

/** One epoch of a camera, and what the camera's line was told to keep when the answer was applied. */
async function answered() {
  const clock = new ManualClock();
  const pc = new FakePeerConnection({});
  const events = { candidate: () => {}, changed: () => {}, opened: () => {} };
  const peer = new Peer(1, { audio: null, video: null, screen: null }, false, events, pc, clock);
  const keeps = () => pc.senders[1].parameters?.degradationPreference;
  let early;
  const apply = pc.setRemoteDescription.bind(pc);
  pc.setRemoteDescription = (description) => {
    early = keeps();
    return apply(description);
  };
  await peer.offer();
  await peer.answer(answerSdp());
  return { clock, pc, peer, keeps, early };
}

test('the camera begins in its whole size and gives way to the frame rate two seconds after the connection', async () => {
  const { clock, pc, keeps, early } = await answered();
  assert.equal(early, 'maintain-resolution');
  await clock.pass(3_000);
  pc.become('connected');
  await clock.pass(1_900);
  assert.equal(keeps(), 'maintain-resolution');
  await clock.pass(200);
  assert.equal(keeps(), 'maintain-framerate');
});

test('a connection that ends in its first two seconds asks nothing more of its lines', async () => {
  const { clock, pc, peer, keeps } = await answered();
  pc.become('connected');
  await clock.pass(1_000);
  peer.close();
  pc.senders[1].parameters = undefined;
  await clock.pass(5_000);
  assert.equal(keeps(), undefined);
});
