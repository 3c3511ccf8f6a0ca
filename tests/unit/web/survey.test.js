import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, privateDecrypt, verify } from 'node:crypto';
import test from 'node:test';

import { Aftermath, LOOK_MS, variantOf } from '../../../resources/web/aftermath.js';
import { fromBase64url, toBase64url, utf8 } from '../../../resources/web/bytes.js';
import { SeatStore } from '../../../resources/web/protocol.js';
import { ANSWER_BYTES, begin, bodyOf, obtain } from '../../../resources/web/survey/right.js';
import { PAUSE_MS, Survey } from '../../../resources/web/survey/survey.js';
import { catalogue } from './catalogue.js';
import { fakeDocument } from './fake_document.js';
import { FakeStorage, ManualClock, until } from './fakes.js';
import { golden } from './golden.js';

globalThis.document = fakeDocument;

const room = 'Q2Jm8sT0pLr4vXyZ1aBcDe';
const proof = { room, seat: 'sEaT0000000000000000_1', secret: 's'.repeat(43) };
const QUESTIONS = [
  { id: 'again', answers: ['yes', 'rather-yes', 'rather-no', 'no'], asked: ['held', 'phone', 'failed'] },
  { id: 'recommend', answers: ['0', '1', '2'], asked: ['held'] },
  { id: 'failed-at', answers: ['link', 'other'], asked: ['failed'] },
];
const ABOUT = [{ id: 'health', answers: ['yes', 'no'] }];

/** A server with a key of its own: signs unseen, counts each right once. */
class FakeOffice {
  #pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  n = this.#pair.privateKey.export({ format: 'jwk' }).n;
  keys = [{ quarter: '2026-Q4', n: this.n }];
  version = '2026-1';
  /** Refusals to come: a code, or `offline`. @type {string[]} */
  refusals = [];
  given = new Set();
  spent = new Set();
  sheets = [];
  asked = [];
  /** Whose rooms these are, where it is not the server's own site. @type {string | undefined} */
  site;

  request = async (path, init) => {
    this.asked.push({ path, ...init });
    const refusal = this.refusals.shift();
    if (refusal === 'offline') throw new TypeError('Failed to fetch');
    if (path === '/survey.json' && this.site !== undefined) return Response.json({ version: this.version, questions: [], about: [], keys: [{ quarter: '2026-Q4', n: this.other }] });
    if (path === (this.site === undefined ? '/survey.json' : `/survey/${this.site}.json`)) return Response.json({ version: this.version, questions: QUESTIONS, about: ABOUT, keys: this.keys });
    const body = JSON.parse(init.body);
    return path === '/api/survey/right' ? this.#sign(body, refusal) : this.#count(body, refusal);
  };

