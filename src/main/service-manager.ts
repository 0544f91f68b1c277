// Talks to systemd: ready once the panel is up, a sign of life while the kiosk is really well, stopping at the end.
// Through systemd's own systemd-notify, since Node has no Unix datagram sockets; without NOTIFY_SOCKET nothing happens.

import { execFile } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';

export interface ServiceManagerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends the assignments of sd_notify(3); a parameter so that a test can listen. */
  readonly send?: (words: readonly string[]) => void;
}

export interface ServiceManager {
  /** The panel shows something and the kiosk is at work. */
  ready(): void;
  /** Asks `ailing` three times per watchdog interval; gives a sign of life while it answers that nothing is. */
  watch(ailing: () => Promise<string | undefined>): void;
  stopping(): void;
}

export const serviceManager = ({ environment, clock, log, send }: ServiceManagerOptions): ServiceManager => {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdogUs } = environment;
  const notify =
    send ??
    ((words: readonly string[]) => {
      execFile('systemd-notify', [...words], (error) => {
        if (error !== null) log.warn('service.notify-failed', { reason: String(error.code ?? 'unknown') });
      });
    });
  const tell = (...words: readonly string[]): void => {
    if (socket !== undefined) notify(words);
  };
  const intervalMs = Number(watchdogUs ?? 0) / 1000;
  let stopped = false;

  return {
    ready: () => tell('READY=1'),
    watch(ailing) {
      if (socket === undefined || !(intervalMs > 0)) return;
      const look = async (): Promise<void> => {
        const part = await ailing();
        if (stopped) return;
        if (part === undefined) tell('WATCHDOG=1');
        else log.error('service.ailing', { part });
        clock.setTimeout(() => void look(), intervalMs / 3);
      };
      void look();
    },
    stopping() {
      stopped = true;
      tell('STOPPING=1');
    },
  };
};
