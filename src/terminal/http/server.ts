// The terminal's HTTP server: security headers, errors, routes, page. Built without listening, so that tests inject requests.

import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../../core/log.ts';
import { pageRoutes } from '../web/assets.ts';
import { installErrors } from './errors.ts';
import { type EventRouteParts, eventRoutes } from './event-routes.ts';
import { type KioskRouteParts, kioskRoutes } from './kiosk-routes.ts';
import { type MedicalRouteParts, medicalRoutes } from './medical-routes.ts';
import { type SessionRouteParts, sessionRoutes } from './session-routes.ts';
import { type VisitRouteParts, visitRoutes } from './visit-routes.ts';

export type ServerParts = SessionRouteParts &
  VisitRouteParts &
  MedicalRouteParts &
  KioskRouteParts &
  EventRouteParts & { readonly log: Log };

const HEADERS = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

export const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const app = fastify({ logger: false, bodyLimit: 16_384, forceCloseConnections: true });
  installErrors(app, (name) => parts.log.error('http-internal', { name }));
  // JSON only: a form of another site can post text, but not this.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  await app.register(cookie);
  sessionRoutes(app, parts);
  visitRoutes(app, parts);
  medicalRoutes(app, parts);
  kioskRoutes(app, parts);
  eventRoutes(app, parts);
  pageRoutes(app);
  return app;
};
