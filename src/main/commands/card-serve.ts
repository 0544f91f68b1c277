// `kazashi card serve`: a virtual card in a virtual PC/SC reader (vsmartcard's vpcd), for OpenSC's tools, a browser, or any card software.

import { openCard } from '../../card/twin/card-directory.ts';
import { leavingChip, slowChip } from '../../card/twin/defects.ts';
import { serveVpcd, VPCD, type VpcdSession } from '../../card/twin/vpcd.ts';
import { sleep, systemClock } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { TAKEN_AT } from '../lay-card.ts';

const usage = `  kazashi card serve DIR    puts the card into a virtual PC/SC reader until the reader goes or Ctrl-C takes it out
      --vpcd HOST:PORT       where vpcd listens (${VPCD.host}:${VPCD.port}; packages pcscd and vsmartcard-vpcd)
`;

const ATTEMPTS = 40;
/** pcscd takes a moment to open its readers. */
const insert = async (...[chip, address]: Parameters<typeof serveVpcd>): Promise<VpcdSession> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await serveVpcd(chip, address);
    } catch (error) {
      if (attempt === ATTEMPTS || !isFailure(error, 'reader/unavailable')) throw error;
      await sleep(systemClock, 250);
    }
  }
};

export const command: Command = {
  usage,
  async run(words) {
    const { values, positionals } = parseWords(words, usage, { options: { vpcd: { type: 'string' } }, allowPositionals: true });
    const [directory, ...more] = positionals;
    if (directory === undefined || more.length > 0) return refuseWords('directory', `card serve needs one directory\n\n${usage}`);
    const [, host, digits] = /^(.+):(\d{1,5})$/.exec(values.vpcd ?? `${VPCD.host}:${VPCD.port}`) ?? [];
    if (host === undefined || Number(digits) > 65_535)
      return refuseWords('vpcd', `--vpcd: found "${values.vpcd}"; HOST:PORT is needed, as in ${VPCD.host}:${VPCD.port}`);
    const { card, defect } = await openCard(directory, systemClock.now());
    if (card.technology !== 'iso14443-4b' || defect === 'type-a' || card.kind === 'broken') {
      return refuseWords('directory', `${directory}: this card speaks no ISO/IEC 7816-4, so a PC/SC reader has nothing to carry`);
    }
    if (defect === 'two-cards')
      return refuseWords('directory', `${directory}: two cards in one field need a radio; a virtual PC/SC reader holds one`);
    let session: VpcdSession | undefined;
    const chip =
      defect === 'slow' ? slowChip(card, systemClock) : defect === 'leaves' ? leavingChip(card, TAKEN_AT, () => session?.close()) : card;
    session = await insert(chip, { host, port: Number(digits) });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => session?.close());
    process.stdout.write(`${directory} is in the reader at ${host}:${digits}\n`);
    await session.ended;
    return 0;
  },
};
