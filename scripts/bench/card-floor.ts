// The floor of radio and bus: what a visit's card costs if nothing is lost between the commands it needs at least. Photo: the published timing
// model's own figures. Signature: the model's parts summed up, because its figures stand for one path only (a test of the sum: it meets them).

/** Photo bytes in the host, in milliseconds after the card was placed: at 2, 4, 6, 8 and 12 kB. Without decoding, without waiting for a poll. */
const PHOTO_MS = {
  naive: [828, 1465, 2103, 2742, 3993],
  safe: [586, 1031, 1475, 1921, 2793],
  'safe-1.3': [498, 883, 1268, 1655, 2415],
  fast: [280, 441, 603, 764, 1087],
} as const;
const PHOTO_KB = [2, 4, 6, 8, 12] as const;
export type FloorName = keyof typeof PHOTO_MS;

export const photoFloorMs = (path: FloorName, kB: number): number => {
  const ms = PHOTO_MS[path][(PHOTO_KB as readonly number[]).indexOf(kB)];
  if (ms === undefined) throw new RangeError(`the model has no figure for ${kB} kB`);
  return ms;
};

export interface SignPath {
  readonly baud: number;
  readonly gapMs: number;
  readonly kbps: number;
  /** Largest frame to the reader, check bytes included. */
  readonly frame: number;
  readonly cid: boolean;
}

const ETU_MS = 128 / 13_560;
const CARD_MS = 3;
/** Turn-round, and the chip's work on either block. */
const PAIR_MS = 0.2 + 2 * 0.4;
/** Bytes around a command and around its answer on the host's side: frame, code, target or status; the acknowledgement with its ready byte. */
const HOST_BYTES = { sent: 10, acknowledged: 7, answered: 11 };

/** One APDU: two bus-free times (the third passes while the card works), its bytes on the bus, its blocks on the air, the card's work. */
const commandMs = ({ baud, gapMs, kbps, frame, cid }: SignPath, sent: number, answered: number, thinkMs = CARD_MS): number => {
  const overhead = cid ? 4 : 3;
  const air = (bytes: number) => ((bytes * 10 + 23.5) * ETU_MS * 106) / kbps;
  const pieces = (bytes: number) => Math.max(1, Math.ceil(bytes / (frame - overhead)));
  const extra = pieces(sent) + pieces(answered) - 2;
  const onAir =
    air(sent + overhead * pieces(sent)) +
    air(answered + overhead * pieces(answered)) +
    PAIR_MS +
    extra * (air(overhead) + PAIR_MS + (23.5 * ETU_MS * 106) / kbps);
  const onBus = ((HOST_BYTES.sent + sent + HOST_BYTES.acknowledged + HOST_BYTES.answered + answered + 3) * 9000) / baud;
  return 2 * gapMs + onBus + onAir + thinkMs;
};

/** SELECT application, SELECT PIN, VERIFY, SELECT key, SIGN. */
export const signFloorMs = (path: SignPath, signMs: number): number =>
  commandMs(path, 15, 2) + commandMs(path, 7, 2) + commandMs(path, 9, 2) + commandMs(path, 7, 2) + commandMs(path, 57, 258, signMs);
