import assert from 'node:assert/strict';
import test from 'node:test';

import { figuresOf, reportOf } from '../../../resources/web/figures.js';
import { BELIEVED_MS, LineJudge, REPORT_MS, verdict } from '../../../resources/web/line.js';
import { Readings } from '../../../resources/web/readings.js';
import { golden } from './golden.js';

const GOLDEN = golden('line_verdicts');

const fine = { loss: 0, round_trip_ms: 40, limited: 'none' };
const lossy = { ...fine, loss: 0.2 };

for (const { case: name, client, counsellor, verdict: wanted } of GOLDEN) {
  test(`golden: ${name}`, () => assert.equal(verdict(client, counsellor), wanted));
}

test('a verdict is shown when it came out twice in a row; one bad reading is no alarm', () => {
  const judge = new LineJudge();
  judge.heard(fine, 0);
  assert.equal(judge.judge(fine, 0), 'unknown');
  assert.equal(judge.judge(fine, REPORT_MS), 'good');
  assert.equal(judge.judge(lossy, 2 * REPORT_MS), 'good');
  judge.heard(fine, 3 * REPORT_MS);
  assert.equal(judge.judge(fine, 3 * REPORT_MS), 'good');
  assert.equal(judge.judge(lossy, 4 * REPORT_MS), 'good');
  assert.equal(judge.judge(lossy, 5 * REPORT_MS), 'network-between');
});

test('without a report of the program there is no verdict, at once', () => {
  const judge = new LineJudge();
  judge.heard(fine, 0);
  judge.judge(fine, 0);
  assert.equal(judge.judge(fine, BELIEVED_MS), 'good');
  assert.equal(judge.judge(fine, BELIEVED_MS + 1), 'unknown');
});

const inbound = (kind, packetsReceived, packetsLost, totalAudioEnergy) => ({ type: 'inbound-rtp', kind, packetsReceived, packetsLost, totalAudioEnergy });
const STATS = [
  inbound('audio', 100, 1, 0.5),
  inbound('video', 300, 4),
  { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.25 },
  { type: 'outbound-rtp', kind: 'video', qualityLimitationReason: 'bandwidth' },
  { type: 'outbound-rtp', kind: 'audio' },
  { type: 'candidate-pair', id: 'unused', nominated: true, currentRoundTripTime: 9, responsesReceived: 90 },
  { type: 'candidate-pair', id: 'used', currentRoundTripTime: 0.1234, responsesReceived: 7, bytesSent: 3, bytesReceived: 4, availableOutgoingBitrate: 250_000 },
  { type: 'transport', selectedCandidatePairId: 'used' },
];

test('figures of all lines and of the path in use', () => {
  assert.deepEqual(figuresOf(STATS), {
    bytes: 7, packets: 400, lost: 5, soundPackets: 100, heard: 0.5, spoken: 0.25, answered: 7, roundTripMs: 123, uplink: 250_000, limitation: 'bandwidth',
  });
});

test('a browser that names no transport has one nominated path', () => {
  const figures = figuresOf([{ type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02, responsesReceived: 3 }]);
  assert.deepEqual([figures.roundTripMs, figures.answered, figures.uplink], [20, 3, Infinity]);
});

test('a report: the loss between two readings, what holds the picture down', () => {
  const before = figuresOf(STATS);
  const now = { ...before, packets: 490, lost: 15 };
  assert.deepEqual(reportOf(before, now, 55), { loss: 0.1, round_trip_ms: 123, server_ms: 55, limited: 'network' });
  assert.equal(reportOf(before, { ...now, uplink: 900_000 }, null).limited, 'none');
  assert.equal(reportOf(before, { ...now, limitation: 'cpu' }, null).limited, 'device');
  assert.equal(reportOf(before, before, null).loss, 0);
});

const silent = figuresOf([]);

/** Readings every half second of figures that `next` makes; gives the last one. */
function readings(seconds, next, report = () => fine) {
  const made = new Readings(report);
  let [now, figures, last] = [0, silent, null];
  for (; now <= seconds * 1000; now += 500) {
    figures = next(figures, now);
    last = made.read(figures, 1, now);
  }
  return { made, last, now: now - 500 };
}

test('a report goes out every 3 s, and none is made across two connections', () => {
  const reported = [];
  const { made, now } = readings(7, (figures) => ({ ...figures, packets: figures.packets + 1 }), (before, after) => {
    reported.push(after.packets - before.packets);
    return fine;
  });
  assert.deepEqual(reported, [6, 6]);
  made.read(silent, 2, now + 500);
  made.read(silent, 2, now + 3_400);
  assert.equal(reported.length, 2);
});

test('who speaks is shown a moment longer than the sound', () => {
  const speech = (figures, now) => ({ ...figures, heard: figures.heard + (now <= 2_000 ? 0.001 : 0), spoken: figures.spoken + 1e-6 });
  assert.deepEqual([readings(3, speech).last.peerSpeaks, readings(3, speech).last.ownSpeaks], [true, false]);
  assert.equal(readings(3.5, speech).last.peerSpeaks, false);
});

test('hearing: nothing comes, it comes and is quiet, it comes and is loud', () => {
  const comes = (figures) => ({ ...figures, soundPackets: figures.soundPackets + 25 });
  const stops = (figures, now) => (now < 2_000 ? comes(figures) : figures);
  const loud = (figures) => ({ ...comes(figures), heard: figures.heard + 0.01 });
  const hearing = (next) => {
    const { made, now } = readings(4, next);
    return made.hearing(now);
  };
  assert.deepEqual([stops, comes, loud].map(hearing), ['lost', 'quiet', 'loud']);
});
