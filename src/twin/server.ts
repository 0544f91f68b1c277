// The twin's web server on 127.0.0.1: the page, the HTTP interface, the live streams. One per simulated appliance.
// Decides nothing about a visit; everything it does goes through TwinControls.

import { type FastifyReply, fastify } from 'fastify';
import { type Clock, systemClock } from '../core/clock.ts';
import { KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { addActionRoutes } from './action-routes.ts';
import { badInput, errorReply } from './http-errors.ts';
import { guard } from './http-guard.ts';
import type { TwinControls } from './ports.ts';
import { addViewRoutes } from './view-routes.ts';

export interface TwinServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: '127.0.0.1';
  /** Where the page's link to the reception terminal leads. */
  readonly terminalUrl: string;
  readonly mqttUrl: string;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface TwinServer {
  readonly url: string;
  /** Ends all streams and connections. */
  close(): Promise<void>;
}

/** JSON by default; picture bodies only where a route takes them. */
const JSON_ONLY = ['application/json'];

const answerError = (reply: FastifyReply, error: unknown): FastifyReply => {
  const { status, body } = errorReply(error);
  return reply.status(status).send(body);
};

/** Starts listening. Throws port/in-use with facts {port, what}. */
export const createTwinServer = async (controls: TwinControls, options: TwinServerOptions): Promise<TwinServer> => {
  const { port, host = '127.0.0.1', log, clock = systemClock } = options;
  const app = fastify({
    frameworkErrors: (error, _request, reply) => {
      void answerError(reply as unknown as FastifyReply, error);
    },
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 200 },
  });
  guard(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined);
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(badInput('body', 'The body is not JSON. Send one JSON object.'), undefined);
    }
  });
  app.addContentTypeParser(['image/jpeg', 'image/png'], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'POST' && request.method !== 'PUT') return;
    const allowed = (request.routeOptions.config as { accepts?: readonly string[] }).accepts ?? JSON_ONLY;
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (request.is404 || allowed.includes(type)) return;
    const found = type === '' ? 'The content type is missing' : 'This content type is not taken';
    throw badInput('content-type', `${found}. Allowed here: ${allowed.join(', ')}.`, 415);
  });
  app.setErrorHandler(async (error, _request, reply) => {
    const { status, body } = errorReply(error);
    if (status >= 500) log.error('twin.request-failed', { code: body.code });
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler(async (request, reply) => {
    return answerError(reply, badInput('path', `There is no ${request.method} at this address.`, 404));
  });

  const camera = addActionRoutes(app, controls);
  const closeStreams = addViewRoutes(app, controls, { ...options, clock, camera });
  try {
    const url = await app.listen({ port, host });
    log.info('twin.listening', { port: Number(new URL(url).port) });
    return {
      url,
      close: async () => {
        closeStreams();
        await app.close();
      },
    };
  } catch (cause) {
    closeStreams();
    await app.close();
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new KioskFailure('port/in-use', {
      cause,
      facts: { port, what: 'twin' },
      message: `Port ${port} is taken by another program. Stop it, or start with another port: --port ${port + 1}`,
    });
  }
};
