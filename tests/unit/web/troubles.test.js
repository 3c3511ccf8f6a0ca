import assert from 'node:assert/strict';
import test from 'node:test';

import { TROUBLES, troubleOf, withoutDevices } from '../../../resources/web/troubles.js';
import { troubleNote, waysOut } from '../../../resources/web/screens/trouble_note.js';
import { fakeDocument } from './fake_document.js';
import { catalogue } from './catalogue.js';

globalThis.document = fakeDocument;
globalThis.location = { href: 'https://video.example.org/r#token' };

/** What browsers throw, from their own sources and documentation, and what it means here. */
const THROWN = [
  ['NotAllowedError', 'Permission denied', 'denied'],
  ['NotAllowedError', 'Permission dismissed', 'denied'],
  ['NotAllowedError', 'Permission denied by system', 'blocked'],
  ['SecurityError', '', 'denied'],
  ['NotFoundError', 'Requested device not found', 'missing'],
  ['OverconstrainedError', '', 'missing'],
  ['NotReadableError', 'Could not start video source', 'busy'],
  ['AbortError', 'Starting videoinput failed', 'busy'],
  ['TypeError', '', 'unknown'],
];

for (const [name, message, trouble] of THROWN) {
  test(`${name} "${message}" is ${trouble}`, () => assert.equal(troubleOf(new DOMException(message, name)), trouble));
}

test('something that is no error is unknown', () => assert.equal(troubleOf('no'), 'unknown'));

test('why a page has no devices at all', () => {
  assert.equal(withoutDevices('Facebook'), 'in-app');
  assert.equal(withoutDevices(''), 'unsupported');
});

for (const language of ['de', 'en']) {
  const texts = catalogue(language);

  test(`every trouble has a sentence of its own (${language})`, () => {
    const sentences = Object.values(TROUBLES).map(({ sentence }) => texts.say(sentence));
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) assert.match(sentence, /\.$/);
  });

  test(`every trouble has a way out that can be tapped (${language})`, () => {
    const actions = { again: () => {}, sound: () => {}, nothing: () => {} };
    for (const trouble of Object.keys(TROUBLES)) assert.ok(waysOut(texts, trouble, actions).length > 0, trouble);
  });
}

test('sound alone is no way out where neither camera nor microphone was found', () => {
  assert.deepEqual(TROUBLES.missing.ways, ['again', 'nothing']);
});

for (const language of ['de', 'en']) {
  const texts = catalogue(language);

  test(`a sentence that names a button names it as it is called (${language})`, () => {
    for (const key of ['page.devices.error.ended', 'page.devices.error.interrupted']) assert.ok(texts.say(key).includes(texts.say('page.again')), key);
    assert.ok(texts.say('page.room.sound-held').includes(texts.say('page.room.sound-on')));
  });
}

test('a way that is not offered here has no button', () => {
  const texts = catalogue('de');
  assert.equal(waysOut(texts, 'denied', { again: () => {} }).length, 1);
});

test('the note shows one trouble, then another, then none', () => {
  const texts = catalogue('de');
  const tapped = [];
  const note = troubleNote(texts, () => tapped.push('again'));
  assert.equal(note.element.hidden, true);
  note.show('interrupted');
  assert.equal(note.element.hidden, false);
  assert.ok(note.element.textContent.includes(texts.say('page.devices.error.interrupted')));
  note.element.all('button')[0].listeners.click();
  assert.deepEqual(tapped, ['again']);
  note.show('in-app');
  assert.equal(note.element.all('input')[0].attributes.value, 'https://video.example.org/r#token');
  note.show(null);
  assert.equal(note.element.hidden, true);
  assert.equal(note.element.all('button').length, 0);
});

test('whoever goes on with a trouble as it is sees it no more, but the next one', () => {
  const note = troubleNote(catalogue('de'), () => {});
  const stay = () => note.element.all('button').find((one) => one.attributes.id === 'stay-so').listeners.click();
  note.show('silent');
  stay();
  assert.equal(note.element.hidden, true);
  note.show('silent');
  assert.equal(note.element.hidden, true);
  note.show('ended');
  assert.equal(note.element.hidden, false);
  stay();
  note.show(null);
  note.show('ended');
  assert.equal(note.element.hidden, false);
});
