// The demonstration: broker, simulated appliance, reception terminal and their pages, started together and stopped together.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCardTrust } from '../card/trust.ts';
import type { KioskConfig } from '../config/schema.ts';
import { systemClock } from '../core/clock.ts';
import { makeDirectories } from '../core/directories.ts';
import { KioskFailure } from '../core/failure.ts';
import type { Log, LogLevel } from '../core/log.ts';
import type { SceneElement } from '../display/ports.ts';
import { openRasteriser } from '../display/raster.ts';
import { startDemoBroker } from '../twin/demo-broker.ts';
import { layPatchCable } from '../twin/patch-cable.ts';
import { createTwinServer } from '../twin/server.ts';
import { nodeDurableFs } from '../uplink/durable-fs.ts';
import { nodeProcessTable, takeLock } from '../uplink/lock.ts';
import { CardShelf } from './card-shelf.ts';
import { demoCardNames, fillShelf } from './demo-cards.ts';
import { type Kiosk, startKiosk } from './kiosk.ts';
import { noEye, openPcscReader } from './open-card-reader.ts';
import { showPairing } from './pairing/show-pairing.ts';
import { startTerminalProcess } from './terminal-process.ts';
import { readTrustDirectory } from './trust-directory.ts';
import { createTwinControls, type TwinHands } from './twin-controls.ts';
import { createTwinHardware } from './twin-hardware.ts';
import { openTwinSite } from './twin-site.ts';

/** Where everything listens and keeps its state. */
export interface TwinArguments {
  readonly headless: boolean;
  readonly port: number;
  readonly terminalPort: number;
  readonly mqttPort: number;
  readonly data?: string;
  readonly config?: string;
  /** pcsc: a desk reader in the place of the simulated one. */
  readonly reader?: 'twin' | 'pcsc';
  /** A new kiosk, which shows a code until somebody lets it in. */
  readonly unpaired?: boolean;
}

export interface Twin {
  readonly ready: {
    readonly ready: true;
    readonly twin: string;
    readonly terminal: string;
    readonly mqtt: string;
    readonly pid: number;
    readonly admit?: string;
  };
  stop(): Promise<void>;
}

/** The demonstration's passcode for 目視確認, where the configuration names none. */
export const DEMO_PASSCODE = '2580';

/** The demonstration's code of the technician menu, where the configuration names none. */
const DEMO_MAINTENANCE_CODE = '1379';

/** Whom to call in the demonstration, where the configuration names nobody: numbers that reach no one. */
const DEMO_CONTACTS = [
  { label: 'リーダー', phone: '0120-000-000', hours: '24時間' },
  { label: '受付端末', phone: '03-0000-0000' },
];

const openDataDirectory = (wanted: string | undefined): { directory: string; forget(): void } => {
  if (wanted === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'kazashi-'));
    return { directory, forget: () => rmSync(directory, { recursive: true, force: true }) };
  }
  try {
    makeDirectories(wanted);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', {
      cause,
      message: `--data: ${wanted} cannot be made or is no directory; give another one`,
    });
  }
  return { directory: wanted, forget: () => undefined };
};

