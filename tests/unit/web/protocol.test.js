import assert from 'node:assert/strict';
import test from 'node:test';

import { Connection } from '../../../resources/web/connection.js';
import { Protocol, SeatStore } from '../../../resources/web/protocol.js';
import { FakeServer, FakeStorage, ManualClock } from './fakes.js';

const room = 'Q2Jm8sT0pLr4vXyZ1aBcDe';
const seat = 'sEaT0000000000000000_1';
const secret = 's'.repeat(43);
const token = 'a'.repeat(43);

/** One tab and the server it speaks to. */
function tab(storage = new FakeStorage()) {
  const server = new FakeServer();
  const clock = new ManualClock();
  const heard = { messages: [], refused: [], connected: [], closed: [] };
  const store = new SeatStore(storage, 'look');
  const protocol = new Protocol(
    { url: 'wss://server.example/ws/client', token, language: 'de' },
    store,
    {
      received: (message) => heard.messages.push(message),
      refused: (code) => heard.refused.push(code),
      connected: (open) => heard.connected.push(open),
      closed: (code) => heard.closed.push(code),
    },
    (url, events) => new Connection(url, events, clock, server.open),
  );
  return { server, clock, heard, store, protocol, storage };
}

/** A tab that sits in the waiting room. */
function waitingTab(storage) {
  const one = tab(storage);
  one.protocol.start();
  one.server.last.accept();
  one.server.last.say({ type: 'waiting', room, seat, reached: false, secret });
  return one;
}

test('nothing is opened before the tap', async () => {
  const one = tab();
  await one.clock.pass(60_000);
  assert.equal(one.server.sockets.length, 0);
});

test('joins with the token, keeps the secret and says so', () => {
  const one = waitingTab();
  const { sent, protocol } = one.server.last;
  assert.equal(protocol, 'videoberatung-client.v1');
  assert.deepEqual(sent, [{ type: 'join', token, language: 'de', seq: 1 }, { type: 'kept', room, seq: 2 }]);
  assert.deepEqual(one.store.read(), { agreed: true, left: false, room, seat, secret, admitted: false });
});

test('answers a beat at once with the same number', () => {
  const one = waitingTab();
  one.server.last.say({ type: 'beat', n: 17 });
  assert.deepEqual(one.server.last.sent.at(-1), { type: 'beat', n: 17, seq: 3 });
});

test('a lost connection comes back with the seat, after longer and longer pauses of at most 3 s', async () => {
  const one = waitingTab();
  const pauses = [];
  for (let round = 0; round < 6; round += 1) {
    const before = one.server.sockets.length;
    const from = one.clock.now();
    one.server.last.end(1006);
    while (one.server.sockets.length === before) await one.clock.pass(10);
    pauses.push(one.clock.now() - from);
  }
  assert.deepEqual(pauses, [300, 600, 1200, 2400, 3000, 3000]);
  one.server.last.accept();
  assert.deepEqual(one.server.last.sent, [{ type: 'join', token, language: 'de', seat, secret, seq: 1 }]);
  assert.deepEqual([one.heard.connected.at(0), one.heard.connected.at(-1)], [true, false]);
});

test('in a conversation the pauses are of at most 0.4 s for the first 10 s, then of at most 1 s, until the client is sent back', async () => {
  const one = waitingTab();
  one.clock.chance = () => 0.99;
  /** @param {number} rounds */
  const pauses = async (rounds) => {
    const found = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = one.server.sockets.length;
      const from = one.clock.now();
      one.server.last.end(1006);
      while (one.server.sockets.length === before) await one.clock.pass(10);
      found.push(one.clock.now() - from);
    }
    return found;
  };
  const admitted = { type: 'admitted', room, seat, peer: 'pRoG-00000000000000002', epoch: 0, ice_servers: [] };
  one.server.last.say(admitted);
  const found = await pauses(30);
  assert.ok(found.slice(0, 25).every((pause) => pause <= 400), `${found}`);
  assert.ok(found.slice(26).every((pause) => pause > 1000 && pause <= 1300), `${found}`);
  one.server.last.accept();
  one.server.last.say(admitted);
  assert.ok((await pauses(3)).every((pause) => pause <= 400), 'the next loss is a new one');
  one.server.last.accept();
  one.clock.chance = () => 0;
  one.server.last.say({ type: 'waiting', room, seat, reached: true, sent_back: true });
  assert.deepEqual(await pauses(5), [300, 600, 1200, 2400, 3000]);
});

