// Patients come to two kiosks while kiosks, terminal and broker are killed (SIGKILL) at random moments. Afterwards the terminal's database is
// asked: everybody who saw "done" must be there exactly once, in the order of the kiosk.

import Database from 'libsql';
import { uuidV7 } from '../../../src/core/ids.ts';
import { dice } from '../../dice.ts';
import { type KioskProcess, Lab, type Process, pause, until } from './lab.ts';

/** How many visits a kiosk may have been given that it has not yet stored: some are in the middle of it whenever it is killed. */
const LINE = 4;

export interface CrashReport {
  readonly visits: number;
  /** Patients who were told that their visit cannot be taken. */
  readonly refused: number;
  /** Patients whose kiosk was killed before it said anything; the terminal may have them or not. */
  readonly cutOff: number;
  /** Processes that ended by SIGKILL. */
  readonly kills: { readonly kiosk: number; readonly terminal: number; readonly broker: number };
  /** Patients who saw "done" and are not at the terminal. */
  readonly lost: number;
  /** Accepted or numbered more than once. */
  readonly doubled: number;
  /** A visit that the terminal has before an earlier one of the same kiosk. */
  readonly reordered: number;
  /** At the terminal although nobody came. */
  readonly invented: number;
  /** Answered with a repeat: the proof that there was something to be doubled. */
  readonly repeats: number;
  readonly seconds: number;
}

interface Row {
  readonly visit_id: string;
  readonly kiosk: string;
  readonly seq: number;
  readonly number: string;
}

const answers = (terminals: readonly Process[], status: string): string[] =>
  terminals.flatMap((one) =>
    one
      .errors()
      .split('\n')
      .filter((line) => line.includes('message-answered') && line.includes(`"status":"${status}"`))
      .map((line) => {
        const { kiosk, seq } = JSON.parse(line) as { kiosk: string; seq: number };
        return `${kiosk} ${seq}`;
      }),
  );

/** Every victim once in each round, in an order drawn anew, so that no run spares one of them. */
const victims = function* <Victim>(all: readonly Victim[], random: () => number): Generator<Victim, never> {
  for (;;) {
    const round = all.map((victim) => ({ victim, place: random() })).sort((a, b) => a.place - b.place);
    for (const { victim } of round) yield victim;
  }
};

/** Until `visits` patients saw "done" and kiosk, terminal and broker were each killed `fewestKills` times: a slow machine starts its processes slowly. */
export const crashRun = async (visits: number, seed: number, fewestKills = Math.ceil(visits / 100)): Promise<CrashReport> => {
  const random = dice(seed);
  const started = performance.now();
  const lab = new Lab();
  const kiosks = ['kiosk-1', 'kiosk-2'] as const;
  const kills = { kiosk: 0, terminal: 0, broker: 0 };
  const terminals: Process[] = [];
  const runs: KioskProcess[] = [];
  const came = new Set<string>();
  const start = (kiosk: string): KioskProcess => {
    const run = lab.startKiosk(kiosk, 'ackTimeoutSeconds = 1', '20', '300');
    runs.push(run);
    return run;
  };
  const done = () => runs.reduce((sum, run) => sum + run.look().done.length, 0);
  try {
    await lab.make(...kiosks);
    let broker = await lab.startBroker();
    terminals.push(await lab.startTerminal());
    const now = new Map(kiosks.map((kiosk) => [kiosk as string, start(kiosk)]));
    let killing = true;
    const patients = async (kiosk: string): Promise<void> => {
      while (done() < visits || Math.min(kills.kiosk, kills.terminal, kills.broker) < fewestKills) {
        const run = now.get(kiosk);
        // Nobody comes to a kiosk that is only starting, or where others stand in line.
        if (run !== undefined && run.look().states.length > 0 && run.waiting < LINE) {
          const visit = uuidV7(Date.now());
          came.add(visit);
          run.finish(visit);
        }
        await pause(10 + random() * 50);
      }
    };
    const kill = async (kind: keyof typeof kills, victim: Process | undefined): Promise<void> => {
      await victim?.end('SIGKILL');
      if (victim?.child.signalCode === 'SIGKILL') kills[kind] += 1;
    };
    const murderer = async (): Promise<void> => {
      for (const victim of victims([...kiosks, 'terminal', 'broker'], random)) {
        await pause(100 + random() * 900);
        if (!killing) return;
        if (victim === 'terminal') {
          await kill('terminal', terminals.at(-1));
          await pause(random() * 300);
          terminals.push(await lab.startTerminal());
        } else if (victim === 'broker') {
          await kill('broker', broker);
          await pause(random() * 300);
          broker = await lab.startBroker();
        } else {
          await kill('kiosk', now.get(victim)?.process);
          now.set(victim, start(victim));
        }
      }
    };
    const killed = murderer();
    await Promise.all(kiosks.map(patients));
    killing = false;
    await killed;
    for (const kiosk of kiosks)
      await now
        .get(kiosk)
        ?.until({ backlog: 0, terminal: 'ready' }, 90_000)
        .catch((cause: Error) => {
          // Where the fault lies is known only by the other side, whose words end with this run.
          const terminal = terminals.at(-1);
          const ended = `${terminal?.child.exitCode ?? terminal?.child.signalCode ?? 'no'}`;
          const facts = `kills ${JSON.stringify(kills)}; exit of the terminal: ${ended}; it said ${terminal?.errors().slice(-3000)}`;
          throw new Error(`${kiosk}: ${cause.message}; ${facts}`);
        });
    // A kiosk that was killed before it said so may hold one more: it comes within the ack time-out.
    await until('quiet', () => [...now.values()].every((run) => run.look().states.at(-1)?.backlog === 0));
    const refused = runs.flatMap((run) => run.failures).filter(({ visitId }) => visitId !== undefined).length;
    return {
      visits: done(),
      refused,
      cutOff: came.size - done() - refused,
      kills,
      ...judge(lab, runs, terminals, came),
      seconds: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await lab.stop();
  }
};

const judge = (lab: Lab, runs: readonly KioskProcess[], terminals: readonly Process[], came: ReadonlySet<string>) => {
  const db = new Database(lab.path('data-terminal', 'terminal.db'), { readonly: true });
  const rows = db.prepare('SELECT visit_id, kiosk, seq, number FROM visits ORDER BY row').all() as Row[];
  db.close();
  const there = new Map<string, number>();
  for (const { visit_id } of rows) there.set(visit_id, (there.get(visit_id) ?? 0) + 1);
  const accepted = answers(terminals, 'accepted');
  const last = new Map<string, number>();
  let reordered = 0;
  for (const { kiosk, seq } of rows) {
    if (seq < (last.get(kiosk) ?? 0)) reordered += 1;
    last.set(kiosk, Math.max(seq, last.get(kiosk) ?? 0));
  }
  return {
    lost: runs.flatMap((run) => run.done).filter(({ done }) => !there.has(done)).length,
    doubled:
      [...there.values()].filter((times) => times > 1).length +
      (rows.length - new Set(rows.map(({ number }) => number)).size) +
      (accepted.length - new Set(accepted).size),
    reordered,
    invented: [...there.keys()].filter((visit) => !came.has(visit)).length,
    repeats: answers(terminals, 'duplicate').length,
  };
};
