// Cuts a stream of JPEG pictures, one after the other as ffmpeg and rpicam-vid write them, into pictures.
// Follows the marker segments (ITU-T T.81, annex B), for a thumbnail inside a segment has an end marker of its own; whatever does not parse is
// left out up to the next picture's start, so that one damaged picture never costs the good one behind it.

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Markers that stand alone: TEM and the restarts. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

const START = Buffer.from([0xff, SOI, 0xff]);
/** APP0 to APP15 and COM. */
const mayHoldPicture = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

/** A 12-megapixel camera at its best quality stays below this. */
const MAX_BYTES = 16_000_000;

type Step = 'more' | 'damaged' | 'whole';

export class MjpegSplitter {
  #bytes = Buffer.alloc(0);
  /** Where parsing goes on, counted from the picture's start. */
  #at = 0;
  #inScan = false;
  #dropped = 0;

  /** Bytes that belonged to no picture so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next bytes and answers the pictures that are whole now, each in memory of its own. */
  push(chunk: Uint8Array): Uint8Array[] {
    const old = this.#bytes;
    this.#bytes = Buffer.concat([old, chunk]);
    old.fill(0);
    const pictures: Uint8Array[] = [];
    for (;;) {
      if (this.#at === 0 && !this.#seekStart()) return pictures;
      const step = this.#parse();
      if (step === 'more') {
        if (this.#bytes.length <= MAX_BYTES) return pictures;
        this.#skip(1);
      } else if (step === 'damaged') this.#skip(1);
      else {
        pictures.push(Uint8Array.from(this.#bytes.subarray(0, this.#at)));
        this.#forget(this.#at);
      }
    }
  }

  /** Zeroes what is kept of a picture that never ended. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#bytes = Buffer.alloc(0);
    this.#at = 0;
    this.#inScan = false;
  }

  /** Brings the next start marker to the front; false while there is none. */
  #seekStart(): boolean {
    for (let from = 0; ; from++) {
      from = this.#bytes.indexOf(0xff, from);
      if (from < 0) {
        this.#skip(this.#bytes.length);
        return false;
      }
      if (from + 2 >= this.#bytes.length) {
        this.#skip(from);
        return false;
      }
      if (this.#bytes[from + 1] !== SOI || this.#bytes[from + 2] !== 0xff) continue;
      this.#skip(from);
      this.#at = 2;
      return true;
    }
  }

  #skip(length: number): void {
    this.#dropped += length;
    this.#forget(length);
  }

  #forget(length: number): void {
    const rest = Buffer.from(this.#bytes.subarray(length));
    this.#bytes.fill(0);
    this.#bytes = rest;
    this.#at = 0;
    this.#inScan = false;
  }

  #parse(): Step {
    for (;;) {
      const step = this.#inScan ? this.#throughScan() : this.#throughSegment();
      if (step !== 'next') return step;
    }
  }

  /** Entropy-coded bytes up to the next marker that is neither stuffing nor a restart. */
  #throughScan(): Step | 'next' {
    for (;;) {
      const mark = this.#bytes.indexOf(0xff, this.#at);
      if (mark < 0) {
        this.#at = this.#bytes.length;
        return 'more';
      }
      this.#at = mark;
      const marker = this.#bytes[mark + 1];
      if (marker === undefined) return 'more';
      if (marker !== 0x00 && marker !== 0xff && !isBare(marker)) break;
      this.#at += marker === 0xff ? 1 : 2;
    }
    this.#inScan = false;
    return 'next';
  }

  #throughSegment(): Step | 'next' {
    const start = this.#bytes[this.#at];
    const marker = this.#bytes[this.#at + 1];
    if (start === undefined || marker === undefined) return 'more';
    if (start !== 0xff || marker === SOI || marker === 0x00) return 'damaged';
    if (marker === 0xff) this.#at += 1;
    else if (isBare(marker)) this.#at += 2;
    else if (marker === EOI) {
      this.#at += 2;
      return 'whole';
    } else {
      if (this.#at + 4 > this.#bytes.length) return 'more';
      const length = this.#bytes.readUInt16BE(this.#at + 2);
      if (length < 2) return 'damaged';
      // The marker behind the segment must be there before the length is believed.
      if (this.#at + 2 + length >= this.#bytes.length) return 'more';
      if (marker !== SOS && this.#bytes[this.#at + 2 + length] !== 0xff) return 'damaged';
      // Only application data holds a picture of its own; in a table, another picture's start means that this one was cut off.
      const inner = this.#bytes.subarray(this.#at, this.#at + 2 + length).indexOf(START);
      if (inner >= 0 && !mayHoldPicture(marker)) return 'damaged';
      this.#at += 2 + length;
      this.#inScan = marker === SOS;
    }
    return 'next';
  }
}
