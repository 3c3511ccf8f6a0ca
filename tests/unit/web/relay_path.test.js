import assert from 'node:assert/strict';
import test from 'node:test';

import { relayPath } from '../../../resources/web/relay_path.js';
import { ManualClock } from './fakes.js';

const UDP = 'turn:turn.example:3478?transport=udp';
const TLS = 'turns:turn.example:443?transport=tcp';

/** A world in which the relay is reached by some addresses, refuses or not, and loses some packets. */
function world({ reached = [UDP, TLS], refuses = false, loses = () => false }) {
  const made = [];
  class Channel {
    readyState = 'connecting';
    sent = 0;
    send(packet) {
      this.sent += 1;
      if (!loses(this.sent)) this.far.onmessage?.({ data: packet });
    }
  }
  class Peer {
    onicecandidate = null;
    onicecandidateerror = null;
    remote = null;
    closed = false;
    constructor(configuration) {
      this.configuration = configuration;
      made.push(this);
    }
    createDataChannel() {
      return (this.channel = new Channel());
    }
    async setLocalDescription() {
      this.localDescription = { peer: this };
      if (refuses) this.onicecandidateerror?.({ errorCode: 401 });
      this.#connect();
    }
    async setRemoteDescription({ peer }) {
      this.remote = peer;
      this.#connect();
    }
    #connect() {
      const urls = this.configuration.iceServers.flatMap((one) => one.urls);
      if (refuses || this.remote?.remote !== this || !urls.some((url) => reached.includes(url))) return;
      for (const [one, other] of [[this, this.remote], [this.remote, this]]) {
        one.channel.far = other.channel;
        one.channel.readyState = 'open';
        one.channel.onopen?.();
      }
    }
    async addIceCandidate() {}
    close() {
      this.closed = true;
    }
  }
  return { made, Peer };
}

const site = (...urls) => [{ urls, username: 'u', credential: 'c' }];

/** @param {object} circumstances @param {object[]} servers */
async function measured(circumstances, servers) {
  const clock = new ManualClock();
  const { made, Peer } = world(circumstances);
  const path = relayPath(servers, clock, Peer);
  await clock.pass(20_000);
  const found = await path;
  assert.ok(made.every(({ closed }) => closed), 'nothing stays open');
  assert.ok(made.every(({ configuration }) => configuration.iceTransportPolicy === 'relay'));
  return found;
}

test('over UDP, and how many get lost', async () => {
  assert.deepEqual(await measured({}, site(UDP, TLS)), { udp: true, relay: true, loss: 0 });
  const { loss } = await measured({ loses: (number) => number % 10 === 0 }, site(UDP));
  assert.ok(Math.abs(loss - 0.1) < 0.001, `${loss}`);
});

test('UDP is blocked, and the way over TLS stands', async () => {
  assert.deepEqual(await measured({ reached: [TLS] }, site(UDP, TLS)), { udp: false, relay: true, loss: null });
});

test('nothing gets through', async () => {
  assert.deepEqual(await measured({ reached: [] }, site(UDP, TLS)), { udp: false, relay: false, loss: null });
});

test('a relay that says no was reached: that says nothing against UDP', async () => {
  assert.deepEqual(await measured({ refuses: true }, site(UDP)), { udp: null, relay: false, loss: null });
});

test('a site with a way over TLS alone knows nothing of UDP', async () => {
  assert.deepEqual(await measured({}, site(TLS)), { udp: null, relay: true, loss: null });
});

test('without a relay nothing is opened', async () => {
  for (const servers of [[], [{ urls: ['stun:turn.example'] }]]) {
    assert.deepEqual(await measured({}, servers), { udp: null, relay: null, loss: null });
  }
});
