// Bit rates of type B and what a card offers of them (ISO/IEC 14443-3, 7.9.4.2). Pure.

/** kbps, in the order of their codes in ATTRIB and in the chip's TxSpeed and RxSpeed. */
export const BIT_RATES = [106, 212, 424, 847] as const;
export type BitRate = (typeof BIT_RATES)[number];

/** The code of a rate in ATTRIB (parameter 2) and in CIU_TxMode and CIU_RxMode. */
export const bitRateCode = (rate: BitRate): number => BIT_RATES.indexOf(rate);

/**
 * Rates that work both ways, fastest first, 106 always last. Bit 4 set is a reserved code: the card then counts as 106 only, as the standard asks.
 * 847 is left out: the PN532 has no such rate for type B.
 */
export const offeredRates = (protocolInfo: Uint8Array): readonly BitRate[] => {
  const [offer = 0] = protocolInfo;
  if ((offer & 0x08) !== 0) return [106];
  const bothWays = (bit: number): boolean => (offer & bit) !== 0 && (offer & (bit << 4)) !== 0;
  return [...(bothWays(0x02) ? [424 as const] : []), ...(bothWays(0x01) ? [212 as const] : []), 106];
};
