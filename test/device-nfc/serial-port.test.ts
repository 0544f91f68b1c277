// The adapter for a real serial line, on one that the kernel makes itself: a pseudo-terminal, with the simulated chip at its other end.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Test, test } from 'tap';
import { fromHex, hex } from '../../src/core/bytes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import { NativeSerialPort } from '../../src/device/nfc/native-serial-port.ts';
import { openPn532Reader } from '../../src/device/nfc/open-reader.ts';
import { readerWires } from '../../src/device/nfc/reader-wires.ts';
import { TwinPn532Hsu } from '../../src/device/nfc/twin/pn532-hsu.ts';
import { EchoChip, never } from './rig.ts';

const skip = spawnSync('python3', ['-c', 'import pty']).status === 0 ? false : 'python3 is missing, which opens the pseudo-terminal';

/** Prints the name of the line on standard error; what is written to the line comes out of standard output, and standard input goes in. */
const RELAY = `
import os, pty, select, sys
chip, line = pty.openpty()
print(os.ttyname(line), file=sys.stderr, flush=True)
while True:
    for end in select.select([chip, 0], [], [])[0]:
        got = os.read(end, 4096)
        if not got: sys.exit()
        os.write(1 if end == chip else chip, got)
`;

/** The same, but the chip hears nothing before every handle of the line was closed once. */
const DEAF_RELAY = `
import errno, os, pty, select, sys, time
chip, line = pty.openpty()
print(os.ttyname(line), file=sys.stderr, flush=True)
opened = heard = False
while True:
    for end in select.select([chip, 0], [], [])[0]:
        try: got = os.read(end, 4096)
        except OSError: # nobody has the line
            heard = heard or opened
            time.sleep(0.005)
            continue
        if not got: sys.exit()
        if end == chip and not opened:
            opened = True
            os.close(line)
        if heard: os.write(1 if end == chip else chip, got)
`;

const lineTo = async (t: Test, chip: TwinPn532Hsu, relay = RELAY): Promise<{ path: string; adapter: ChildProcess }> => {
  const adapter = spawn('python3', ['-c', relay], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.teardown(() => adapter.kill('SIGKILL'));
  adapter.stdin?.on('error', () => undefined);
  adapter.stdout?.on('data', (bytes: Buffer) => void chip.write(bytes));
  chip.onData((bytes) => adapter.stdin?.write(bytes));
  const [path] = await once(createInterface({ input: adapter.stderr as NodeJS.ReadableStream }), 'line');
  return { path: String(path), adapter };
};

test('a PN532 on a serial line of the kernel is started, asked and read; every byte value passes as it is', { skip }, async (t) => {
  const chip = new TwinPn532Hsu({ timing: 'off' });
  const { path } = await lineTo(t, chip);
  const reader = openPn532Reader({ wires: readerWires({ serialPort: path, i2cBus: 1 }), clock: systemClock, log: silentLog, pollMs: 5 });
  t.teardown(() => reader.stop());
  await reader.start();
  t.match(await reader.selfTest(), { chip: 0x32, version: 1, revision: 6 });
  const card = new EchoChip();
  const answer = Uint8Array.from({ length: 258 }, (_, at) => at);
  card.answer = async () => answer;
  chip.insert(card);
  const detected = await reader.waitForCard(never());
  t.equal(hex(await detected.transceive(fromHex('00b0000000'))), hex(answer));
});

test('a deaf line is closed to its last handle and opened anew, and the chip behind it is found', { skip }, async (t) => {
  const chip = new TwinPn532Hsu({ timing: 'off' });
  const { path } = await lineTo(t, chip, DEAF_RELAY);
  const attempts: unknown[] = [];
  const log: Log = { ...silentLog, info: (event, facts) => void (event === 'reader.ready' && attempts.push(facts?.['attempt'])) };
  const reader = openPn532Reader({ wires: readerWires({ serialPort: path, i2cBus: 1 }), clock: systemClock, log, initTries: 5 });
  t.teardown(() => reader.stop());
  await reader.start();
  t.not(attempts[0], 1, 'the first try heard nothing');
  t.match(await reader.selfTest(), { chip: 0x32 });
});

test('an adapter that is pulled out is told as such, and another at its place is found', { skip }, async (t) => {
  const chip = new TwinPn532Hsu({ timing: 'off' });
  const first = await lineTo(t, chip);
  const port = new NativeSerialPort(first.path);
  await port.write(Uint8Array.of(0x55));
  first.adapter.kill('SIGKILL');
  await once(first.adapter, 'close');
  await t.rejects(
    (async () => {
      for (;;) await port.write(Uint8Array.of(0x55));
    })(),
    /EIO|cannot be opened/,
  );
  await t.rejects(port.write(Uint8Array.of(0x55)), { code: 'reader/unavailable' }, 'it is opened anew');
});

test('a line that cannot be opened says which one and what to do', async (t) => {
  const missing = new NativeSerialPort(join(t.testdir(), 'ttyUSB7'));
  await t.rejects(missing.write(new Uint8Array(1)), {
    code: 'reader/unavailable',
    message: /ttyUSB7 cannot be opened.*reader\.serialPort/,
  });
  const file = new NativeSerialPort(join(t.testdir({ file: '' }), 'file'));
  await t.rejects(file.write(new Uint8Array(1)), { code: 'reader/unavailable' }, 'a file is no line');
});
