// The language between the visit, which decides what is shown, and the display, which decides how.
// Plain data only: no pixels, no card bytes, no PIN digits (only how many were typed), no names.

import type { FailureCode } from './failure.ts';

export const SCREENS = [
  'splash', 'initialising', 'idle', 'reading-card', 'choose-method', 'face', 'face-retry', 'pin', 'pin-last-try', 'staff-check',
  'consent', 'consent-items', 'prescription', 'sending', 'done', 'take-card', 'notice', 'out-of-service', 'how-to', 'technician',
  'shutting-down',
] as const; // biome-ignore format: one list, read as a line
export type ScreenName = (typeof SCREENS)[number];

/** BCP 47 tags; ja-simple = やさしい日本語. */
export const LANGUAGES = ['ja', 'en', 'zh-Hans', 'ko', 'vi', 'ja-simple'] as const;
export type Language = (typeof LANGUAGES)[number];
/** Languages with recorded speech; voice/gaps.json says why the others have none. */
export const SPOKEN_LANGUAGES: readonly Language[] = ['ja', 'en', 'ja-simple'];

/** How everything is shown: as usual, in large letters with one sentence at a time, or white on black. */
export const DISPLAY_MODES = ['standard', 'large', 'contrast'] as const;
export type DisplayMode = (typeof DISPLAY_MODES)[number];

export type Method = 'face' | 'pin' | 'staff';

/** Why the face is not among the ways: the card's photo cannot be read or is locked, or the kiosk itself cannot compare faces now. */
export const FACE_CLOSED = ['photo', 'photo-locked', 'kiosk', 'camera'] as const;
export type FaceClosed = (typeof FACE_CLOSED)[number];

/** Why the current frame does not help yet, from measurements; undefined = all is well, hold still. */
export const FACE_HINTS = ['none', 'several', 'too-far', 'too-near', 'off-centre', 'turned', 'tilted', 'dark', 'back-lit', 'over-exposed', 'blurred', 'eyes-hidden', 'mask', 'not-live', 'no-match'] as const; // biome-ignore format: one list
export type FaceHint = (typeof FACE_HINTS)[number];

/** Where the patient is to go or to turn, as they see it themselves and in the mirrored picture. Beside `off-centre` and `turned`. */
export const FACE_DIRECTIONS = ['left', 'right', 'up', 'down'] as const;
export type FaceDirection = (typeof FACE_DIRECTIONS)[number];

/** What a facility may ask a patient to do so that a picture cannot pass. Shown while no hint is. */
export const FACE_TASKS = ['turn-left', 'turn-right', 'blink'] as const;
export type FaceTask = (typeof FACE_TASKS)[number];

/** What is told to a patient before the camera at one moment; empty = all is well. */
export interface FaceGuidance {
  readonly hint?: FaceHint;
  readonly direction?: FaceDirection;
  readonly task?: FaceTask;
  /** Nothing is wrong with what the camera sees, and still nobody has been recognised for some seconds. */
  readonly slow?: boolean;
}

/** One question to the patient and the flags it sets (names of the national scheme's result). */
export const CONSENT_QUESTIONS = {
  'diagnosis-medication': ['SRJ', 'YZK'],
  surgery: ['SHJ'],
  checkup: ['TKK'],
  'specific-disease': ['TSR'],
} as const;
export type ConsentQuestion = keyof typeof CONSENT_QUESTIONS;
export type ConsentItem = (typeof CONSENT_QUESTIONS)[ConsentQuestion][number];

/** Kind words that are not failures. */
export type NoticeCode = 'certificate/expires-soon' | 'certificate/expired-in-grace';

export interface ScreenCommon {
  readonly language: Language;
  /** Undefined: standard. */
  readonly mode?: DisplayMode;
  /** Counts down to the end of this screen; `asking` = the last 20 s: 「つづけますか」 over the whole width. */
  readonly timeout?: { readonly secondsLeft: number; readonly asking: boolean };
  /** In large letters one sentence stands at a time: which of the screen's, counted on from 0 (the first again after the last). */
  readonly sentence?: number;
  /** The patient is choosing another language: these stand in the place of the screen's own words. */
  readonly choosingLanguage?: readonly Language[];
  /** A link is down while the visit goes on: said in one line, without taking the screen away. */
  readonly banner?: 'uplink/terminal-lost' | 'uplink/broker-lost';
}

export const TECHNICIAN_PAGES = ['self-test', 'network', 'versions', 'volume', 'brightness', 'touch'] as const;
export type TechnicianTopic = (typeof TECHNICIAN_PAGES)[number];

/** One answer of the self-test, in the technician's words; never personal. */
export interface TestedPart {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly title: { readonly ja: string; readonly en: string };
  readonly facts: Readonly<Record<string, string | number>>;
  readonly advice?: { readonly ja: string; readonly en: string };
}

/** Calibration of the touch panel: crosses, then a button to meet with the new map within some seconds. `at`: shares of the panel. */
export type TouchPage =
  | { readonly stage: 'cross'; readonly number: number; readonly at: { readonly x: number; readonly y: number } }
  | { readonly stage: 'confirm'; readonly secondsLeft: number }
  | { readonly stage: 'kept' | 'failed' | 'reverted' | 'no-panel' };

