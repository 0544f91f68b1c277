// Hostile and honest input for everything the card layer parses, and what must hold for each: honest bytes come back as they were written, damaged
// ones end in a value or in the failure that is meant for them. Honest input is built first, then cut, spliced, flipped, nested and inflated.

import '../fuzz/sizes.ts';
import fc from 'fast-check';
import { encodeTlv, parseTlv, parseTlvs, type Tlv } from '../../src/card/ber.ts';
import { CardFaceFile, FACE_OBJECTS, FACE_TAG, parseAttributes } from '../../src/card/card-face.ts';
import type { CardChannel } from '../../src/card/channel.ts';
import { parseCvCertificate } from '../../src/card/cv-certificate.ts';
import { cardProfile2016 } from '../../src/card/profile.ts';
import { parseRevocationList } from '../../src/card/revocation-list.ts';
import { certificateKey, parseCertificate } from '../../src/card/trust.ts';
import { createSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { issueHolderCertificate, issueRevocationList } from '../../src/card/twin/certificates.ts';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { newKeyPairFor, newRsaKeyPair } from '../../src/card/twin/keys.ts';
import { concat, equal } from '../../src/core/bytes.ts';
import { type FailureCode, isFailure } from '../../src/core/failure.ts';
import { decodeJp2, warmUpJp2 } from '../../src/faceauth/jp2.ts';
import { NOW } from './fixtures/cards.ts';
import { both, delta, distributionPoint, flag, makeList, municipalName, relative, someReasons, unheardOf } from './fixtures/lists.ts';

interface CardFuzzTarget {
  readonly name: string;
  readonly input: fc.Arbitrary<unknown>;
  holds(input: unknown): boolean | Promise<boolean>;
}
const target = <T>(name: string, input: fc.Arbitrary<T>, holds: (input: T) => boolean | Promise<boolean>): CardFuzzTarget => ({
  name,
  input,
  holds: (value) => holds(value as T),
});

/** Bytes of one or two honest inputs after something happened to them. */
const damaged = (honest: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.tuple(honest, fc.nat()).map(([bytes, at]) => bytes.slice(0, at % (bytes.length + 1))),
    fc.tuple(honest, honest, fc.nat(), fc.nat()).map(([a, b, i, j]) => concat(a.subarray(0, i % (a.length + 1)), b.subarray(j % (b.length + 1)))),
    fc.tuple(honest, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })).map(([bytes, flips]) => {
      const changed = bytes.slice();
      for (const [at, flip] of flips) if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ flip;
      return changed;
    }),
    // Nested: an object inside an object, hundreds deep.
    fc.tuple(honest, fc.constantFrom(0x30, 0xff20, 0xa0), fc.integer({ min: 1, max: 300 })).map(([bytes, tag, depth]) => {
      let nested = bytes.slice(0, 4000);
      for (let level = 0; level < depth; level += 1) nested = Uint8Array.from(encodeTlv(tag, nested));
      return nested;
    }),
    // Inflated: a length field that promises up to 16 MB.
    fc.tuple(honest, fc.nat(), fc.integer({ min: 0, max: 0xff_ffff })).map(([bytes, at, length]) => {
      const changed = bytes.slice();
      changed.set(Uint8Array.of(0x83, length >> 16, (length >> 8) & 0xff, length & 0xff).subarray(0, changed.length), Math.min(at % (changed.length + 1), Math.max(0, changed.length - 4)));
      return changed;
    }),
    fc.uint8Array({ maxLength: 300 }),
  ); // biome-ignore format: a kind of damage each

/** True: a value, or a failure of one of these codes. */
const endsWell = (codes: readonly FailureCode[], run: () => unknown): boolean => {
  try {
    run();
    return true;
  } catch (error) {
    return isFailure(error) && codes.includes(error.code);
  }
};
const MALFORMED: readonly FailureCode[] = ['card/malformed'];

const leaf = fc
  .tuple(fc.constantFrom(0x02, 0x04, 0x06, 0x0c, 0x5f37, 0xdf27, 0x9f8101), fc.uint8Array({ maxLength: 300 }))
  .map(([tag, value]) => encodeTlv(tag, value));
