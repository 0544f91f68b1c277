// Whether the camera is still plugged in, looked at between visits too: reception learns of a pulled cable before a patient does.

import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Camera } from '../faceauth/ports.ts';

/** Whoever plugs it in again stands there and tries. */
const EVERY_MS = 1000;

/** Calls `changed` whenever the camera left or came back; one that is there at the start is not told. Returns the end of the watch. */
export const watchCamera = (
  camera: Pick<Camera, 'plugged'>,
  clock: Clock,
  log: Pick<Log, 'info' | 'warn'>,
  changed: (works: boolean) => void,
): (() => void) => {
  let known = true;
  let timer: unknown;
  const look = (): void => {
    const now = camera.plugged ?? true;
    if (now !== known) {
      known = now;
      if (now) log.info('camera.plugged');
      else log.warn('camera.unplugged');
      changed(now);
    }
    timer = clock.setTimeout(look, EVERY_MS);
  };
  look();
  return () => clock.clearTimeout(timer);
};
