// A small world for visits: a simulated clock and fake ports that record what the visit asks of them.
// The fake card keeps real counters; whatever it shall do out of the ordinary is set by the test.

import type { Clock } from '../../src/core/clock.ts';
import type { FailureCode } from '../../src/core/failure.ts';
import { createLog } from '../../src/core/log.ts';
import type { ElementId, FaceGuidance, FaceHint, ScreenModel, UserInput } from '../../src/core/screens.ts';
import type {
  CardSession,
  CardSummary,
  DeliveryOutcome,
  FaceOutcome,
  LookReason,
  PinOutcome,
  SecretPad,
  VisitOutcome,
  VisitPorts,
} from '../../src/visit/ports.ts';
import { type VisitSettings, visitSettings } from '../../src/visit/settings.ts';
import { createVisit } from '../../src/visit/visit.ts';

export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export class SimulatedClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  now = () => 1_795_000_000_000 + this.#now;
  monotonicMs = () => this.#now;
  setTimeout = (run: () => void, delayMs: number) => {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return timer;
  };
  clearTimeout = (handle: unknown) => {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  };
  get pending() {
    return this.#timers.length;
  }
  /** Moves time on, running what falls due in order and letting promises settle in between. */
  async pass(ms: number) {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
    await settle();
  }
}

export const VALID: CardSummary = { certificate: { state: 'valid' }, hasPin: true, pinTriesLeft: 3, photo: 'ready', ageYears: 52 };

/** `hang`: never answers by itself. */
export interface CardScript {
  readonly summary?: Partial<CardSummary>;
  readonly read?: Error | 'hang';
  readonly pin?: string;
  readonly pinAnswer?: Error | 'hang';
  /** How the question to reception ends: heard when absent. */
  readonly reception?: Error | 'hang';
  readonly faces?: readonly (FaceOutcome | Error | 'hang')[];
  /** `until-told`: durable, waits for the terminal until told to wait no longer. */
  readonly delivery?: DeliveryOutcome | Error | 'hang' | 'until-told';
}

const hang = () => new Promise<never>(() => undefined);

export class FakeCard implements CardSession {
  readonly visitId: string;
  readonly delivered: VisitOutcome[] = [];
  readonly confirmations: boolean[] = [];
  readonly asked: LookReason[] = [];
  closed = 0;
  readAborted = false;
  faceAborted = false;
  readonly #script: CardScript;
  readonly #summary: CardSummary;
  #triesLeft: number;
  #faces: (FaceOutcome | Error | 'hang')[];
  stoppedAsking = 0;
  #onGuidance: (guidance: FaceGuidance) => void = () => undefined;
  #answerDelivery: (outcome: DeliveryOutcome) => void = () => undefined;

  constructor(visitId: string, script: CardScript) {
    this.visitId = visitId;
    this.#script = script;
    this.#summary = { ...VALID, ...script.summary };
    this.#triesLeft = this.#summary.pinTriesLeft ?? 0;
    this.#faces = [...(script.faces ?? [{ outcome: 'match' }])];
  }

