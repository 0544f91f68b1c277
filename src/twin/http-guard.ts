// Keeps the twin to the person at this machine: only local host names (DNS rebinding), no writes from other web sites,
// no embedding elsewhere, no resources from elsewhere. Must never widen what the page may load.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badInput } from './http-errors.ts';

const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const hostname = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

const isWrite = (request: FastifyRequest): boolean => !['GET', 'HEAD'].includes(request.method);

/** Throws a 403 for a foreign Host, and for a write whose Origin is not the very page of this server. */
export const checkCaller = (request: FastifyRequest): void => {
  const host = request.headers.host ?? '';
  if (!LOCAL_HOSTS.has(hostname(host))) throw badInput('host', 'This appliance answers only as 127.0.0.1 or localhost.', 403);
  const { origin } = request.headers;
  const foreign = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  if (isWrite(request) && (foreign || request.headers['sec-fetch-site'] === 'cross-site'))
    throw badInput('origin', "Another web site may not operate this appliance. Use the appliance's own page, or send no Origin.", 403);
};

export const guard = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': PAGE_POLICY,
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
      'cache-control': 'no-store',
    });
    checkCaller(request);
  });
};
