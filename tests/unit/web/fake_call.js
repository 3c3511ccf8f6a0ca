/** A call with its peer connections played: what its tests stand on. */

import { Call } from '../../../resources/web/call.js';
import { FakePeerConnection, FakeStream, answerSdp } from './fake_peer.js';
import { ManualClock } from './fakes.js';

globalThis.MediaStream = FakeStream;

export const room = 'Q2Jm8sT0pLr4vXyZ1aBcDe';
export const peer = 'pRoG-00000000000000002';
export const admitted = { type: 'admitted', room, seat: 'sEaT0000000000000000_1', peer, epoch: 0, ice_servers: [], peer_present: true };

/** A call, its peer connections, and what it sends while `server.open`. */
export function call() {
  const clock = new ManualClock();
  const server = { open: true };
  const heard = { silences: 0, sent: [], streams: [], channels: [], links: [], connected: [], figures: [] };
  const pcs = [];
  const made = new Call(
    {
      send: (message) => {
        if (server.open) heard.sent.push(message);
        return server.open;
      },
      stream: (stream, screen) => heard.streams.push([stream, screen]),
      connected: (epoch, prints) => heard.connected.push([epoch, prints]),
      channel: (channel, epoch, prints) => heard.channels.push([epoch, prints]),
      changed: (link, epoch) => heard.links.push([link, epoch]),
      silent: () => (heard.silences += 1),
      figures: (figures, epoch) => heard.figures.push([figures.packets, epoch]),
    },
    clock,
    (configuration) => {
      pcs.push(new FakePeerConnection(configuration));
      return pcs.at(-1);
    },
  );
  const offers = () => heard.sent.filter(({ type }) => type === 'offer').map(({ epoch }) => epoch);
  return { made, clock, server, heard, pcs, offers };
}

/** Admitted and connected. */
export async function connected() {
  const one = call();
  one.made.admitted(admitted);
  await one.clock.pass(0);
  await one.made.answer({ type: 'answer', room, epoch: 1, sdp: answerSdp() });
  one.pcs[0].become('connected');
  one.pcs[0].flowing = true;
  await one.clock.pass(1_000);
  return one;
}
