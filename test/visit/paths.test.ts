import { readFileSync } from 'node:fs';
import { getAdjacencyMap, getShortestPaths, getStateNodes } from '@xstate/graph';
import { test } from 'tap';
import type { EventFromLogic } from 'xstate';
import { journeys } from '../../scripts/generate-journeys.ts';
import { type FailureCode, KioskFailure } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { SCREENS } from '../../src/core/screens.ts';
import { outcomeOf } from '../../src/visit/decisions.ts';
import type { CommandName, VisitEvent } from '../../src/visit/events.ts';
import type { VisitMachine } from '../../src/visit/machine.ts';
import type { CardSummary } from '../../src/visit/ports.ts';
import { machineIn } from '../../src/visit/runner.ts';
import { phaseOf, screenNameOf, screenOf, type VisitSnapshot } from '../../src/visit/screen.ts';
import { visitSettings } from '../../src/visit/settings.ts';
import { createWorld, VALID } from './world.ts';

type AnyEvent = EventFromLogic<VisitMachine> | { type: string; [key: string]: unknown };

const { ports, clock } = createWorld();
const machine = machineIn({ ports: { ...ports, newVisitId: () => 'visit-1' }, clock, log: silentLog });
const settings = visitSettings({
  faceAttempts: 1,
  staffAttempts: 1,
  consentQuestions: ['diagnosis-medication', 'surgery'],
  askPrescription: true,
});

const SUMMARIES: readonly CardSummary[] = [
  { ...VALID, pinTriesLeft: 2 },
  { certificate: { state: 'expired-in-grace', days: 3 }, hasPin: false, photo: 'ready' },
  { ...VALID, certificate: { state: 'revoked' } },
  { ...VALID, pinTriesLeft: 0, photo: 'blocked' },
];

/** What the invoked work may answer. */
const ANSWERS: Readonly<Record<string, readonly unknown[]>> = {
  selfTest: [undefined],
  readCard: SUMMARIES,
  checkPin: [{ outcome: 'verified' }, { outcome: 'wrong', triesLeft: 1 }, { outcome: 'blocked' }],
  checkPasscode: [true, false],
  deliver: [{ outcome: 'accepted', checkIn: 'checked-in' }, { outcome: 'rejected', code: 'uplink/rejected' }, { outcome: 'stored' }],
};

const ERRORS: Readonly<Record<string, FailureCode>> = {
  selfTest: 'reader/unavailable',
  readCard: 'card/not-my-number',
  checkPin: 'card/read-failed',
  checkPasscode: 'visit/internal',
  deliver: 'uplink/outbox-full',
};

const PRESSES = [
  'cancel', 'back', 'continue', 'retry', 'help', 'method-face', 'method-pin', 'method-staff', 'key-enter',
  'consent-all', 'consent-choose', 'consent-none', 'item-yes', 'prescription-paper',
] as const; // biome-ignore format: one list

const command = (name: CommandName): VisitEvent => ({ type: 'COMMAND', command: name, visitId: 'visit-1' });

const OUTSIDE: readonly VisitEvent[] = [
  { type: 'TERMINAL.READY' },
  { type: 'TERMINAL.LOST' },
  { type: 'CARD.PLACED' },
  { type: 'CARD.REMOVED' },
  { type: 'POWER.SHORT' },
  { type: 'POWER.LONG' },
  { type: 'FAULT', code: 'storage/unwritable' },
  { type: 'CAMERA.LOST' },
  command('cancel'),
  command('approve-visual'),
];

const ORDERS: readonly VisitEvent[] = [command('out-of-service'), command('in-service'), command('shutdown')];

