// The one file that knows npm `smartcard`: an optional package that must be compiled against libpcsclite, so it is loaded only when it is wanted.

import type * as Smartcard from 'smartcard';
import { KioskFailure } from '../../core/failure.ts';
import type { PcscContext } from './ports.ts';

/** Throws reader/unavailable with what to install or start. */
export const openPcscContext = async (): Promise<PcscContext> => {
  let smartcard: typeof Smartcard;
  try {
    smartcard = await import('smartcard');
  } catch (cause) {
    throw new KioskFailure('reader/unavailable', {
      cause,
      facts: { reason: 'package' },
      message: 'the package smartcard is not installed: apt-get install libpcsclite-dev pcscd g++ make python3, then npm install',
    });
  }
  try {
    return new smartcard.Context();
  } catch (cause) {
    throw new KioskFailure('reader/unavailable', {
      cause,
      facts: { reason: 'service' },
      message: 'the PC/SC service does not answer: apt-get install pcscd, then systemctl start pcscd',
    });
  }
};
