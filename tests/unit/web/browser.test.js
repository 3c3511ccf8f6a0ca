import assert from 'node:assert/strict';
import test from 'node:test';

import { inApp } from '../../../resources/web/browser.js';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-A546B';

/** Name of itself -> the program around it. */
const AGENTS = {
  [`${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/470.0.0.0;FBBV/1]`]: 'Facebook',
  [`${ANDROID}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0.0]`]: 'Facebook',
  [`${IPHONE} Mobile/21F90 Instagram 335.0.0.0 (iPhone14,5; iOS 17_5)`]: 'Instagram',
  [`${IPHONE} Mobile/15E148 musical_ly_34.6.0 BytedanceWebview`]: 'TikTok',
  [`${IPHONE} Mobile/15E148 MicroMessenger/8.0.49`]: 'WeChat',
  [`${IPHONE} Mobile/15E148 Snapchat/12.90`]: 'Snapchat',
  [`${IPHONE} Safari Line/14.8.0`]: 'LINE',
  [`${IPHONE} Mobile/15E148 [LinkedInApp]/9.29`]: 'LinkedIn',
  [`${IPHONE} Mobile/15E148`]: 'app',
  [`${ANDROID}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36`]: 'app',
  [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`]: '',
  [`${IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1`]: '',
  [`${IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`]: '',
  [`${ANDROID}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36`]: '',
  [`${ANDROID}) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36`]: '',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0': '',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0': '',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15': '',
};

for (const [agent, program] of Object.entries(AGENTS)) {
  test(`${program || 'an ordinary browser'}: ${agent.slice(-48)}`, () => assert.equal(inApp(agent), program));
}
