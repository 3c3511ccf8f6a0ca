/**
 * Every trouble that camera, microphone or browser can make, in one table: its sentence and the ways out. Pure; knows no `document`.
 * The way `again` takes the devices once more, `sound` takes the microphone alone, `nothing` goes on with neither of both, `copy` hands
 * over the link for another browser. The telephone is a way out of each of them and stands above every screen.
 */

/** @typedef {'again' | 'sound' | 'nothing' | 'copy'} Way */

/**
 * `denied` by the person or the browser · `blocked` by the operating system · `missing` not found · `busy` with another program · `ended`
 * vanished while in use · `silent` the microphone gives nothing · `interrupted` a call or another program holds the sound ·
 * `in-app` and `unsupported`: this browser gives no page a device.
 * @typedef {'denied' | 'blocked' | 'missing' | 'busy' | 'ended' | 'silent' | 'interrupted' | 'in-app' | 'unsupported' | 'unknown'} DeviceTrouble
 */

/** @typedef {{sentence: string, ways: readonly Way[]}} Row */

/** @type {Readonly<Record<DeviceTrouble, Row>>} */
export const TROUBLES = Object.freeze({
  denied: { sentence: 'page.devices.error.denied', ways: ['again', 'sound', 'nothing'] },
  blocked: { sentence: 'page.devices.error.blocked', ways: ['again', 'sound', 'nothing'] },
  missing: { sentence: 'page.devices.error.missing', ways: ['again', 'nothing'] },
  busy: { sentence: 'page.devices.error.busy', ways: ['again', 'sound', 'nothing'] },
  ended: { sentence: 'page.devices.error.ended', ways: ['again', 'sound', 'nothing'] },
  silent: { sentence: 'page.devices.error.silent', ways: ['again'] },
  interrupted: { sentence: 'page.devices.error.interrupted', ways: ['again', 'nothing'] },
  'in-app': { sentence: 'page.devices.error.in-app', ways: ['copy', 'nothing'] },
  unsupported: { sentence: 'page.devices.error.unsupported', ways: ['copy', 'nothing'] },
  unknown: { sentence: 'page.devices.error.unknown', ways: ['again', 'sound', 'nothing'] },
});

/** What the browser says when the operating system holds a device back; the name of the error is that of a refusal. */
const BY_SYSTEM = /\bsystem\b/i;

/** @param {unknown} error what `getUserMedia` threw (W3C Media Capture, section 10.2) @returns {DeviceTrouble} */
export function troubleOf(error) {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: '', message: '' };
  if (name === 'NotAllowedError' || name === 'SecurityError') return BY_SYSTEM.test(message) ? 'blocked' : 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unknown';
}

/** Why a page that came encrypted (else its door stays closed) has no devices at all. @param {string} app what `inApp` said @returns {DeviceTrouble} */
export function withoutDevices(app) {
  return app === '' ? 'unsupported' : 'in-app';
}
