// A network cable between two programs of the demonstration: a TCP relay on loopback that can be pulled out and plugged in.
// It relays bytes and knows nothing of MQTT.

import { connect, createServer, type Server, type Socket } from 'node:net';

export interface PatchCable {
  /** Where the program at this end connects to. */
  readonly port: number;
  readonly plugged: boolean;
  /** Pulled: open connections break and new ones are refused. */
  pull(): void;
  plug(): void;
  close(): Promise<void>;
}

/** A cable to `target` on 127.0.0.1, plugged in. */
export const layPatchCable = async (target: { readonly port: number }): Promise<PatchCable> => {
  const sockets = new Set<Socket>();
  let plugged = true;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server: Server = createServer((near) => {
    if (!plugged) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: target.port, noDelay: true });
    near.setNoDelay(true);
    keep(near);
    keep(far);
    near.pipe(far);
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    get plugged() {
      return plugged;
    },
    pull() {
      plugged = false;
      breakAll();
    },
    plug() {
      plugged = true;
    },
    close: () =>
      new Promise((resolve) => {
        breakAll();
        server.close(() => resolve());
      }),
  };
};
