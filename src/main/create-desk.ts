// The technician's desk of this kiosk: its facts, its checks, and the two levels that stay set.

import { networkInterfaces, release, uptime } from 'node:os';
import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Sound } from '../device/sound/ports.ts';
import { openBacklight } from './backlight.ts';
import { type Check, examine, type Report } from './doctor/check.ts';
import { checksInside } from './doctor/checks.ts';
import { keepLocalSettings, type LocalSettings, readLocalSettings } from './local-settings.ts';
import { createSecretPad } from './secret-pad.ts';
import { passcodeCheck } from './settings-of.ts';
import { TechnicianDesk } from './technician-desk.ts';
import { TouchCalibration } from './touch-calibration.ts';

interface DeskParts {
  readonly config: KioskConfig;
  readonly dataDirectory: string;
  readonly version: string;
  readonly clock: Clock;
  readonly own: readonly Check[];
  readonly box: boolean;
  readonly panel: { readonly width: number; readonly height: number; readonly format: string };
  /** The broker in use. */
  readonly brokerUrl: string;
  readonly links: () => { readonly broker: string; readonly terminal: string; readonly backlog: number };
  readonly sound: Pick<Sound, 'setVolume' | 'tone'>;
  /** How many touch panels are plugged in. */
  readonly panels: () => number;
  readonly again: () => void;
  readonly present: () => void;
  readonly onProblem: (event: string) => void;
}

const addresses = (): string =>
  Object.entries(networkInterfaces())
    .flatMap(([name, all]) => (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => `${name} ${address}`))
    .join(', ') || 'none'; // biome-ignore format: one line of facts

export type KioskDesk = TechnicianDesk & {
  /** The loudness at the beginning of every visit, as set here or in the configuration. */
  volume(): number;
  examine(): Promise<Report>;
  readonly calibration: TouchCalibration;
};

export const createDesk = (parts: DeskParts): KioskDesk => {
  const { config, dataDirectory, sound, links, panel, onProblem } = parts;
  const light = openBacklight();
  let kept = readLocalSettings(dataDirectory);
  const quietly = (event: string, run: () => void): void => {
    try {
      run();
    } catch {
      onProblem(event);
    }
  };
  const keep = (change: LocalSettings): void => {
    kept = { ...kept, ...change };
    quietly('technician.not-kept', () => keepLocalSettings(dataDirectory, kept));
  };
  const volume = (): number => kept.volume ?? config.sound.volume;
  const before = kept.brightness;
  if (light !== undefined && before !== undefined) quietly('technician.brightness-refused', () => light.set(before));
  const checks = checksInside({ ...config, kiosk: { ...config.kiosk, dataDirectory } }, parts.own, parts.box);
  const calibration = new TouchCalibration({
    clock: parts.clock,
    kept: kept.touch,
    keep: (touch) => keep({ touch: [...touch] }),
    panels: parts.panels,
    again: parts.again,
  });
  const desk = new TechnicianDesk({
    calibration,
    clock: parts.clock,
    pad: createSecretPad(),
    checkCode: config.kiosk.maintenanceCode === undefined ? undefined : passcodeCheck(config.kiosk.maintenanceCode),
    checks,
    facts: {
      network: () => {
        const { broker, terminal, backlog } = links();
        return { address: addresses(), broker: `${parts.brokerUrl} ${broker}`, terminal, backlog: String(backlog) };
      },
      versions: () => ({
        kazashi: parts.version,
        kiosk: `${config.site.id} / ${config.kiosk.id}`,
        node: process.versions.node,
        system: release(),
        panel: `${panel.width}×${panel.height} ${panel.format}`,
        uptime: `${Math.floor(uptime() / 3600)} h`,
      }),
    },
    levels: {
      volume: {
        level: volume,
        set: (level) => {
          keep({ volume: level });
          sound.setVolume(level);
          sound.tone('key');
        },
      },
      brightness:
        light === undefined
          ? undefined
          : {
              level: () => light.level(),
              set: (level) => {
                quietly('technician.brightness-refused', () => light.set(level));
                keep({ brightness: level });
              },
            },
    },
    again: parts.again,
    present: parts.present,
  });
  return Object.assign(desk, { volume, calibration, examine: () => examine(checks, () => parts.clock.now()) });
};
