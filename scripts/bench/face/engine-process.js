// One engine alone in a process, so that its memory and its thread are its own. Plain JavaScript on purpose: a loader would be measured too.
//   fork(engine-process.js, [ENGINE, FOLDER, VARIANT]); messages as engine.ts says.

import { decodePicture } from '../../../dist/faceauth/pictures.js';

const [, , name, folder, variant] = process.argv;
const WARM_UP = 5;
const rssMb = () => process.memoryUsage.rss() / 1024 / 1024;
const answer = (message) => process.send(message);

const { open } = await import(`./engine-${name}.js`);
const engine = await open(folder, variant);

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Every way over every frame, one after the other; in turns, so that a busy moment of the machine meets all of them. */
const time = async (frames, rounds, card) => {
  const enrolled = await engine.card(card);
  const pictures = [];
  for (const frame of frames) pictures.push(await decodePicture(frame));
  const ways = {
    locate: (i) => engine.locate(pictures[i]),
    recognise: (i) => engine.recognise(pictures[i]),
    judge: (i) => engine.judge(pictures[i]),
    decide: async (i) => {
      const judged = await engine.judge(await decodePicture(frames[i]));
      return judged !== undefined && enrolled !== undefined && dot(enrolled, judged.embedding) > 0;
    },
  };
  const ms = { locate: [], recognise: [], judge: [], decide: [] };
  /** Processor time of `decide`: what another program's load does not change. */
  const cpuMs = [];
  for (let i = 0; i < WARM_UP; i++) for (const way of Object.values(ways)) await way(i % frames.length);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < frames.length; i++) {
      for (const [way, run] of Object.entries(ways)) {
        const [start, used] = [performance.now(), process.cpuUsage()];
        await run(i);
        ms[way].push(performance.now() - start);
        const { user, system } = process.cpuUsage(used);
        if (way === 'decide') cpuMs.push((user + system) / 1000);
      }
    }
  }
  return { ...ms, cpu: cpuMs };
};

const handle = async (message) => {
  if (message.type === 'card') return { vector: await engine.card(message.picture) };
  if (message.type === 'frame') return { vector: await engine.recognise(await decodePicture(message.jpeg)) };
  const ms = await time(message.frames, message.rounds, message.card);
  return { ms, live: (await engine.judge(await decodePicture(message.frames[0])))?.live };
};

process.on('message', (message) => {
  handle(message).then(
    (result) => answer({ ...result, rssMb: rssMb(), peakMb: process.resourceUsage().maxRSS / 1024 }),
    (error) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
answer({ backend: engine.backend, rssMb: rssMb() });
