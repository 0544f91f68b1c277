// The box itself, from what Linux shows in /proc and /sys. `root` is a parameter so that a test can lay out a box of its own.

import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, fail, ok, warn } from './check.ts';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};
const list = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

const MB = 1024 * 1024;

export const diskSpace = (directory: string): Check => ({
  id: 'disk-space',
  title: { ja: '空き容量', en: 'Disk space' },
  async run() {
    if (!existsSync(directory))
      return fail(
        { directory },
        'データの保存先がありません。設定ファイルの kiosk.dataDirectory を確かめるか、一度起動してください。',
        'The data directory does not exist. Check kiosk.dataDirectory in the settings, or start the kiosk once.',
      );
    const { bavail, blocks, bsize } = statfsSync(directory);
    const freeMb = Math.floor((bavail * bsize) / MB);
    const facts = { freeMb, freePercent: Math.floor((100 * bavail) / Math.max(1, blocks)) };
    if (freeMb < 50)
      return fail(
        facts,
        '記録用の容量がほとんどありません。送信待ちの件数を確かめ、保守窓口へ連絡してください。',
        'The data partition is nearly full: look at the visits still waiting, and call the maintenance contact.',
      );
    if (freeMb < 200) return warn(facts, '記録用の容量が少なくなっています。', 'The data partition is getting full.');
    return ok(facts);
  },
});

/** JEDEC's life-time estimate of eMMC and SD cards, in tenths used: 0x01 = up to 10 %, 0x0B = exceeded. Most SD cards do not tell. */
export const diskWear = (root: string): Check => ({
  id: 'disk-wear',
  title: { ja: 'カードの寿命', en: 'Disk wear' },
  async run() {
    const devices = list(join(root, 'sys/block')).filter((name) => name.startsWith('mmcblk'));
    const spent = devices
      .flatMap((name) => (read(join(root, 'sys/block', name, 'device/life_time')) ?? '').split(/\s+/).filter(Boolean))
      .map(Number);
    const worst = Math.max(0, ...spent);
    if (spent.length === 0) return ok({ wear: 'not told by this disk' });
    const facts = { usedPercentAtMost: worst * 10 };
    if (worst >= 11)
      return fail(
        facts,
        '記録用カードの寿命を超えています。新しいカードに交換してください。',
        'The card is worn out. Replace it by a new one.',
      );
    if (worst >= 8)
      return warn(
        facts,
        '記録用カードの寿命が近づいています。交換を準備してください。',
        'The card is close to its end of life. Plan its replacement.',
      );
    return ok(facts);
  },
});

export const temperature = (root: string): Check => ({
  id: 'temperature',
  title: { ja: '温度', en: 'Temperature' },
  async run() {
    const zones = list(join(root, 'sys/class/thermal')).filter((name) => name.startsWith('thermal_zone'));
    const degrees = zones.map((name) => Number(read(join(root, 'sys/class/thermal', name, 'temp'))) / 1000).filter((value) => value > 0);
    if (degrees.length === 0) return ok({ temperature: 'no sensor' });
    const celsius = Math.round(Math.max(...degrees));
    if (celsius >= 80)
      return fail(
        { celsius },
        '本体が熱くなりすぎています。通気口をふさいでいないか確かめてください。',
        'The box is too hot and slows down. Check that its vents are free.',
      );
    if (celsius >= 70)
      return warn({ celsius }, '本体の温度が高めです。置き場所を確かめてください。', 'The box is warm. Check where it stands.');
    return ok({ celsius });
  },
});

/** Bits of the Raspberry Pi firmware: 0 under-voltage now, 2 throttled now, 16 and 18 the same since the start. */
export const power = (root: string): Check => ({
  id: 'power',
  title: { ja: '電源', en: 'Power supply' },
  async run() {
    const text = read(join(root, 'sys/devices/platform/soc/soc:firmware/get_throttled'));
    if (text === undefined) return ok({ power: 'not told by this box' });
    const bits = Number.parseInt(text, 16);
    const facts = { throttled: `0x${bits.toString(16)}` };
    if ((bits & 0b101) !== 0)
      return fail(
        facts,
        '電源の電圧が足りません。付属の電源に交換してください。',
        'The supply voltage is too low. Use the power supply that came with the box.',
      );
    if ((bits & 0x50000) !== 0)
      return warn(
        facts,
        '起動してから一度、電圧が下がりました。電源を確かめてください。',
        'The voltage dropped once since the start. Check the power supply.',
      );
    return ok(facts);
  },
});

/**
 * An unset clock would date visits wrongly; systemd-timesyncd leaves a file once it has synchronised. `box`: the image, where it must run;
 * elsewhere another program may set the clock, of which nothing is known here.
 */
export const clock = (root: string, now: () => number, box = true): Check => ({
  id: 'clock',
  title: { ja: '時計', en: 'Clock' },
  async run() {
    const facts = { at: new Date(now()).toISOString() };
    if (new Date(now()).getUTCFullYear() < 2026)
      return fail(facts, '時計が合っていません。ネットワークにつないでください。', 'The clock is not set. Connect the network.');
    const told = list(join(root, 'run/systemd/timesync'));
    if (told.includes('synchronized') || list(join(root, 'run/systemd')).length === 0) return ok(facts);
    if (!box && told.length === 0) return ok({ ...facts, synchronised: 'not told by this box' });
    return warn(
      facts,
      '時刻をまだ合わせていません。時刻サーバーにつながるか確かめてください。',
      'The time is not synchronised yet. Check that a time server can be reached.',
    );
  },
});

/** Interfaces with a carrier, and a default route (/proc/net/route: destination 00000000). */
export const network = (root: string): Check => ({
  id: 'network',
  title: { ja: 'ネットワーク', en: 'Network' },
  async run() {
    const interfaces = list(join(root, 'sys/class/net')).filter((name) => name !== 'lo');
    const linked = interfaces.filter((name) => read(join(root, 'sys/class/net', name, 'carrier')) === '1');
    const facts = { interfaces: interfaces.join(' ') || 'none', linked: linked.join(' ') || 'none' };
    if (linked.length === 0) return fail(facts, 'ネットワークのケーブルがつながっていません。', 'No network cable is connected.');
    const routed = (read(join(root, 'proc/net/route')) ?? '').split('\n').some((line) => line.split(/\s+/)[1] === '00000000');
    if (!routed)
      return warn(
        facts,
        '外への経路がありません。ネットワークの設定を確かめてください。',
        'There is no default route. Check the network settings.',
      );
    return ok(facts);
  },
});
