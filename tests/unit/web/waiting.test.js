import assert from 'node:assert/strict';
import test from 'node:test';

import { early, over } from '../../../resources/web/screens/message.js';
import { KNOCK_MS, waiting } from '../../../resources/web/screens/waiting.js';
import { welcome } from '../../../resources/web/screens/welcome.js';
import { START } from '../../../resources/web/view.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';
import { ManualClock } from './fakes.js';

globalThis.document = fakeDocument;

const texts = catalogue('de');
const speaker = { texts, phone: '0123 456-0' };
const AT = Date.UTC(2026, 10, 24, 9, 30) / 1000;
const appointment = { label: 'Jobcenter', phone: '', starts_at: AT, opens_at: AT - 900, now: AT, minutes: 30, language: 'de', state: 'open', save_data: false };
const REACHED = { ...START, phase: 'waiting', online: true, reached: true };

/** The waiting room with a counsellor who hears knocks. */
function make() {
  const clock = new ManualClock();
  const knocks = [];
  const devices = { stream: () => null, tracks: { audio: null, video: null }, facing: 'user' };
  const actions = { leave: () => {}, again: () => {}, knock: () => knocks.push('knock') > 0 };
  const screen = waiting(speaker, devices, actions, clock);
  const button = screen.element.all('button').find((one) => one.attributes.id === 'knock');
  const says = (key, values) => screen.element.textContent.includes(texts.say(key, values));
  return { clock, knocks, screen, button, says };
}

for (const [notice, words] of [['five-minutes', 'noch etwa 5 Minuten'], ['ten-minutes', 'noch etwa 10 Minuten'], ['phone-call', 'Wir rufen Sie gleich an'], ['colleague', 'Eine andere Fachkraft']]) {
  test(`the notice ${notice} is shown with its time`, () => {
    const { screen, says } = make();
    screen.update({ ...REACHED, notice, noticeAt: AT });
    assert.ok(screen.element.textContent.includes(words));
    assert.ok(screen.element.textContent.includes('10:30 Uhr'));
    assert.ok(!says('page.waiting.reached'), 'nobody is promised to be let in at once');
  });
}

test('a notice of a later version shows nothing', () => {
  const { screen, says } = make();
  screen.update({ ...REACHED, notice: 'fire-drill', noticeAt: AT });
  assert.ok(says('page.waiting.reached'));
  assert.ok(!screen.element.textContent.includes('10:30'));
});

test('one knock, then a rest of half a minute', async () => {
  const { clock, knocks, screen, button, says } = make();
  screen.update(REACHED);
  button.listeners.click();
  button.listeners.click();
  assert.equal(knocks.length, 1);
  assert.equal(button.attributes['aria-disabled'], 'true');
  assert.ok(says('page.waiting.knocked'));
  await clock.pass(KNOCK_MS);
  assert.equal(button.attributes['aria-disabled'], 'false');
  assert.ok(!says('page.waiting.knocked'));
  button.listeners.click();
  assert.equal(knocks.length, 2);
});

test('a knock that the server refused rests too', () => {
  const { knocks, screen, button, says } = make();
  screen.update({ ...REACHED, knockRefused: true });
  button.listeners.click();
  assert.equal(knocks.length, 0);
  assert.ok(says('page.waiting.knocked-before'));
});

test('nobody can knock where nobody hears it', () => {
  const { screen, button } = make();
  const shown = () => screen.element.children.find((one) => one.children?.includes(button)).hidden === false;
  screen.update({ ...REACHED, reached: false });
  assert.ok(!shown());
  screen.update(REACHED);
  assert.ok(shown());
  screen.update({ ...REACHED, online: false, troubled: true });
  assert.ok(!shown());
});

test('too early: when it opens, by the server\'s clock, and how long that is', () => {
  const screen = early(speaker, { ...appointment, now: AT - 3600 }, () => {});
  assert.ok(screen.element.textContent.includes('in 45 Minuten, um 10:15 Uhr'));
  screen.looked({ ...appointment, now: AT - 900 - 61 });
  assert.ok(screen.element.textContent.includes('in 2 Minuten, um 10:15 Uhr'));
});

for (const [seconds, words] of [[1, 'in 1 Minute'], [5400, 'in 90 Minuten'], [5401, 'in 2 Stunden'], [36 * 3600, 'in 36 Stunden'], [3 * 86_400, 'in 3 Tagen']]) {
  test(`${seconds} s are "${words}"`, () => assert.equal(texts.ahead(seconds), words));
}

test('too late: over, or withdrawn before it began', () => {
  assert.ok(over(speaker, { ...appointment, now: AT + 7200 }).element.textContent.includes(texts.say('page.over.title')));
  assert.ok(over(speaker, { ...appointment, now: AT - 7200 }).element.textContent.includes(texts.say('page.revoked.title')));
});

test('who comes late is welcome', () => {
  const shown = (now) => welcome(texts, { ...appointment, now }, {}).element.textContent;
  assert.ok(shown(AT + 600).includes('hat um 10:30 Uhr begonnen'));
  assert.ok(!shown(AT + 60).includes('begonnen'));
});
