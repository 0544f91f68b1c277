// Server-sent events for a logged-in page: visits and kiosk states as they happen. Watching is not operation: the 30 minutes go on.

import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { Hub, TerminalEvent } from '../hub.ts';
import type { Kiosks } from '../kiosks.ts';
import type { Role } from '../model.ts';
import type { Troubles } from '../troubles.ts';
import { HttpRefusal } from './errors.ts';
import type { Guard } from './guard.ts';
import { kioskFor, visitView } from './views.ts';

export interface EventRouteParts {
  readonly guard: Guard;
  readonly hub: Hub;
  readonly kiosks: Kiosks;
  readonly troubles: Troubles;
  readonly clock: Clock;
}

/** How often a stream looks whether its session is still there; also keeps proxies from closing it. */
const PULSE_MS = 5000;

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const eventRoutes = (app: FastifyInstance, { guard, hub, kiosks, troubles, clock }: EventRouteParts): void => {
  const streams = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of streams) end();
  });

  const write = (to: ServerResponse, event: TerminalEvent, role: Role): void => {
    if (event.type === 'visit') {
      if (role !== 'admin') to.write(frame('visit', visitView(event.visit, clock.now())));
    } else if (event.type === 'kiosk') to.write(frame('kiosk', kioskFor(event.kiosk, role)));
    else if (event.type === 'kiosk-left') to.write(frame('kiosk-left', { id: event.id }));
    else if (event.type === 'troubles') to.write(frame('troubles', { troubles: event.troubles }));
    else to.write(frame('broker', { broker: event.broker }));
  };

  app.get('/api/events', (request, reply) => {
    const watcher = guard.peek(request);
    if (watcher === undefined) throw new HttpRefusal(401, 'session/required', 'ログインしてください');
    reply.hijack();
    const raw = reply.raw;
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', connection: 'keep-alive' });
    const views = kiosks.views().map((view) => kioskFor(view, watcher.role));
    raw.write(frame('hello', { broker: kiosks.broker, kiosks: views, troubles: troubles.list }));

    let pulse: unknown;
    const forget = hub.on((event) => {
      if (guard.peek(request) === undefined) end();
      else write(raw, event, watcher.role);
    });
    const end = (): void => {
      streams.delete(end);
      forget();
      clock.clearTimeout(pulse);
      // The page asks /api/session why: logged out, idle, or taken over.
      raw.end(frame('session', { state: 'ended' }));
    };
    const beat = (): void => {
      if (guard.peek(request) === undefined) end();
      else {
        raw.write(': still here\n\n');
        pulse = clock.setTimeout(beat, PULSE_MS);
      }
    };
    pulse = clock.setTimeout(beat, PULSE_MS);
    streams.add(end);
    request.raw.on('close', end);
  });
};
