// The kiosk put together from its parts, on whatever hardware it is given: the box's or simulated. The one place where the parts meet.

import { join } from 'node:path';
import type { CardFaceReader, CardReader } from '../card/ports.ts';
import { RefusedCodes } from '../card/refused-codes.ts';
import type { CardTrust } from '../card/trust.ts';
import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { isFailure, KioskFailure } from '../core/failure.ts';
import { systemRandom, uuidV7 } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { ElementId, ScreenModel } from '../core/screens.ts';
import { Lamp, type LampLines } from '../device/gpio/lamp.ts';
import type { GpioInput } from '../device/gpio/ports.ts';
import { watchPowerButton } from '../device/gpio/power-button.ts';
import type { Sound } from '../device/sound/ports.ts';
import type { HidSource } from '../device/touch/ports.ts';
import { Display } from '../display/display.ts';
import { messagesFor } from '../display/languages/language.ts';
import type { Surface } from '../display/ports.ts';
import { openRasteriser } from '../display/raster.ts';
import { largeSentences } from '../display/screens/large-sentences.ts';
import { keepSplash, paintStoredSplash } from '../display/splash-store.ts';
import type { Camera } from '../faceauth/ports.ts';
import { createUplink, type KazashiUplink, type UplinkOptions } from '../uplink/uplink.ts';
import { createVisit, type Visit } from '../visit/visit.ts';
import { ailingPart } from './ailing.ts';
import { Announcer } from './announcer.ts';
import { watchCamera } from './camera-watch.ts';
import { openCardSession } from './card-session.ts';
import { watchCardTray } from './card-tray.ts';
import { createDesk } from './create-desk.ts';
import type { Report } from './doctor/check.ts';
import { ownCamera, ownLink, ownOutbox } from './doctor/links.ts';
import { ownInput, ownReader } from './doctor/parts.ts';
import { ownRights } from './doctor/site.ts';
import { createExamination } from './examination.ts';
import { createFaceService } from './face-service.ts';
import { HowToPlayer } from './how-to-player.ts';
import { KeypadGuide, PRESENT } from './keypad-guide.ts';
import { createLivePreview } from './live-preview.ts';
import { type PresentInputs, startPatientInput } from './patient-input.ts';
import { ReadOn } from './read-on.ts';
import { createSecretPad } from './secret-pad.ts';
import { faceTryMs, passcodeCheck, visitSettingsOf } from './settings-of.ts';
import { failureShown, lampOf } from './shown.ts';
import { createStartHistory } from './start-history.ts';
import { linkVisitToUplink } from './uplink-bridge.ts';
import { uplinkLimits } from './uplink-of.ts';

export interface KioskHardware {
  readonly reader: CardReader & {
    start(signal?: AbortSignal): Promise<void>;
    stop(): Promise<void>;
    selfTest(signal?: AbortSignal): Promise<unknown>;
  };
  readonly codeReader: CardFaceReader;
  readonly camera: Camera;
  readonly surface: Surface;
  readonly input: HidSource;
  readonly sound: Sound;
  readonly lamp: LampLines;
  readonly powerButton: GpioInput;
  /** Camera pictures a second on the face screen; default: what suits the box. */
  readonly livePictures?: number;
}

export interface KioskOptions {
  readonly config: KioskConfig;
  readonly hardware: KioskHardware;
  readonly dataDirectory: string;
  readonly trust: CardTrust;
  readonly uplink: Pick<UplinkOptions, 'brokerUrl' | 'tls' | 'kioskKey' | 'terminalKeys' | 'version' | 'backoff'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Real hardware: the technician's self-test looks at the box itself too. */
  readonly box?: boolean;
  /** The visit is over, everything is closed: the power may be cut. */
  readonly onPowerOff: () => void;
  /** The terminal asked for a new start of the program. */
  readonly onRestart?: () => void;
  /** A self-test's result, besides what goes to the terminal. */
  readonly onExamined?: (report: Pick<Report, 'at' | 'findings'>) => void;
}

