// The doctor on a box laid out in a directory, and the words with systemd.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type Test, test } from 'tap';
import { parseConfig } from '../../src/config/read.ts';
import type { Clock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';
import type { OpenPlayer } from '../../src/device/sound/alsa-sound.ts';
import { TwinTouchPanel } from '../../src/device/touch/twin-touch-panel.ts';
import { type Check, examine, type Report, reportText } from '../../src/main/doctor/check.ts';
import { allChecks } from '../../src/main/doctor/checks.ts';
import { ownCamera, ownLink, ownOutbox } from '../../src/main/doctor/links.ts';
import { panel, speaker } from '../../src/main/doctor/outputs.ts';
import { ownRights } from '../../src/main/doctor/site.ts';
import { serviceManager } from '../../src/main/service-manager.ts';
import { RENEW_RULES } from '../../src/uplink/rights.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');

const lay = (root: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};

const WELL = {
  'sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
  'sys/class/thermal/thermal_zone0/temp': '51234\n',
  'run/systemd/timesync/synchronized': '',
  'sys/block/mmcblk0/device/life_time': '0x02 0x01\n',
  'sys/class/hidraw/hidraw0/device/report_descriptor': new TwinTouchPanel({ width: 1280, height: 800 }).descriptor,
  'sys/class/graphics/fb0/bits_per_pixel': '32\n',
  'sys/class/graphics/fb0/mode': 'U:1280x800p-60\n',
  'sys/class/graphics/fb0/stride': '5120\n',
  'sys/class/drm/card0-HDMI-A-1/status': 'connected\n',
  'sys/class/drm/card0-HDMI-A-2/status': 'disconnected\n',
  'sys/class/net/eth0/carrier': '1\n',
  'sys/class/net/lo/carrier': '1\n',
  'proc/net/route': 'Iface\tDestination\tGateway\neth0\t00000000\t0101A8C0\n',
  'dev/video0': '',
  'data/.keep': '',
};

/** A speaker that says why it does not play, or that plays: in bytes what it was given. */
const speakerThat = (refuses?: string) => {
  const played = { bytes: 0 };
  const openPlayer: OpenPlayer = (onFailure, onEnd) => ({
    write: (bytes) => {
      played.bytes += bytes.length;
    },
    end: () => (refuses === undefined ? onEnd?.() : onFailure(refuses)),
  });
  return { played, openPlayer };
};

const examined = async (
  t: Test,
  files: Readonly<Record<string, string | Uint8Array>>,
  toml = '',
  now = NOW,
  silent?: string,
): Promise<Report> => {
  const root = t.testdir({});
  lay(root, files);
  const broker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => broker.once('listening', resolve));
  t.teardown(() => broker.close());
  const { port } = broker.address() as { port: number };
  const config = parseConfig(
    `[kiosk]\ndataDirectory = "${join(root, 'data')}"\n[uplink]\nbroker = "mqtt://127.0.0.1:${port}"\n${toml}`,
    'test',
  );
  return examine(
    allChecks(config, {
      root,
      openBus: () => new TwinPn532({ timing: 'off' }),
      openPlayer: speakerThat(silent).openPlayer,
      now: () => now,
    }),
    () => now,
  );
};

const levelOf = (report: Report, id: string): string | undefined => report.findings.find((one) => one.id === id)?.level;

test('a box on which all is well is told so, line by line', async (t) => {
  const report = await examined(t, WELL);
  t.same(
    report.findings.filter(({ level }) => level !== 'ok').map(({ id, facts }) => ({ id, facts })),
    [],
  );
  t.equal(report.level, 'ok');
  t.match(report.findings.find(({ id }) => id === 'reader')?.facts, { chip: 'PN532', firmware: '1.6' });
  for (const language of ['ja', 'en'] as const) t.equal(reportText(report, language).trim().split('\n').length, report.findings.length);
});

