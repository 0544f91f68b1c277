// The examination of the box between visits, and its report to the terminal.

import { type Clock, sleep } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { ScreenModel } from '../core/screens.ts';
import type { KazashiUplink } from '../uplink/uplink.ts';
import type { KioskDesk } from './create-desk.ts';
import type { Report } from './doctor/check.ts';
import { statusOf } from './uplink-bridge.ts';

export interface ExaminationParts {
  readonly desk: Pick<KioskDesk, 'examine'>;
  readonly uplink: Pick<KazashiUplink, 'report'>;
  readonly screen: () => ScreenModel;
  /** The kiosk is on its way out: nobody is waited for. */
  readonly off: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears every report, before it is sent. */
  readonly examined?: (report: Pick<Report, 'at' | 'findings'>) => void;
}

/** Patients first. */
const AGAIN_MS = 10_000;

/** A function that examines as soon as no visit is open; one that is asked for meanwhile is that one. */
export const createExamination = ({ desk, uplink, screen, off, clock, log, examined }: ExaminationParts): (() => Promise<void>) => {
  let examining = false;
  const busy = () => !['ready', 'out-of-service'].includes(statusOf(screen()));
  return async () => {
    if (examining) return;
    examining = true;
    try {
      while (!off() && busy()) await sleep(clock, AGAIN_MS);
      const { at, level, findings } = await desk.examine();
      examined?.({ at, findings });
      uplink.report({ at, level, findings: findings.map(({ facts: _, ...told }) => told) });
      const wrong = findings.filter((one) => one.level !== 'ok').map(({ id }) => id);
      log.info('self-test.reported', { level, findings: wrong.join(' ') });
    } finally {
      examining = false;
    }
  };
};
