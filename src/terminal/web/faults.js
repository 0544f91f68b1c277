// What a card reader's fault means to reception, and what to do: every failure code has its row.

/** Whom to ask when nothing at hand helps. */
const CALL = '連絡先にお問い合わせください';
const DESK = '窓口で受付してください';
const OTHER_WAYS = '暗証番号か目視で受付できます。どちらも使えないときは書類で確認して窓口で受付してください';
const CAMERA = 'カメラの高さと向きを確かめてください';

export const FAULTS = {
  'card/not-recognised': ['カードを読み取れませんでした', 'カードの破損か、そばの金属や別のカードがないか確かめてください'],
  'card/not-my-number': ['マイナンバーカードではないカードです', `カードをお持ちでなければ、${DESK}`],
  'card/driving-licence': ['運転免許証が置かれました', `マイナンバーカードをお持ちでなければ、${DESK}`],
  'card/transit': ['交通系などのカードが置かれました', `重ねて置かれていないか確かめ、マイナンバーカードをお持ちでなければ、${DESK}`],
  'card/phone': ['スマートフォンが置かれました', `カードそのものをお持ちでなければ、${DESK}`],
  'card/several': ['カードが2枚以上重なっています', '財布やカバーの中の別のカードを離してください'],
  'card/removed': ['読み取りの途中でカードが離れました', '結果は送られていません。はじめからやり直せます'],
  'card/read-failed': ['カードの読み取りが途中で止まりました', `続くときはカードの故障が考えられます。${DESK}`],
  'card/malformed': ['カードの内容を読み取れませんでした', `このカードは使えません。${DESK}`],
  'card/tampered': ['カードの内容が正しいと確認できませんでした', '本人の書類を窓口で確かめてください'],
  'card/untrusted': ['カードの発行元を確認できませんでした', `本人の書類を窓口で確かめてください。ほかのカードでも続くときは${CALL}`],
  'card/face-unreadable': ['カードの券面を読み取れませんでした', `券面の汚れ・反射・傷を確かめてください。${OTHER_WAYS}`],
  'certificate/expired': ['電子証明書の期限が切れています', '資格確認書などで受付し、市区町村の窓口での更新を案内してください'],
  'certificate/revoked': ['電子証明書が失効しています', '資格確認書などで受付し、市区町村の窓口を案内してください'],
  'certificate/not-yet-valid': ['電子証明書の有効期間がまだ始まっていません', 'カードリーダーの日付が正しいか確かめてください'],
  'code/wrong': ['券面の番号を照合できませんでした', 'カードの向きを確かめてください。10回続くと券面の読み取りがロックされます'],
  'code/too-few-tries': ['券面の読み取りの残り回数が少ないカードです', `ロックさせないため、今日は読み取りません。${OTHER_WAYS}`],
  'code/blocked': ['顔写真の読み取りがロックされています', `${OTHER_WAYS}。解除は市区町村の窓口です`],
  'pin/blocked': ['暗証番号がロックされています', '顔認証と目視では受付できます。解除は市区町村の窓口です'],
  'pin/only-way-blocked': ['暗証番号がロックされています', 'この機械で使えるほかの方法がありません。書類で確認して窓口で受付してください。解除は市区町村の窓口です'],
  'pin/not-set': ['暗証番号のないカードです', 'この機械で使えるほかの方法がありません。書類で確認して窓口で受付してください'],
  'face/no-match': ['カードの写真と一致しませんでした', OTHER_WAYS],
  'face/not-live': ['ご本人が前にいることを確かめられませんでした', '写真や画面がカメラに映っていないか確かめてください'],
  'face/none': ['顔が映っていません', CAMERA],
  'face/several': ['2人以上が映っています', '後ろに人が映り込んでいないか確かめてください'],
  'face/too-far': ['顔が小さく映っています', CAMERA],
  'face/too-near': ['顔が大きく映っています', CAMERA],
  'face/off-centre': ['顔が枠から外れています', CAMERA],
  'face/turned': ['顔が横を向いています', CAMERA],
  'face/tilted': ['頭が傾いて映っています', 'カメラが傾いていないか確かめてください'],
  'face/dark': ['暗くて顔が見えません', '照明を足してください'],
  'face/back-lit': ['後ろが明るく、顔が見えません', '窓のブラインドを下ろすか、カードリーダーの向きを変えてください'],
  'face/over-exposed': ['光が強く、顔が見えません', '照明や日差しが顔に直接当たらないようにしてください'],
  'face/blurred': ['顔がぶれています', 'カメラのレンズの汚れを確かめてください'],
  'face/eyes-hidden': ['目が隠れています', OTHER_WAYS],
  'face/mask': ['マスクをされています', `外せない方も、${OTHER_WAYS}`],
  'face/photo-unreadable': ['カードの顔写真を読み取れませんでした', OTHER_WAYS],
  'staff/wrong-passcode': ['職員用の番号がちがいます', '施設の4けたの番号を確かめるか、この画面で承認してください'],
  'visit/timeout': ['時間になったため、受付が途中で終わりました', '結果は送られていません。はじめからやり直せます'],
  'visit/cancelled': ['患者さんが受付をやめました', '結果は送られていません。はじめからやり直せます'],
  'uplink/broker-lost': ['カードリーダーの通信が切れています', 'ネットワークの線と中継サーバーを確かめてください。つながると自動で再開します'],
  'uplink/terminal-lost': ['カードリーダーからこの端末が見えません', 'この端末の電源とネットワークを確かめてください。つながると自動で再開します'],
  'uplink/not-acknowledged': ['端末の返事が届いていない受付があります', 'カードリーダーが預かっています。つながると自動で送られます'],
  'uplink/rejected': ['端末が受け取らなかった受付があります', `患者さんを窓口で受付し、${CALL}`],
  'uplink/outbox-full': ['送信待ちの受付がいっぱいです', '端末とカードリーダーの通信を確かめてください。つながると自動で送られます'],
  'uplink/malformed': ['カードリーダーと端末の話が合っていません', `ソフトの版が合っているか、${CALL}`],
  'uplink/untrusted': ['カードリーダーと端末の鍵が合っていません', CALL],
  'uplink/rules-outdated': ['ブローカーの規則が古く、知らせの一部が届きません', '受付は続けられます。保守の担当にブローカーの規則の更新を頼んでください'],
  'storage/unwritable': ['保存領域に書き込めません', `再起動してください。続くときは${CALL}`],
  'storage/corrupt': ['保存したデータが壊れています', CALL],
  'clock/unset': ['時計が合っていません', 'ネットワークと時刻サーバーを確かめてください。合うと自動で始まります'],
  'reader/unavailable': ['カードの読み取り部が動いていません', 'カードリーダーの線を確かめ、再起動してください'],
  'reader/protocol': ['カードの読み取りが乱れました', '続くときは再起動してください'],
  'camera/unavailable': ['カメラが使えません', `カメラの線を確かめてください。${OTHER_WAYS}`],
  'touch/unavailable': ['画面のタッチが効きません', 'タッチパネルの線を確かめ、再起動してください'],
  'display/unavailable': ['画面を表示できません', '画面の線を確かめ、再起動してください'],
  'display/no-font': ['画面の文字の部品がありません', `プログラムの入れ直しが必要です。${CALL}`],
  'model/unavailable': ['顔認証の部品がありません', `${OTHER_WAYS}。${CALL}`],
  'model/corrupt': ['顔認証の部品が壊れています', `${OTHER_WAYS}。${CALL}`],
  'config/invalid': ['カードリーダーの設定に誤りがあります', CALL],
  'port/in-use': ['カードリーダーの中で通信の番号が重なっています', CALL],
  'input/invalid': ['カードリーダーが操作を受け付けませんでした', 'もう一度お試しください'],
  'visit/internal': ['カードリーダーの中で問題が起きました', `自動で再起動します。続くときは${CALL}`],
}; // biome-ignore format: one fault a line

/** A code of a newer kiosk than this page. */
const OTHER = ['カードリーダーに不具合があります', `再起動してください。続くときは${CALL}`];

/** [what it is, what to do] */
export const fault = (code) => FAULTS[code] ?? OTHER;

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
  tilted: '頭が傾いていました',
  dark: '暗くて顔が見えませんでした',
  'back-lit': '逆光で顔が見えませんでした',
  'over-exposed': '光が強くて顔が見えませんでした',
  'eyes-hidden': '目が隠れていました',
  mask: 'マスクで顔が隠れていました',
  blurred: '顔がぶれていました',
  'not-live': 'ご本人が前にいることを確かめられませんでした',
  'no-match': 'カードの写真と一致しませんでした。本人かどうか、特に注意して確かめてください',
};