/** Everything that can happen in a state: people, the world, its own deadlines, the answers of its own work. */
const eventsOf = (snapshot: VisitSnapshot): AnyEvent[] => {
  const phase = phaseOf(snapshot);
  const grace = phase.startsWith('visit') && !snapshot.context.terminal;
  const own = snapshot._nodes.flatMap((node) => [...node.transitions.keys()]);
  const work = snapshot._nodes.flatMap((node) => node.invoke.map(({ id }) => id));
  return [
    ...OUTSIDE,
    // Orders wait for the end of a visit, and a lost link for its grace: walked where they matter, so that the walk stays short.
    ...(phase.startsWith('visit') ? [] : ORDERS),
    ...PRESSES.filter((element) => !grace && own.some((type) => type === `PRESS.${element}`)).map((element) => ({
      type: `PRESS.${element}` as const,
    })),
    // In the visit another language changes nothing but words; on the word that ended it, it starts the time again.
    ...(phase === 'ended.notice' ? [{ type: 'PRESS.choose-language' } as const] : []),
    ...(phase === 'ended.done' ? [{ type: 'PRESS.other' } as const] : []),
    ...(own.includes('PRESS.digit') ? [{ type: 'PRESS.digit', digit: 7 } as const] : []),
    ...own.filter((type) => type.startsWith('xstate.after')).map((type) => ({ type })),
    ...work.flatMap((id) => (ANSWERS[id] ?? []).map((output) => ({ type: `xstate.done.actor.${id}`, output, actorId: id }))),
    ...work.flatMap((id) => {
      const code = ERRORS[id];
      return code === undefined ? [] : [{ type: `xstate.error.actor.${id}`, error: new KioskFailure(code), actorId: id }];
    }),
    ...(work.includes('watchFace')
      ? [
          { type: 'FACE.HINT', guidance: { hint: 'dark' } } as const,
          { type: 'FACE.DONE', outcome: { outcome: 'match' } } as const,
          { type: 'FACE.DONE', outcome: { outcome: 'failed', reason: 'no-match' } } as const,
          { type: 'FACE.FAILED', code: 'camera/unavailable' } as const,
          { type: 'FACE.FAILED', code: 'face/photo-unreadable' } as const,
        ]
      : []),
  ];
};

const serializeState = ({ value, context }: VisitSnapshot): string => {
  const { card, camera, tested, serving, stopping, fault, visit, closing } = context;
  const { summary, attemptsLeft, faceOff, pinTriesLeft, entered, staffTriesLeft, method, index } = visit ?? {};
  const certificate = summary?.certificate.state;
  return JSON.stringify([
    value, card, camera, tested, serving, stopping, fault !== undefined, closing?.taken === true, closing?.after !== undefined,
    certificate, attemptsLeft === 0 || faceOff !== undefined, pinTriesLeft, entered, staffTriesLeft, method !== undefined, index,
  ]); // biome-ignore format: one key
};

const options = {
  input: { settings },
  events: (snapshot: VisitSnapshot) => eventsOf(snapshot) as EventFromLogic<VisitMachine>[],
  serializeState,
};
const map = getAdjacencyMap(machine, options as never) as unknown as Record<
  string,
  { state: VisitSnapshot; transitions: Record<string, { event: AnyEvent; state: VisitSnapshot }> }
>;
const states = Object.values(map);
const next = (snapshot: VisitSnapshot, event: VisitEvent): string => {
  const entry = Object.values(map[serializeState(snapshot)]?.transitions ?? {}).find(
    ({ event: { type, ...rest } }) => JSON.stringify({ type, ...rest }) === JSON.stringify(event),
  );
  return entry === undefined ? 'not walked' : phaseOf(entry.state);
};

test('the walk reaches every state of the journey', (t) => {
  const leaves = getStateNodes(machine).filter(
    ({ path, type, meta }) => path[0] === 'journey' && (type === 'atomic' || type === 'final') && meta !== undefined,
  );
  const reached = new Set(states.map(({ state }) => phaseOf(state)));
  for (const { path } of leaves) t.ok(reached.has(path.slice(1).join('.')), path.join('.'));
  t.comment(`${states.length} states, ${states.reduce((sum, { transitions }) => sum + Object.keys(transitions).length, 0)} transitions`);
  t.end();
});

test('every state has a screen and a deadline', (t) => {
  const lacking = states.filter(({ state }) => {
    const named = screenNameOf(state) === screenOf(state, 0).screen && SCREENS.includes(screenNameOf(state));
    const deadline = state._nodes.some(
      (node) =>
        node.path[0] === 'journey' &&
        (node.type === 'final' || [...node.transitions.keys()].some((type) => type.startsWith('xstate.after'))),
    );
    return !named || !deadline;
  });
  t.same(
    lacking.map(({ state }) => phaseOf(state)),
    [],
  );
  t.end();
});

