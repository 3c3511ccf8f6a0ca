/** A tab that was opened before a server was renewed: the readers of the version before, as they lie frozen, beside ours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { parseTalk } from '../../../resources/web/talk.js';
import { parse } from '../../../resources/web/wire.js';
import { parseTalk as parseTalkBefore } from '../../contract/version_before/page/talk.js';
import { WireError as WireErrorBefore, parse as parseBefore } from '../../contract/version_before/page/wire.js';
import { golden } from './golden.js';

const before = JSON.parse(readFileSync(new URL('../../contract/version_before/messages.json', import.meta.url), 'utf8'));
const ours = golden('messages');
const fromProgram = ({ type }) => !['words-commit', 'words-open'].includes(type);

/** The message as that reader takes it; null for a type it passes over. */
function taken(message, read, WrongMessage) {
  try {
    return read(JSON.stringify(message));
  } catch (error) {
    if (error instanceof WrongMessage && error.code === 'unknown-type') return null;
    throw error;
  }
}

test('a tab of the version before reads whatever our server says', () => {
  const known = ours.server_to_page.filter((message) => taken(message, parseBefore, WireErrorBefore) !== null);
  for (const { type } of before.server_to_page) assert.ok(known.some((message) => message.type === type), type);
});

test('it passes over a type that it does not know, and refuses what lacks a field', () => {
  const [waiting] = ours.server_to_page.filter(({ type }) => type === 'waiting');
  assert.equal(taken({ type: 'of-a-later-version', seq: 1 }, parseBefore, WireErrorBefore), null);
  const { reached, ...without } = waiting;
  assert.throws(() => taken(without, parseBefore, WireErrorBefore), /waiting\.reached/);
});

test('our page reads whatever a server of the version before says', () => {
  for (const { seq, ...message } of before.server_to_page) {
    const read = parse(JSON.stringify({ seq, ...message }));
    for (const [name, value] of Object.entries(message)) assert.deepEqual(read[name], value);
  }
});

test('a page and a program of different versions read each other on the data channel', () => {
  for (const line of ours.talk.filter(fromProgram)) {
    const known = before.talk.some(({ type }) => type === line.type);
    assert.equal(parseTalkBefore(JSON.stringify(line)) !== null, known, line.type);
  }
  for (const line of before.talk.filter(fromProgram)) assert.notEqual(parseTalk(JSON.stringify(line)), null, line.type);
});
