// A technician before a panel whose sensor sits askew: nothing can be pressed where it is drawn, until four crosses were met.

import { test } from 'tap';
import type { TwinState } from '../../src/twin/ports.ts';
import { Appliance } from './appliance.ts';

const middleOf = ({ elements }: TwinState, id: string): { x: number; y: number } => {
  const found = elements.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no ${id} among ${elements.map((one) => one.id).join(', ')}`);
  const { x, y, width, height } = found.rect;
  return { x: x + width / 2, y: y + height / 2 };
};

test('calibration mends a panel on a running kiosk whose touches go astray', async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  const idle = await appliance.screen('idle');
  const help = middleOf(idle, 'help');
  const wrong = await appliance.api('PUT', '/api/touch-panel', { dx: 1000 });
  t.equal(wrong.status, 400);
  t.match(wrong.body, { field: 'dx' });
  t.equal((await appliance.api('PUT', '/api/touch-panel', { dx: 70, dy: -60, scale: 0.96 })).status, 200);

  // The answer comes when the finger was lifted: by then the touch has done what it does.
  await appliance.api('POST', '/api/touch', help);
  t.equal((await appliance.state()).screen, 'idle', 'the button is missed');
  const door = middleOf(idle, 'maintenance');
  for (let tap = 0; tap < 5; tap += 1) await appliance.api('POST', '/api/touch', door);
  await appliance.screen('technician');
  await appliance.api('POST', '/api/keypad', { keys: '1379\n' });
  await appliance.until('the menu', ({ elements }) => elements.some(({ id }) => id === 'technician-touch'));
  await appliance.api('POST', '/api/keypad', { keys: '6' });

  for (let number = 1; number <= 4; number += 1) {
    const shown = await appliance.until(`cross ${number}`, ({ elements }) =>
      elements.some(({ id, label }) => id === 'title' && label.includes(`${number}`)),
    );
    await appliance.api('POST', '/api/touch', middleOf(shown, 'cross'));
  }
  await appliance.press('technician-keep');
  await appliance.until('that it is kept', ({ elements }) => !elements.some(({ id }) => id === 'technician-keep'));
  await appliance.press('back');
  await appliance.press('back');
  await appliance.screen('idle');
  await appliance.api('POST', '/api/touch', help);
  t.equal((await appliance.state()).screen, 'how-to', 'the button is met');
});
