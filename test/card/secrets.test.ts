// The rules that keep a card from being locked, against a card that counts: no key, no file, nothing but the two commands they are made of.

import { test } from 'tap';
import { openChannel } from '../../src/card/channel.ts';
import { presentCodeB } from '../../src/card/code-b.ts';
import { cardProfile2016 } from '../../src/card/profile.ts';
import { presentSecret, readTries } from '../../src/card/secrets.ts';
import { swText, triesFrom, unexpectedStatus } from '../../src/card/status-word.ts';
import { ascii, fromHex, hex } from '../../src/core/bytes.ts';
import type { Facts } from '../../src/core/failure.ts';
import { type Log, silentLog } from '../../src/core/log.ts';

const PIN = cardProfile2016.jpki.pin;
const CODE = cardProfile2016.visual.codeB;
const SELECT_PIN = '00a4020c020018';
const COUNTER = '00200080';
/** VERIFY with no data, by short id. */
const ASK_PIN = '00200098';
const ASK_CODE = '00200092';

/** One secret with `left` tries; `answers` replaces what it says to the nth command. */
const counting = (secret: string, left: number, answers: Readonly<Record<number, string>> = {}) => {
  const heard: string[] = [];
  let tries = left;
  const answer = (command: string): string => {
    const replaced = answers[heard.length];
    if (replaced !== undefined) return replaced;
    if (command.startsWith('00a4')) return '9000';
    if (command.length === COUNTER.length) return `63c${tries.toString(16)}`;
    if (tries === 0) return '6984';
    tries -= 1;
    return command.endsWith(hex(ascii(secret))) ? '9000' : `63c${tries.toString(16)}`;
  };
  const card = {
    async transceive(command: Uint8Array) {
      heard.push(hex(command));
      return fromHex(answer(hex(command)));
    },
  };
  return { heard, channel: openChannel(card), tries: () => tries };
};

test('a secret is presented after its counter was read, once', async (t) => {
  const card = counting('1234', 3);
  t.same(await presentSecret(card.channel, PIN, ascii('1234')), { outcome: 'verified' });
  t.same(card.heard, [ASK_PIN, '002000980431323334']);
  const wrong = counting('1234', 3);
  t.same(await presentSecret(wrong.channel, PIN, ascii('9999')), { outcome: 'wrong', triesLeft: 2 });
  t.equal(wrong.heard.length, 2, 'never twice');
});

test('a card that does not count by short id, or says it is locked, is asked after SELECT, and the secret goes the same way', async (t) => {
  for (const answer of ['6a86', '6a88', '6986', '6981', '6d00', '9000', '6300', '63b3', '63c0', '6984']) {
    const card = counting('1234', 3, { 1: answer });
    t.same(await presentSecret(card.channel, PIN, ascii('1234')), { outcome: 'verified' }, answer);
    t.same(card.heard, [ASK_PIN, SELECT_PIN, COUNTER, '002000800431323334'], answer);
    t.equal(await readTries(counting('1234', 2, { 1: answer }).channel, PIN), 2, answer);
  }
});

test('what is not the digits of this secret never reaches the card', async (t) => {
  for (const digits of ['', '123', '12345', '12a4', '123/', '123:', 'abcd']) {
    const card = counting('1234', 3);
    t.same(await presentSecret(card.channel, PIN, ascii(digits)), { outcome: 'ill-formed' }, digits);
    t.same(card.heard, [], digits);
  }
  const edges = counting('0909', 3);
  t.same(await presentSecret(edges.channel, PIN, ascii('0909')), { outcome: 'verified' }, '0 and 9 are digits');
});

test('a locked secret is not presented, and the try that locks it is told as such', async (t) => {
  const locked = counting('1234', 0);
  t.same(await presentSecret(locked.channel, PIN, ascii('1234')), { outcome: 'blocked' });
  t.same(locked.heard, [ASK_PIN, SELECT_PIN, COUNTER]);
  const last = counting('1234', 1);
  t.same(await presentSecret(last.channel, PIN, ascii('9999')), { outcome: 'blocked' }, '63C0');
  const otherwise = counting('1234', 1, { 2: '6984' });
  t.same(await presentSecret(otherwise.channel, PIN, ascii('9999')), { outcome: 'blocked' }, '6984');
});

test('fewer tries than are safe: not presented, unless somebody confirmed', async (t) => {
  const card = counting('1234', 1);
  t.same(await presentSecret(card.channel, PIN, ascii('1234'), { safeTries: 2 }), { outcome: 'unsafe', triesLeft: 1 });
  t.equal(card.tries(), 1, 'no try was spent');
  t.same(await presentSecret(card.channel, PIN, ascii('1234'), { safeTries: 1 }), { outcome: 'verified' });
  const code = counting('55021720350042', 4);
  t.same(await presentSecret(code.channel, CODE, ascii('55021720350042')), { outcome: 'unsafe', triesLeft: 4 }, 'the rule’s own limit');
  t.same(code.heard, [ASK_CODE]);
  const enough = counting('55021720350042', 5);
  t.same(await presentSecret(enough.channel, CODE, ascii('55021720350042')), { outcome: 'verified' });
});

