// Every error of the twin's HTTP interface as {code, message, field?} with a fitting status.
// What a caller may read is decided here; an unexpected fault answers 500 without its text.

import { type Facts, KioskFailure } from '../core/failure.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly field?: string };
}

/** Bad input of an HTTP caller. `field` names the JSON field, query parameter, or 'body'. */
export const badInput = (field: string, message: string, status = 400): KioskFailure =>
  new KioskFailure('input/invalid', { message, facts: { field, status } });

/** Parts that are unplugged or broken refuse with 409: the request was right, the appliance's state is not. */
const CONFLICTS = new Set(['reader/unavailable', 'camera/unavailable', 'touch/unavailable', 'display/unavailable']);

/** fastify's own refusals (broken JSON, body too large) with words that say what to do. */
const FRAMEWORK: Readonly<Record<string, { readonly status: number; readonly message: string; readonly field?: string }>> = {
  FST_ERR_BAD_URL: { status: 400, message: 'The address has a broken % escape.', field: 'path' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    message: 'This content type is not taken. Allowed: application/json, or no body.',
    field: 'content-type',
  },

  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, message: 'The body is too large. Send a smaller picture or fewer frames.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, message: 'The body does not have the announced length.' },
};

const fieldOf = ({ field }: Facts): { field?: string } => (typeof field === 'string' ? { field } : {});

export const errorReply = (error: unknown): ErrorReply => {
  if (error instanceof KioskFailure) {
    const { code, message, facts } = error;
    const body = { code, message, ...fieldOf(facts) };
    const { status, missing } = facts;
    if (code === 'input/invalid') return { status: missing === true ? 404 : typeof status === 'number' ? status : 400, body };
    return { status: CONFLICTS.has(code) ? 409 : 500, body };
  }
  const { code = '', statusCode = 500 } = (error ?? {}) as { code?: string; statusCode?: number };
  const known = FRAMEWORK[code];
  if (known) return { status: known.status, body: { code: 'input/invalid', message: known.message, field: known.field ?? 'body' } };
  if (statusCode >= 400 && statusCode < 500)
    return { status: statusCode, body: { code: 'input/invalid', message: 'The request cannot be understood.' } };
  return { status: 500, body: { code: 'visit/internal', message: 'The twin failed at this request; see its log.' } };
};
