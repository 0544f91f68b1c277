// The same screens as a page in a Chromium kiosk under Xvfb. Pixels are seen in the framebuffer file that Xvfb keeps (-fbdir), so that a
// figure ends where the panel's would: in the memory that is scanned out. Touches go in over the browser's own debugging port.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { buildScene } from '../../src/display/build-scene.ts';
import { VISIT } from '../../src/display/measure-display.ts';
import { sampleModels } from '../../src/display/samples.ts';
import { cpuPercent, memoryMb } from './display-processes.ts';

const BINARIES = { chromium: '/usr/bin/chromium', Xvfb: '/usr/bin/Xvfb' } as const;
const SIZE = { width: 1280, height: 800 };

/** Debian packages that are not there. */
export const missingPackages = (): string[] =>
  Object.entries(BINARIES).flatMap(([name, path]) => (existsSync(path) ? [] : [name === 'Xvfb' ? 'xvfb' : name]));

/** What is measured on both sides. */
export interface PanelFigures {
  readonly firstPaintMs: readonly number[];
  readonly tapMs: readonly number[];
  readonly screenMs: readonly number[];
  readonly previewFps: number;
  readonly rssMb: number;
  readonly pssMb: number;
  readonly idlePercent: number;
}

export interface ChromiumFigures extends PanelFigures {
  /** What the browser draws on. */
  readonly serverPssMb: number;
}

/** Every screen as its drawing with buttons over it; the mark in the corner changes with the screen and is painted in the same frame. */
const page = (): string => {
  const samples = sampleModels('ja');
  const screens = [...new Set([...VISIT, 'splash', 'pin', 'face'])].map((name) => {
    const scene = buildScene(samples[name] as never, SIZE);
    const buttons = scene.elements
      .filter(({ role }) => role === 'button')
      .map(
        ({ id, rect: { x, y, width, height } }) =>
          `<button id="${id}" style="left:${x}px;top:${y}px;width:${width}px;height:${height}px"></button>`,
      );
    return [name, scene.svg + buttons.join('')];
  });
  return `<!doctype html><meta charset="utf-8"><style>*{margin:0}body{overflow:hidden;background:#f7fbff}
button{position:absolute;border:0;background:transparent;border-radius:16px}button:active{background:#000060}
#mark{position:absolute;left:0;top:0;width:4px;height:4px}canvas{position:absolute;left:48px;top:200px;border-radius:50%}svg{display:block}</style>
<div id="screen"></div><div id="mark"></div><script>const screens=${JSON.stringify(Object.fromEntries(screens))};
let turn=0;function show(name){document.getElementById('screen').innerHTML=screens[name];document.getElementById('mark').style.background=++turn%2?'#ff0000':'#00ff00'};
show('splash');</script>`;
};

/** One pixel of the framebuffer in an XWD file: header_size big endian in the first four bytes, 12 bytes for each of `ncolors` colours (field 19). */
class Pixels {
  readonly #file: number;
  readonly #start: number;
  readonly #stride: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const head = Buffer.alloc(100);
    readSync(this.#file, head, 0, 100, 0);
    this.#start = head.readUInt32BE(0) + head.readUInt32BE(4 * 19) * 12;
    this.#stride = head.readUInt32BE(4 * 12);
  }

