// Health, and signed commands to a kiosk. A command is published while the broker is there or refused: it is never queued.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { COMMAND_NAMES, type CommandMessage } from '../../uplink/contract/index.ts';
import type { Kiosks } from '../kiosks.ts';
import type { Audit } from '../store/audit.ts';
import type { Troubles } from '../troubles.ts';
import { badInput, HttpRefusal, parseBody } from './errors.ts';
import type { Guard } from './guard.ts';
import { kioskFor } from './views.ts';

export interface CommandOrder {
  readonly kiosk: string;
  readonly name: CommandMessage['name'];
  readonly visitId?: string;
}

export interface KioskRouteParts {
  readonly guard: Guard;
  readonly kiosks: Kiosks;
  readonly troubles: Troubles;
  /** Signs and publishes. Throws uplink/broker-lost. */
  command(order: CommandOrder): Promise<{ readonly id: string; readonly expiresAt: string }>;
  readonly audit: Audit;
}

const FOR_ONE_PATIENT: readonly CommandMessage['name'][] = ['approve-visual', 'cancel'];

const commandBody = z.strictObject({
  command: z.enum(COMMAND_NAMES, { error: `command は ${COMMAND_NAMES.join(', ')} のどれかです` }),
  visitId: z.uuid({ error: 'visitId は受付のIDです' }).optional(),
});

export const kioskRoutes = (app: FastifyInstance, { guard, kiosks, troubles, command, audit }: KioskRouteParts): void => {
  app.get('/api/health', () => ({
    ready: kiosks.broker === 'connected' && !troubles.has('storage'),
    broker: kiosks.broker,
    troubles: troubles.list,
    kiosks: kiosks.views().map(({ id, status, unregistered }) => ({ id, status, ...(unregistered === undefined ? {} : { unregistered }) })),
  }));

  app.get('/api/kiosks', (request) => {
    const { role } = guard.require(request, 'anyone');
    return { broker: kiosks.broker, kiosks: kiosks.views().map((view) => kioskFor(view, role)) };
  });

  app.post<{ Params: { id: string } }>('/api/kiosks/:id/command', async (request, reply) => {
    const account = guard.require(request, 'anyone');
    const kiosk = kiosks.has(request.params.id) ? kiosks.view(request.params.id) : undefined;
    if (kiosk === undefined) throw new HttpRefusal(404, 'kiosk/unknown', 'このカードリーダーは登録されていません');
    const { command: name, visitId: named } = parseBody(commandBody, request.body);
    if (FOR_ONE_PATIENT.includes(name)) guard.require(request);
    // Approving and cancelling are for one patient: the one who is asking now, or the one named.
    const visitId = named ?? (FOR_ONE_PATIENT.includes(name) ? kiosk.request?.visitId : undefined);
    if (visitId === undefined && FOR_ONE_PATIENT.includes(name)) {
      throw badInput('visitId', 'どの受付のことか分かりません。カードリーダーからの依頼があるときに操作するか、visitId を付けてください');
    }
    const order: CommandOrder = { kiosk: kiosk.id, name, ...(visitId === undefined ? {} : { visitId }) };
    const sent = await command(order);
    audit.add({ account: account.id, action: `command/${name}`, kiosk: kiosk.id, ...(visitId === undefined ? {} : { visitId }) });
    if (kiosk.request !== undefined && kiosk.request.visitId === visitId) kiosks.answered(kiosk.id);
    return reply.code(202).send({ ...sent, kiosk: kiosk.id, command: name });
  });
};
