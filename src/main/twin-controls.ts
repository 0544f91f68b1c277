// The hands of the twin: what a person does to a simulated appliance, done to the simulated hardware and to nothing above it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { sleep } from '../core/clock.ts';
import { KioskFailure } from '../core/failure.ts';
import { LONG_PRESS_MS } from '../device/gpio/power-button.ts';
import { voiceDirectory } from '../device/sound/clips.ts';
import { GUIDES, TONES } from '../device/sound/tones.ts';
import type { SceneElement } from '../display/ports.ts';
import type { Rasteriser } from '../display/raster.ts';
import { decodePicture } from '../faceauth/pictures.ts';
import type { PatchCable } from '../twin/patch-cable.ts';
import type { Cable, CameraRequest, TwinCardInfo, TwinCardRequest, TwinControls, TwinState } from '../twin/ports.ts';
import { residentByName, residentPortrait, residents } from '../twin/residents.ts';
import type { CardShelf } from './card-shelf.ts';
import type { Kiosk } from './kiosk.ts';
import { layCard } from './lay-card.ts';
import { createPanelView } from './panel-view.ts';
import { failureShown } from './shown.ts';
import type { TwinHardware } from './twin-hardware.ts';

export interface TwinParts {
  readonly hardware: TwinHardware;
  readonly shelf: CardShelf;
  /** Names of the cards that a visitor finds: they stay what they are. */
  readonly demoCards: ReadonlySet<string>;
  /** The kiosk listens to a desk reader: no simulated card reaches it. */
  readonly deskReader?: boolean;
  readonly rasteriser: Rasteriser;
  /** The running kiosk; undefined while it is switched off. */
  readonly kiosk: () => Kiosk | undefined;
  /** What the panel shows while the kiosk waits to be let in; undefined otherwise. */
  readonly pairing?: () => readonly SceneElement[] | undefined;
  readonly brokerCable: PatchCable;
  readonly terminalCable: PatchCable;
  readonly clock: Clock;
}

const SHORT_PRESS_MS = 120;
/** A finger needs this long before it can come down again; a quicker one is taken for bounce. */
const REST_MS = 40;
const PORTRAITS: Readonly<Record<string, string>> = {
  'no-pin': 'second',
  'expires-soon': 'first',
  'expired-in-grace': 'first',
  expired: 'first',
  'next-card': 'first',
  slow: 'second',
  'two-cards': 'second',
};

const lost = { broker: 'lost', terminal: 'lost', backlog: 0 };

const stateOf = ({ kiosk, pairing, hardware }: TwinParts): TwinState => {
  const running = kiosk();
  const { lastTone, toneCount, caption, cue, volume } = hardware.sound;
  const silent = { lamp: 'off', buzzer: 'off', tones: toneCount, uplink: lost } as const;
  const code = pairing?.();
  if (code !== undefined) return { screen: 'initialising', phase: 'pairing', language: 'ja', elements: code, ...silent };
  if (running === undefined) {
    return { screen: 'shutting-down', phase: 'off', language: 'ja', elements: [], ...silent };
  }
  const { visit, display, lamp, uplink } = running;
  const model = visit.screen;
  const { remainingSeconds, visitId, step } = visit;
  const failure = failureShown(model);
  return {
    screen: model.screen,
    phase: visit.phase,
    language: model.language,
    ...(remainingSeconds === undefined ? {} : { remainingSeconds }),
    elements: display.scene.elements,
    lamp: lamp.colour,
    buzzer: lastTone ?? 'off',
    tones: toneCount,
    ...(caption === undefined ? {} : { speech: caption.text, clips: caption.clips }),
    ...(cue === undefined ? {} : { guide: cue }),
    volume,
    ...(visitId === undefined ? {} : { visit: { id: visitId, step: step ?? model.screen } }),
    ...(failure === undefined ? {} : { failure }),
    uplink: uplink.state,
  };
};

const noResident = (name: string): KioskFailure =>
  new KioskFailure('input/invalid', {
    facts: { field: 'resident', missing: true },
    message: `resident: nobody of this name; there are ${residents()
      .map(({ id }) => id)
      .join(', ')}${name === '' ? ' (empty name)' : ''}`,
  });

export interface TwinHands extends TwinControls {
  /** To be called whenever a state may have changed. */
  changed(): void;
}

