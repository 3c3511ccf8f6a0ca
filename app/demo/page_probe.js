// Looks at a page from inside, for the demonstration and the benchmarks: figures of its connections and the clock in the picture
// that it shows. Runs before the page's own scripts and changes nothing that they or the other side can see.
// The clock: a strip over the full width at the top, a twelfth of the height, 24 equal cells, luma 235 is 1 and 16 is 0:
// 1, 0, then 16 bits of a time in ms modulo 65536, then 6 bits of that value modulo 61, highest bit first.
(() => {
  "use strict";
  const CELLS = 24;
  /** @type {RTCPeerConnection[]} */
  const connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(/** @type {RTCConfiguration | undefined} */ configuration) {
      super(configuration);
      connections.push(this);
    }
  };

  const now = () => performance.timeOrigin + performance.now();

  /** The connection that carries the picture at the moment: the newest that is connected. */
  const newest = () => connections.findLast((c) => c.connectionState === "connected");

  /** @param {Uint8Array} luma @param {number} stride @param {number} width @param {number} rows */
  function value(luma, stride, width, rows) {
    let bits = 0;
    const row = (rows >> 1) * stride;
    for (let cell = 0; cell < CELLS; cell += 1) {
      const x = Math.floor(((cell + 0.5) * width) / CELLS);
      bits = bits * 2 + (luma[row + x] > 126 ? 1 : 0);
    }
    const time = (bits >> 6) & 0xffff;
    return bits >> 22 === 2 && (bits & 63) === time % 61 ? time : null;
  }

  /** The clock of one picture, or null where it cannot be read. Copies the strip only. @param {VideoFrame} frame */
  async function readFrame(frame) {
    const box = frame.visibleRect;
    if (!box || !(frame.format ?? "").match(/^(I420|NV12)/)) return null;
    const rows = Math.max(2, Math.floor(box.height / CELLS) * 2);
    const rect = { x: box.x, y: box.y, width: box.width & ~1, height: rows };
    const buffer = new Uint8Array(frame.allocationSize({ rect }));
    const [plane] = await frame.copyTo(buffer, { rect });
    return value(buffer.subarray(plane.offset), plane.stride, box.width, Math.floor(box.height / 12));
  }

  const newClock = () => ({ every: 3, pictures: 0, first: 0, samples: /** @type {object[]} */ ([]), newest: /** @type {object | null} */ (null) });
  const clock = newClock();
  /** Of the screen that the other side shows. */
  const screen = { ...newClock(), every: 1 };
  /** @type {WeakSet<HTMLVideoElement>} */
  const watched = new WeakSet();

  /** @param {HTMLVideoElement} video @param {ReturnType<typeof newClock>} clock */
  function watch(video, clock) {
    if (watched.has(video)) return;
    watched.add(video);
    const shown = (/** @type {number} */ _, /** @type {VideoFrameCallbackMetadata} */ data) => {
      video.requestVideoFrameCallback(shown);
      const at = now();
      clock.first ||= at;
      clock.pictures += 1;
      if (clock.pictures % clock.every) return;
      const frame = new VideoFrame(video);
      readFrame(frame)
        .then((time) => {
          if (time === null) return;
          clock.newest = { value: time, at, width: data.width, height: data.height };
          clock.samples.push(clock.newest);
          if (clock.samples.length > 600) clock.samples.shift();
        })
        .finally(() => frame.close());
    };
    video.requestVideoFrameCallback(shown);
  }

  new MutationObserver(() => {
    for (const [id, seen] of /** @type {const} */ ([["remote-video", clock], ["remote-screen", screen]])) {
      const video = document.getElementById(id);
      if (video instanceof HTMLVideoElement) watch(video, seen);
    }
  }).observe(document, { childList: true, subtree: true });

  /** Adds up the reports of one type and kind; widths and rates take the largest. @param {RTCStatsReport} stats */
  function sum(stats, /** @type {string} */ type, /** @type {string} */ kind) {
    /** @type {Record<string, number>} */
    const total = {};
    for (const report of stats.values()) {
      if (report.type !== type || report.kind !== kind) continue;
      for (const [name, figure] of Object.entries(report)) {
        if (typeof figure !== "number" || name === "timestamp" || name === "ssrc") continue;
        const largest = name.startsWith("frame") && !name.startsWith("frames") || name === "framesPerSecond";
        total[name] = largest ? Math.max(total[name] ?? 0, figure) : (total[name] ?? 0) + figure;
      }
    }
    return total;
  }

  /** Figures of the connection in use, by the names of the W3C's webrtc-stats; null without one. */
  async function figures() {
    const connection = newest();
    if (!connection) return null;
    const stats = await connection.getStats();
    return {
      at: now(),
      picture_in: sum(stats, "inbound-rtp", "video"),
      picture_out: sum(stats, "outbound-rtp", "video"),
      sound_in: sum(stats, "inbound-rtp", "audio"),
      sound_out: sum(stats, "outbound-rtp", "audio"),
    };
  }

  const probe = {
    clock,
    screen,
    connections,
    figures,
    now,
    readFrame,
    /** All readings since the last call. */
    drain: () => clock.samples.splice(0),
  };
  Object.defineProperty(window, "__probe", { value: probe });
})();
