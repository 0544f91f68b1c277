// What a card reader's fault means to reception, and what to do. By failure code, or by its first word.

const FAULTS = {
  'reader/unavailable': ['カードの読み取り部が動いていません', 'カードリーダーの線を確かめ、再起動してください'],
  'camera/unavailable': ['カメラが使えません', 'カメラの線を確かめてください。暗証番号と目視では受付できます'],
  'touch/unavailable': ['画面のタッチが効きません', 'タッチパネルの線を確かめ、再起動してください'],
  'display/unavailable': ['画面を表示できません', '画面の線を確かめ、再起動してください'],
  'storage/unwritable': ['保存領域に書き込めません', '空き容量を確かめ、再起動してください。続くときは連絡先へ'],
  'storage/corrupt': ['保存したデータが壊れています', '連絡先にお問い合わせください'],
  'clock/unset': ['時計が合っていません', 'ネットワークと時刻サーバーを確かめてください'],
  'uplink/outbox-full': ['送信待ちの受付がいっぱいです', '端末とカードリーダーの通信を確かめてください。つながると自動で送られます'],
  model: ['顔認証の準備ができません', '連絡先にお問い合わせください。暗証番号と目視では受付できます'],
  uplink: ['通信がうまくいっていません', 'ネットワークの線を確かめてください'],
  config: ['設定に誤りがあります', '連絡先にお問い合わせください'],
}; // biome-ignore format: one fault a line

const OTHER = ['カードリーダーに不具合があります', '再起動してください。続くときは連絡先にお問い合わせください'];

/** [what it is, what to do] */
export const fault = (code) => FAULTS[code] ?? FAULTS[code.split('/')[0]] ?? OTHER;

/** Why reception is asked to look. */
export const LOOK_REASONS = {
  chosen: '患者さんが職員による確認を選びました',
  'pin-locked': '暗証番号がロックされています',
  'photo-unreadable': 'カードの顔写真を読み取れませんでした',
  camera: 'カメラが使えません',
  none: '顔が映りませんでした',
  several: '2人以上が映っていました',
  'too-far': '顔が遠すぎました',
  'too-near': '顔が近すぎました',
  'off-centre': '顔が枠から外れていました',
  turned: '顔が横を向いていました',
  dark: '暗くて顔が見えませんでした',
  'back-lit': '逆光で顔が見えませんでした',
  blurred: '顔がぶれていました',
  'not-live': 'ご本人が前にいることを確かめられませんでした',
  'no-match': 'カードの写真と一致しませんでした。本人かどうか、特に注意して確かめてください',
};