  #sign({ blinded, secret, site }, refusal) {
    if (site !== this.site) return Response.json({ code: 'conflict', site: this.site }, { status: 409 });
    if (refusal !== undefined) return Response.json({ code: refusal }, { status: 403 });
    if (this.given.has(secret) && !this.given.has(blinded)) return Response.json({ code: 'no-right' }, { status: 403 });
    this.given.add(secret).add(blinded);
    return Response.json({ signature: toBase64url(this.#signed(fromBase64url(blinded))) });
  }

  /** What was hidden for another key may be no number below the modulus. */
  #signed(blinded) {
    try {
      return new Uint8Array(privateDecrypt({ key: this.#pair.privateKey, padding: constants.RSA_NO_PADDING }, blinded));
    } catch {
      return new Uint8Array(256).fill(1);
    }
  }

  #count(sheet, refusal) {
    const message = Buffer.concat([utf8('videoberatung/survey/right/1:'), fromBase64url(sheet.nonce)]);
    const pss = { key: this.#pair.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    const holds = verify('sha384', message, pss, fromBase64url(sheet.signature));
    const code = refusal ?? (this.spent.has(sheet.nonce) ? 'right-spent' : holds ? 'counted' : 'right-invalid');
    if (code === 'counted') {
      this.spent.add(sheet.nonce);
      this.sheets.push(sheet);
    }
    return Response.json({ code });
  }

  posts = (path) => this.asked.filter((one) => one.path === path);
}

/** A survey in a tab; time is the test's. */
function tab(office = new FakeOffice(), storage = new FakeStorage(), variant = 'held') {
  const clock = new ManualClock();
  const happened = [];
  const around = {
    storage, name: 'survey/look', variant, proof, plain: ['de-simple'], clock, request: office.request,
    secured: () => happened.push('secured'), over: () => happened.push('over'),
  };
  const survey = new Survey(catalogue('de'), around);
  const find = (what) => survey.element.querySelector(what);
  const choose = (question, answer) => find(`#survey-${question}`).all('input').find((input) => input.attributes.value === answer).listeners.change();
  const send = () => find('#survey-form').listeners.submit({ preventDefault: () => {} });
  const news = () => find('#survey-news')?.dataset.state;
  const told = (state) => until(() => news() === state);
  return { office, storage, clock, survey, happened, find, choose, send, news, told, kept: () => storage.getItem('survey/look') };
}

async function begun(...all) {
  const one = tab(...all);
  await one.survey.start();
  return one;
}

test('gets the right first, whether or not anybody will answer, and asks what fits', async () => {
  const one = await begun();
  assert.deepEqual(one.happened, ['secured']);
  assert.deepEqual(one.find('#survey-form').all('legend').map((legend) => legend.textContent.slice(0, 9)), ['Würden Si', 'Würden Si', 'Ich habe ']);
  const chosen = one.survey.element.all('input').filter(({ attributes }) => 'checked' in attributes).map(({ attributes }) => attributes.value);
  assert.deepEqual(chosen, ['none', 'none', 'none']);
  const failed = await begun(new FakeOffice(), new FakeStorage(), 'failed');
  assert.ok(failed.find('#survey-failed-at') !== null && failed.find('#survey-recommend') === null);
});

test('in a room of another site it asks and answers under that site’s keys', async () => {
  const office = new FakeOffice();
  Object.assign(office, { site: 'nachbarstadt', other: new FakeOffice().n });
  const one = await begun(office);
  assert.deepEqual(one.happened, ['secured']);
  assert.deepEqual(office.asked.map(({ path }) => path), ['/survey.json', '/api/survey/right', '/survey/nachbarstadt.json', '/api/survey/right']);
  one.send();
  await one.clock.pass(PAUSE_MS);
  await one.told('counted');
  assert.equal(office.sheets[0].site, 'nachbarstadt');
  assert.equal(office.posts('/api/survey')[0].body.length, ANSWER_BYTES);
});

test('a server that names ever other sites gets nobody to go on asking', async () => {
  const office = new FakeOffice();
  Object.assign(office, { site: 'a', other: office.n });
  const request = office.request;
  office.request = async (path, init) => (path === '/api/survey/right' ? Response.json({ code: 'conflict', site: 'a' }, { status: 409 }) : request(path, init));
  const one = await begun(office);
  assert.deepEqual(one.happened, ['over']);
  assert.equal(one.kept(), null);
});

test('what is sent has one length, no seat and no cookie, and goes after a pause in which nobody waits', async () => {
  const one = await begun();
  one.clock.chance = () => 0.5;
  one.choose('recommend', '2');
  one.send();
  assert.equal(one.news(), 'waiting');
  assert.equal(fakeDocument.activeElement.attributes.id, 'survey-title');
  await one.clock.pass(PAUSE_MS / 2 - 1);
  assert.equal(one.office.posts('/api/survey').length, 0);
  await one.clock.pass(1);
  await one.told('counted');
  const [post] = one.office.posts('/api/survey');
  assert.equal(post.body.length, ANSWER_BYTES);
  assert.deepEqual([post.credentials, post.referrerPolicy, post.keepalive], ['omit', 'no-referrer', true]);
  const { answers, about, spoken, variant, version } = one.office.sheets[0];
  assert.deepEqual({ answers, about, spoken, variant, version }, { answers: { again: 'none', recommend: '2' }, about: { health: 'none' }, spoken: 'de', variant: 'held', version: '2026-1' });
  assert.ok(!post.body.includes(proof.seat) && !post.body.includes(proof.secret) && !post.body.includes(room));
  assert.equal(one.kept(), null);
  assert.deepEqual(one.happened, ['secured', 'over']);
});

test('who closes the page sends at once', async () => {
  const one = await begun();
  one.clock.chance = () => 0.9;
  one.survey.leave();
  assert.equal(one.office.posts('/api/survey').length, 0, 'nobody answered yet');
  one.send();
  one.survey.leave();
  await one.told('counted');
  await one.clock.pass(PAUSE_MS);
  assert.equal(one.office.posts('/api/survey').length, 1);
});

test('passing over sends nothing and keeps nothing', async () => {
  const one = await begun();
  one.find('#survey-skip').listeners.click();
  await one.clock.pass(PAUSE_MS);
  assert.equal(one.news(), 'skipped');
  assert.equal(one.office.posts('/api/survey').length, 0);
  assert.equal(one.kept(), null);
});

test('after a reload: the same right, or the answer that was on its way', async () => {
  const office = new FakeOffice();
  const one = await begun(office);
  const again = await begun(office, one.storage);
  assert.equal(office.posts('/api/survey/right').length, 1);
  again.send();
  const third = await begun(office, one.storage);
  await third.clock.pass(0);
  await third.told('counted');
  await again.clock.pass(PAUSE_MS);
  assert.equal(office.sheets.length, 1);
});

test('a right whose answer was lost is asked for again with the same hidden nonce', async () => {
  const office = new FakeOffice();
  office.refusals = [undefined, 'offline'];
  const one = await begun(office);
  assert.equal(one.find('#survey-form'), null);
  await one.clock.pass(5_000);
  await until(() => one.find('#survey-form') !== null);
  const bodies = office.posts('/api/survey/right').map(({ body }) => body);
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1]);
});

test('who has no right is shown nothing, and nothing is kept', async () => {
  for (const code of ['no-right', 'unknown-link', 'period-closed']) {
    const office = new FakeOffice();
    office.refusals = [undefined, code];
    const one = await begun(office);
    assert.ok(one.survey.element.hidden);
    assert.equal(one.kept(), null);
    assert.deepEqual(one.happened, ['over']);
  }
});

test('a right that was signed with a key that not everybody sees is thrown away', async () => {
  const office = new FakeOffice();
  office.keys = [{ quarter: '2026-Q4', n: new FakeOffice().n }];
  const one = await begun(office);
  assert.ok(one.survey.element.hidden);
  assert.equal(one.kept(), null);
});

test('each way to fail has a sentence of its own and loses nothing that can still be counted', async () => {
  const sentences = new Set();
  for (const [code, stays] of Object.entries({ offline: true, 'not-ready': true, 'right-spent': false, 'right-invalid': false, 'period-closed': false, malformed: false })) {
    const one = await begun();
    one.office.refusals = [code];
    one.send();
    await one.clock.pass(0);
    await one.told(code === 'offline' ? 'no-network' : code);
    sentences.add(one.find('#survey-news').textContent);
    assert.equal(one.kept() !== null, stays, code);
    assert.equal(one.find('#survey-again').hidden, !stays, code);
    if (!stays) continue;
    one.find('#survey-again').listeners.click();
    await one.told('counted');
  }
  assert.equal(sentences.size, 6);
});

test('other questions by now: the right is kept for them', async () => {
  const office = new FakeOffice();
  const one = await begun(office);
  office.refusals = ['unknown-version'];
  one.send();
  await one.clock.pass(0);
  await one.told('unknown-version');
  assert.ok(!one.find('#survey-reload').hidden);
  office.version = '2026-2';
  const again = await begun(office, one.storage);
  again.send();
  await again.clock.pass(0);
  await again.told('counted');
  assert.equal(office.sheets[0].version, '2026-2');
});

test('in another language the answers stay, and what counts is whether it is German', async () => {
  const one = await begun();
  one.choose('again', 'yes');
  one.survey.show(catalogue('en'));
  const checked = one.find('#survey-again').all('input').filter(({ attributes }) => 'checked' in attributes);
  assert.deepEqual(checked.map(({ attributes }) => attributes.value), ['yes']);
  assert.equal(one.find('#survey-plain'), null, 'there are no easier English texts');
  one.send();
  await one.clock.pass(0);
  await one.told('counted');
  assert.equal(one.office.sheets[0].spoken, 'other');
});

test('writes the golden answer', () => {
  const { nonce, signature, quarter, ...sheet } = golden('survey').answer;
  const body = bodyOf(sheet, { quarter, nonce, signature });
  assert.equal(body.length, ANSWER_BYTES);
  const { filler, ...said } = JSON.parse(body);
  assert.deepEqual(said, golden('survey').answer);
  assert.match(filler, /^x+$/);
});

test('a server without an open quarter gives no right', async () => {
  await assert.rejects(begin({ version: '', questions: [], about: [], keys: [] }), { code: 'period-closed' });
  const asking = { quarter: '2025-Q4', nonce: 'n'.repeat(43), blinded: '', inverse: '' };
  await assert.rejects(obtain(proof, asking, { version: '', questions: [], about: [], keys: [] }, fetch), { code: 'period-closed' });
});

test('who cannot get in looks again and again whether it is over, and is not put off by each try to connect', async () => {
  const clock = new ManualClock();
  const store = new SeatStore(new FakeStorage(), 'look');
  const display = { state: 'joining' };
  let looks = 0;
  const aftermath = new Aftermath({ store, display, ended: async () => void (looks += 1) }, clock);
  for (let tries = 0; tries < 45; tries += 1) {
    aftermath.noted(false, 'no-network');
    await clock.pass(3_000);
  }
  assert.equal(looks, 2);
  assert.equal(store.read().trouble, 'no-network');
  display.state = 'over';
  await clock.pass(10 * LOOK_MS);
  assert.equal(looks, 3);
  aftermath.noted(true, '');
  assert.equal(store.read().talked, true);
});

test('which questions fit', () => {
  const agreed = { agreed: true };
  const cases = [
    ['ended', 'counsellor', { ...agreed, admitted: true, talked: true }, 'held'],
    ['ended', 'phone', { ...agreed, admitted: true, talked: true }, 'phone'],
    ['ended', 'phone', agreed, 'phone'],
    ['ended', 'counsellor', { ...agreed, admitted: true, trouble: 'stuck' }, 'failed'],
    ['ended', 'counsellor', agreed, null],
    ['ended', 'revoked', { ...agreed, trouble: 'no-network' }, null],
    ['left', '', { ...agreed, admitted: true, talked: true }, 'held'],
    ['left', 'waiting', { ...agreed, talked: true }, null],
    ['over', '', { ...agreed, variant: 'phone' }, 'phone'],
    ['over', '', { ...agreed, trouble: 'no-network' }, 'failed'],
    ['over', '', agreed, null],
    ['refused', 'expired-link', { ...agreed, trouble: 'no-network' }, 'failed'],
    ['refused', 'room-full', { ...agreed, trouble: 'no-network' }, null],
    ['room', '', { ...agreed, admitted: true, talked: true }, null],
  ];
  for (const [screen, code, record, expected] of cases) assert.equal(variantOf(screen, code, record), expected, `${screen} ${code} ${JSON.stringify(record)}`);
});

test('a session that is over leaves what the survey needs, and nothing after that', () => {
  const storage = new FakeStorage();
  const store = new SeatStore(storage, 'look');
  store.update({ agreed: true, ...proof, admitted: true, talked: true, wish: { microphone: true, camera: true } });
  store.settle();
  assert.equal(storage.getItem('seat/look'), null);
  assert.deepEqual(new SeatStore(storage, 'look').past(), { agreed: true, ...proof, admitted: true, talked: true });
  store.forgetPast();
  assert.equal(store.past(), null);
});
