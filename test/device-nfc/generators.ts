// Hostile and honest input for the PN532 frame parser and the ISO-DEP blocks, and what must hold for each: the tests run a few thousand of
// them, the fuzz script a million.

import fc from 'fast-check';
import { concat, equal, hex } from '../../src/core/bytes.ts';
import { ACK_FRAME, dataFrame, ERROR_FRAME, type Frame, NACK_FRAME } from '../../src/device/nfc/frame.ts';
import { FrameParser, findFrame } from '../../src/device/nfc/frame-parser.ts';
import { type Block, readBlock, writeBlock } from '../../src/device/nfc/iso-dep/block.ts';
import { withCrcB, withoutCrcB } from '../../src/device/nfc/iso-dep/crc-b.ts';
import { IsoDepInitiator, IsoDepLost, type LinkAnswer } from '../../src/device/nfc/iso-dep/initiator.ts';

/** One thing that must hold for every input. `holds` never throws on a finding: it answers false. */
export interface FuzzTarget<T = unknown> {
  readonly name: string;
  readonly input: fc.Arbitrary<T>;
  holds(input: T): boolean | Promise<boolean>;
}
/** Forgets the input's type, so that targets can stand in one list. */
const target = <T>(one: FuzzTarget<T>): FuzzTarget => ({ name: one.name, input: one.input, holds: (input) => one.holds(input as T) });

const body = fc.uint8Array({ minLength: 1, maxLength: 264 });
export const anyFrame = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(0xd4, 0xd5), body).map(([tfi, bytes]) => dataFrame(tfi, bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(ACK_FRAME, NACK_FRAME, ERROR_FRAME) },
);
/** Noise that cannot contain a start code. */
const noise = fc.uint8Array({ max: 0xfe, maxLength: 20 });
const edges = fc.array(fc.nat(2000), { maxLength: 12 });

/** Cuts bytes at these places, whatever their order. */
export const cut = (bytes: Uint8Array, at: readonly number[]): Uint8Array[] => {
  const places = [0, ...at.map((edge) => edge % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
};

/** What honest bytes become on a bad line: cut off, spliced into each other, flipped, repeated. */
const damaged = (honest: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.tuple(honest, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % (bytes.length + 1))),
    fc.tuple(honest, honest, fc.nat()).map(([a, b, at]) => concat(a.subarray(0, at % (a.length + 1)), b)),
    fc
      .tuple(honest, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }))
      .map(([bytes, flips]) => {
        const changed = bytes.slice();
        for (const [at, flip] of flips) if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ flip;
        return changed;
      }),
    fc.tuple(honest, fc.integer({ min: 2, max: 4 })).map(([bytes, times]) => concat(...Array.from({ length: times }, () => bytes))),
    fc.uint8Array({ maxLength: 300 }),
  );

export const parse = (...chunks: Uint8Array[]): Frame[] => {
  const parser = new FrameParser();
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
};
export const shown = (frame: Frame): string => (frame.kind === 'data' ? `${frame.tfi.toString(16)} ${hex(frame.body)}` : frame.kind);
const same = (a: readonly Frame[], b: readonly string[]): boolean => a.length === b.length && a.every((frame, i) => shown(frame) === b[i]);

const cid = fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined }).map((value) => (value === undefined ? {} : { cid: value }));
const number = fc.constantFrom(0 as const, 1 as const);
export const anyBlock: fc.Arbitrary<Block> = fc.oneof(
  fc
    .tuple(number, fc.boolean(), cid, fc.uint8Array({ maxLength: 253 }))
    .map(([n, more, c, inf]): Block => ({ kind: 'i', number: n, more, ...c, inf })),
  fc.tuple(fc.constantFrom('ack' as const, 'nak' as const), number, cid).map(([kind, n, c]): Block => ({ kind, number: n, ...c })),
  fc.tuple(fc.integer({ min: 1, max: 59 }), cid).map(([multiplier, c]): Block => ({ kind: 'wtx', multiplier, ...c })),
  cid.map((c): Block => ({ kind: 'deselect', ...c })),
);
const blockBytes = anyBlock.map(writeBlock);
const anyAnswer: fc.Arbitrary<LinkAnswer> = fc.oneof(
  blockBytes,
  damaged(blockBytes),
  fc.constantFrom<LinkAnswer>('silent', 'damaged', Uint8Array.of(0xf2, 1), Uint8Array.of(0xa2), Uint8Array.of(0xa3)),
);

/** Rounds after which a conversation counts as endless. */
const ENDLESS = 2000;

