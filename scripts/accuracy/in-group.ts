// False matches within a group of people who look alike more than strangers do, beside those over all people. Pure.
// The data set says nothing of descent: family names stand for it, which is coarse; whoever is wrongly in or out makes the difference smaller.

import { crossScores } from '../../src/faceauth/evaluation/score-table.ts';
import { identityOf } from '../../src/faceauth/evaluation/verification.ts';
import type { EmbeddedFace } from './embed-set.ts';

/** Chinese, Korean and Vietnamese family names come first, Japanese ones last; given names that read the same are left out by the second list. */
const FIRST = /^(Chang|Chen|Choi|Chung|Gao|Hu|Jiang|Jong|Kim|Lee|Liu|Park|Phan|Tang|Tian|Tung|Wang|Wen|Yoon|Zhang|Zhong|Chan_Ho)_/;
const LAST = /_(Leung|Xu|Chen|Matsui|Sato|Watanabe|Idei|Ishiba|Suzuki|Yamada|Mori|Koizumi|Fukuda|Kawaguchi|Tanaka)$/;
const GIVEN = /^(Kim_(Clijsters|Weeks|Yale)|Lee_(Ann|Baca)|Park_Avenue)/;

export const IN_GROUP_THRESHOLDS = [0.4, 0.45, 0.5] as const;

export const measureInGroup = (faces: readonly EmbeddedFace[]) => {
  const rates = (rows: readonly EmbeddedFace[]) => {
    const numbers = new Map([...new Set(rows.map(({ path }) => identityOf(path)))].map((name, i) => [name, i]));
    const dimensions = rows.find(({ frame }) => frame !== undefined)?.frame?.length ?? 512;
    const flat = (side: 'chip' | 'frame'): Float32Array => {
      const out = new Float32Array(rows.length * dimensions);
      rows.forEach((row, i) => {
        const vector = row[side];
        if (vector !== undefined) out.set(vector, i * dimensions);
      });
      return out;
    };
    const table = crossScores(flat('chip'), flat('frame'), rows.map(({ path }) => numbers.get(identityOf(path)) as number), dimensions); // biome-ignore format: one call
    return { pictures: rows.length, people: numbers.size, pairs: table.total, fmr: IN_GROUP_THRESHOLDS.map((at) => table.shareFrom(at)) };
  };
  const group = faces.filter(({ path }) => {
    const name = identityOf(path);
    return (FIRST.test(name) || LAST.test(name)) && !GIVEN.test(name);
  });
  return { all: rates(faces), group: rates(group) };
};
