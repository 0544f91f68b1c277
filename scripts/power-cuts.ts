// Pulls the plug of the booted image at random moments of visits, again and again, and counts what the patients were told and the terminal has.
//   npm run power-cuts -- [--cuts 100] [--replays 0] [--seed N] [--json FILE]     (KAZASHI_IMAGE=FILE: another image than image/out/kazashi-amd64.img)
// Each cut leaves of what the box wrote since the last answered flush a part only, some of it torn: see test/image/write-log.ts.
// The box is started again after each; `--replays N` looks at N more cuts of each round without a start: at random points of its log, every other
// one right after a patient was told, what the box's own program still reads on the mended disk or the terminal had by then.
// In every other round the terminal stands still from some moment on, so that the box alone holds what it told its patients.

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dice } from '../test/dice.ts';
import { BoxLab, type Kept, NO_IMAGE } from '../test/image/box-lab.ts';
import { IDLE, visitByPin } from '../test/image/visit.ts';
import { countEntries, cutOff, Replay } from '../test/image/write-log.ts';
import { optionsOf, wholeNumber } from './options.ts';

const USAGE = 'npm run power-cuts -- [--cuts 100] [--replays 0] [--seed N] [--json FILE]';
const values = optionsOf(USAGE, {
  cuts: { type: 'string', default: '100' },
  replays: { type: 'string', default: '0' },
  json: { type: 'string' },
  seed: { type: 'string', default: '1' },
});
const cuts = wholeNumber(USAGE, 'cuts', values.cuts, 1);
const replays = wholeNumber(USAGE, 'replays', values.replays, 0);
const seed = wholeNumber(USAGE, 'seed', values.seed, 0);
const random = dice(seed);
if (NO_IMAGE !== false) {
  process.stdout.write(`skipped: ${NO_IMAGE}\n`);
  process.exit(0);
}

interface Patient {
  readonly from: number;
  readonly to: number;
  /** Entries of that round's log when the patient had been told; 0 in a later round. */
  mark: number;
}

const lab = new BoxLab();
/** From when to when a patient was there who was told at the end that the result is kept. */
const told: Patient[] = [];
/** Box and host keep the same time, but for the second that a clock chip counts in. */
const CLOCK_MS = 3000;
const SAMPLE_MS = 250;
/** So many writes and flushes later than the patient was told. */
const AFTER_TOLD = 20;
/** Patients of whom nothing is known there: each visit answers for one, the one in whose time it was. */
const missingIn = (visits: readonly Kept[], patients: readonly Patient[]): number => {
  const times = [...new Map(visits.map(({ id, at }) => [id, at])).values()];
  return patients.filter(({ from, to }) => {
    const found = times.findIndex((at) => at >= from - CLOCK_MS && at <= to + CLOCK_MS);
    if (found >= 0) times.splice(found, 1);
    return found < 0;
  }).length;
};
const missingAtTerminal = (): number => missingIn(lab.visits(), told);
const total = { cuts: 0, replays: 0, missingInReplays: 0, visits: 0, stored: 0, kept: 0, lost: 0, torn: 0, flushes: 0 };
/** How long a visit takes on this machine: cuts fall within one and a bit. */
let visitMs = 60_000;

/** How many entries the log had when. */
let samples: { readonly time: number; readonly entries: number }[] = [];

