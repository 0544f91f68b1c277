// What a terminal's commands do at the kiosk.

import { test } from 'tap';
import type { ScreenModel } from '../../src/core/screens.ts';
import { linkVisitToUplink } from '../../src/main/uplink-bridge.ts';

const bridge = (screen: Pick<ScreenModel, 'screen'>) => {
  const heard: string[] = [];
  let command: (order: { readonly name: string }) => void = () => undefined;
  linkVisitToUplink(
    {
      onState: () => () => undefined,
      onCommand: (listener) => {
        command = listener;
        return () => undefined;
      },
      announce: () => undefined,
    },
    { screen: screen as ScreenModel, send: ({ type }: { readonly type: string }) => void heard.push(type) },
    { tone: (tone) => void heard.push(tone) },
    () => void heard.push('restart'),
  );
  return { order: (name: string) => command({ name }), heard };
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
