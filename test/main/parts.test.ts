// The small parts the composition root is made of.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { Lamp } from '../../src/device/gpio/lamp.ts';
import { BOUNCE_MS, LONG_PRESS_MS, watchPowerButton } from '../../src/device/gpio/power-button.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { parseRunWords } from '../../src/main/commands/run.ts';
import { parseTwinWords } from '../../src/main/commands/twin.ts';
import { COMMANDS, commandOf, helpText } from '../../src/main/commands.ts';
import { createSecretPad } from '../../src/main/secret-pad.ts';
import { passcodeCheck } from '../../src/main/settings-of.ts';
import { failureShown, lampOf } from '../../src/main/shown.ts';
import { createStartHistory, FIRST_START_MS } from '../../src/main/start-history.ts';
import { visitContent } from '../../src/main/visit-content.ts';
import { layPatchCable } from '../../src/twin/patch-cable.ts';
import { visitContentSchema } from '../../src/uplink/contract/index.ts';

test('the secret pad holds four digits, hands them over once, and forgets them', async (t) => {
  const pad = createSecretPad();
  for (const digit of [1, 2, 12, 3, 4, 5]) pad.push(digit);
  t.equal(pad.backspace(), 3);
  t.equal(pad.push(9), 4);
  t.equal(Buffer.from(pad.take()).toString(), '1239');
  t.equal(pad.take().length, 0);
  pad.push(7);
  t.equal(pad.clear(), 0);
  t.equal(pad.backspace(), 0);
});

test('the passcode is compared whole, and what was typed is wiped', async (t) => {
  const typed = Uint8Array.from(Buffer.from('2580'));
  t.equal(passcodeCheck('2580')(typed), true);
  t.same([...typed], [0, 0, 0, 0]);
  t.equal(passcodeCheck('2580')(Uint8Array.from(Buffer.from('2581'))), false);
  t.equal(passcodeCheck('2580')(Uint8Array.from(Buffer.from('258'))), false);
  t.equal(passcodeCheck(undefined)(new Uint8Array()), false, 'no passcode: nothing matches');
});

test('the countdown is the median of earlier starts, and a damaged record is no trouble', async (t) => {
  const directory = t.testdir({});
  t.equal(createStartHistory(directory).expectedMs(), FIRST_START_MS);
  const history = createStartHistory(directory);
  for (const ms of [3000, 90_000, 2000]) history.record(ms);
  t.equal(history.expectedMs(), 3000);
  t.equal(createStartHistory(directory).expectedMs(), 3000, 'kept');
  for (let i = 0; i < 20; i += 1) history.record(1000);
  t.equal(createStartHistory(directory).expectedMs(), 1000, 'the last few count');
  t.ok(readFileSync(join(directory, 'start-durations.json'), 'utf8').length < 200);
  writeFileSync(join(directory, 'start-durations.json'), '[1000, "x", -3');
  t.equal(createStartHistory(directory).expectedMs(), FIRST_START_MS);
});

test('a power button is short on release, long while held, and deaf to bounce', async (t) => {
  let now = 0;
  const timers: { run: () => void; at: number; alive: boolean }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    setTimeout: (run, delayMs) => {
      const timer = { run, at: now + delayMs, alive: true };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (handle) => {
      if (handle !== undefined) (handle as { alive: boolean }).alive = false;
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of timers.filter(({ alive, at }) => alive && at <= now)) {
      timer.alive = false;
      timer.run();
    }
  };
  const button = new TwinGpioLine(0);
  const presses: string[] = [];
  const stop = watchPowerButton(button, clock, (press) => presses.push(press));
  const hold = (ms: number): void => {
    button.write(1);
    pass(ms);
    button.write(0);
  };
  hold(BOUNCE_MS - 10);
  t.same(presses, []);
  hold(200);
  t.same(presses, ['short']);
  hold(LONG_PRESS_MS + 500);
  t.same(presses, ['short', 'long'], 'told once, before it was let go');
  stop();
  hold(200);
  t.equal(presses.length, 2);
});

test('the lamp shows one colour at a time, and its meaning follows the screen', async (t) => {
  const lines = { red: new TwinGpioLine(0), green: new TwinGpioLine(0), blue: new TwinGpioLine(0) };
  const lamp = new Lamp(lines);
  lamp.show('blue');
  t.same([lines.red.read(), lines.green.read(), lines.blue.read()], [0, 0, 1]);
  lamp.show('off');
  t.same([lines.red.read(), lines.green.read(), lines.blue.read()], [0, 0, 0]);
  t.equal(lampOf({ screen: 'idle', language: 'ja', languages: ['ja'] }), 'blue');
  t.equal(lampOf({ screen: 'sending', language: 'ja' }), 'green');
  t.equal(lampOf({ screen: 'take-card', language: 'ja', alarm: 2 }), 'red');
  t.equal(lampOf({ screen: 'splash', language: 'ja' }), 'off');
});

