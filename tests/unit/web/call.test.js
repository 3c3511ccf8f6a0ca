import assert from 'node:assert/strict';
import test from 'node:test';

import { fingerprintOf, onlySha256 } from '../../../resources/web/peer.js';
import { admitted, call, connected, peer, room } from './fake_call.js';
import { PRINT, answerSdp } from './fake_peer.js';

test('the offer has sound, camera, an inactive screen line and the negotiated channel; the ICE servers are those given', async () => {
  const one = call();
  const servers = [{ urls: ['turns:turn.example:443?transport=tcp'], username: 'u', credential: 'c' }];
  one.made.admitted({ ...admitted, epoch: 4, ice_servers: servers });
  await one.clock.pass(0);
  const [pc] = one.pcs;
  assert.deepEqual(pc.configuration, { iceServers: servers, bundlePolicy: 'max-bundle', iceCandidatePoolSize: 1 });
  assert.deepEqual(pc.lines, [['audio', 'sendrecv'], ['video', 'sendrecv'], ['video', 'inactive']]);
  assert.deepEqual(pc.channels, [['talk', { negotiated: true, id: 0, ordered: true }]]);
  assert.deepEqual(one.offers(), [5]);
  assert.equal(one.heard.sent[0].to, peer);
});

test('fresh credentials are for the next epoch, and an entry may keep this side to the relay', async () => {
  const one = call();
  one.made.admitted({ ...admitted, ice_servers: [{ urls: ['turn:turn.example'], username: 'old' }] });
  one.made.relays([{ urls: ['stun:stun.example'] }, { urls: ['turn:turn.example'], username: 'new', relay_only: true }]);
  one.made.renew();
  const [before, after] = one.pcs.map(({ configuration }) => configuration);
  assert.equal(before.iceServers[0].username, 'old');
  assert.equal(before.iceTransportPolicy, undefined);
  assert.equal(after.iceServers[1].username, 'new');
  assert.equal(after.iceTransportPolicy, 'relay');
});

test('an empty list of ICE servers stays empty', async () => {
  const one = await connected();
  assert.deepEqual(one.pcs[0].configuration.iceServers, []);
});

test('candidates go out with the epoch, the end of them as an empty line', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  one.pcs[0].onicecandidate({ candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 5 typ host', sdpMid: '0', sdpMLineIndex: 0 } });
  one.pcs[0].onicecandidate({ candidate: null });
  const lines = one.heard.sent.filter(({ type }) => type === 'candidate').map(({ epoch, candidate, mid, line, to }) => [epoch, candidate, mid, line, to]);
  assert.deepEqual(lines, [[1, 'candidate:1 1 udp 1 192.0.2.1 5 typ host', '0', 0, peer], [1, '', '0', 0, peer]]);
});

test('a candidate that comes before the answer waits for it', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  await one.made.candidate({ type: 'candidate', room, epoch: 1, candidate: 'candidate:2', mid: '0', line: 0 });
  assert.deepEqual(one.pcs[0].candidates, []);
  await one.made.answer({ type: 'answer', room, epoch: 1, sdp: answerSdp() });
  assert.deepEqual(one.pcs[0].candidates, ['candidate:2']);
});

test('connected: the stream is shown and the channel is told with both fingerprints', async () => {
  const one = await connected();
  assert.equal(one.heard.streams.length, 1);
  assert.deepEqual(one.heard.connected, [[1, PRINT]]);
  one.pcs[0].channel.onopen();
  assert.deepEqual(one.heard.channels, [[1, { browser: PRINT.browser, program: PRINT.program }]]);
  assert.deepEqual(one.heard.links, [['connecting', 1], ['connected', 1]]);
});

test('the channel may open before the browser shows the answer', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  one.pcs[0].setRemoteDescription = () => new Promise(() => {});
  void one.made.answer({ type: 'answer', room, epoch: 1, sdp: answerSdp() });
  one.pcs[0].channel.onopen();
  assert.deepEqual(one.heard.channels, [[1, { browser: PRINT.browser, program: PRINT.program }]]);
});

test('an epoch without a connection is followed by the next after 5 s', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(4_999);
  assert.deepEqual(one.offers(), [1]);
  await one.clock.pass(5_001);
  assert.deepEqual(one.offers(), [1, 2, 3]);
  assert.deepEqual(one.pcs.map(({ connectionState }) => connectionState), ['closed', 'closed', 'new']);
});

test('failed begins a new epoch, and the old connection goes only when the new one stands', async () => {
  const one = await connected();
  one.pcs[0].become('failed');
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
  assert.equal(one.pcs[0].connectionState, 'failed');
  await one.made.answer({ type: 'answer', room, epoch: 2, sdp: answerSdp() });
  one.pcs[1].become('connected');
  assert.equal(one.pcs[0].connectionState, 'closed');
  assert.equal(one.heard.streams.length, 2);
});

