// The writing half of the HTTP interface: what a hand, a card, a face or a pulled plug does to the appliance.

import type { FastifyInstance } from 'fastify';
import { badInput } from './http-errors.ts';
import type { CameraRequest, TwinControls } from './ports.ts';
import {
  parseCables,
  parseCameraJson,
  parseCameraStill,
  parseCard,
  parseKeypad,
  parseMisalignment,
  parsePower,
  parseTouch,
  parseTray,
  type TouchRequest,
} from './requests.ts';

/** Longer than the touch filter's debounce (30 ms), shorter than a person's quickest tap. */
const TAP_MS = 80;

const MIB = 1024 * 1024;
const PICTURES = ['image/jpeg', 'image/png'];

/** What stands before the camera, without its pixels. */
export interface CameraSource {
  readonly kind: CameraRequest['kind'];
  readonly name?: string;
  readonly as?: 'person' | 'print' | 'screen';
}

const describe = (request: CameraRequest): CameraSource => {
  if (request.kind === 'resident') return { kind: 'resident', name: request.name };
  return request.kind === 'still' ? { kind: 'still', as: request.as } : { kind: request.kind };
};

/** The point to touch; throws 400 for an element that is not on the screen or a point beside the panel. */
const pointOf = (controls: TwinControls, touch: TouchRequest): { x: number; y: number } => {
  if (touch.kind === 'element') {
    const { elements } = controls.state();
    const found = elements.find(({ id }) => id === touch.element);
    if (!found) {
      const pressable = elements.filter(({ role, enabled }) => role === 'button' && enabled).map(({ id }) => id);
      throw badInput('element', `element: not on the screen now. There are: ${pressable.join(', ') || 'none to press'}.`);
    }
    const { x, y, width, height } = found.rect;
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  }
  const { width, height } = controls.panel();
  const { x, y } = touch;
  if (x < 0 || x >= width) throw badInput('x', `x: beside the panel. Allowed: 0 to ${width - 1}.`);
  if (y < 0 || y >= height) throw badInput('y', `y: beside the panel. Allowed: 0 to ${height - 1}.`);
  return { x: Math.floor(x), y: Math.floor(y) };
};

/** Adds the routes; the returned function tells what stands before the camera (undefined: nobody chose yet). */
export const addActionRoutes = (app: FastifyInstance, controls: TwinControls): (() => CameraSource | undefined) => {
  let camera: CameraSource | undefined;
  const show = async (request: CameraRequest) => {
    await controls.camera(request);
    camera = describe(request);
    return { camera };
  };

  app.post('/api/cards', { bodyLimit: 32 * MIB }, async (request, reply) => {
    const card = await controls.makeCard(parseCard(request.body));
    return reply.status(201).send(card);
  });
  app.put('/api/tray', async (request) => {
    const card = parseTray(request.body);
    const names = controls.cards().map(({ name }) => name);
    if (!names.includes(card)) throw badInput('card', 'card: there is no virtual card of that name. GET /api/cards lists them.', 404);
    controls.placeCard(card);
    return { card };
  });
  app.delete('/api/tray', async () => {
    controls.removeCard();
    return { card: null };
  });
  app.post('/api/touch', async (request) => {
    const touch = parseTouch(request.body);
    const point = pointOf(controls, touch);
    if (touch.kind === 'finger') {
      if (!controls.finger) throw badInput('phase', 'phase: this appliance takes whole touches only. Send x, y and holdMs.');
      controls.finger(touch.phase, point.x, point.y);
      return { ...point, phase: touch.phase };
    }
    const { holdMs = TAP_MS } = touch;
    await controls.touch(point.x, point.y, holdMs);
    return { ...point, holdMs };
  });
  app.put('/api/touch-panel', async (request) => {
    const how = parseMisalignment(request.body);
    if (!controls.misalign) throw badInput('dx', 'dx: the sensor of this appliance cannot be moved.', 404);
    controls.misalign(how);
    return how;
  });
  app.post('/api/keypad', async (request) => {
    const keys = parseKeypad(request.body);
    await controls.typeKeys(keys);
    return { typed: keys.length };
  });
  app.put('/api/camera', { bodyLimit: 48 * MIB, config: { accepts: [...PICTURES, 'application/json'] } }, async (request) => {
    if (Buffer.isBuffer(request.body)) return show(parseCameraStill(request.body, (request.query as { as?: unknown }).as));
    const wanted = parseCameraJson(request.body);
    if (wanted.kind === 'resident' && !controls.residents().includes(wanted.name))
      throw badInput('resident', `resident: nobody of that name. There are: ${controls.residents().join(', ')}.`, 404);
    return show(wanted);
  });
  app.delete('/api/camera', async () => show({ kind: 'dark' }));
  app.post('/api/power', async (request) => {
    const press = parsePower(request.body);
    controls.power(press);
    return { press };
  });
  app.put('/api/cables', async (request) => {
    controls.setCables(parseCables(request.body));
    return controls.cables();
  });
  return () => camera;
};
