/** A peer connection that can be told what becomes of it. */

const pairs = (start, step) => Array.from({ length: 32 }, (_, k) => ((start + k * step) % 256).toString(16).padStart(2, '0').toUpperCase()).join(':');

export const PRINT = { browser: pairs(0, 1), program: pairs(5, 7) };

/** @param {string[]} prints */
export const answerSdp = (prints = [PRINT.program]) => ['v=0', ...prints.map((print) => `a=fingerprint:sha-256 ${print}`), ''].join('\r\n');

export class FakeStream {
  tracks = [];
  addTrack(track) {
    this.tracks.push(track);
  }
}

class FakeSender {
  constructor(track) {
    this.track = track;
  }
  async replaceTrack(track) {
    this.track = track;
  }
  getParameters = () => ({ encodings: [{}] });
  async setParameters(parameters) {
    this.parameters = parameters;
  }
}

export class FakePeerConnection {
  connectionState = 'new';
  localDescription = null;
  remoteDescription = null;
  lines = [];
  channels = [];
  senders = [];
  transceivers = [];
  candidates = [];
  flowing = false;
  packets = 0;
  /** Whether checks of the path come back. */
  answering = false;
  answers = 0;
  onconnectionstatechange = null;
  onicecandidate = null;

  constructor(configuration) {
    this.configuration = configuration;
  }

  addTransceiver(source, { direction }) {
    this.lines.push([typeof source === 'string' ? source : source.kind, direction]);
    this.senders.push(new FakeSender(typeof source === 'string' ? null : source));
    this.transceivers.push({ sender: this.senders.at(-1) });
    return this.transceivers.at(-1);
  }

  createDataChannel(label, options) {
    this.channels.push([label, options]);
    this.channel = { onopen: null, onmessage: null };
    return this.channel;
  }

  async setLocalDescription() {
    if (this.connectionState === 'closed') throw new DOMException('closed', 'InvalidStateError');
    this.localDescription = { sdp: answerSdp([PRINT.browser]) };
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
  }

  async addIceCandidate(candidate) {
    this.candidates.push(candidate?.candidate ?? '');
  }

  async getStats() {
    if (this.flowing) this.packets += 25;
    if (this.answering) this.answers += 1;
    const path = { type: 'candidate-pair', nominated: true, responsesReceived: this.answers };
    return new Map([['a', { type: 'inbound-rtp', packetsReceived: this.packets }], ['b', path]]);
  }

  /** @param {RTCPeerConnectionState} state */
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close() {
    this.connectionState = 'closed';
  }
}
