/** Which browsers inside of other programs the page knows. Pure; the browser's name of itself is handed in. */

/**
 * What such browsers say of themselves, and how people call the program around them.
 * @type {readonly (readonly [RegExp, string])[]}
 */
const PROGRAMS = [
  [/\bFB(AN|AV|IOS|_IAB)\b/, 'Facebook'],
  [/\bMessenger(ForiOS|LiteForiOS)?\b/, 'Messenger'],
  [/\bInstagram\b/, 'Instagram'],
  [/\b(musical_ly|BytedanceWebview|TikTok)/, 'TikTok'],
  [/\bSnapchat\b/, 'Snapchat'],
  [/\bMicroMessenger\b/, 'WeChat'],
  [/\bLine\//, 'LINE'],
  [/\bLinkedInApp\b/, 'LinkedIn'],
  [/\bPinterest\b/, 'Pinterest'],
  [/\bTwitter for iPhone\b/, 'X'],
];
/** Android's own mark of a page inside of another program. */
const ANDROID_VIEW = /; wv\)/;
/** Every browser of an iPhone or iPad that is one ends so; a page inside of another program leaves it out. */
const IOS = /\b(iPhone|iPad|iPod)\b.*AppleWebKit/;
const IOS_BROWSER = /\bSafari\/|\b(CriOS|FxiOS|EdgiOS|OPT|DuckDuckGo)\//;

/**
 * @param {string} agent `navigator.userAgent`
 * @returns {string} the program around this browser; `app` if it is one without a name; empty in an ordinary browser
 */
export function inApp(agent) {
  const found = PROGRAMS.find(([mark]) => mark.test(agent));
  if (found !== undefined) return found[1];
  return ANDROID_VIEW.test(agent) || (IOS.test(agent) && !IOS_BROWSER.test(agent)) ? 'app' : '';
}

/** How browsers ask for camera and microphone. @typedef {'chrome' | 'firefox' | 'safari' | 'samsung'} Dialog */

/**
 * Whose question the person is going to see. On an iPhone or iPad every browser asks as Safari does; an iPad calls itself a Mac.
 * @param {string} agent `navigator.userAgent` @param {number} fingers `navigator.maxTouchPoints` @returns {Dialog}
 */
export function dialogOf(agent, fingers) {
  if (/\b(iPhone|iPad|iPod)\b/.test(agent) || (/\bMacintosh\b/.test(agent) && fingers > 1)) return 'safari';
  if (/\bSamsungBrowser\//.test(agent)) return 'samsung';
  if (/\bFirefox\//.test(agent)) return 'firefox';
  return /\bSafari\//.test(agent) && !/Chrom/.test(agent) ? 'safari' : 'chrome';
}
