import fc from 'fast-check';
import { test } from 'tap';
import { KioskFailure } from '../../src/core/failure.ts';
import type { ElementId } from '../../src/core/screens.ts';
import type { VisitInput } from '../../src/visit/events.ts';
import { type CardScript, createWorld, STEPS, settle, type World } from './world.ts';

/** Brings a new world to the step, runs the case. */
const atEveryStep = async (run: (world: World, phase: string) => Promise<void>, timeouts = {}) => {
  for (const [phase, { settings, go }] of Object.entries(STEPS)) {
    const world = createWorld({ settings: { ...settings, timeouts } });
    await world.open();
    await go(world);
    if (world.visit.phase !== phase) throw new Error(`the way to ${phase} led to ${world.visit.phase}`);
    await run(world, phase);
  }
};

/** Steps in which a person is asked something, so that silence ends the visit. */
const ASKING = (phase: string) =>
  !['visit.reading', 'visit.kind-word', 'visit.identify.face.watching', 'visit.identify.pin.checking'].includes(phase);

/** Somebody is recognised: what they decide is kept and sent later. */
const DECIDING = (phase: string) => /^visit\.(consent|prescription)/.test(phase);

const toSending = async (world: World, delivery: 'hang' | 'until-told' = 'hang') => {
  await world.open();
  await world.place({ delivery });
  await world.press('method-face', 'consent-none');
};

test('a card pulled at any step ends the visit: said shortly, nothing sent, the next card begins anew', async (t) => {
  await atEveryStep(async (world, phase) => {
    const { card } = world;
    await world.take();
    t.equal(world.shown('notice').code, 'card/removed', phase);
    t.equal(card.closed, 1);
    t.same(card.delivered, []);
    t.same(world.pad.digits, []);
    await world.pass(11);
    t.equal(world.screen, 'idle');
    await world.place();
    t.equal(world.screen, 'choose-method');
  });
});

test('a read that fails because its card is gone, told before the tray tells it: the words stay to be read', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ read: new KioskFailure('card/removed') });
  t.equal(world.shown('notice').code, 'card/removed');
  await world.take();
  t.equal(world.shown('notice').code, 'card/removed', 'the same removal');
  await world.pass(9);
  t.equal(world.screen, 'notice');
  await world.place();
  t.equal(world.screen, 'choose-method', 'a card begins anew');
});

test('another card on the tray at any step begins a new visit, and nothing of the first one is left', async (t) => {
  await atEveryStep(async (world, phase) => {
    const { card } = world;
    await world.take();
    await world.place();
    t.equal(world.visit.visitId, 'visit-2', phase);
    t.equal(card.closed, 1);
    await world.place({ read: 'hang' });
    t.equal(world.visit.phase, 'visit.reading', 'also when nobody saw the second one go');
    t.equal(world.visit.visitId, 'visit-3');
    t.equal(world.cards[1]?.closed, 1);
  });
});

test('a terminal lost at any step is said at once, and back within the grace the visit goes on', async (t) => {
  await atEveryStep(async (world, phase) => {
    await world.send({ type: 'TERMINAL.LOST' });
    t.equal(world.visit.screen.banner, 'uplink/terminal-lost', phase);
    t.equal(world.visit.phase, phase);
    await world.pass(9);
    await world.send({ type: 'TERMINAL.READY' });
    t.equal(world.visit.screen.banner, undefined);
    t.equal(world.visit.phase, phase);
    t.equal(world.card.closed, 0);
  });
});

test('a terminal that stays away until somebody is recognised ends the visit, then it is awaited', async (t) => {
  await atEveryStep(
    async (world, phase) => {
      if (DECIDING(phase)) return;
      await world.send({ type: 'TERMINAL.LOST' });
      await world.pass(5);
      t.equal(world.shown('notice').code, 'uplink/terminal-lost', phase);
      t.equal(world.card.closed, 1);
      t.same(world.card.delivered, []);
      await world.pass(11);
      t.equal(world.shown('take-card').after, 'uplink/terminal-lost');
      await world.take();
      t.same(world.shown('initialising').waitingFor, ['terminal']);
      await world.send({ type: 'TERMINAL.READY' });
      t.equal(world.screen, 'idle');
    },
    { graceMs: 5000 },
  );
});

