// `kazashi card serve`: a virtual card in a virtual PC/SC reader (vsmartcard's vpcd), for OpenSC's tools, a browser, or any card software.

import type { OpenedCard } from '../../card/twin/card-directory.ts';
import { type CardDefect, leavingChip, slowChip } from '../../card/twin/defects.ts';
import type { VirtualCard } from '../../card/twin/virtual-card.ts';
import { serveVpcd, VPCD, type VpcdSession } from '../../card/twin/vpcd.ts';
import { sleep, systemClock } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { holdCard } from '../held-card.ts';
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

/** vpcd carries commands of ISO/IEC 7816-4 to one card, and no radio. */
const whyNotServed = ({ technology, kind }: VirtualCard, defect: CardDefect | undefined): string | undefined => {
  const speechless = (what: string) => `${what} speaks no ISO/IEC 7816-4, which is all that the virtual PC/SC reader carries`;
  if (technology === 'felica') return speechless('a FeliCa card');
  if (defect === 'type-a') return speechless('with the defect "type-a" it is a card of type A that');
  if (kind === 'broken') return 'a broken card answers nothing, so the virtual PC/SC reader has nothing to carry';
  if (defect === 'two-cards') return 'the virtual PC/SC reader holds one card; the defect "two-cards" needs a radio';
  return undefined;
};

/** Resolves to the exit status when the card is out of the reader again. */
const serve = async (directory: string, { card, defect }: OpenedCard, address: { host: string; port: number }): Promise<number> => {
  const unserved = whyNotServed(card, defect);
  if (unserved !== undefined) {
    const instead = `kazashi card read --reader ${directory} lays it on the simulated radio`;
    return refuseWords('directory', `${directory}: ${unserved}; ${instead}`);
  }
  let taken = false;
  let session: VpcdSession | undefined;
  const chip =
    defect === 'slow'
      ? slowChip(card, systemClock)
      : defect === 'leaves'
        ? leavingChip(card, TAKEN_AT, () => {
            taken = true;
            session?.close();
          })
        : card;
  session = await insert(chip, address);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => session?.close());
  process.stdout.write(`${directory} is in the reader at ${address.host}:${address.port}\n`);
  await session.ended.catch((cause) => {
    // A card that leaves does so under a command: to the session it died.
    if (!taken) throw cause;
  });
  if (taken) process.stdout.write(`${directory} was taken away in its command ${TAKEN_AT}, as its defect "leaves" wants it\n`);
  return 0;
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
    const held = await holdCard(directory, systemClock.now());
    return serve(directory, held, { host, port: Number(digits) }).finally(held.release);
  },
};
