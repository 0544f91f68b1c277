// `kazashi poster`: an A4 poster that shows patients how the reader is used, as a PDF to print.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseConfig, readConfig } from '../../config/read.ts';
import { KioskFailure } from '../../core/failure.ts';
import { LANGUAGES, type Language } from '../../core/screens.ts';
import { POSTER, posterPage } from '../../display/poster.ts';
import { openRasteriser } from '../../display/raster.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi poster   makes an A4 poster for the wall, one page a language, as a PDF to print
      --lang ja,en           languages, of ${LANGUAGES.join(', ')} (ja)
      --out FILE.pdf         where to write it (kazashi-poster.pdf)
      --config FILE          settings of the kiosk: the facility's name stands on the poster
`;

/** A4 in points, and pixels for one unit of the drawing: 150 units an inch become 300 dots. */
const A4 = [595.28, 841.89] as const;
const SCALE = 2;

const languagesOf = (list: string): readonly Language[] =>
  list.split(',').map((name) => {
    const language = LANGUAGES.find((one) => one === name.trim());
    return language ?? refuseWords('lang', `--lang: found "${name}"; allowed: ${LANGUAGES.join(', ')}, separated by commas`);
  });

export const command: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: {
        lang: { type: 'string', default: 'ja' },
        out: { type: 'string', default: 'kazashi-poster.pdf' },
        config: { type: 'string' },
      },
    });
    const languages = languagesOf(values.lang);
    const config = values.config === undefined ? parseConfig('', 'defaults') : readConfig(values.config);
    const { default: PDFDocument } = await import('pdfkit');
    const fonts = mkdtempSync(join(tmpdir(), 'kazashi-poster-'));
    try {
      const rasteriser = await openRasteriser(fonts);
      const pdf = new PDFDocument({ size: [...A4], margin: 0, autoFirstPage: false, info: { Title: config.site.facilityName } });
      const [width, height] = [POSTER.width * SCALE, POSTER.height * SCALE];
      for (const language of languages) {
        const { fragments } = posterPage(language, config.site.facilityName);
        const { rgba } = await rasteriser.draw({ x: 0, y: 0, width, height }, [`<g transform="scale(${SCALE})">${fragments.join('')}</g>`]);
        const rgb = new Uint8Array(width * height * 3);
        for (let i = 0; i < width * height; i += 1) rgb.set(rgba.subarray(i * 4, i * 4 + 3), i * 3);
        pdf.addPage().image(Buffer.from(await rasteriser.png(rgb, width, height)), 0, 0, { width: A4[0], height: A4[1] });
      }
      pdf.end();
      const bytes = await buffer(pdf);
      try {
        writeFileSync(values.out, bytes);
      } catch (cause) {
        throw new KioskFailure('storage/unwritable', { cause, message: `--out: ${values.out} cannot be written; give another file` });
      }
      process.stdout.write(`${values.out}: ${languages.length} page${languages.length === 1 ? '' : 's'} of A4 at 300 dpi\n`);
      return 0;
    } finally {
      rmSync(fonts, { recursive: true, force: true });
    }
  },
};
