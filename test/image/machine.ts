// A box in QEMU: the image's disk, UEFI, a panel with touch, a serial line for the reader, a network cable, a power button. It is moved from
// outside alone, as hands would; what happens inside shows on its screen and reaches whoever it talks to.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../system/uplink/lab.ts';
import { type Picture, parsePpm } from './picture.ts';
import { Qmp } from './qmp.ts';

const QEMU = 'qemu-system-x86_64';
const FIRMWARE = '/usr/share/OVMF';

/** Name of the log of writes. */
export const WRITE_LOG = 'writes.log';

/** Why no box can be had here, with what to install; undefined when it can. */
export const noMachine = (): string | undefined => {
  if (spawnSync(QEMU, ['--version']).status !== 0) return `${QEMU} is missing: apt-get install qemu-system-x86`;
  return existsSync(join(FIRMWARE, 'OVMF_CODE_4M.fd')) ? undefined : 'UEFI for QEMU is missing: apt-get install ovmf';
};

export interface MachineOptions {
  /** The disk: a raw image, written to. */
  readonly disk: string;
  /** Sockets, firmware variables and the console's log go here. */
  readonly folder: string;
  /** The disk stays as it is; what it was asked to write is in WRITE_LOG of the folder (write-log.ts). */
  readonly logWrites?: boolean;
}

/** Steps of an absolute pointer in QEMU, per axis. */
const POINTER_STEPS = 0x7fff;

const loggedDisk = (disk: string, folder: string): string[] => {
  const [overlay, log] = [join(folder, 'overlay.qcow2'), join(folder, WRITE_LOG)];
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', overlay]);
  rmSync(log, { force: true });
  writeFileSync(log, '');
  const file = `file.driver=qcow2,file.file.driver=file,file.file.filename=${overlay}`;
  // The count of entries at once: after a cut nobody writes it.
  return ['-blockdev', `driver=blklogwrites,node-name=card,${file},log.driver=file,log.filename=${log},log-super-update-interval=1`];
};

export class Machine {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #qmp: Qmp;
  /** Resolves when the machine is off. */
  readonly ended: Promise<unknown>;

  private constructor(child: ChildProcess, folder: string, qmp: Qmp) {
    this.#child = child;
    this.#folder = folder;
    this.#qmp = qmp;
    this.ended = once(child, 'exit');
  }

  /** Plugs it in. */
  static async start({ disk, folder, logWrites = false }: MachineOptions): Promise<Machine> {
    const variables = join(folder, 'firmware.fd');
    if (!existsSync(variables)) copyFileSync(join(FIRMWARE, 'OVMF_VARS_4M.fd'), variables);
    const at = (name: string) => join(folder, name);
    for (const left of ['qmp.sock', 'reader.sock', 'shell.sock']) rmSync(at(left), { force: true });
    const socket = (id: string, name: string) => ['-chardev', `socket,id=${id},path=${at(name)},server=on,wait=off`];
    const child = spawn(
      QEMU,
      [
        // KVM is there on some machines and hangs on others: the slow way works everywhere.
        ...['-accel', 'tcg,thread=multi', '-machine', 'q35', '-cpu', 'Nehalem', '-smp', '2', '-m', '1024', '-no-reboot'],
        ...['-drive', `if=pflash,format=raw,readonly=on,file=${FIRMWARE}/OVMF_CODE_4M.fd`],
        ...['-drive', `if=pflash,format=raw,file=${variables}`],
        ...(logWrites ? loggedDisk(disk, folder) : ['-blockdev', `driver=raw,node-name=card,file.driver=file,file.filename=${disk}`]),
        ...['-device', 'virtio-blk-pci,drive=card,serial=kazashi'],
        ...['-vga', 'std', '-display', 'none', '-device', 'qemu-xhci', '-device', 'usb-tablet'],
        ...[...socket('reader', 'reader.sock'), '-device', 'usb-serial,chardev=reader,always-plugged=on'],
        ...['-nic', 'user,id=cable,model=virtio-net-pci'],
        // One file for all its starts.
        ...['-chardev', `file,id=console,path=${at('console.log')},append=on`, '-serial', 'chardev:console'],
        ...[...socket('shell', 'shell.sock'), '-serial', 'chardev:shell'],
        ...['-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let complaint = '';
    child.stderr?.on('data', (text) => (complaint += String(text)));
    let qmp: Qmp | undefined;
    for (;;) {
      await until('QEMU', () => existsSync(at('qmp.sock')) || child.exitCode !== null);
      if (child.exitCode !== null) throw new Error(`${QEMU}: ${complaint}`);
      qmp = await Qmp.open(at('qmp.sock')).catch(() => undefined);
      if (qmp !== undefined) return new Machine(child, folder, qmp);
    }
  }

  /** Where the reader's serial line comes out. */
  get readerSocket(): string {
    return join(this.#folder, 'reader.sock');
  }

  /** Where a copy of the image made for debugging has a shell. */
  get shellSocket(): string {
    return join(this.#folder, 'shell.sock');
  }

  /** What the box said on its console, in all its starts from this folder. */
  get console(): string {
    return readFileSync(join(this.#folder, 'console.log'), 'latin1');
  }

  get events(): readonly string[] {
    return this.#qmp.events;
  }

  /** It has gone off, or is about to: QEMU hangs up before its process ends. */
  get gone(): boolean {
    return this.#qmp.closed;
  }

  async picture(): Promise<Picture> {
    const file = join(this.#folder, 'screen.ppm');
    await this.#qmp.execute('screendump', { filename: file });
    return parsePpm(new Uint8Array(readFileSync(file)));
  }

  /** A finger comes down at a point of the panel and goes up; coordinates are shares of the panel. */
  async touch(x: number, y: number): Promise<void> {
    const axis = (name: string, share: number) => ({ type: 'abs', data: { axis: name, value: Math.round(share * POINTER_STEPS) } });
    const finger = (down: boolean) => ({ type: 'btn', data: { down, button: 'left' } });
    await this.#qmp.execute('input-send-event', { events: [axis('x', x), axis('y', y), finger(true)] });
    await this.#qmp.execute('input-send-event', { events: [finger(false)] });
  }

  /** A USB stick with this content is put in. It stays until the machine is off. */
  async plugStick(file: string): Promise<void> {
    await this.#qmp.execute('blockdev-add', {
      driver: 'raw',
      'node-name': 'stick',
      'read-only': true,
      file: { driver: 'file', filename: file },
    });
    await this.#qmp.execute('device_add', { driver: 'usb-storage', id: 'stick', drive: 'stick' });
  }

  /** The network's cable. */
  async cable(plugged: boolean): Promise<void> {
    await this.#qmp.execute('set_link', { name: 'cable', up: plugged });
  }

  /** A short press of the box's own power button. */
  async powerButton(): Promise<void> {
    await this.#qmp.execute('system_powerdown');
  }

  /** The plug is pulled. */
  async cut(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
    this.#qmp.close();
  }
}