  /** 0xRRGGBB. */
  at(x: number, y: number): number {
    const pixel = Buffer.alloc(4);
    readSync(this.#file, pixel, 0, 4, this.#start + y * this.#stride + x * 4);
    return pixel.readUInt32LE(0) & 0xffffff;
  }

  /** Resolves with the time at which the pixel is as wanted. Throws after 20 s. */
  async until(x: number, y: number, wanted: (colour: number) => boolean): Promise<number> {
    const from = performance.now();
    for (let looks = 0; performance.now() - from < 20_000; looks += 1) {
      if (wanted(this.at(x, y))) return performance.now();
      // Other work gets its turn: the debugging port is answered on this thread.
      await new Promise((resolve) => setImmediate(resolve));
      if (looks > 2000) await sleep(1);
    }
    throw new Error(`the pixel ${x},${y} stayed ${this.at(x, y).toString(16)}`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const FLAGS = [
  '--kiosk', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--hide-scrollbars', '--window-position=0,0', `--window-size=${SIZE.width},${SIZE.height}`,
]; // biome-ignore format: one list

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(3000)]);
  child.kill('SIGKILL');
};

/** `fonts` = the fonts.conf that the kiosk draws with. */
export const measureChromium = async (directory: string, fonts: string, rounds: number, starts: number): Promise<ChromiumFigures> => {
  const display = `:${200 + (process.pid % 5000)}`;
  const { PATH = '', HOME = '' } = process.env;
  const environment = { PATH, HOME, LANG: 'C.UTF-8', FONTCONFIG_FILE: fonts };
  const buffer = join(directory, 'xvfb');
  const html = join(directory, 'screens.html');
  mkdirSync(buffer);
  writeFileSync(html, page());
  const server = spawn(BINARIES.Xvfb, [display, '-screen', '0', `${SIZE.width}x${SIZE.height}x24`, '-fbdir', buffer, '-nolisten', 'tcp'], {
    stdio: 'ignore',
  });
  try {
    const file = join(buffer, 'Xvfb_screen0');
    for (let i = 0; i < 200 && !existsSync(file); i += 1) await sleep(50);
    await sleep(500);
    const pixels = new Pixels(file);
    const firstPaintMs: number[] = [];
    let figures: Omit<PanelFigures, 'firstPaintMs'> | undefined;
    let serverPssMb = 0;
    for (let i = 0; i < starts; i += 1) {
      const port = 20_000 + ((process.pid * 7 + i) % 20_000);
      const started = performance.now();
      const words = [
        ...FLAGS,
        `--user-data-dir=${join(directory, `profile-${i}`)}`,
        `--remote-debugging-port=${port}`,
        `--app=file://${html}`,
      ];
      const browser = spawn(BINARIES.chromium, words, { stdio: 'ignore', env: { ...environment, DISPLAY: display } });
      try {
        firstPaintMs.push((await pixels.until(1, 1, (colour) => colour === 0xff0000)) - started);
        if (i < starts - 1) continue;
        figures = await measureOpen(browser.pid ?? 0, port, pixels, rounds);
        serverPssMb = memoryMb(server.pid ?? 0).pss;
      } finally {
        await stop(browser);
      }
      await pixels.until(1, 1, (colour) => colour !== 0xff0000 && colour !== 0x00ff00).catch(() => undefined);
    }
    pixels.close();
    if (figures === undefined) throw new RangeError('starts must be at least 1');
    return { firstPaintMs, ...figures, serverPssMb };
  } finally {
    await stop(server);
  }
};

/** Frames a second that the page decodes, mirrors and paints. Runs in the page. */
const PREVIEW = `(async () => {
  const made = new OffscreenCanvas(640, 480);
  const ink = made.getContext('2d');
  for (let i = 0; i < 4000; i += 1) {
    ink.fillStyle = 'hsl(' + ((i * 37) % 360) + ' 40% 50%)';
    ink.fillRect((i * 97) % 640, (i * 61) % 480, 20, 20);
  }
  const jpeg = await made.convertToBlob({ type: 'image/jpeg' });
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 640, height: 480 });
  document.body.append(canvas);
  const context = canvas.getContext('2d');
  context.setTransform(-1, 0, 0, 1, 640, 0);
  let frames = 0;
  const from = performance.now();
  while (performance.now() - from < 2000) {
    context.drawImage(await createImageBitmap(jpeg), 0, 0);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames += 1;
  }
  canvas.remove();
  return (frames * 1000) / (performance.now() - from);
})()`;

const measureOpen = async (pid: number, port: number, pixels: Pixels, rounds: number): Promise<Omit<PanelFigures, 'firstPaintMs'>> => {
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const [shown] = browser.contexts()[0]?.pages() ?? [];
  if (shown === undefined) throw new Error('Chromium shows no page');
  const show = (name: string) => shown.evaluate((wanted) => (globalThis as unknown as { show(name: string): void }).show(wanted), name);
  const screenMs: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const before = pixels.at(1, 1);
    const start = performance.now();
    const shownAt = pixels.until(1, 1, (colour) => colour !== before);
    await show(VISIT[i % VISIT.length] ?? 'idle');
    screenMs.push((await shownAt) - start);
  }
  await show('pin');
  await sleep(300);
  const tapMs: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const box = await shown.locator(`#key-${i % 10}`).boundingBox();
    if (box === null) continue;
    // The finger is where the mouse is before it presses: only the press is measured.
    await shown.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await sleep(30);
    const [x, y] = [Math.round(box.x + box.width / 4), Math.round(box.y + 14)];
    const start = performance.now();
    const pressed = pixels.until(x, y, (colour) => colour === 0x000060);
    await shown.mouse.down();
    tapMs.push((await pressed) - start);
    await shown.mouse.up();
    await pixels.until(x, y, (colour) => colour !== 0x000060);
  }
  await show('face');
  const previewFps = (await shown.evaluate(PREVIEW)) as number;
  await show('idle');
  await sleep(1500);
  const { rss, pss } = memoryMb(pid);
  const idlePercent = await cpuPercent(pid, 5000);
  await browser.close();
  return { tapMs, screenMs, previewFps, rssMb: rss, pssMb: pss, idlePercent };
};