const tree: fc.Arbitrary<Uint8Array> = fc.letrec<{ node: Uint8Array }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0x7f21, 0xff20), fc.array(tie('node'), { maxLength: 5 }))
      .map(([tag, parts]) => encodeTlv(tag, ...parts)),
  ),
})).node;

/** A card face file of arbitrary content, as a card stores it: with its table, and padded. */
const faceFile = fc
  .tuple(fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 9, maxLength: 9 }), fc.nat(300))
  .map(([values, filler]) => {
    const objects = FACE_OBJECTS.map((tag, i) => encodeTlv(tag, values[i] ?? new Uint8Array()));
    const tableLength = 3 + 18;
    const body = tableLength + objects.reduce((sum, object) => sum + object.length, 0);
    let at = encodeTlv(FACE_TAG.file, new Uint8Array(body)).length - body + tableLength;
    const table = objects.flatMap((object) => {
      const offset = at;
      at += object.length;
      return [offset >> 8, offset & 0xff];
    });
    return concat(
      encodeTlv(FACE_TAG.file, encodeTlv(FACE_TAG.offsets, Uint8Array.from(table)), ...objects),
      new Uint8Array(filler).fill(0xff),
    );
  });

/** A chip with one file. Answers more or fewer bytes than asked for when `lies` says so. */
const fileChannel = (file: Uint8Array, lies: readonly number[]): CardChannel => {
  let turn = 0;
  return {
    async send({ p1, p2, le = 0 }) {
      const offset = (p1 & 0x80) === 0 ? (p1 << 8) | p2 : p2;
      const lie = lies[turn] ?? 0;
      turn += 1;
      if (turn > 1000) throw new Error('endless');
      if (offset >= file.length) return { data: new Uint8Array(), sw: 0x6b00 };
      return { data: file.slice(offset, offset + Math.max(0, le + lie)), sw: 0x9000 };
    },
  };
};

const readFace = async (file: Uint8Array, lies: readonly number[] = []): Promise<Tlv[]> => {
  const face = await CardFaceFile.open(fileChannel(file, lies), cardProfile2016);
  await face.read(FACE_TAG.photo);
  await face.readRest();
  face.checkStructure();
  return FACE_OBJECTS.map((tag) => face.object(tag));
};

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const attributes = fc.tuple(text, text).map(([name, address]) => {
  const utf8 = (value: string) => new TextEncoder().encode(value);
  return encodeTlv(
    0xff20,
    encodeTlv(0xdf22, utf8(name)),
    encodeTlv(0xdf23, utf8(address)),
    encodeTlv(0xdf24, utf8('19800217')),
    encodeTlv(0xdf25, utf8('2')),
  );
});

const days = (from: number) => ({ notBefore: new Date(NOW - from * 86_400_000), notAfter: new Date(NOW + from * 86_400_000) });

const never = (): never => {
  throw new Error('no issuer');
};

/** Honest certificates, lists and photos: made once, with keys of both generations. */
const honestFiles = async () => {
  const issuers = await Promise.all(
    [newRsaKeyPair, newKeyPairFor('2028-draft')].map(async (newKeyPair) => ({
      issuer: await createSyntheticAuthority({ now: NOW, newKeyPair }),
      pair: await newKeyPair(),
    })),
  );
  const certificates = await Promise.all(
    issuers.map(({ issuer, pair }) =>
      issueHolderCertificate({ publicKey: pair.publicKey, authority: issuer, commonName: 'ABCDEFGHJKLMN131010001A', ...days(400) }),
    ),
  );
  const grey = (side: number) =>
    encodeCardPhoto({ width: side, height: side, data: Uint8Array.from({ length: side * side }, (_, i) => (i * 37) & 0xff) }, 900);
  return {
    certificates: [...certificates, ...issuers.map(({ issuer }) => issuer.certificate)],
    signers: issuers.map(({ issuer }) => issuer.faceSignerCertificate),
    lists: [
      ...(await Promise.all(issuers.map(({ issuer }, i) => issueRevocationList(issuer, certificates.slice(0, i + 1), NOW)))),
      // Every kind of issuing distribution point, and what makes a list unusable.
      ...[
        [distributionPoint(both(municipalName('East-shi'), 'http://crl.example/east.crl'), flag(1))],
        [distributionPoint(relative, someReasons, flag(4)), delta, unheardOf(false)],
        [distributionPoint(flag(2), flag(5))],
      ].map((extensions) => makeList({ issuer: issuers[1]?.issuer ?? never(), revoked: certificates, thisUpdate: NOW, extensions })),
    ],
    photos: [await grey(32), await grey(48)],
  };
};

