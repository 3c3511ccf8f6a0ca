import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { FaultTable } from '../../../resources/web/check_rules.js';
import { faultOf } from '../../../resources/web/rehearsal.js';
import { TROUBLES } from '../../../resources/web/troubles.js';
import { catalogue } from './catalogue.js';
import { golden } from './golden.js';

const FILE = readFileSync(new URL('../../../resources/web/faults.json', import.meta.url), 'utf8');
const READ = JSON.parse(FILE);
const table = new FaultTable(READ);
const met = READ.faults.filter(({ provoked_by: by }) => 'client' in by).map(({ fault }) => fault);

for (const { part, figures, faults } of golden('check_rules')) {
  test(`the same rules as the program's: ${part} ${JSON.stringify(figures)}`, () => assert.deepEqual(table.judge(part, figures), faults));
}

for (const { faults, verdict } of golden('check_verdicts')) {
  test(`the same verdict as the program's: ${faults.join(', ') || 'nothing'}`, () => assert.deepEqual(table.verdict(faults), verdict));
}

test('nothing that was not measured is blamed', () => {
  for (const part of ['camera', 'microphone', 'loudspeaker', 'network', 'system']) {
    assert.deepEqual(table.judge(part, {}), []);
    assert.deepEqual(table.judge(part, { still_s: null, peak_dbfs: undefined, heard: null, udp: null, relay: null, clock_off_s: null }), []);
  }
});

for (const language of ['de', 'en']) {
  test(`each fault that a client can meet, and no other, has a sentence and an action (${language})`, () => {
    const texts = catalogue(language);
    for (const { fault } of READ.faults) {
      for (const text of ['sentence', 'action']) assert.equal(texts.has(`page.fault.${fault}.${text}`), met.includes(fault), `${fault}.${text}`);
    }
  });
}

test('every trouble of a device is a fault that a client can meet', () => {
  for (const trouble of Object.keys(TROUBLES)) {
    for (const part of ['camera', 'microphone']) assert.ok(met.includes(faultOf(part, trouble)), `${part}: ${trouble}`);
  }
});

test('the table comes with the server’s time, from which the clock’s error is known', async () => {
  const at = Date.parse('2026-11-24T10:00:00Z');
  const answer = () => Promise.resolve(new Response(FILE, { headers: { date: new Date(at).toUTCString() } }));
  assert.equal((await FaultTable.load(answer, () => at + 90_000)).clockOffS, 90);
  assert.equal((await FaultTable.load(() => Promise.resolve(new Response(FILE)), () => at)).clockOffS, null);
  await assert.rejects(FaultTable.load(() => Promise.resolve(new Response('', { status: 404 }))));
});
