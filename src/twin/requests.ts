// The JSON bodies of the twin's HTTP interface: shapes, limits, and the words of their refusals. Pure; never touches the appliance.

import { z } from 'zod';
import { KEPT_DEFECTS } from '../card/twin/defects.ts';
import { badInput } from './http-errors.ts';
import { checkPicture } from './picture-header.ts';
import { CABLES, type Cable, type CameraRequest, type TwinCardRequest } from './ports.ts';

const MAX_HOLD_MS = 10_000;
const MAX_FRAMES = 300;
/** What a USB numeric pad can type here. */
const KEYS = '0123456789+-/*.\r\n\b\u001b';

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
const day = z.string({ error: 'must be a date as "YYYY-MM-DD"' }).refine(isDay, 'must be a date of the calendar as "YYYY-MM-DD"');
const fourDigits = (what: string) => z.string({ error: what }).regex(/^\d{4}$/, what);
/** One line of text without control characters. */
const line = (max: number) =>
  z.string({ error: 'must be text' }).trim().min(1, 'must not be empty').max(max, `must be at most ${max} characters`).regex(/^\P{Cc}+$/u, 'must be one line of text'); // biome-ignore format: one rule a line

const bytesOf = (base64: string): Uint8Array | undefined => {
  const bare = base64.replace(/^data:image\/(jpeg|png);base64,/, '').replace(/\s+/g, '');
  return bare.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(bare) ? Uint8Array.from(Buffer.from(bare, 'base64')) : undefined;
};

const KINDS = ['my-number', 'driving-licence', 'transit', 'broken'] as const;
const GENERATIONS = ['2016', '2028-draft'] as const;
const cardShape = z.strictObject({
  name: line(64),
  kind: z.enum(KINDS, { error: `must be one of ${KINDS.join(', ')}` }).default('my-number'),
  photo: z.string({ error: 'must be a JPEG or PNG picture in base64' }).optional(),
  birth: day.optional(),
  expires: day.optional(),
  certificateExpires: day.optional(),
  pin: fourDigits('must be four digits, or null for a card without PIN').nullable().optional(),
  securityCode: fourDigits('must be four digits').optional(),
  family: line(40).optional(),
  given: line(40).optional(),
  sex: z.preprocess(
    (word) => (word === 'male' ? '1' : word === 'female' ? '2' : word),
    z.enum(['0', '1', '2', '9'], { error: 'must be "1" (male), "2" (female), "0" or "9" (ISO/IEC 5218)' }).optional(),
  ),
  generation: z.enum(GENERATIONS, { error: `must be one of ${GENERATIONS.join(', ')}` }).optional(),
  defect: z.enum(KEPT_DEFECTS, { error: `must be one of ${KEPT_DEFECTS.join(', ')}` }).optional(),
});
const pixels = z.number({ error: 'must be a number of panel pixels' }).min(-300, 'must be at least -300').max(300, 'must be at most 300');
const misalignmentShape = z.strictObject({
  dx: pixels.default(0),
  dy: pixels.default(0),
  scale: z.number({ error: 'must be a number' }).min(0.8, 'must be at least 0.8').max(1.2, 'must be at most 1.2').default(1),
});
const trayShape = z.strictObject({ card: line(64) });
const holdMs = z
  .number({ error: 'must be milliseconds' })
  .min(0, 'must not be negative')
  .max(MAX_HOLD_MS, `must be at most ${MAX_HOLD_MS}`);
const number = z.number({ error: 'must be a number of panel pixels' });
const touchShape = z.strictObject({
  x: number.optional(),
  y: number.optional(),
  element: z.string({ error: 'must be the id of an element on the screen' }).optional(),
  holdMs: holdMs.optional(),
  phase: z.enum(['down', 'move', 'up'], { error: 'must be down, move or up' }).optional(),
});
const keypadShape = z.strictObject({
  keys: z
    .string({ error: 'must be text' })
    .min(1, 'must not be empty')
    .max(64, 'must be at most 64 keys')
    .refine(
      (keys) => [...keys].every((key) => KEYS.includes(key)),
      `may hold the digits 0-9, + - / * and ., \\n (enter), \\b (backspace) and \\u001b (escape)`,
    ),
});
const powerShape = z.strictObject({ press: z.enum(['short', 'long'], { error: 'must be "short" or "long"' }) });
const base64List = z
  .array(z.string({ error: 'must be a picture in base64' }), { error: 'must be a list of pictures in base64' })
  .min(1, 'must hold at least one picture')
  .max(MAX_FRAMES, `must hold at most ${MAX_FRAMES} pictures`);
const fps = z.number({ error: 'must be pictures per second' }).min(0.5, 'must be at least 0.5').max(30, 'must be at most 30');
const framesShape = z.strictObject({ frames: base64List, fps });
const residentShape = z.strictObject({ resident: line(64) });

