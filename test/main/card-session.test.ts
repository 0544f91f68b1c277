// In which order one visit's card is read: what the patient waits for comes first, and the rest while the camera works.

import { test } from 'tap';
import type { CardFaceReader } from '../../src/card/ports.ts';
import { RefusedCodes } from '../../src/card/refused-codes.ts';
import { systemClock } from '../../src/core/clock.ts';
import { KioskFailure } from '../../src/core/failure.ts';
import { systemRandom, uuidV7 } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/log.ts';
import type { FaceVerifier } from '../../src/faceauth/ports.ts';
import { openCardSession } from '../../src/main/card-session.ts';
import type { VisitContent } from '../../src/uplink/contract/index.ts';
import { connect, NOW, never, openWorkshop, readerOf } from '../card/fixtures/cards.ts';

const workshop = await openWorkshop();
const AUTH_CERTIFICATE = '00b08a00';
const TEXT_APPLICATION = 'd3921000310001010408';
const FACE_SIGNER = '00b08400';

test('the photo is decoded before the certificate is read, and attributes and the rest of the face come while the camera works', async (t) => {
  const card = await workshop.make({ family: '山田', given: '太郎', sex: 'male' });
  let openGate: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  // The card is slow in what comes after the summary: who waits for it is found out.
  const connection = connect(card, async (command, response) => {
    if (command.includes(TEXT_APPLICATION)) await gate;
    return response;
  });
  const asked = (command: string) => connection.log.some((one) => one.includes(command));
  const events: string[] = [];
  let submitted: VisitContent | undefined;
  let looked: () => void = () => undefined;
  const looking = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const verifier: FaceVerifier = {
    async enrol(photoJp2) {
      t.same(photoJp2, workshop.photoJp2);
      t.notOk(
        asked(AUTH_CERTIFICATE) || asked(TEXT_APPLICATION) || asked(FACE_SIGNER),
        'nothing was read before it but the head of its file',
      );
      events.push('enrol');
      return new Float32Array(512);
    },
    async verify() {
      events.push(asked(FACE_SIGNER) ? 'camera after the rest' : 'camera');
      await looking;
      return { outcome: 'match', score: 0.9, liveness: 0.9, frames: 5 };
    },
  };
  const session = openCardSession(uuidV7(NOW), {
    card: () => connection,
    codeReader: readerOf(card),
    trust: workshop.trust,
    verifier: () => verifier,
    camera: { nextFrame: () => Promise.reject(new Error('not used')), start: () => undefined, stop: () => undefined },
    faceTimeoutMs: 1000,
    uplink: {
      submit: async (content) => {
        submitted = content as VisitContent;
        return { id: 'x', seq: 1, acked: Promise.resolve({ status: 'accepted' }) } as never;
      },
      request: () => Promise.reject(new Error('not used')),
    },
    lookTimeoutMs: 1000,
    place: { site: 'clinic', kiosk: 'kiosk-1' },
    clock: { ...systemClock, now: () => NOW },
    random: systemRandom,
    refusedCodes: new RefusedCodes(),
    log: silentLog,
  });
  const summary = await session.read(never);
  t.match(summary, { photo: 'ready', hasPin: true, certificate: { state: 'valid' } });
  t.notOk(asked(FACE_SIGNER));
  const face = session.verifyFace(() => undefined, never);
  await new Promise(setImmediate);
  t.same(events, ['enrol', 'camera'], 'the patient is asked and looked at while the attributes have not come yet');
  openGate();
  for (let turns = 0; turns < 2000 && !asked(FACE_SIGNER); turns += 1) await new Promise(setImmediate);
  t.ok(asked(TEXT_APPLICATION) && asked(FACE_SIGNER), 'read while the camera still looks');
  t.same(events, ['enrol', 'camera']);
  looked();
  t.same(await face, { outcome: 'match' });
  const result = { visitId: uuidV7(NOW), method: 'face', language: 'ja', consent: {}, certificate: 'valid' } as const;
  t.match(await session.deliver(result, never), { outcome: 'accepted' });
  t.match(submitted, { patient: { name: '山田\u3000太郎' }, evidence: { kind: 'card-face', algorithm: 'RS256' } });
  session.close();
});

test('why the card face stayed closed reaches the visit', async (t) => {
  const card = await workshop.make();
  const wrong = Uint8Array.from(Buffer.from('00000000000000'));
  const read = async (codeReader: CardFaceReader = { readVerificationCode: async () => wrong.slice() }) => {
    const unused = () => Promise.reject(new Error('not used'));
    const session = openCardSession(uuidV7(NOW), {
      card: () => connect(card),
      codeReader,
      trust: workshop.trust,
      verifier: () => ({ enrol: unused, verify: unused }),
      camera: { nextFrame: unused, start: () => undefined, stop: () => undefined },
      faceTimeoutMs: 1000,
      uplink: { submit: unused, request: unused },
      lookTimeoutMs: 1000,
      place: { site: 'clinic', kiosk: 'kiosk-1' },
      clock: { ...systemClock, now: () => NOW },
      random: systemRandom,
      refusedCodes: new RefusedCodes(),
      log: silentLog,
    });
    const { photo, photoFailure } = await session.read(never);
    session.close();
    return { photo, photoFailure };
  };
  for (let i = 0; i < 6; i += 1) t.same(await read(), { photo: 'blocked', photoFailure: 'code/wrong' });
  t.equal(card.info().codeTriesLeft, 4);
  t.same(await read(readerOf(card)), { photo: 'blocked', photoFailure: 'code/too-few-tries' }, 'not locked, and not called so');
  t.equal(card.info().codeTriesLeft, 4);
});

test("a photo that cannot be read is the card's, a match without models the kiosk's", async (t) => {
  const card = await workshop.make({});
  const cases = [
    ['face/photo-unreadable', 'unreadable'],
    ['model/unavailable', 'no-models'],
  ] as const;
  for (const [code, photo] of cases) {
    const connection = connect(card);
    const session = openCardSession(uuidV7(NOW), {
      card: () => connection,
      codeReader: readerOf(card),
      trust: workshop.trust,
      verifier: () => ({ enrol: () => Promise.reject(new KioskFailure(code)), verify: () => Promise.reject(new Error('not used')) }),
      camera: { nextFrame: () => Promise.reject(new Error('not used')), start: () => undefined, stop: () => undefined },
      faceTimeoutMs: 1000,
      uplink: { submit: () => Promise.reject(new Error('not used')), request: () => Promise.reject(new Error('not used')) },
      lookTimeoutMs: 1000,
      place: { site: 'clinic', kiosk: 'kiosk-1' },
      clock: { ...systemClock, now: () => NOW },
      random: systemRandom,
      refusedCodes: new RefusedCodes(),
      log: silentLog,
    });
    t.equal((await session.read(never)).photo, photo, code);
    session.close();
  }
});
