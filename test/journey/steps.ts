// Every step a patient stands at with the card on the tray, and how to get there.

import type { Test } from 'tap';
import { Appliance } from './appliance.ts';

export const PERSON = 'sato-haruka';

export const STEPS: readonly (readonly [string, (appliance: Appliance) => Promise<unknown>])[] = [
  ['choose-method', (appliance) => appliance.screen('choose-method')],
  [
    'face',
    (appliance) =>
      appliance
        .camera({ kind: 'dark' })
        .then(() => appliance.api('DELETE', '/api/camera'))
        .then(() => appliance.press('method-face'))
        .then(() => appliance.screen('face')),
  ],
  ['pin', (appliance) => appliance.press('method-pin').then(() => appliance.screen('pin'))],
  ['staff-check', (appliance) => appliance.press('method-staff').then(() => appliance.screen('staff-check'))],
  [
    'consent',
    (appliance) =>
      appliance
        .press('method-pin')
        .then(() => appliance.typePin('1234'))
        .then(() => appliance.screen('consent')),
  ],
  [
    'consent-items',
    async (appliance) => {
      await appliance.press('method-pin');
      await appliance.typePin('1234');
      await appliance.press('consent-choose');
      await appliance.screen('consent-items');
    },
  ],
];

/** A running appliance at idle, stopped after the test. */
export const started = async (t: Test): Promise<Appliance> => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  await appliance.screen('idle');
  return appliance;
};
