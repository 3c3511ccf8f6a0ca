import assert from 'node:assert/strict';
import test from 'node:test';

import { MAX_MESSAGE_BYTES, WireError, encode, parse } from '../../../resources/web/wire.js';
import { golden } from './golden.js';

const messages = golden('messages');
const missing = { waiting: { sent_back: false }, reached: { reached: true }, admitted: { peer_present: true } };

for (const message of messages.server_to_page) {
  test(`reads the golden ${message.type} number ${message.seq}`, () => {
    const { seq, ...known } = message;
    assert.deepEqual(parse(JSON.stringify(message)), { ...missing[message.type], ...known });
  });

  test(`passes over a field it does not know in ${message.type} number ${message.seq}`, () => {
    assert.deepEqual(parse(JSON.stringify({ ...message, later: [1] })), parse(JSON.stringify(message)));
  });
}

for (const message of messages.page_to_server) {
  test(`writes the golden ${message.type} number ${message.seq}`, () => {
    const { seq, ...known } = message;
    assert.deepEqual(JSON.parse(encode(known, seq)), message);
  });
}

for (const { text, code } of golden('broken_from_page')) {
  test(`refuses ${text || 'an empty text'}`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof WireError && (error.code === code || error.code === 'unknown-type'),
    );
  });
}

test('refuses binary frames, too large ones and names of the prototype', () => {
  const codeOf = (data) => {
    try {
      parse(data);
    } catch (error) {
      return error.code;
    }
    return 'accepted';
  };
  assert.equal(codeOf(new ArrayBuffer(2)), 'malformed');
  assert.equal(codeOf(' '.repeat(MAX_MESSAGE_BYTES + 1)), 'too-large');
  assert.equal(codeOf('{"type":"constructor","seq":1}'), 'unknown-type');
});

test('every field of every golden message is looked at', () => {
  for (const message of messages.server_to_page) {
    for (const field of Object.keys(message).filter((name) => name !== 'type')) {
      assert.throws(() => parse(JSON.stringify({ ...message, [field]: { not: 'this' } })), WireError, `${message.type}.${field}`);
    }
  }
});

test('an undefined field is left out', () => {
  assert.equal(encode({ type: 'join', token: 'a', language: 'de', seat: undefined }, 3), '{"type":"join","token":"a","language":"de","seq":3}');
});
