// The camera that the configuration names.

import type { Clock } from '../../core/clock.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { Camera } from '../ports.ts';
import { type CameraSettings, libcameraCommand, v4l2Command } from './capture-commands.ts';
import { DirectoryCamera } from './directory-camera.ts';
import { SpawnedCamera } from './spawned-camera.ts';

export type OpenedCamera = Camera & {
  /** Ends what still runs. */
  close(): Promise<void>;
};

const closeNothing = (): Promise<void> => Promise.resolve();

/** There is none: whoever asks is told so, and patients take another way. */
const absentCamera: OpenedCamera = {
  nextFrame: () => Promise.reject(new KioskFailure('camera/unavailable', { facts: { reason: 'not-configured' } })),
  start: () => undefined,
  stop: () => undefined,
  close: closeNothing,
};

/** Nothing is started yet: the sensor is on only while a visit needs it. Throws config/invalid for a directory that is not named. */
export const openCamera = (settings: CameraSettings, { clock, log, field }: { clock: Clock; log: Log; field: string }): OpenedCamera => {
  const { source, rotation, fps, directory } = settings;
  switch (source) {
    case 'none':
      return absentCamera;
    case 'directory': {
      if (directory === undefined) {
        const message = `${field}.directory: name the directory of the recorded pictures`;
        throw new KioskFailure('config/invalid', { facts: { field: `${field}.directory` }, message });
      }
      return Object.assign(new DirectoryCamera({ directory, fps, rotation, clock }), { close: closeNothing });
    }
    case 'drawn': {
      const message = `${field}.source: "drawn" is for the simulated appliance; a box has a camera or "none"`;
      throw new KioskFailure('config/invalid', { facts: { field: `${field}.source` }, message });
    }
    case 'libcamera':
    case 'v4l2': {
      const capture = source === 'libcamera' ? libcameraCommand(settings) : v4l2Command(settings);
      return new SpawnedCamera({ capture, rotation, clock, log });
    }
  }
};