test('each trouble of a box is found, with advice in both languages', async (t) => {
  const { 'dev/video0': _camera, 'sys/class/hidraw/hidraw0/device/report_descriptor': _panel, ...rest } = WELL;
  const report = await examined(
    t,
    {
      ...rest,
      'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
      'sys/class/thermal/thermal_zone0/temp': '83000\n',
      'sys/block/mmcblk0/device/life_time': '0x0b 0x01\n',
      'sys/class/drm/card0-HDMI-A-1/status': 'disconnected\n',
      'sys/class/net/eth0/carrier': '0\n',
      'data/broken.pem': 'no certificate',
    },
    'caFile = "/nowhere/ca.pem"\n[gpio]\npowerButtonLine = 3\n[face]\nmodelDirectory = "/nowhere"\n',
    Date.parse('1970-01-02T00:00:00Z'),
    'audio open error: No such file or directory',
  );
  const wanted = {
    power: 'fail', temperature: 'fail', clock: 'fail', 'disk-wear': 'fail', touch: 'fail', gpio: 'fail', camera: 'warn', models: 'fail',
    panel: 'warn', sound: 'warn',
    network: 'fail', certificates: 'fail', reader: 'ok', fonts: 'ok', broker: 'ok',
  }; // biome-ignore format: one table
  for (const [id, level] of Object.entries(wanted)) t.equal(levelOf(report, id), level, id);
  t.equal(report.level, 'fail');
  for (const { id, level, advice } of report.findings) {
    if (level !== 'ok') t.ok((advice?.ja.length ?? 0) > 8 && (advice?.en.length ?? 0) > 8, id);
  }
});

test('the speaker is given silence to play; one that the kiosk itself is using works, and a box may have none', async (t) => {
  const { played, openPlayer } = speakerThat();
  const config = parseConfig('[sound]\ndevice = "plughw:1"\n', 'test');
  t.match(await speaker(config.sound, openPlayer).run(AbortSignal.timeout(5000)), { level: 'ok', facts: { speaker: 'plughw:1' } });
  t.equal(played.bytes, 9600, 'a tenth of a second, two channels of 16 bit at 24 kHz');
  const busy = speakerThat('aplay: main:850: audio open error: Device or resource busy').openPlayer;
  t.match(await speaker(config.sound, busy).run(AbortSignal.timeout(5000)), { level: 'ok' });
  const stuck: OpenPlayer = () => ({ write: () => undefined, end: () => undefined });
  const gone = AbortSignal.abort();
  t.match(await speaker(config.sound, stuck).run(gone), { level: 'warn', advice: { en: /sound\.device/ } });
  const none = parseConfig('[sound]\noutput = "none"\n', 'test');
  t.match(await speaker(none.sound, speakerThat('must not be asked').openPlayer).run(AbortSignal.timeout(5000)), {
    level: 'ok',
    facts: { speaker: 'none' },
  });
});

test('a screen of a size or depth that cannot be driven is told with the setting', async (t) => {
  const root = t.testdir({});
  lay(root, { 'sys/class/graphics/fb1/bits_per_pixel': '8\n' });
  const config = parseConfig('[panel]\nframebuffer = "fb1"\n', 'test');
  const finding = await panel(config.panel, root).run(AbortSignal.timeout(5000));
  t.match(finding, { level: 'fail', facts: { panel: 'fb1', error: /8 bits per pixel/ }, advice: { ja: /panel\.framebuffer/ } });
});

test('an IRQ line that moves is told so, and one that does not is a warning that names the settings', async (t) => {
  const config = parseConfig('[reader]\nirqChip = "pinctrl-bcm2711"\n', 'test');
  for (const [wire, irq] of [
    ['right', 'moves'],
    ['loose', 'never moves'],
    ['short', 'always low'],
  ] as const) {
    const line = new TwinGpioLine();
    let closed = 0;
    const openIrq = async () => {
      if (wire === 'short') line.write(0);
      return {
        read: () => line.read(),
        onEdge: (listener: (level: 0 | 1) => void) => line.onEdge(listener),
        close: () => {
          closed += 1;
        },
      };
    };
    const openBus = () => new TwinPn532({ timing: 'off', ...(wire === 'right' ? { irq: line } : {}) });
    const checks = allChecks(config, { root: t.testdir({}), openBus, openIrq, now: () => NOW }).filter(({ id }) => id === 'reader');
    const report = await examine(checks, () => NOW);
    t.match(report, { level: wire === 'right' ? 'ok' : 'warn', findings: [{ facts: { chip: 'PN532', irq } }] }, wire);
    if (wire !== 'right') t.match(report.findings[0]?.advice?.en, /irqChip/);
    t.equal(closed, 1, 'the line is given back');
  }
  // A label that no machine has.
  const wrong = parseConfig('[reader]\nirqChip = "no such chip"\n', 'test');
  const checks = allChecks(wrong, { root: t.testdir({}), openBus: () => new TwinPn532({ timing: 'off' }), now: () => NOW });
  const report = await examine(
    checks.filter(({ id }) => id === 'reader'),
    () => NOW,
  );
  t.match(report, { level: 'fail', findings: [{ facts: { bus: 1 }, advice: { en: /irqChip/ } }] });
});

