// Puts a virtual card into a virtual PC/SC reader (vsmartcard's vpcd), for OpenSC's tools or any other card software. Made cards are synthetic.
//   npm run card:serve -- DIR [--vpcd HOST:PORT] [--photo FILE] [--pin NNNN | --no-pin] [--password TEXT | --no-sign] [--defect NAME]
// DIR/card.json is the card with its counters; where it is missing a card is made, with authority.pem to verify its certificates by.
// Ends when the reader goes; interrupting it takes the card out.

import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSyntheticAuthority } from '../src/card/twin/authority.ts';
import { CARD_DEFECTS, createDefectiveCard } from '../src/card/twin/defects.ts';
import { encodeCardPhoto } from '../src/card/twin/jp2.ts';
import type { VirtualCardRequest } from '../src/card/twin/request.ts';
import { createVirtualCard, VirtualCard, type VirtualCardState } from '../src/card/twin/virtual-card.ts';
import { serveVpcd, VPCD, type VpcdSession } from '../src/card/twin/vpcd.ts';
import { sleep, systemClock } from '../src/core/clock.ts';
import { KioskFailure } from '../src/core/failure.ts';
import { decodePicture, renderSvg, toCardPhoto } from '../src/faceauth/pictures.ts';
import type { Picture } from '../src/faceauth/ports.ts';
import { residentPortrait, residents } from '../src/twin/residents.ts';

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const readArguments = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      vpcd: { type: 'string', default: `${VPCD.host}:${VPCD.port}` },
      photo: { type: 'string' },
      pin: { type: 'string' },
      'no-pin': { type: 'boolean' },
      password: { type: 'string' },
      'no-sign': { type: 'boolean' },
      defect: { type: 'string' },
    },
  });
const parsed = ((): ReturnType<typeof readArguments> => {
  try {
    return readArguments();
  } catch (error) {
    return fail((error as Error).message);
  }
})();
const { values, positionals } = parsed;
const directory = positionals[0] ?? fail('usage: npm run card:serve -- DIR [--vpcd HOST:PORT]; DIR is made when it is missing');
const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(values.vpcd) ?? fail('--vpcd: HOST:PORT is needed, as in 127.0.0.1:35963');
const file = join(directory, 'card.json');

const write = (name: string, content: string | Uint8Array): void => {
  const path = join(directory, name);
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
};
const pem = (der: Uint8Array): string => new X509Certificate(der).toString();

const readPhoto = (path: string): Promise<Picture> =>
  existsSync(path) ? decodePicture(readFileSync(path)) : fail(`--photo: there is no file ${path}`);

const readCard = (): VirtualCard => {
  const { vpcd: _, ...making } = values;
  const [option] = Object.keys(making);
  if (option !== undefined) fail(`--${option}: ${file} is there already; this option is for a card that is still to be made`);
  try {
    return VirtualCard.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as VirtualCardState);
  } catch {
    return fail(`${file}: damaged; delete it and start again`);
  }
};

const makeCard = async (): Promise<VirtualCard> => {
  const now = Date.now();
  const [resident] = residents();
  if (resident === undefined) throw new Error('no resident is drawn');
  const picture = await (values.photo === undefined ? renderSvg(residentPortrait(resident.id, 'card'), 480, 640) : readPhoto(values.photo));
  const photoJp2 = await encodeCardPhoto(await toCardPhoto(picture));
  const authority = await createSyntheticAuthority({ now });
  const { family, given, birth, sex } = resident;
  const request: VirtualCardRequest = {
    kind: 'my-number',
    photoJp2,
    family,
    given,
    birth,
    sex,
    ...(values['no-pin'] ? { pin: null } : values.pin === undefined ? {} : { pin: values.pin }),
    signCertificate: values['no-sign'] !== true,
    ...(values.password === undefined ? {} : { signPassword: values.password }),
  };
  const defect = CARD_DEFECTS.find((name) => name === values.defect);
  if (values.defect !== undefined && defect === undefined) fail(`--defect: one of ${CARD_DEFECTS.join(', ')}`);
  const makers = { authority, now };
  const card = await (defect === undefined ? createVirtualCard(request, makers) : createDefectiveCard(defect, request, makers));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  write('authority.pem', pem(authority.certificate) + pem(await authority.signAuthorityCertificate()));
  write('photo.jp2', photoJp2);
  write('printed.json', `${JSON.stringify(card.printed(), undefined, 2)}\n`);
  write('card.json', JSON.stringify(card));
  return card;
};

const ATTEMPTS = 40;
/** pcscd takes a moment to open its readers. */
const insert = async (card: VirtualCard): Promise<VpcdSession> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await serveVpcd(card, { host, port: Number(digits) });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(systemClock, 250);
    }
  }
};

try {
  const card = existsSync(file) ? readCard() : await makeCard();
  card.onChange(() => write('card.json', JSON.stringify(card)));
  const session = await insert(card);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => session.close());
  process.stdout.write(`${file} is in the reader at ${values.vpcd}\n`);
  await session.ended;
} catch (error) {
  fail(error instanceof KioskFailure ? error.message : String(error));
}
