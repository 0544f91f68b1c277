// `kazashi doctor`: examines the box and says line by line what is well, what is not, and what to do.

import { parseConfig, readConfig } from '../../config/read.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { examine, reportText } from '../doctor/check.ts';
import { allChecks, surroundingsOf } from '../doctor/checks.ts';

const usage = `  kazashi doctor   examines this box: power, disk, clock, reader, screen, touch, sound, camera, models, fonts, network, broker, certificates
      --config FILE          settings of the kiosk
      --language ja|en       language of the advice (ja)
      --json                 one JSON document instead of lines
                             exit status 0: all well or warnings only; 1: something fails
`;

export const command: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { config: { type: 'string' }, language: { type: 'string', default: 'ja' }, json: { type: 'boolean', default: false } },
    });
    const { language } = values;
    if (language !== 'ja' && language !== 'en') return refuseWords('language', `--language: found "${language}"; allowed: ja, en`);
    const config = values.config === undefined ? parseConfig('', 'defaults') : readConfig(values.config);
    const report = await examine(allChecks(config, surroundingsOf(config)), () => Date.now());
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, language));
    return report.level === 'fail' ? 1 : 0;
  },
};
