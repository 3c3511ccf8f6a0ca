// A browser's side of a call for measuring lips and voice: a picture with the clock, a burst of tone at every half second of Unix time,
// both handed over as they are. Notes when the bursts of the other side are heard; its pictures are read by page_probe.js.
(() => {
  "use strict";
  const RATE = 48000;
  const BLOCK = 480;
  const CELLS = 24;
  const SIZE = { width: 640, height: 360 };
  const SILENT = 0.02;
  const now = () => window.__probe.now();

  /** @param {Uint8Array} luma @param {number} ms */
  function drawClock(luma, ms) {
    const time = Math.floor(ms) % 65536;
    const bits = (2 << 22) | (time << 6) | (time % 61);
    for (let y = 0; y < Math.floor(SIZE.height / 12); y += 1) {
      for (let x = 0; x < SIZE.width; x += 1) {
        const cell = Math.floor((x * CELLS) / SIZE.width);
        luma[y * SIZE.width + x] = (bits >> (CELLS - 1 - cell)) & 1 ? 235 : 16;
      }
    }
  }

  function cameraTrack() {
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const writer = track.writable.getWriter();
    const planes = new Uint8Array((SIZE.width * SIZE.height * 3) / 2).fill(128);
    setInterval(() => {
      drawClock(planes, now());
      const frame = new VideoFrame(planes, { format: "I420", codedWidth: SIZE.width, codedHeight: SIZE.height, timestamp: performance.now() * 1000 });
      writer.write(frame).catch(() => {});
    }, 33);
    return track;
  }

  function microphoneTrack() {
    const track = new MediaStreamTrackGenerator({ kind: "audio" });
    const writer = track.writable.getWriter();
    let number = Math.floor(now() / 10);
    setInterval(() => {
      for (; number * 10 + 10 <= now(); number += 1) {
        const data = new Float32Array(BLOCK);
        for (let n = 0; n < BLOCK; n += 1) {
          const at = number * BLOCK + n;
          data[n] = at % (RATE / 2) < RATE * 0.08 ? 0.3 * Math.sin((2 * Math.PI * 600 * (at % RATE)) / RATE) : 0;
        }
        const format = { format: /** @type {const} */ ("f32-planar"), sampleRate: RATE, numberOfFrames: BLOCK, numberOfChannels: 1 };
        writer.write(new AudioData({ ...format, timestamp: number * 10000, data })).catch(() => {});
      }
    }, 2);
    return track;
  }

  const lips = {
    /** Unix ms at which bursts of the other side began to be played. */
    bursts: /** @type {number[]} */ ([]),
    connection: /** @type {RTCPeerConnection | null} */ (null),
    /** The offer with all candidates. */
    offer: async () => {
      const connection = new RTCPeerConnection({ iceServers: [] });
      lips.connection = connection;
      connection.addTransceiver(microphoneTrack());
      connection.addTransceiver(cameraTrack());
      connection.addTransceiver("video", { direction: "inactive" });
      connection.createDataChannel("talk", { negotiated: true, id: 0 });
      connection.ontrack = ({ track }) => (track.kind === "audio" ? listen(track) : show(track));
      await connection.setLocalDescription();
      while (connection.iceGatheringState !== "complete") await new Promise((done) => (connection.onicegatheringstatechange = done));
      return connection.localDescription?.sdp;
    },
    answer: (/** @type {string} */ sdp) => lips.connection?.setRemoteDescription({ type: "answer", sdp }),
  };

  /** @param {MediaStreamTrack} track */
  function show(track) {
    const video = document.getElementById("remote-video");
    if (video instanceof HTMLVideoElement && !video.srcObject) video.srcObject = new MediaStream([track]);
  }

  /** @param {MediaStreamTrack} track */
  async function listen(track) {
    const audio = new Audio();
    audio.srcObject = new MediaStream([track]);
    audio.play();
    const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
    let quiet = 0;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const at = now();
      const data = new Float32Array(value.numberOfFrames);
      value.copyTo(data, { planeIndex: 0, format: "f32-planar" });
      const first = data.findIndex((sample) => Math.abs(sample) > SILENT);
      if (first >= 0 && quiet > 0.2) lips.bursts.push(at - ((data.length - first) * 1000) / value.sampleRate);
      quiet = first >= 0 ? 0 : quiet + data.length / value.sampleRate;
      value.close();
    }
  }

  Object.defineProperty(window, "__lips", { value: lips });
})();