export const createTwinControls = (parts: TwinParts): TwinHands => {
  const { hardware, shelf, clock } = parts;
  const listeners = new Set<() => void>();
  const photos = new Map<string, Uint8Array>();
  let onTray: string | undefined;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const show = async (request: CameraRequest): Promise<void> => {
    const { camera } = hardware;
    switch (request.kind) {
      case 'dark':
        return camera.dark();
      case 'frames':
        return camera.showFrames(request.frames, request.fps);
      case 'still':
        return camera.show(request.picture, request.as);
      case 'resident':
        if (residentByName(request.name) === undefined) throw noResident(request.name);
        return camera.showDrawing(residentPortrait(request.name, 'camera'));
    }
  };

  let touchIn = true;
  const plugTouch = (on: boolean): void => {
    touchIn = on;
    if (on) hardware.input.plug(hardware.touchPanel);
    else hardware.input.unplug(hardware.touchPanel);
  };
  const plug: Record<Cable, { isIn(): boolean; set(plugged: boolean): void }> = {
    broker: { isIn: () => parts.brokerCable.plugged, set: (on) => (on ? parts.brokerCable.plug() : parts.brokerCable.pull()) },
    terminal: { isIn: () => parts.terminalCable.plugged, set: (on) => (on ? parts.terminalCable.plug() : parts.terminalCable.pull()) },
    reader: { isIn: () => hardware.chip.plugged, set: (on) => (on ? hardware.chip.plug() : hardware.chip.unplug()) },
    camera: { isIn: () => hardware.camera.plugged, set: (on) => (on ? hardware.camera.plug() : hardware.camera.unplug()) },
    touch: { isIn: () => touchIn, set: plugTouch },
  };
  const cables = (): Record<Cable, 'in' | 'out'> =>
    Object.fromEntries(Object.entries(plug).map(([name, { isIn }]) => [name, isIn() ? 'in' : 'out'])) as Record<Cable, 'in' | 'out'>;

  return {
    changed,
    state: () => stateOf(parts),
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async screenPng() {
      // The picture of the state that was told, not of the one before it.
      await parts.kiosk()?.display.settled();
      const { width, height } = hardware.surface.geometry;
      return parts.rasteriser.png(hardware.surface.rgb(), width, height);
    },
    panelSince: createPanelView(hardware.surface, parts.rasteriser, () => parts.kiosk()?.display.scene.preview),
    onFrame: (listener) => hardware.surface.onWrite(() => listener()),
    panel: () => ({ width: hardware.surface.geometry.width, height: hardware.surface.geometry.height }),
    cards: () => shelf.list(),
    async makeCard({ photo, ...request }: TwinCardRequest): Promise<TwinCardInfo> {
      if (parts.demoCards.has(request.name)) {
        const message = `name: ${request.name} is a card of the demonstration; choose another name`;
        throw new KioskFailure('input/invalid', { facts: { field: 'name' }, message });
      }
      const picture = photo === undefined ? undefined : await decodePicture(photo);
      const info = await shelf.make({ ...request, ...(picture === undefined ? {} : { photo: picture }) });
      if (photo !== undefined) photos.set(info.name, photo);
      changed();
      return info;
    },
    placeCard(name) {
      const card = shelf.get(name);
      if (parts.deskReader === true) {
        const message =
          'card: the kiosk reads the desk reader (--reader pcsc), so a simulated card reaches nobody: lay a card on the desk reader';
        throw new KioskFailure('input/invalid', { facts: { field: 'card' }, message });
      }
      onTray = name;
      hardware.tray.card = card;
      layCard(hardware.chip, card, shelf.defectOf(name), clock);
      changed();
    },
    removeCard() {
      onTray = undefined;
      hardware.tray.card = undefined;
      hardware.chip.remove();
      changed();
    },
    cardOnTray: () => onTray,
    async touch(x, y, holdMs) {
      await hardware.touchPanel.tap(x, y, holdMs, clock);
      await sleep(clock, REST_MS);
    },
    finger(phase, x, y) {
      if (phase === 'up') hardware.touchPanel.up();
      else hardware.touchPanel[phase](x, y);
    },
    misalign: (how) => hardware.touchPanel.misalign(how),
    typeKeys: async (keys) => hardware.keypad.type(keys),
    camera: show,
    residents: () => residents().map(({ id }) => id),
    power(press) {
      hardware.powerButton.write(1);
      const heldMs = press === 'long' ? LONG_PRESS_MS + SHORT_PRESS_MS : SHORT_PRESS_MS;
      sleep(clock, heldMs).then(
        () => hardware.powerButton.write(0),
        () => undefined,
      );
    },
    cables,
    setCables(change) {
      for (const [name, value] of Object.entries(change)) plug[name as Cable].set(value === 'in');
      changed();
    },
    async recording(clip) {
      // Only what a name can be: no path of a request reaches the disk.
      return /^[a-z-]{2,12}\/[0-9a-f]{16}$/.test(clip)
        ? readFile(join(voiceDirectory(), `${clip}.opus`)).catch(() => undefined)
        : undefined;
    },
    melodies: () => ({ ...TONES, ...GUIDES }),
    async portrait(name) {
      const taken = photos.get(name);
      if (taken !== undefined) return taken;
      const [first, second] = residents();
      const alias = PORTRAITS[name];
      const id = alias === 'first' ? first?.id : alias === 'second' ? second?.id : name;
      return id === undefined || residentByName(id) === undefined ? undefined : new TextEncoder().encode(residentPortrait(id, 'card'));
    },
  };
};