test('disconnected begins a new epoch after 3 s, not if it recovers', async () => {
  const one = await connected();
  one.pcs[0].become('disconnected');
  await one.clock.pass(2_999);
  one.pcs[0].become('connected');
  await one.clock.pass(10_000);
  assert.deepEqual(one.offers(), [1]);
  one.pcs[0].become('disconnected');
  await one.clock.pass(3_000);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('no packet for 2 s is told as interrupted, and again as connected when it flows', async () => {
  const one = await connected();
  one.pcs[0].flowing = false;
  await one.clock.pass(3_000);
  one.pcs[0].flowing = true;
  await one.clock.pass(1_000);
  assert.deepEqual(one.heard.links.slice(2), [['interrupted', 1], ['connected', 1]]);
});

test('the network is back: a new epoch only if media does not flow', async () => {
  const one = await connected();
  one.made.online();
  assert.deepEqual(one.offers(), [1]);
  await one.clock.pass(20_000);
  one.made.peerSwitched({ microphone: false, camera: false, screen: false }); // so that silence alone begins nothing
  one.pcs[0].flowing = false;
  await one.clock.pass(3_000);
  one.made.online();
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('a busy device reads late: before a new epoch is begun it looks again', async () => {
  const one = await connected();
  const [pc] = one.pcs;
  const read = pc.getStats.bind(pc);
  let late = [];
  pc.getStats = () => new Promise((resolve) => late.push(() => resolve(read())));
  await one.clock.pass(3_000);
  late = [];
  one.made.admitted({ ...admitted, epoch: 1 });
  await one.clock.pass(0);
  for (const answer of late) answer();
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1]);
});

test('the server was away: with media flowing its `admitted` begins nothing', async () => {
  const one = await connected();
  one.made.admitted({ ...admitted, epoch: 1 });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1]);
});

test('while the server is away no epoch is wasted; `admitted` begins the next', async () => {
  const one = await connected();
  one.server.open = false;
  one.pcs[0].flowing = false;
  one.pcs[0].become('failed');
  await one.clock.pass(30_000);
  assert.equal(one.pcs.length, 2);
  one.server.open = true;
  one.made.admitted({ ...admitted, epoch: 1 });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 3]);
});

test('need-offer begins an epoch higher than the program knows, once', async () => {
  const one = await connected();
  one.made.needOffer({ type: 'need-offer', room, epoch: 7, reason: 'stalled' });
  one.made.needOffer({ type: 'need-offer', room, epoch: 7, reason: 'stalled' });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 8]);
});

test('need-offer for an epoch that is over is passed over, unless the program was restarted', async () => {
  const one = await connected();
  one.made.needOffer({ type: 'need-offer', room, epoch: 0, reason: 'stalled' });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1]);
  one.made.needOffer({ type: 'need-offer', room, epoch: 0, reason: 'program-restarted' });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('what the program asked for is followed up even while we receive', async () => {
  const one = await connected();
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'stalled' });
  await one.clock.pass(5_000);
  assert.deepEqual(one.offers(), [1, 2, 3]);
});

test('an epoch of our own is given up when the old connection recovers', async () => {
  const one = await connected();
  one.pcs[0].flowing = false;
  one.pcs[0].become('disconnected');
  await one.clock.pass(3_000);
  one.pcs[0].become('connected');
  one.pcs[0].flowing = true;
  await one.clock.pass(20_000);
  assert.deepEqual(one.offers(), [1, 2]);
  assert.deepEqual(one.pcs.map(({ connectionState }) => connectionState), ['connected', 'closed']);
});

