// Updates of the booted image from a USB stick: one that is good, and one whose kernel cannot start. KAZASHI_UPDATE_KEY names the private key that
// the image was built with (image/build --sign-key).

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { BoxLab, NO_IMAGE } from './box-lab.ts';
import { NO_KEY, stickWith } from './stick.ts';
import { IDLE, visitByPin } from './visit.ts';

/** A box that goes on like that for so long will not stop. */
const MOST_STARTS = 12;

const skip = NO_IMAGE || NO_KEY;

test('an update on a USB stick is installed beside the patients, tried, and kept; one that cannot start is tried and told as returned', {
  skip,
}, async (t) => {
  const lab = new BoxLab();
  t.teardown(() => lab.stop(t.passing() ? undefined : '.tap/image/update'));
  mkdirSync('.tap/image', { recursive: true });
  await lab.setUp({ evidence: '.tap/image/update', kernelWords: 'systemd.debug_shell=ttyS1' });
  const [good, dead] = [stickWith(lab, '0.2.0'), stickWith(lab, '0.3.0', nonsense(join(lab.folder, 'nonsense')))];
  await lab.plugIn();
  await lab.panel.sees(IDLE);
  const says = async (wanted: RegExp) => {
    const shell = await lab.openShell();
    await shell.until(`grep -qE '${wanted.source}' /run/kazashi-update/told.json`);
    return shell;
  };
  const slot = async () => (await (await lab.openShell()).run('cat /proc/cmdline')).match(/kazashi\.root=(\S+)/)?.[1];
  const first = await slot();

  await t.test('the good one', async (t) => {
    await lab.machine.plugStick(good.stick);
    t.match(await visitByPin(lab), { checkIn: 'see-reception' }, 'a patient is served while it is written');
    lab.takeCard();
    await lab.goesOff();
    await lab.plugIn();
    // Its shell is there no later than the kiosk is: what is typed before that is lost.
    await lab.panel.sees(IDLE);
    await says(/"result":"confirmed"/);
    t.not(await slot(), first, 'the other slot runs');
    t.match(await visitByPin(lab), { checkIn: 'see-reception' });
    lab.takeCard();
    await lab.panel.sees(IDLE);
  });
  await t.test('the dead one', async (t) => {
    const second = await slot();
    await lab.machine.plugStick(dead.stick);
    await lab.goesOff();
    let starts = 0;
    // Tries end in the kernel's panic, which is a restart; the slot before then asks for the next one.
    for (let over = false; !over && starts < MOST_STARTS; starts += 1) {
      await lab.plugIn();
      over = await idleBeforeItEnds(lab);
    }
    await says(/"version":"0.3.0","result":"returned","at":"[^"]+","reason":"did-not-start"/);
    t.equal(starts, 6, 'three tries, each with a start of the old version after it');
    t.equal(await slot(), second);
  });
});

/** false: the machine ended before its kiosk was ready. */
const idleBeforeItEnds = async ({ machine, panel }: BoxLab): Promise<boolean> => {
  const idle = panel.sees(IDLE).then(
    () => true,
    async (cause: unknown) => {
      if (!machine.gone) throw cause;
      await machine.ended;
      return false;
    },
  );
  return await Promise.race([machine.ended.then(() => false), idle]);
};

const nonsense = (file: string): string => {
  writeFileSync(file, 'no initrd');
  return file;
};
