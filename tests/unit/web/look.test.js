import assert from 'node:assert/strict';
import test from 'node:test';

import { LookError, isToken, look, lookKey } from '../../../resources/web/look.js';
import { golden } from './golden.js';

const vector = golden('look');

test('the look-up key agrees with the golden one', async () => {
  assert.equal(await lookKey(vector.token), vector.look);
});

test('only 43 characters of base64url are a token', () => {
  assert.ok(isToken(vector.token));
  for (const text of ['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}%`]) assert.ok(!isToken(text), text);
});

test('only the derived key is sent', async () => {
  const bodies = [];
  const answer = { label: 'Jobcenter Musterstadt', phone: '030', starts_at: 1, minutes: 45, language: 'de', state: 'open' };
  const got = await look(vector.look, async (url, request) => {
    bodies.push([url, request.method, request.body]);
    return new Response(JSON.stringify(answer));
  });
  assert.deepEqual(got, answer);
  assert.deepEqual(bodies, [['/api/look', 'POST', JSON.stringify({ look: vector.look })]]);
});

for (const [status, code] of [[404, 'unknown-link'], [429, 'too-many'], [503, 'not-ready']]) {
  test(`status ${status} is ${code}`, async () => {
    await assert.rejects(look(vector.look, async () => new Response('{}', { status })), (error) => error instanceof LookError && error.code === code);
  });
}

test('a dead network has a code of its own', async () => {
  const dead = async () => {
    throw new TypeError('Failed to fetch');
  };
  await assert.rejects(look(vector.look, dead), (error) => error instanceof LookError && error.code === 'no-network');
});
