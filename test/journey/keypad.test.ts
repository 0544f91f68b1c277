// Someone who sees nothing: the numeric keypad and the recorded speech are all this test uses of the kiosk.
// A card on the tray is felt, not seen. The screen is never asked for, by name, by element or as a picture.

import { test } from 'tap';
import { sentencesOf } from '../../src/device/sound/sentences.ts';
import { Appliance } from './appliance.ts';

const PERSON = 'sato-haruka';

interface Heard {
  readonly speech?: string;
  readonly clips?: readonly string[];
  readonly guide?: string;
}

/** Ears and fingers. */
class Listener {
  readonly #appliance: Appliance;
  readonly everything: string[] = [];
  readonly unrecorded: string[] = [];
  readonly guides = new Set<string>();
  readonly #listening = new AbortController();
  #now = '';
  #changed: () => void = () => undefined;

  constructor(appliance: Appliance) {
    this.#appliance = appliance;
    void this.#listen().catch(() => undefined);
  }

  /** Hears everything from now on, as the twin's page does. */
  async #listen(): Promise<void> {
    const response = await fetch(`${this.#appliance.twin}/api/events`, { signal: this.#listening.signal });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of response.body ?? []) {
      const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) this.#hear(JSON.parse(line.slice(6)) as Heard);
    }
  }

  #hear({ speech = '', clips = [], guide }: Heard): void {
    if (guide !== undefined) this.guides.add(guide);
    if (speech === this.#now) return;
    this.#now = speech;
    if (speech === '') return;
    this.everything.push(speech);
    if (clips.length !== sentencesOf(speech).length) this.unrecorded.push(speech);
    this.#changed();
  }

  /** Waits until something is said that matches. */
  async hears(words: RegExp): Promise<string> {
    const end = Date.now() + 60_000;
    while (!words.test(this.#now)) {
      if (Date.now() > end) throw new Error(`waited to hear ${words}; heard last: ${this.everything.slice(-4).join(' | ')}`);
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#changed = resolve;
        }),
        new Promise((resolve) => setTimeout(resolve, 250)),
      ]);
    }
    return this.#now;
  }

  async keys(keys: string): Promise<void> {
    const { status } = await this.#appliance.api('POST', '/api/keypad', { keys });
    if (status >= 300) throw new Error(`keys: ${status}`);
  }

  /** Finds the number of a choice in what is being said, presses it, hears what it is, and confirms. */
  async choose(said: string, choice: string): Promise<void> {
    const number = new RegExp(`(?:^|。|\\. |Number )(\\d)(?:番。|\\. )${choice}`).exec(said)?.[1];
    if (number === undefined) throw new Error(`no number for ${choice} in: ${said}`);
    await this.keys(number);
    await this.hears(new RegExp(`^(?:Number )?${number}(?:番。|\\. )${choice}`));
    await this.keys('\n');
  }

  stop(): void {
    this.#listening.abort();
  }
}

test('the whole visit with the keypad and the recorded speech alone', async (t) => {
  const appliance = await Appliance.start();
  t.teardown(() => appliance.stop());
  const ear = new Listener(appliance);
  t.teardown(() => ear.stop());

  await t.test('by PIN, with one wrong try: tries left are said, digits are not', async (t) => {
    await ear.hears(/マイナンバーカードを置いてください.*テンキーをお使いの方は、0を押してください/);
    await ear.keys('0');
    await ear.hears(/番号を押すと、その項目を読み上げます.*\d番。日本語。\d番。English/);
    await appliance.place(PERSON);
    await ear.choose(await ear.hears(/本人確認の方法.*番号を押してから/), '暗証番号');
    await ear.hears(/数字4けたを入力.*番号は声に出ません/);
    await ear.keys('8642');
    await ear.hears(/4けた入力しました。エンターを押してください/);
    await ear.keys('\n');
    await ear.hears(/暗証番号がちがいます。入力は、あと2回できます/);
    await ear.keys('12\n');
    await ear.hears(/4けたのうち2けた入力しました/);
    await ear.keys('34\n');
    await ear.choose(await ear.hears(/この医療機関に伝えてもよいですか.*番号を押してから/), 'すべて同意する');
    await ear.choose(await ear.hears(/手術の情報を伝えてもよいですか.*番号を押してから/), '同意しない');
    const said = await ear.hears(/受付が完了しました.*カードをお取りください.*手術。伝えない/);
    const [visit] = await appliance.visits();
    t.match(said, new RegExp(`受付番号。${[...String(visit.number)].join('。')}。`), 'the number that the screen shows is said');
    t.equal(visit.method, 'pin');
    t.match(JSON.stringify(visit.consent), /"SHJ":\{"flag":"0"/, 'the surgery was refused');
    await appliance.take();
    await ear.hears(/マイナンバーカードを置いてください/);
    const secrets = ear.everything.filter((heard) => /[1-4]{4}|[8642]{4}|8、?6、?4|1、2、3/.test(heard));
    t.same(secrets, [], 'nothing that was said holds a PIN');
  });

  await t.test('a language without a voice is not taken: who listens is told so and stays', async (t) => {
    await ear.keys('0');
    await ear.hears(/\d番。日本語。\d番。English/);
    const { elements } = await appliance.state();
    const languages = elements.filter(({ id }) => /^(help|mode-|language-)/.test(id)).map(({ id }) => id);
    const number = languages.indexOf('language-ko') + 1;
    t.ok(number > 0, 'Korean is offered to the eye');
    await ear.keys(String(number));
    await ear.hears(/そのことばには音声がありません/);
    await ear.keys('\n');
    await ear.keys('0');
    await ear.hears(/\d番。日本語。\d番。English/);
    t.equal((await appliance.state()).language, 'ja');
  });

  await t.test('by face in English: tones lead, and what is said is English', async (t) => {
    const before = ear.everything.length;
    await ear.keys('0');
    await ear.choose(await ear.hears(/\d番。日本語。\d番。English/), 'English');
    await ear.hears(/Please place your My Number Card/);
    await appliance.camera({ resident: PERSON });
    await appliance.place(PERSON);
    await ear.choose(await ear.hears(/How would you like to confirm.*Press a number/), 'Face');
    await ear.choose(await ear.hears(/May we share past information.*Press a number/), 'Do not agree');
    await ear.hears(/Checked in|You are checked in|checked in/i);
    t.ok(ear.guides.has('hold') || ear.guides.has('search'), 'a tone led the face');
    const [visit] = await appliance.visits();
    t.equal(visit.method, 'face');
    t.equal(visit.language, 'en');
    await appliance.take();
    await ear.hears(/マイナンバーカードを置いてください/);
    t.ok(ear.everything.length > before + 5);
  });

  await t.test('by mistake: a number that is none, cancelling needs a second key, the volume is said', async () => {
    await appliance.place(PERSON);
    await ear.hears(/本人確認の方法/);
    await ear.keys('9');
    await ear.hears(/その番号はありません/);
    await ear.keys('-');
    await ear.hears(/音量6/);
    await ear.keys('/');
    await ear.hears(/本人確認の方法.*1番。顔認証/);
    await ear.keys('*');
    await ear.hears(/受付をやめます/);
    await ear.keys('\n');
    await ear.hears(/カードをお取りください/);
    await appliance.take();
    await ear.hears(/マイナンバーカードを置いてください/);
  });

  t.same(ear.unrecorded, [], 'every sentence was a recording');
});
