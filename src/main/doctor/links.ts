// The links of the running kiosk as it knows them itself: asked, not opened a second time.

import { type Check, ok, warn } from './check.ts';

export interface KnownLinks {
  readonly broker: string;
  readonly terminal: string;
  readonly backlog: number;
}

/** Whether the terminal answers over the broker, as the kiosk's own connection last heard. */
export const ownLink = (links: () => KnownLinks): Check => ({
  id: 'terminal',
  title: { ja: '受付の端末との接続', en: 'Link to the reception terminal' },
  async run() {
    const { broker, terminal } = links();
    const facts = { broker, terminal };
    if (broker !== 'connected')
      return warn(
        facts,
        'ブローカーとつながっていません。ネットワークの線と中継サーバーを確かめてください。',
        'The broker is not connected. Check the network cable and the broker.',
      );
    if (terminal !== 'ready')
      return warn(
        facts,
        '受付の端末が応答していません。端末の電源とアプリの起動を確かめてください。',
        'The reception terminal does not answer. Check that it is on and its program runs.',
      );
    return ok(facts);
  },
});

/** Results that still wait for the link: none is lost, but somebody should know. */
export const ownOutbox = (links: () => KnownLinks): Check => ({
  id: 'outbox',
  title: { ja: '送信待ちの受付', en: 'Results waiting to be sent' },
  async run() {
    const { backlog } = links();
    return backlog === 0
      ? ok({ backlog })
      : warn(
          { backlog },
          `まだ送れていない受付が ${backlog} 件あります。端末とつながると自動で送ります。`,
          `Results not sent yet: ${backlog}. They are sent as soon as the terminal is back.`,
        );
  },
});

/** Whether the camera is plugged in now. */
export const ownCamera = (plugged: () => boolean): Check => ({
  id: 'camera',
  title: { ja: 'カメラ', en: 'Camera' },
  async run() {
    return plugged()
      ? ok({ devices: 1 })
      : warn(
          { devices: 0 },
          'カメラが見つかりません。暗証番号と目視で受付できます。ケーブルを確かめてください。',
          'No camera was found: patients are served by PIN and staff. Check its cable.',
        );
  },
});
