import assert from 'node:assert/strict';
import test from 'node:test';

import { DEADLINE_MS, NetworkTest } from '../../../resources/web/network_test.js';
import { FakeServer, ManualClock } from './fakes.js';

const LOOK = 'l'.repeat(43);
const RELAY = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }];

/** A test that is under way, and the server it speaks to. */
function testing({ look = LOOK, alive = true, path = () => Promise.resolve({ udp: true, relay: true, loss: 0 }) } = {}) {
  const server = new FakeServer();
  const clock = new ManualClock();
  const asked = [];
  const means = {
    clock,
    open: server.open,
    request: () => (alive ? Promise.resolve({ ok: true }) : Promise.reject(new TypeError('no network'))),
    relay: (servers) => {
      asked.push(servers);
      return path();
    },
  };
  const network = new NetworkTest({ url: 'wss://server.example/ws/client', look }, means);
  return { server, clock, network, asked, result: network.run() };
}

const probes = ({ server }) => server.last.sent.filter(({ type }) => type === 'probe');

/** The light weights, each back after so long. */
async function lights(one, ways) {
  one.server.last.accept();
  for (const ms of ways) {
    await one.clock.pass(ms);
    one.server.last.say(probes(one).at(-1));
    await one.clock.pass(150);
  }
}

const EVEN = [40, 40, 40, 40, 40, 40, 40, 40];

test('round trip, jitter, what passes, and the relay that was told', async () => {
  const one = testing();
  one.server.last.accept();
  one.server.last.say({ type: 'relay', ice_servers: RELAY });
  for (const [k, ms] of [40, 60, 40, 60, 40, 60, 40, 60].entries()) {
    if (k > 0) await one.clock.pass(150);
    await one.clock.pass(ms);
    one.server.last.say(probes(one).at(-1));
  }
  await one.clock.pass(240);
  const heavy = probes(one).filter(({ filler }) => filler !== '');
  assert.equal(heavy.length, 8);
  for (const probe of heavy) one.server.last.say(probe);
  const kbps = (8 * 24 * 1024 * 8) / 200;
  assert.deepEqual(await one.result, { round_trip_ms: 40, jitter_ms: 20, down_kbps: kbps, up_kbps: kbps, udp: true, relay: true, loss: 0 });
  assert.deepEqual(one.asked, [RELAY]);
  assert.deepEqual(one.server.last.sent[0], { type: 'relay', look: LOOK, seq: 1 });
  assert.ok(one.server.last.sent.every(({ type }) => ['relay', 'probe'].includes(type)), 'it joins nothing');
  assert.ok(probes(one).length <= 16, 'the server sends no more back');
});

test('no connection: of the WebSocket alone, or to the server at all', async () => {
  for (const [alive, trouble] of [[true, 'websocket-blocked'], [false, 'server-unreachable']]) {
    const one = testing({ alive });
    one.server.last.end(1006);
    assert.deepEqual(await one.result, { trouble });
    assert.deepEqual(one.asked, []);
  }
});

test('a connection on which nothing comes back is a failure, too', async () => {
  const one = testing();
  one.server.last.accept();
  await one.clock.pass(DEADLINE_MS);
  assert.deepEqual(await one.result, { trouble: 'websocket-blocked' });
});

test('what came back until the end of the time is what passes', async () => {
  const one = testing();
  await lights(one, EVEN);
  one.server.last.say(probes(one).at(-1));
  await one.clock.pass(DEADLINE_MS);
  const { up_kbps: kbps } = await one.result;
  assert.ok(kbps > 0 && kbps < 30, `${kbps}`);
});

test('without a look key nobody asks for the relay', async () => {
  const one = testing({ look: '' });
  one.server.last.accept();
  assert.equal(one.server.last.sent[0].type, 'probe');
});

test('beats are answered, and who goes on without it closes it', async () => {
  const one = testing();
  await lights(one, EVEN.slice(1));
  one.server.last.say({ type: 'beat', n: 3 });
  assert.equal(one.server.last.sent.at(-1).type, 'beat');
  one.network.stop();
  assert.equal(one.server.last.readyState, 3);
  await one.result;
  assert.deepEqual(one.asked, []);
});

test('a relay whose address no browser can read is one that refuses', async () => {
  const one = testing({ path: () => Promise.reject(new DOMException('', 'SyntaxError')) });
  await lights(one, EVEN);
  for (const probe of probes(one).filter(({ filler }) => filler !== '')) one.server.last.say(probe);
  assert.equal((await one.result).relay, false);
});
