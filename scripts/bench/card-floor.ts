// The floor of radio and bus: the least a card costs on one way to it, if nothing is lost in or between the exchanges nobody can leave out.
// Summed from the parts of the published timing model, stated here once more and apart from the simulated board's: a board that is faster than the
// model would undercut it, and a test says that none does. Beside it, what the model itself was published with.

export interface SignPath {
  readonly baud: number;
  readonly gapMs: number;
  readonly kbps: number;
  /** Largest frame to the reader, check bytes included. */
  readonly frame: number;
  /** The chip keeps the block protocol (with a CID in every block), or the host does. */
  readonly cid: boolean;
  /** The habits of the common drivers: they are this way, and so are in its floor. */
  readonly naive?: true;
}

/** A command of the chip's: bytes after its code, bytes after its answer's code, and what it works in between. */
interface Exchange {
  readonly sent: number;
  readonly answered: number;
  readonly workMs: number;
}

const ETU_MS = 128 / 13_560;
const CARD_MS = 3;
const TURN_MS = 0.2;
/** The chip's processor, on a block either way, and on a command that stays inside it. */
const CHIP_MS = 0.4;
/** REQB, ATQB, ATTRIB and its answer; and the look for a second card. */
const DETECT_MS = 12 + 2;
const LOOK_EVERY_MS = 10;
const LONGEST_READ = 276;

const airMs = (bytes: number, kbps: number): number => ((bytes * 10 + 23.5) * ETU_MS * 106) / kbps;
/** A block each way; lengths without the two check bytes. */
const pairMs = (sent: number, answered: number, kbps: number): number =>
  airMs(sent + 2, kbps) + airMs(answered + 2, kbps) + TURN_MS + 2 * CHIP_MS;
const busMs = (bytes: number, baud: number): number => ((bytes + 1) * 9000) / baud;
const frameBytes = (afterCode: number): number => afterCode + 2 + (afterCode + 2 > 255 ? 10 : 7);

const exchangeMs = (path: SignPath, { sent, answered, workMs }: Exchange): number => {
  const { baud, gapMs, naive } = path;
  const [write, acknowledgement, look] = [busMs(frameBytes(sent), baud), busMs(7, baud), busMs(1, baud)];
  if (naive !== true) return write + gapMs + acknowledgement + Math.max(gapMs, workMs) + busMs(frameBytes(answered) + 1, baud);
  const more = Math.max(0, Math.ceil((workMs - gapMs - look) / (LOOK_EVERY_MS + look)));
  return write + gapMs + look + acknowledgement + gapMs + look + more * (LOOK_EVERY_MS + look) + busMs(LONGEST_READ, baud);
};

const totalMs = (path: SignPath, exchanges: readonly Exchange[]): number =>
  exchanges.reduce((sum, one) => sum + exchangeMs(path, one), 0) + path.gapMs * Math.max(0, exchanges.length - 1);

const pieces = (bytes: number, most: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(bytes / most)) }, (_, i) => Math.min(most, bytes - i * most));

/** One APDU: its blocks all inside one command of the chip's, or each a command of its own. */
const apdu = ({ kbps, frame, cid }: SignPath, sent: number, answered: number, thinkMs = CARD_MS): Exchange[] => {
  const overhead = cid ? 2 : 1;
  const most = frame - overhead - 2;
  const [out, back] = [pieces(sent, most), pieces(answered, most)];
  // Acknowledged piece by piece, then answered piece by piece, each asked for.
  const blocks = [
    ...out.map((bytes, i) => ({ sent: bytes, answered: i === out.length - 1 ? (back[0] ?? 0) : 0, thinks: i === out.length - 1 })),
    ...back.slice(1).map((bytes) => ({ sent: 0, answered: bytes, thinks: false })),
  ].map((block) => ({
    sent: block.sent + overhead,
    answered: block.answered + overhead,
    workMs: pairMs(block.sent + overhead, block.answered + overhead, kbps) + (block.thinks ? thinkMs : 0),
  }));
  if (!cid) return blocks.map((block) => ({ ...block, answered: block.answered + 1 }));
  return [{ sent: sent + 1, answered: answered + 1, workMs: blocks.reduce((sum, { workMs }) => sum + workMs, 0) }];
};

