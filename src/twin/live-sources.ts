// What the twin pushes: the state as server-sent events, the panel as a multipart stream of PNG pictures.
// Encodes each panel picture once, however many clients watch.

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

/** Shared by all watchers; `watch` makes one source per client, `close` lets go of the panel. */
export interface PanelFeed {
  watch(): LatestSource;
  close(): void;
}

export const createPanelFeed = (controls: TwinControls): PanelFeed => {
  let version = 0;
  let current: { readonly version: number; readonly part: Promise<Uint8Array> } | undefined;
  const listeners = new Set<() => void>();
  const unsubscribe = controls.onFrame(() => {
    version += 1;
    for (const listener of listeners) listener();
  });
  const encode = async (): Promise<Uint8Array> => {
    const png = await controls.screenPng();
    const head = `--${PANEL_BOUNDARY}\r\nContent-Type: image/png\r\nContent-Length: ${png.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head, 'latin1'), png, Buffer.from('\r\n', 'latin1')]);
  };
  const newest = (): Promise<Uint8Array> => {
    if (current?.version !== version) current = { version, part: encode() };
    return current.part;
  };
  return {
    watch: () => {
      let sent = -1;
      return {
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        produce: async () => {
          if (sent === version) return undefined;
          sent = version;
          return newest();
        },
      };
    },
    close: unsubscribe,
  };
};
