import assert from 'node:assert/strict';
import test from 'node:test';

import { STUCK_MS, Situation } from '../../../resources/web/screens/situation.js';
import { START } from '../../../resources/web/view.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';
import { ManualClock } from './fakes.js';

globalThis.document = fakeDocument;

const texts = catalogue('de');
const view = (media, more = {}) => ({ ...START, phase: 'room', words: { state: 'fresh', indices: [] }, media, ...more });

/** The banner of a room that begins to connect. */
function banner(phone = '0123 456-0') {
  const clock = new ManualClock();
  const made = new Situation(texts, phone, clock);
  made.update(view('connecting'));
  const says = (key) => made.element.textContent.includes(texts.say(key));
  const numbers = () => made.element.all('a').map((link) => link.attributes.href);
  return { clock, made, says, numbers };
}

test('a connection that does not come about is called so, with the telephone as way out, until it stands', async () => {
  const { clock, made, says, numbers } = banner();
  await clock.pass(STUCK_MS - 1);
  made.update(view('connecting', { epoch: 3 }));
  assert.ok(says('page.room.connecting'));
  await clock.pass(1);
  assert.ok(says('page.room.stuck'));
  assert.ok(!says('page.room.connecting'));
  assert.deepEqual(numbers(), ['tel:01234560']);
  assert.equal(made.element.dataset.situation, 'stuck');
  const [said] = made.element.children;
  made.update(view('connecting', { epoch: 4 }));
  assert.equal(made.element.children[0], said, 'a status is said once');
  made.update(view('connected'));
  assert.equal(made.element.textContent, '');
  assert.deepEqual(numbers(), []);
});

test('the same holds for one that broke off and does not come back; each has its own patience', async () => {
  const { clock, made, says } = banner();
  await clock.pass(STUCK_MS - 1);
  made.update(view('connected'));
  made.update(view('interrupted'));
  await clock.pass(STUCK_MS - 1);
  assert.ok(says('page.room.interrupted'));
  await clock.pass(1);
  assert.ok(says('page.room.stuck'));
});

test('nobody blames the network while the counsellor\'s program is away', async () => {
  const { clock, made, says } = banner();
  made.update(view('connecting', { peerPresent: false }));
  await clock.pass(2 * STUCK_MS);
  assert.ok(says('page.room.peer-away'));
});

test('without a number: where it stands', async () => {
  const { clock, says, numbers } = banner('');
  await clock.pass(STUCK_MS);
  assert.ok(says('page.phone.invitation'));
  assert.deepEqual(numbers(), []);
});

test('a room that is left says nothing any more', async () => {
  const { clock, made, says } = banner();
  made.close();
  await clock.pass(STUCK_MS);
  assert.ok(!says('page.room.stuck'));
});
