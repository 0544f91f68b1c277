// The Linux framebuffer without ioctl: geometry from sysfs, pixels by writing whole rows to the device file.
// Refuses what it does not know instead of showing wrong colours. Takes the text console away and gives it back.

import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KioskFailure } from '../core/failure.ts';
import { bytesPerPixel } from './pixels.ts';
import type { PanelGeometry, PixelFormat, Surface } from './ports.ts';

export interface FramebufferOptions {
  /** Name of the framebuffer: fb0, fb1 … */
  readonly name?: string;
  /** Overrides the format guessed from the bits per pixel: channel order is not in sysfs. */
  readonly format?: PixelFormat;
  /** Where sysfs is mounted; tests give a directory of their own. */
  readonly sysfs?: string;
  /** The device file; tests give a plain file. */
  readonly device?: string;
  /** How often the geometry is looked at again; default 1000 ms. */
  readonly lookMs?: number;
}

/** Opens a framebuffer. Throws display/unavailable with what was found and what is supported. */
export const openFramebuffer = (options: FramebufferOptions = {}): Surface => {
  const name = options.name ?? 'fb0';
  const sysfs = options.sysfs ?? '/sys';
  const geometry = readGeometry(join(sysfs, 'class/graphics', name), options.format);
  const device = options.device ?? `/dev/${name}`;
  let file: number;
  try {
    file = openSync(device, 'r+');
  } catch (cause) {
    throw new KioskFailure('display/unavailable', {
      cause,
      message: `cannot open ${device} for writing: check that it exists and that the user is in the group video`,
    });
  }
  return new FramebufferSurface(
    () => readGeometry(join(sysfs, 'class/graphics', name), options.format),
    geometry,
    file,
    detachConsoles(join(sysfs, 'class/vtconsole')),
    options.lookMs ?? 1000,
  );
};

const same = (a: PanelGeometry, b: PanelGeometry): boolean =>
  a.width === b.width && a.height === b.height && a.strideBytes === b.strideBytes && a.format === b.format;

class FramebufferSurface implements Surface {
  #geometry: PanelGeometry;
  readonly #look: () => PanelGeometry;
  readonly #file: number;
  readonly #restoreConsoles: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  /** What the panel was changed to cannot be driven: said at every write until it is changed again. */
  #refused: unknown;
  #closed = false;

  constructor(look: () => PanelGeometry, geometry: PanelGeometry, file: number, restoreConsoles: () => void, lookMs: number) {
    this.#look = look;
    this.#geometry = geometry;
    this.#file = file;
    this.#restoreConsoles = restoreConsoles;
    // A monitor plugged in later, or fbset: sysfs tells no one, so it is read again.
    this.#timer = setInterval(() => this.#follow(), lookMs);
    this.#timer.unref();
  }

  get geometry(): PanelGeometry {
    return this.#geometry;
  }

  onGeometry(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #follow(): void {
    const refusedBefore = this.#refused !== undefined;
    try {
      const now = this.#look();
      this.#refused = undefined;
      if (same(now, this.#geometry) && !refusedBefore) return;
      this.#geometry = now;
    } catch (cause) {
      this.#refused = cause;
      if (refusedBefore) return;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  writeRows(y: number, rows: number, bytes: Uint8Array): void {
    if (this.#refused !== undefined) throw this.#refused;
    const { height, strideBytes } = this.geometry;
    if (y < 0 || rows < 0 || y + rows > height || bytes.length !== rows * strideBytes) throw new RangeError('rows outside the panel');
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written, bytes.length - written, y * strideBytes + written);
    } catch (cause) {
      throw new KioskFailure('display/unavailable', { cause, message: 'the framebuffer refused a write' });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#listeners.clear();
    closeSync(this.#file);
    this.#restoreConsoles();
  }
}

const refuse = (message: string): KioskFailure => new KioskFailure('display/unavailable', { message });

/** Geometry from /sys/class/graphics/fbN: stride is the pitch, mode the visible size (virtual_size may be taller). */
export const readGeometry = (directory: string, override?: PixelFormat): PanelGeometry => {
  const fact = (file: string): string | undefined => {
    try {
      return readFileSync(join(directory, file), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const bits = fact('bits_per_pixel');
  if (bits === undefined) throw refuse(`no framebuffer at ${directory}: check panel.framebuffer in the configuration`);
  const format: PixelFormat | undefined = bits === '32' ? 'XRGB8888' : bits === '16' ? 'RGB565' : undefined;
  if (format === undefined) throw refuse(`${bits} bits per pixel are not supported: set the panel to 16 (RGB565) or 32 (XRGB8888)`);
  if (override !== undefined && bytesPerPixel(override) !== bytesPerPixel(format))
    throw refuse(`format ${override} does not go with ${bits} bits per pixel`);
  // "U:1280x800p-60"; empty on some drivers.
  const size = /(\d+)x(\d+)/.exec(fact('mode') || fact('modes') || '') ?? /(\d+),(\d+)/.exec(fact('virtual_size') ?? '');
  const width = Number(size?.[1] ?? 0);
  const height = Number(size?.[2] ?? 0);
  if (!(width > 0 && height > 0))
    throw refuse(`the size of the framebuffer is unknown: neither mode nor virtual_size in ${directory} holds one`);
  const strideBytes = Number(fact('stride') ?? 0);
  if (!(strideBytes >= width * bytesPerPixel(format)))
    throw refuse(`stride ${strideBytes} is too small for ${width} pixels of ${bits} bits`);
  return { width, height, strideBytes, format: override ?? format };
};

/** Unbinds every console that draws on the framebuffer; the answer binds them again. A console that cannot be unbound is left alone. */
const detachConsoles = (directory: string): (() => void) => {
  const detached: string[] = [];
  try {
    for (const entry of readdirSync(directory)) {
      const console = join(directory, entry);
      try {
        if (!readFileSync(join(console, 'name'), 'utf8').includes('frame buffer')) continue;
        if (readFileSync(join(console, 'bind'), 'utf8').trim() !== '1') continue;
        writeFileSync(join(console, 'bind'), '0');
        detached.push(console);
      } catch {
        // Not ours to unbind: the picture is drawn over it all the same.
      }
    }
  } catch {
    // No virtual consoles on this machine.
  }
  return () => {
    for (const console of detached) writeFileSync(join(console, 'bind'), '1');
  };
};
