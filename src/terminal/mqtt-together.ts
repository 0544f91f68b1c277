// mqtt.js hands out one message, sends its PUBACK and reads the next in one step. Here they are apart: the next messages are handed out while
// the first is still being stored, so that they can share its commit, and each PUBACK waits for its own message. A PUBACK sent too early would
// let the broker forget a message that a crash then loses, and the kiosk's repetition of it would arrive after later ones.

import type { IPublishPacket, MqttClient, Packet } from 'mqtt';

/** Of mqtt.js 5.16; a test holds that PUBACKs still pass through it. */
interface Sending {
  _sendPacket(packet: Packet, done?: (error?: Error) => void, ...more: unknown[]): void;
}

/**
 * Has `handle` called for every message, up to `atOnce` at the same time; beyond that the socket is not read. PUBACKs go out in the order of
 * the messages (MQTT 5.0, 4.6), each when its `handle` has ended, however it ended.
 */
export const handleTogether = (client: MqttClient, atOnce: number, handle: (packet: IPublishPacket) => Promise<void>): void => {
  const sending = client as unknown as Sending;
  const send = sending._sendPacket.bind(client);
  const ends = new Map<number, Promise<void>>();
  let acks: Promise<void> = Promise.resolve();
  let inWork = 0;
  let readOn: (() => void) | undefined;

  client.handleMessage = (packet, done) => {
    inWork += 1;
    const end = handle(packet)
      .catch(() => undefined)
      .finally(() => {
        inWork -= 1;
        const go = readOn;
        readOn = undefined;
        go?.();
      });
    if (packet.qos === 1) ends.set(packet.messageId ?? 0, end);
    done();
  };

  sending._sendPacket = (packet, done, ...more) => {
    const end = packet.cmd === 'puback' ? ends.get(packet.messageId ?? 0) : undefined;
    if (end === undefined) return send(packet, done, ...more);
    ends.delete(packet.messageId ?? 0);
    acks = acks
      .then(() => end)
      .then(() => {
        if (client.connected) send(packet);
      });
    if (inWork < atOnce) done?.();
    else readOn = done;
  };
};
