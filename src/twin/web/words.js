// The page's words in Japanese and English, and the switch between them. The kiosk's own screens have their own languages.

const WORDS = {
  ja: {
    names: {
      'no-pin': '顔認証専用',
      'expires-soon': 'もうすぐ期限',
      'expired-in-grace': '期限切れ3か月内',
      expired: '期限切れ',
      'driving-licence': '運転免許証',
      transit: '交通系IC',
      broken: 'こわれたカード',
    },
    skip: 'タッチパネルへ',
    tagline: '顔認証付きカードリーダーの双子',
    terminal: '受付端末をひらく',
    language: 'このページの言語',
    kiosk: '受付キオスク',
    panel: 'タッチパネル',
    tray: 'カード置き場',
    trayHint: 'ここにカードを置く',
    take: 'カードを取る',
    people: 'カメラの前に立つ人',
    cards: 'カードをトレイに置く',
    keypad: 'テンキー',
    cables: 'ケーブルを抜く',
    facts: 'いまの状態',
    powerShort: '電源ボタン（短く押す。3秒押しつづけると長押し）',
    powerLong: '長押し',
    soundOn: '音を消す',
    soundOff: '音を出す',
    quiet: '（音声なし）',
    lost: 'キオスクのプログラムにつながりません。npm start がまだ動いているか見てください。',
    guideTitle: 'ためしてみましょう',
    guideIntro: '本物の機械と同じプログラムが、このページの中で動いています。カードの署名も、顔の照合も、本物の計算です。',
    guideAlso: 'ほかにも：別の人のカード、運転免許証、まちがった暗証番号、写真をかざす「なりすまし」、受付の途中でケーブルを抜く…。',
    guideStart: 'はじめる',
    step1: 'カメラの前に立つ人を選ぶ',
    step1More: '絵の住民でも、あなたのウェブカメラでも。',
    step2: '同じ人のカードをトレイに置く',
    step2More: 'ドラッグするか、押すだけ。',
    step3: '顔か、暗証番号 1234 で確認する',
    step3More: '画面を押すか、右のテンキーで。',
    step4: '医療情報を渡すかどうか答える',
    step4More: '「同意しない」でも受付できます。',
    step5: 'カードを取り、受付端末を見る',
    step5More: '結果は暗号化されて端末に届きます。',
    live: 'Webカメラ',
    dark: 'まっくら',
    still: '写真の人',
    print: '紙の写真',
    screen: 'スマホ写真',
    me: '自分のカードを作る',
    noWebcam: 'ウェブカメラを使えません。ブラウザーの許可を確かめてください。',
    kinds: { 'my-number': '個人番号カード', 'driving-licence': '運転免許証', transit: '交通系ICカード', broken: 'こわれたカード' },
    sample: '見本',
    until: '{n} まで',
    pinLeft: '暗証番号 あと{n}回',
    pinLocked: 'PIN ロック中',
    pinNone: '顔認証専用（暗証番号なし）',
    pinNoneShort: '顔認証専用',
    onTray: 'トレイの上',
    place: 'トレイに置く',
    cable: { broker: '通信（MQTT）', terminal: '受付端末', reader: 'カードリーダー', camera: 'カメラ', touch: 'タッチパネル' },
    in: 'つながっている',
    out: '抜けている',
    fact: {
      screen: '画面',
      step: '段階',
      uplink: '通信',
      terminal: '受付端末',
      backlog: '未送信',
      tone: '音',
      failure: '理由',
      frames: '画面更新',
    },
    value: { connected: '接続', lost: '切断', ready: '準備よし', none: '—', perSecond: '{n} 枚/秒', still: '静止' },
    makerTitle: '自分のカードを作る',
    makerIntro: '写真1枚から試験用のカードを作ります。写真はこのコンピューターの外に出ず、終了すると消えます。',
    makerNoPhoto: '写真がありません',
    makerWebcam: 'ウェブカメラで撮る',
    makerSnap: 'シャッター',
    makerChoose: '写真ファイルを選ぶ',
    makerDone: 'カードを作る',
    makerName: 'カードの名前（試験用）',
    makerBirth: '生年月日',
    makerExpires: 'カードの有効期限',
    makerPin: '暗証番号（数字4けた）',
    makerNoPin: '暗証番号なし（顔認証マイナンバーカード）',
    cancel: 'やめる',
    wrong: {
      photo: 'この写真は使えません。顔が1つ写ったJPEGかPNGを選んでください。',
      name: '名前を1行で入れてください。',
      birth: '生年月日を入れてください。',
      expires: '有効期限は生年月日より後の日付にしてください。',
      pin: '暗証番号は数字4けたです。',
    },
    made: 'カードができました。トレイに置いてみましょう。',
    key: { enter: '決定', backspace: '1つ消す', escape: 'やめる', slash: 'もう一度聞く', plus: '音を大きく', minus: '音を小さく' },
    lampIs: 'トレイのランプ：{n}',
    lamps: { off: '消灯', green: '緑', blue: '青', red: '赤' },
  },
  en: {
    names: {
      'no-pin': 'Face only',
      'expires-soon': 'Expires soon',
      'expired-in-grace': 'Expired, in grace',
      expired: 'Expired',
      'driving-licence': 'Licence',
      transit: 'Transit',
      broken: 'Broken',
    },
    skip: 'To the touch panel',
    tagline: 'digital twin of a face-authentication card reader',
    terminal: 'Reception terminal',
    language: 'Language of this page',
    kiosk: 'Reception kiosk',
    panel: 'Touch panel',
    tray: 'Card tray',
    trayHint: 'Put a card here',
    take: 'Take card',
    people: 'Who stands before the camera',
    cards: 'Put a card on the tray',
    keypad: 'Numeric keypad',
    cables: 'Pull a cable',
    facts: 'What is going on',
    powerShort: 'Power button (short press; hold for 3 seconds for a long press)',
    powerLong: 'hold',
    soundOn: 'Mute',
    soundOff: 'Sound on',
    quiet: '(silence)',
    lost: "The kiosk's program does not answer. See whether npm start still runs.",
    guideTitle: 'Try it',
    guideIntro: 'The very program of the real box runs behind this page. The card really signs, the face is really compared.',
    guideAlso:
      "Also try: another person's card, a driving licence, a wrong PIN, a printed photo held up, a cable pulled in the middle of a visit…",
    guideStart: 'Start',
    step1: 'Choose who stands before the camera',
    step1More: 'A drawn resident, or you at your webcam.',
    step2: "Put the same person's card on the tray",
    step2More: 'Drag it, or just press it.',
    step3: 'Prove it by face, or with the PIN 1234',
    step3More: 'Press the screen, or use the keypad on the right.',
    step4: 'Say whether to share medical records',
    step4More: 'You can check in without sharing.',
    step5: 'Take the card, look at the terminal',
    step5More: 'The result arrives there, sealed.',
    live: 'Webcam',
    dark: 'Dark',
    still: 'Picture',
    print: 'Paper',
    screen: 'Phone',
    me: 'Make a card of me',
    noWebcam: "The webcam cannot be used. Check the browser's permission.",
    kinds: { 'my-number': 'My Number Card', 'driving-licence': 'Driving licence', transit: 'Transit card', broken: 'Broken card' },
    sample: 'sample',
    until: 'to {n}',
    pinLeft: 'PIN: {n} tries left',
    pinLocked: 'PIN locked',
    pinNone: 'face only, no PIN',
    pinNoneShort: 'face only',
    onTray: 'on the tray',
    place: 'Put on the tray',
    cable: { broker: 'MQTT link', terminal: 'Terminal', reader: 'Card reader', camera: 'Camera', touch: 'Touch panel' },
    in: 'plugged in',
    out: 'pulled out',
    fact: {
      screen: 'Screen',
      step: 'Step',
      uplink: 'Network',
      terminal: 'Terminal',
      backlog: 'Unsent',
      tone: 'Tone',
      failure: 'Reason',
      frames: 'Panel',
    },
    value: { connected: 'connected', lost: 'lost', ready: 'ready', none: '—', perSecond: '{n} frames/s', still: 'still' },
    makerTitle: 'Make a card of me',
    makerIntro: 'Makes a test card from one photo. The photo never leaves this computer and is gone when the program ends.',
    makerNoPhoto: 'No photo yet',
    makerWebcam: 'Use the webcam',
    makerSnap: 'Take the photo',
    makerChoose: 'Choose a picture file',
    makerDone: 'Make the card',
    makerName: 'Name of the test card',
    makerBirth: 'Date of birth',
    makerExpires: 'Card valid to',
    makerPin: 'PIN (four digits)',
    makerNoPin: 'No PIN (face-only My Number Card)',
    cancel: 'Cancel',
    wrong: {
      photo: 'This photo cannot be used. Choose a JPEG or PNG that shows one face.',
      name: 'Enter a name on one line.',
      birth: 'Enter the date of birth.',
      expires: 'The card must be valid until after the date of birth.',
      pin: 'The PIN is four digits.',
    },
    made: 'The card is ready. Put it on the tray.',
    key: { enter: 'Enter', backspace: 'Delete one', escape: 'Cancel', slash: 'Hear again', plus: 'Louder', minus: 'Quieter' },
    lampIs: 'Lamp of the tray: {n}',
    lamps: { off: 'off', green: 'green', blue: 'blue', red: 'red' },
  },
};

const KEY = 'kazashi.language';
const listeners = new Set();
let language = localStorage.getItem(KEY) ?? (navigator.language.startsWith('ja') ? 'ja' : 'en');

/** What a card or resident is called on the page; a name nobody translated stays itself. */
export const nameOf = (name, labels = {}) => labels[name]?.[language] ?? WORDS[language].names[name] ?? name;

/** A word by its dotted key, with {name}s filled in. */
export const t = (key, values = {}) => {
  const text = key.split('.').reduce((words, part) => words?.[part], WORDS[language]) ?? key.split('.').at(-1);
  return Object.entries(values).reduce((line, [name, value]) => line.replace(`{${name}}`, value), text);
};

export const onLanguage = (listener) => listeners.add(listener);

const show = () => {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-t-label]')) element.setAttribute('aria-label', t(element.dataset.tLabel));
  for (const button of document.querySelectorAll('[data-language]'))
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  for (const listener of listeners) listener();
};

export const startWords = () => {
  for (const button of document.querySelectorAll('[data-language]'))
    button.addEventListener('click', () => {
      language = button.dataset.language;
      localStorage.setItem(KEY, language);
      show();
    });
  show();
};
