// What the statechart remembers: plain data only. `visit` and `closing` are the only places for anything about a patient,
// and both are undefined whenever the kiosk rests. Never the card's bytes, never a PIN digit.

import type { FailureCode } from '../core/failure.ts';
import type { ConsentQuestion, DisplayMode, FaceClosed, FaceGuidance, FaceHint, Language, Method, ScreenContent } from '../core/screens.ts';
import type { CardSummary } from './ports.ts';
import type { VisitSettings } from './settings.ts';

/** One visit, from the card on the tray to the result handed over. */
export interface VisitRecord {
  readonly id: string;
  readonly summary: CardSummary | undefined;
  readonly method: Method | undefined;
  readonly attemptsLeft: number;
  /** What the patient is told before the camera now. */
  readonly guidance: FaceGuidance;
  readonly faceReason: FaceHint | 'camera';
  /** Why the face cannot be used any more in this visit, when that was found before the camera. */
  readonly faceOff: FaceClosed | undefined;
  readonly pinTriesLeft: number;
  readonly lastTryConfirmed: boolean;
  /** Digits on the pad: how many, never which. */
  readonly entered: number;
  readonly wrong: boolean;
  readonly staffTriesLeft: number;
  /** Reception was asked to look, and its terminal has the question. */
  readonly receptionAsked: boolean;
  /** Questions now asked one by one, and which of them is on the screen. */
  readonly items: readonly ConsentQuestion[];
  readonly index: number;
  readonly answers: Readonly<Partial<Record<ConsentQuestion, boolean>>>;
  readonly prescription: 'electronic' | 'paper' | undefined;
}

export type Recap = Omit<Extract<ScreenContent, { screen: 'done' }>, 'screen' | 'cardTaken'>;

/** What the last screens of a visit still say: why it ended, or the recap. */
export interface Closing {
  readonly after?: FailureCode;
  readonly recap?: Recap;
  /** The card was taken while the result was on its way. */
  readonly taken?: boolean;
}

export interface VisitContext {
  readonly settings: VisitSettings;
  readonly language: Language;
  readonly mode: DisplayMode;
  /** The list of languages is open in the middle of a visit. */
  readonly choosingLanguage: boolean;
  /** undefined: nothing was heard of it yet. */
  readonly broker: boolean | undefined;
  readonly terminal: boolean;
  /** Something lies on the tray. */
  readonly card: boolean;
  /** false: the camera is known to be unplugged. */
  readonly camera: boolean;
  readonly tested: boolean;
  /** false: taken out of service by a person. */
  readonly serving: boolean;
  readonly stopping: boolean;
  readonly fault: FailureCode | undefined;
  /** Monotonic ms when the first start began, until it is over. */
  readonly startedAt: number | undefined;
  /** Monotonic ms when earlier experience says that the start is over. */
  readonly startsBy: number | undefined;
  /** Monotonic ms when the screen shown now ends by itself. */
  readonly until: number | undefined;
  /** Milliseconds that this screen stays in all. */
  readonly stayMs: number | undefined;
  readonly visit: VisitRecord | undefined;
  readonly closing: Closing | undefined;
}

export const freshContext = (settings: VisitSettings): VisitContext => ({
  settings,
  language: 'ja',
  mode: 'standard',
  choosingLanguage: false,
  broker: undefined,
  terminal: false,
  card: false,
  camera: true,
  tested: false,
  serving: true,
  stopping: false,
  fault: undefined,
  startedAt: undefined,
  startsBy: undefined,
  until: undefined,
  stayMs: undefined,
  visit: undefined,
  closing: undefined,
});

export const freshVisit = (id: string, settings: VisitSettings): VisitRecord => ({
  id,
  summary: undefined,
  method: undefined,
  attemptsLeft: settings.faceAttempts,
  guidance: {},
  faceReason: 'none',
  faceOff: undefined,
  pinTriesLeft: 0,
  lastTryConfirmed: false,
  entered: 0,
  wrong: false,
  staffTriesLeft: settings.staffAttempts,
  receptionAsked: false,
  items: [],
  index: 0,
  answers: {},
  prescription: undefined,
});
