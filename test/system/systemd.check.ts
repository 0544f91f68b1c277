// The units as systemd reads them: well formed, and with as few rights as the kiosk can work with.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'tap';

const ANALYZE = '/usr/bin/systemd-analyze';
const skip = existsSync(ANALYZE) ? false : 'systemd-analyze is missing: apt-get install systemd';
const UNIT = 'systemd/kazashi.service';

/** Settings of systemd 254 and newer: an older one says that it ignores them. */
const NEWER = /Unknown key '(RestartSteps|RestartMaxDelaySec)' in section \[Service\], ignoring\./;

test('the unit’s exposure is 1.5 at most', { skip }, async (t) => {
  const { status, stdout } = spawnSync(ANALYZE, ['security', '--offline=true', '--threshold=15', UNIT], { encoding: 'utf8' });
  t.match(stdout, /Overall exposure level for kazashi\.service: [01]\.\d/);
  t.equal(status, 0, stdout.trim().split('\n').at(-1) ?? '');
});

test('systemd understands every line of the unit', { skip }, async (t) => {
  const { stderr } = spawnSync(ANALYZE, ['verify', UNIT], { encoding: 'utf8' });
  const complaints = stderr.split('\n').filter((line) => line.includes('kazashi') && !NEWER.test(line) && !/is not executable/.test(line));
  t.same(complaints, []);
});
