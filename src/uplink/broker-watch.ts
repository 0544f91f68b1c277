// Whether the broker still answers. Only an answer counts: what it sends by itself says nothing about the way towards it.

import type { Clock } from '../core/clock.ts';

/** What this needs of an MqttClient. */
interface Connection {
  on(event: 'packetreceive', heard: (packet: { readonly cmd: string }) => void): unknown;
  once(event: 'close', ended: () => void): unknown;
  sendPing(): void;
}

/**
 * A broker that answered nothing for `asked` is asked (PINGREQ), and left when it has not by `dead`: a frozen broker, or a route that is gone in
 * one direction, is told within 10 s, while an answer may take 5 s. mqtt.js' own keepalive leaves an answer a third of the time it takes to notice.
 */
const QUIET_MS = { asked: 4_500, dead: 9_500 } as const;
/** A timer later than this was held up by this process itself: then the broker's word may be unread still. */
const OWN_STALL_MS = 1_000;

const ANSWERS: ReadonlySet<string> = new Set(['pingresp', 'puback', 'suback']);

/** Watches from now until the connection ends. */
export const watchBroker = (client: Connection, clock: Clock, onSilent: () => void): void => {
  let answered = clock.monotonicMs();
  let asked = false;
  let timer: unknown;
  client.on('packetreceive', ({ cmd }) => {
    if (!ANSWERS.has(cmd)) return;
    answered = clock.monotonicMs();
    asked = false;
  });
  client.once('close', () => clock.clearTimeout(timer));
  const wait = (until: number): void => {
    timer = clock.setTimeout(() => look(until), Math.max(0, until - clock.monotonicMs()));
  };
  const look = (due: number): void => {
    const now = clock.monotonicMs();
    const late = now - due > OWN_STALL_MS;
    if (asked && !late && now - answered >= QUIET_MS.dead) {
      onSilent();
      return;
    }
    if (!asked && now - answered >= QUIET_MS.asked) {
      asked = true;
      client.sendPing();
    }
    if (late) wait(now + QUIET_MS.dead - QUIET_MS.asked);
    else wait(Math.max(now + 1, answered + (asked ? QUIET_MS.dead : QUIET_MS.asked)));
  };
  wait(answered + QUIET_MS.asked);
};
