// Ports for servers that a test stops and starts again, or that another program opens.

import { createServer } from 'node:net';

/** Linux gives outgoing connections a port from 32768 on: one from there could be taken while the server is away. */
const [FIRST, LAST] = [10_000, 32_000];

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A TCP port of 127.0.0.1 that nobody listens at and no outgoing connection is given. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
};
