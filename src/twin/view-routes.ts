// The reading half of the HTTP interface: state, panel, cards, live streams, and the page itself.

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { CameraSource } from './action-routes.ts';
import { badInput } from './http-errors.ts';
import { type LatestOptions, type LatestSource, streamLatest } from './latest-stream.ts';
import { PANEL_BOUNDARY, panelSource, stateSource } from './live-sources.ts';
import { readPictureHeader } from './picture-header.ts';
import type { TwinControls } from './ports.ts';
import { residents } from './residents.ts';
import { openWebFiles, type WebFile } from './web-files.ts';

/** At most 20 states a second; 40 changes of the panel, above what the camera preview makes. */
const STATE_INTERVAL_MS = 50;
const PANEL_INTERVAL_MS = 25;
const HEARTBEAT = { text: ': alive\n\n', everyMs: 15_000 };

export interface ViewOptions {
  readonly terminalUrl: string;
  readonly mqttUrl: string;
  readonly log: Log;
  readonly clock: Clock;
  camera(): CameraSource | undefined;
}

const sendFile = (reply: FastifyReply, file: WebFile | undefined) => {
  if (!file) throw badInput('path', 'The page has no such file.', 404);
  if (file.type.startsWith('font/')) reply.header('cache-control', 'private, max-age=86400');
  return reply.type(file.type).send(file.bytes);
};

/** How the page calls the drawn residents, whose ids are not for reading: {id: {ja, en}}. */
const labels = (): Record<string, { ja: string; en: string }> => {
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return Object.fromEntries(
    residents().map(({ id, family, given }) => [id, { ja: `${family} ${given}`, en: id.split('-').map(capital).join(' ') }]),
  );
};

/** Adds the routes; the returned function ends every live stream. */
export const addViewRoutes = (app: FastifyInstance, controls: TwinControls, options: ViewOptions): (() => void) => {
  const { clock, log, terminalUrl, mqttUrl } = options;
  const files = openWebFiles();
  const streams = new Set<() => void>();
  const stream = (reply: FastifyReply, type: string, source: LatestSource, pace: Omit<LatestOptions, 'clock' | 'log'>) => {
    reply.hijack();
    reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': type, 'x-accel-buffering': 'no' });
    const close = streamLatest(reply.raw, source, { clock, log, ...pace });
    streams.add(close);
    reply.raw.on('close', () => streams.delete(close));
  };

  app.get('/', async (_request, reply) => sendFile(reply, await files.read('index.html')));
  app.get('/assets/:name', async (request, reply) => sendFile(reply, await files.read((request.params as { name: string }).name)));

  app.get('/api/state', async () => controls.state());
  app.get('/api/screen.png', async (_request, reply) => reply.type('image/png').send(Buffer.from(await controls.screenPng())));
  app.get('/api/cards', async () => controls.cards());
  app.get('/api/twin', async () => ({
    panel: controls.panel(),
    tray: controls.cardOnTray() ?? null,
    cards: controls.cards(),
    residents: controls.residents(),
    labels: labels(),
    cables: controls.cables(),
    camera: options.camera() ?? null,
    /** What this appliance can do beyond the stable interface. */
    finger: controls.finger !== undefined,
    portraits: controls.portrait !== undefined,
    melodies: controls.melodies?.() ?? {},
    terminal: terminalUrl,
    mqtt: mqttUrl,
  }));
  app.get('/api/portraits/:name', async (request, reply) => {
    const picture = await controls.portrait?.((request.params as { name: string }).name);
    if (!picture) throw badInput('name', 'name: there is no picture of that name.', 404);
    const kind = readPictureHeader(picture)?.kind;
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    return reply.type(kind === undefined ? 'image/svg+xml' : `image/${kind}`).send(Buffer.from(picture));
  });
  app.get('/api/voice/:language/:name', async (request, reply) => {
    const { language, name } = request.params as { language: string; name: string };
    const bytes = await controls.recording?.(`${language}/${name}`);
    if (!bytes) throw badInput('name', 'name: there is no recording of that name.', 404);
    // The name is a hash of the text: it never means anything else.
    reply.header('cache-control', 'private, max-age=86400, immutable');
    return reply.type('audio/ogg').send(Buffer.from(bytes));
  });
  app.get('/api/events', (_request, reply) => {
    stream(reply, 'text/event-stream; charset=utf-8', stateSource(controls), { minIntervalMs: STATE_INTERVAL_MS, heartbeat: HEARTBEAT });
  });
  app.get('/api/stream', (_request, reply) => {
    stream(reply, `multipart/mixed; boundary=${PANEL_BOUNDARY}`, panelSource(controls), { minIntervalMs: PANEL_INTERVAL_MS });
  });
  return () => {
    for (const close of streams) close();
  };
};