test('a terminal that stays away while the patient decides ends nothing: the result is stored', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ delivery: { outcome: 'stored' } });
  await world.press('method-face');
  t.equal(world.screen, 'consent');
  await world.send({ type: 'TERMINAL.LOST' });
  await world.pass(30);
  t.match(world.shown('consent'), { banner: 'uplink/terminal-lost' });
  await world.press('consent-none');
  t.equal(world.shown('done').checkIn, 'stored');
  t.equal(world.card.delivered.length, 1);
});

test('a lost broker is told apart from a lost terminal', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.send({ type: 'BROKER.LOST' });
  await world.send({ type: 'TERMINAL.LOST' });
  t.equal(world.visit.screen.banner, 'uplink/broker-lost');
  await world.pass(11);
  t.equal(world.shown('notice').code, 'uplink/broker-lost');
  await world.take();
  await world.press('continue');
  t.same(world.shown('initialising').waitingFor, ['broker', 'terminal']);
  await world.send({ type: 'BROKER.READY' });
  t.same(world.shown('initialising').waitingFor, ['terminal']);
  await world.send({ type: 'TERMINAL.READY' });
  t.equal(world.screen, 'idle');
});

test('an old word of the terminal does not make up for a lost broker', async (t) => {
  const world = createWorld();
  await world.open();
  await world.send({ type: 'BROKER.LOST' });
  await world.send({ type: 'TERMINAL.READY' });
  t.same(world.shown('initialising').waitingFor, ['broker']);
  await world.send({ type: 'BROKER.READY' });
  t.equal(world.screen, 'idle');
});

test('a terminal lost in idle is awaited at once', async (t) => {
  const world = createWorld();
  await world.open();
  await world.send({ type: 'TERMINAL.LOST' });
  t.same(world.shown('initialising'), {
    screen: 'initialising',
    language: 'ja',
    waitingFor: ['terminal'],
    lost: 'uplink/terminal-lost',
  });
  await world.pass(130);
  t.equal(world.screen, 'initialising');
  t.ok(
    world.lines.some((line) => line.includes('still-waiting')),
    'the long wait is logged',
  );
  await world.place();
  await world.send({ type: 'TERMINAL.READY' });
  t.equal(world.screen, 'choose-method', 'a card that waited on the tray is taken up');
});

test('silence at any step asks in the last 20 seconds, then ends the visit', async (t) => {
  await atEveryStep(async (world, phase) => {
    if (!ASKING(phase)) return;
    // Staff may have to come: they are awaited longer than a press.
    const whole = phase.includes('staff-check') ? 120 : 60;
    t.match(world.visit.screen.timeout, { secondsLeft: whole, asking: false }, phase);
    await world.pass(whole - 21);
    t.equal(world.visit.screen.timeout?.asking, false);
    await world.pass(2);
    t.match(world.visit.screen.timeout, { secondsLeft: 19, asking: true });
    t.equal(world.visit.remainingSeconds, 19);
    await world.key('plus');
    t.match(world.visit.screen.timeout, { secondsLeft: whole, asking: false }, 'any key shows that somebody is there');
    await world.pass(whole + 1);
    t.equal(world.shown('take-card').after, 'visit/timeout');
    t.equal(world.card.closed, 1);
    t.same(world.pad.digits, []);
    t.same(world.card.delivered, []);
  });
});

test('cancel at any step, by the panel, the keypad or the terminal, ends the visit', async (t) => {
  for (const how of ['panel', 'keypad', 'terminal'] as const) {
    await atEveryStep(async (world, phase) => {
      if (how === 'panel') await world.press('cancel');
      else if (how === 'keypad') await world.key('escape');
      else await world.send({ type: 'COMMAND', command: 'cancel' });
      t.match(world.shown('take-card'), { after: 'visit/cancelled', alarm: 0 }, phase);
      t.equal(world.card.closed, 1);
      await world.take();
      t.equal(world.screen, 'idle');
    });
  }
});

test('a cancel meant for another visit changes nothing', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.send({ type: 'COMMAND', command: 'cancel', visitId: 'visit-7' });
  t.equal(world.screen, 'choose-method');
});

test('a fault at any step ends the visit with its code, then service, and the self-test brings it back', async (t) => {
  await atEveryStep(async (world, phase) => {
    await world.fault('face/dark');
    t.equal(world.visit.phase, phase, 'a failure of one step is no fault');
    await world.fault('storage/unwritable');
    t.equal(world.shown('notice').code, 'storage/unwritable', phase);
    await world.take();
    await world.press('continue');
    t.equal(world.shown('out-of-service').code, 'storage/unwritable');
    await world.pass(31);
    t.equal(world.screen, 'idle');
  });
});

