// A site with one real image: mosquitto and the terminal on this machine, a box in QEMU that was given its settings and keys as a technician
// gives them, and a virtual card.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { trustOf } from '../../src/card/twin/card-directory.ts';
import { openRasteriser } from '../../src/display/raster.ts';
import { settingsPartition } from '../../src/main/provision/image-partition.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { Outbox } from '../../src/uplink/outbox.ts';
import { Lab, NO_MOSQUITTO, type Process, pause, until } from '../system/uplink/lab.ts';
import { DebugShell } from './debug-shell.ts';
import { partitionsOf, takeFolders } from './disk.ts';
import { Machine, type MachineOptions, noMachine, WRITE_LOG } from './machine.ts';
import { Panel } from './panel.ts';
import { toPng } from './picture.ts';

const { KAZASHI_IMAGE: IMAGE = 'image/out/kazashi-amd64.img' } = process.env;
const HOW = 'KAZASHI_IMAGE=FILE npm run test:image; image/build --arch amd64 makes image/out/kazashi-amd64.img (as root)';

/** false, or why a check of the image is skipped and what to do. */
export const NO_IMAGE = ((): string | false => {
  if (!existsSync(IMAGE)) return `there is no image at ${IMAGE}: ${HOW}`;
  const missing = ['mcopy', 'mmd'].find((tool) => !existsSync(`/usr/bin/${tool}`));
  if (missing !== undefined) return `${missing} is missing: apt-get install mtools`;
  return noMachine() ?? NO_MOSQUITTO;
})();

/** This machine as QEMU's own network shows it to the box. */
const HOST = '10.0.2.2';
export const PIN = '1234';
const OFF_WITHIN_MS = 180_000;
/** Also when an update is written before: two minutes where nothing else is at work. */
const GONE_WITHIN_MS = 2_400_000;

/** A visit: its message's id, and its time by the box's clock. */
export interface Kept {
  readonly id: string;
  readonly at: number;
}

export class BoxLab {
  readonly site = new Lab();
  readonly folder = mkdtempSync(join(tmpdir(), 'kazashi-box-'));
  readonly disk = join(this.folder, 'card.img');
  terminal: (Process & { url: string }) | undefined;
  readonly #card = join(this.folder, 'card');
  #machine: Machine | undefined;
  #reader: Process | undefined;
  #panel: Panel | undefined;
  #shell: DebugShell | undefined;

