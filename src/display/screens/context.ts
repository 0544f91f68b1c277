// What every screen function is given beside its model.

import type { ScreenModel, ScreenName } from '../../core/screens.ts';
import type { Messages } from '../languages/messages.ts';
import type { Frame } from '../layout.ts';
import type { SceneBuilder } from '../scene-builder.ts';
import type { Sizes } from '../theme.ts';

/** Whom to call, and when somebody answers. */
export interface Contact {
  readonly label: string;
  readonly phone: string;
  readonly hours?: string | undefined;
}

/** What the facility sets: its name in the header, whom to call when something is broken. */
export interface Facility {
  readonly name: string;
  readonly contacts: readonly Contact[];
}

export interface ScreenContext {
  readonly build: SceneBuilder;
  readonly sizes: Sizes;
  readonly frame: Frame;
  readonly messages: Messages;
  readonly facility: Facility;
  /** In large letters: the one sentence that stands there now. */
  readonly sentence?: string;
  /** How many sentences there are. */
  readonly sentences?: number;
}

export type ModelOf<S extends ScreenName> = Extract<ScreenModel, { screen: S }>;

/** What a screen function answers; everything else it draws through the builder. */
export interface ScreenEnd {
  /** Sentences or headings, one a line. */
  readonly speech: string;
  readonly preview?: import('../ports.ts').Rect;
}
