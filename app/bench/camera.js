// A camera of 1280x720 at 30 pictures a second with the picture clock, and a microphone with a tone, for measuring a browser: takes
// the place of `getUserMedia`. The pictures are the ones that the program's own synthetic camera draws, so that every side has the
// same to compress; they are handed over as planes, without a canvas, so that making them costs little. Runs after page_probe.js.
(() => {
  "use strict";
  const RATE = 30;
  const CELLS = 24;

  /** @param {string} text base64 of a JPEG @returns {Promise<{width: number, height: number, planes: Uint8Array}>} */
  async function planesOf(text) {
    const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const { image } = await new ImageDecoder({ data, type: "image/jpeg" }).decode();
    const planes = new Uint8Array(image.allocationSize());
    await image.copyTo(planes);
    const { codedWidth: width, codedHeight: height } = image;
    image.close();
    return { width, height, planes };
  }

  /** @param {Uint8Array} luma @param {number} width @param {number} height @param {number} ms */
  function drawClock(luma, width, height, ms) {
    const time = Math.floor(ms) % 65536;
    const bits = (2 << 22) | (time << 6) | (time % 61);
    const row = new Uint8Array(width);
    for (let cell = 0; cell < CELLS; cell += 1) {
      const from = Math.floor((cell * width) / CELLS);
      const to = Math.floor(((cell + 1) * width) / CELLS);
      row.fill((bits >> (CELLS - 1 - cell)) & 1 ? 235 : 16, from, to);
    }
    for (let y = 0; y < Math.floor(height / 12); y += 1) luma.set(row, y * width);
  }

  /** Runs forward and backward through the pictures. @param {{width: number, height: number, planes: Uint8Array}[]} pictures */
  function cameraTrack(pictures) {
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const writer = track.writable.getWriter();
    const began = performance.now();
    let shown = -1;
    const timer = setInterval(() => {
      const number = Math.floor(((performance.now() - began) * RATE) / 1000);
      if (number === shown) return;
      if (track.readyState === "ended") return clearInterval(timer);
      shown = number;
      const round = 2 * pictures.length - 2;
      const { width, height, planes } = pictures[number % round < pictures.length ? number % round : round - (number % round)];
      drawClock(planes, width, height, window.__probe.now());
      const timestamp = performance.now() * 1000;
      writer.write(new VideoFrame(planes, { format: "I420", codedWidth: width, codedHeight: height, timestamp })).catch(() => {});
    }, 4);
    return track;
  }

  function microphoneTrack() {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const quiet = context.createGain();
    const out = context.createMediaStreamDestination();
    quiet.gain.value = 0.3;
    tone.frequency.value = 600;
    tone.connect(quiet).connect(out);
    tone.start();
    return out.stream.getAudioTracks()[0];
  }

  /** @type {(pictures: {width: number, height: number, planes: Uint8Array}[]) => void} */
  let loaded;
  const pictures = new Promise((resolve) => (loaded = resolve));

  const camera = {
    /** Hand over the pictures. @param {string[]} texts base64 of JPEGs, 4:2:0 */
    load: async (texts) => loaded(await Promise.all(texts.map(planesOf))),
    /** @param {MediaStreamConstraints} wanted */
    open: async (wanted) => {
      const tracks = [];
      if (wanted.video) tracks.push(cameraTrack(await pictures));
      if (wanted.audio) tracks.push(microphoneTrack());
      return new MediaStream(tracks);
    },
  };
  Object.defineProperty(window, "__camera", { value: camera });
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = (wanted) => camera.open(wanted ?? {});
})();
