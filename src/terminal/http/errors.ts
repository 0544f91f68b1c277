// Every answer that is not a success: {code, message, field?, fields?}, and where it is made. No stack, no value of the request in it.

import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { isFailure } from '../../core/failure.ts';
import { isUnwritable } from '../store/storage-watch.ts';

export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  /** Every wrong field with its message, where several are. */
  readonly fields: Readonly<Record<string, string>> | undefined;

  constructor(status: number, code: string, message: string, field?: string, fields?: Readonly<Record<string, string>>) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.fields = fields;
  }
}

export const badInput = (field: string, message: string): HttpRefusal => new HttpRefusal(400, 'input/invalid', message, field);

/** The body as `schema` knows it, or 400 with the first wrong field, and all of them where several are wrong. */
export const parseBody = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> => {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const wrong = new Map<string, string>();
  for (const issue of result.error.issues) {
    const unknown = issue.code === 'unrecognized_keys';
    const field = (unknown ? issue.keys[0] : issue.path.map(String).join('.')) || 'body';
    if (!wrong.has(field)) wrong.set(field, unknown ? 'この項目は使えません' : issue.message);
  }
  const [field, what] = [...wrong][0] ?? ['body', '値が正しくありません'];
  throw new HttpRefusal(400, 'input/invalid', what, field, wrong.size > 1 ? Object.fromEntries(wrong) : undefined);
};

const FRAMEWORK: Readonly<Record<string, readonly [number, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, '本文がJSONとして読めません'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, '本文が空です。JSONを送ってください'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Content-Type: application/json で送ってください'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, '本文が大きすぎます(16 kBまで)'],
};

/** What is seen is recorded (who saw what): without room for the record nothing is shown either. */
const NO_ROOM =
  'この端末に記録を保存できないため、操作できません。保存先の空きがないか、ディスクが故障しています。空きができると自動で戻ります。戻らないときは、端末の連絡先にお問い合わせください';

export const installErrors = (app: FastifyInstance, onInternal: (name: string, error: unknown) => void): void => {
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: 'http/not-found', message: `${request.method} のこのアドレスはありません` }),
  );
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    if (error instanceof HttpRefusal) {
      const { code, message, field, fields } = error;
      const where = { ...(field === undefined ? {} : { field }), ...(fields === undefined ? {} : { fields }) };
      return reply.code(error.status).send({ code, message, ...where });
    }
    const known = FRAMEWORK[error.code ?? ''];
    if (known !== undefined) return reply.code(known[0]).send({ code: 'input/invalid', message: known[1], field: 'body' });
    if (isFailure(error, 'uplink/broker-lost')) {
      return reply
        .code(503)
        .send({ code: error.code, message: 'カードリーダーとの通信が切れています。つながってからもう一度お試しください' });
    }
    if (isFailure(error, 'storage/unwritable')) {
      onInternal(error.code, error);
      const message = '保存先に書き込めません。受付システムのフォルダーにつながっているか、空きがあるか確かめてください';
      return reply.code(503).send({ code: error.code, message });
    }
    if (isUnwritable(error)) {
      onInternal('storage/unwritable', error);
      return reply.code(503).send({ code: 'storage/unwritable', message: NO_ROOM });
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ code: 'input/invalid', message: 'リクエストの形が正しくありません', field: 'body' });
    onInternal(isFailure(error) ? error.code : error.name, error);
    return reply.code(500).send({ code: 'terminal/internal', message: '端末の中で問題が起きました。もう一度お試しください' });
  });
};
