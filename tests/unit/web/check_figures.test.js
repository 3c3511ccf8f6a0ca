import assert from 'node:assert/strict';
import test from 'node:test';

import { dialogOf } from '../../../resources/web/browser.js';
import { brightness } from '../../../resources/web/camera_look.js';
import { Hearing } from '../../../resources/web/hearing.js';
import { systemLook } from '../../../resources/web/system_look.js';

const RATE = 48_000;

/** 32x24 dots. @param {(x: number, y: number) => number} light 0 to 255 */
const picture = (light) => new Uint8ClampedArray(Array.from({ length: 32 * 24 }, (_, k) => [...Array(3).fill(light(k % 32, Math.floor(k / 32))), 255]).flat());
const middle = (x, y) => x >= 8 && x < 24 && y >= 6 && y < 18;
const near = (figure, wanted, within) => assert.ok(Math.abs(figure - wanted) <= within, `${figure}, not ${wanted}`);

test('brightness is that of the middle, where a face is, and the border against it', () => {
  const even = brightness(picture(() => 120));
  near(even.middle, 120, 0.01);
  near(even.ratio, 1, 0.01);
  assert.equal(Math.round(even.span), 0);
  const against = brightness(picture((x, y) => (middle(x, y) ? 40 : 200)));
  near(against.middle, 40, 0.01);
  near(against.ratio, 5, 0.01);
});

/** @param {number} seconds @param {(k: number) => number} wave */
const sound = (seconds, wave) => Float32Array.from({ length: seconds * RATE }, (_, k) => wave(k));
const tone = (size) => (k) => size * Math.sin((2 * Math.PI * 440 * k) / RATE);

test('a tone has the level that it has', () => {
  const hearing = new Hearing();
  hearing.take(sound(1, tone(0.1)), RATE, 0);
  near(hearing.figures.peak_dbfs, -20, 0.1);
  near(hearing.figures.speech_dbfs, -23, 0.1);
  assert.equal(hearing.figures.clipped_share, 0);
});

test('pauses between words do not make a voice quiet, a minute of silence before it does not either', () => {
  const hearing = new Hearing();
  hearing.take(sound(1, () => 0), RATE, 0);
  hearing.take(sound(1, (k) => (k % RATE < RATE / 5 ? tone(0.1)(k) : 0)), RATE, 60_000);
  near(hearing.figures.speech_dbfs, -23, 0.2);
});

test('nothing but zeros is silent; a tone that is cut off is clipped', () => {
  const hearing = new Hearing();
  assert.deepEqual(hearing.figures, {});
  hearing.take(sound(0.1, () => 0), RATE, 0);
  assert.ok(hearing.figures.peak_dbfs <= -100);
  hearing.take(sound(0.1, (k) => Math.max(-1, Math.min(1, tone(3)(k)))), RATE, 10);
  assert.ok(hearing.figures.clipped_share > 0.1);
});

test('a battery counts only while it is not charged', async () => {
  const browser = (charging) => ({ getBattery: () => Promise.resolve({ level: 0.1, charging }) });
  assert.deepEqual(await systemLook(3, browser(false)), { clock_off_s: 3, battery_share: 0.1 });
  assert.deepEqual(await systemLook(3, browser(true)), { clock_off_s: 3, battery_share: null });
  assert.deepEqual(await systemLook(null, {}), { clock_off_s: null, battery_share: null });
  assert.deepEqual(await systemLook(null, { getBattery: () => Promise.reject(new Error('no')) }), { clock_off_s: null, battery_share: null });
});

const ANDROID = 'Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const DIALOGS = [
  ['chrome', `${ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36`, 5],
  ['samsung', `${ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`, 5],
  ['firefox', 'Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0', 5],
  ['safari', `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, 5],
  ['safari', `${IPHONE} CriOS/126.0.0.0 Mobile/15E148 Safari/604.1`, 5],
  ['safari', `${MAC} Version/17.5 Safari/605.1.15`, 5],
  ['safari', `${MAC} Version/17.5 Safari/605.1.15`, 0],
  ['chrome', `${MAC} Chrome/126.0.0.0 Safari/537.36`, 0],
  ['chrome', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36', 0],
];

for (const [dialog, agent, fingers] of DIALOGS) {
  test(`the question of ${dialog} is drawn for ${agent}`, () => assert.equal(dialogOf(agent, fingers), dialog));
}
