// The client certificate a browser showed (G4), where the page is served over TLS with client certificates.

import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Kiosks } from '../kiosks.ts';
import { HttpRefusal } from './errors.ts';

export interface ClientCertificate {
  readonly name: string;
  /** YYYY-MM-DD */
  readonly validTo: string;
}

/**
 * The certificate of a browser that the site's authority vouches for and has not revoked; undefined when there is none. The authority vouches
 * for card readers too, which stand where everybody can reach them: theirs let nobody in here.
 */
export const clientCertificate = ({ raw }: FastifyRequest, kiosks: Pick<Kiosks, 'has'>): ClientCertificate | undefined => {
  const { socket } = raw;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, valid_to } = socket.getPeerCertificate();
  if (subject === undefined || kiosks.has(String(subject.CN))) return undefined;
  return { name: String(subject.CN ?? '-'), validTo: new Date(valid_to).toISOString().slice(0, 10) };
};

/** Refuses everything but the page itself to a browser without one: the page then says what to do, which a broken handshake cannot. */
export const requireCertificates = (app: FastifyInstance, kiosks: Pick<Kiosks, 'has'>): void => {
  app.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/') || request.url === '/api/session' || clientCertificate(request, kiosks) !== undefined) return;
    throw new HttpRefusal(
      403,
      'certificate/required',
      'クライアント証明書が選ばれていません。ブラウザーを開き直し、この端末の証明書を選んでください',
    );
  });
};
