import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { SpoofEvidence } from '../../src/faceauth/antispoof/spoof-evidence.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import { lookAt } from '../../src/faceauth/look.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';
import { decodePicture, encodeJpeg, renderSvg, toCardPhoto } from '../../src/faceauth/pictures.ts';
import { cosine, detectFaces } from '../../src/faceauth/stages.ts';
import { DEFAULT_LIVENESS_THRESHOLD, embedPortrait } from '../../src/faceauth/verifier.ts';
import { residentByName, residentPortrait, residents } from '../../src/twin/residents.ts';

test('the real models know every drawn resident again, and keep every two apart', async (t) => {
  const models = await loadFaceModels();
  t.teardown(() => models.close());
  const people = await Promise.all(
    residents().map(async ({ id }) => {
      const photo = await toCardPhoto(await renderSvg(residentPortrait(id, 'card'), 480, 640));
      const card = await decodeJp2(await encodeCardPhoto(photo));
      const camera = await decodePicture(await encodeJpeg(await renderSvg(residentPortrait(id, 'camera'), 640, 480)));
      const [cardFace, cameraFace] = [await detectFaces(models, card), await detectFaces(models, camera)];
      const look = await lookAt(models, camera);
      const spoof = new SpoofEvidence();
      if (look.embedding !== undefined) spoof.observeStill(camera, look.face);
      return { id, card: await embedPortrait(models, card), look, liveness: spoof.liveness, cardFace, cameraFace };
    }),
  );
  t.ok(people.length >= 6);
  for (const { id, card, look, liveness, cardFace, cameraFace } of people) {
    t.ok(cardFace.length === 1 && (cardFace[0]?.score ?? 0) > 0.99, `${id} is found on the card`);
    t.ok(cameraFace.length === 1 && (cameraFace[0]?.score ?? 0) > 0.99, `${id} is found before the camera`);
    if (look.hint !== undefined || look.embedding === undefined) {
      t.fail(`${id} is held back: ${look.hint}`);
      continue;
    }
    t.ok(cosine(card, look.embedding) >= 0.6, `${id} is known again: ${cosine(card, look.embedding).toFixed(3)}`);
    t.ok(liveness >= 1.5 * DEFAULT_LIVENESS_THRESHOLD, `${id} passes as living: ${liveness.toFixed(3)}`);
    for (const other of people) {
      if (other.id === id) continue;
      t.ok(cosine(card, other.card) < 0.4, `${id} and ${other.id} on their cards: ${cosine(card, other.card).toFixed(3)}`);
      t.ok(cosine(other.card, look.embedding) < 0.4, `${id} with ${other.id}'s card: ${cosine(other.card, look.embedding).toFixed(3)}`);
    }
  }
});

test('residents are children to aged, women and men, with and without glasses', async (t) => {
  const people = residents();
  t.equal(new Set(people.map(({ id }) => id)).size, people.length);
  for (const sex of ['male', 'female']) t.ok(people.some((person) => person.sex === sex));
  const years = people.map(({ birth }) => Number(birth.slice(0, 4)));
  t.ok(Math.max(...years) >= 2012 && Math.min(...years) <= 1946);
  t.ok(people.some(({ shape }) => shape.glasses !== undefined) && people.some(({ shape }) => shape.glasses === undefined));
  t.equal(residentByName('nobody'), undefined);
  t.throws(() => residentPortrait('nobody', 'card'), RangeError);
});
