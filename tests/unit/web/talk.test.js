import assert from 'node:assert/strict';
import test from 'node:test';

import { Talk, parseTalk } from '../../../resources/web/talk.js';
import { golden } from './golden.js';

class FakeChannel {
  readyState = 'open';
  sent = [];
  onmessage = null;
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  say(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}

function talk() {
  const heard = { lines: [], seen: [], media: [], limits: [], offered: [], reports: [], words: [] };
  const made = new Talk({
    line: (line) => heard.lines.push(line),
    seen: (id) => heard.seen.push(id),
    mediaState: (state) => heard.media.push(state),
    offered: ({ chat, screen }) => heard.offered.push([chat, screen]),
    limits: (limits) => heard.limits.push(limits),
    lineReport: (report) => heard.reports.push(report),
    words: (message) => heard.words.push(message),
  });
  return { heard, made };
}

const missing = { 'media-state': { screen: false, paused: false }, limits: { height: 0, kbps: 0 }, 'line-report': { limited: 'none' } };
const fromProgram = golden('messages').talk.filter(({ type }) => !['words-commit', 'words-open'].includes(type));

for (const message of fromProgram) {
  test(`reads the golden ${JSON.stringify(message)}`, () => {
    assert.deepEqual(parseTalk(JSON.stringify({ ...message, later: 1 })), { ...missing[message.type], ...message });
  });
}

test('hears what the agency leaves out', () => {
  const { heard, made } = talk();
  const channel = new FakeChannel();
  made.attach(channel);
  channel.say({ type: 'offered', chat: false });
  channel.say({ type: 'offered', screen: 1 });
  assert.deepEqual(heard.offered, [[false, true]]);
});

test('passes over what is malformed', () => {
  const broken = ['', '[]', 'null', '{"type":"chat"}', '{"type":"chat","id":"x","text":"a"}', '{"type":"chat","id":"xxxxxxxx","text":""}',
    JSON.stringify({ type: 'chat', id: 'xxxxxxxx', text: 'a'.repeat(2001) }), '{"type":"media-state","microphone":1,"camera":true}',
    '{"type":"media-state","microphone":true,"camera":true,"paused":1}', '{"type":"limits","height":-1}', '{"type":"limits","kbps":0.5}',
    '{"type":"line-report"}', '{"type":"line-report","loss":1.01}', '{"type":"line-report","loss":"0"}',
    '{"type":"line-report","loss":0,"limited":"weather"}', '{"type":"line-report","loss":0,"server_ms":60001}',
    '{"type":"words-keep","epoch":0,"mac":""}', '{"type":"toString"}', new ArrayBuffer(3)];
  for (const data of broken) assert.equal(parseTalk(data), null);
});

test('a line goes out once and is done when seen', () => {
  const { heard, made } = talk();
  const channel = new FakeChannel();
  made.attach(channel);
  const id = made.say('Guten Tag');
  assert.deepEqual(channel.sent, [{ type: 'chat', id, text: 'Guten Tag' }]);
  channel.say({ type: 'chat-seen', id });
  channel.say({ type: 'chat-seen', id });
  assert.deepEqual(heard.seen, [id]);
  const next = new FakeChannel();
  made.attach(next);
  assert.deepEqual(next.sent, []);
});

test('what was not acknowledged goes out again on the next channel, in order', () => {
  const { made } = talk();
  const first = new FakeChannel();
  made.attach(first);
  made.say('eins');
  first.readyState = 'closed';
  made.say('zwei');
  const next = new FakeChannel();
  made.attach(next);
  assert.deepEqual(next.sent.map((message) => message.text), ['eins', 'zwei']);
});

test('a line that comes twice is shown once and acknowledged twice', () => {
  const { heard, made } = talk();
  const channel = new FakeChannel();
  made.attach(channel);
  channel.say({ type: 'chat', id: 'aaaaaaaa', text: 'Hallo' });
  channel.say({ type: 'chat', id: 'aaaaaaaa', text: 'Hallo' });
  assert.deepEqual(heard.lines, [{ id: 'aaaaaaaa', text: 'Hallo' }]);
  assert.deepEqual(channel.sent, [{ type: 'chat-seen', id: 'aaaaaaaa' }, { type: 'chat-seen', id: 'aaaaaaaa' }]);
});

test('the switches are told on opening and at each change', () => {
  const { heard, made } = talk();
  const on = { microphone: true, camera: false, screen: false, paused: false };
  made.showMedia(on);
  const channel = new FakeChannel();
  made.attach(channel);
  made.showMedia(on);
  made.showMedia({ ...on, microphone: false, paused: true });
  assert.deepEqual(channel.sent.map(({ microphone, paused }) => [microphone, paused]), [[true, false], [false, true]]);
  channel.say({ type: 'media-state', microphone: false, camera: true, paused: true });
  assert.deepEqual(heard.media, [{ type: 'media-state', microphone: false, camera: true, screen: false, paused: true }]);
});

test('our own wishes are told on every channel', () => {
  const { made } = talk();
  made.limit({ height: 360, kbps: 400 });
  const channel = new FakeChannel();
  made.attach(channel);
  assert.deepEqual(channel.sent, [{ type: 'limits', height: 360, kbps: 400 }]);
});

test("the counsellor's wishes and reports are handed on", () => {
  const { heard, made } = talk();
  const channel = new FakeChannel();
  made.attach(channel);
  channel.say({ type: 'limits', height: 360 });
  channel.say({ type: 'line-report', loss: 0.5, round_trip_ms: 80 });
  assert.deepEqual(heard.limits, [{ type: 'limits', height: 360, kbps: 0 }]);
  assert.deepEqual(heard.reports, [{ type: 'line-report', loss: 0.5, round_trip_ms: 80, limited: 'none' }]);
});

test('the channel before is not listened to any more', () => {
  const { heard, made } = talk();
  const first = new FakeChannel();
  made.attach(first);
  made.attach(new FakeChannel());
  first.say({ type: 'chat', id: 'aaaaaaaa', text: 'Hallo' });
  assert.deepEqual(heard.lines, []);
});
