// Colours and sizes of every screen, from the Digital Agency's design tokens.
// Owns no coordinates; never holds a colour that is not a token, save the two 565-safe backgrounds.

import { createRequire } from 'node:module';
import type { DisplayMode } from '../core/screens.ts';

interface Token {
  readonly $value: string;
}
type Steps = Readonly<Record<string, Token>>;
interface Tokens {
  readonly Color: {
    readonly Primitive: Readonly<Record<'Blue' | 'Red' | 'Green' | 'Yellow' | 'Orange', Steps>>;
    readonly Neutral: { readonly SolidGray: Steps; readonly White: Token };
  };
}

// The package is CommonJS whose types claim a default export; require() gives what it really holds.
const tokens = createRequire(import.meta.url)('@digital-go-jp/design-tokens') as Tokens;

const step = (steps: Steps, name: number): string => {
  const token = steps[name];
  if (token === undefined) throw new RangeError(`design token ${name} does not exist`);
  return token.$value;
};

const { Blue, Red, Green, Yellow, Orange } = tokens.Color.Primitive;
const { SolidGray, White } = tokens.Color.Neutral;

export const COLOURS = {
  primary: step(Blue, 900),
  primaryDark: step(Blue, 1000),
  primaryDeep: step(Blue, 1200),
  tint: step(Blue, 50),
  tintStrong: step(Blue, 100),
  line: step(Blue, 200),
  text: step(SolidGray, 900),
  textSoft: step(SolidGray, 800),
  grey: step(SolidGray, 700),
  border: step(SolidGray, 200),
  borderStrong: step(SolidGray, 420),
  /** What cannot be pressed now. */
  idleInk: step(SolidGray, 400),
  idleBorder: step(SolidGray, 100),
  surface: White.$value,
  error: step(Red, 900),
  errorDark: step(Red, 1000),
  errorTint: step(Red, 50),
  success: step(Green, 900),
  successLight: step(Green, 300),
  successTint: step(Green, 50),
  warning: step(Yellow, 300),
  warningTint: step(Yellow, 50),
  warningDark: step(Orange, 1000),
  /** Survives RGB565 without a visible shift, as pure white does. */
  page: '#f7fbff',
} as const;

/** Text sizes, gaps and target heights in pixels of one panel class. */
export interface Sizes {
  readonly compact: boolean;
  /** Taller than wide: what stands side by side elsewhere stands one above the other. */
  readonly portrait: boolean;
  /** 「大きな文字」: one sentence at a time, in letters of `huge` pixels. */
  readonly large: boolean;
  readonly huge: number;
  readonly margin: number;
  readonly gap: number;
  readonly keyGap: number;
  readonly header: number;
  readonly progress: number;
  readonly footer: number;
  /** Smallest height of anything that can be pressed. */
  readonly target: number;
  readonly hero: number;
  readonly title: number;
  readonly instruction: number;
  readonly body: number;
  readonly small: number;
  readonly key: number;
  readonly radius: number;
  readonly stroke: number;
}

const REGULAR: Sizes = {
  compact: false, portrait: false, large: false, huge: 58, margin: 48, gap: 20, keyGap: 13, header: 88, progress: 100, footer: 112, target: 88,
  hero: 60, title: 40, instruction: 34, body: 27, small: 24, key: 60, radius: 16, stroke: 3,
}; // biome-ignore format: a table

const COMPACT: Sizes = {
  compact: true, portrait: false, large: false, huge: 40, margin: 24, gap: 12, keyGap: 13, header: 68, progress: 34, footer: 80, target: 68,
  hero: 40, title: 28, instruction: 25, body: 21, small: 18, key: 40, radius: 12, stroke: 2,
}; // biome-ignore format: a table

/** Sizes for a panel, whichever way it stands: the large class from 1000×640 on, the small one (7 inch, 800×480) below 800 × 640. */
export const sizesFor = (panel: { readonly width: number; readonly height: number }, mode: DisplayMode = 'standard'): Sizes => {
  const [short, long] = [Math.min(panel.width, panel.height), Math.max(panel.width, panel.height)];
  const base = long >= 1000 && short >= 640 ? REGULAR : COMPACT;
  const large = mode === 'large';
  return { ...base, portrait: panel.height > panel.width, large, ...(large ? { hero: base.compact ? 48 : 76, title: base.huge } : {}) };
};
