// What became of the last update, or of the one under way: an update that returned says why, here and at the terminal.

import { readTold } from '../update/told.ts';
import { type Check, ok, warn } from './check.ts';

export const update = (root: string): Check => ({
  id: 'update',
  title: { ja: '更新', en: 'Update' },
  async run() {
    const { phase, version = 'unknown', last, refused } = readTold(root) ?? { phase: 'idle' };
    if (refused !== undefined)
      return warn(
        { error: refused },
        'USBメモリーの更新は使えません。理由を確かめて、正しいファイルを入れ直してください。今の版はそのままです。',
        'The update on the USB stick cannot be used. Read why, and bring the right file. The version that runs was not touched.',
      );
    if (phase !== 'idle') return ok({ update: version, result: phase === 'writing' ? 'being written' : 'being tried' });
    if (last === undefined) return ok({ update: 'none' });
    const { version: of, result, reason } = last;
    const facts = { update: of, result, ...(reason === undefined ? {} : { reason }) };
    if (result === 'returned')
      return warn(
        facts,
        '更新した版が使えなかったため、前の版に戻りました。理由の部品を確かめ、USBメモリーをもう一度差し込むと試せます。',
        'The new version did not work here, so the one before runs again. Look after the part that is the reason; the stick, put in again, tries it once more.',
      );
    if (result === 'interrupted')
      return warn(
        facts,
        '更新の書き込みが終わりませんでした。前の版が動いています。理由を確かめ、USBメモリーをもう一度差し込んでください。',
        'The update was not written to its end. The version before runs. See the reason, and put the stick in again.',
      );
    return ok(facts);
  },
});