export interface Kiosk {
  readonly display: Display;
  readonly visit: Visit;
  readonly uplink: KazashiUplink;
  readonly lamp: Lamp;
  /** Examines the box between visits and reports to the terminal; at most one examination at a time. */
  examine(): Promise<void>;
  /** The part that no longer does its work, for the watchdog; undefined = all is well. A failure that is shown and tried again is none. */
  ailing(): Promise<'visit' | 'display' | undefined>;
  stop(): Promise<void>;
}

/** Starts everything; the panel shows the splash at once. Throws display/no-font, storage/unwritable, config/invalid. */
export const startKiosk = async (options: KioskOptions): Promise<Kiosk> => {
  const { config, hardware, clock, log, dataDirectory } = options;
  const { reader, camera, sound } = hardware;
  const pictures = join(dataDirectory, 'fonts');
  // Before anything slow: fonts and renderer take longer than this.
  paintStoredSplash(hardware.surface, pictures);
  const rasteriser = await openRasteriser(pictures);
  const display = new Display({
    surface: hardware.surface,
    rasteriser,
    facility: { name: config.site.facilityName, contacts: config.site.contacts },
    onError: (error) => log.error('display.failed', { code: isFailure(error) ? error.code : 'display/unavailable' }),
  });
  display.show({ screen: 'splash', language: 'ja' });
  const splashKept = keepSplash(rasteriser, hardware.surface.geometry, pictures).catch((error: unknown) =>
    log.warn('display.splash-not-kept', { code: isFailure(error) ? error.code : 'storage/unwritable' }),
  );

  const lamp = new Lamp(hardware.lamp);
  const faces = createFaceService({ config: config.face, log: log.child('face'), clock });
  const uplink = createUplink({
    ...options.uplink,
    ...uplinkLimits(config, dataDirectory),
    clock,
    log,
  });

  let uplinkStarted = false;
  const selfTest = async (signal: AbortSignal): Promise<void> => {
    if (!uplinkStarted) {
      await uplink.start();
      uplinkStarted = true;
    }
    if (new Date(clock.now()).getUTCFullYear() < 2026) throw new KioskFailure('clock/unset');
    await Promise.all([reader.start(signal).then(() => reader.selfTest(signal)), faces.prepare()]);
  };

  const settings = visitSettingsOf(config);
  const refusedCodes = new RefusedCodes();
  const visit = createVisit({
    settings,
    clock,
    log: log.child('visit'),
    ports: {
      selfTest,
      openCard: (visitId) =>
        openCardSession(visitId, {
          card: () => tray.card,
          codeReader: hardware.codeReader,
          trust: options.trust,
          verifier: () => faces.verifier(),
          camera,
          faceTimeoutMs: faceTryMs(config),
          uplink,
          lookTimeoutMs: settings.timeouts.staffMs,
          place: { site: config.site.id, kiosk: config.kiosk.id },
          clock,
          random: systemRandom,
          refusedCodes,
          log: log.child('card'),
        }),
      pad: createSecretPad(),
      checkStaffPasscode: passcodeCheck(config.visit.staffPasscode),
      startHistory: createStartHistory(dataDirectory),
      newVisitId: () => uuidV7(clock.now()),
      pages: (model) => largeSentences(model, messagesFor(model.language))?.length ?? 1,
      sound: (tone) => sound.tone(tone),
    },
  });

  /** What was out of service for this reason alone is back without waiting for the next self-test. */
  const liftFault = (part: string): void => {
    const shown = visit.screen;
    if (shown.screen === 'out-of-service' && shown.code?.startsWith(part) === true) visit.send({ type: 'COMMAND', command: 'in-service' });
  };
  const tray = watchCardTray(
    reader,
    {
      placed: () => visit.send({ type: 'CARD.PLACED' }),
      removed: () => visit.send({ type: 'CARD.REMOVED' }),
      failed: (code) => visit.send({ type: 'FAULT', code }),
      recovered: () => liftFault('reader/'),
    },
    clock,
    log.child('tray'),
  );

  const preview = createLivePreview(camera, display, clock, hardware.livePictures);
  faces.onFace((place) => preview.follow(place));
  let told: string | undefined;
  const present: PresentInputs = { panels: 0, keypads: 0 };
  const desk = createDesk({
    config,
    dataDirectory,
    version: options.uplink.version,
    clock,
    own: [
      ownReader(reader),
      ownInput(() => present),
      ownLink(() => uplink.state),
      ownOutbox(() => uplink.state),
      ownRights(() => uplink.forbidden),
      // The box looks at its camera devices themselves.
      ...(options.box === true || camera.plugged === undefined ? [] : [ownCamera(() => camera.plugged ?? true)]),
    ],
    box: options.box === true,
    panel: hardware.surface.geometry,
    brokerUrl: options.uplink.brokerUrl,
    links: () => uplink.state,
    sound,
    panels: () => present.panels,
    again: () => show(visit.screen),
    present: () => visit.send({ type: 'INPUT', input: PRESENT }),
    onProblem: (event) => log.warn(event),
  });
  sound.setVolume(desk.volume());
  const announcer = new Announcer({
    sound,
    clock,
    scene: () => display.scene,
    after: (model, scene) => keypad.after(model, scene, present.keypads),
  });
  const keypad = new KeypadGuide({
    scene: () => display.scene,
    model: () => visit.screen,
    sound,
    send: (input) => visit.send({ type: 'INPUT', input }),
    mark: (element) => display.press(element),
    unmark: () => display.release(),
    repeat: () => announcer.say(visit.screen),
    volume: () => desk.volume(),
  });
  const guide = new HowToPlayer(clock, () => show(visit.screen));
  const readOn = new ReadOn(() => {
    visit.send({ type: 'INPUT', input: PRESENT });
    show(visit.screen);
  });
  const show = (decided: ScreenModel): void => {
    const model = desk.frame(guide.frame(readOn.frame(decided)));
    display.show(model);
    lamp.show(lampOf(model));
    const failure = failureShown(model);
    if (failure !== undefined && failure !== told) log.info('failure.shown', { code: failure, screen: model.screen });
    told = failure;
    preview.show(display.scene.preview !== undefined);
    keypad.follow(model);
    announcer.follow(model);
  };
  const press = (element: ElementId): void => {
    if (desk.press(element) || readOn.press(element)) return;
    if (element === 'maintenance' && desk.tapped()) visit.send({ type: 'POWER.SHORT' });
    if (element === 'repeat-speech') announcer.say(visit.screen);
    visit.send({ type: 'INPUT', input: { type: 'press', element } });
  };

  const unlink = linkVisitToUplink(uplink, visit, sound, options.onRestart);
  let off = false;
  const unwatchScreens = visit.onScreen((model) => {
    show(model);
    unlink.follow(model);
    if (visit.phase !== 'shutting-down.off' || off) return;
    off = true;
    options.onPowerOff();
  });
  const input = startPatientInput({
    source: hardware.input,
    surface: hardware.surface,
    rotation: config.panel.rotation,
    present,
    display,
    desk,
    keypad,
    press,
    visit,
    liftFault,
    clock,
    log,
  });
  const unwatchPower = watchPowerButton(hardware.powerButton, clock, (press) =>
    visit.send({ type: press === 'long' ? 'POWER.LONG' : 'POWER.SHORT' }),
  );
  visit.start();
  const unwatchCamera = watchCamera(camera, clock, log, (works) => {
    visit.send({ type: works ? 'CAMERA.READY' : 'CAMERA.LOST' });
    unlink.part('camera/unavailable', works);
  });
  const examine = createExamination({
    desk,
    uplink,
    screen: () => visit.screen,
    off: () => off,
    clock,
    log,
    examined: (report) => options.onExamined?.(report),
  });

  return {
    display,
    visit,
    uplink,
    lamp,
    examine,
    ailing: () => ailingPart(visit, display, clock),
    async stop() {
      unwatchPower();
      unwatchCamera();
      input.stop();
      unwatchScreens();
      guide.stop();
      unlink.stop();
      visit.stop();
      await Promise.all([tray.stop(), preview.stop()]);
      await reader.stop().catch(() => undefined);
      await uplink.stop();
      await faces.close();
      announcer.stop();
      sound.close();
      lamp.show('off');
      await splashKept;
      await display.close();
    },
  };
};
