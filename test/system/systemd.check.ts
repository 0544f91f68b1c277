// The units as systemd reads them: well formed, and with as few rights as the kiosk can work with.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'tap';

const ANALYZE = '/usr/bin/systemd-analyze';
const skip = existsSync(ANALYZE) ? false : 'systemd-analyze is missing: apt-get install systemd';
const UNIT = 'systemd/kazashi.service';
const units = readdirSync('systemd').filter((name) => /\.(service|timer|path)$/.test(name));
const exposed = units.filter(
  (name) => name.endsWith('.service') && /^ExecStart=.*\/usr\/(?:bin\/node|sbin)/m.test(readFileSync(`systemd/${name}`, 'utf8')),
);

/** Settings of systemd 254 and newer: an older one says that it ignores them. */
const NEWER = /Unknown key '(RestartSteps|RestartMaxDelaySec)' in section \[Service\], ignoring\./;

test('the unit’s exposure is 1.5 at most', { skip }, async (t) => {
  const { status, stdout } = spawnSync(ANALYZE, ['security', '--offline=true', '--threshold=15', UNIT], { encoding: 'utf8' });
  t.match(stdout, /Overall exposure level for kazashi\.service: [01]\.\d/);
  t.equal(status, 0, stdout.trim().split('\n').at(-1) ?? '');
});

test('the units that run beside it are as closed', { skip }, async (t) => {
  t.ok(exposed.length >= 4);
  for (const unit of exposed.filter((name) => `systemd/${name}` !== UNIT)) {
    const { status, stdout } = spawnSync(ANALYZE, ['security', '--offline=true', '--threshold=25', `systemd/${unit}`], {
      encoding: 'utf8',
    });
    t.equal(status, 0, `${unit}: ${stdout.trim().split('\n').at(-1) ?? ''}`);
  }
});

test('systemd understands every line of every unit', { skip }, async (t) => {
  for (const unit of units) {
    const { stderr } = spawnSync(ANALYZE, ['verify', `systemd/${unit}`], { encoding: 'utf8' });
    const complaints = stderr
      .split('\n')
      .filter((line) => line.includes('kazashi') && !NEWER.test(line) && !/is not executable|is not installed/.test(line));
    t.same(complaints, [], unit);
  }
});

test('the self-test is before opening, Japan’s time', { skip }, async (t) => {
  const [, when = ''] = /^OnCalendar=(.+)$/m.exec(readFileSync('systemd/kazashi-self-test.timer', 'utf8')) ?? [];
  const { status, stdout } = spawnSync(ANALYZE, ['calendar', when], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  t.equal(status, 0);
  t.match(stdout, /in UTC|21:30:00 UTC/);
});

test('the box’s own watchdog leaves time for the kiosk’s, and for a shutdown', { skip }, async (t) => {
  const settings = (file: string) =>
    new Map([...readFileSync(file, 'utf8').matchAll(/^(\w+)=(.+)$/gm)].map(([, key, value]) => [key, value]));
  const seconds = (span: string | undefined) => {
    const { stdout } = spawnSync(ANALYZE, ['timespan', span ?? ''], { encoding: 'utf8' });
    return Number(/μs: (\d+)/.exec(stdout)?.[1]) / 1e6;
  };
  const box = settings('image/root/etc/systemd/system.conf.d/watchdog.conf');
  const kiosk = settings(UNIT);
  // systemd answers the chip twice within its time.
  t.ok(
    seconds(box.get('RuntimeWatchdogSec')) / 2 > seconds(kiosk.get('WatchdogSec')),
    'a program that stands still does not cost a restart of the box',
  );
  const slowest = Math.max(90, ...units.map((unit) => seconds(settings(`systemd/${unit}`).get('TimeoutStopSec'))).filter(Number.isFinite));
  t.ok(seconds(box.get('RebootWatchdogSec')) > slowest, 'services may take their time to stop');
});
