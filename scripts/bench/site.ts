// A whole site in this process for measuring: kiosk on simulated hardware, broker, and the terminal as its own process.
// The same parts as the demonstration, without its pages; one card with real keys.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScreenName } from '../../src/core/screens.ts';
import type { Kiosk } from '../../src/main/kiosk.ts';
import type { TwinHardware } from '../../src/main/twin-hardware.ts';
import { built } from './built.ts';

export const PERSON = 'sato-haruka';

export interface Site {
  readonly kiosk: Kiosk;
  readonly hardware: TwinHardware;
  readonly directory: string;
  readonly brokerUrl: string;
  placeCard(): void;
  takeCard(): void;
  /** Resolves when one of the screens is the newest. Rejects with the screen there is instead after 30 s. */
  screen(...names: ScreenName[]): Promise<ScreenName>;
  /** Stops the kiosk alone: broker and terminal stay for another process. */
  stopKiosk(): Promise<void>;
  /** Stops the rest. */
  stop(): Promise<void>;
}

const WAIT_MS = 30_000;

/** `radio` off: the reader costs no time, where the time is not what is measured. */
export const openSite = async (radio: 'real' | 'off' = 'real'): Promise<Site> => {
  const { parseConfig } = await built<typeof import('../../src/config/read.ts')>('config/read');
  const { systemClock: clock } = await built<typeof import('../../src/core/clock.ts')>('core/clock');
  const { silentLog: log } = await built<typeof import('../../src/core/log.ts')>('core/log');
  const { createCardTrust } = await built<typeof import('../../src/card/trust.ts')>('card/trust');
  const { CardShelf } = await built<typeof import('../../src/main/card-shelf.ts')>('main/card-shelf');
  const { startKiosk } = await built<typeof import('../../src/main/kiosk.ts')>('main/kiosk');
  const { startTerminalProcess } = await built<typeof import('../../src/main/terminal-process.ts')>('main/terminal-process');
  const { createTwinHardware } = await built<typeof import('../../src/main/twin-hardware.ts')>('main/twin-hardware');
  const { openSiteKeys } = await built<typeof import('../../src/main/twin-keys.ts')>('main/twin-keys');
  const { startDemoBroker } = await built<typeof import('../../src/twin/demo-broker.ts')>('twin/demo-broker');
  const { residentPortrait } = await built<typeof import('../../src/twin/residents.ts')>('twin/residents');
  const { renderSvg } = await built<typeof import('../../src/faceauth/pictures.ts')>('faceauth/pictures');

  const config = parseConfig('', 'defaults');
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-'));
  const kioskDirectory = join(directory, 'kiosk');
  mkdirSync(kioskDirectory);
  const broker = await startDemoBroker({ port: 0 });
  const keys = await openSiteKeys(join(directory, 'keys'), config.kiosk.id);
  const terminal = await startTerminalProcess({
    port: 0,
    brokerUrl: broker.url,
    site: config.site.id,
    directory: join(directory, 'terminal'),
    keyFiles: keys.terminalFiles,
    contacts: [],
    logLevel: 'silent',
    log,
  });
  const shelf = await CardShelf.open(join(directory, 'cards'), clock);
  const photo = await renderSvg(residentPortrait(PERSON, 'card'), 480, 640);
  await shelf.make({ name: PERSON, kind: 'my-number', photo });
  const hardware = createTwinHardware(config, clock, log, radio);
  await hardware.camera.showDrawing(residentPortrait(PERSON, 'camera'));
  const kiosk = await startKiosk({
    config,
    hardware,
    dataDirectory: kioskDirectory,
    trust: createCardTrust(shelf.trust),
    uplink: { brokerUrl: broker.url, kioskKey: keys.kiosk, terminalKeys: [keys.terminal], version: 'bench' },
    clock,
    log,
    onPowerOff: () => undefined,
  });

  return {
    kiosk,
    hardware,
    directory,
    brokerUrl: broker.url,
    placeCard() {
      hardware.tray.card = shelf.get(PERSON);
      hardware.chip.insert(shelf.get(PERSON));
    },
    takeCard() {
      hardware.tray.card = undefined;
      hardware.chip.remove();
    },
    async screen(...names) {
      const ended = new AbortController();
      const reached = new Promise<ScreenName>((resolve) => {
        const unwatch = kiosk.visit.onScreen(({ screen }) => {
          if (names.includes(screen)) resolve(screen);
        });
        ended.signal.addEventListener('abort', unwatch);
      });
      const late = sleep(WAIT_MS, undefined, { signal: ended.signal }).then(() => {
        throw new Error(`waited for ${names.join(' or ')}; now ${kiosk.visit.screen.screen}`);
      });
      late.catch(() => undefined);
      return Promise.race([reached, late]).finally(() => ended.abort());
    },
    stopKiosk: () => kiosk.stop(),
    async stop() {
      await terminal.stop();
      await broker.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