/** Checks `body` against `shape`; throws input/invalid naming the first wrong field. */
const parse = <T>(shape: z.ZodType<T>, body: unknown): T => {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? 'body';
    throw badInput(name, `${name}: unknown field.`);
  }
  const where = issue?.path.join('.') ?? '';
  if (where === '') throw badInput('body', 'The body must be one JSON object.');
  throw badInput(where, `${where}: ${issue?.message ?? 'is wrong'}.`);
};

const picture = (field: string, base64: string): Uint8Array => {
  const bytes = bytesOf(base64);
  if (!bytes) throw badInput(field, `${field}: not base64. Send the bytes of a .jpg or .png file in base64.`);
  checkPicture(field, bytes);
  return bytes;
};

/** Leaves out what was not given, as exactOptionalPropertyTypes wants it. */
const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

export const parseCard = (body: unknown): TwinCardRequest => {
  const { name, kind, photo, ...rest } = parse(cardShape, body);
  if (kind === 'my-number') {
    for (const field of ['photo', 'birth', 'expires'] as const)
      if ((field === 'photo' ? photo : rest[field]) === undefined) throw badInput(field, `${field}: needed for a my-number card.`);
    if (rest.birth !== undefined && rest.birth > new Date().toISOString().slice(0, 10))
      throw badInput('birth', 'birth: must not be in the future.');
    if (rest.birth !== undefined && rest.expires !== undefined && rest.expires <= rest.birth)
      throw badInput('expires', 'expires: must be later than birth.');
  }
  return { name, kind, ...given(rest), ...(photo === undefined ? {} : { photo: picture('photo', photo) }) };
};

export const parseTray = (body: unknown): string => parse(trayShape, body).card;

export type TouchRequest =
  | { readonly kind: 'point'; readonly x: number; readonly y: number; readonly holdMs?: number }
  | { readonly kind: 'element'; readonly element: string; readonly holdMs?: number }
  | { readonly kind: 'finger'; readonly phase: 'down' | 'move' | 'up'; readonly x: number; readonly y: number };

export const parseTouch = (body: unknown): TouchRequest => {
  const { x, y, element, holdMs: hold, phase } = parse(touchShape, body);
  const held = hold === undefined ? {} : { holdMs: hold };
  if (element !== undefined) {
    if (x !== undefined || y !== undefined || phase !== undefined) throw badInput('element', 'element: send either element, or x and y.');
    return { kind: 'element', element, ...held };
  }
  if (x === undefined) throw badInput('x', 'x: needed, in panel pixels (or send element).');
  if (y === undefined) throw badInput('y', 'y: needed, in panel pixels.');
  return phase === undefined ? { kind: 'point', x, y, ...held } : { kind: 'finger', phase, x, y };
};

export const parseMisalignment = (body: unknown): { dx: number; dy: number; scale: number } => {
  const { dx, dy, scale } = parse(misalignmentShape, body);
  return { dx, dy, scale };
};

/** Enter is one key, however the caller ends a line. */
export const parseKeypad = (body: unknown): string => parse(keypadShape, body).keys.replace(/\r\n?/g, '\n');

export const parsePower = (body: unknown): 'short' | 'long' => parse(powerShape, body).press;

export const parseCables = (body: unknown): Partial<Record<Cable, 'in' | 'out'>> => {
  const change = parse(z.record(z.string(), z.unknown()), body);
  const unknown = Object.keys(change).find((name) => !CABLES.some((cable) => cable === name));
  if (unknown !== undefined) throw badInput(unknown, `${unknown}: no such cable. Allowed: ${CABLES.join(', ')}.`);
  if (Object.keys(change).length === 0) throw badInput('body', `Name at least one cable of ${CABLES.join(', ')}.`);
  for (const [name, value] of Object.entries(change))
    if (value !== 'in' && value !== 'out') throw badInput(name, `${name}: must be "in" or "out".`);
  return change as Partial<Record<Cable, 'in' | 'out'>>;
};

/** JSON bodies of PUT /api/camera: a loop of frames, or a drawn resident. */
export const parseCameraJson = (body: unknown): CameraRequest => {
  if (typeof body === 'object' && body !== null && 'resident' in body)
    return { kind: 'resident', name: parse(residentShape, body).resident };
  const { frames, fps: rate } = parse(framesShape, body);
  return { kind: 'frames', fps: rate, frames: frames.map((frame, at) => picture(`frames.${at}`, frame)) };
};

const AS = ['person', 'print', 'screen'] as const;

/** Raw bodies of PUT /api/camera; `as` is the query parameter, absent for a person. */
export const parseCameraStill = (body: Uint8Array, as: unknown = 'person'): CameraRequest => {
  const held = AS.find((word) => word === as);
  if (!held) throw badInput('as', 'as: must be print or screen, or absent for a person.');
  checkPicture('body', body);
  return { kind: 'still', picture: body, as: held };
};
