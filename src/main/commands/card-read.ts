// `kazashi card read`: one card, read as a visit reads it, told in words or as JSON.

import type { CardReader } from '../../card/ports.ts';
import { parseConfig, readConfig } from '../../config/read.ts';
import { systemClock } from '../../core/clock.ts';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import { systemRandom } from '../../core/ids.ts';
import { createLog } from '../../core/log.ts';
import { withDeadline } from '../../core/with-signal.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import { openSecretSource } from '../ask-secret.ts';
import { type CardReport, readCardReport } from '../card-report.ts';
import { cardReportText } from '../card-report-text.ts';
import { verdictOf } from '../card-verdict.ts';
import type { Command } from '../command.ts';
import { openCardReader } from '../open-card-reader.ts';

const usage = `  kazashi card read         what the kiosk sees of the card on a reader; secrets never shown, personal data masked.
                            Exit status 0: the kiosk serves the card, by its face or its PIN; 1: it refuses it, or nothing was read
      --reader NAME          pn532 (default), pcsc, or the directory of a virtual card
      --name TEXT            part of the PC/SC reader's name, where there are several
      --trust DIR            CA certificates (.pem, .cer, .crt, .der), lists (.crl), face-anchor-KEYID.pem
      --code                 ask for 照合番号B on standard input: it opens photo and holder of a real card
      --pin                  ask for the PIN on standard input, and let the card sign; --last-try: even where a wrong one locks it
      --personal             show name, address, birth and sex
      --wait SECONDS         how long to wait for a card (30)
      --config FILE          settings of the PN532 and trust, see docs/configuration.md
      --instant              a virtual card's radio takes no time (otherwise it takes what a real one does)
      --json                 the same as JSON, also what went wrong: failure (docs/failure-codes.md) and message
      --trace                every APDU on standard error: five bytes and the status word, never the data
`;

const OPTIONS = {
  reader: { type: 'string' },
  name: { type: 'string' },
  trust: { type: 'string' },
  code: { type: 'boolean' },
  pin: { type: 'boolean' },
  'last-try': { type: 'boolean' },
  personal: { type: 'boolean' },
  wait: { type: 'string' },
  config: { type: 'string' },
  instant: { type: 'boolean' },
  json: { type: 'boolean' },
  trace: { type: 'boolean' },
} as const;

const waitMsOf = (found: string | undefined): number => {
  const seconds = Number(found ?? '30');
  if (found !== '' && seconds > 0 && seconds <= 3600) return seconds * 1000;
  return refuseWords('wait', `--wait: found "${found}"; allowed: seconds, more than 0, at most 3600`);
};

type Values = ReturnType<typeof parseWords<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const jsonText = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Throws input/invalid, config/invalid, reader/unavailable, and card/not-recognised when no card came in time. */
const readReport = async (values: Values, waitMs: number): Promise<CardReport> => {
  const config = values.config === undefined ? parseConfig('', 'defaults') : readConfig(values.config);
  const log = createLog(values.trace === true ? 'debug' : 'silent', process.stderr);
  const { reader, codeReader, trust } = await openCardReader({
    name: values.reader ?? 'pn532',
    ...(values.name === undefined ? {} : { pcscName: values.name }),
    ...(values.trust === undefined ? {} : { trust: values.trust }),
    instant: values.instant === true,
    tellUnused: (file, why) => process.stderr.write(`kazashi: ${file} is not used: it is ${why}\n`),
    settings: config.reader,
    clock: systemClock,
    log,
  });
  // The wait is for a card alone: a slow one that has come is read to its end.
  const waitingReader: CardReader = {
    waitForRemoval: (signal) => reader.waitForRemoval(signal),
    waitForCard: (signal) => {
      const message = `no card was read within ${waitMs / 1000} s; --wait SECONDS waits longer`;
      const late = new KioskFailure('card/not-recognised', { message });
      return withDeadline({ clock: systemClock, limitMs: waitMs, late, signal }, (stop) => reader.waitForCard(stop));
    },
  };
  const secrets = values.code === true || values.pin === true ? openSecretSource() : undefined;
  try {
    await reader.start();
    return await readCardReport({
      reader: waitingReader,
      codeReader:
        values.code === true && secrets !== undefined
          ? { readVerificationCode: () => secrets.ask('照合番号B (14 digits)', 'code') }
          : codeReader,
      codeAsked: values.code === true,
      trust,
      clock: systemClock,
      random: systemRandom,
      log,
      signal: new AbortController().signal,
      personal: values.personal === true,
      ...(values.pin === true && secrets !== undefined ? { askPin: () => secrets.ask('PIN', 'pin') } : {}),
      lastTryConfirmed: values['last-try'] === true,
    });
  } finally {
    secrets?.close();
    await reader.stop();
  }
};

export const command: Command = {
  usage,
  async run(words) {
    const { values, positionals } = parseWords(words, usage, { options: OPTIONS, allowPositionals: true });
    // What was found is not repeated: after --pin or --code it is likely to be the secret itself.
    if (positionals.length > 0)
      return refuseWords(
        'arguments',
        `card read: takes no words besides its options; a card's directory goes after --reader, a PIN or 照合番号B is asked for\n\n${usage}`,
      );
    const waitMs = waitMsOf(values.wait);
    const json = values.json === true;
    try {
      const report = await readReport(values, waitMs);
      const verdict = verdictOf(report);
      process.stdout.write(
        json
          ? jsonText({ ...report, kiosk: verdict })
          : cardReportText(report, verdict, { personal: values.personal === true, desk: values.reader === 'pcsc' }),
      );
      return verdict.failure === undefined ? 0 : 1;
    } catch (cause) {
      if (!json || !isFailure(cause)) throw cause;
      process.stdout.write(jsonText({ failure: cause.code, message: cause.message }));
      return 1;
    }
  },
};