test('a dead reader does not wait for a card it cannot see', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.fault('reader/unavailable');
  await world.pass(11);
  t.equal(world.shown('out-of-service').code, 'reader/unavailable');
  await world.send({ type: 'COMMAND', command: 'in-service' });
  await world.place({ read: new KioskFailure('reader/unavailable') });
  await world.pass(11);
  t.equal(world.shown('out-of-service').code, 'reader/unavailable', 'also when the card session says so');
});

test('reading that takes too long is given up', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ read: 'hang' });
  t.equal(world.visit.step, 'reading-card');
  await world.pass(31);
  t.equal(world.shown('notice').code, 'card/read-failed');
  t.ok(world.card.readAborted);
});

test('a card pulled, a cancel or a new card while the result is on its way change nothing', async (t) => {
  const world = createWorld();
  await toSending(world);
  t.equal(world.screen, 'sending');
  await world.take();
  await world.press('cancel', 'language-en');
  await world.send({ type: 'COMMAND', command: 'cancel' });
  await world.place();
  await world.fault('camera/unavailable');
  t.equal(world.screen, 'sending');
  t.equal(world.cards.length, 1);
  world.card.acknowledge({ outcome: 'accepted', checkIn: 'checked-in', number: '5' });
  await settle();
  t.match(world.shown('done'), { checkIn: 'checked-in', number: '5' });
  await world.pass(16);
  t.equal(world.screen, 'choose-method', 'the card laid down meanwhile is taken up');
});

test('a card taken while sending: the recap stays its time, then idle without an alarm', async (t) => {
  const world = createWorld();
  await toSending(world);
  await world.take();
  world.card.acknowledge({ outcome: 'accepted', checkIn: 'checked-in' });
  await settle();
  await world.pass(14);
  t.equal(world.screen, 'done');
  await world.pass(2);
  t.equal(world.screen, 'idle');
  t.notOk(world.sounds.includes('alarm-1'));
});

test('the number can still be read for eight seconds after the card was taken', async (t) => {
  const world = createWorld();
  await toSending(world);
  world.card.acknowledge({ outcome: 'accepted', checkIn: 'checked-in', number: '12' });
  await settle();
  t.notOk('cardTaken' in world.shown('done'));
  await world.pass(1);
  await world.take();
  await world.pass(7);
  t.match(world.shown('done'), { checkIn: 'checked-in', number: '12', cardTaken: true });
  await world.pass(2);
  t.equal(world.screen, 'idle');
  t.notOk(world.sounds.includes('alarm-1'));
});

test('the recap of a patient who has taken the card is gone as soon as anybody else comes', async (t) => {
  for (const comes of ['card', 'touch'] as const) {
    const world = createWorld();
    await toSending(world);
    world.card.acknowledge({ outcome: 'accepted', checkIn: 'checked-in', number: '12' });
    await settle();
    await world.take();
    if (comes === 'card') await world.place();
    else await world.press('cancel');
    t.equal(world.screen, comes === 'card' ? 'choose-method' : 'idle');
    t.equal(world.visit.screen.language, 'ja');
  }
});

test('a terminal lost while sending: the durable result is called stored at the deadline, and the terminal awaited', async (t) => {
  const world = createWorld();
  await toSending(world, 'until-told');
  await world.send({ type: 'TERMINAL.LOST' });
  t.equal(world.visit.screen.banner, 'uplink/terminal-lost');
  await world.pass(19);
  t.equal(world.screen, 'sending', 'the grace does not end it');
  await world.pass(2);
  t.match(world.shown('done'), { checkIn: 'stored' });
  t.notOk('banner' in world.shown('done'), 'the visit has ended: nothing is waited for');
  await world.take();
  await world.pass(11);
  t.equal(world.screen, 'initialising');
});

test('a result of which nobody can say that it is durable is never called stored', async (t) => {
  const world = createWorld();
  await toSending(world, 'hang');
  await world.pass(24);
  t.equal(world.shown('notice').code, 'uplink/not-acknowledged');
});

test('the alarm rises until the card is taken', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place();
  await world.press('method-face', 'continue');
  for (const alarm of [0, 1, 2, 3] as const) {
    t.equal(world.shown('take-card').alarm, alarm);
    await world.pass(5);
  }
  await world.pass(5);
  t.equal(world.shown('take-card').alarm, 3);
  t.same(
    world.sounds.filter((tone) => tone.startsWith('alarm')),
    ['alarm-1', 'alarm-2', 'alarm-3', 'alarm-3', 'alarm-3'],
  );
  await world.take();
  t.equal(world.screen, 'idle');
});