test('who is asked to slow down does, also in a conversation', async () => {
  const one = waitingTab();
  one.server.last.say({ type: 'admitted', room, seat, peer: 'pRoG-00000000000000002', epoch: 0, ice_servers: [] });
  one.server.last.end(4004);
  await one.clock.pass(9_900);
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(200);
  assert.equal(one.server.sockets.length, 2);
});

test('a page that is loaded again takes the same seat with the newest secret', () => {
  const first = waitingTab();
  first.server.last.say({ type: 'admitted', room, seat, peer: 'pRoG-00000000000000002', epoch: 0, ice_servers: [], secret: 'n'.repeat(43) });
  assert.deepEqual(first.server.last.sent.at(-1), { type: 'kept', room, seq: 3 });
  const again = tab(first.storage);
  assert.equal(again.store.read().admitted, true);
  again.protocol.start();
  again.server.last.accept();
  assert.deepEqual(again.server.last.sent, [{ type: 'join', token, language: 'de', seat, secret: 'n'.repeat(43), seq: 1 }]);
});

test('12 s of silence count as a loss, a beat every 5 s does not', async () => {
  const one = waitingTab();
  for (let n = 1; n < 8; n += 1) {
    await one.clock.pass(5_000);
    one.server.last.say({ type: 'beat', n });
  }
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(11_999);
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(302);
  assert.equal(one.server.sockets.length, 2);
});

test('the network is back: the pause is cut short', () => {
  const one = waitingTab();
  one.server.last.end(1006);
  one.protocol.hurry();
  assert.equal(one.server.sockets.length, 2);
});

test('the network is back: a connection that looks open but was silent is replaced, one that just spoke is not', async () => {
  const one = waitingTab();
  one.protocol.hurry();
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(6_000);
  one.protocol.hurry();
  assert.equal(one.server.sockets.length, 2);
});

test('the network is another one: a connection that spoke lately must answer a ping', async () => {
  const one = waitingTab();
  one.protocol.hurry();
  await one.clock.pass(0);
  assert.equal(one.server.last.sent.at(-1).type, 'ping');
  one.server.last.say({ type: 'pong', n: 1 });
  await one.clock.pass(2_000);
  assert.equal(one.server.sockets.length, 1);
  one.protocol.hurry();
  await one.clock.pass(1_600);
  assert.equal(one.server.sockets.length, 2);
});

test('the way to the server is measured; an old measurement counts for nothing', async () => {
  const one = waitingTab();
  assert.equal(one.protocol.roundTripMs, null);
  one.protocol.measure();
  await one.clock.pass(80);
  one.server.last.say({ type: 'pong', n: 1 });
  assert.equal(one.protocol.roundTripMs, 80);
  await one.clock.pass(2_420);
  one.protocol.measure();
  one.protocol.measure();
  assert.deepEqual(one.server.last.sent.filter(({ type }) => type === 'ping').map(({ n }) => n), [1, 2]);
  await one.clock.pass(5_000);
  assert.equal(one.protocol.roundTripMs, 80);
  one.server.last.say({ type: 'pong', n: 1 });
  await one.clock.pass(8_000);
  assert.equal(one.protocol.roundTripMs, null);
});

test('an unknown seat joins anew and waits', () => {
  const one = waitingTab();
  const again = tab(one.storage);
  again.protocol.start();
  again.server.last.accept();
  again.server.last.say({ type: 'refused', code: 'unknown-seat', re: 1 });
  assert.deepEqual(again.server.last.sent.at(-1), { type: 'join', token, language: 'de', seq: 2 });
  assert.deepEqual(again.heard.refused, []);
});

for (const code of ['unknown-link', 'too-early', 'expired-link', 'revoked-link', 'room-full']) {
  test(`a join refused with ${code} is final`, async () => {
    const one = tab();
    one.protocol.start();
    one.server.last.accept();
    one.server.last.say({ type: 'refused', code, re: 1 });
    await one.clock.pass(60_000);
    assert.deepEqual(one.heard.refused, [code]);
    assert.equal(one.server.sockets.length, 1);
  });
}

