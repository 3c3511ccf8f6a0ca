import assert from 'node:assert/strict';
import test from 'node:test';

import { PAUSES, Texts, direction, getJson, ownName, pickLanguage } from '../../../resources/web/texts.js';
import { ManualClock } from './fakes.js';

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

/** Asks with these answers, one after the other; the last one again and again. @param {(() => Promise<Response>)[]} answers */
async function asked(answers) {
  const clock = new ManualClock();
  const tries = [];
  const got = getJson('/site.json', async (path) => {
    tries.push([clock.now(), path]);
    return answers[Math.min(tries.length, answers.length) - 1]();
  }, clock).then((value) => ({ value }), (error) => ({ error }));
  await clock.pass(60_000);
  return { tries, ...(await got) };
}

const fine = async () => new Response('{"phone": "1"}');
const lost = async () => {
  throw new TypeError('Failed to fetch');
};
const status = (code) => async () => new Response('', { status: code });

test('what is lost on the way is asked for again, with pauses', async () => {
  const { tries, value } = await asked([lost, status(429), status(503), fine]);
  assert.deepEqual(value, { phone: '1' });
  assert.deepEqual(tries.map(([at]) => at), [0, 400, 1_600, 4_600]);
});

test('it is given up in the end, and at once where there is nothing', async () => {
  const dead = await asked([lost]);
  assert.equal(dead.tries.length, PAUSES.length + 1);
  assert.ok(dead.error instanceof TypeError);
  const none = await asked([status(404)]);
  assert.equal(none.tries.length, 1);
  assert.match(none.error.message, /404/);
});