  async read(signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      this.readAborted = true;
    });
    if (this.#script.read === 'hang') return hang();
    if (this.#script.read) throw this.#script.read;
    return this.#summary;
  }

  async askReception(reason: LookReason) {
    this.asked.push(reason);
    if (this.#script.reception === 'hang') return hang();
    if (this.#script.reception) throw this.#script.reception;
  }

  stopAsking(): void {
    this.stoppedAsking += 1;
  }

  async verifyPin(pin: Uint8Array, { lastTryConfirmed }: { lastTryConfirmed: boolean }): Promise<PinOutcome> {
    this.confirmations.push(lastTryConfirmed);
    const text = Buffer.from(pin).toString('ascii');
    pin.fill(0);
    if (this.#script.pinAnswer === 'hang') return hang();
    if (this.#script.pinAnswer) throw this.#script.pinAnswer;
    if (this.#triesLeft === 1 && !lastTryConfirmed) throw new Error('the last try was not confirmed');
    if (text === (this.#script.pin ?? '1234')) return { outcome: 'verified' };
    this.#triesLeft -= 1;
    return this.#triesLeft === 0 ? { outcome: 'blocked' } : { outcome: 'wrong', triesLeft: this.#triesLeft };
  }

  async verifyFace(onGuidance: (guidance: FaceGuidance) => void, signal: AbortSignal): Promise<FaceOutcome> {
    this.#onGuidance = onGuidance;
    signal.addEventListener('abort', () => {
      this.faceAborted = true;
    });
    const next = this.#faces.shift() ?? 'hang';
    if (next === 'hang') return hang();
    if (next instanceof Error) throw next;
    return next;
  }

  hint(hint?: FaceHint, more: Omit<FaceGuidance, 'hint'> = {}) {
    this.#onGuidance({ ...(hint === undefined ? {} : { hint }), ...more });
  }

  deliver(result: VisitOutcome, signal: AbortSignal): Promise<DeliveryOutcome> {
    this.delivered.push(result);
    const { delivery = { outcome: 'accepted', checkIn: 'checked-in' } } = this.#script;
    if (delivery instanceof Error) return Promise.reject(delivery);
    if (delivery !== 'hang' && delivery !== 'until-told') return Promise.resolve(delivery);
    return new Promise((resolve) => {
      this.#answerDelivery = resolve;
      if (delivery === 'until-told') signal.addEventListener('abort', () => resolve({ outcome: 'stored' }));
    });
  }

  acknowledge(outcome: DeliveryOutcome) {
    this.#answerDelivery(outcome);
  }

  close() {
    this.closed += 1;
  }
}

export class FakePad implements SecretPad {
  digits: number[] = [];
  push(digit: number) {
    this.digits.push(digit);
    return this.digits.length;
  }
  backspace() {
    this.digits.pop();
    return this.digits.length;
  }
  clear() {
    this.digits = [];
    return 0;
  }
  take() {
    const taken = Uint8Array.from(this.digits, (digit) => 0x30 + digit);
    this.digits = [];
    return taken;
  }
}

export interface WorldOptions {
  readonly settings?: Parameters<typeof visitSettings>[0];
  readonly expectedMs?: number;
  readonly selfTest?: VisitPorts['selfTest'];
  readonly passcode?: string;
  readonly pages?: NonNullable<VisitPorts['pages']>;
}

export const createWorld = ({
  settings,
  expectedMs = 0,
  selfTest = async () => undefined,
  passcode = '9876',
  pages,
}: WorldOptions = {}) => {
  const clock = new SimulatedClock();
  const cards: FakeCard[] = [];
  const sounds: string[] = [];
  const screens: ScreenModel[] = [];
  const starts: number[] = [];
  const lines: string[] = [];
  const pad = new FakePad();
  let script: CardScript = {};
  let visits = 0;
  const ports: VisitPorts = {
    selfTest,
    openCard: (visitId) => {
      const card = new FakeCard(visitId, script);
      cards.push(card);
      return card;
    },
    pad,
    checkStaffPasscode: (given) => {
      const text = Buffer.from(given).toString('ascii');
      given.fill(0);
      return text === passcode;
    },
    startHistory: { expectedMs: () => expectedMs, record: (ms) => void starts.push(ms) },
    ...(pages === undefined ? {} : { pages }),
    newVisitId: () => {
      visits += 1;
      return `visit-${visits}`;
    },
    sound: (tone) => void sounds.push(tone),
  };
  const merged: VisitSettings = visitSettings(settings);
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const visit = createVisit({ ports, settings: merged, clock, log });
  visit.onScreen((model) => void screens.push(model));
  const send = async (event: Parameters<typeof visit.send>[0]) => {
    visit.send(event);
    await settle();
  };
  const input = (of: UserInput) => send({ type: 'INPUT', input: of });
  const world = {
    visit,
    clock,
    cards,
    sounds,
    screens,
    starts,
    lines,
    pad,
    ports,
    settings: merged,
    send,
    settle,
    /** The card on the tray now, or the last one. */
    get card(): FakeCard {
      const card = cards.at(-1);
      if (card === undefined) throw new Error('no card was opened');
      return card;
    },
    get screen() {
      return visit.screen.screen;
    },
    press: async (...elements: ElementId[]) => {
      for (const element of elements) await input({ type: 'press', element });
    },
    type: async (keys: string) => {
      for (const key of keys) await input({ type: 'key', key: key as '0' });
    },
    key: (key: 'enter' | 'backspace' | 'escape' | 'plus') => input({ type: 'key', key }),
    pass: (seconds: number) => clock.pass(seconds * 1000),
    place: async (of: CardScript = {}) => {
      script = of;
      await send({ type: 'CARD.PLACED' });
    },
    take: () => send({ type: 'CARD.REMOVED' }),
    fault: (code: FailureCode) => send({ type: 'FAULT', code }),
    /** From power to idle. */
    open: async () => {
      visit.start();
      await clock.pass(merged.timeouts.splashMs);
      await send({ type: 'TERMINAL.READY' });
    },
    /** The model on the screen, which must be the one named. */
    shown: <Name extends ScreenModel['screen']>(name: Name): Extract<ScreenModel, { screen: Name }> => {
      const model = visit.screen;
      if (model.screen !== name) throw new Error(`the screen is ${model.screen} in ${visit.phase}, not ${name}`);
      return model as Extract<ScreenModel, { screen: Name }>;
    },
  };
  return world;
};

export type World = ReturnType<typeof createWorld>;

/** The way to every step of a visit, by the phase it ends in. */
export const STEPS: Readonly<Record<string, { readonly settings?: Parameters<typeof visitSettings>[0]; go(world: World): Promise<void> }>> =
  {
    'visit.reading': { go: (world) => world.place({ read: 'hang' }) },
    'visit.kind-word': { go: (world) => world.place({ summary: { certificate: { state: 'expires-soon', days: 30 } } }) },
    'visit.identify.choose-method': { go: (world) => world.place() },
    'visit.identify.face.watching': {
      go: async (world) => {
        await world.place({ faces: ['hang'] });
        await world.press('method-face');
      },
    },
    'visit.identify.face.retry': {
      go: async (world) => {
        await world.place({ faces: [{ outcome: 'failed', reason: 'dark' }, 'hang'] });
        await world.press('method-face');
      },
    },
    'visit.identify.pin.entering': {
      go: async (world) => {
        await world.place();
        await world.press('method-pin');
        await world.type('12');
      },
    },
    'visit.identify.pin.last-try': {
      go: async (world) => {
        await world.place({ summary: { pinTriesLeft: 1 } });
        await world.press('method-pin');
      },
    },
    'visit.identify.pin.checking': {
      go: async (world) => {
        await world.place({ pinAnswer: 'hang' });
        await world.press('method-pin');
        await world.type('1234');
        await world.key('enter');
      },
    },
    'visit.identify.barred': {
      go: async (world) => {
        await world.place({ summary: { pinTriesLeft: 1 } });
        await world.press('method-pin', 'continue');
        await world.type('0000');
        await world.key('enter');
      },
    },
    'visit.identify.staff-check.entering': {
      go: async (world) => {
        await world.place();
        await world.press('method-staff');
        await world.type('98');
      },
    },
    'visit.identify.staff-check.locked': {
      settings: { staffAttempts: 1 },
      go: async (world) => {
        await world.place();
        await world.press('method-staff');
        await world.type('0000');
        await world.key('enter');
      },
    },
    'visit.consent.bundle': {
      go: async (world) => {
        await world.place();
        await world.press('method-face');
      },
    },
    'visit.consent.items': {
      go: async (world) => {
        await world.place();
        await world.press('method-face', 'consent-choose');
      },
    },
    'visit.prescription': {
      settings: { askPrescription: true },
      go: async (world) => {
        await world.place();
        await world.press('method-face', 'consent-none');
      },
    },
  };