  get machine(): Machine {
    if (this.#machine === undefined) throw new Error('the box is not plugged in');
    return this.#machine;
  }

  get panel(): Panel {
    if (this.#panel === undefined) throw new Error('nothing is set up yet');
    return this.#panel;
  }

  /** Makes the site and a card, flashes and provisions a copy of the image. `kernelWords`: for a copy that is looked into. */
  async setUp({ evidence, kernelWords = '' }: { evidence: string; kernelWords?: string }): Promise<void> {
    this.site.hosts = [HOST, '127.0.0.1'];
    await this.site.make('kiosk-1');
    await this.site.startBroker();
    this.terminal = await this.site.startTerminal();
    kazashi('card', 'make', this.#card, '--pin', PIN);
    this.#panel = new Panel(() => this.machine, await openRasteriser(this.folder), evidence);
    execFileSync('cp', ['--sparse=always', IMAGE, this.disk]);
    const settings = join(this.folder, 'kazashi.toml');
    const own = readFileSync(join(this.site.member('kiosk-1'), 'kazashi.toml'), 'utf8');
    // A serial reader, whose cards it believes, no loudspeaker, and time enough for an emulated box.
    const more =
      '[reader]\nserialPort = "/dev/ttyUSB0"\ntrustAnchors = "/etc/kazashi/trust"\n[sound]\noutput = "none"\n[visit]\ninactivitySeconds = 600\n';
    writeFileSync(settings, own + more);
    kazashi('provision', '--image', this.disk, '--config', settings, '--keys', this.site.member('kiosk-1'));
    const drive = `${this.disk}@@${settingsPartition(this.disk)}`;
    const mtools = (tool: string, ...words: string[]) =>
      execFileSync(tool, ['-i', drive, ...words], { env: { ...process.env, MTOOLS_SKIP_CHECK: '1' } });
    mtools('mcopy', '-s', trustOf(this.#card), '::/kazashi/');
    if (kernelWords === '') return;
    const entry = join(this.folder, 'entry.conf');
    mtools('mcopy', '-n', '::/loader/entries/kazashi-a.conf', entry);
    writeFileSync(entry, readFileSync(entry, 'utf8').replace(/^options .*$/m, `$& ${kernelWords}`));
    mtools('mcopy', '-o', entry, '::/loader/entries/kazashi-a.conf');
  }

  /** `logWrites`: the disk stays as it is (MachineOptions). */
  async plugIn(how: Pick<MachineOptions, 'logWrites'> = {}): Promise<void> {
    this.#shell = undefined;
    this.#machine = await Machine.start({ disk: this.disk, folder: this.folder, ...how });
    const program = join(import.meta.dirname, 'reader-process.ts');
    const reader = this.site.run(process.execPath, ['--import', 'tsx', program, this.machine.readerSocket, this.#card]);
    await until('the reader', () => reader.lines.length > 0 || reader.child.exitCode !== null);
    if (reader.child.exitCode !== null) throw new Error(`the reader: ${reader.errors()}`);
    this.#reader = reader;
  }

  layCard(): void {
    this.#reader?.child.stdin?.write('lay\n');
  }

  takeCard(): void {
    this.#reader?.child.stdin?.write('take\n');
  }

  get writeLog(): string {
    return join(this.folder, WRITE_LOG);
  }

  /** Of a copy that was set up with one. A machine's serial line has one other end: a second one would wait for the first to hang up. */
  async openShell(): Promise<DebugShell> {
    this.#shell ??= new DebugShell(this.machine.shellSocket);
    return this.#shell;
  }

  /** Root, kernel and initrd of the image's first slot, as files. */
  takeParts(folder: string): Readonly<Record<'root' | 'kernel' | 'initrd', string>> {
    const at = (name: string) => join(folder, name);
    mkdirSync(folder, { recursive: true });
    const { start, bytes } = partitionsOf(this.disk)('kazashi-root-a');
    const mib = 1024 * 1024;
    execFileSync('dd', [`if=${this.disk}`, `of=${at('root')}`, 'bs=1M', `skip=${start / mib}`, `count=${bytes / mib}`, 'status=none']);
    // Behind the file system the partition is empty: a squashfs tells its own length.
    truncateSync(at('root'), Math.ceil(squashfsBytes(at('root')) / 4096) * 4096);
    const drive = `${this.disk}@@${settingsPartition(this.disk)}`;
    for (const [from, to] of [
      ['vmlinuz', 'kernel'],
      ['initrd.img', 'initrd'],
    ] as const)
      execFileSync('mcopy', ['-n', '-i', drive, `::/a/${from}`, at(to)], { env: { ...process.env, MTOOLS_SKIP_CHECK: '1' } });
    return { root: at('root'), kernel: at('kernel'), initrd: at('initrd') };
  }

  /** How the data partition was left. */
  dataState(): string {
    const { start } = partitionsOf(this.disk)('kazashi-data');
    const facts = execFileSync('/usr/sbin/dumpe2fs', ['-h', `${this.disk}?offset=${start}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return facts.includes('needs_recovery') ? 'cut off' : (/Filesystem state:\s+(.+)/.exec(facts)?.[1] ?? 'unknown');
  }

  async #keep(folder: string): Promise<void> {
    const machine = this.#machine;
    if (machine === undefined) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const picture = await machine.picture().catch(() => undefined);
    if (picture !== undefined) writeFileSync(join(folder, 'panel.png'), await toPng(picture));
    writeFileSync(join(folder, 'console.log'), machine.console);
    writeFileSync(join(folder, 'reader.log'), this.#reader?.errors() ?? '');
    await machine.powerButton().catch(() => undefined);
    await Promise.race([machine.ended, pause(OFF_WITHIN_MS)]);
    takeFolders(this.disk, folder, '/journal', '/update');
  }

  /** Waits until the box has gone off, or restarts, by itself. Rejects when it does not. */
  async goesOff(): Promise<void> {
    const { machine } = this;
    await until('the box to go off', () => machine.gone, GONE_WITHIN_MS);
    await machine.ended;
  }

  async cut(): Promise<void> {
    await this.#machine?.cut();
    await this.#reader?.end('SIGKILL');
    this.#reader = undefined;
  }

  /** The visits that the box's disk holds for the terminal, as the box's program finds them at its start. Damaged ones are none. */
  async kept(): Promise<readonly Kept[]> {
    const folder = join(this.folder, 'kept');
    rmSync(folder, { recursive: true, force: true });
    const [none] = takeFolders(this.disk, folder, '/kazashi/uplink/outbox');
    if (none !== undefined) throw new Error(`the data partition has no ${none}`);
    const limits = { maxMessages: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER, onCorrupt: () => undefined };
    const outbox = await Outbox.open({ fs: nodeDurableFs, folder: join(folder, 'outbox'), ...limits });
    return outbox.entries().map(({ id, issuedAt }) => ({ id, at: issuedAt }));
  }

  /** The visits that the terminal has, the oldest first: reception's number, when it came, and when the patient was done by the box's clock. */
  visits(): readonly (Kept & { readonly number: string; readonly receivedAt: number })[] {
    const db = new Database(this.site.path('data-terminal', 'terminal.db'), { readonly: true });
    try {
      const rows = db.prepare('SELECT message_id AS id, number, at, received_at AS receivedAt FROM visits ORDER BY row').all();
      return rows as (Kept & { number: string; receivedAt: number })[];
    } finally {
      db.close();
    }
  }

  /**
   * `evidence`: what a check that failed leaves: the panel as it is, what the box said, and its journal (journalctl -D FOLDER). It is switched
   * off in order for that.
   */
  async stop(evidence?: string): Promise<void> {
    if (evidence !== undefined) await this.#keep(evidence).catch((cause) => process.stderr.write(`no evidence: ${String(cause)}\n`));
    await this.cut().catch(() => undefined);
    await this.site.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `bytes_used` of the superblock (Linux, fs/squashfs/squashfs_fs.h). */
const squashfsBytes = (file: string): number => {
  const handle = openSync(file, 'r');
  try {
    const superblock = Buffer.alloc(96);
    readSync(handle, superblock, 0, 96, 0);
    return Number(superblock.readBigUInt64LE(40));
  } finally {
    closeSync(handle);
  }
};

const kazashi = (...words: string[]): void => {
  execFileSync(process.execPath, ['dist/main.js', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
};