/** Photos whose SIZ marker (ISO/IEC 15444-1, A.5.1) promises other sizes, tiles or component counts than there are. */
const boasting = (photos: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> => {
  const side = fc.oneof(fc.integer({ min: 16, max: 360 }), fc.nat(2200), fc.nat(0xffff_ffff));
  // One tile, mostly: a codec reserves all of it. Or as many as there can be.
  const tile = fc.option(fc.oneof(fc.integer({ min: 1, max: 40 }), side));
  return fc
    .tuple(fc.constantFrom(...photos), side, side, tile, tile, fc.option(fc.nat(0xffff)))
    .map(([photo, width, height, tileWidth, tileHeight, components]) => {
      const changed = photo.slice();
      const at = Buffer.from(changed.buffer).indexOf(Buffer.from('ff4fff51', 'hex'));
      const view = new DataView(changed.buffer, at + 8);
      view.setUint32(0, width);
      view.setUint32(4, height);
      view.setUint32(16, tileWidth ?? width);
      view.setUint32(20, tileHeight ?? height);
      if (components !== null) view.setUint16(32, components);
      return changed;
    });
};

/** Photos whose COD marker (A.6.1) promises other layers, decompositions, code blocks and precincts than there are. */
const miscoded = (photos: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...photos),
      fc.tuple(fc.nat(7), fc.nat(4), fc.oneof(fc.nat(3), fc.nat(0xffff)), fc.nat(1)),
      fc.tuple(fc.nat(33), fc.nat(8), fc.nat(8), fc.nat(63), fc.nat(1)),
      fc.nat(0xff),
    )
    .map(([photo, [style, order, layers, transform], [levels, ...blocks], precinct]) => {
      const at = Buffer.from(photo).indexOf(Buffer.from('ff52', 'hex'));
      const end = at + 2 + Buffer.from(photo).readUInt16BE(at + 2);
      const precincts = (style & 1) === 0 ? [] : Array.from({ length: levels + 1 }, () => precinct);
      const body = Uint8Array.of(style, order, layers >> 8, layers & 255, transform, levels, ...blocks, ...precincts);
      const changed = concat(photo.subarray(0, at), Uint8Array.of(0xff, 0x52, 0, body.length + 2), body, photo.subarray(end));
      return withBoxLength(changed, changed.length - photo.length);
    });

/** The codestream box (I.5.4) grown by what its contents grew. */
const withBoxLength = (photo: Uint8Array, grown: number): Uint8Array => {
  const bytes = Buffer.from(photo);
  const at = bytes.indexOf('jp2c', 'latin1') - 4;
  if (bytes.readUInt32BE(at) !== 0) bytes.writeUInt32BE(bytes.readUInt32BE(at) + grown, at);
  return new Uint8Array(bytes);
};

/** Other boxes (I.4) before the codestream: empty, wrongly long, or with a codestream's beginning that is not the picture's. */
const boxed = (photos: readonly Uint8Array[], inner: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> => {
  const contents = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...photos.map((photo) => photo.subarray(Buffer.from(photo).indexOf('jp2c', 'latin1') + 4)))); // biome-ignore format: one row
  const box = fc
    .tuple(contents, fc.constantFrom('free', 'uuid', 'jp2h', 'xml '), fc.option(fc.oneof(fc.nat(20), fc.nat(0xffff_ffff)), { freq: 8 }))
    .map(([bytes, type, length]) => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(length ?? bytes.length + 8);
      head.write(type, 4, 'latin1');
      return concat(head, bytes);
    });
  return fc.tuple(inner, fc.array(box, { minLength: 1, maxLength: 3 })).map(([photo, boxes]) => {
    const at = Buffer.from(photo).indexOf('jp2c', 'latin1') - 4;
    return at < 0 ? photo : concat(photo.subarray(0, at), ...boxes, photo.subarray(at));
  });
};

