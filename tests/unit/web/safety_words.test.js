import assert from 'node:assert/strict';
import test from 'node:test';

import { SafetyWords, commitment, keepMac, wordIndices } from '../../../resources/web/safety_words.js';
import { ManualClock, until } from './fakes.js';
import { golden } from './golden.js';

const vector = golden('safety_words');
const prints = { browser: vector.browser_fingerprint, program: vector.program_fingerprint };
const nonces = { browser: vector.browser_nonce, program: vector.program_nonce };

test('the sums agree with the golden ones', async () => {
  assert.equal(await commitment(vector.browser_nonce), vector.commitment);
  assert.deepEqual(await wordIndices(prints, nonces), vector.indices);
  const later = { browser: vector.later.browser_fingerprint, program: vector.later.program_fingerprint };
  assert.equal(await keepMac('browser', vector.later.epoch, later, nonces), vector.later.mac_browser);
  assert.equal(await keepMac('program', vector.later.epoch, later, nonces), vector.later.mac_program);
});

test('a fingerprint of another form is refused', async () => {
  await assert.rejects(wordIndices({ ...prints, browser: prints.browser.toLowerCase() }, nonces), RangeError);
  await assert.rejects(wordIndices({ ...prints, program: 'AA:BB' }, nonces), RangeError);
});

/** The program's side, as the paper has it. */
function program() {
  const heard = [];
  const shown = [];
  const clock = new ManualClock();
  const words = new SafetyWords((view) => shown.push(view), clock);
  return { heard, shown, clock, words, send: (message) => heard.push(message) };
}

/** @param {ReturnType<typeof program>} side */
async function firstEpoch(side) {
  await side.words.opened(1, prints, side.send);
  await side.words.received({ type: 'words-reveal', epoch: 1, nonce: vector.program_nonce });
  const open = side.heard.at(-1);
  assert.equal(open.type, 'words-open');
  assert.equal(side.heard[0].commitment, await commitment(open.nonce));
  return { browser: open.nonce, program: vector.program_nonce };
}

test('commit, reveal, open: both sides come to the same words', async () => {
  const side = program();
  const made = await firstEpoch(side);
  assert.deepEqual(side.heard.map((message) => message.type), ['words-commit', 'words-open']);
  assert.deepEqual(side.shown.at(-1), { state: 'fresh', indices: await wordIndices(prints, made) });
});

test('another fingerprint in between gives other words', async () => {
  const side = program();
  const made = await firstEpoch(side);
  const other = await wordIndices({ ...prints, browser: vector.later.browser_fingerprint }, made);
  assert.notDeepEqual(side.shown.at(-1).indices, other);
});

test('a later epoch keeps the words when the mac holds', async () => {
  const side = program();
  const made = await firstEpoch(side);
  const later = { browser: vector.later.browser_fingerprint, program: vector.later.program_fingerprint };
  const before = side.shown.at(-1);
  await side.words.opened(3, later, side.send);
  assert.deepEqual(side.heard.at(-1), { type: 'words-keep', epoch: 3, mac: await keepMac('browser', 3, later, made) });
  await side.words.received({ type: 'words-keep', epoch: 3, mac: await keepMac('program', 3, later, made) });
  await side.clock.pass(20_000);
  assert.deepEqual(side.shown.slice(-2), [{ state: 'pending', indices: [] }, before]);
});

test('certificates, no channel: pending hides words, after 5 s they are lost, and the first channel makes new ones', { timeout: 10_000 }, async () => {
  const side = program();
  await firstEpoch(side);
  side.words.connected(2, prints);
  assert.deepEqual(side.shown.at(-1), { state: 'pending', indices: [] });
  await side.clock.pass(4_999);
  assert.equal(side.shown.at(-1).state, 'pending');
  await side.clock.pass(1);
  assert.deepEqual(side.shown.at(-1), { state: 'lost', indices: [] });
  side.words.connected(3, prints);
  await side.clock.pass(20_000);
  assert.equal(side.shown.at(-1).state, 'lost');
  await side.words.opened(3, prints, side.send);
  assert.equal(side.heard.at(-1).type, 'words-commit');
  await side.words.received({ type: 'words-reveal', epoch: 3, nonce: vector.program_nonce });
  assert.equal(side.shown.at(-1).state, 'again');
  assert.equal(side.shown.at(-1).indices.length, 4);
});

test('the 5 s begin with the connection: a channel that opens late does not lengthen them', { timeout: 10_000 }, async () => {
  const side = program();
  await firstEpoch(side);
  side.words.connected(2, prints);
  await side.clock.pass(4_000);
  await side.words.opened(2, prints, side.send);
  assert.equal(side.heard.at(-1).type, 'words-keep');
  await side.clock.pass(1_000);
  await until(() => side.heard.at(-1).type === 'words-commit');
  assert.equal(side.shown.at(-1).state, 'pending');
});

test('a channel that was faster than its connection is not asked twice', async () => {
  const side = program();
  const made = await firstEpoch(side);
  await side.words.opened(2, prints, side.send);
  await side.words.received({ type: 'words-keep', epoch: 2, mac: await keepMac('program', 2, prints, made) });
  side.words.connected(2, prints);
  await side.clock.pass(20_000);
  assert.equal(side.shown.at(-1).state, 'fresh');
});

for (const [name, answer] of [
  ['a wrong mac', async (side) => side.words.received({ type: 'words-keep', epoch: 2, mac: vector.later.mac_program })],
  ['no mac within 5 s', async (side) => side.clock.pass(5_000)],
]) {
  test(`${name} asks to compare again`, { timeout: 10_000 }, async () => {
    const side = program();
    await firstEpoch(side);
    await side.words.opened(2, prints, side.send);
    await answer(side);
    await until(() => side.heard.at(-1).type === 'words-commit');
    await side.words.received({ type: 'words-reveal', epoch: 2, nonce: vector.program_nonce });
    assert.equal(side.shown.at(-1).state, 'again');
  });
}

test('a page that was loaded again passes over the old words and asks to compare again', async () => {
  const side = program();
  side.words.remember();
  await side.words.opened(4, prints, side.send);
  await side.words.received({ type: 'words-keep', epoch: 4, mac: vector.later.mac_program });
  await side.words.received({ type: 'words-reveal', epoch: 4, nonce: vector.program_nonce });
  assert.equal(side.shown.at(-1).state, 'again');
});

test('a step out of turn withdraws the words', async () => {
  const side = program();
  await firstEpoch(side);
  await side.words.received({ type: 'words-reveal', epoch: 1, nonce: vector.browser_nonce });
  assert.deepEqual(side.shown.at(-1), { state: 'broken', indices: [] });
});

test('messages of an epoch that is gone are passed over', async () => {
  const side = program();
  await firstEpoch(side);
  const before = side.shown.length;
  await side.words.received({ type: 'words-reveal', epoch: 9, nonce: vector.browser_nonce });
  assert.equal(side.shown.length, before);
});