test('a screen tells its own failure, or the link that is down meanwhile', async (t) => {
  t.equal(failureShown({ screen: 'notice', language: 'ja', code: 'pin/blocked', choices: [] }), 'pin/blocked');
  const kind = { screen: 'notice', language: 'ja', code: 'certificate/expires-soon', choices: [] } as const;
  t.equal(failureShown(kind), 'certificate/expires-soon');
  t.equal(lampOf(kind), 'green', 'a kind word is no trouble');
  t.equal(failureShown({ screen: 'face-retry', language: 'ja', reason: 'dark', attemptsLeft: 1, methods: [] }), 'face/dark');
  t.equal(failureShown({ screen: 'face-retry', language: 'ja', reason: 'camera', attemptsLeft: 1, methods: [] }), 'camera/unavailable');
  t.equal(failureShown({ screen: 'consent', language: 'ja', questions: [], banner: 'uplink/broker-lost' }), 'uplink/broker-lost');
  t.equal(failureShown({ screen: 'sending', language: 'ja' }), undefined);
});

test('the message of a visit fits the contract, with and without what the card face says', async (t) => {
  const reading = {
    certificateDer: new Uint8Array(900).fill(7),
    attributes: { name: '番号　花子', address: '東京都', birth: '19800217', sex: '0' },
  };
  const visit = {
    visitId: uuidV7(Date.now()),
    method: 'pin',
    language: 'ja',
    consent: { SRJ: true, SHJ: false },
    certificate: 'valid',
  } as const;
  const content = visitContent(visit, reading, { kind: 'none' }, Date.UTC(2026, 10, 22));
  t.same(visitContentSchema.parse(content), content);
  t.match(content, { patient: { birthdate: '1980-02-17', sex: '3' }, consent: { SRJ: { flag: '1' }, SHJ: { flag: '0' } } });
  const without = visitContent({ ...visit, prescription: 'paper' }, { ...reading, attributes: undefined }, { kind: 'none' }, 0);
  t.same(visitContentSchema.parse(without), without);
  t.equal(without.patient, undefined);
  t.equal(without.prescription, '2');
});

test('words of the command line are read, and wrong ones refused', async (t) => {
  t.same(commandOf([]), { name: 'twin', rest: [] });
  t.same(commandOf(['--headless']), { name: 'twin', rest: ['--headless'] });
  t.same(commandOf(['run', '--config', 'k.toml']), { name: 'run', rest: ['--config', 'k.toml'] });
  t.match(parseTwinWords([]), { headless: false, port: 8080, terminalPort: 8090, mqttPort: 1883 });
  t.match(parseTwinWords(['--headless', '--port', '0', '--data', 'x']), { headless: true, port: 0, data: 'x' });
  t.equal(parseRunWords(['--config', 'k.toml']), 'k.toml');
  t.throws(() => parseRunWords([]), { code: 'input/invalid' });
  for (const words of [['--port', '70000'], ['--port', '-1'], ['twin'], ['--what']]) {
    t.throws(() => parseTwinWords(words), { code: 'input/invalid' }, words.join(' '));
  }
});

test('the built program prints the options of a word under a command, and runs nothing', async (t) => {
  for (const [words, line] of [
    [['card', 'make', '--help'], '--defect NAME'],
    [['card', 'read', '-h', '--reader', 'nowhere'], '--personal'],
    [['card', '--help'], 'kazashi card serve DIR'],
    [['face', 'pad', '--help'], 'kazashi face pad --live DIR'],
    [['terminal-backup', '--help'], 'kazashi terminal-backup'],
  ] as const) {
    const { status, stdout } = spawnSync(process.execPath, ['dist/main.js', ...words], { encoding: 'utf8' });
    t.equal(status, 0, words.join(' '));
    t.match(stdout, line, words.join(' '));
  }
});

test('every command stands in the help', async (t) => {
  const help = await helpText();
  for (const name of Object.keys(COMMANDS)) t.match(help, new RegExp(`^  kazashi \\[?${name}\\b`, 'm'));
});

test('a patch cable relays bytes, breaks when pulled, and works again when plugged', async (t) => {
  const echo = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  t.teardown(() => echo.close());
  const cable = await layPatchCable({ port: (echo.address() as { port: number }).port });
  t.teardown(() => cable.close());
  const open = (): Socket => connect({ host: '127.0.0.1', port: cable.port });
  const answer = (socket: Socket): Promise<string> =>
    new Promise((resolve, reject) => {
      socket.once('data', (data) => resolve(String(data)));
      socket.once('close', () => reject(new Error('closed')));
      socket.write('hello');
    });
  const first = open();
  t.equal(await answer(first), 'hello');
  const closed = new Promise((resolve) => first.once('close', resolve));
  cable.pull();
  await closed;
  t.equal(cable.plugged, false);
  await t.rejects(answer(open().on('error', () => undefined)));
  cable.plug();
  const again = open();
  t.equal(await answer(again), 'hello');
  again.destroy();
});

test('every optional package has its types here, so that the program builds where it could not be compiled', async (t) => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
  const declared = readFileSync('src/device/optional-packages.d.ts', 'utf8');
  for (const name of Object.keys(manifest['optionalDependencies'] ?? {}))
    t.ok(declared.includes(`declare module '${name}'`) || manifest['devDependencies']?.[`@types/${name}`] !== undefined, name);
});
