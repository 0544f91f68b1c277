// What lies behind the technician's door: the code, the menu and its pages. The visit only knows that the screen is shown;
// presses that mean something here are taken before it hears of them. Digits stay on a pad that is wiped when the screen is left.

import type { Clock } from '../core/clock.ts';
import {
  type ElementId,
  type ScreenModel,
  TECHNICIAN_PAGES,
  type TechnicianPage,
  type TechnicianTopic,
  type TestedPart,
} from '../core/screens.ts';
import type { SecretPad } from '../visit/ports.ts';
import type { Check } from './doctor/check.ts';
import { examine } from './doctor/check.ts';
import type { Key } from './keypad-guide.ts';
import type { TouchCalibration } from './touch-calibration.ts';

type Facts = Readonly<Record<string, string>>;

/** A level from 1 to 10 that can be read and set. */
export interface Level {
  level(): number;
  set(level: number): void;
}

export interface DeskWorld {
  readonly clock: Clock;
  readonly pad: SecretPad;
  /** Undefined: no code is set, the door stays closed. */
  readonly checkCode: ((typed: Uint8Array) => boolean) | undefined;
  readonly checks: readonly Check[];
  readonly facts: Readonly<Record<'network' | 'versions', () => Facts>>;
  readonly levels: Readonly<Record<'volume' | 'brightness', Level | undefined>>;
  readonly calibration: TouchCalibration;
  /** Shows the present screen again. */
  readonly again: () => void;
  /** Somebody is there: the screen stays. */
  readonly present: () => void;
}

const MOST_TRIES = 5;
const WAIT_MS = 60_000;
const FIVE_TAPS_MS = 4000;
const TAPS = 5;

export class TechnicianDesk {
  readonly #world: DeskWorld;
  #open = false;
  #shown = false;
  #topic: TechnicianTopic | undefined;
  #entered = 0;
  #wrong = false;
  #tries = 0;
  #waitUntil = 0;
  #parts: TestedPart[] = [];
  #at = 0;
  #running = false;
  #taps: number[] = [];

  constructor(world: DeskWorld) {
    this.#world = world;
  }

