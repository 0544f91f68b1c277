// docs/failure-codes.md: a row per code, from the list in core and the texts in both languages.

import { FAILURE_CODES, FAILURES, type FailureCode } from '../src/core/failure.ts';
import type { NoticeCode } from '../src/core/screens.ts';
import { FIELD_CODES } from '../src/display/languages/failure-texts.ts';
import { messagesFor } from '../src/display/languages/language.ts';

const RETRY = {
  never: 'nothing: it must be mended first',
  'same-step': 'the same step again',
  'restart-visit': 'a new visit',
  'restart-process': 'a restart, by itself',
} as const;

/** Which line of the journal tells more, beside `failure.shown` with the code. */
const LOGGED: readonly (readonly [string, string])[] = [
  ['card/', '`tray.card` technology; `card.*` status words'],
  ['certificate/', '`visit.phase`'],
  ['code/', '`card.code` outcome and tries left'],
  ['pin/', '`visit.phase`'],
  ['face/', '`face.decided` outcome, score, liveness, frames, ms'],
  ['staff/', '`visit.phase`'],
  ['visit/', '`visit.phase`'],
  ['uplink/', '`uplink-failure` and `uplink-state`, `link-*` with the reason code'],
  ['storage/', '`uplink-failure` with the system’s error code'],
  ['reader/', '`tray.reader-failed`'],
  ['camera/', '`visit.phase`'],
  ['model/', '`models-unavailable` with what to do'],
  ['display/', '`display.failed`; standard error at start'],
  ['touch/', '`input.failed`, `input.device-refused`'],
];

const logged = (code: string): string => LOGGED.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'standard error, one line';

const KIND_WORDS: readonly NoticeCode[] = ['certificate/expires-soon', 'certificate/expired-in-grace'];

const row = (code: FailureCode | NoticeCode): string => {
  const [ja, en] = [messagesFor('ja').failures[code], messagesFor('en').failures[code]];
  const field = FIELD_CODES[code];
  return [
    `| <a id="${code.replace('/', '-')}"></a>\`${code}\`${field === undefined ? '' : `<br>${field}`}`,
    `**${ja.title}**<br>${ja.patient}${ja.action}<br>*${en.title}. ${en.action}*`,
    `${ja.staff}<br>*${en.staff}*`,
    code in FAILURES ? RETRY[FAILURES[code as FailureCode]] : 'the visit goes on: a kind word, no failure',
    `${logged(code)} |`,
  ].join(' | ');
};

export const failureCodesPage = (): string =>
  [
    '# Failure codes',
    '',
    '<!-- Generated from src/core/failure.ts and src/display/languages/ by `npm run docs`. -->',
    '',
    'Every failure has a code, a sentence for the patient, and a line for staff. Numbers below a code are those the field already knows.',
    'Every code that reaches the screen is logged as `failure.shown` with the code and nothing personal; the last column names the lines that say more.',
    '',
    '| code | patient sees | staff does | what may follow | logged |',
    '| --- | --- | --- | --- | --- |',
    ...[...FAILURE_CODES, ...KIND_WORDS].map(row),
    '',
  ].join('\n');
