// What a person may do to a simulated appliance. The HTTP interface and the page are built on this; the composition root implements it.

import type { FieldDefect, StoredDefect } from '../card/twin/defects.ts';
import type { ScreenName } from '../core/screens.ts';
import type { SceneElement } from '../display/ports.ts';

export interface TwinState {
  readonly screen: ScreenName;
  /** The statechart's state value, dotted. */
  readonly phase: string;
  readonly language: string;
  readonly remainingSeconds?: number;
  readonly elements: readonly SceneElement[];
  /** Lamp of the card tray: off, green, blue, red. */
  readonly lamp: string;
  /** The tone that sounded last; 'off' when none sounds. */
  readonly buzzer: string;
  /** Tones so far: it grows with each, also when the same one sounds again. */
  readonly tones: number;
  readonly speech?: string;
  /** Recordings of what is being said, one per sentence, for GET /api/voice/…: `language/name`. */
  readonly clips?: readonly string[];
  /** The tone that leads a face into the frame. */
  readonly guide?: string;
  /** Loudness of speech and tones, 0 to 10. */
  readonly volume?: number;
  readonly visit?: { readonly id: string; readonly step: string };
  /** Failure code shown now. */
  readonly failure?: string;
  readonly uplink: { readonly broker: string; readonly terminal: string; readonly backlog: number };
}

export const CABLES = ['broker', 'terminal', 'reader', 'camera', 'touch'] as const;
export type Cable = (typeof CABLES)[number];

export interface TwinCardInfo {
  readonly name: string;
  readonly kind: 'my-number' | 'driving-licence' | 'transit' | 'broken';
  readonly pinTriesLeft: number | null;
  readonly codeTriesLeft: number | null;
  /** YYYY-MM-DD or null. */
  readonly expires: string | null;
}

/** POST /api/cards after validation. */
export interface TwinCardRequest {
  readonly name: string;
  readonly kind: TwinCardInfo['kind'];
  /** JPEG or PNG bytes; needed for my-number. */
  readonly photo?: Uint8Array;
  readonly birth?: string;
  readonly expires?: string;
  readonly certificateExpires?: string;
  /** null: 顔認証カード. Undefined: "1234". */
  readonly pin?: string | null;
  readonly securityCode?: string;
  readonly family?: string;
  readonly given?: string;
  readonly sex?: string;
  /** Default: today's card. */
  readonly generation?: '2016' | '2028-draft';
  /** What is wrong with it. */
  readonly defect?: StoredDefect | FieldDefect;
}

export type CameraRequest =
  | { readonly kind: 'still'; readonly picture: Uint8Array; readonly as: 'person' | 'print' | 'screen' }
  | { readonly kind: 'frames'; readonly frames: readonly Uint8Array[]; readonly fps: number }
  | { readonly kind: 'resident'; readonly name: string }
  | { readonly kind: 'dark' };

/** A rectangle of the panel as a picture, and where its upper left corner belongs. */
export interface PanelPart {
  readonly x: number;
  readonly y: number;
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** All may throw KioskFailure input/invalid with facts {field} and a message that says what to do. */
export interface TwinControls {
  state(): TwinState;
  onState(listener: () => void): () => void;
  /** The panel as PNG, pixel for pixel. */
  screenPng(): Promise<Uint8Array>;
  /**
   * What became different on the panel after look `seen`, and the number of this look; without `seen` all of it is one part.
   * Pixel for pixel as PNG, but for the camera's picture: that is a JPEG.
   */
  panelSince(seen?: number): Promise<{ readonly seen: number; readonly parts: readonly PanelPart[] }>;
  /** Called after every change of panel pixels (for the live view). */
  onFrame(listener: () => void): () => void;
  panel(): { readonly width: number; readonly height: number };
  cards(): readonly TwinCardInfo[];
  makeCard(request: TwinCardRequest): Promise<TwinCardInfo>;
  placeCard(name: string): void;
  removeCard(): void;
  cardOnTray(): string | undefined;
  touch(x: number, y: number, holdMs: number): Promise<void>;
  typeKeys(keys: string): Promise<void>;
  /** Seats the touch panel's sensor askew: pixels right and down, and a scale around the middle. 0, 0, 1 = as it should be. */
  misalign?(how: { readonly dx: number; readonly dy: number; readonly scale: number }): void;
  camera(request: CameraRequest): Promise<void>;
  /** Names of the drawn residents who can stand before the camera. */
  residents(): readonly string[];
  power(press: 'short' | 'long'): void;
  cables(): Readonly<Record<Cable, 'in' | 'out'>>;
  setCables(change: Partial<Record<Cable, 'in' | 'out'>>): void;
  /** Picture of a resident, or the one printed on a virtual card: JPEG, PNG or SVG text. Undefined: no such name. */
  portrait?(name: string): Promise<Uint8Array | undefined>;
  /** A recording (Ogg Opus) by what `clips` of the state calls it. Undefined: no such recording. */
  recording?(clip: string): Promise<Uint8Array | undefined>;
  /** Notes of every tone and guide: {name: {notes: [[hertz, ms]…], pan?}}; a guide is repeated. */
  melodies?(): Readonly<Record<string, unknown>>;
  /** One finger step by step, for a live hand on the panel; without it the page sends whole touches. */
  finger?(phase: 'down' | 'move' | 'up', x: number, y: number): void;
}
