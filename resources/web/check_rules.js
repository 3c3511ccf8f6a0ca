/**
 * From what was measured to faults, and from faults to one verdict: the same rules as the program's (`app/domain/check_rules.py`,
 * `app/domain/checks.py`), held to the same golden cases. What was not measured is missing or null and blames nothing. Limits and the order
 * of the faults come from the table (`faults.json`), whose rows of the client's side alone are met here. Pure, but for `load`.
 */

/** @typedef {'camera' | 'microphone' | 'loudspeaker' | 'network' | 'system'} CheckedPart */
/** Names with their unit, as in `check_rules.py`; `trouble` is a fault by itself. @typedef {Record<string, number | boolean | string | null | undefined>} Measured */
/** @typedef {Record<string, number>} Limits */
/** @typedef {{fault: string, part: CheckedPart, place: 'device' | 'network' | 'server', outcome: 'weak' | 'failed'}} FaultRow */
/** @typedef {'nobody' | 'client-device' | 'client-network' | 'our-server'} Blame */
/** @typedef {{blame: Blame, fault: string, outcome: 'ok' | 'weak' | 'failed', others: string[]}} Verdict `fault` is empty where nobody is to blame */

/** @param {unknown} figure @param {number | undefined} limit */
const over = (figure, limit) => typeof figure === 'number' && limit !== undefined && figure > limit;
/** @param {unknown} figure @param {number | undefined} limit */
const under = (figure, limit) => typeof figure === 'number' && limit !== undefined && figure < limit;
/** @param {Record<string, boolean>} rules */
const those = (rules) => Object.entries(rules).filter(([, holds]) => holds).map(([fault]) => fault);

/** @type {Readonly<Record<CheckedPart, (seen: Measured, limits: Limits) => string[]>>} */
export const RULES = Object.freeze({
  camera(seen, limits) {
    if (over(seen.still_s, limits.camera_frozen_s)) return ['camera-frozen'];
    const against = over(seen.backlight, limits.camera_backlight_ratio);
    const measured = those({
      'camera-backlight': against,
      'camera-dark': under(seen.luma, limits.camera_dark_luma) && !against,
      'camera-slow': under(seen.fps, limits.camera_slow_fps),
    });
    return measured.length > 0 ? measured : those({ 'camera-wrong': seen.sees_self === false });
  },
  microphone(heard, limits) {
    const other = heard.other_hears_better === true;
    if (under(heard.peak_dbfs, limits.mic_silent_dbfs)) return [other ? 'mic-wrong' : 'mic-silent'];
    return those({
      'mic-wrong': other || heard.recognised === false,
      'mic-quiet': under(heard.speech_dbfs, limits.mic_quiet_dbfs),
      'mic-clipping': over(heard.clipped_share, limits.mic_clipping_share),
      'mic-hum': over(heard.hum_share, limits.mic_hum_share),
    });
  },
  loudspeaker: (played, limits) => those({ 'speaker-wrong': played.heard === false, 'speaker-echo': over(played.echo_db, limits.echo_db) }),
  network: (way, limits) =>
    those({
      'relay-refused': way.relay === false && way.udp !== true,
      'udp-blocked': way.udp === false,
      'bandwidth-small': under(way.down_kbps, limits.bandwidth_kbps) || under(way.up_kbps, limits.bandwidth_kbps),
      'loss-high': over(way.loss, limits.loss_share),
      'delay-high': over(way.round_trip_ms, limits.delay_ms),
      'jitter-high': over(way.jitter_ms, limits.jitter_ms),
    }),
  system: (machine, limits) =>
    those({
      'clock-wrong': over(Math.abs(Number(machine.clock_off_s ?? 0)), limits.clock_s),
      'memory-low': under(machine.memory_mb, limits.memory_mb),
      'load-high': over(machine.load_share, limits.load_share),
      'keyring-none': machine.keyring === false,
      'battery-low': under(machine.battery_share, limits.battery_share),
    }),
});

export class FaultTable {
  #rows;
  #limits;

  /** @param {{faults: FaultRow[], limits: Limits}} read */
  constructor({ faults, limits }) {
    this.#rows = faults;
    this.#limits = limits;
  }

  /**
   * The table, and how far this device's clock is from the server's: its answer bears the time.
   * @param {typeof fetch} request @param {() => number} now milliseconds
   */
  static async load(request = (...all) => fetch(...all), now = Date.now) {
    const answer = await request('/static/faults.json', { cache: 'no-store' });
    if (!answer.ok) throw new Error(`faults.json: ${answer.status}`);
    const clockOffS = (now() - Date.parse(answer.headers.get('date') ?? '')) / 1000;
    return { table: new FaultTable(await answer.json()), clockOffS: Number.isNaN(clockOffS) ? null : clockOffS };
  }

  /** @param {CheckedPart} part @param {Measured} measured @returns {string[]} faults */
  judge(part, measured) {
    return typeof measured.trouble === 'string' ? [measured.trouble] : RULES[part](measured, this.#limits);
  }

  /** What fails comes before what is weak, then the order of the table decides. @param {readonly string[]} faults @returns {Verdict} */
  verdict(faults) {
    const rows = this.#rows.filter(({ fault }) => faults.includes(fault));
    const [first, ...others] = [...rows.filter(({ outcome }) => outcome === 'failed'), ...rows.filter(({ outcome }) => outcome !== 'failed')];
    if (first === undefined) return { blame: 'nobody', fault: '', outcome: 'ok', others: [] };
    return {
      blame: first.place === 'server' ? 'our-server' : `client-${first.place}`,
      fault: first.fault,
      outcome: first.outcome,
      others: others.map(({ fault }) => fault),
    };
  }
}
