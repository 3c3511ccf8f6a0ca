import assert from 'node:assert/strict';
import test from 'node:test';

import { FaultTable } from '../../../resources/web/check_rules.js';
import { ended } from '../../../resources/web/screens/check_end.js';
import { permission, picture } from '../../../resources/web/screens/permission.js';
import { obstacle } from '../../../resources/web/screens/rehearsal.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';
import { readFileSync } from 'node:fs';

globalThis.document = fakeDocument;
globalThis.location ??= { hash: '', href: 'https://video.example/r#token' };

const texts = catalogue('de');
const table = new FaultTable(JSON.parse(readFileSync(new URL('../../../resources/web/faults.json', import.meta.url), 'utf8')));
const nothing = () => {};
const appointment = { label: 'Jobcenter', phone: '', starts_at: 1_800_000_000, opens_at: 0, now: 0, minutes: 30, language: 'de', state: 'early', save_data: false };
const ids = (screen) => screen.element.all('button').map(({ attributes }) => attributes.id);

for (const [dialog, word] of [['chrome', 'Beim Besuch der Website zulassen'], ['firefox', 'Zulassen'], ['safari', 'Erlauben'], ['samsung', 'Zulassen']]) {
  test(`the question of ${dialog} is drawn with the button to tap, for those who cannot see it too`, () => {
    const drawn = picture(texts, dialog);
    assert.equal(drawn.attributes.role, 'img');
    assert.ok(drawn.attributes['aria-label'].includes(`„${word}“`));
    assert.equal(drawn.all('text')[0].textContent, word);
    assert.ok(permission(texts, dialog).element.textContent.includes(`Tippen Sie bitte auf „${word}“.`));
  });
}

test('inside of another program the link is handed over to a browser', () => {
  const screen = obstacle(texts, 'camera', { fault: 'camera-blocked', trouble: 'in-app' }, { again: nothing, next: nothing });
  assert.ok(screen.element.textContent.includes('in einer anderen App'));
  assert.deepEqual(ids(screen), ['copy-link', 'again', 'next']);
});

const PARTS = ['camera', 'microphone', 'loudspeaker', 'network'];
/** @param {string[]} faults @param {string} outcome of each part */
const end = (faults, outcome, soundAlone = false) =>
  ended({ texts, phone: '0123' }, { outcomes: PARTS.map((part) => ({ part, outcome })), verdict: table.verdict(faults), soundAlone, appointment }, { done: nothing, again: nothing, callMe: nothing });

test('all well: what comes next, and nothing more to do', () => {
  const screen = end([], 'ok');
  assert.equal(screen.heading.textContent, 'Geschafft');
  assert.match(screen.element.textContent, /Mehr müssen Sie nicht tun.*15\. Januar 2027.*09:00/s);
  assert.deepEqual(ids(screen), ['done', 'rehearse-again']);
});

test('something fails: whose it is, one thing to do, and somebody to ask; no appointment before that', () => {
  const screen = end(['relay-refused', 'mic-quiet'], 'failed');
  assert.equal(screen.heading.textContent, 'Fast geschafft');
  assert.match(screen.element.textContent, /Unser Server: Unser Server leitet.*Das hilft: .*Das fiel noch auf.*nur leise/s);
  assert.deepEqual(ids(screen), ['rehearse-again', 'call-me', 'done']);
});

test('something is weak: done all the same, with a hint and somebody to ask', () => {
  const screen = end(['battery-low'], 'ok');
  assert.equal(screen.heading.textContent, 'Geschafft');
  assert.deepEqual(ids(screen), ['done', 'call-me', 'rehearse-again']);
});

test('sound alone is no failure', () => {
  const screen = end([], 'weak', true);
  assert.equal(screen.heading.textContent, 'Geschafft');
  assert.ok(screen.element.textContent.includes('Sie nehmen ohne Bild teil.'));
});

test('who passed everything over is thanked', () => assert.equal(end([], 'unknown').heading.textContent, 'Danke fürs Ausprobieren'));
