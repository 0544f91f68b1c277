// A network that fails without help of the kernel: every connection to the broker goes through it, and it delays, holds, cuts or forgets bytes.
// Held bytes stay in the sender's socket, as behind a route that is gone, and go on when it is back.

import { connect, createServer, type Server, type Socket } from 'node:net';

export type Direction = 'to-broker' | 'to-kiosk';

interface Pair {
  readonly kiosk: Socket;
  readonly broker: Socket;
}

export class FaultyProxy {
  readonly #pairs = new Set<Pair>();
  readonly #held = new Set<Direction>();
  #server: Server | undefined;
  #delayMs = 0;
  #cutNext = false;

  /** Listens at `port` and hands on to `brokerPort`, both on loopback. */
  async start(port: number, brokerPort: number): Promise<void> {
    const server = createServer({ noDelay: true }, (kiosk) => {
      const pair = { kiosk, broker: connect({ host: '127.0.0.1', port: brokerPort, noDelay: true }) };
      this.#pairs.add(pair);
      this.#carry(pair, 'to-broker', pair.kiosk, pair.broker);
      this.#carry(pair, 'to-kiosk', pair.broker, pair.kiosk);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }

  /** Each byte is this late from now on, in either direction. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** A black hole: what goes this way arrives nowhere until `held` is false. */
  hold(direction: Direction, held: boolean): void {
    if (held) this.#held.add(direction);
    else this.#held.delete(direction);
    for (const { kiosk, broker } of this.#pairs) {
      const from = direction === 'to-broker' ? kiosk : broker;
      if (held) from.pause();
      else from.resume();
    }
  }

  /** The next bytes to the broker are cut in their middle, and both sides get a reset. */
  cutNext(): void {
    this.#cutNext = true;
  }

  /** The broker sees the end of every connection, the kiosks see nothing. */
  halfOpen(): void {
    for (const pair of this.#pairs) {
      pair.kiosk.removeAllListeners('data').resume();
      pair.broker.removeAllListeners('close').destroy();
    }
  }

  async stop(): Promise<void> {
    for (const { kiosk, broker } of this.#pairs) for (const socket of [kiosk, broker]) socket.destroy();
    await new Promise<void>((resolve) => (this.#server === undefined ? resolve() : this.#server.close(() => resolve())));
  }

  #carry(pair: Pair, direction: Direction, from: Socket, to: Socket): void {
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#pairs.delete(pair);
      to.destroy();
    });
    from.on('data', (bytes) => {
      if (this.#cutNext && direction === 'to-broker') {
        this.#cutNext = false;
        to.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
          pair.broker.resetAndDestroy();
          pair.kiosk.resetAndDestroy();
        });
        return;
      }
      if (this.#delayMs === 0) to.write(bytes);
      else setTimeout(() => to.destroyed || to.write(bytes), this.#delayMs);
    });
    if (this.#held.has(direction)) from.pause();
  }
}