  /** A tap on the facility's name; true when it was the fifth within four seconds. */
  tapped(): boolean {
    const now = this.#world.clock.monotonicMs();
    this.#taps = [...this.#taps.filter((at) => now - at <= FIVE_TAPS_MS), now];
    if (this.#taps.length < TAPS) return false;
    this.#taps = [];
    return true;
  }

  /** The model as it is to be shown: on the technician's screen with the page that is open. */
  frame(model: ScreenModel): ScreenModel {
    if (model.screen !== 'technician') {
      if (this.#shown) this.#leave();
      return model;
    }
    this.#shown = true;
    const { language, mode, timeout } = model;
    return {
      language,
      ...(mode === undefined ? {} : { mode }),
      ...(timeout === undefined ? {} : { timeout }),
      screen: 'technician',
      ...this.#page(),
    };
  }

  /** Does what an element means here. False: it is the visit's. */
  press(element: ElementId): boolean {
    if (!this.#shown) return false;
    const digit = /^key-(\d)$/.exec(element)?.[1];
    if (digit !== undefined) this.#digit(Number(digit));
    else if (element === 'key-backspace') this.#entered = this.#world.pad.backspace();
    else if (element === 'key-clear') this.#entered = this.#world.pad.clear();
    else if (element === 'key-enter') this.#enter();
    else if (element === 'back' && this.#topic !== undefined) this.#choose(undefined);
    else if (element === 'technician-keep') this.#world.calibration.confirm();
    else if (element === 'technician-more') this.#step(1);
    else if (element === 'technician-less') this.#step(-1);
    else {
      const topic = TECHNICIAN_PAGES.find((one) => element === `technician-${one}`);
      if (topic === undefined || !this.#open) return false;
      this.#choose(topic);
    }
    this.#world.present();
    this.#world.again();
    return true;
  }

  #choose(topic: TechnicianTopic | undefined): void {
    this.#topic = topic;
    this.#at = 0;
    this.#world.calibration.leave();
    if (topic === 'touch') this.#world.calibration.begin();
    if (topic === 'self-test') void this.#test();
  }

  /**
   * A key of the keypad: the code, then the menu by its numbers, so that a panel whose touches go astray can be set right. A new touch map is
   * the one thing that only a finger can keep.
   */
  key(key: Key): boolean {
    if (!this.#shown) return false;
    if (this.#open) {
      const topic = this.#topic === undefined ? TECHNICIAN_PAGES[Number(key) - 1] : undefined;
      if (topic !== undefined) return this.press(`technician-${topic}`);
      if (key === 'plus') return this.press('technician-more');
      if (key === 'minus') return this.press('technician-less');
      return (key === 'escape' || key === 'backspace') && this.#topic !== undefined ? this.press('back') : false;
    }
    if (/^\d$/.test(key)) return this.press(`key-${key}` as ElementId);
    if (key === 'enter') return this.press('key-enter');
    return key === 'backspace' ? this.press('key-backspace') : false;
  }

  #leave(): void {
    this.#shown = false;
    this.#open = false;
    this.#topic = undefined;
    this.#wrong = false;
    this.#entered = this.#world.pad.clear();
    this.#world.calibration.leave();
  }

  #refused(): 'wrong' | 'too-often' | 'no-code' | undefined {
    if (this.#world.checkCode === undefined) return 'no-code';
    if (this.#world.clock.monotonicMs() < this.#waitUntil) return 'too-often';
    return this.#wrong ? 'wrong' : undefined;
  }

  #page(): TechnicianPage {
    const refused = this.#refused();
    if (!this.#open) return { page: 'locked', entered: this.#entered, length: 4, ...(refused === undefined ? {} : { refused }) };
    switch (this.#topic) {
      case undefined:
        return { page: 'menu' };
      case 'self-test':
        return { page: 'self-test', parts: this.#parts, running: this.#running, ...(this.#at === 0 ? {} : { at: this.#at }) };
      case 'network':
      case 'versions':
        return { page: this.#topic, facts: this.#world.facts[this.#topic]() };
      case 'touch':
        return { page: 'touch', touch: this.#world.calibration.page };
      default:
        return { page: this.#topic, level: this.#world.levels[this.#topic]?.level() };
    }
  }

  #digit(digit: number): void {
    const refused = this.#refused();
    if (this.#open || refused === 'no-code' || refused === 'too-often') return;
    this.#wrong = false;
    this.#entered = this.#world.pad.push(digit);
  }

  #enter(): void {
    const { checkCode, pad, clock } = this.#world;
    const refused = this.#refused();
    if (this.#open || checkCode === undefined || refused === 'too-often' || this.#entered < 4) return;
    const right = checkCode(pad.take());
    this.#entered = 0;
    this.#wrong = !right;
    this.#open = right;
    this.#tries = right ? 0 : this.#tries + 1;
    if (this.#tries < MOST_TRIES) return;
    this.#tries = 0;
    this.#wrong = false;
    this.#waitUntil = clock.monotonicMs() + WAIT_MS;
  }

  #step(by: 1 | -1): void {
    const topic = this.#topic;
    // The next page of the parts; the scene knows how many there are.
    if (topic === 'self-test') this.#at = Math.max(0, this.#at + by);
    const level = topic === 'volume' || topic === 'brightness' ? this.#world.levels[topic] : undefined;
    if (!this.#open || level === undefined) return;
    level.set(Math.max(1, Math.min(10, level.level() + by)));
  }

  /** The doctor's questions one after the other, each answer shown as it comes. */
  async #test(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#parts = [];
    for (const check of this.#world.checks) {
      if (!this.#shown) break;
      const [found] = (await examine([check], () => this.#world.clock.now())).findings;
      if (found === undefined) continue;
      const { level, title, facts, advice } = found;
      this.#parts = [...this.#parts, { level, title, facts, ...(advice === undefined ? {} : { advice }) }];
      this.#tell();
    }
    this.#running = false;
    this.#tell();
  }

  #tell(): void {
    if (!this.#shown) return;
    this.#world.present();
    this.#world.again();
  }
}