export const nfcFuzzTargets: readonly FuzzTarget[] = [
  target({
    name: 'pn532 frames: every frame is found in noise, however the bytes are cut',
    input: fc.tuple(fc.array(fc.tuple(noise, anyFrame), { maxLength: 6 }), edges),
    holds: ([parts, at]) =>
      same(
        parse(...cut(concat(...parts.flat()), at)),
        parts.flatMap(([, frame]) => parse(frame).map(shown)),
      ),
  }),
  target({
    name: 'pn532 frames: a corrupt byte anywhere never costs the frame behind it',
    input: fc.tuple(anyFrame, body, fc.nat(), fc.integer({ min: 1, max: 255 }), edges),
    holds: ([first, bytes, at, flip, places]) => {
      const hurt = first.map((byte, i) => (i === at % first.length ? byte ^ flip : byte));
      const last = parse(...cut(concat(hurt, dataFrame(0xd5, bytes)), places)).at(-1);
      return last?.kind === 'data' && equal(last.body, bytes);
    },
  }),
  target({
    name: 'pn532 frames: of a frame with a wrong byte no frame in its payload is believed: a transaction gives none, a stream marks it',
    input: fc.tuple(
      fc.array(anyFrame, { minLength: 1, maxLength: 3 }),
      fc.uint8Array({ max: 0xfe, maxLength: 20 }),
      fc.nat(),
      fc.integer({ min: 1, max: 254 }),
    ),
    holds: ([inner, filler, at, flip]) => {
      const frame = dataFrame(0xd5, concat(filler, ...inner).subarray(0, 264));
      // The preamble and postamble carry nothing; a start code with a wrong bit is no start.
      const place = 1 + (at % (frame.length - 2));
      const hurt = frame.map((byte, i) => (i === place ? byte ^ flip : byte));
      const heard = new FrameParser().hear(hurt);
      return findFrame(hurt).state !== 'frame' && (heard.length === 0 || heard[0]?.kind === 'damaged');
    },
  }),
  target({
    name: 'pn532 frames: damaged bytes are refused without a crash, and chunks make no difference',
    input: fc.tuple(damaged(anyFrame), edges),
    holds: ([bytes, at]) => {
      const whole = parse(bytes);
      const found = findFrame(bytes);
      if (found.state === 'short' && found.end <= bytes.length) return false;
      const first = whole[0];
      if (found.state === 'frame' && (first === undefined || shown(found.frame) !== shown(first))) return false;
      return whole.every((frame) => frame.kind !== 'data' || frame.body.length <= 264) && same(parse(...cut(bytes, at)), whole.map(shown));
    },
  }),
  target({
    name: 'iso-dep: every block is read as it was written, its check bytes hold, and any flipped bit is noticed',
    input: fc.tuple(anyBlock, fc.nat()),
    holds: ([block, bit]) => {
      const bytes = writeBlock(block);
      const frame = withCrcB(bytes);
      const flipped = frame.slice();
      const at = bit % (flipped.length * 8);
      flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
      const back = readBlock(withoutCrcB(frame) ?? new Uint8Array(0));
      return back !== undefined && equal(writeBlock(back), bytes) && withoutCrcB(flipped) === undefined;
    },
  }),
  target({
    name: 'iso-dep: damaged blocks are refused without a crash, and what is accepted means what it says',
    input: damaged(blockBytes),
    holds: (bytes) => {
      const block = readBlock(bytes);
      if (block === undefined) return true;
      const again = readBlock(writeBlock(block));
      return again !== undefined && JSON.stringify(again) === JSON.stringify(block);
    },
  }),
  target({
    name: 'iso-dep: whatever a card answers, an exchange ends with bytes of it or a known loss',
    input: fc.tuple(fc.array(anyAnswer, { maxLength: 40 }), anyAnswer, fc.uint8Array({ minLength: 1, maxLength: 600 })),
    holds: async ([answers, atLast, apdu]) => {
      let rounds = 0;
      const exchange = async (): Promise<LinkAnswer> => {
        if (rounds > ENDLESS) throw new Error('endless');
        const answer = answers[rounds] ?? atLast;
        rounds += 1;
        return typeof answer === 'string' ? answer : answer.slice();
      };
      const session = new IsoDepInitiator({ link: { exchange }, maxFrame: 64, waitMs: 300, maxAnswer: 4096 });
      const outcome = await session.transceive(apdu).catch((error: unknown) => error);
      return outcome instanceof Uint8Array ? outcome.length <= 4096 : outcome instanceof IsoDepLost;
    },
  }),
];