/** Cuts of the round that has just ended, each seen from its beginning. The disk is as it was afterwards, but for what a flush kept. */
const replayed = async (from: number): Promise<void> => {
  const entries = countEntries(lab.writeLog);
  const marks = told.filter(({ mark }) => mark > 0).map(({ mark }) => mark);
  const points = Array.from({ length: replays }, (_, i) => {
    const mark = i % 2 === 0 ? undefined : marks[Math.floor(random() * marks.length)];
    return mark === undefined
      ? from + Math.floor(random() * (entries - from + 1))
      : Math.min(entries, mark + Math.floor(random() * AFTER_TOLD));
  });
  const replay = new Replay(lab.writeLog, lab.disk);
  for (const point of points.sort((a, b) => a - b)) {
    replay.cutAt(point, random);
    const time = samples.find((sample) => sample.entries >= point)?.time ?? Number.POSITIVE_INFINITY;
    const atTerminal = lab.visits().filter(({ receivedAt }) => receivedAt <= time);
    const due = told.filter(({ mark }) => mark <= point);
    const missing = due.length === 0 ? 0 : missingIn([...(await lab.kept()), ...atTerminal], due);
    if (missing > 0) process.stdout.write(`replay at ${point}: ${missing} of ${due.length} patients are nowhere\n`);
    total.missingInReplays += missing;
    total.replays += 1;
    replay.undo();
  }
  replay.close();
};

const oneRound = async (): Promise<void> => {
  await lab.plugIn({ logWrites: true });
  await lab.panel.sees(IDLE);
  const idleAt = countEntries(lab.writeLog);
  for (const one of told) one.mark = 0;
  samples = [];
  const sampling = setInterval(() => samples.push({ time: Date.now(), entries: countEntries(lab.writeLog) }), SAMPLE_MS);
  let going = true;
  const patients = (async () => {
    while (going) {
      const from = Date.now();
      total.visits += 1;
      const { checkIn } = await visitByPin(lab);
      told.push({ from, to: Date.now(), mark: countEntries(lab.writeLog) });
      if (checkIn === 'stored') total.stored += 1;
      visitMs = Date.now() - from;
      lab.takeCard();
      await lab.panel.sees(IDLE);
    }
  })().catch((error: unknown) => {
    if (going) throw error;
  });
  const terminalStops = total.cuts % 2 === 1;
  const cutAfter = random() * visitMs * 1.5;
  const stopAfter = random() * cutAfter;
  if (terminalStops) {
    await sleep(stopAfter);
    lab.terminal?.child.kill('SIGSTOP');
  }
  await Promise.race([sleep(cutAfter - (terminalStops ? stopAfter : 0)), patients]);
  going = false;
  await lab.cut();
  clearInterval(sampling);
  await patients;
  lab.takeCard();
  lab.terminal?.child.kill('SIGCONT');
  if (replays > 0) await replayed(idleAt);
  const left = cutOff(lab.writeLog, lab.disk, random);
  for (const key of ['kept', 'lost', 'torn', 'flushes'] as const) total[key] += left[key];
  total.cuts += 1;
  process.stdout.write(
    `cut ${total.cuts}: after ${(cutAfter / 1000).toFixed(1)} s${terminalStops ? ', terminal away' : ''}; ` +
      `${left.flushes} flushes, of the rest ${left.kept} kept, ${left.lost} lost, ${left.torn} torn; ` +
      `so far ${told.length} patients told (${total.stored} stored), terminal ${lab.visits().length}\n`,
  );
};

let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));
let missing: number | undefined;
try {
  await lab.setUp({ evidence: '.tap/power-cuts' });
  while (total.cuts < cuts && !stopped) await oneRound();
  // A last start: what the box still holds comes now.
  await lab.plugIn();
  await lab.panel.sees(IDLE);
  const end = performance.now() + 120_000;
  do {
    missing = missingAtTerminal();
    if (missing > 0) await sleep(500);
  } while (missing > 0 && performance.now() < end);
} finally {
  await lab.stop();
}
const summary = { ...total, told: told.length, seed, missing };
if (replays > 0) process.stdout.write(`${total.replays} cuts replayed, ${total.missingInReplays} patients nowhere after them\n`);
process.stdout.write(
  `${total.cuts} cuts, ${told.length} visits told to patients (${total.stored} of them stored), ${missing} missing at the terminal\n`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(summary, null, 2)}\n`);
process.exit(missing === 0 && total.missingInReplays === 0 ? 0 : 1);
