/** What a talk needs of the device beside camera and sound: a battery that lasts, a clock that is right. */

/** @import {Measured} from './check_rules.js' */

/** What some browsers tell (W3C Battery Status). @typedef {{level: number, charging: boolean}} Battery */

/**
 * @param {number | null} clockOffS this device's clock against the server's
 * @param {object} browser
 * @returns {Promise<Measured>} `battery_share` is null on the mains, or where nobody knows
 */
export async function systemLook(clockOffS, browser = navigator) {
  const { getBattery } = /** @type {{getBattery?: () => Promise<Battery>}} */ (browser);
  const battery = await getBattery?.call(browser).catch(() => null);
  return { clock_off_s: clockOffS, battery_share: battery?.charging === false ? battery.level : null };
}