test('the reception number stays while the card lies there, and some seconds longer for who takes it late', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place({ delivery: { outcome: 'accepted', checkIn: 'checked-in', number: '12' } });
  await world.press('method-face');
  await world.pass(15);
  t.match(world.shown('take-card'), { number: '12' });
  await world.take();
  t.match(world.shown('done'), { number: '12', cardTaken: true });
  await world.pass(11);
  t.equal(world.screen, 'idle');
});

test('the kiosk serves when the self-test and the terminal are both there, with a countdown from earlier starts', async (t) => {
  let pass = (): void => undefined;
  const selfTest = () =>
    new Promise<void>((resolve) => {
      pass = resolve;
    });
  const world = createWorld({ expectedMs: 5000, selfTest });
  world.visit.start();
  t.equal(world.screen, 'splash');
  await world.pass(0.3);
  t.match(world.shown('initialising'), { remainingSeconds: 5, waitingFor: ['self-test', 'broker', 'terminal'] });
  await world.pass(2);
  t.equal(world.visit.remainingSeconds, 3);
  await world.send({ type: 'TERMINAL.READY' });
  t.same(world.shown('initialising').waitingFor, ['self-test']);
  await world.pass(3);
  t.notOk('remainingSeconds' in world.shown('initialising'), 'an estimate that has run out is not shown as a frozen zero');
  pass();
  await settle();
  t.equal(world.screen, 'idle');
  t.same(world.starts, [5300]);
  await world.send({ type: 'TERMINAL.LOST' });
  await world.send({ type: 'TERMINAL.READY' });
  t.equal(world.starts.length, 1, 'a lost terminal is not a start');
});

test('a failed or endless self-test puts the kiosk out of service with the reason, and is tried again', async (t) => {
  let failing = true;
  const world = createWorld({
    selfTest: async () => {
      if (failing) throw new KioskFailure('display/no-font');
    },
  });
  await world.open();
  t.equal(world.shown('out-of-service').code, 'display/no-font');
  await world.pass(31);
  t.equal(world.shown('out-of-service').code, 'display/no-font');
  failing = false;
  await world.pass(31);
  t.equal(world.screen, 'idle');
  const endless = createWorld({ selfTest: () => new Promise(() => undefined) });
  await endless.open();
  await endless.pass(61);
  t.equal(endless.shown('out-of-service').code, 'visit/internal');
});

test('orders of the terminal wait for the end of a visit', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.send({ type: 'COMMAND', command: 'out-of-service' });
  t.equal(world.screen, 'choose-method');
  await world.press('cancel');
  await world.take();
  t.notOk('code' in world.shown('out-of-service'));
  await world.pass(120);
  t.equal(world.screen, 'out-of-service', 'an order is not lifted by time');
  await world.fault('clock/unset');
  t.equal(world.shown('out-of-service').code, 'clock/unset');
  await world.send({ type: 'COMMAND', command: 'in-service' });
  t.equal(world.screen, 'idle');
  await world.place();
  await world.send({ type: 'COMMAND', command: 'shutdown' });
  t.equal(world.screen, 'choose-method');
  await world.press('cancel');
  await world.take();
  t.equal(world.visit.phase, 'shutting-down.closing');
  const phases: string[] = [];
  world.visit.onScreen(() => phases.push(world.visit.phase));
  await world.pass(4);
  t.same(phases, ['shutting-down.closing', 'shutting-down.off'], 'whoever cuts the power is told');
});

test('a long press of the power button shuts down from every step and closes the card', async (t) => {
  await atEveryStep(async (world, phase) => {
    await world.send({ type: 'POWER.LONG' });
    t.equal(world.screen, 'shutting-down', phase);
    t.equal(world.card.closed, 1);
    await world.pass(2);
    await world.send({ type: 'POWER.LONG' });
    await world.pass(2);
    t.equal(world.visit.phase, 'shutting-down.off');
  });
});

test('a short press opens the technician page between visits only', async (t) => {
  const world = createWorld();
  await world.open();
  await world.send({ type: 'POWER.SHORT' });
  t.match(world.shown('technician'), { page: 'locked', entered: 0 });
  await world.key('plus');
  await world.key('enter');
  t.equal(world.screen, 'idle');
  await world.send({ type: 'POWER.SHORT' });
  await world.place();
  t.equal(world.screen, 'choose-method');
  await world.send({ type: 'POWER.SHORT' });
  t.equal(world.screen, 'choose-method');
});

