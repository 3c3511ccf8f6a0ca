import assert from 'node:assert/strict';
import test from 'node:test';

import { SeatStore } from '../../../resources/web/protocol.js';
import { Session } from '../../../resources/web/session.js';
import { FakePeerConnection, FakeStream } from './fake_peer.js';
import { FakeServer, FakeStorage } from './fakes.js';

const pcs = [];
globalThis.MediaStream = FakeStream;
globalThis.RTCPeerConnection = class extends FakePeerConnection {
  constructor(configuration) {
    super(configuration);
    pcs.push(this);
  }
};

const room = 'Q2Jm8sT0pLr4vXyZ1aBcDe';
const seat = 'sEaT0000000000000000_1';
const where = { url: 'wss://server.example/ws/client', token: 'a'.repeat(43), language: 'de' };
const nothing = () => {};

/** A tab's session and the server it speaks to; time is the test's. */
function session(context) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const server = new FakeServer();
  globalThis.WebSocket = function (url, protocol) {
    return server.open(url, protocol);
  };
  const store = new SeatStore(new FakeStorage(), 'look');
  const events = { changed: nothing, stream: nothing, used: nothing, replaced: nothing, line: nothing, seen: nothing };
  const made = new Session(where, store, events);
  const pass = (ms) => context.mock.timers.tick(ms);
  const enter = () => {
    server.last.accept();
    server.last.say({ type: 'waiting', room, seat, reached: true, secret: 's'.repeat(43) });
  };
  made.start();
  enter();
  return { made, server, store, pass, enter };
}

/** The server does not understand what the page says. */
function misunderstand({ server }, code) {
  server.last.say({ type: 'refused', code, re: 2 });
  server.last.end(4003);
}

test('a page that is misunderstood three times in a row says so, with the last code, and stops', (context) => {
  const one = session(context);
  for (const code of ['malformed', 'too-large']) {
    misunderstand(one, code);
    assert.equal(one.made.view.phase, 'waiting');
    one.pass(2_000);
    one.enter();
  }
  misunderstand(one, 'out-of-order');
  assert.deepEqual([one.made.view.phase, one.made.view.code], ['refused', 'out-of-order']);
  one.pass(60_000);
  assert.equal(one.server.sockets.length, 3);
  assert.equal(one.store.read().seat, seat, 'loading the page again leads back to the seat');
});

test('once in a while, or with other losses between, it just comes back', (context) => {
  const one = session(context);
  for (const code of [4003, 4003, 1006, 4003, 4003]) {
    one.server.last.end(code);
    one.pass(2_000);
    one.enter();
  }
  assert.equal(one.made.view.phase, 'waiting');
  assert.equal(one.server.sockets.length, 6);
});

test('whoever begins again has three tries again', (context) => {
  const one = session(context);
  for (let round = 0; round < 3; round += 1) {
    misunderstand(one, 'malformed');
    one.pass(2_000);
    if (round < 2) one.enter();
  }
  one.made.start();
  one.enter();
  misunderstand(one, 'malformed');
  one.pass(2_000);
  one.enter();
  assert.equal(one.made.view.phase, 'waiting');
});

/** Browser and program have a channel; gives what the program hears on it. */
function channelOpens() {
  const { channel } = pcs.at(-1);
  const sent = [];
  Object.assign(channel, { readyState: 'open', send: (text) => sent.push(JSON.parse(text)) });
  channel.onopen();
  return sent;
}

test('a size that was asked for in one stay in the room is not asked for in the next', (context) => {
  const one = session(context);
  const admitted = { type: 'admitted', room, seat, peer: 'pRoG-00000000000000002', epoch: 0, ice_servers: [] };
  const limits = () => channelOpens().filter(({ type }) => type === 'limits');
  one.server.last.say(admitted);
  one.made.shows(360);
  assert.deepEqual(limits(), [{ type: 'limits', height: 360, kbps: 0 }]);
  one.server.last.say({ type: 'waiting', room, seat, reached: true, sent_back: true });
  one.server.last.say(admitted);
  assert.deepEqual(limits(), [{ type: 'limits', height: 0, kbps: 0 }]);
});

test('what was left: the waiting room, or the conversation', (context) => {
  const one = session(context);
  one.made.leave();
  assert.deepEqual([one.made.view.phase, one.made.view.code], ['left', 'waiting']);
  one.made.start();
  one.server.last.accept();
  one.server.last.say({ type: 'admitted', room, seat, peer: 'pRoG-00000000000000002', epoch: 0, ice_servers: [] });
  one.made.leave();
  assert.deepEqual([one.made.view.phase, one.made.view.code], ['left', '']);
});