/** A port nobody listens on now. */
const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Starts everything; calls `onPage` as soon as the appliance's page can be opened. Throws port/in-use, storage/…, display/no-font with what to do. Nothing keeps running when it throws. */
export const startTwin = async (
  words: TwinArguments,
  given: KioskConfig,
  version: string,
  log: Log,
  logLevel: LogLevel,
  onPage: (url: string) => void,
): Promise<Twin> => {
  const clock = systemClock;
  const config: KioskConfig = {
    ...given,
    site: given.site.contacts.length > 0 ? given.site : { ...given.site, contacts: DEMO_CONTACTS },
    kiosk: { maintenanceCode: DEMO_MAINTENANCE_CODE, ...given.kiosk },
    visit: { staffPasscode: DEMO_PASSCODE, ...given.visit },
  };
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const owned = <T extends { close(): Promise<void> }>(part: T): T => {
    undo.push(() => part.close());
    return part;
  };

  try {
    const data = openDataDirectory(words.data);
    undo.push(data.forget);
    undo.push(await takeLock(nodeDurableFs, data.directory, nodeProcessTable));
    const broker = owned(await startDemoBroker({ port: words.mqttPort }));
    const brokerCable = owned(await layPatchCable({ port: broker.port }));
    const terminalCable = owned(await layPatchCable({ port: broker.port }));
    const kioskDirectory = join(data.directory, 'kiosk');
    makeDirectories(kioskDirectory);
    const site = await openTwinSite({
      directory: data.directory,
      kioskDirectory,
      config,
      pairingPort: words.unpaired === true ? await freePort() : undefined,
    });
    const shelf = await CardShelf.open(join(data.directory, 'cards'), clock);
    await fillShelf(shelf, clock);
    const desk = words.reader === 'pcsc';
    const tellUnused = (file: string, why: string) => log.warn('trust.list-not-used', { file, why });
    const trust = desk ? readTrustDirectory(config.reader.trustAnchors, tellUnused) : createCardTrust(shelf.trust);
    const simulated = createTwinHardware(config, clock, log);
    const hardware = desk ? { ...simulated, reader: openPcscReader({ clock, log: log.child('pcsc') }), codeReader: noEye } : simulated;
    // Without the reader the kiosk would only say so on its panel: here a person waits at a terminal.
    if (desk) await hardware.reader.start();
    const rasteriser = await openRasteriser(join(kioskDirectory, 'fonts'));

    let kiosk: Kiosk | undefined;
    /** On the panel of a kiosk that is not let in yet. */
    let pairing: readonly SceneElement[] | undefined;
    let hands: TwinHands | undefined;
    let busy = Promise.resolve();
    const switchOff = async (): Promise<void> => {
      const running = kiosk;
      kiosk = undefined;
      await running?.stop();
      hardware.blank();
      hands?.changed();
    };
    const switchOn = async (): Promise<void> => {
      if (kiosk !== undefined || pairing !== undefined) return;
      kiosk = await startKiosk({
        config,
        hardware,
        dataDirectory: kioskDirectory,
        trust,
        uplink: {
          brokerUrl: `mqtt://127.0.0.1:${brokerCable.port}`,
          ...(await site.keys()),
          version,
          // One kiosk on one computer: nobody is spared by waiting a minute.
          backoff: { baseMs: 250, capMs: 2000 },
        },
        clock,
        log,
        onPowerOff: () => {
          busy = busy.then(switchOff);
        },
      });
      const changed = () => hands?.changed();
      kiosk.visit.onScreen(changed);
      kiosk.uplink.onState(changed);
      changed();
    };
    undo.push(() => busy.then(switchOff));
    /** Resolves when the code is on the panel; the kiosk is switched on when it was let in. */
    const beginPairing = (unpaired: KioskConfig): Promise<void> => {
      const given = new AbortController();
      undo.push(() => given.abort());
      pairing = [];
      return new Promise((resolve, reject) => {
        const { surface } = hardware;
        const onShown = (elements: readonly SceneElement[]): void => {
          pairing = elements;
          hands?.changed();
          resolve();
        };
        showPairing({ config: unpaired, clock, log: log.child('pairing'), signal: given.signal, rasteriser, surface, onShown })
          .then(() => {
            pairing = undefined;
            busy = busy.then(switchOn).catch(() => log.error('twin.start-failed'));
          })
          .catch((error: unknown) => {
            if (!given.signal.aborted) log.error('twin.pairing-failed');
            reject(error);
          });
      });
    };
    // Switched off, the button turns it on again, as a box's power supply does.
    const unwatch = hardware.powerButton.onEdge((level) => {
      if (level === 1 && kiosk === undefined && pairing === undefined)
        busy = busy.then(switchOn).catch(() => log.error('twin.restart-failed'));
    });
    undo.push(unwatch);

    hands = createTwinControls({
      hardware,
      shelf,
      demoCards: demoCardNames(clock),
      deskReader: desk,
      rasteriser,
      kiosk: () => kiosk,
      pairing: () => pairing,
      brokerCable,
      terminalCable,
      clock,
    });
    hardware.sound.onChange(hands.changed);
    const terminalPort = words.terminalPort === 0 ? await freePort() : words.terminalPort;
    const server = owned(
      await createTwinServer(hands, {
        port: words.port,
        terminalUrl: `http://127.0.0.1:${terminalPort}`,
        mqttUrl: broker.url,
        log: log.child('twin'),
      }),
    );
    // As in a reception: the reader first, which waits with a countdown, then the terminal.
    if (site.unpaired === undefined) await switchOn();
    else await beginPairing(site.unpaired);
    onPage(server.url);
    const terminal = await startTerminalProcess({
      port: terminalPort,
      brokerUrl: `mqtt://127.0.0.1:${terminalCable.port}`,
      site: config.site.id,
      directory: join(data.directory, 'terminal'),
      keyFiles: site.terminalFiles,
      contacts: config.site.contacts,
      logLevel,
      log: log.child('twin'),
    });
    undo.push(() => terminal.stop());
    const addresses = { twin: server.url, terminal: terminal.url, mqtt: broker.url };
    const admit = site.admit === undefined ? {} : { admit: site.admit };
    return { ready: { ready: true, ...addresses, pid: process.pid, ...admit }, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
};
