// What goes on around the journey: the camera's plug, a reader that is still waking up, the language somebody has just chosen.

import { test } from 'tap';
import { KioskFailure } from '../../src/core/failure.ts';
import { createWorld, settle } from './world.ts';

test('a camera pulled out before or while it looks takes the face away and costs no attempt; plugged in again it is offered at the same step', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ faces: ['hang', { outcome: 'match' }] });
  t.match(world.shown('choose-method').methods, ['face', 'pin', 'staff']);
  await world.send({ type: 'CAMERA.LOST' });
  t.match(world.shown('choose-method'), { methods: ['pin', 'staff'], faceClosed: 'camera' });
  await world.send({ type: 'CAMERA.READY' });
  t.strictSame(world.shown('choose-method').faceClosed, undefined);
  await world.press('method-face');
  await world.send({ type: 'CAMERA.LOST' });
  t.match(world.shown('face-retry'), { reason: 'camera', attemptsLeft: 3, methods: ['pin', 'staff'] });
  t.ok(world.card.faceAborted, 'nobody waits for its pictures');
  await world.press('retry');
  t.equal(world.screen, 'face-retry', 'there is nothing to try');
  await world.send({ type: 'CAMERA.READY' });
  t.match(world.shown('face-retry'), { attemptsLeft: 3, methods: ['face', 'pin', 'staff'] });
  await world.press('retry');
  t.equal(world.screen, 'consent');
});

test('a camera that is away is nothing to who enters the PIN, and reception is told of it as the reason to look', async (t) => {
  const world = createWorld();
  await world.open();
  await world.send({ type: 'CAMERA.LOST' });
  await world.place();
  await world.press('method-staff');
  t.match(world.card.asked, ['camera']);
  await world.press('back', 'method-pin');
  await world.type('1234');
  await world.send({ type: 'CAMERA.READY' });
  await world.key('enter');
  t.equal(world.screen, 'consent');
});

test('where the face is the only way, a camera that is pulled out ends the visit with its own reason', async (t) => {
  const world = createWorld({ settings: { methods: ['face'] } });
  await world.open();
  await world.place();
  await world.send({ type: 'CAMERA.LOST' });
  t.equal(world.shown('notice').code, 'camera/unavailable');
  const unused = createWorld({ settings: { methods: ['pin', 'staff'] } });
  await unused.open();
  await unused.send({ type: 'CAMERA.LOST' });
  await unused.place({ summary: { hasPin: false } });
  t.match(unused.shown('choose-method'), { methods: ['staff'] });
  t.strictSame(unused.shown('choose-method').faceClosed, undefined, 'where nobody offers the face, nobody misses it');
});

test('a reader that is not there yet while the kiosk starts is waited for; only the self-test has the word', async (t) => {
  let answer: (error?: Error) => void = () => undefined;
  const selfTest = () =>
    new Promise<void>((resolve, reject) => {
      answer = (error) => (error === undefined ? resolve() : reject(error));
    });
  const world = createWorld({ selfTest });
  world.visit.start();
  await world.send({ type: 'TERMINAL.READY' });
  await world.fault('reader/unavailable');
  await world.pass(2);
  t.equal(world.screen, 'initialising');
  answer();
  await settle();
  t.equal(world.screen, 'idle');
  t.notOk(world.screens.some(({ screen }) => screen === 'out-of-service'));

  const broken = createWorld({ selfTest });
  broken.visit.start();
  await broken.fault('reader/unavailable');
  await broken.pass(2);
  answer(new KioskFailure('reader/unavailable'));
  await settle();
  t.equal(broken.shown('out-of-service').code, 'reader/unavailable');

  const blind = createWorld({ selfTest });
  blind.visit.start();
  await blind.fault('touch/unavailable');
  await blind.pass(2);
  answer();
  await settle();
  t.equal(blind.shown('out-of-service').code, 'touch/unavailable', 'the self-test says nothing about the panel’s touch');
});

test('who has just chosen a language reads in it why nothing works, and goes on in it; a minute later it is forgotten', async (t) => {
  const world = createWorld();
  await world.open();
  await world.press('language-vi', 'mode-large');
  await world.send({ type: 'TERMINAL.LOST' });
  t.match(world.shown('initialising'), { language: 'vi', mode: 'large', lost: 'uplink/terminal-lost' });
  await world.send({ type: 'TERMINAL.READY' });
  t.match(world.shown('idle'), { language: 'vi', mode: 'large' });
  await world.send({ type: 'TERMINAL.LOST' });
  await world.pass(61);
  t.match(world.shown('initialising'), { language: 'ja' });

  await world.send({ type: 'TERMINAL.READY' });
  await world.press('language-ko');
  await world.send({ type: 'COMMAND', command: 'out-of-service' });
  t.match(world.shown('out-of-service'), { language: 'ko' });
  await world.pass(31);
  t.match(world.shown('out-of-service'), { language: 'ja' });
});
