import assert from 'node:assert/strict';
import test from 'node:test';

import { Texts, direction, ownName, pickLanguage } from '../../../resources/web/texts.js';

const ours = ['de', 'en', 'de-simple'];

for (const [browser, chosen, expected] of [
  [['en-GB', 'de'], null, 'en'],
  [['fr', 'de-AT'], null, 'de'],
  [['fr'], null, 'de'],
  [[], null, 'de'],
  [['de-Simple'], null, 'de-simple'],
  [['en'], 'de', 'de'],
  [['en'], 'xx', 'en'],
]) {
  test(`${browser} with ${chosen} chosen speaks ${expected}`, () => assert.equal(pickLanguage(ours, browser, chosen), expected));
}

test('languages call themselves by their own names', () => {
  assert.deepEqual(['de', 'en', 'uk'].map(ownName), ['Deutsch', 'English', 'Українська']);
});

test('right-to-left languages are known', () => {
  assert.deepEqual(['ar', 'fa-AF', 'he', 'de', 'en', 'arn'].map(direction), ['rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
});

test('places are filled in, unknown keys are ours to mend', () => {
  const texts = new Texts('de', { 'page.a': 'Um {time} Uhr, {minutes} Minuten' });
  assert.equal(texts.say('page.a', { time: '10:30', minutes: 45 }), 'Um 10:30 Uhr, 45 Minuten');
  assert.throws(() => texts.say('page.b'), /page\.b/);
});

test('times are those of Germany, in summer and in winter', () => {
  const texts = new Texts('de', {});
  assert.equal(texts.time(Date.UTC(2026, 0, 15, 9) / 1000), '10:00');
  assert.equal(texts.time(Date.UTC(2026, 6, 15, 9) / 1000), '11:00');
  assert.equal(texts.date(Date.UTC(2026, 10, 23, 23, 30) / 1000), 'Dienstag, 24. November 2026');
});
