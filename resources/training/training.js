/**
 * The client's page in training: a drawn person and a made voice instead of camera and microphone, and a mark over the page. Served only by
 * a server that runs in training; no page of an agency has this file. Nothing is recorded: what is drawn goes into the conversation.
 */

const WIDTH = 640;
const HEIGHT = 360;
const RATE = 15;
/** Milliseconds. */
const BLINK_EVERY = 3_700;
const BLINK = 150;
const SWAY = 5_200;
const SYLLABLE = 240;

/**
 * Before the page asks for anything.
 * @param {string} mark that all of it is invented
 */
export function begin(mark) {
  const said = document.createElement('p');
  said.id = 'training';
  said.textContent = mark;
  said.style.cssText = 'margin:0;padding:.4rem;background:#0b5a7d;color:#fff;text-align:center;font-weight:600';
  document.body.prepend(said);
  const media = navigator.mediaDevices;
  if (media === undefined) return;
  media.getUserMedia = async (wish = {}) => new MediaStream([wish.audio ? voice() : null, wish.video ? picture() : null].filter((track) => track !== null));
  media.enumerateDevices = async () => [device('audioinput', mark), device('videoinput', mark)];
}

/** @param {MediaDeviceKind} kind @param {string} label @returns {MediaDeviceInfo} */
function device(kind, label) {
  const info = { kind, label, deviceId: kind, groupId: 'training' };
  return { ...info, toJSON: () => info };
}

/** @returns {MediaStreamTrack} */
function picture() {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new DOMException('no canvas', 'NotFoundError');
  const [track] = canvas.captureStream(RATE).getVideoTracks();
  if (track === undefined) throw new DOMException('no canvas', 'NotFoundError');
  const drawing = setInterval(() => (track.readyState === 'ended' ? clearInterval(drawing) : person(pen, Date.now())), 1000 / RATE);
  person(pen, Date.now());
  return track;
}

/** Head and shoulders before a wall. @param {CanvasRenderingContext2D} pen @param {number} now */
function person(pen, now) {
  const middle = WIDTH / 2 + 6 * Math.sin((2 * Math.PI * now) / SWAY);
  fill(pen, '#dfe6e4', () => pen.rect(0, 0, WIDTH, HEIGHT));
  fill(pen, '#5c6f4a', () => pen.ellipse(middle, HEIGHT + 40, 170, 150, 0, 0, 7));
  fill(pen, '#4a3a30', () => pen.ellipse(middle, 150, 78, 92, 0, 0, 7));
  fill(pen, '#d8a684', () => pen.ellipse(middle, 165, 62, 78, 0, 0, 7));
  const shut = now % BLINK_EVERY < BLINK;
  for (const side of [-24, 24]) fill(pen, '#2b2b2b', () => pen.ellipse(middle + side, 152, 6, shut ? 1 : 7, 0, 0, 7));
  fill(pen, '#8f3a3a', () => pen.ellipse(middle, 208, 17, 3 + 9 * loudness(now), 0, 0, 7));
}

/** @param {CanvasRenderingContext2D} pen @param {string} colour @param {() => void} shape */
function fill(pen, colour, shape) {
  pen.fillStyle = colour;
  pen.beginPath();
  shape();
  pen.fill();
}

/** Of the voice, 0 to 1. @param {number} now */
function loudness(now) {
  return Math.floor(now / SYLLABLE) % 5 === 4 ? 0 : Math.abs(Math.sin((Math.PI * now) / SYLLABLE));
}

/** Speaks no language. @returns {MediaStreamTrack} */
function voice() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const tone = new OscillatorNode(context, { type: 'sawtooth', frequency: 140 });
  const mouth = new BiquadFilterNode(context, { type: 'bandpass', frequency: 700, Q: 2 });
  const gain = new GainNode(context, { gain: 0 });
  tone.connect(mouth).connect(gain).connect(out);
  tone.start();
  const [track] = out.stream.getAudioTracks();
  if (track === undefined) throw new DOMException('no sound', 'NotFoundError');
  const speaking = setInterval(() => {
    gain.gain.setTargetAtTime(0.5 * loudness(Date.now()), context.currentTime, 0.02);
    if (track.readyState !== 'ended') return;
    clearInterval(speaking);
    void context.close();
  }, 30);
  return track;
}
