// The client's page in the benchmark of poor lines: one offer with all its candidates, as the real page makes it. Runs after
// page_probe.js and camera.js; `__begin` is called when the camera's pictures are there.
(() => {
  "use strict";
  const MAX_BITRATE = 2_500_000;

  const begin = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 });
    const streams = [stream];
    connection.addTransceiver(stream.getAudioTracks()[0], { direction: "sendrecv", streams });
    const { sender } = connection.addTransceiver(stream.getVideoTracks()[0], { direction: "sendrecv", streams });
    connection.addTransceiver("video", { direction: "inactive" });
    connection.createDataChannel("talk", { negotiated: true, id: 0 });
    const shown = new MediaStream();
    connection.ontrack = ({ track }) => shown.addTrack(track);
    const gathered = new Promise((resolve) => {
      connection.onicegatheringstatechange = () => connection.iceGatheringState === "complete" && resolve(null);
    });
    await connection.setLocalDescription();
    await gathered;
    const answer = await fetch("/offer", { method: "POST", body: connection.localDescription?.sdp ?? "" });
    await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    const parameters = sender.getParameters();
    parameters.encodings[0].maxBitrate = MAX_BITRATE;
    await sender.setParameters({ ...parameters, degradationPreference: "maintain-framerate" });
    const video = /** @type {HTMLVideoElement} */ (document.getElementById("remote-video"));
    video.srcObject = shown;
  };
  Object.defineProperty(window, "__begin", { value: begin });
})();