const through = (sent: number, answered: number, kbps: number): Exchange => ({
  sent,
  answered: answered + 1,
  workMs: pairMs(sent, answered, kbps),
});

/** DESELECT, WUPB, ATTRIB, and the two mode registers. */
const takeOver = ({ kbps, cid }: SignPath): Exchange[] => {
  if (cid) return [];
  const rate = kbps === 106 ? [] : [{ sent: 6, answered: 0, workMs: CHIP_MS }];
  return [through(2, 2, 106), through(3, 12, 106), through(9, 1, 106), ...rate];
};

export interface Floor {
  /** The exchanges the model counts. */
  readonly bareMs: number;
  /** With the kiosk's own questions, which it counts not: what card this is, whether the rate holds, how many tries are left. */
  readonly floorMs: number;
}

const STATUS = 2;
const counter = (path: SignPath): Exchange[] => apdu(path, 4, STATUS);
const floor = (path: SignPath, bare: readonly Exchange[], questions: readonly Exchange[]): Floor => ({
  bareMs: totalMs(path, bare),
  floorMs: totalMs(path, [...bare, ...questions]),
});

/** From the poll that finds the card to the photo's last byte: poll, SELECT, VERIFY, the head of the file, the photo in the longest reads. */
export const photoFloor = (path: SignPath, photoBytes: number): Floor => {
  const object = photoBytes + 5;
  const reads = pieces(object, path.cid ? 256 : path.frame - 3 - STATUS);
  const bare = [
    { sent: 3, answered: 16, workMs: DETECT_MS },
    ...takeOver(path),
    ...apdu(path, 15, STATUS),
    ...apdu(path, 19, STATUS),
    ...apdu(path, 5, 26 + STATUS),
    ...reads.flatMap((bytes) => apdu(path, 5, bytes + STATUS)),
  ];
  const proof = path.cid ? [] : [through(1, 1, path.kbps)];
  return floor(path, bare, [...proof, ...apdu(path, 15, STATUS), ...apdu(path, 5, 160 + STATUS), ...counter(path)]);
};

/** From the PIN's last digit to the signature: VERIFY, SIGN. Not counted: a card's requests for more time. */
export const signFloor = (path: SignPath, signMs: number): Floor =>
  floor(path, [...apdu(path, 9, STATUS), ...apdu(path, 57, 256 + STATUS, signMs)], counter(path));

/** What the model was published with, in milliseconds. Rounded figures of another sum: fast reads can be a little below theirs. */
const PUBLISHED_KB = [2, 4, 6, 8, 12] as const;
const PUBLISHED = {
  naive: { photo: [828, 1465, 2103, 2742, 3993] },
  safe: { photo: [586, 1031, 1475, 1921, 2793], sign: { 300: 443, 500: 643, 800: 943 } },
  'safe-1.3': { photo: [498, 883, 1268, 1655, 2415] },
  fast: { photo: [280, 441, 603, 764, 1087] },
} as const satisfies Record<string, { photo: readonly number[]; sign?: Readonly<Record<number, number>> }>;
export type Published = keyof typeof PUBLISHED;

/** Undefined: none was published. */
export const publishedPhotoMs = (way: Published | undefined, kB: number): number | undefined =>
  way && PUBLISHED[way].photo[(PUBLISHED_KB as readonly number[]).indexOf(kB)];
export const publishedSignMs = (way: Published | undefined, cardMs: number): number | undefined =>
  way === 'safe' ? (PUBLISHED.safe.sign as Readonly<Record<number, number>>)[cardMs] : undefined;
