// Whether the copies of this machine succeed (G10), for everybody who works at it.

import type { FastifyInstance } from 'fastify';
import type { Audit } from '../store/audit.ts';
import type { CopyRecord } from '../store/copies.ts';
import { HttpRefusal } from './errors.ts';
import type { Guard } from './guard.ts';

export interface CopyRouteParts {
  readonly guard: Guard;
  readonly audit: Audit;
  readonly copies: CopyRecord;
}

export const copyRoutes = (app: FastifyInstance, { guard, audit, copies }: CopyRouteParts): void => {
  app.get('/api/copies', (request) => {
    guard.require(request, 'anyone');
    const { madeAt, failedAt, silenced } = copies.read();
    return { madeAt: madeAt ?? null, failedAt: failedAt ?? null, silenced };
  });

  app.post('/api/copies/silence', (request) => {
    const account = guard.require(request, 'anyone');
    if (copies.read().madeAt === undefined)
      throw new HttpRefusal(409, 'copies/none', '複製がまだ一つもないため、この知らせは消せません。端末の連絡先にお問い合わせください');
    copies.silence();
    audit.add({ account: account.id, action: 'copies/silenced' });
    return { silenced: true };
  });
};
