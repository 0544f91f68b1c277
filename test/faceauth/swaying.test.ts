// The simulated person who is not quite still: the body moves, what lies behind it stays, and nothing is left to chance.

import { test } from 'tap';
import { planSway, swayPerson } from '../../src/faceauth/camera/swaying-person.ts';
import type { Picture } from '../../src/faceauth/ports.ts';
import { dice } from '../dice.ts';

const WIDTH = 320;
const HEIGHT = 240;
const SLOPE = 0.75;
/** Brighter to the right, so that a way to the side is a difference of grey. */
const ramp = (): Picture => {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.fill(Math.round((i % WIDTH) * SLOPE), i * 3, i * 3 + 3);
  return { width: WIDTH, height: HEIGHT, channels: 3, data };
};
const FIVE = [
  { x: 145, y: 90 },
  { x: 175, y: 90 },
  { x: 160, y: 108 },
  { x: 148, y: 124 },
  { x: 172, y: 124 },
] as const;
/** Places that no part of the body reaches. */
const WALL = [
  [5, 5],
  [300, 20],
  [20, 110],
  [300, 110],
] as const;
const STILL = { x: 0, y: 0, yaw: 0, size: 0, noise: 0 };
const grey = ({ data }: Picture, x: number, y: number): number => data[(y * WIDTH + x) * 3] as number;

test('head and shoulders go to the side and come back, the room stays', (t) => {
  const frames = swayPerson(ramp(), FIVE, { ...STILL, x: 14 }, 12);
  t.equal(frames.length, 12);
  frames.forEach((frame, i) => {
    // 14 pixels at a width of 640 are 7 here.
    const way = 7 * Math.sin((i / 12) * 2 * Math.PI + 0.4);
    t.ok(Math.abs(grey(frame, 160, 110) - (160 - way) * SLOPE) <= 1, `frame ${i}: the face is ${way.toFixed(1)} pixels aside`);
    t.ok(Math.abs(grey(frame, 160, 200) - (160 - way) * SLOPE) <= 1, `frame ${i}: and so is the chest`);
    for (const [x, y] of WALL) t.equal(grey(frame, x, y), grey(ramp(), x, y), `frame ${i}: the wall stays`);
  });
  t.end();
});

test('without a motion only the sensor’s noise differs, within its bound', (t) => {
  for (const noise of [0, 3]) {
    const [first, second] = swayPerson(ramp(), FIVE, { ...STILL, noise }, 2) as [Picture, Picture];
    const base = ramp();
    let most = 0;
    for (const [i, value] of first.data.entries()) most = Math.max(most, Math.abs(value - (base.data[i] as number)));
    t.ok(most <= noise, `at most ${noise} grey levels`);
    t.equal(Buffer.compare(first.data, second.data) !== 0, noise > 0, 'and each picture has its own');
  }
  t.end();
});

test('the same sway gives the same pictures, and a plan is about what a hand with a sheet does', (t) => {
  const random = dice(20260101);
  for (let i = 0; i < 200; i += 1) {
    const { x, y, yaw, size, noise } = planSway(random);
    t.ok(x >= 2 && x <= 14 && y >= 1 && y <= 8 && yaw >= 0 && yaw <= 0.2 && size <= 0.04 && noise <= 3);
  }
  const sway = planSway(random);
  const [once, again] = [swayPerson(ramp(), FIVE, sway, 3), swayPerson(ramp(), FIVE, sway, 3)];
  for (const [i, frame] of once.entries()) t.equal(Buffer.compare(frame.data, again[i]?.data ?? new Uint8Array()), 0);
  t.end();
});
