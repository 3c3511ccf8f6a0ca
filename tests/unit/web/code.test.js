import assert from 'node:assert/strict';
import test from 'node:test';

import { codeLook, digitsOf, inThrees } from '../../../resources/web/code.js';
import { LookError } from '../../../resources/web/look.js';
import { codeForm } from '../../../resources/web/screens/code_form.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';

globalThis.document = fakeDocument;

test('a code is read as people type it', () => {
  for (const typed of ['004711815', '004 711 815', ' 004-711-815 ', '004.711.815', '٠٠٤٧١١٨١٥', '۰۰۴ ۷۱۱ ۸۱۵']) assert.equal(digitsOf(typed), '004711815');
  assert.equal(digitsOf('o04'), '04');
});

test('it is shown in threes as far as it goes', () => {
  assert.deepEqual(['', '0', '004', '0047', '004711815'].map(inThrees), ['', '0', '004', '004 7', '004 711 815']);
});

for (const [status, code] of [[404, 'unknown-code'], [429, 'too-many'], [503, 'not-ready']]) {
  test(`status ${status} is ${code}`, async () => {
    const asked = codeLook('004711815', async (path, { body }) => {
      assert.deepEqual([path, body], ['/api/code', '{"code":"004711815"}']);
      return new Response('{}', { status });
    });
    await assert.rejects(asked, (error) => error instanceof LookError && error.code === code);
  });
}

/** The form with what happens when it is sent. */
function form(ask) {
  const went = [];
  const texts = catalogue('de');
  const element = codeForm(texts, ask, (code) => went.push(code));
  const [field] = element.all('input');
  const [news] = element.all('p').filter((one) => one.attributes.id === 'code-news');
  Object.assign(field, { focus: () => (field.focused = true), removeAttribute: () => {}, value: '' });
  const send = async (typed) => {
    field.value = typed;
    element.listeners.submit({ preventDefault: () => {} });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { went, field, news, send };
}

test('too few digits are told without asking', async () => {
  const { went, field, news, send } = form(() => assert.fail('asked'));
  await send('123 45');
  assert.ok(news.textContent.includes('Bei Ihnen sind es 5'));
  assert.equal(field.focused, true);
  assert.deepEqual(went, []);
});

test('a right code leads on, a wrong one has one sentence', async () => {
  const right = form(async () => ({}));
  await right.send('123 456 789');
  assert.deepEqual(right.went, ['123456789']);
  const wrong = form(async () => {
    throw new LookError('unknown-code');
  });
  await wrong.send('123456789');
  assert.deepEqual(wrong.went, []);
  assert.ok(wrong.news.textContent.startsWith('Mit diesem Code geht es gerade nicht.'));
});
