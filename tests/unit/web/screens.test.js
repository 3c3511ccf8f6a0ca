import assert from 'node:assert/strict';
import test from 'node:test';

import { closed, early, goodbye, instead, over } from '../../../resources/web/screens/message.js';
import { joining, waiting } from '../../../resources/web/screens/waiting.js';
import { wordsPanel } from '../../../resources/web/screens/words_panel.js';
import { situation } from '../../../resources/web/screens/situation.js';
import { START } from '../../../resources/web/view.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';

globalThis.document = fakeDocument;

const texts = catalogue('de');
const START_AT = 1_800_000_000;
const appointment = {
  label: 'Jobcenter', phone: '', starts_at: START_AT, opens_at: START_AT - 900, now: START_AT - 3600, minutes: 30, language: 'de', state: 'early', save_data: false,
};
const waits = { leave: () => {}, knock: () => true, again: () => {} };
const devices = { stream: () => null, tracks: { audio: null, video: null } };
const nothing = () => {};

/** Every screen of one column that shows the number, as it stands. */
const SCREENS = {
  'by phone instead': (speaker) => instead(speaker, 'phone', nothing),
  'a visit instead': (speaker) => instead(speaker, 'visit', nothing),
  'something else': (speaker) => instead(speaker, 'other', nothing),
  early: (speaker) => early(speaker, appointment, nothing),
  over: (speaker) => over(speaker, { ...appointment, now: START_AT + 7200 }),
  revoked: (speaker) => over(speaker, appointment),
  joining: (speaker) => joining(speaker),
  waiting: (speaker) => waiting(speaker, devices, waits),
  ...Object.fromEntries(['unknown-link', 'insecure', 'no-network'].map((code) => [`closed, ${code}`, (speaker) => closed(speaker, code, nothing)])),
  ...Object.fromEntries(
    ['left', 'ended', 'removed', 'replaced', 'taken-over'].map((phase) => [phase, (speaker) => goodbye(speaker, { ...START, phase }, nothing)]),
  ),
};

for (const [name, make] of Object.entries(SCREENS)) {
  /** @param {string} phone */
  const shown = (phone) => {
    const screen = make({ texts, phone });
    screen.update?.({ ...START, online: true });
    return screen.element.textContent;
  };

  test(`${name}: the number, or where it stands`, () => {
    assert.ok(shown('0123 456-0').includes('0123 456-0'));
    assert.ok(!shown('0123 456-0').includes('Einladung'));
    assert.ok(shown('').includes('Die Telefonnummer steht in Ihrer Einladung.'));
    assert.doesNotMatch(shown(''), /rufen Sie an: /);
  });
}

test('who left the waiting room is not told of a conversation, and is led back to where they were', () => {
  const { element } = goodbye({ texts, phone: '' }, { ...START, phase: 'left', code: 'waiting' }, nothing);
  assert.ok(element.textContent.includes('Sie haben den Warteraum verlassen'));
  assert.ok(element.textContent.includes('Zurück in den Warteraum'));
  assert.doesNotMatch(element.textContent, /Gespräch/);
});

test('the waiting room says what is wrong with camera and microphone', () => {
  const screen = waiting({ texts, phone: '' }, devices, waits);
  screen.troubled('busy');
  assert.ok(screen.element.textContent.includes(texts.say('page.devices.error.busy')));
  screen.troubled(null);
  assert.ok(!screen.element.textContent.includes(texts.say('page.devices.error.busy')));
});

/** A panel whose word list comes when `come` is called. */
function panel() {
  const waits = [];
  const made = wordsPanel(texts, () => new Promise((resolve, reject) => waits.push({ resolve, reject })), nothing);
  const words = () => made.element.all('li').map((item) => item.textContent);
  return { waits, made, words };
}

const rest = () => new Promise((resolve) => setImmediate(resolve));

test('words appear only when their list is there; without it the numbers', async () => {
  const { waits, made, words } = panel();
  made.update({ state: 'fresh', indices: [0, 1, 1, 0] });
  assert.deepEqual(words(), []);
  waits[0].resolve({ language: 'de', words: ['Apfel', 'Birne'] });
  await rest();
  assert.deepEqual(words(), ['Apfel', 'Birne', 'Birne', 'Apfel']);
  assert.deepEqual(made.element.all('li').map((item) => item.attributes.lang), ['de', 'de', 'de', 'de']);
  made.update({ state: 'again', indices: [5, 6, 7, 8] });
  waits[1].reject(new Error('no look'));
  await rest();
  assert.deepEqual(words(), ['5', '6', '7', '8']);
});

test('pending hides words, also those whose list comes late', async () => {
  const { waits, made, words } = panel();
  made.update({ state: 'fresh', indices: [0, 1, 1, 0] });
  made.update({ state: 'pending', indices: [] });
  waits[0].resolve({ language: 'de', words: ['Apfel', 'Birne'] });
  await rest();
  assert.deepEqual(words(), []);
});

test('words that do not vouch for the connection are told in the banner', () => {
  const view = { ...START, phase: 'room', media: 'connected', words: { state: 'lost', indices: [] } };
  assert.equal(situation(view), 'page.room.words-lost');
});

const calm = { ...START, phase: 'room', media: 'connected', words: { state: 'fresh', indices: [] } };

test('the banner: what is weak, then what is shown, then who is silent; a pause is no silence', () => {
  assert.equal(situation({ ...calm, verdict: 'client-network', sharing: true }), 'page.line.client-network');
  assert.equal(situation({ ...calm, verdict: 'good', sharing: true, peerMicrophone: false }), 'page.room.sharing');
  assert.equal(situation({ ...calm, peerMicrophone: false }), 'page.room.peer-muted');
  assert.equal(situation({ ...calm, peerMicrophone: false, peerPaused: true }), '');
  assert.equal(situation({ ...calm, media: 'interrupted', verdict: 'client-network' }), 'page.room.interrupted');
});

test('who waited for a counsellor who is ill is told of the colleague, not of a withdrawn appointment', () => {
  const view = { ...START, phase: 'ended', code: 'revoked', notice: 'colleague' };
  const text = goodbye({ texts, phone: '0911 12345' }, view, nothing).element.textContent;
  assert.ok(text.includes(texts.say('page.colleague.title')));
  assert.ok(!text.includes(texts.say('page.revoked.title')));
  assert.ok(text.includes('0911 12345'));
});

test('who is phoned is told so', () => {
  const text = goodbye({ texts, phone: '' }, { ...START, phase: 'ended', code: 'phone' }, nothing).element.textContent;
  assert.ok(text.includes('ruft Sie jetzt an') && text.includes('Kein Anruf?'));
});

for (const [code, id] of [['malformed', 'reload'], ['unknown-type', 'reload'], ['too-large', 'reload'], ['out-of-order', 'reload'],
  ['conflict', 'again'], ['not-ready', 'again'], ['unknown-seat', 'again'], ['unknown-link', undefined], ['revoked-link', undefined]]) {
  test(`closed, ${code}: the button for what the sentence asks`, () => {
    const { element } = closed({ texts, phone: '0123 456-0' }, code, nothing);
    assert.ok(element.textContent.includes(texts.say(`page.error.${code}`)));
    assert.equal(element.all('button')[0]?.attributes.id, id);
    if (id === 'reload') assert.match(element.textContent, /Laden Sie die Seite bitte neu/);
    if (id === 'again') assert.match(element.textContent, /noch einmal/);
  });
}
