// The terminal's HTTP server: security headers, errors, routes, page. Built without listening, so that tests inject requests.

import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../../core/log.ts';
import { pageRoutes } from '../web/assets.ts';
import { type AccountRouteParts, accountRoutes } from './account-routes.ts';
import { requireCertificates } from './certificate.ts';
import { type CopyRouteParts, copyRoutes } from './copy-routes.ts';
import { HttpRefusal, installErrors } from './errors.ts';
import { type EventRouteParts, eventRoutes } from './event-routes.ts';
import { type HandoverRouteParts, handoverRoutes } from './handover-routes.ts';
import { type KioskRouteParts, kioskRoutes } from './kiosk-routes.ts';
import { type MedicalRouteParts, medicalRoutes } from './medical-routes.ts';
import { type SessionRouteParts, sessionRoutes } from './session-routes.ts';
import { type VisitRouteParts, visitRoutes } from './visit-routes.ts';

export type ServerParts = SessionRouteParts &
  VisitRouteParts &
  MedicalRouteParts &
  KioskRouteParts &
  AccountRouteParts &
  HandoverRouteParts &
  CopyRouteParts &
  EventRouteParts & {
    readonly log: Log;
    readonly https?: HttpsFiles;
    /** Told of every error that no route expected. */
    storageMet(error: unknown): void;
  };

/** PEM files. With `clientCa`, only browsers with a certificate of that authority may log in; not with one that `clientCrl` revokes. */
export interface HttpsFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
  readonly clientCrl?: string;
}

/** Far above what people and integrations do; below what wears the machine out. Per address and minute. */
const REQUESTS_A_MINUTE = 6000;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

const open = (files: HttpsFiles | undefined): FastifyInstance => {
  const options = { logger: false, bodyLimit: 16_384, forceCloseConnections: true } as const;
  if (files === undefined) return fastify(options);
  const { cert, key, clientCa, clientCrl } = files;
  const ca = clientCa === undefined ? {} : { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: false };
  const crl = clientCrl === undefined ? {} : { crl: readFileSync(clientCrl) };
  const https = { cert: readFileSync(cert), key: readFileSync(key), ...ca, ...crl, minVersion: 'TLSv1.2' } as const;
  return fastify({ ...options, https }) as unknown as FastifyInstance;
};

export const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const app = open(parts.https);
  installErrors(app, (name, error) => {
    parts.log.error('http-internal', { name });
    parts.storageMet(error);
  });
  // JSON only: a form of another site can post text, but not this.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    // The cookie is SameSite=Strict already; this also refuses browsers that would send it.
    const { origin, host } = request.headers;
    if (origin !== undefined && request.method !== 'GET' && (!URL.canParse(origin) || new URL(origin).host !== host)) {
      throw new HttpRefusal(403, 'http/other-site', 'ほかのサイトからの操作は受け付けません');
    }
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    errorResponseBuilder: () => new HttpRefusal(429, 'http/too-many', '操作が続きすぎています。少し待ってからもう一度お試しください'),
  });
  if (parts.https?.clientCa !== undefined) requireCertificates(app, parts.kiosks);
  sessionRoutes(app, parts);
  visitRoutes(app, parts);
  medicalRoutes(app, parts);
  kioskRoutes(app, parts);
  accountRoutes(app, parts);
  handoverRoutes(app, parts);
  copyRoutes(app, parts);
  eventRoutes(app, parts);
  pageRoutes(app);
  return app;
};
