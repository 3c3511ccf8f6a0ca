/** How loud a microphone is at the moment, as a bar that moves. */

/** Below this loudness (dB of full scale) the bar is empty; speech in a quiet room lies 20 to 40 dB above. */
const FLOOR_DB = -60;

/** @param {Float32Array} samples -1 to 1 @returns {number} 0 to 1 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length + 1e-10);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

export class LevelMeter {
  #bar;
  /** @type {AudioContext | null} */
  #context = null;
  #frame = 0;

  /** @param {HTMLElement} bar gets `--level`, 0 to 1 */
  constructor(bar) {
    this.#bar = bar;
  }

  /** @param {MediaStreamTrack | null} track */
  show(track) {
    this.close();
    if (track === null) return;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      this.#bar.style.setProperty('--level', loudness(samples).toFixed(2));
      this.#frame = requestAnimationFrame(draw);
    };
    this.#context = context;
    draw();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    void this.#context?.close();
    this.#context = null;
    this.#bar.style.setProperty('--level', '0');
  }
}
