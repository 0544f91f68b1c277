// Ports of the display: where pixels go, and what a screen is as data.

import type { ScreenName } from '../core/screens.ts';

export type PixelFormat = 'XRGB8888' | 'RGB565';

/** Geometry of a panel. strideBytes is the pitch: never assume width × bytes per pixel. */
export interface PanelGeometry {
  readonly width: number;
  readonly height: number;
  readonly strideBytes: number;
  readonly format: PixelFormat;
}

export interface Surface {
  /** What it is now: see onGeometry. */
  readonly geometry: PanelGeometry;
  /** Where the panel can become another one while it is open: called after each change, when nothing is painted yet. */
  onGeometry?(listener: () => void): () => void;
  /** Writes whole rows [y, y + rows) in the surface's own format and pitch. */
  writeRows(y: number, rows: number, bytes: Uint8Array): void;
  close(): void;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One thing on a screen, readable as data: for speech, tests and the twin. */
export interface SceneElement {
  readonly id: string;
  readonly role: 'button' | 'text' | 'image' | 'keypad';
  readonly label: string;
  readonly rect: Rect;
  readonly enabled: boolean;
}

export interface Scene {
  readonly screen: ScreenName;
  readonly elements: readonly SceneElement[];
  /** The whole screen as SVG (escaped, fonts by family), without the live camera picture. */
  readonly svg: string;
  /** Where the live camera picture goes, when this screen has one. */
  readonly preview?: Rect;
  /** What is said aloud when this screen appears. */
  readonly speech: string;
}