/** Keys are made anew each time, so a finding is kept by its bytes where they hold no key, and by its seed where the structure alone matters. */
export const openCardFuzzTargets = async (): Promise<readonly CardFuzzTarget[]> => {
  const { certificates, signers, lists, photos } = await honestFiles();
  await warmUpJp2();
  // The codec's own memory grows with its first picture and is kept.
  for (const photo of photos) await decodeJp2(photo);
  const one = (files: readonly Uint8Array[]) => fc.constantFrom(...files);
  return [
    target(
      'ber: what was written is read back, whatever stands behind it',
      fc.tuple(fc.array(tree, { maxLength: 5 }), fc.uint8Array({ maxLength: 20 })),
      ([nodes, tail]) => {
        const whole = encodeTlv(0xff20, ...nodes);
        const read = parseTlvs(parseTlv(concat(whole, tail)).value);
        return read.length === nodes.length && read.every(({ raw }, i) => equal(raw, nodes[i] ?? new Uint8Array()));
      },
    ),
    target('ber: damaged bytes end in objects inside the input, or in card/malformed', damaged(tree), (bytes) =>
      endsWell(MALFORMED, () => {
        const objects = parseTlvs(bytes);
        if (objects.reduce((sum, { raw }) => sum + raw.length, 0) !== bytes.length) throw new Error('objects that are not the input');
      }),
    ),
    target('card face: every file is read back object by object', faceFile, async (file) => {
      const objects = await readFace(file);
      return objects.length === 9 && equal(concat(...objects.map(({ raw }) => raw)), parseTlv(file).value.subarray(21));
    }),
    target(
      'card face: damaged files and lying cards end in objects or in a failure',
      fc.tuple(damaged(faceFile), fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 6 })),
      ([file, lies]) =>
        readFace(file, lies).then(
          (objects) => objects.length === 9,
          (error: unknown) => isFailure(error, 'card/malformed') || isFailure(error, 'card/read-failed'),
        ),
    ),
    target('attributes: damaged files end in four texts or in card/malformed', damaged(attributes), (bytes) =>
      endsWell(MALFORMED, () => parseAttributes(bytes)),
    ),
    target(
      'certificates: damaged ones end in fields and a key, or in card/malformed',
      damaged(one(certificates)),
      (bytes) => endsWell(MALFORMED, () => parseCertificate(bytes)) && endsWell(MALFORMED, () => certificateKey(bytes)),
    ),
    target('card-verifiable certificates: damaged ones end in a key or in card/malformed', damaged(one(signers)), (bytes) =>
      endsWell(MALFORMED, () => parseCvCertificate(bytes)),
    ),
    target('revocation lists: damaged ones end in serials or in card/malformed', damaged(one(lists)), (bytes) =>
      endsWell(MALFORMED, () => {
        const { scope, revoked } = parseRevocationList(bytes);
        if (scope.names?.some((name) => typeof name !== 'string') === true || [...revoked].some((serial) => !/^[0-9a-f]*$/.test(serial)))
          throw new Error('no names or serials');
      }),
    ),
    target(
      'jp2: damaged photos end in a picture of their size or in face/photo-unreadable',
      fc.oneof(damaged(one(photos)), boasting(photos), miscoded(photos), boxed(photos, boasting(photos))),
      (bytes) =>
        decodeJp2(bytes).then(
          ({ width, height, channels, data }) => data.length === width * height * channels,
          (error: unknown) => isFailure(error, 'face/photo-unreadable'),
        ),
    ),
  ];
};