/** What the technician's screen shows. `at` = which page of the parts, counted on from 0. Levels go from 0 to 10; undefined: this box has no such thing to set. */
export type TechnicianPage =
  | { readonly page: 'locked'; readonly entered: number; readonly length: 4; readonly refused?: 'wrong' | 'too-often' | 'no-code' }
  | { readonly page: 'menu' }
  | { readonly page: 'self-test'; readonly parts: readonly TestedPart[]; readonly running: boolean; readonly at?: number }
  | { readonly page: 'network' | 'versions'; readonly facts: Readonly<Record<string, string>> }
  | { readonly page: 'volume' | 'brightness'; readonly level: number | undefined }
  | { readonly page: 'touch'; readonly touch: TouchPage };

export type ScreenContent =
  | { readonly screen: 'splash' }
  | {
      readonly screen: 'initialising';
      /** Estimated from earlier starts; undefined once the estimate has run out (never a frozen zero). */
      readonly remainingSeconds?: number;
      readonly waitingFor: readonly ('self-test' | 'broker' | 'terminal')[];
      /** It was in service before, and what connects it with reception went away. */
      readonly lost?: 'uplink/terminal-lost' | 'uplink/broker-lost';
    }
  | { readonly screen: 'idle'; readonly languages: readonly Language[] }
  | { readonly screen: 'reading-card' }
  /** pinLocked: this card has a PIN, and it was wrong three times before. pinNotSet: a card issued without one (顔認証マイナンバーカード). */
  | {
      readonly screen: 'choose-method';
      readonly methods: readonly Method[];
      readonly pinLocked?: boolean;
      readonly pinNotSet?: boolean;
      readonly faceClosed?: FaceClosed;
    }
  | {
      readonly screen: 'face';
      readonly hint?: FaceHint;
      readonly direction?: FaceDirection;
      readonly task?: FaceTask;
      readonly slow?: boolean;
      readonly methods: readonly Method[];
    }
  | {
      readonly screen: 'face-retry';
      readonly reason: FaceHint | 'camera';
      readonly attemptsLeft: number;
      readonly methods: readonly Method[];
    }
  | {
      readonly screen: 'pin';
      readonly entered: number;
      readonly length: 4;
      readonly triesLeft: number;
      readonly wrong: boolean;
      readonly checking: boolean;
    }
  | { readonly screen: 'pin-last-try' }
  | {
      readonly screen: 'staff-check';
      readonly entered: number;
      readonly length: 4;
      readonly wrong: boolean;
      readonly locked: boolean;
      /** The terminal has the question: staff can approve there. */
      readonly receptionAsked?: boolean;
    }
  | { readonly screen: 'consent'; readonly questions: readonly ConsentQuestion[] }
  | { readonly screen: 'consent-items'; readonly question: ConsentQuestion; readonly index: number; readonly count: number }
  | { readonly screen: 'prescription' }
  | { readonly screen: 'sending' }
  | {
      readonly screen: 'done';
      /** checked-in: the terminal acknowledged; see-reception: it asks for a word; stored: kept safe, not acknowledged yet. */
      readonly checkIn: 'checked-in' | 'see-reception' | 'stored';
      readonly number?: string;
      readonly shared: readonly { readonly question: ConsentQuestion; readonly given: boolean }[];
      readonly notice?: NoticeCode;
      /** Nothing is left on the tray: the recap stays for a moment. */
      readonly cardTaken?: boolean;
    }
  /** alarm 0..3 rises while the card stays on the tray; after = what ended the visit, when it was not a success;
   *  number = the reception number, when it was. */
  | { readonly screen: 'take-card'; readonly alarm: 0 | 1 | 2 | 3; readonly after?: FailureCode; readonly number?: string }
  /** A failure or a kind word; a locked PIN with the ways that are left. days = whole days left (soon) or left of the grace. */
  | {
      readonly screen: 'notice';
      readonly code: FailureCode | NoticeCode;
      readonly days?: number;
      readonly choices: readonly ('continue' | 'face' | 'staff')[];
    }
  | { readonly screen: 'out-of-service'; readonly code?: FailureCode }
  /** elapsedMs: where the moving pictures are; the program that shows them counts, the visit does not. */
  | { readonly screen: 'how-to'; readonly elapsedMs?: number }
  | ({ readonly screen: 'technician' } & TechnicianPage)
  | { readonly screen: 'shutting-down' };

export type ScreenModel = ScreenCommon & ScreenContent;

/** Ids of everything that can be pressed. Stable: outside tools press them by name. */
export type ElementId =
  | 'cancel' | 'back' | 'continue' | 'retry' | 'help' | 'repeat-speech' | 'choose-language' | 'maintenance' | 'next-sentence'
  | 'method-face' | 'method-pin' | 'method-staff'
  | `language-${Language}` | `mode-${DisplayMode}`
  | `key-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}` | 'key-clear' | 'key-backspace' | 'key-enter'
  | 'consent-all' | 'consent-choose' | 'consent-none' | 'item-yes' | 'item-no'
  | `technician-${TechnicianTopic}` | 'technician-more' | 'technician-less' | 'technician-keep'
  | 'prescription-electronic' | 'prescription-paper'; // biome-ignore format: one id list

/** What a person did: pressed an element on the panel (acts on release), or a key of the numeric keypad. */
export type UserInput =
  | { readonly type: 'press'; readonly element: ElementId }
  | {
      readonly type: 'key';
      readonly key:
        | '0'
        | '1'
        | '2'
        | '3'
        | '4'
        | '5'
        | '6'
        | '7'
        | '8'
        | '9'
        | 'enter'
        | 'backspace'
        | 'escape'
        | 'plus'
        | 'minus'
        | 'slash';
    };
