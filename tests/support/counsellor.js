/**
 * A counsellor's side for page tests, run inside a second Chromium tab: answers offers, sends a fake camera and tone, talks over the
 * data channel, and takes part in the safety words. `globalThis.relay` (a binding) carries messages to the workstation.
 */
globalThis.counsellor = {
  pc: null,
  channel: null,
  epoch: 0,
  heard: [],
  nonce: null,
  commitment: null,
  words: null,
  firstNonces: null,
  screen: null,

  async start() {
    const [{ commitment, keepMac, wordIndices }, { fingerprintOf }] = await Promise.all([import('/static/safety_words.js'), import('/static/peer.js')]);
    this.sums = { commitment, keepMac, wordIndices, fingerprintOf };
    this.own = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
  },

  async signal(message) {
    if (message.type === 'offer') await this.answer(message);
    else if (message.epoch === this.epoch && this.pc.signalingState !== 'closed') await this.pc.addIceCandidate(message.candidate === '' ? undefined : { candidate: message.candidate, sdpMid: message.mid, sdpMLineIndex: message.line });
  },

  async answer({ epoch, sdp, from, room }) {
    this.pc?.close();
    this.epoch = epoch;
    const pc = (this.pc = new RTCPeerConnection({ iceServers: [] }));
    this.listen(pc.createDataChannel('talk', { negotiated: true, id: 0 }), epoch);
    pc.onicecandidate = ({ candidate }) => relay({ type: 'candidate', room, epoch, to: from, candidate: candidate?.candidate ?? '', mid: candidate?.sdpMid ?? '0', line: candidate?.sdpMLineIndex ?? 0 });
    await pc.setRemoteDescription({ type: 'offer', sdp });
    for (const track of this.own.getTracks()) pc.addTrack(track, this.own);
    if (this.screen !== null) {
      const third = pc.getTransceivers()[2];
      third.direction = 'sendrecv';
      await third.sender.replaceTrack(this.screen);
    }
    await pc.setLocalDescription();
    await relay({ type: 'answer', room, epoch, to: from, sdp: this.tamper(pc.localDescription.sdp) });
  },

  tamper: (sdp) => sdp,

  prints() {
    const { fingerprintOf } = this.sums;
    return { browser: fingerprintOf(this.pc.remoteDescription.sdp), program: fingerprintOf(this.pc.localDescription.sdp) };
  },

  listen(channel, epoch) {
    this.channel = channel;
    channel.onmessage = ({ data }) => void this.talk(JSON.parse(data), epoch);
    channel.onopen = async () => {
      if (this.firstNonces !== null) this.say({ type: 'words-keep', epoch, mac: await this.sums.keepMac('program', epoch, this.prints(), this.firstNonces) });
    };
  },

  say(message) {
    this.channel.send(JSON.stringify(message));
  },

  async talk(message, epoch) {
    this.heard.push(message);
    if (message.type === 'chat') this.say({ type: 'chat-seen', id: message.id });
    if (message.type === 'words-commit') {
      this.commitment = message.commitment;
      this.nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      this.say({ type: 'words-reveal', epoch, nonce: this.nonce });
    }
    if (message.type === 'words-open') {
      const holds = (await this.sums.commitment(message.nonce)) === this.commitment;
      this.firstNonces = { browser: message.nonce, program: this.nonce };
      this.words = holds ? await this.sums.wordIndices(this.prints(), this.firstNonces) : [];
    }
  },

  /** Shows a screen with small text on it: asks for a line, then says so. The answer to the next offer carries it. */
  async share({ room, seat }) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 1920, height: 1080 });
    const paint = canvas.getContext('2d');
    let count = 0;
    this.painting = setInterval(() => {
      paint.fillStyle = '#fff';
      paint.fillRect(0, 0, 1920, 1080);
      paint.fillStyle = '#123';
      paint.font = '20px sans-serif';
      for (let line = 0; line < 40; line += 1) paint.fillText(`Zeile ${line}: Antrag auf Leistungen, Seite ${(count += 1) % 9}`, 40 + (line % 3) * 600, 40 + line * 26);
    }, 100);
    [this.screen] = canvas.captureStream(10).getVideoTracks();
    this.say({ type: 'media-state', microphone: true, camera: true, screen: true });
    await relay({ type: 'need-offer', room, epoch: this.epoch, reason: 'screen', to: seat });
  },

  unshare() {
    clearInterval(this.painting);
    this.screen = null;
    this.say({ type: 'media-state', microphone: true, camera: true });
  },

  /** Frames of the page's own screen so far. */
  async screenFrames() {
    const third = this.pc.getTransceivers()[2];
    const reports = [...(await third.receiver.getStats()).values()];
    return reports.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0;
  },

  async received() {
    const sums = { audio: 0, video: 0 };
    for (const report of (await this.pc.getStats()).values()) {
      if (report.type === 'inbound-rtp') sums[report.kind] += report.kind === 'video' ? report.framesDecoded : report.packetsReceived;
    }
    return sums;
  },
};