test('a bus on which nobody answers is the reader’s fault, and a check that throws is a failed check', async (t) => {
  const dead = {
    write: () => Promise.reject(new Error('EIO')),
    read: () => Promise.reject(new Error('EIO')),
    close: async () => undefined,
  };
  const config = parseConfig('', 'test');
  const checks = allChecks(config, { root: t.testdir({}), openBus: () => dead, now: () => NOW }).filter(({ id }) => id === 'reader');
  t.match(await examine(checks, () => NOW), { level: 'fail', findings: [{ id: 'reader', facts: { bus: 1 } }] });
  const broken = { id: 'x', title: { ja: '検査', en: 'check' }, run: () => Promise.reject(new Error('odd')) };
  t.match(await examine([broken], () => NOW), { level: 'fail', findings: [{ facts: { error: 'odd' } }] });
});

test('systemd hears of the start, of every sign of life while nothing ails, and of the end', async (t) => {
  const sent: string[] = [];
  const due: (() => void)[] = [];
  const clock: Clock = { now: () => NOW, monotonicMs: () => 0, setTimeout: (run) => due.push(run), clearTimeout: () => undefined };
  const environment = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '30000000' };
  const systemd = serviceManager({ environment, clock, log: silentLog, send: (words) => sent.push(...words) });
  let ailing: string | undefined;
  const turn = async (): Promise<void> => {
    due.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  systemd.ready();
  systemd.watch(async () => ailing);
  await turn();
  t.same(sent, ['READY=1', 'WATCHDOG=1']);
  ailing = 'display';
  await turn();
  t.equal(sent.length, 2, 'no sign of life while a part stands still');
  ailing = undefined;
  await turn();
  systemd.stopping();
  await turn();
  t.same(sent.slice(2), ['WATCHDOG=1', 'STOPPING=1']);

  const silent: string[] = [];
  const alone = serviceManager({ environment: {}, clock, log: silentLog, send: (words) => silent.push(...words) });
  alone.ready();
  alone.watch(async () => undefined);
  t.same(silent, [], 'without systemd nothing is said');
});

test('the running kiosk tells of its own link, of what waits to be sent and of its camera', async (t) => {
  const level = async (check: Check) => (await examine([check], () => NOW)).level;
  const links = { broker: 'connected', terminal: 'ready', backlog: 0 };
  t.equal(await level(ownLink(() => links)), 'ok');
  t.equal(await level(ownLink(() => ({ ...links, terminal: 'lost' }))), 'warn');
  t.equal(await level(ownLink(() => ({ ...links, broker: 'offline' }))), 'warn');
  t.equal(await level(ownOutbox(() => links)), 'ok');
  t.equal(await level(ownOutbox(() => ({ ...links, backlog: 2 }))), 'warn');
  t.equal(await level(ownCamera(() => true)), 'ok');
  t.equal(await level(ownCamera(() => false)), 'warn');
});

test('a kiosk whose broker forbids it something is told what to run, in both languages', async (t) => {
  const round = (forbidden: readonly string[]) => examine([ownRights(() => forbidden)], () => NOW);
  t.match(await round([]), { level: 'ok', findings: [{ id: 'broker-rules', level: 'ok' }] });
  const { level, findings } = await round(['report']);
  t.equal(level, 'warn');
  for (const words of Object.values(findings[0]?.advice ?? {})) t.match(words, RENEW_RULES);
  t.match(Object.keys(findings[0]?.advice ?? {}), ['ja', 'en']);
});
