// What the twin pushes: the state as server-sent events, the panel as a multipart stream of what changed on it.

import type { LatestSource } from './latest-stream.ts';
import type { TwinControls } from './ports.ts';

/** WHATWG HTML 9.2: one unnamed event per changed state, its data one line of JSON. */
export const stateSource = (controls: TwinControls): LatestSource => {
  let sent = '';
  let id = 0;
  return {
    subscribe: (listener) => controls.onState(listener),
    produce: async () => {
      const json = JSON.stringify(controls.state());
      if (json === sent) return undefined;
      sent = json;
      id += 1;
      return `${id === 1 ? 'retry: 1000\n' : ''}id: ${id}\ndata: ${json}\n\n`;
    },
  };
};

export const PANEL_BOUNDARY = 'kazashi-panel';

/** Parts of the panel, each with the place it belongs to; the first is all of it. What was missed comes as one. */
export const panelSource = (controls: TwinControls): LatestSource => {
  let seen: number | undefined;
  return {
    subscribe: (listener) => controls.onFrame(listener),
    produce: async () => {
      const change = await controls.panelSince(seen);
      seen = change.seen;
      if (change.parts.length === 0) return undefined;
      return Buffer.concat(
        change.parts.flatMap(({ x, y, type, bytes }) => [
          Buffer.from(
            `--${PANEL_BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\nX-Place: ${x},${y}\r\n\r\n`,
            'latin1',
          ),
          bytes,
          Buffer.from('\r\n', 'latin1'),
        ]),
      );
    },
  };
};
