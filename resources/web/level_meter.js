/** How loud a microphone is at the moment: measured by an ear, drawn as a bar that moves. */

/** Below this loudness (dB of full scale) the bar is empty; speech in a quiet room lies 20 to 40 dB above. */
const FLOOR_DB = -60;

/** @param {Float32Array} samples -1 to 1 @returns {number} 0 to 1 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length + 1e-10);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** Listens to one track. */
export class Ear {
  #context = new AudioContext();
  #analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
  #samples = new Float32Array(this.#analyser.fftSize);

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
  }

  /** Whether it hears at all: a browser may hold its sound back until the person taps, or while a call has it. */
  get open() {
    return this.#context.state === 'running';
  }

  /** Samples per second. */
  get rate() {
    return this.#context.sampleRate;
  }

  /** What came in last, -1 to 1. */
  get samples() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return this.#samples;
  }

  /** @returns {number} 0 to 1 */
  get level() {
    return loudness(this.samples);
  }

  close() {
    void this.#context.close();
  }
}

export class LevelMeter {
  #bar;
  /** @type {Ear | null} */
  #ear = null;
  #frame = 0;

  /** @param {HTMLElement} bar gets `--level`, 0 to 1 */
  constructor(bar) {
    this.#bar = bar;
  }

  /** @param {MediaStreamTrack | null} track */
  show(track) {
    this.close();
    if (track === null) return;
    const ear = new Ear(track);
    const draw = () => {
      this.#bar.style.setProperty('--level', ear.level.toFixed(2));
      this.#frame = requestAnimationFrame(draw);
    };
    this.#ear = ear;
    draw();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#ear?.close();
    this.#ear = null;
    this.#bar.style.setProperty('--level', '0');
  }
}
