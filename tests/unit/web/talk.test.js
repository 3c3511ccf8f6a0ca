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
  const heard = { lines: [], seen: [], media: [], words: [] };
  const made = new Talk({
    line: (line) => heard.lines.push(line),
    seen: (id) => heard.seen.push(id),
    mediaState: (state) => heard.media.push(state),
    words: (message) => heard.words.push(message),
  });
  return { heard, made };
}

const fromProgram = golden('messages').talk.filter(({ type }) => !['words-commit', 'words-open'].includes(type));

for (const message of fromProgram) {
  test(`reads the golden ${message.type}`, () => {
    assert.deepEqual(parseTalk(JSON.stringify({ ...message, later: 1 })), message);
  });
}

test('passes over what is malformed', () => {
  const broken = ['', '[]', 'null', '{"type":"chat"}', '{"type":"chat","id":"x","text":"a"}', '{"type":"chat","id":"xxxxxxxx","text":""}',
    JSON.stringify({ type: 'chat', id: 'xxxxxxxx', text: 'a'.repeat(2001) }), '{"type":"media-state","microphone":1,"camera":true}',
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
  made.showMedia(true, false);
  const channel = new FakeChannel();
  made.attach(channel);
  made.showMedia(false, false);
  assert.deepEqual(channel.sent.map(({ microphone, camera }) => [microphone, camera]), [[true, false], [false, false]]);
  channel.say({ type: 'media-state', microphone: false, camera: true });
  assert.deepEqual(heard.media, [{ type: 'media-state', microphone: false, camera: true }]);
});

test('the channel before is not listened to any more', () => {
  const { heard, made } = talk();
  const first = new FakeChannel();
  made.attach(first);
  made.attach(new FakeChannel());
  first.say({ type: 'chat', id: 'aaaaaaaa', text: 'Hallo' });
  assert.deepEqual(heard.lines, []);
});
