// What a terminal's commands do at the kiosk.

import { test } from 'tap';
import type { ScreenModel } from '../../src/core/screens.ts';
import { watchCamera } from '../../src/main/camera-watch.ts';
import { linkVisitToUplink } from '../../src/main/uplink-bridge.ts';
import { handClock } from '../hand-clock.ts';

const IDLE = { screen: 'idle', language: 'ja' } as ScreenModel;

const bridge = (screen: Pick<ScreenModel, 'screen'>) => {
  const heard: string[] = [];
  const announced: string[] = [];
  let command: (order: { readonly name: string }) => void = () => undefined;
  const link = linkVisitToUplink(
    {
      onState: () => () => undefined,
      onCommand: (listener) => {
        command = listener;
        return () => undefined;
      },
      announce: (status, faults) => void announced.push([status, ...faults].join(' ')),
    },
    { screen: screen as ScreenModel, send: ({ type }: { readonly type: string }) => void heard.push(type) },
    { tone: (tone) => void heard.push(tone) },
    () => void heard.push('restart'),
  );
  return { order: (name: string) => command({ name }), heard, announced, link };
};

test('a restart that staff ask for happens between visits, never in one', async (t) => {
  const idle = bridge({ screen: 'idle' });
  idle.order('restart');
  t.same(idle.heard, ['restart']);
  const fault = bridge({ screen: 'out-of-service' });
  fault.order('restart');
  t.same(fault.heard, ['restart']);
  const busy = bridge({ screen: 'consent' as ScreenModel['screen'] });
  busy.order('restart');
  t.same(busy.heard, []);
});

test('a kiosk that is looked for sounds, and commands of a visit reach it', async (t) => {
  const { order, heard } = bridge({ screen: 'idle' });
  order('identify');
  order('out-of-service');
  order('unknown-to-this-version');
  t.same(heard, ['accepted', 'COMMAND']);
});

test('a part that patients can do without is told to the site while the kiosk stays ready', (t) => {
  const { link, announced } = bridge({ screen: 'idle' });
  link.follow(IDLE);
  link.part('camera/unavailable', false);
  link.part('camera/unavailable', false);
  link.follow({ screen: 'out-of-service', language: 'ja', code: 'reader/unavailable' });
  link.follow(IDLE);
  link.part('camera/unavailable', true);
  t.same(announced, [
    'ready',
    'ready camera/unavailable',
    'out-of-service reader/unavailable camera/unavailable',
    'ready camera/unavailable',
    'ready',
  ]);
  t.end();
});

test('a camera that is pulled out or plugged in is told once each time; one that cannot tell is believed to be there', (t) => {
  const { clock, pass, timers } = handClock();
  const camera: { plugged: boolean | undefined } = { plugged: true };
  const told: (boolean | string)[] = [];
  const log = { info: (event: string) => void told.push(event), warn: (event: string) => void told.push(event) };
  const end = watchCamera(camera, clock, log, (works) => told.push(works));
  pass(60_000);
  t.same(told, []);
  camera.plugged = false;
  pass(60_000);
  t.same(told.splice(0), ['camera.unplugged', false]);
  camera.plugged = true;
  pass(60_000);
  t.same(told.splice(0), ['camera.plugged', true]);
  camera.plugged = undefined;
  pass(60_000);
  t.same(told, []);
  end();
  t.equal(timers(), 0);
  t.end();
});

test('a camera that is missing at the start is told at once', (t) => {
  const told: boolean[] = [];
  const log = { info: () => undefined, warn: () => undefined };
  watchCamera({ plugged: false }, handClock().clock, log, (works) => told.push(works));
  t.same(told, [false]);
  t.end();
});
