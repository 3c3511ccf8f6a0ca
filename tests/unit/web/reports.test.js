import assert from 'node:assert/strict';
import test from 'node:test';

import { byCode, byLink } from '../../../resources/web/entry.js';
import { LookError } from '../../../resources/web/look.js';
import { Progress } from '../../../resources/web/progress.js';
import { AGAIN_MS, Reports, bodyOf } from '../../../resources/web/reports.js';
import { START } from '../../../resources/web/view.js';
import { FakeStorage, ManualClock } from './fakes.js';
import { golden } from './golden.js';

const token = 'a'.repeat(43);

/** A page with a server that answers as it is told; 204 unless `answers` has something else. */
function reporting() {
  const posts = [];
  const answers = [];
  const clock = new ManualClock();
  const request = async (path, { body }) => {
    assert.equal(path, '/api/report');
    posts.push(JSON.parse(body));
    const status = answers.shift() ?? 204;
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(null, { status });
  };
  return { reports: new Reports(() => ({ token }), request, clock), posts, answers, clock };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

for (const report of golden('reports').reports) {
  test(`writes the golden report with ${Object.keys(report).join(' ')}`, () => {
    const { token: of, code, room, seat, secret, ...said } = report;
    const proof = Object.fromEntries(Object.entries({ token: of, code, room, seat, secret }).filter(([, value]) => value !== undefined));
    assert.deepEqual(JSON.parse(bodyOf(proof, said)), report);
  });
}

test('nothing leaves before a real tap, and then only the newest', async () => {
  const { reports, posts } = reporting();
  reports.at('link');
  reports.at('agreement');
  reports.begin(); // a script that plays a tap
  assert.equal(await reports.wish('cannot-come'), false);
  await settled();
  assert.deepEqual(posts, []);
  reports.person();
  await settled();
  assert.deepEqual(posts, []);
  reports.begin();
  await settled();
  assert.deepEqual(posts, [{ token, step: 'agreement' }]);
});

test('what comes while one is under way goes out together, and what is the same not again', async () => {
  const { reports, posts } = reporting();
  reports.goOn();
  reports.at('permission', 'denied');
  reports.at('permission', 'denied');
  reports.checked('camera', 'failed');
  reports.at('preview');
  reports.checked('microphone', 'ok');
  await settled();
  assert.deepEqual(posts, [{ token, step: 'permission', reason: 'denied' }, { token, step: 'preview', camera: 'failed', microphone: 'ok' }]);
});

test('a report that got lost goes out again with what is new, never older than that', async () => {
  const { reports, posts, answers, clock } = reporting();
  answers.push(0, 503);
  reports.goOn();
  reports.at('permission', 'denied');
  reports.checked('camera', 'ok');
  await settled();
  assert.equal(posts.length, 1);
  await clock.pass(AGAIN_MS);
  await settled();
  assert.deepEqual(posts[1], { token, step: 'permission', reason: 'denied', camera: 'ok' });
  reports.at('preview');
  await settled();
  assert.deepEqual(posts[2], { token, step: 'preview', camera: 'ok' });
});

test('a room that is over is left alone', async () => {
  const { reports, posts, answers, clock } = reporting();
  answers.push(410);
  reports.goOn();
  reports.at('agreement');
  await settled();
  reports.at('preview');
  await clock.pass(AGAIN_MS * 3);
  await settled();
  assert.equal(posts.length, 1);
});

test('a wish says whether the agency has it', async () => {
  const { reports, posts, answers } = reporting();
  reports.person();
  assert.equal(await reports.wish('call-me'), true);
  answers.push(0);
  assert.equal(await reports.wish('nothing'), false);
  assert.deepEqual(posts, [{ token, wish: 'call-me' }, { token, wish: 'nothing' }]);
});

// ---- where the page stands

/** A page whose standing the test sets. */
function standing() {
  const said = [];
  const clock = new ManualClock();
  const now = { screen: 'loading', code: '', trouble: null, view: null };
  const progress = new Progress({ at: (step, reason) => said.push(reason === '' ? step : `${step}: ${reason}`) }, () => now, clock);
  const move = (change) => {
    Object.assign(now, change);
    progress.moved();
    return said.at(-1);
  };
  return { said, clock, move };
}

test('each screen has its step, and screens aside say nothing', () => {
  const { said, move } = standing();
  for (const screen of ['loading', 'rehearsal', 'wish', 'instead', 'ended']) move({ screen });
  assert.deepEqual(said, []);
  assert.equal(move({ screen: 'early' }), 'link');
  assert.equal(move({ screen: 'closed', code: 'no-network' }), 'link: no-network');
  assert.equal(move({ screen: 'welcome', code: '' }), 'agreement');
  assert.equal(move({ screen: 'trouble', trouble: 'denied' }), 'permission: denied');
  assert.equal(move({ screen: 'preview', trouble: 'missing' }), 'preview: missing');
  assert.equal(move({ screen: 'waiting', trouble: null, view: { ...START, phase: 'waiting' } }), 'waiting');
  assert.equal(move({ screen: 'refused', view: { ...START, code: 'room-full' } }), 'waiting: room-full');
});

test('a server that cannot be reached, or a picture that does not come, is in the way after a while', async () => {
  const { clock, move, said } = standing();
  assert.equal(move({ screen: 'joining', view: { ...START, troubled: true } }), 'waiting');
  await clock.pass(15_000);
  assert.equal(said.at(-1), 'waiting: no-network');
  assert.equal(move({ screen: 'waiting', view: { ...START, phase: 'waiting' } }), 'waiting');
  assert.equal(move({ screen: 'room', view: { ...START, phase: 'room', media: 'connecting' } }), 'room');
  await clock.pass(15_000);
  assert.equal(said.at(-1), 'room: stuck');
  assert.equal(move({ view: { ...START, phase: 'room', media: 'connected' } }), 'room');
});

test('who is cut off in the conversation did get in', async () => {
  const { clock, move, said } = standing();
  move({ screen: 'room', view: { ...START, phase: 'room', media: 'connected' } });
  move({ view: { ...START, phase: 'room', media: 'interrupted' } });
  await clock.pass(60_000);
  assert.equal(said.at(-1), 'room');
});

// ---- how the tab comes in

test('a link proves itself by its token, without encryption by nothing', async () => {
  const entry = await byLink(token, true);
  assert.deepEqual(entry.proof({ agreed: true, room: 'r', seat: 's', secret: 'x' }), { token });
  assert.equal(entry.key.length, 43);
  assert.equal((await byLink(token, false)).key, '');
  assert.equal((await byLink('broken', true)).key, '');
});

test('a code proves itself until there is a seat, and the appointment stays known when the code is used up', async () => {
  const storage = new FakeStorage();
  const answers = [{ label: 'Jobcenter' }];
  const entry = byCode('004711815', storage, async () => {
    const answer = answers.shift();
    if (answer === undefined) throw new LookError('unknown-code');
    return answer;
  });
  assert.deepEqual(entry.proof({ agreed: true }), { code: '004711815' });
  assert.deepEqual(entry.proof({ agreed: true, room: 'r', seat: 's', secret: 'x' }), { room: 'r', seat: 's', secret: 'x' });
  assert.deepEqual(await entry.look(), { label: 'Jobcenter' });
  await assert.rejects(entry.look(), LookError);
  storage.setItem('seat/code', '{}');
  assert.deepEqual(await entry.look(), { label: 'Jobcenter' });
});
