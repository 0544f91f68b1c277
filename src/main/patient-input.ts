// Touch panels and keypads of the kiosk: what they press goes to the visit, and a panel that is pulled out is a fault.

import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { ElementId } from '../core/screens.ts';
import { startHidInput } from '../device/touch/hid-input.ts';
import type { HidSource } from '../device/touch/ports.ts';
import type { Display } from '../display/display.ts';
import type { Surface } from '../display/ports.ts';
import type { Visit } from '../visit/visit.ts';
import type { KioskDesk } from './create-desk.ts';
import { type KeypadGuide, PRESENT } from './keypad-guide.ts';

/** How many of each are plugged in now. */
export interface PresentInputs {
  panels: number;
  keypads: number;
}

export interface PatientInputParts {
  readonly source: HidSource;
  readonly surface: Surface;
  readonly rotation: KioskConfig['panel']['rotation'];
  /** Kept up to date. */
  readonly present: PresentInputs;
  readonly display: Display;
  readonly desk: Pick<KioskDesk, 'key' | 'calibration'>;
  readonly keypad: Pick<KeypadGuide, 'key'>;
  readonly press: (element: ElementId) => void;
  readonly visit: Pick<Visit, 'send'>;
  readonly liftFault: (part: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export const startPatientInput = (parts: PatientInputParts): { stop(): void } => {
  const { surface, present, desk, visit, clock, log } = parts;
  let touchSeen = false;
  /** A panel that cannot be touched serves nobody; one that was never there is a box with a keypad alone. */
  const followTouch = (panels: number): void => {
    if (panels === 0 && touchSeen) visit.send({ type: 'FAULT', code: 'touch/unavailable' });
    if (panels > 0 && touchSeen) parts.liftFault('touch/');
    touchSeen ||= panels > 0;
  };
  const stopInput = startHidInput({
    source: parts.source,
    // As it is when a finger comes: a panel can become another one.
    panel: {
      get width() {
        return surface.geometry.width;
      },
      get height() {
        return surface.geometry.height;
      },
    },
    target: parts.display,
    // Ids that can be pressed come from the scene, which only knows those of ElementId.
    onPress: (element) => parts.press(element as ElementId),
    onKey: (key) => {
      if (!desk.key(key)) parts.keypad.key(key);
    },
    onFailure: ({ code }) => log.warn('input.device-refused', { code }),
    onPanels: (count) => {
      present.panels = count;
      followTouch(count);
    },
    onKeypads: (count) => {
      present.keypads = count;
    },
    calibration: { rotation: parts.rotation },
    affine: () => desk.calibration.affine,
    grab: () => desk.calibration.grab,
    onActivity: () => {
      if (desk.calibration.grab !== undefined) visit.send({ type: 'INPUT', input: PRESENT });
    },
    clock,
  });
  return {
    stop() {
      // Panels that we let go ourselves are no fault.
      touchSeen = false;
      stopInput();
    },
  };
};
