// The demonstration's MQTT broker, inside the twin's process, on 127.0.0.1 only. A real hospital brings its own.
// The one file that imports aedes.

import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { KioskFailure } from '../core/failure.ts';

/** How many ports after the wanted one are tried. */
const TRIES = 20;
const HOST = '127.0.0.1';

export interface DemoBroker {
  readonly url: string;
  readonly port: number;
  /** Cuts every client and frees the port. */
  close(): Promise<void>;
}

/** Resolves with false when the port is taken; rejects on any other trouble. */
const listen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', failed);
    server.listen(port, HOST, () => {
      server.off('error', failed);
      resolve(true);
    });
  });

const listenFrom = async (server: Server, wanted: number): Promise<number> => {
  for (let port = wanted; port < Math.min(wanted + TRIES, 65_536); port += 1) {
    if (await listen(server, port)) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    }
  }
  throw new KioskFailure('port/in-use', {
    facts: { port: wanted, what: 'broker' },
    message: `Port ${wanted} and the ${TRIES - 1} after it are taken. Start with another port for the broker: --mqtt-port N`,
  });
};

/** Listens on `port`, or on the next free one; 0 takes any. Throws port/in-use when 20 in a row are taken. */
export const startDemoBroker = async ({ port: wanted }: { readonly port: number }): Promise<DemoBroker> => {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  // Small messages both ways: without noDelay each waits for the other side's delayed acknowledgement.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  try {
    const port = await listenFrom(server, wanted);
    return {
      url: `mqtt://${HOST}:${port}`,
      port,
      close: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => server.close(() => resolve()));
        await new Promise<void>((resolve) => aedes.close(() => resolve()));
      },
    };
  } catch (failure) {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    throw failure;
  }
};