test('every state of a visit ends on a pulled card and a cancel, until somebody is recognised on a lost link too; a decided result is unmoved by them', (t) => {
  for (const { state } of states) {
    const phase = phaseOf(state);
    if (!phase.startsWith('visit.')) continue;
    const removed = next(state, { type: 'CARD.REMOVED' });
    const cancelled = next(state, command('cancel'));
    const grace = Object.values(map[serializeState(state)]?.transitions ?? {}).find(({ event }) =>
      event.type.startsWith('xstate.after.grace'),
    );
    if (/^visit\.(consent|prescription)/.test(phase)) {
      if (removed !== 'ended.notice' || !cancelled.startsWith('ended.take-card')) t.fail(`${phase}: ${removed}, ${cancelled}`);
      if (grace !== undefined && phaseOf(grace.state) !== phase)
        t.fail(`${phase}: what is decided now is sent later, yet the link ends it`);
    } else if (phase.startsWith('visit.sending')) {
      if (removed !== phase || cancelled !== phase || (grace !== undefined && phaseOf(grace.state) !== phase)) t.fail(phase);
    } else {
      if (removed !== 'ended.notice' || !cancelled.startsWith('ended.take-card')) t.fail(`${phase}: ${removed}, ${cancelled}`);
      if (grace !== undefined && phaseOf(grace.state) !== 'ended.notice') t.fail(`${phase}: the lost link changes nothing`);
    }
  }
  for (const { state } of states) {
    if (phaseOf(state) !== 'idle') continue;
    t.equal(next(state, { type: 'TERMINAL.LOST' }), 'initialising.waiting');
    t.match(next(state, { type: 'CARD.PLACED' }), /^visit/);
  }
  for (const { state } of states.filter(({ state }) => /^ended/.test(phaseOf(state)))) {
    const after = next(state, { type: 'CARD.REMOVED' });
    // The words about a failure stay to be read, whoever snatches the card away.
    const told = /^ended\.notice/.test(phaseOf(state));
    // The recap stays for a moment without its card.
    const recap = /^ended\.(done|done-again|taken)$/.test(phaseOf(state));
    const rests = /^(idle|initialising|out-of-service|shutting-down|visit)/.test(after);
    if (!(told ? after === phaseOf(state) : recap ? after === 'ended.taken' : rests)) t.fail(`${phaseOf(state)}: ${after}`);
  }
  t.end();
});

test('nothing about a patient is left in any state outside a visit', (t) => {
  for (const { state } of states) {
    const { visit, closing, language } = state.context;
    const phase = phaseOf(state);
    if (phase.startsWith('visit')) continue;
    if (visit !== undefined) t.fail(`${phase} remembers the visit`);
    if (!phase.startsWith('ended') && (closing !== undefined || language !== 'ja')) t.fail(`${phase} remembers how the visit ended`);
    if (/52|visit-1|ageYears/.test(JSON.stringify(state))) t.fail(`${phase} holds personal data`);
  }
  t.end();
});

test('nothing is sent unless somebody was recognised and the certificate allows it', (t) => {
  const sending = states.filter(({ state }) => phaseOf(state).startsWith('visit.sending'));
  t.ok(sending.length > 0);
  for (const { state } of sending) {
    const outcome = outcomeOf(state.context);
    if (outcome === undefined || outcome.certificate === 'revoked') t.fail(phaseOf(state));
  }
  t.end();
});

test('from every state but the end there is a way back to idle', (t) => {
  const back = new Set(states.filter(({ state }) => phaseOf(state) === 'idle').map(({ state }) => serializeState(state)));
  for (let before = -1; before !== back.size; ) {
    before = back.size;
    for (const [key, { transitions }] of Object.entries(map)) {
      if (!back.has(key) && Object.values(transitions).some(({ state }) => back.has(serializeState(state)))) back.add(key);
    }
  }
  const stuck = Object.entries(map).filter(
    ([key, { state }]) => !back.has(key) && !phaseOf(state).startsWith('shutting-down') && !state.context.stopping,
  );
  t.same(
    stuck.map(([, { state }]) => phaseOf(state)),
    [],
  );
  t.end();
});

test('every shortest path leads through states that each had an edge to the next', (t) => {
  const paths = getShortestPaths(machine, options as never);
  t.equal(paths.length, states.length);
  for (const { steps, state } of paths) {
    const last = steps.at(-1);
    if (last !== undefined && serializeState(last.state as VisitSnapshot) !== serializeState(state as VisitSnapshot))
      t.fail('a path leads elsewhere');
  }
  t.end();
});

test('the drawn journey is that of the statechart', (t) => {
  t.equal(readFileSync('docs/journeys.md', 'utf8'), journeys(), 'run: npx tsx scripts/generate-journeys.ts');
  t.end();
});