test('the counter: 0 when blocked, a number, or a failure; never a guess', async (t) => {
  t.equal(await readTries(counting('1234', 7).channel, CODE), 7);
  t.equal(await readTries(counting('1234', 7, { 1: '6984', 3: '6984' }).channel, CODE), 0);
  for (const odd of ['6300', '9000', '6985', '63b3']) {
    await t.rejects(
      readTries(counting('1234', 3, { 1: odd, 3: odd }).channel, PIN),
      { code: 'card/read-failed', facts: { step: 'counter', sw: odd, file: 0x18 } },
      odd,
    );
  }
  await t.rejects(
    presentSecret(counting('1234', 3, { 2: '6f00' }).channel, PIN, ascii('1234')),
    { code: 'card/read-failed', facts: { step: 'verify', sw: '6f00', file: 0x18 } },
    'a status that says nothing of the tries',
  );
  await t.rejects(presentSecret(counting('1234', 3, { 2: '6300' }).channel, PIN, ascii('1234')), {
    code: 'card/read-failed',
    facts: { step: 'verify', sw: '6300' },
  });
  await t.rejects(readTries(counting('1234', 3, { 1: '6a86', 2: '6a82' }).channel, PIN), {
    code: 'card/read-failed',
    facts: { step: 'select-file' },
  });
});

test('a status word is told in four digits, with the step it answered', async (t) => {
  t.equal(swText(0x6a82), '6a82');
  t.equal(swText(0x0a), '000a');
  t.match(unexpectedStatus('verify', 0x6f00, { file: 0x18 }), {
    code: 'card/read-failed',
    message: 'card answered 6f00 to verify',
    facts: { file: 0x18, step: 'verify', sw: '6f00' },
  });
  for (const [sw, tries] of [
    [0x63c0, 0],
    [0x63cf, 15],
    [0x6300, undefined],
    [0x63b3, undefined],
    [0x73c3, undefined],
    [0x9000, undefined],
  ] as const)
    t.equal(triesFrom(sw), tries, swText(sw));
});

test('an abort before the presentation stops it; during it, its outcome is heard', async (t) => {
  const stop = new AbortController();
  const card = counting('1234', 3);
  stop.abort(new Error('stop'));
  await t.rejects(presentSecret(card.channel, PIN, ascii('1234'), { signal: stop.signal }), /stop/);
  t.same(card.heard, []);

  const during = new AbortController();
  const heard: (AbortSignal | undefined)[] = [];
  const channel = {
    send: async ({ data }: { data?: Uint8Array }, signal?: AbortSignal) => {
      heard.push(signal);
      return { data: new Uint8Array(), sw: data?.length === 4 || data === undefined ? (heard.length === 2 ? 0x9000 : 0x63c3) : 0x9000 };
    },
  };
  t.same(await presentSecret(channel, PIN, ascii('1234'), { signal: during.signal }), { outcome: 'verified' });
  t.same(heard, [during.signal, undefined]);
});

test('照合番号B: each outcome closes the card face in its own way', async (t) => {
  const digits = '55021720350042';
  const lines: Facts[] = [];
  const log: Log = { ...silentLog, debug: (event, facts = {}) => lines.push({ event, ...facts }) };
  const present = (left: number, typed = digits, answers = {}) =>
    presentCodeB(counting(digits, left, answers).channel, CODE, ascii(typed), { log });
  t.equal(await present(10), undefined);
  t.same(await present(10, '5502172035004'), { photo: 'unreadable', photoFailure: 'card/face-unreadable' });
  t.same(await present(10, '55021720350043'), { photo: 'blocked', photoFailure: 'code/wrong', codeTriesLeft: 9 });
  t.same(await present(4), { photo: 'blocked', photoFailure: 'code/too-few-tries', codeTriesLeft: 4 });
  t.same(await present(0), { photo: 'blocked', photoFailure: 'code/blocked', codeTriesLeft: 0 });
  t.same(lines, [
    { event: 'card.code', outcome: 'verified' },
    { event: 'card.code', outcome: 'ill-formed' },
    { event: 'card.code', outcome: 'wrong', triesLeft: 9 },
    { event: 'card.code', outcome: 'unsafe', triesLeft: 4 },
    { event: 'card.code', outcome: 'blocked' },
  ]);
  t.equal(await presentCodeB(counting(digits, 10).channel, CODE, ascii(digits)), undefined, 'without a log');
  const stop = AbortSignal.abort(new Error('stop'));
  await t.rejects(presentCodeB(counting(digits, 10).channel, CODE, ascii(digits), { signal: stop }), /stop/);
});
