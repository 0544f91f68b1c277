// The image as it is flashed, booted in QEMU with nothing put in its way: the kernel's framebuffer, a USB touch panel, a PN532 on a USB serial
// adapter, the network, and a site with Debian's mosquitto and the real terminal outside of it. No camera: patients go by PIN.

import { mkdirSync } from 'node:fs';
import { type Test, test } from 'tap';
import type { ScreenModel } from '../../src/core/screens.ts';
import { BoxLab, NO_IMAGE } from './box-lab.ts';
import { IDLE, visitByPin } from './visit.ts';

const lost = (what: 'broker' | 'terminal', waitingFor: readonly ('broker' | 'terminal')[]): ScreenModel => ({
  language: 'ja',
  screen: 'initialising',
  waitingFor,
  lost: `uplink/${what}-lost`,
});

const plugged = async (t: Test, name: string, kernelWords?: string): Promise<BoxLab> => {
  const lab = new BoxLab();
  const evidence = `.tap/image/${name}`;
  t.teardown(() => lab.stop(t.passing() ? undefined : evidence));
  mkdirSync('.tap/image', { recursive: true });
  await lab.setUp({ evidence, ...(kernelWords === undefined ? {} : { kernelWords }) });
  await lab.plugIn();
  return lab;
};

test('a box that was flashed and given its settings serves patients, says what it lost, recovers alone and switches off', {
  skip: NO_IMAGE,
}, async (t) => {
  const lab = await plugged(t, 'visit');
  const { panel, machine } = lab;
  const visit = async () => {
    const told = await visitByPin(lab);
    lab.takeCard();
    await panel.sees(IDLE);
    return told;
  };
  await t.test('the visit is at the terminal, by mutual TLS', async (t) => {
    const { checkIn, screens, unfelt } = await visit();
    t.comment(`${unfelt} touches were not felt`);
    t.equal(checkIn, 'see-reception', 'the number on the panel is the one at reception');
    t.same(screens, ['idle', 'choose-method', 'pin', 'consent', 'consent-items', 'done'], 'each as the renderer draws it');
    t.equal(lab.visits().length, 1);
  });
  await t.test('the network’s cable', async (t) => {
    await machine.cable(false);
    await panel.sees(lost('broker', ['broker', 'terminal']));
    await machine.cable(true);
    await panel.sees(IDLE);
    t.match(await visit(), { checkIn: 'see-reception' });
  });
  await t.test('the terminal', async (t) => {
    await lab.terminal?.end('SIGTERM');
    await panel.sees(lost('terminal', ['terminal']));
    lab.terminal = await lab.site.startTerminal();
    await panel.sees(IDLE);
    t.match(await visit(), { checkIn: 'see-reception' });
  });
  await t.test('the power button', async (t) => {
    await machine.powerButton();
    await panel.sees({ language: 'ja', screen: 'shutting-down' });
    await lab.goesOff();
    t.ok(machine.events.includes('SHUTDOWN'), 'off by itself');
    t.equal(lab.dataState(), 'clean');
  });
});

test('a program that stands still is started anew by the watchdog', { skip: NO_IMAGE }, async (t) => {
  const lab = await plugged(t, 'watchdog', 'systemd.debug_shell=ttyS1');
  await lab.panel.sees(IDLE);
  const shell = await lab.openShell();
  const facts = async () => (await shell.run('systemctl show -P MainPID -P NRestarts kazashi')).trim().split(/\s+/).map(Number);
  const [pid, starts] = await facts();
  await shell.run('systemctl kill --kill-whom=main --signal=STOP kazashi');
  t.match(await shell.run(`cat /proc/${pid}/stat`), /\) T /, 'it is stopped');
  await shell.until(`test "$(systemctl show -P NRestarts kazashi)" -gt ${starts}`);
  await lab.panel.sees(IDLE);
  const [newPid] = await facts();
  t.not(newPid, pid);
  t.match(await shell.run('journalctl -b --no-pager -u kazashi'), /Watchdog timeout/);
  t.match(await visitByPin(lab), { checkIn: 'see-reception' });
});