test('while the program is away the page waits; its return begins an epoch', async () => {
  const one = call();
  one.made.admitted({ ...admitted, peer_present: false });
  await one.clock.pass(20_000);
  assert.deepEqual(one.offers(), [1]);
  one.made.peerIs(true);
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('a conflict is followed by a higher epoch', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  one.made.conflict();
  await one.clock.pass(300);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('an answer for another epoch is passed over', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  await one.made.answer({ type: 'answer', room, epoch: 2, sdp: answerSdp() });
  assert.equal(one.pcs[0].remoteDescription, null);
});

test('an answer with two different fingerprints is given up', async () => {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  await one.made.answer({ type: 'answer', room, epoch: 1, sdp: answerSdp([PRINT.program, PRINT.browser]) });
  assert.equal(one.pcs[0].connectionState, 'closed');
  await one.clock.pass(5_000);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('sent back closes everything, and the next admission offers again', async () => {
  const one = await connected();
  one.made.close();
  await one.clock.pass(30_000);
  assert.deepEqual(one.offers(), [1]);
  assert.equal(one.pcs[0].connectionState, 'closed');
  one.made.admitted({ ...admitted, epoch: 1 });
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
});

test('other tracks replace those of every connection', async () => {
  const one = await connected();
  const audio = { kind: 'audio' };
  await one.made.setSources({ audio, video: null, screen: null });
  assert.deepEqual(one.pcs[0].senders.map(({ track }) => track), [audio, null, null]);
});

const screenTrack = { kind: 'video', getSettings: () => ({ width: 1920, height: 1080 }) };
const showing = { audio: null, video: null, screen: screenTrack };
const lastLine = (one) => one.pcs.at(-1).lines[2];

/** Connected, and then a second epoch. */
async function second(one) {
  await one.clock.pass(0);
  await one.made.answer({ type: 'answer', room, epoch: 2, sdp: answerSdp() });
  one.pcs[1].become('connected');
  one.pcs[1].flowing = true;
  await one.clock.pass(1_000);
  return one;
}

test('the program is to show a screen: a new epoch carries it, and so does every later one until it ends', async () => {
  const one = await connected();
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'screen' });
  await second(one);
  assert.deepEqual(lastLine(one), ['video', 'sendrecv']);
  one.made.peerSwitched({ microphone: true, camera: true, screen: true });
  one.made.renew();
  assert.deepEqual(lastLine(one), ['video', 'sendrecv']);
  one.made.peerSwitched({ microphone: true, camera: true, screen: false });
  one.made.renew();
  assert.deepEqual(lastLine(one), ['video', 'inactive']);
});

test('a screen that is asked for while an epoch without it is made gets one of its own; the same question twice does not', async () => {
  const one = await connected();
  one.made.renew();
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'screen' });
  one.made.needOffer({ type: 'need-offer', room, epoch: 1, reason: 'screen' });
  await one.clock.pass(0);
  assert.deepEqual(one.pcs.map(({ lines }) => lines[2][1]), ['inactive', 'inactive', 'sendrecv']);
  assert.deepEqual(one.offers(), [1, 3]);
});

test('our own screen begins an epoch that sends it; the next one needs none, and its end changes nothing', async () => {
  const one = await connected();
  await one.made.setSources(showing);
  await second(one);
  assert.deepEqual(one.offers(), [1, 2]);
  assert.equal(one.pcs[1].senders[2].track, screenTrack);
  assert.equal(one.pcs[1].senders[2].parameters.degradationPreference, 'maintain-resolution');
  await one.made.setSources({ ...showing, screen: null });
  await one.made.setSources(showing);
  await one.clock.pass(0);
  assert.deepEqual(one.offers(), [1, 2]);
  assert.equal(one.pcs[1].senders[2].track, screenTrack);
});

test('the shown screen comes as a stream of its own', async () => {
  const one = await connected();
  const [pc] = one.pcs;
  pc.ontrack({ track: 'face', transceiver: pc.transceivers[1] });
  pc.ontrack({ track: 'screen', transceiver: pc.transceivers[2] });
  assert.deepEqual(one.heard.streams.map((pair) => pair.map(({ tracks }) => tracks)), [[['face'], ['screen']]]);
});

test('limits hold for this connection and for the next', async () => {
  const one = await connected();
  await one.made.setSources({ audio: null, video: screenTrack, screen: null });
  await one.made.setLimits({ height: 360, kbps: 400 });
  one.made.renew();
  await second(one);
  for (const pc of one.pcs) assert.deepEqual(pc.senders[1].parameters.encodings, [{ maxBitrate: 360_000, scaleResolutionDownBy: 3 }]);
});

test('the figures of the epoch that carries media are told twice a second', async () => {
  const one = await connected();
  assert.deepEqual(one.heard.figures, [[25, 1], [50, 1]]);
});

test('fingerprints: exactly one, and other hashes are taken out', () => {
  assert.equal(fingerprintOf(answerSdp()), PRINT.program);
  assert.throws(() => fingerprintOf('v=0\r\n'), RangeError);
  assert.throws(() => fingerprintOf(answerSdp([PRINT.program, PRINT.browser])), RangeError);
  const mixed = `v=0\r\na=fingerprint:sha-512 AA:BB\r\na=fingerprint:sha-256 ${PRINT.program}\r\na=FINGERPRINT:sha-1 AA\r\n`;
  assert.equal(onlySha256(mixed), `v=0\r\na=fingerprint:sha-256 ${PRINT.program}\r\n`);
});

test('media that stops is told once, a second later, and again after it flowed', async () => {
  const one = await connected();
  one.pcs[0].flowing = false;
  await one.clock.pass(900);
  assert.equal(one.heard.silences, 0);
  await one.clock.pass(900);
  assert.equal(one.heard.silences, 1);
  one.pcs[0].flowing = true;
  await one.clock.pass(1_000);
  one.pcs[0].flowing = false;
  await one.clock.pass(1_900);
  assert.equal(one.heard.silences, 2);
});
