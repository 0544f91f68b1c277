// What is left of a patient in the kiosk's memory after a visit by face: read from outside, byte by byte, and in a heap snapshot.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { encodeJpeg, renderSvg, toCardPhoto } from '../../src/faceauth/pictures.ts';
import { residentPortrait } from '../../src/twin/residents.ts';

const VISIT = fileURLToPath(new URL('fixtures/one-visit.ts', import.meta.url));
const person = 'sato-haruka';

/** How often each needle is in the writable memory of a process. */
const searchMemory = (pid: number, needles: Readonly<Record<string, Buffer>>): Record<string, number> => {
  const found = Object.fromEntries(Object.keys(needles).map((name) => [name, 0]));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    const step = 1 << 24;
    for (let at = start; at < end; at += step) {
      const part = Buffer.alloc(Math.min(step + 64, end - at));
      try {
        readSync(memory, part, 0, part.length, at);
      } catch {
        continue; // Reserved and not there.
      }
      for (const [name, needle] of Object.entries(needles)) {
        for (let i = part.indexOf(needle); i !== -1; i = part.indexOf(needle, i + 1)) if (i < step) found[name] = (found[name] ?? 0) + 1;
      }
    }
  }
  closeSync(memory);
  return found;
};

const skip = existsSync('/proc/self/maps') ? false : 'reads the memory of a process, as Linux shows it';

test('after a visit nothing of photo, frames and embedding is in memory', { skip, timeout: 120_000 }, async (t) => {
  const folder = t.testdir({});
  const photo = Buffer.from(await encodeCardPhoto(await toCardPhoto(await renderSvg(residentPortrait(person, 'card'), 480, 640))));
  const frame = Buffer.from(await encodeJpeg(await renderSvg(residentPortrait(person, 'camera'), 640, 480)));
  writeFileSync(`${folder}/photo.jp2`, photo);
  writeFileSync(`${folder}/frame.jpg`, frame);
  const middle = (bytes: Buffer) => bytes.subarray(bytes.length >> 1, (bytes.length >> 1) + 48);

  const run = (...words: string[]) =>
    new Promise<{ outcome: string; frames: number; left: Record<string, number> }>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', VISIT, folder, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the visit ended with ${code}`)));
      createInterface({ input: child.stdout }).once('line', (line) => {
        const { outcome, frames, turned } = JSON.parse(line) as { outcome: string; frames: number; turned: string };
        const embedding = Buffer.from(turned, 'hex').map((byte) => byte ^ 0xff);
        const left = searchMemory(child.pid as number, { photo: middle(photo), frame: middle(frame), embedding: Buffer.from(embedding) });
        resolve({ outcome, frames, left });
        child.stdin.write('\n');
      });
    });

  const forgotten = await run('', 'hold');
  t.equal(forgotten.outcome, 'match');
  t.ok((forgotten.left['photo'] ?? 0) > 0 && (forgotten.left['embedding'] ?? 0) > 0, 'the search finds what was not wiped');
  const snapshot = `${folder}/after.heapsnapshot`;
  const wiped = await run(snapshot);
  t.equal(wiped.outcome, 'match');
  t.ok(wiped.frames >= 3);
  t.same(wiped.left, { photo: 0, frame: 0, embedding: 0 });
  const heap = readFileSync(snapshot, 'utf8');
  t.ok(heap.includes('"snapshot"') && heap.length > 1e6);
  for (const [name, bytes] of Object.entries({ photo: middle(photo), frame: middle(frame) }))
    for (const encoding of ['hex', 'base64', 'latin1'] as const)
      t.notOk(heap.includes(bytes.subarray(0, 45).toString(encoding).slice(2, 40)), `${name} is no string, ${encoding}`);
});
