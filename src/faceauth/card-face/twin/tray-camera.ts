// The simulated camera over the tray: what lies there is drawn as print on plastic and photographed. It knows no code, it only shows what is
// printed; whether that can be read is for the real reader to find out.

import { type Clock, sleep } from '../../../core/clock.ts';
import { seededRandom } from '../../camera/attack-plan.ts';
import { encodeJpeg, renderSvg } from '../../pictures.ts';
import type { Camera, CameraFrame } from '../../ports.ts';
import { CARD_MM } from '../geometry.ts';
import { drawCardFace, type PrintedCard } from './drawing.ts';
import { placeOnTray, type TrayPlan } from './tray.ts';

const FPS = 5;
const PICTURE = { width: 1280, height: 720 } as const;
const DRAWN = 12;
/** Cards whose pictures are kept: nobody waits twice for the same drawing. */
const KEPT = 16;

/** The reader's slot lets a card lie hardly askew, and its lamp is even. */
const planOf = (seed: number): TrayPlan => {
  const random = seededRandom(seed);
  const between = (low: number, high: number): number => low + random() * (high - low);
  return {
    ...{ turn: between(-4, 4), tiltX: between(-3, 3), tiltY: between(-3, 3), reversed: false, pixelsPerMm: 9 },
    ...{ shift: { x: between(-20, 20), y: between(-10, 10) }, tray: 45, light: 0.92, slope: 0.12, slopeAngle: 2 },
    ...{ blur: 0.5, noise: 2, random },
  };
};

export class TwinTrayCamera implements Camera {
  readonly #clock: Clock;
  readonly #cardOnTray: () => PrintedCard | undefined;
  readonly #began: number;
  readonly #pictures = new Map<string, Promise<readonly Uint8Array[]>>();
  #users = 0;

  constructor(clock: Clock, cardOnTray: () => PrintedCard | undefined) {
    this.#clock = clock;
    this.#cardOnTray = cardOnTray;
    this.#began = clock.monotonicMs();
  }

  start(): void {
    this.#users++;
  }

  stop(): void {
    this.#users = Math.max(0, this.#users - 1);
  }

  async nextFrame(afterSeq: number, signal: AbortSignal): Promise<CameraFrame> {
    const due = (): number => Math.floor(((this.#clock.monotonicMs() - this.#began) * FPS) / 1000) + 1;
    while (due() <= afterSeq) await sleep(this.#clock, 20, signal);
    signal.throwIfAborted();
    const card = this.#cardOnTray();
    const key = JSON.stringify(card ?? null);
    let drawn = this.#pictures.get(key);
    if (drawn === undefined) {
      drawn = photograph(card);
      this.#pictures.set(key, drawn);
      for (const oldest of this.#pictures.keys()) {
        if (this.#pictures.size <= KEPT) break;
        this.#pictures.delete(oldest);
      }
    }
    const frames = await drawn;
    signal.throwIfAborted();
    const seq = due();
    return { seq, at: this.#clock.monotonicMs(), jpeg: Uint8Array.from(frames[seq % frames.length] as Uint8Array) };
  }
}

/** Three pictures of the same scene: a hand that trembles and a sensor's noise make each another one. */
const photograph = async (card: PrintedCard | undefined): Promise<readonly Uint8Array[]> => {
  const seed = [...JSON.stringify(card ?? null)].reduce((sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0, 7);
  const plan = planOf(seed);
  const style = { family: 'BIZ UDPGothic', weight: 400, padded: true, play: 0, random: plan.random };
  const [width, height] = [Math.round(CARD_MM.width * DRAWN), Math.round(CARD_MM.height * DRAWN)];
  const face = card === undefined ? undefined : await renderSvg(drawCardFace(card, style, DRAWN), width, height);
  const jpegs: Uint8Array[] = [];
  for (const x of [0, 2, 5]) {
    const shift = { x: plan.shift.x + x, y: plan.shift.y + x / 2 };
    jpegs.push(await encodeJpeg(placeOnTray(face, { ...plan, shift }, PICTURE.width, PICTURE.height), 88));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return jpegs;
};
