// The counsellor's side carried out by a browser, for the benchmark: what `app.media.ports.Call` asks for, on one page. Told to the
// program through the binding `__tell`. Runs after page_probe.js and camera.js.
(() => {
  "use strict";
  /** @type {Map<number, {pc: RTCPeerConnection, talk: RTCDataChannel}>} */
  const epochs = new Map();
  /** @type {Promise<MediaStream> | null} */
  let own = null;

  const tell = (/** @type {object} */ news) => window.__tell(JSON.stringify(news));
  const print = (/** @type {string} */ sdp) => /a=fingerprint:sha-256 (\S+)/i.exec(sdp)?.[1].toUpperCase() ?? "";

  /** Devices open before the offer comes, as in the program. */
  function warm() {
    own ??= window.__camera.open({ video: true, audio: true }).then((stream) => {
      document.getElementById("own-video").srcObject = stream;
      return stream;
    });
    return own;
  }

  /** @param {RTCPeerConnection} pc */
  async function gathered(pc) {
    while (pc.iceGatheringState !== "complete") await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
  }

  /** @param {number} epoch @param {RTCPeerConnection} pc */
  function watch(epoch, pc) {
    pc.addEventListener("connectionstatechange", () => {
      if (pc.connectionState === "connected") {
        tell({ news: "prints", epoch, browser: print(pc.remoteDescription.sdp), program: print(pc.localDescription.sdp) });
        for (const [older, { pc: old }] of epochs) if (older < epoch) old.close();
      }
      tell({ news: "state", epoch, state: pc.connectionState });
    });
    pc.addEventListener("track", ({ track, transceiver }) => {
      const video = document.getElementById("remote-video");
      if (transceiver.mid === "2") return;
      const stream = video.srcObject ?? new MediaStream();
      for (const before of stream.getTracks()) if (before.kind === track.kind) stream.removeTrack(before);
      stream.addTrack(track);
      video.srcObject = stream;
    });
  }

  /** Opens an epoch and gives the answer with all candidates. @param {number} epoch @param {string} sdp @param {RTCIceServer[]} iceServers */
  async function takeOffer(epoch, sdp, iceServers) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    const talk = pc.createDataChannel("talk", { negotiated: true, id: 0 });
    epochs.set(epoch, { pc, talk });
    talk.onopen = () => tell({ news: "talk-open", epoch });
    talk.onmessage = ({ data }) => tell({ news: "talk", epoch, text: data });
    watch(epoch, pc);
    await pc.setRemoteDescription({ type: "offer", sdp });
    for (const transceiver of pc.getTransceivers().slice(0, 2)) {
      const kind = transceiver.receiver.track.kind;
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack((await warm()).getTracks().find((track) => track.kind === kind) ?? null);
    }
    await pc.setLocalDescription(await pc.createAnswer());
    await gathered(pc);
    return pc.localDescription.sdp;
  }

  const counsellor = {
    warm: async () => void (await warm()),
    takeOffer,
    addCandidate: async (/** @type {number} */ epoch, /** @type {RTCIceCandidateInit} */ candidate) => {
      await epochs.get(epoch)?.pc.addIceCandidate(candidate).catch(() => {});
    },
    talk: (/** @type {string} */ text) => {
      const open = [...epochs.values()].findLast(({ talk }) => talk.readyState === "open");
      open?.talk.send(text);
    },
    close: () => {
      for (const { pc } of epochs.values()) pc.close();
      epochs.clear();
    },
  };
  Object.defineProperty(window, "__counsellor", { value: counsellor });
})();
