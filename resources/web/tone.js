/** A short friendly sound, for the question whether it can be heard. Made by the browser itself: there is no file. */

/** Frequencies (Hz) of the notes, one after the other: C, E, G. */
const NOTES = [523.25, 659.25, 783.99];
const NOTE_S = 0.35;

/** Plays it once. @param {string} [device] id of the loudspeaker; empty is the system's own choice @returns {Promise<void>} when it has faded away */
export async function playTone(device = '') {
  const context = new AudioContext();
  if (device !== '' && 'setSinkId' in context) await /** @type {{setSinkId: (id: string) => Promise<void>}} */ (context).setSinkId(device).catch(() => undefined);
  const end = context.currentTime + NOTES.length * NOTE_S + 0.6;
  NOTES.forEach((frequency, k) => {
    const loudness = new GainNode(context, { gain: 0 });
    const note = new OscillatorNode(context, { type: 'triangle', frequency });
    const from = context.currentTime + k * NOTE_S;
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.25, from + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, end);
    note.connect(loudness).connect(context.destination);
    note.start(from);
    note.stop(end);
  });
  await new Promise((resolve) => setTimeout(resolve, (end - context.currentTime) * 1000));
  await context.close();
}
