// A virtual card laid on the simulated reader, with what its defect does in the field.

import { type CardDefect, leavingChip, slowChip, typeAChip } from '../card/twin/defects.ts';
import { otherCard, type VirtualCard } from '../card/twin/virtual-card.ts';
import type { Clock } from '../core/clock.ts';
import type { TwinPn532 } from '../device/nfc/twin/pn532.ts';

/** The command in which the card is taken away: by then the certificate is being read. */
export const TAKEN_AT = 5;

export const layCard = (reader: TwinPn532, card: VirtualCard, defect: CardDefect | undefined, clock: Clock): void => {
  if (defect === 'slow') reader.insert(slowChip(card, clock));
  else if (defect === 'leaves') reader.insert(leavingChip(card, TAKEN_AT, () => reader.remove()));
  else if (defect === 'type-a') reader.insert(typeAChip());
  else reader.insert(card);
  // As from a wallet: the driving licence comes along.
  if (defect === 'two-cards') reader.add(otherCard('driving-licence'));
};