test('how the reader is used can be watched before a visit, and a card ends it', async (t) => {
  const world = createWorld();
  await world.open();
  await world.press('help');
  t.match(world.shown('how-to').timeout, { secondsLeft: 20 });
  await world.key('enter');
  t.equal(world.screen, 'idle');
  await world.press('help');
  await world.place();
  t.equal(world.screen, 'choose-method');
  await world.press('cancel');
  await world.take();
  await world.press('help', 'continue');
  t.equal(world.screen, 'idle', 'any touch ends it');
  await world.press('help');
  await world.pass(21);
  t.equal(world.screen, 'idle');
});

test('a sound or a record that fails ends no visit', async (t) => {
  const world = createWorld();
  world.ports.sound = () => {
    throw new Error('no sound card');
  };
  await world.open();
  await world.place();
  await world.press('method-face');
  t.equal(world.screen, 'consent');
  t.ok(world.lines.some((line) => line.includes('"port":"sound"')));
});

test('stopping closes an open visit and leaves no timer behind', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  world.visit.stop();
  t.equal(world.card.closed, 1);
  t.equal(world.clock.pending, 0);
});

test('listeners hear of every change once, and no more after unsubscribing', async (t) => {
  const world = createWorld();
  await world.open();
  const heard: string[] = [];
  const stop = world.visit.onScreen((model) => heard.push(model.screen));
  await world.pass(30);
  t.same(heard, ['idle'], 'nothing changes while nothing happens');
  await world.place();
  stop();
  await world.press('cancel');
  t.same(heard, ['idle', 'reading-card', 'choose-method']);
});

const PRESSED: readonly ElementId[] = [
  'cancel', 'back', 'continue', 'retry', 'help', 'repeat-speech', 'method-face', 'method-pin', 'method-staff', 'language-en', 'key-1',
  'key-2', 'key-clear', 'key-backspace', 'key-enter', 'consent-all', 'consent-choose', 'consent-none', 'item-yes', 'item-no',
]; // biome-ignore format: one list
const SCRIPTS: readonly CardScript[] = [
  {},
  { pin: '1111', summary: { pinTriesLeft: 2 }, faces: [{ outcome: 'failed', reason: 'dark' }, 'hang'] },
  { summary: { certificate: { state: 'expired-in-grace', days: 9 } }, delivery: 'until-told' },
  { read: new KioskFailure('card/not-recognised') },
];

test('whatever happens in whatever order, every card is closed once, secrets are gone between visits and nothing is sent twice', async (t) => {
  const outside = (...events: VisitInput[]) => fc.constantFrom(...events).map((event) => (world: World) => world.send(event));
  const happening = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PRESSED).map((element) => (world: World) => world.press(element)) },
    { weight: 2, arbitrary: fc.constantFrom(...SCRIPTS).map((script) => (world: World) => world.place(script)) },
    { weight: 2, arbitrary: fc.constantFrom(1, 5, 12, 25, 70).map((seconds) => (world: World) => world.pass(seconds)) },
    outside(
      { type: 'CARD.REMOVED' },
      { type: 'TERMINAL.LOST' },
      { type: 'TERMINAL.READY' },
      { type: 'BROKER.LOST' },
      { type: 'BROKER.READY' },
    ),
    outside({ type: 'FAULT', code: 'reader/unavailable' }, { type: 'POWER.SHORT' }, { type: 'COMMAND', command: 'in-service' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      const world = createWorld();
      await world.open();
      for (const happen of happenings) {
        await happen(world);
        const open = world.cards.filter(({ closed }) => closed === 0);
        if (open.length !== (world.visit.visitId === undefined ? 0 : 1))
          throw new Error(`${open.length} cards open in ${world.visit.phase}`);
        if (world.cards.some(({ closed, delivered }) => closed > 1 || delivered.length > 1)) throw new Error('closed or sent twice');
        if (world.pad.digits.length > 0 && !['pin', 'staff-check'].includes(world.screen))
          throw new Error(`digits left in ${world.visit.phase}`);
      }
      world.visit.stop();
      if (world.clock.pending > 0) throw new Error('a timer is left');
    }),
    { numRuns: 60 },
  );
  t.pass('all held');
});
