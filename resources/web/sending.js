/** How much one connection sends, and what of a picture is given up first when the line is narrow. */

/** @import {Wishes} from './talk.js' */

/** Keeps the picture of a 1280x720 camera within what a home line sends (bit/s). */
const MAX_CAMERA = 2_500_000;
/** A screen moves seldom; when it does, its text is to be sharp at once (bit/s). */
const MAX_SCREEN = 3_000_000;
/** What sound and its overhead take of a narrow allowance (bit/s). */
const SOUND = 40_000;
/** A picture below this is none (bit/s). */
const LEAST = 50_000;
/** Of what is left for pictures, while a screen is shown beside the camera. */
const SCREEN_SHARE = 0.75;

/** No limit in any respect. @type {Readonly<Wishes>} */
export const UNLIMITED = Object.freeze({ height: 0, kbps: 0 });

/** Both are obeyed. @param {Wishes} one @param {Wishes} other @returns {Wishes} */
export function stricter(one, other) {
  const least = (/** @type {number} */ a, /** @type {number} */ b) => (a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b));
  return { height: least(one.height, other.height), kbps: least(one.kbps, other.kbps) };
}

/** @param {Wishes} limits @param {boolean} shares a screen is shown too @returns {{camera: number, screen: number}} bit/s */
export function bitrates({ kbps }, shares) {
  if (kbps === 0) return { camera: MAX_CAMERA, screen: MAX_SCREEN };
  const pictures = Math.max(LEAST, kbps * 1000 - SOUND);
  const screen = shares ? Math.round(pictures * SCREEN_SHARE) : pictures;
  return { camera: Math.min(MAX_CAMERA, shares ? pictures - screen : pictures), screen: Math.min(MAX_SCREEN, screen) };
}

/** By how much the camera's picture is made smaller; an upright picture counts by its width. @param {Wishes} limits @param {MediaStreamTrack | null} track */
export function scaleOf({ height }, track) {
  const { width: across = 0, height: down = 0 } = track?.getSettings?.() ?? {};
  const size = Math.min(across, down);
  return height === 0 || size <= height ? 1 : size / height;
}

/**
 * Frame rate before resolution for a person (EN 301 549, 6.5.3), sharp text before frame rate for a screen.
 * @param {RTCRtpSender} sender @param {number} bitrate bit/s @param {number} scale 1 or more @param {RTCDegradationPreference} first
 */
export async function bound(sender, bitrate, scale, first) {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (encoding === undefined) return;
  encoding.maxBitrate = bitrate;
  encoding.scaleResolutionDownBy = scale;
  try {
    await sender.setParameters({ ...parameters, degradationPreference: first });
  } catch {
    // A browser that knows neither still sends a picture.
  }
}
