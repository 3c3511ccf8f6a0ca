// A browser's side in a page of a test: offers sound, camera, a screen line and the negotiated channel.
"use strict";

const seen = { clocks: [], heard: [], connected: false };

/** The picture clock of app/media/clock.py, read from the strip at the top. */
function readClock(video, context) {
  context.drawImage(video, 0, 0, video.videoWidth, Math.floor(video.videoHeight / 12), 0, 0, 240, 10);
  const pixels = context.getImageData(0, 0, 240, 10).data;
  let word = 0;
  for (let cell = 0; cell < 24; cell += 1) {
    const at = (5 * 240 + cell * 10 + 5) * 4;
    word = word * 2 + (pixels[at] + pixels[at + 1] + pixels[at + 2] > 3 * 126 ? 1 : 0);
  }
  const value = (word >> 6) & 0xffff;
  return word >> 22 === 2 && (word & 63) === value % 61 ? value : null;
}

/** @param screen what the third line sends, `true` for nothing yet, `null` for an inactive line */
async function offerCall(epoch, screen = null) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });
  const connection = new RTCPeerConnection({ iceServers: [] });
  for (const track of stream.getTracks().sort((a, b) => (a.kind < b.kind ? -1 : 1))) {
    connection.addTransceiver(track, { direction: "sendrecv", streams: [stream] });
  }
  const third = connection.addTransceiver(screen instanceof MediaStreamTrack ? screen : "video", { direction: screen ? "sendrecv" : "inactive" });
  const channel = connection.createDataChannel("talk", { negotiated: true, id: 0 });
  channel.onopen = () => channel.send("from the browser");
  channel.onmessage = (event) => seen.heard.push(event.data);
  connection.onconnectionstatechange = () => { seen.connected = connection.connectionState === "connected"; };
  connection.onicecandidate = ({ candidate }) => trickle(epoch, candidate ? candidate.candidate : "", candidate ? candidate.sdpMid : null);
  const video = document.querySelector("video");
  connection.ontrack = ({ track, transceiver }) => {
    if (track.kind === "video" && transceiver !== third) video.srcObject = new MediaStream([track]);
    if (transceiver === third) globalThis.screenTrack = track;
  };
  const context = Object.assign(document.createElement("canvas"), { width: 240, height: 10 }).getContext("2d", { willReadFrequently: true });
  const look = () => {
    seen.clocks.push(readClock(video, context));
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  await connection.setLocalDescription();
  await connection.setRemoteDescription({ type: "answer", sdp: await answer(epoch, connection.localDescription.sdp) });
  seen.connection = connection;
}

/** Sums of getStats that the test looks at. */
async function figures() {
  const result = {};
  for (const report of (await seen.connection.getStats()).values()) {
    if (report.type === "inbound-rtp") Object.assign(result, { [`${report.kind}_in`]: report });
    if (report.type === "outbound-rtp") Object.assign(result, { [`${report.kind}_out`]: report });
  }
  return result;
}