for (const [code, pause] of [['not-ready', 3_000], ['too-many', 10_000]]) {
  test(`a join refused with ${code} is tried again after a pause of ${pause} ms`, async () => {
    const one = tab();
    one.protocol.start();
    one.server.last.accept();
    one.server.last.say({ type: 'refused', code, re: 1 });
    await one.clock.pass(pause - 1);
    assert.equal(one.server.sockets.length, 1);
    await one.clock.pass(1);
    assert.equal(one.server.sockets.length, 2);
    assert.deepEqual(one.heard.refused, []);
  });
}

test('a server whose database went sends everybody away in one moment: they come back spread over 3 to 6 s', async () => {
  const one = waitingTab();
  one.clock.chance = () => 0.9;
  one.server.last.end(1013);
  await one.clock.pass(5_699);
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(1);
  assert.equal(one.server.sockets.length, 2);
});

for (const code of [4000, 4001, 4002]) {
  test(`after ${code} the page does not come back by itself`, async () => {
    const one = waitingTab();
    one.server.last.end(code);
    await one.clock.pass(60_000);
    assert.equal(one.server.sockets.length, 1);
    assert.deepEqual(one.heard.closed, [code]);
  });
}

for (const code of [1006, 1001, 4003, 4005]) {
  test(`after ${code} it does`, async () => {
    const one = waitingTab();
    one.server.last.end(code);
    await one.clock.pass(300);
    assert.equal(one.server.sockets.length, 2);
    assert.deepEqual(one.heard.closed, []);
  });
}

test('leaving keeps the secret for the way back, ending forgets it', () => {
  const one = waitingTab();
  one.protocol.leave();
  assert.deepEqual(one.server.last.sent.at(-1), { type: 'leave', room, seq: 3 });
  assert.deepEqual(one.store.read(), { agreed: true, left: true, room, seat, secret, admitted: false });
  one.protocol.start();
  one.server.last.accept();
  assert.equal(one.server.last.sent[0].secret, secret);
  one.server.last.say({ type: 'ended', room, reason: 'counsellor' });
  assert.deepEqual(one.store.read(), { agreed: false });
  assert.equal(one.heard.messages.at(-1).type, 'ended');
});

for (const [name, over] of [
  ['removed', (one) => one.server.last.say({ type: 'removed', room })],
  ['refused', (one) => one.server.last.say({ type: 'refused', code: 'room-full', re: 1 })],
]) {
  test(`who was ${name} has a way back, with the switches as they were`, () => {
    const one = waitingTab();
    one.store.update({ wish: { microphone: true, camera: false } });
    over(one);
    assert.deepEqual(one.store.read(), { agreed: false, wish: { microphone: true, camera: false } });
  });
}

test('a message that cannot be read is passed over', () => {
  const one = waitingTab();
  one.server.last.say({ type: 'of-a-later-version' });
  one.server.last.onmessage({ data: '{' });
  one.server.last.say({ type: 'reached', room, seat });
  assert.deepEqual(one.heard.messages.map(({ type }) => type), ['waiting', 'reached']);
});

test('without storage the page still joins', () => {
  const broken = { getItem: () => { throw new Error('off'); }, setItem: () => { throw new Error('off'); }, removeItem: () => { throw new Error('off'); } };
  const one = waitingTab(broken);
  assert.equal(one.server.last.sent[0].type, 'join');
  assert.deepEqual(one.heard.messages.map(({ type }) => type), ['waiting']);
});

test('media has stopped: the server must answer sooner', async () => {
  const one = waitingTab();
  await one.clock.pass(2_000);
  one.protocol.hurry(true);
  await one.clock.pass(700);
  assert.equal(one.server.sockets.length, 1);
  await one.clock.pass(200);
  assert.equal(one.server.sockets.length, 2);
});

test('a message in an hour that the server does not understand ends no conversation', async () => {
  const one = waitingTab();
  for (let round = 0; round < 4; round += 1) {
    for (let n = 1; n < 14; n += 1) {
      await one.clock.pass(5_000);
      one.server.last.say({ type: 'beat', n });
    }
    one.server.last.end(4003);
    await one.clock.pass(4_000);
    one.server.last.accept();
  }
  assert.deepEqual(one.heard.closed, []);
  assert.equal(one.server.sockets.length, 5);
});
