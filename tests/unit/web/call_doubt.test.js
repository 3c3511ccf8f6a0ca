import assert from 'node:assert/strict';
import test from 'node:test';

import { admitted, call, connected, room } from './fake_call.js';
import { answerSdp } from './fake_peer.js';

/** Media stalls while the connection stays up, for so long. @param {number} ms */
async function stalled(ms, before = (one) => one) {
  const one = await connected();
  before(one);
  one.pcs[0].flowing = false;
  await one.clock.pass(ms);
  return one;
}

test('media that stops while the connection stays up is doubted after 1.3 s: a new epoch beside the old one, told to nobody', async () => {
  const one = await stalled(1_200);
  assert.deepEqual(one.offers(), [1]);
  await one.clock.pass(100);
  assert.deepEqual(one.offers(), [1, 2]);
  assert.equal(one.pcs[0].connectionState, 'connected');
  assert.deepEqual(one.heard.links.at(-1), ['connected', 1]);
});

for (const began of [0, 70, 140, 210, 280, 350, 420, 490]) {
  test(`a doubt comes in time, ${began} ms after a reading`, async () => {
    const one = await connected();
    await one.clock.pass(began);
    await one.made.needOffer({ type: 'need-offer', room, epoch: 0, reason: 'stalled' }); // a look: what came so far is known
    one.pcs[0].flowing = false;
    await one.clock.pass(1_200);
    assert.deepEqual(one.offers(), [1]);
    await one.clock.pass(200);
    assert.deepEqual(one.offers(), [1, 2]);
  });
}

for (const lasting of [500, 700, 1_000]) {
  test(`an outage of ${lasting} ms begins nothing, however often`, async () => {
    const one = await connected();
    for (let k = 0; k < 50; k += 1) {
      one.pcs[0].flowing = false;
      await one.clock.pass(lasting);
      one.pcs[0].flowing = true;
      await one.clock.pass(1_130);
    }
    assert.deepEqual(one.offers(), [1]);
  });
}

test('silence is listened to closely only until it counts as a stall', async () => {
  const one = await stalled(30_000, (one) => one.made.peerIs(false));
  const [pc] = one.pcs;
  let looks = 0;
  pc.getStats = async () => (looks += 1) && new Map();
  await one.clock.pass(10_000);
  assert.equal(looks, 20);
});

test('an epoch that stalls as well is followed by the next after 10 s', async () => {
  const one = await stalled(1_500);
  await one.made.answer({ type: 'answer', room, epoch: 2, sdp: answerSdp() });
  one.pcs[1].become('connected');
  await one.clock.pass(9_000);
  assert.deepEqual(one.offers(), [1, 2]);
  await one.clock.pass(1_500);
  assert.deepEqual(one.offers(), [1, 2, 3]);
});

test('what was begun in doubt is finished: the new epoch takes over even if the old one speaks again', async () => {
  const one = await stalled(1_400);
  one.pcs[0].flowing = true;
  await one.clock.pass(200);
  await one.made.answer({ type: 'answer', room, epoch: 2, sdp: answerSdp() });
  one.pcs[1].become('connected');
  assert.deepEqual(one.pcs.map(({ connectionState }) => connectionState), ['closed', 'connected']);
});

test('an offer that was lost with the server\'s connection holds nothing up: `admitted` begins the next', async () => {
  const one = await stalled(1_400);
  assert.deepEqual(one.offers(), [1, 2]);
  one.made.admitted({ ...admitted, epoch: 1 });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2, 3]);
});

for (const [name, before] of [
  ['the program is away', (one) => one.made.peerIs(false)],
  ['the program sends neither', (one) => one.made.peerSwitched({ microphone: false, camera: false, screen: false })],
]) {
  test(`while ${name} a stall begins nothing`, async () => {
    const one = await stalled(30_000, before);
    assert.deepEqual(one.offers(), [1]);
  });
}

test('a question from an outage that is over is passed over once; asked again, it is obeyed', async () => {
  const one = await connected();
  const ask = () => one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'stalled' });
  one.pcs[0].answering = true;
  await one.clock.pass(1_000);
  ask();
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1]);
  ask();
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('a question while nothing comes is obeyed although the path answered not long ago', async () => {
  const one = await connected();
  one.pcs[0].answering = true;
  await one.clock.pass(400);
  one.pcs[0].answering = one.pcs[0].flowing = false;
  await one.clock.pass(300);
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'stalled' });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('a question whose look ends after the call is closed begins nothing', async () => {
  const one = await connected();
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'stalled' });
  one.made.close();
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1]);
});
