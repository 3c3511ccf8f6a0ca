import assert from 'node:assert/strict';
import test from 'node:test';

import { DEADLINE_MS, NetworkTest } from '../../../resources/web/network_test.js';
import { FakeServer, ManualClock } from './fakes.js';

/** A test that is under way, and the server it speaks to. */
function testing() {
  const server = new FakeServer();
  const clock = new ManualClock();
  const network = new NetworkTest('wss://server.example/ws/client', clock, server.open);
  return { server, clock, network, result: network.run() };
}

/** Two pings, each answered after so long. */
async function pinged({ server, clock }, ms) {
  server.last.accept();
  for (const n of [1, 2]) {
    await clock.pass(ms);
    server.last.say({ type: 'pong', n });
    await clock.pass(1_100);
  }
}

const probes = (server) => server.last.sent.filter(({ type }) => type === 'probe');

test('a short way and much that passes is fine', async () => {
  const one = testing();
  one.server.last.accept();
  await one.clock.pass(40);
  one.server.last.say({ type: 'pong', n: 1 });
  await one.clock.pass(1_100);
  await one.clock.pass(30);
  one.server.last.say({ type: 'pong', n: 2 });
  await one.clock.pass(230);
  for (const { n, filler } of probes(one.server)) one.server.last.say({ type: 'probe', n, filler });
  const { outcome, roundTripMs, kbps } = await one.result;
  assert.deepEqual([outcome, roundTripMs, Math.round(kbps)], ['ok', 30, Math.round((8 * 24 * 1024 * 8) / 200)]);
  assert.ok(one.server.last.sent.every(({ type }) => ['ping', 'probe'].includes(type)), 'it joins nothing');
});

test('no connection is a failure', async () => {
  const one = testing();
  await one.clock.pass(DEADLINE_MS);
  assert.deepEqual(await one.result, { outcome: 'failed', roundTripMs: null, kbps: null });
});

test('a connection that is closed before anything came back is a failure', async () => {
  const one = testing();
  one.server.last.accept();
  one.server.last.end(1006);
  assert.equal((await one.result).outcome, 'failed');
});

test('what does not come back in time is weak', async () => {
  const one = testing();
  await pinged(one, 20);
  one.server.last.say({ type: 'probe', n: 1, filler: '' });
  await one.clock.pass(DEADLINE_MS);
  assert.deepEqual(await one.result, { outcome: 'weak', roundTripMs: 20, kbps: null });
});

test('a long way is weak', async () => {
  const one = testing();
  await pinged(one, 450);
  for (const { n } of probes(one.server)) one.server.last.say({ type: 'probe', n, filler: '' });
  assert.equal((await one.result).outcome, 'weak');
});

test('a second ping that is not answered is not waited for, and a late answer begins nothing anew', async () => {
  const one = testing();
  one.server.last.accept();
  one.server.last.say({ type: 'pong', n: 1 });
  await one.clock.pass(1_100 + 2_000);
  assert.equal(probes(one.server).length, 8);
  one.server.last.say({ type: 'pong', n: 2 });
  assert.equal(probes(one.server).length, 8);
});

test('beats are answered, and who goes on without it closes it', async () => {
  const one = testing();
  one.server.last.accept();
  one.server.last.say({ type: 'beat', n: 3 });
  assert.equal(one.server.last.sent.at(-1).type, 'beat');
  one.network.stop();
  assert.equal(one.server.last.readyState, 3);
});
