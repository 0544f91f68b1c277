// Every HID device that appears becomes a touch panel, a keypad, or is left alone.
// Owns the subscriptions: an unplugged device is forgotten and found again by its source.

import { type Clock, systemClock } from '../../core/clock.ts';
import type { KioskFailure } from '../../core/failure.ts';
import { asFailure } from '../../core/failure.ts';
import type { Affine, Point } from './affine.ts';
import { type CalibrationOptions, calibrate } from './calibration.ts';
import { parseHidDescriptor } from './hid-descriptor.ts';
import { isKeyboard, type Key, KeyboardDecoder } from './keyboard.ts';
import { findPointer } from './pointer-layout.ts';
import type { HidDevice, HidSource, TouchEvent } from './ports.ts';
import { TouchDecoder } from './touch-decoder.ts';
import { TouchInput, type TouchTarget } from './touch-input.ts';

export interface HidInputOptions {
  readonly source: HidSource;
  readonly panel: { readonly width: number; readonly height: number };
  readonly target: TouchTarget;
  readonly onPress: (elementId: string) => void;
  readonly onKey: (key: Key) => void;
  readonly onActivity?: () => void;
  /** How many touch panels are plugged in now; called on every change. */
  readonly onPanels?: (count: number) => void;
  /** How many keypads or keyboards are plugged in now; called on every change. */
  readonly onKeypads?: (count: number) => void;
  /** A device whose descriptor cannot be used. */
  readonly onFailure?: (failure: KioskFailure) => void;
  readonly calibration?: CalibrationOptions;
  /** A map measured at the box, asked at every report: over `calibration` while there is one. */
  readonly affine?: () => Affine | undefined;
  /** While it answers, touches press nothing: each goes there when it is lifted, as the mean of where the device saw it (shares 0..1). */
  readonly grab?: () => ((raw: Point) => void) | undefined;
  readonly clock?: Clock;
}

/** Begins to listen; the answer stops it and closes the devices. Throws config/invalid on a calibration that is none. */
export const startHidInput = (options: HidInputOptions): (() => void) => {
  let affine = options.affine?.();
  let map = calibrate(options.panel, { ...options.calibration, affine });
  let seen: Point[] = [];
  const calibration = (raw: Point): Point => {
    const now = options.affine?.();
    if (now !== affine) {
      affine = now;
      map = calibrate(options.panel, { ...options.calibration, affine });
    }
    // A thing that lies on the panel reports for days: only a measurement remembers.
    if (options.grab?.() === undefined) seen = [];
    else seen.push(raw);
    return map(raw);
  };
  /** One touch of whoever measures. */
  const measure = ({ phase }: TouchEvent, take: (raw: Point) => void): void => {
    if (phase === 'down' || phase === 'move') return;
    const share = (of: (raw: Point) => number) => seen.reduce((sum, raw) => sum + of(raw), 0) / seen.length;
    if (phase === 'up' && seen.length > 0) take({ x: share(({ x }) => x), y: share(({ y }) => y) });
    seen = [];
  };
  const input = new TouchInput({
    target: options.target,
    clock: options.clock ?? systemClock,
    onPress: options.onPress,
    ...(options.onActivity === undefined ? {} : { onActivity: options.onActivity }),
  });
  const open = new Set<() => void>();
  let panels = 0;
  const count = (change: 1 | -1): void => {
    panels += change;
    options.onPanels?.(panels);
  };
  let keypads = 0;
  const countKeypads = (change: 1 | -1): void => {
    keypads += change;
    options.onKeypads?.(keypads);
  };
  const attach = (device: HidDevice): void => {
    const layout = parseHidDescriptor(device.descriptor);
    const pointer = findPointer(layout);
    const touch = pointer === undefined ? undefined : new TouchDecoder(pointer, calibration);
    const keyboard = isKeyboard(layout) ? new KeyboardDecoder(layout) : undefined;
    if (touch === undefined && keyboard === undefined) {
      device.close();
      return;
    }
    const stopReports = device.onReport((report) => {
      for (const event of touch?.decode(report) ?? []) {
        const take = options.grab?.();
        if (take === undefined) {
          seen = [];
          input.handle(event);
        } else {
          options.onActivity?.();
          measure(event, take);
        }
      }
      for (const key of keyboard?.decode(report) ?? []) {
        options.onActivity?.();
        options.onKey(key);
      }
    });
    const detach = (): void => {
      if (!open.delete(detach)) return;
      stopReports();
      stopGone();
      for (const event of touch?.cancelAll() ?? []) input.handle(event);
      if (touch !== undefined) count(-1);
      if (keyboard !== undefined) countKeypads(-1);
      device.close();
    };
    const stopGone = device.onGone(detach);
    open.add(detach);
    if (touch !== undefined) count(1);
    if (keyboard !== undefined) countKeypads(1);
  };
  const stopSource = options.source.onDevice((device) => {
    try {
      attach(device);
    } catch (error) {
      options.onFailure?.(asFailure(error, 'touch/unavailable'));
      device.close();
    }
  });
  return () => {
    stopSource();
    for (const detach of [...open]) detach();
  };
};
